"""Full attention and LSG with prepended globals."""

import numpy as np
from lsg_converter.roberta.modeling_lsg_roberta import LSGRobertaConfig, LSGSelfAttention
from transformers import RobertaConfig
from transformers.models.roberta.modeling_roberta import RobertaSelfAttention

from . import dense
from .files import Golden, random
from .inputs import draw_mask, normal, per_head
from .packages import Rows, additive, agree, float64, row_numbers
from .sparse import round_sizes

HEADS, WIDTH = 3, 4
TYPES = ("none", "norm", "pooling", "bos_pooling", "lsh", "stride", "block_stride")
CLEAR = 1e-5

NOTE = (
    "Output rows where mask is 0 are unspecified and stored as 0. With mask_first_token the first "
    "regular token is no key, but its row is that of an ordinary query."
)

# block_size, sparse_block_size, sparsity_factor, num_global_tokens, tokens, batch, mask
CASES = [
    (8, 8, 2, 1, 37, 1, "full"),
    (8, 8, 2, 7, 35, 2, "padded"),
    (8, 8, 2, 7, 33, 2, "holes"),
    (8, 8, 2, 7, 32, 2, "alternate"),
    (8, 16, 4, 1, 40, 1, "alternate"),
    (8, 8, 2, 1, 20, 2, "one_masked"),
    (8, 8, 2, 1, 24, 1, "first_masked"),
    (8, 8, 2, 1, 16, 1, "full"),
    (8, 8, 2, 7, 13, 2, "padded"),
    (8, 8, 2, 1, 1, 1, "full"),
    (8, 4, 2, 7, 40, 1, "full"),
    (8, 4, 2, 1, 33, 2, "holes"),
    (8, 16, 4, 1, 45, 1, "full"),
    (8, 24, 2, 7, 45, 1, "full"),
    (12, 12, 3, 1, 43, 1, "holes"),
    (12, 6, 2, 1, 49, 1, "full"),
    (16, 8, 8, 7, 50, 1, "full"),
    (8, 2, 2, 1, 27, 2, "padded"),
    (6, 6, 2, 7, 31, 1, "full"),
    (6, 6, 2, 1, 24, 2, "holes"),
    (4, 4, 4, 1, 21, 2, "padded"),
    (4, 8, 4, 7, 18, 1, "full"),
    (8, 8, 1, 1, 33, 1, "holes"),
    (8, 4, 1, 7, 26, 1, "full"),
]
CAUSAL_CASES = [
    (8, 8, 2, 1, 37, 1, "full"),
    (8, 8, 2, 7, 32, 2, "alternate"),
    (8, 16, 4, 1, 40, 1, "holes"),
    (8, 4, 2, 7, 40, 1, "full"),
    (8, 8, 2, 1, 13, 2, "padded"),
    (6, 6, 2, 1, 31, 1, "full"),
    (4, 4, 4, 1, 21, 2, "one_masked"),
]


def full_attention():
    """The file of full attention."""
    golden = Golden("full.safetensors", NOTE)
    for tokens, batch, kind, causal in [
        (1, 1, "full", False), (5, 2, "padded", False), (16, 1, "full", False),
        (33, 2, "holes", False), (20, 2, "one_masked", False), (17, 1, "first_masked", False),
        (19, 1, "full", True), (24, 2, "holes", True), (12, 2, "one_masked", True),
    ]:
        name = f"full_t{tokens}_{kind}" + ("_causal" if causal else "")
        generator = random(name)
        query, key, value = (normal(generator, batch, tokens, HEADS * WIDTH, scale=1.5) for _ in range(3))
        mask = draw_mask(generator, kind, batch, tokens)
        expected = per_head([query, key, value], HEADS, lambda member, _, q, k, v: dense.full(
            q, k, v, mask[member].astype(bool), causal)) * mask[..., None]
        if kind == "one_masked":
            source = "dense form: transformers averages all values where no key is visible"
        else:
            source = "transformers 4.36.2 RobertaSelfAttention"
            output = run_full(query, key, value, mask, causal) * mask[..., None]
            agree(name, expected, output, mask)
            expected = output
        golden.add(name, {"heads": HEADS, "causal": causal}, source, {
            "query": query, "key": key, "value": value, "mask": mask, "output": expected,
        })
    golden.write()


def run_full(*operands):
    return full_layer(*operands)[0].numpy()


def full_layer(query, key, value, mask, causal, is_recorded=False):
    """Its output, and the layer."""
    batch, tokens, width = query.shape
    layer = RobertaSelfAttention(RobertaConfig(hidden_size=width, num_attention_heads=HEADS)).eval()
    layer.query, layer.key, layer.value = Rows(query), Rows(key), Rows(value)
    hidden = additive(mask)
    if causal:
        later = np.triu(np.ones((1, tokens, tokens)), 1)
        hidden = hidden.minimum(additive(1 - later.reshape(tokens, tokens)).transpose(0, 2))
    with float64(is_recorded=is_recorded):
        return layer(row_numbers(batch, tokens, width), hidden)[0], layer


def lsg(kind):
    """The file of one sparsity type."""
    golden = Golden(f"lsg_{kind}.safetensors", NOTE)
    for case in CASES:
        add_case(golden, kind, case)
    add_case(golden, kind, CASES[3], mask_first_token=True)
    add_case(golden, kind, (8, 8, 2, 7, 13, 2, "padded"), mask_first_token=True)
    if kind == "norm":
        add_case(golden, kind, (8, 0, 2, 1, 30, 1, "full"))
        add_case(golden, kind, (8, 8, 0, 7, 30, 1, "full"))
    if kind == "lsh":
        add_case(golden, kind, (8, 4, 2, 1, 41, 1, "holes"), lsh_num_pre_rounds=2)
        add_case(golden, kind, (12, 6, 2, 1, 49, 1, "full"), lsh_num_pre_rounds=3)
        add_case(golden, kind, (8, 8, 8, 1, 34, 2, "padded"))
    golden.write()


def lsg_causal():
    """The file of causal LSG, every type."""
    golden = Golden("lsg_causal.safetensors", NOTE)
    for kind in TYPES:
        for case in CAUSAL_CASES:
            add_case(golden, kind, case, causal=True)
    golden.write()


def add_case(golden, kind, case, causal=False, mask_first_token=False, lsh_num_pre_rounds=1):
    block, size, factor, count, tokens, batch, mask_kind = case
    parameters = {
        "heads": HEADS,
        "block_size": block,
        "sparse_block_size": size,
        "sparsity_factor": factor,
        "sparsity_type": kind,
        "num_global_tokens": count,
        "causal": causal,
        "mask_first_token": mask_first_token,
        "lsh_num_pre_rounds": lsh_num_pre_rounds,
    }
    name = f"{kind}_b{block}_s{size}_f{factor}_g{count}_t{tokens}_{mask_kind}"
    name += "_causal" if causal else ""
    name += "_mask_first_token" if mask_first_token else ""
    name += f"_p{lsh_num_pre_rounds}" if lsh_num_pre_rounds > 1 else ""

    generator = random(name)
    mask = draw_mask(generator, mask_kind, batch, tokens)
    key_mask = mask.copy()
    if mask_first_token:
        key_mask[:, 0] = 0
    gaps = [0.0]
    while min(gaps) < CLEAR:
        # Near ties may fall either way, so they are no golden: draw again.
        regular = [normal(generator, batch, tokens, HEADS * WIDTH, scale=1.5) for _ in range(3)]
        globals_ = [normal(generator, batch, count, HEADS * WIDTH, scale=1.5) for _ in range(3)]
        matrices = [normal(generator, HEADS, WIDTH, c // 2) for c in round_sizes(parameters)]
        gaps = [1.0]
        global_output, output = run_dense(regular, globals_, key_mask, parameters, matrices, gaps)

    source = "lsg-converter 0.1.9 LSGSelfAttention (roberta)"
    reason = departs(parameters, tokens, key_mask)
    if reason:
        source = f"dense form: {reason}"
    else:
        package = run_package(regular, globals_, key_mask, parameters, matrices)
        agree(name, output, package[:, count:count + tokens], mask)
        output = package[:, count:count + tokens]
        if causal:
            source += "; rows of the globals: dense form, the package returns their raw queries"
        else:
            agree(name, global_output, package[:, :count])
            global_output = package[:, :count]
    tensors = {
        "mask": mask,
        "output": output * mask[..., None],
        "global_output": global_output,
        **dict(zip(("query", "key", "value"), regular)),
        **dict(zip(("global_query", "global_key", "global_value"), globals_)),
        **{f"projection_{i}": matrix for i, matrix in enumerate(matrices)},
    }
    golden.add(name, parameters, source, tensors)


def departs(parameters, tokens, mask):
    """Why the package's rows are not the definition's, or None."""
    block, size = parameters["block_size"], parameters["sparse_block_size"]
    factor, kind = parameters["sparsity_factor"], parameters["sparsity_type"]
    if tokens <= 2 * block:
        return "causal and t <= 2B crashes" if parameters["causal"] else None
    if kind == "none" or 0 in (size, factor):
        return None
    entries = block // factor
    if entries == 1:
        return "r = 1 counts the own and the next block twice"
    if entries % 2:
        return "odd r crashes"
    if size <= 0.75 * entries:
        return "sparse windows are wrong for S <= 0.75 r"
    if kind == "lsh" and min(block, size) == factor != size:
        return "lsh with one bucket crashes"
    if kind == "bos_pooling" or (kind == "lsh" and factor == size):
        padded = np.pad(mask, ((0, 0), (0, -tokens % block)))
        if not padded.reshape(len(mask), -1, factor).any(axis=-1).all():
            return "bos_pooling unmasks groups that are wholly padding"
    return None


def run_dense(regular, globals_, mask, parameters, matrices, gaps):
    count = parameters["num_global_tokens"]

    def compute(member, head, *slices):
        rows = dense.lsg(slices[:3], slices[3:], mask[member].astype(bool), parameters, head, matrices, gaps)
        return np.concatenate(rows)

    rows = per_head([*regular, *globals_], HEADS, compute)
    return rows[:, :count], rows[:, count:]


def run_package(*operands):
    """Rows of the globals and of the tokens, block padding (zeros, as after no bias) behind."""
    return package_layer(*operands)[0].numpy()


def package_layer(regular, globals_, mask, parameters, matrices, is_recorded=False):
    """Its output, and the layer."""
    batch, tokens, width = regular[0].shape
    block = parameters["block_size"]
    fill = -tokens % block if tokens > 2 * block else 0
    settings = {k: v for k, v in parameters.items() if k not in ("heads", "causal")}
    config = LSGRobertaConfig(
        hidden_size=width, num_attention_heads=HEADS, is_decoder=parameters["causal"], **settings)
    layer = LSGSelfAttention(config).eval()
    rows = [
        np.pad(np.concatenate(pair, axis=1), ((0, 0), (0, fill), (0, 0)))
        for pair in zip(globals_, regular)
    ]
    layer.query, layer.key, layer.value = map(Rows, rows)
    with float64(matrices, is_recorded):
        hidden = row_numbers(batch, rows[0].shape[1], width)
        return layer(hidden, additive(np.pad(mask, ((0, 0), (0, fill)))))[0], layer
