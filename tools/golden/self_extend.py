"""Self-Extend: near keys at their positions, far ones at grouped positions."""

import sys
from types import ModuleType

import numpy as np
import torch
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

from . import dense
from .files import Golden, random
from .inputs import normal
from .packages import agree, float64

# selfextend imports this name for an option that is off by default.
sys.modules["zeta"] = ModuleType("zeta")
sys.modules["zeta.nn"] = ModuleType("zeta.nn")
sys.modules["zeta.nn"].YarnEmbedding = None
from se_attn import SelfExtendAttn  # noqa: E402

WIDTH = 8

# heads, key heads, group, window, tokens, batch, rope_theta
ROPE_CASES = [
    (2, 2, 1, 4, 13, 1, 10000.0),
    (2, 2, 2, 4, 21, 2, 10000.0),
    (4, 2, 3, 5, 26, 1, 10000.0),
    (4, 1, 4, 8, 33, 2, 500000.0),
    (3, 3, 8, 4, 40, 1, 10000.0),
    (6, 3, 5, 7, 31, 1, 1000.0),
    (2, 1, 4, 16, 16, 1, 10000.0),
    (2, 2, 4, 16, 9, 2, 10000.0),
    (2, 2, 3, 1, 17, 1, 10000.0),
    (2, 2, 2, 3, 1, 1, 10000.0),
]

# group, window, tokens, batch, qk_norm
ADDITIVE_CASES = [
    (1, 4, 13, 1, False),
    (2, 4, 21, 2, False),
    (2, 4, 21, 2, True),
    (3, 5, 26, 1, True),
    (4, 8, 33, 1, False),
    (8, 4, 40, 2, True),
    (4, 16, 16, 1, True),
    (3, 1, 17, 1, False),
    (4, 16, 9, 2, False),
    (3, 5, 5, 1, True),
    (2, 3, 1, 1, False),
]


def grouped_positions(count, group, window):
    """Of the far pairs: positions of the queries, of the keys."""
    grouped = np.arange(count) // group
    return grouped + window - window // group, grouped


def run_dense(query, key, value, group, window, place, scale):
    """`place(vector, position)` puts a position into a query or a key."""
    far_query, far_key = grouped_positions(len(query), group, window)
    rows = []
    for i, one in enumerate(query):
        # The position of the query changes with the key, so the scores are made pair by pair.
        scores = []
        for j in range(i + 1):
            at = (i, j) if i - j < window else (far_query[i], far_key[j])
            scores.append(place(one, at[0]) @ place(key[j], at[1]) * scale)
        rows.append(dense.attend(np.ones(1), np.array(scores)[:, None], value[: i + 1], scale=1))
    return np.array(rows)


def self_extend_rope():
    golden = Golden("self_extend_rope.safetensors", "Query and key come unrotated.")
    for heads, key_heads, group, window, tokens, batch, theta in ROPE_CASES:
        name = f"h{heads}_k{key_heads}_g{group}_w{window}_t{tokens}_theta{theta:.0f}"
        generator = random(name)
        query = normal(generator, batch, tokens, heads * WIDTH)
        key, value = (normal(generator, batch, tokens, key_heads * WIDTH) for _ in range(2))
        split = [x.reshape(batch, tokens, -1, WIDTH).swapaxes(1, 2) for x in (query, key, value)]
        split[1:] = [x.repeat(heads // key_heads, axis=1) for x in split[1:]]
        expected = np.array([
            [
                run_dense(q, k, v, group, window, lambda x, p: rotate(x, p, theta), WIDTH**-0.5)
                for q, k, v in zip(*members)
            ]
            for members in zip(*split)
        ])
        agree(name, expected, run_rotary(*split, group, window, theta))
        golden.add(
            name,
            {"heads": heads, "keyHeads": key_heads, "group": group, "window": window, "rope_theta": theta},
            "dense form: no package; its rotation checked against transformers 4.36.2 apply_rotary_pos_emb",
            {"query": query, "key": key, "value": value,
             "output": expected.swapaxes(1, 2).reshape(query.shape)},
        )
    golden.write()


def rotate(vector, position, theta):
    half = len(vector) // 2
    angles = position * theta ** (-2 * np.arange(half) / len(vector))
    first, second = vector[:half], vector[half:]
    return np.concatenate([
        first * np.cos(angles) - second * np.sin(angles),
        second * np.cos(angles) + first * np.sin(angles),
    ])


def run_rotary(query, key, value, group, window, theta):
    query, key, value = (torch.from_numpy(np.ascontiguousarray(x)) for x in (query, key, value))
    return attend_rotary(query, key, value, group, window, theta).numpy()


def attend_rotary(query, key, value, group, window, theta):
    """Both kinds of scores as matrices, rotated by transformers, merged pair by pair."""
    tokens = query.shape[2]
    positions = torch.arange(tokens)
    far_query, far_key = map(torch.from_numpy, grouped_positions(tokens, group, window))
    frequencies = theta ** (-torch.arange(0, WIDTH, 2).double() / WIDTH)
    angles = torch.outer(torch.arange(tokens + window).double(), frequencies).repeat(1, 2)

    def scores(query_positions, key_positions):
        turned_query, _ = apply_rotary_pos_emb(query, query, angles.cos(), angles.sin(), query_positions[None])
        turned_key, _ = apply_rotary_pos_emb(key, key, angles.cos(), angles.sin(), key_positions[None])
        return turned_query @ turned_key.transpose(-1, -2) / WIDTH**0.5

    distance = positions[:, None] - positions[None]
    merged = torch.where(distance < window, scores(positions, positions), scores(far_query, far_key))
    return merged.masked_fill(distance < 0, -torch.inf).softmax(-1) @ value


def self_extend_additive():
    golden = Golden("self_extend_additive.safetensors", "One head, no scale.")
    for group, window, tokens, batch, qk_norm in ADDITIVE_CASES:
        name = f"g{group}_w{window}_t{tokens}" + ("_qk_norm" if qk_norm else "")
        generator = random(name)
        tensors = {key: normal(generator, batch, tokens, WIDTH) for key in ("query", "key", "value")}
        query, key, value = tensors.values()
        if qk_norm:
            tensors["norm_weight"] = 1 + normal(generator, WIDTH, scale=0.5)
            tensors["norm_bias"] = normal(generator, WIDTH, scale=0.5)
            tensors = {k: v.astype(np.float32).astype(np.float64) for k, v in tensors.items()}
            query, key = (
                layer_norm(x, tensors["norm_weight"], tensors["norm_bias"]) for x in (query, key)
            )
        expected = np.array([
            run_dense(q, k, v, group, window, lambda x, p: x + wave(p), 1)
            for q, k, v in zip(query, key, value)
        ])
        if tokens < window or (tokens - 1) // group + window - window // group >= tokens:
            source = "dense form: the package fails for n < w and where a grouped position reaches n"
        else:
            source = "selfextend 0.0.1 SelfExtendAttn"
            package = run_package(tensors, group, window, qk_norm)
            agree(name, expected, package)
            expected = package
        tensors["output"] = expected
        golden.add(name, {"group": group, "window": window, "qk_norm": qk_norm}, source, tensors)
    golden.write()


def layer_norm(x, weight, bias):
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / np.sqrt(x.var(axis=-1, keepdims=True) + 1e-5) * weight + bias


def wave(position):
    angles = position * 10000.0 ** (-2 * np.arange(WIDTH // 2) / WIDTH)
    return np.stack([np.sin(angles), np.cos(angles)], axis=1).reshape(-1)


def run_package(tensors, group, window, qk_norm):
    tensors = {name: torch.from_numpy(tensor) for name, tensor in tensors.items()}
    return package_output(tensors, group, window, qk_norm)[0].numpy()


def package_output(tensors, group, window, qk_norm, is_recorded=False):
    """The output, and the norm."""
    query, key, value = (tensors[name] for name in ("query", "key", "value"))
    with float64(is_recorded=is_recorded):
        layer = SelfExtendAttn(WIDTH, group, window, qk_norm)
        if qk_norm:
            layer.norm.weight.data.copy_(tensors["norm_weight"])
            layer.norm.bias.data.copy_(tensors["norm_bias"])
        output = layer(query, key, value, torch.arange(query.shape[1])[None])[0]
        return output, layer.norm if qk_norm else None
