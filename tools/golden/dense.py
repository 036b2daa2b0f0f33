"""The patterns, dense and obviously right: for each query the list of keys it sees, one softmax.

Everything here is one batch member and one head, in float64; `visible` is `[tokens]` of booleans.
"""

import numpy as np

from .sparse import sparse_list


def attend(query, keys, values, scale=None):
    """The softmax-weighted mean of `values` for one query; zeros where there is no key."""
    if len(keys) == 0:
        return np.zeros(values.shape[-1])
    scores = keys @ query * (len(query) ** -0.5 if scale is None else scale)
    weights = np.exp(scores - scores.max())
    return weights @ values / weights.sum()


def full(query, key, value, visible, causal=False):
    rows = []
    for i in range(len(query)):
        seen = [j for j in range(len(key)) if visible[j] and (j <= i or not causal)]
        rows.append(attend(query[i], key[seen], value[seen]))
    return np.array(rows)


def lsg(tokens, globals_, visible, parameters, head, projections=None, gaps=None):
    """`tokens` and `globals_` are query, key, value; returns the globals' rows and the tokens'."""
    query, key, value = tokens
    global_query, global_key, global_value = globals_
    block, causal = parameters["block_size"], parameters["causal"]
    count = len(query)

    def rows_of(queries, keys_of):
        rows = []
        for i, one in enumerate(queries):
            keys, values = keys_of(i)
            rows.append(attend(one, np.concatenate([global_key, keys]), np.concatenate([global_value, values])))
        return np.array(rows).reshape(len(queries), query.shape[1])

    everything = key[visible], value[visible]
    nothing = key[:0], value[:0]
    global_rows = rows_of(global_query, lambda _: nothing if causal else everything)

    if count <= 2 * block:
        def keys_of(i):
            seen = [j for j in range(count) if visible[j] and (j <= i or not causal)]
            return key[seen], value[seen]
        return global_rows, rows_of(query, keys_of)

    padded = -(-count // block) * block
    fill = ((0, padded - count), (0, 0))
    key, value = np.pad(key, fill), np.pad(value, fill)
    visible = np.pad(visible, (0, padded - count))
    entries = sparse_list(parameters, head, query[0], key, value, visible, projections, gaps)

    def keys_of(i):
        j = i // block
        local = [
            n for n in range((j - 1) * block, (j + 2) * block)
            if 0 <= n < padded and visible[n] and (n <= i or not causal)
        ]
        keys, values = [key[local]], [value[local]]
        if entries is not None:
            sparse_key, sparse_value, sparse_visible = entries
            r, s = block // parameters["sparsity_factor"], parameters["sparse_block_size"]
            wanted = [*range((j - 1) * r - s, (j - 1) * r)]
            if not causal:
                wanted += range((j + 2) * r, (j + 2) * r + s)
            seen = [n for n in wanted if 0 <= n < len(sparse_key) and sparse_visible[n]]
            keys.append(sparse_key[seen])
            values.append(sparse_value[seen])
        return np.concatenate(keys), np.concatenate(values)

    return global_rows, rows_of(query, keys_of)


def lsg_layer(query, key, value, visible, parameters, head, gaps=None):
    """The stand-alone layer: token 0 is the one global, in every key set exactly once."""
    block, causal = parameters["block_size"], parameters["causal"]
    tokens = query, key, value
    count = 1 if parameters["global_token"] else 0
    if len(query) <= 2 * block:
        return full(query, key, value, visible, causal)
    visible = visible.copy()
    visible[:count] = False
    globals_ = tuple(x[:count] for x in tokens)
    full_parameters = {**parameters, "sparse_block_size": block}
    global_rows, rows = lsg(tokens, globals_, visible, full_parameters, head, gaps=gaps)
    return np.concatenate([global_rows, rows[count:]])
