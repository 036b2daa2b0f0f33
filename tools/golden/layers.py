"""The stand-alone layers: query, key and value `[batch, heads, tokens, width]`, token 0 global."""

import numpy as np
import torch
from lsg_converter.attention_layers.lsg_self_attention import (
    BlockLocalSelfAttention,
    LSGSelfAttention,
)

from . import dense
from .files import Golden, random
from .inputs import draw_mask, normal
from .packages import additive, agree, float64

HEADS, WIDTH = 3, 2
TYPES = ("none", "norm", "pooling", "bos_pooling", "stride", "block_stride")
NOTE = "Output rows where mask is 0 are unspecified and stored as 0."

# block_size, sparsity_factor, tokens, batch, mask
CASES = [
    # Long enough for the sparse windows to end before the list does, on both sides.
    (8, 4, 56, 1, "full"),
    (8, 4, 24, 2, "alternate"),
    (8, 4, 21, 2, "holes"),
    (8, 2, 27, 1, "full"),
    (8, 4, 13, 2, "padded"),
]
MORE_CASES = [
    (12, 3, 34, 1, "full"),
    (12, 4, 31, 1, "full"),
    (4, 1, 19, 1, "full"),
    (4, 4, 19, 2, "one_masked"),
    (8, 8, 35, 1, "first_masked"),
]


def lsg_layer():
    golden = Golden("lsg_layer.safetensors", NOTE)
    for kind in TYPES:
        for causal in (False, True):
            for global_token in (True, False):
                # The rarer shapes once for each type, in turn.
                more = MORE_CASES if causal != global_token else []
                for case in CASES + more:
                    add_case(golden, kind, causal, global_token, *case)
    golden.write()


def add_case(golden, kind, causal, global_token, block, factor, tokens, batch, mask_kind):
    parameters = {
        "block_size": block,
        "sparsity_factor": factor,
        "sparsity_type": kind,
        "causal": causal,
        "global_token": global_token,
    }
    name = f"{kind}_b{block}_f{factor}_t{tokens}_{mask_kind}"
    name += ("_causal" if causal else "") + ("" if global_token else "_no_global")
    generator = random(name)
    mask = draw_mask(generator, mask_kind, batch, tokens)
    gaps = [0.0]
    while min(gaps) < 1e-5:
        query, key, value = (normal(generator, batch, HEADS, tokens, WIDTH, scale=1.5) for _ in range(3))
        gaps = [1.0]
        expected = np.array([
            [
                dense.lsg_layer(query[b, h], key[b, h], value[b, h], mask[b].astype(bool), parameters, h, gaps)
                for h in range(HEADS)
            ]
            for b in range(batch)
        ])
    rows = np.broadcast_to(mask[:, None], (batch, HEADS, tokens))
    reason = departs(parameters, mask)
    source = f"dense form: {reason}"
    if reason is None:
        source = "lsg-converter 0.1.9 " + ("BlockLocalSelfAttention" if kind == "none" else "LSGSelfAttention")
        package = run_package(query, key, value, mask, parameters)
        agree(name, expected, package, rows)
        expected = package
    golden.add(name, parameters, source, {
        "query": query, "key": key, "value": value, "mask": mask, "output": expected * rows[..., None],
    })


def departs(parameters, mask):
    """Why the package's rows are not the definition's, or None."""
    block, factor = parameters["block_size"], parameters["sparsity_factor"]
    kind, causal = parameters["sparsity_type"], parameters["causal"]
    tokens = mask.shape[1]
    if tokens <= 2 * block or kind == "none":
        return None
    if (3 * block - block // factor) % 2 or factor == 1:
        return "3B - r odd and f = 1 crash"
    if factor < (3 if causal else 4):
        return "f < 4 (causal: f < 3) has the wrong sparse windows"
    if kind in ("pooling", "bos_pooling"):
        groups = np.pad(mask, ((0, 0), (0, -tokens % block)))
        groups[:, 0] *= not parameters["global_token"]
        if not groups.reshape(len(mask), -1, factor).any(axis=-1).all():
            return f"{kind} unmasks groups that are wholly padding"
    if kind == "bos_pooling" and parameters["global_token"]:
        return "bos_pooling weighs token 0 into its first group although it is the global"
    if kind == "bos_pooling" and not causal:
        return "bos_pooling makes token 0 dense even without a global token"
    return None


def run_package(query, key, value, mask, parameters):
    tensors = (torch.from_numpy(x) for x in (query, key, value))
    return package_output(*tensors, mask, parameters).numpy()


def package_output(query, key, value, mask, parameters, is_recorded=False):
    settings = {
        "block_size": parameters["block_size"],
        "compute_global_attention": parameters["global_token"],
        "is_causal": parameters["causal"],
    }
    if parameters["sparsity_type"] == "none":
        layer = BlockLocalSelfAttention(**settings)
    else:
        layer = LSGSelfAttention(
            sparsity_factor=parameters["sparsity_factor"],
            sparsity_type=parameters["sparsity_type"],
            **settings,
        )
    with float64(is_recorded=is_recorded):
        return layer.eval()(query, key, value, additive(mask))
