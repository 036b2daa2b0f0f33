"""Gradients of attention by its operands, from autograd of the published packages in float64.

The operands are those of the golden files of the patterns; each case is called as it is there.
"""

import json
import struct

import numpy as np
import torch
from transformers import RobertaConfig
from transformers.models.roberta.modeling_roberta import RobertaSelfAttention

from . import comparison, layers, longformer, lsg, self_extend
from .files import ROOT, Golden, random
from .inputs import draw_mask, normal
from .packages import Rows, additive, float64, row_numbers
from .sparse import round_sizes

NAMES = ("query", "key", "value")
NOTE = (
    "Gradients of a loss by the operands of a case of another file of tests/golden, FILE/CASE. The gradient of the "
    "loss by value i of the output, [batch, rows, heads·width], is ((37·i) mod 101 - 50)/32, or 0 in rows where "
    "counted, [batch, rows], is 0. Rows are those of the tokens, with LSG after those of the globals."
)


def attention_gradients():
    golden = Golden("training/attention.safetensors", NOTE)
    for pattern, differentiate in PATTERNS.items():
        for case, tensors in stored_cases(pattern):
            # The package departs from the definition there; the rotary form is transformers' rotation.
            if case["source"].startswith("dense form") and pattern != "self_extend_rope":
                continue
            counted, made = differentiate(case["parameters"], tensors)
            golden.add(f"{pattern}/{case['name']}", {}, source_of(case, pattern), {
                "counted": counted, **{f"gradient.{name}": value for name, value in made.items()},
            })
    for case in CROSS:
        add_cross(golden, *case)
    golden.write()


def source_of(case, pattern):
    if pattern == "self_extend_rope":
        return "autograd of scores rotated by transformers 4.36.2 apply_rotary_pos_emb"
    return f"autograd of {case['source'].split(';')[0]}"


def stored_cases(pattern):
    """The cases of a golden file with their tensors, in float64."""
    data = (ROOT / f"{pattern}.safetensors").read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header, body = json.loads(data[8:8 + size]), data[8 + size:]
    for case in json.loads(header["__metadata__"]["cases"]):
        tensors = {}
        for key, entry in header.items():
            if not key.startswith(case["name"] + "/"):
                continue
            start, end = entry["data_offsets"]
            values = np.frombuffer(body[start:end], {"F32": np.float32, "I32": np.int32}[entry["dtype"]])
            values = values.reshape(entry["shape"]).copy()
            tensors[key.split("/", 1)[1]] = values.astype(np.float64) if entry["dtype"] == "F32" else values
        yield case, tensors


def seed(shape, counted):
    """The gradient by an output; exact in float32."""
    values = (37 * np.arange(np.prod(shape)) % 101 - 50) / 32
    return torch.from_numpy(values.reshape(shape) * counted[..., None])


def back(output, counted):
    output.backward(seed(output.shape, counted))


def table_gradients(layer, names, batch, tokens):
    """Gradients by the rows that stand in for projections, without the block padding."""
    tables = [getattr(layer, name).table for name in names]
    return [
        torch.zeros(batch, tokens, table.shape[1], dtype=torch.float64) if table.grad is None
        else table.grad.reshape(batch, -1, table.shape[1])[:, :tokens]
        for table in tables
    ]


def of_full(parameters, tensors):
    query, key, value, mask = (tensors[name] for name in (*NAMES, "mask"))
    output, layer = lsg.full_layer(query, key, value, mask, parameters["causal"], True)
    back(output, mask)
    return mask, dict(zip(NAMES, table_gradients(layer, NAMES, *mask.shape)))


def of_lsg(parameters, tensors):
    count, mask = parameters["num_global_tokens"], tensors["mask"]
    batch, tokens = mask.shape
    key_mask = mask.copy()
    if parameters["mask_first_token"]:
        key_mask[:, 0] = 0
    matrices = [tensors[f"projection_{i}"] for i in range(len(round_sizes(parameters)))]
    output, layer = lsg.package_layer(
        [tensors[name] for name in NAMES], [tensors[f"global_{name}"] for name in NAMES], key_mask, parameters,
        matrices, True,
    )
    # Causal: the package returns the globals' raw queries.
    counted = np.concatenate([np.full((batch, count), int(not parameters["causal"])), mask], axis=1)
    back(output[:, :count + tokens], counted)
    made = {}
    for name, gradient in zip(NAMES, table_gradients(layer, NAMES, batch, count + tokens)):
        made[f"global_{name}"], made[name] = gradient[:, :count], gradient[:, count:]
    return counted, made


def of_layer(parameters, tensors):
    mask = tensors["mask"]
    operands = [torch.from_numpy(tensors[name]).requires_grad_() for name in NAMES]
    output = layers.package_output(*operands, mask, parameters, True)
    back(output.transpose(1, 2).flatten(2), mask)
    return mask, {name: x.grad.transpose(1, 2).flatten(2) for name, x in zip(NAMES, operands)}


def of_longformer(parameters, tensors):
    mask = tensors["mask"]
    output, layer = longformer.package_layer(
        [tensors[name] for name in longformer.NAMES], mask, tensors["global_attention_mask"],
        parameters["attention_window"], True,
    )
    back(output, mask)
    return mask, dict(zip(longformer.NAMES, table_gradients(layer, longformer.NAMES, *mask.shape)))


def of_rotary(parameters, tensors):
    operands = [torch.from_numpy(tensors[name]).requires_grad_() for name in NAMES]
    batch, tokens, _ = operands[0].shape
    split = [x.reshape(batch, tokens, -1, self_extend.WIDTH).transpose(1, 2) for x in operands]
    repeated = parameters["heads"] // parameters["keyHeads"]
    split[1:] = [x.repeat_interleave(repeated, 1) for x in split[1:]]
    output = self_extend.attend_rotary(
        *split, parameters["group"], parameters["window"], parameters["rope_theta"])
    counted = np.ones((batch, tokens), np.int32)
    back(output.transpose(1, 2).flatten(2), counted)
    return counted, {name: x.grad for name, x in zip(NAMES, operands)}


def of_additive(parameters, tensors):
    operands = {name: torch.from_numpy(x).requires_grad_() for name, x in tensors.items() if name != "output"}
    output, norm = self_extend.package_output(
        operands, parameters["group"], parameters["window"], parameters["qk_norm"], True)
    counted = np.ones(output.shape[:2], np.int32)
    back(output, counted)
    made = {name: operands[name].grad for name in NAMES}
    if norm is not None:
        made.update(norm_weight=norm.weight.grad, norm_bias=norm.bias.grad)
    return counted, made


def of_bigbird(parameters, tensors):
    mask = tensors["mask"]
    output, blocks, layer = comparison.bigbird_layer(
        [tensors[name] for name in NAMES], mask, parameters["block_size"], parameters["num_random_blocks"], True)
    if not np.array_equal(blocks, tensors["random_blocks"]):
        raise AssertionError("other random blocks than the golden's")
    back(output, mask)
    return mask, dict(zip(NAMES, table_gradients(layer, NAMES, *mask.shape)))


def of_linformer(parameters, tensors):
    mask, heads = tensors["mask"], parameters["heads"]
    names = (*NAMES, "key_projection", "value_projection")
    operands = [torch.from_numpy(tensors[name]).requires_grad_() for name in names]
    visible = torch.from_numpy(mask)[..., None].double()
    query, key, value = operands[0], operands[1] * visible, operands[2] * visible
    query, key, value = (
        x.reshape(*x.shape[:2], heads, -1).transpose(1, 2) for x in (query, operands[3] @ key, operands[4] @ value))
    output = (query @ key.transpose(2, 3) / query.shape[-1] ** 0.5).softmax(-1) @ value
    back(output.transpose(1, 2).flatten(2), mask)
    return mask, {name: x.grad for name, x in zip(names, operands)}


PATTERNS = {
    "full": of_full,
    **{f"lsg_{kind}": of_lsg for kind in lsg.TYPES},
    "lsg_causal": of_lsg,
    "lsg_layer": of_layer,
    "longformer": of_longformer,
    "self_extend_rope": of_rotary,
    "self_extend_additive": of_additive,
    "bigbird": of_bigbird,
    "linformer": of_linformer,
}

# queries, keys, batch, mask
CROSS = [(1, 1, 1, "full"), (7, 19, 2, "padded"), (20, 9, 2, "holes"), (5, 16, 1, "first_masked")]


def add_cross(golden, queries, keys, batch, kind):
    """Cross-attention; no other file has it, so the operands are here."""
    name = f"cross/n{queries}_t{keys}_{kind}"
    generator = random(name)
    width = lsg.HEADS * lsg.WIDTH
    rows = [normal(generator, batch, n, width, scale=1.5) for n in (queries, keys, keys)]
    mask = draw_mask(generator, kind, batch, keys)
    layer = RobertaSelfAttention(RobertaConfig(hidden_size=width, num_attention_heads=lsg.HEADS)).eval()
    layer.query, layer.key, layer.value = map(Rows, rows)
    with float64(is_recorded=True):
        output = layer(
            row_numbers(batch, queries, width),
            encoder_hidden_states=row_numbers(batch, keys, width),
            encoder_attention_mask=additive(mask),
        )[0]
    counted = np.ones((batch, queries), np.int32)
    back(output, counted)
    source = "autograd of transformers 4.36.2 RobertaSelfAttention"
    golden.add(name, {"heads": lsg.HEADS}, source, {
        "counted": counted, "mask": mask, "output": output, **dict(zip(NAMES, rows)),
        **{f"gradient.{name}": getattr(layer, name).table.grad.reshape(batch, -1, width) for name in NAMES},
    })
