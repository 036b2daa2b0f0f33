"""The attentions that the paper compares with: BigBird from transformers, the others in PyTorch.

Each is computed twice: by matrices in PyTorch, and query by query from the definition.
"""

import math

import numpy as np
import torch
from transformers import BigBirdConfig
from transformers.models.big_bird.modeling_big_bird import BigBirdBlockSparseAttention, BigBirdModel

from . import dense
from .files import Golden, random
from .inputs import draw_mask, normal, per_head
from .packages import Rows, agree, float64, row_numbers

HEADS = 2
NAMES = ("query", "key", "value")
NOTE = "Rows where mask is 0 are not defined."
PYTORCH = f"PyTorch {torch.__version__.split('+')[0]}, float64, checked against a dense form"


def draw(name, batch, tokens, width, kind):
    generator = random(name)
    tensors = [normal(generator, batch, tokens, HEADS * width) for _ in NAMES]
    return generator, tensors, draw_mask(generator, kind, batch, tokens)


def by_matrix(tensors, mask, compute):
    """`compute(member, head, query, key, value, visible)` on PyTorch tensors."""
    return per_head(tensors, HEADS, lambda member, head, *slices: compute(
        head, *map(torch.from_numpy, slices), torch.from_numpy(mask[member].astype(bool))).numpy())


def by_query(tensors, mask, weigh):
    """Mixes the values by `weigh(head, i, query, key, visible)`, which sum to 1."""
    return per_head(tensors, HEADS, lambda member, head, query, key, value: np.array([
        weigh(head, i, query, key, mask[member].astype(bool)) @ value for i in range(len(query))]))


def add(golden, name, parameters, tensors, mask, package, expected, more=None, source=PYTORCH):
    agree(name, expected, package, rows=mask)
    golden.add(name, {"heads": HEADS, **parameters}, source, {
        **dict(zip(NAMES, tensors)), **(more or {}), "mask": mask, "output": np.where(mask[..., None], package, 0),
    })


# block size, random blocks, tokens, batch, mask
BIGBIRD = [
    (4, 3, 48, 1, "full"),
    (4, 3, 61, 2, "padded"),
    (4, 2, 50, 2, "holes"),
    (2, 1, 31, 2, "one_masked"),
    (8, 3, 97, 1, "first_masked"),
    (4, 3, 44, 2, "holes"),
]


def bigbird():
    golden = Golden("bigbird.safetensors", NOTE)
    for block, count, tokens, batch, kind in BIGBIRD:
        name = f"b{block}_r{count}_t{tokens}_{kind}"
        _, tensors, mask = draw(name, batch, tokens, 4, kind)
        parameters = {"block_size": block, "num_random_blocks": count}
        if tokens <= (5 + 2 * count) * block:
            expected = per_head(tensors, HEADS, lambda member, _, *slices: dense.full(
                *slices, mask[member].astype(bool)))
            add(golden, name, parameters, tensors, mask, expected, expected,
                source="dense form: transformers attends densely to so few tokens")
            continue
        package, blocks = run_bigbird(tensors, mask, block, count)
        expected = per_head(tensors, HEADS, lambda member, head, *slices: dense_bigbird(
            slices, mask[member].astype(bool), block, blocks[head]))
        add(golden, name, parameters, tensors, mask, package, expected,
            {"random_blocks": torch.from_numpy(blocks)},
            "transformers 4.36.2 BigBirdBlockSparseAttention with the blocks that it draws in training mode")
    golden.write()


def run_bigbird(*operands):
    output, blocks, _ = bigbird_layer(*operands)
    return output.numpy(), blocks


def bigbird_layer(tensors, mask, block, count, is_recorded=False):
    """The output, the random blocks, and the layer."""
    batch, tokens, width = tensors[0].shape
    fill = -tokens % block
    config = BigBirdConfig(hidden_size=width, num_attention_heads=HEADS, block_size=block, num_random_blocks=count)
    layer = BigBirdBlockSparseAttention(config, seed=0)  # in training mode; it has no dropout
    for name, tensor in zip(NAMES, tensors):
        setattr(layer, name, Rows(np.pad(tensor, ((0, 0), (0, fill), (0, 0)))))
    drawn, draw_blocks = [], layer._bigbird_block_rand_mask_with_head
    layer._bigbird_block_rand_mask_with_head = lambda **sizes: drawn.append(draw_blocks(**sizes)) or drawn[0]
    padded = torch.from_numpy(np.pad(mask, ((0, 0), (0, fill)))).double()
    blocked, band, rows, columns = BigBirdModel.create_masks_for_block_sparse_attn(padded, block)
    with float64(is_recorded=is_recorded):
        output = layer(row_numbers(batch, tokens + fill, width), band, rows, columns, blocked, blocked)
    return output[0][:, :tokens], np.stack(drawn[0]).astype(np.int32), layer


def dense_bigbird(slices, visible, block, blocks):
    query, key, value = slices
    last = -(-len(query) // block) - 1
    rows = []
    for i, one in enumerate(query):
        own = i // block
        seen = {0, last, own - 1, own, own + 1, *blocks[own - 1]} if 0 < own < last else range(last + 1)
        keys = [j for j in range(len(key)) if visible[j] and j // block in seen]
        rows.append(dense.attend(one, key[keys], value[keys]))
    return np.array(rows)


# tokens, width, batch, mask
SIZES = [(1, 4, 1, "full"), (17, 3, 2, "padded"), (30, 8, 2, "holes"), (64, 4, 1, "first_masked")]


def linear():
    golden = Golden("linear.safetensors", NOTE)
    for tokens, width, batch, kind in SIZES:
        name = f"t{tokens}_d{width}_{kind}"
        _, tensors, mask = draw(name, batch, tokens, width, kind)

        def matrix(_, query, key, value, visible):
            q, k = (torch.nn.functional.elu(x) + 1 for x in (query, key))
            k = k * visible[:, None]
            return q @ (k.T @ value) / (q @ k.sum(0))[:, None]

        def weigh(_, i, query, key, visible):
            weights = visible * ((elu(key) + 1) @ (elu(query[i]) + 1))
            return weights / weights.sum()

        add(golden, name, {}, tensors, mask, by_matrix(tensors, mask, matrix), by_query(tensors, mask, weigh))
    golden.write()


def elu(x):
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))


def efficient():
    golden = Golden("efficient.safetensors", NOTE)
    for tokens, width, batch, kind in SIZES:
        name = f"t{tokens}_d{width}_{kind}"
        _, tensors, mask = draw(name, batch, tokens, width, kind)

        def matrix(_, query, key, value, visible):
            columns = key.masked_fill(~visible[:, None], -torch.inf).softmax(0)
            return query.softmax(1) @ (columns.T @ value)

        def weigh(_, i, query, key, visible):
            columns = np.exp(key) * visible[:, None]
            row = np.exp(query[i])
            return columns / columns.sum(0) @ (row / row.sum())

        add(golden, name, {}, tensors, mask, by_matrix(tensors, mask, matrix), by_query(tensors, mask, weigh))
    golden.write()


def performer():
    golden = Golden("performer.safetensors", NOTE)
    for tokens, width, batch, kind in SIZES:
        name = f"t{tokens}_d{width}_{kind}"
        generator, tensors, mask = draw(name, batch, tokens, width, kind)
        features = normal(generator, math.floor(width * math.log(width)), width)

        def matrix(_, query, key, value, visible):
            omega = torch.from_numpy(features)

            def exponents(x):
                x = x / width**0.25
                return x @ omega.T - (x**2).sum(1, keepdim=True) / 2

            q, k = exponents(query), exponents(key)[visible]
            q, k = torch.exp(q - q.amax(1, keepdim=True)), torch.exp(k - k.max())
            return q @ (k.T @ value[visible]) / (q @ k.sum(0))[:, None]

        def weigh(_, i, query, key, visible):
            def phi(x):
                x = x / width**0.25
                return np.exp(x @ features.T - (x**2).sum(-1, keepdims=True) / 2)

            weights = visible * (phi(key) @ phi(query[i]))
            return weights / weights.sum()

        add(golden, name, {}, tensors, mask, by_matrix(tensors, mask, matrix), by_query(tensors, mask, weigh),
            {"features": features})
    golden.write()


def linformer():
    golden = Golden("linformer.safetensors", NOTE)
    for tokens, width, batch, kind in SIZES:
        name = f"t{tokens}_d{width}_{kind}"
        generator, tensors, mask = draw(name, batch, tokens, width, kind)
        key_projection, value_projection = (normal(generator, 9, tokens, scale=9**-0.5) for _ in range(2))

        def matrix(_, query, key, value, visible):
            e, f = (torch.from_numpy(x) for x in (key_projection, value_projection))
            mixed_keys, mixed_values = e @ (key * visible[:, None]), f @ (value * visible[:, None])
            return (query @ mixed_keys.T / width**0.5).softmax(1) @ mixed_values

        def weigh(_, i, query, key, visible):
            scores = [row[visible] @ key[visible] @ query[i] / width**0.5 for row in key_projection]
            weights = np.exp(np.array(scores) - max(scores))
            return visible * (weights / weights.sum() @ value_projection)

        add(golden, name, {}, tensors, mask, by_matrix(tensors, mask, matrix), by_query(tensors, mask, weigh),
            {"key_projection": key_projection, "value_projection": value_projection})
    golden.write()


CHUNK = 64
# tokens, width, batch, mask
REFORMER = [(1, 4, 1, "full"), (60, 4, 2, "padded"), (200, 4, 1, "holes"), (321, 3, 2, "padded")]


def reformer():
    golden = Golden("reformer.safetensors", NOTE)
    for tokens, width, batch, kind in REFORMER:
        name = f"t{tokens}_d{width}_{kind}"
        generator, tensors, mask = draw(name, batch, tokens, width, kind)
        projection = normal(generator, HEADS, width, -(-tokens // (2 * CHUNK)))

        def matrix(head, query, _, value, visible):
            r = torch.from_numpy(projection[head])
            bucket = torch.cat([query @ r, -query @ r], 1).argmax(1)
            order = torch.argsort(bucket + (~visible) * 10**6, stable=True)
            place = torch.empty(tokens, dtype=torch.long)
            place[order] = torch.arange(tokens)
            chunk = place // CHUNK
            behind = chunk[:, None] - chunk[None]
            seen = (bucket[:, None] == bucket[None]) & (behind >= 0) & (behind <= 1) & visible[None]
            seen.fill_diagonal_(False)
            alone = ~seen.any(1)
            seen[alone, alone.nonzero()[:, 0]] = True
            scores = query @ (query / query.norm(dim=1, keepdim=True)).T / width**0.5
            return scores.masked_fill(~seen, -torch.inf).softmax(1) @ value

        def weigh(head, i, query, _, visible):
            products = query @ projection[head]
            bucket = np.concatenate([products, -products], 1).argmax(1)
            order = sorted(np.flatnonzero(visible), key=lambda j: (bucket[j], j))
            if not visible[i]:
                return np.zeros(tokens)
            at = order.index(i) // CHUNK
            near = [j for j in order[max(0, at - 1) * CHUNK:(at + 1) * CHUNK] if bucket[j] == bucket[i] and j != i] or [i]
            keys = query[near] / np.linalg.norm(query[near], axis=1, keepdims=True)
            weights = np.zeros(tokens)
            weights[near] = dense.attend(query[i], keys, np.eye(len(near)))
            return weights

        add(golden, name, {}, tensors, mask, by_matrix(tensors, mask, matrix), by_query(tensors, mask, weigh),
            {"projection": projection})
    golden.write()
