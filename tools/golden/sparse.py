"""The sparse list of one head of one batch member: keys, values and which entries are visible."""

import numpy as np


def sparse_list(parameters, head, first_query, key, value, visible, projections=None, gaps=None):
    """None where there is no sparse part. Appends to `gaps` how clear each choice was, relatively."""
    kind, factor = parameters["sparsity_type"], parameters["sparsity_factor"]
    size = parameters["sparse_block_size"]
    if kind in (None, "none") or factor == 0 or size == 0:
        return None
    if factor == 1:
        return key, value, visible
    if kind == "pooling":
        return pooled(factor, key, value, visible, lambda k, seen: seen / (seen.sum() + 1e-6))
    if kind == "bos_pooling" or (kind == "lsh" and factor == size):
        def weigh(k, seen):
            weights = np.exp(k @ first_query / len(first_query) ** 0.5) * seen
            return weights / (weights.sum() or 1)
        return pooled(factor, key, value, visible, weigh)
    block = parameters["block_size"]
    chunk = min(block, size)
    if kind == "lsh":
        matrices = [matrix[head] for matrix in projections]
        return lsh(chunk, factor, matrices, key, value, visible, gaps)
    if kind == "norm":
        chosen = norm(chunk, factor, key, visible, gaps)
    elif kind == "stride":
        chosen = [i * factor + head % factor for i in range(len(key) // factor)]
    elif kind == "block_stride":
        kept = block // factor
        starts = range(0, len(key), block)
        chosen = [start + (head * kept + i) % block for start in starts for i in range(kept)]
    else:
        raise ValueError(f"no such sparsity type: {kind}")
    return key[chosen], value[chosen], visible[chosen]


def pooled(factor, key, value, visible, weigh):
    """Each group of `factor` tokens as one weighted mean."""
    keys, values, seen = [], [], []
    for start in range(0, len(key), factor):
        group = slice(start, start + factor)
        weights = weigh(key[group], visible[group])
        keys.append(weights @ key[group])
        values.append(weights @ value[group])
        seen.append(visible[group].any())
    return np.array(keys), np.array(values), np.array(seen)


def norm(chunk, factor, key, visible, gaps):
    norms = np.linalg.norm(key, axis=1) * visible
    chosen = []
    for start in range(0, len(key), chunk):
        order = sorted(range(start, start + chunk), key=lambda i: (-norms[i], i))
        kept, dropped = order[: chunk // factor], order[chunk // factor:]
        if gaps is not None and norms[kept[-1]] > 0:
            gaps.append(1 - norms[dropped[0]] / norms[kept[-1]])
        chosen += sorted(kept)
    return chosen


def round_sizes(parameters):
    """Buckets of each lsh round; empty where the type needs no matrices."""
    factor, size = parameters["sparsity_factor"], parameters["sparse_block_size"]
    if parameters["sparsity_type"] != "lsh" or factor in (0, 1, size) or size == 0:
        return []
    chunk = min(parameters["block_size"], size)
    return [chunk] * parameters["lsh_num_pre_rounds"] + [chunk // factor]


def lsh(chunk, factor, matrices, key, value, visible, gaps):
    keys, values, seen = [], [], []
    sizes = [chunk] * (len(matrices) - 1) + [chunk // factor]
    for start in range(0, len(key), chunk):
        part = slice(start, start + chunk)
        weight = visible[part].astype(float)
        k, v = key[part] * weight[:, None], value[part] * weight[:, None]
        for matrix, buckets in zip(matrices, sizes, strict=True):
            k, v, weight = lsh_round(matrix, buckets, k, v, weight, gaps)
        keys.append(k / (weight[:, None] + 1e-8))
        values.append(v / (weight[:, None] + 1e-8))
        seen.append(weight > 0)
    return np.concatenate(keys), np.concatenate(values), np.concatenate(seen)


def lsh_round(matrix, buckets, key, value, weight, gaps):
    """Sums what falls into the same bucket."""
    keys = np.zeros((buckets, key.shape[1]))
    values, weights = np.zeros_like(keys), np.zeros(buckets)
    for k, v, w in zip(key, value, weight):
        if w == 0:
            continue
        bucket = 0
        if buckets > 1:
            scores = k / np.linalg.norm(k) @ matrix
            scores = np.concatenate([scores, -scores])
            bucket = int(scores.argmax())
            if gaps is not None:
                second, first = np.sort(scores)[-2:]
                gaps.append((first - second) / first)
        keys[bucket] += k
        values[bucket] += v
        weights[bucket] += w
    return keys, values, weights
