"""Longformer: a sliding window, and global tokens with projections of their own."""

import numpy as np
import torch
from transformers import LongformerConfig
from transformers.models.longformer.modeling_longformer import LongformerSelfAttention

from . import dense
from .files import Golden, random
from .inputs import draw_mask, normal, per_head
from .packages import Rows, agree, float64, row_numbers

HEADS, WIDTH = 2, 4
NAMES = ("query", "key", "value", "query_global", "key_global", "value_global")
NOTE = "The queries are not yet divided by the root of the head width. Rows where mask is 0 are 0."

# attention_window, tokens, batch, mask, global positions of each batch member
CASES = [
    (2, 9, 1, "full", [[]]),
    (2, 14, 2, "holes", [[0], [3, 4]]),
    (4, 19, 1, "full", [[]]),
    (4, 21, 2, "padded", [[0], [0]]),
    (4, 22, 2, "holes", [[2, 11, 12], []]),
    (4, 3, 1, "full", [[1]]),
    (8, 33, 1, "full", [[0]]),
    (8, 32, 2, "padded", [[0, 5, 30], [1]]),
    (8, 29, 2, "holes", [[], [0, 6, 13, 14]]),
    (8, 24, 2, "one_masked", [[7], []]),
    (8, 26, 1, "full", [list(range(26))]),
    (16, 50, 1, "full", [[0, 20, 49]]),
    (16, 41, 2, "padded", [[], []]),
    (16, 16, 2, "holes", [[0, 1], [15]]),
    (64, 21, 2, "padded", [[4], [0, 2]]),
]


def longformer():
    golden = Golden("longformer.safetensors", NOTE)
    for window, tokens, batch, kind, positions in CASES:
        name = f"w{window}_t{tokens}_{kind}_globals_" + "_".join(str(len(p)) for p in positions)
        generator = random(name)
        mask = draw_mask(generator, kind, batch, tokens)
        global_mask = np.zeros_like(mask)
        for member, chosen in enumerate(positions):
            # A masked token is never global.
            global_mask[member, chosen] = mask[member, chosen]
        tensors = [normal(generator, batch, tokens, HEADS * WIDTH, scale=1.5) for _ in NAMES]
        expected = per_head(tensors, HEADS, lambda member, _, *slices: run_dense(
            slices, mask[member].astype(bool), global_mask[member].astype(bool), window))
        if window == 2:
            source = "dense form: transformers fails for a window of 2"
        else:
            source = "transformers 4.36.2 LongformerSelfAttention, its softmax in float64"
            package = run_package(tensors, mask, global_mask, window)
            agree(name, expected, package)
            expected = package
        golden.add(name, {"heads": HEADS, "attention_window": window}, source, {
            **dict(zip(NAMES, tensors)), "mask": mask, "global_attention_mask": global_mask, "output": expected,
        })
    golden.write()


def run_dense(slices, visible, is_global, window):
    query, key, value, query_global, key_global, value_global = slices
    rows = []
    for i in range(len(query)):
        if not visible[i]:
            rows.append(np.zeros(query.shape[1]))
        elif is_global[i]:
            rows.append(dense.attend(query_global[i], key_global[visible], value_global[visible]))
        else:
            seen = [
                j for j in range(len(key))
                if visible[j] and (abs(i - j) <= window // 2 or is_global[j])
            ]
            rows.append(dense.attend(query[i], key[seen], value[seen]))
    return np.array(rows)


def run_package(*operands):
    return package_layer(*operands)[0].numpy()


def package_layer(tensors, mask, global_mask, window, is_recorded=False):
    """Its output, and the layer."""
    batch, tokens, width = tensors[0].shape
    fill = -tokens % window
    config = LongformerConfig(hidden_size=width, num_attention_heads=HEADS, attention_window=[window])
    layer = LongformerSelfAttention(config, 0).eval()
    for name, tensor in zip(NAMES, tensors):
        setattr(layer, name, Rows(np.pad(tensor, ((0, 0), (0, fill), (0, 0)))))
    # As LongformerModel merges its two masks: negative is padding, positive global.
    merged = torch.from_numpy(np.pad(mask * (global_mask + 1), ((0, 0), (0, fill)))).double()
    extended = (1 - merged) * torch.finfo(torch.float64).min
    with float64(is_recorded=is_recorded):
        output = layer(
            row_numbers(batch, tokens + fill, width),
            attention_mask=extended,
            is_index_masked=extended < 0,
            is_index_global_attn=extended > 0,
            is_global_attn=bool((extended > 0).any()),
        )
    return output[0][:, :tokens], layer
