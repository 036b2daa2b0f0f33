"""Whole RoBERTa models, vanilla and LSG: from token ids to hidden states, pooler and logits."""

import numpy as np
import torch
from lsg_converter.roberta.modeling_lsg_roberta import LSGSelfAttention

from . import dense
from .checkpoint import Checkpoint
from .files import Golden, random
from .inputs import draw_mask, normal, per_head
from .lsg import departs
from .packages import agree, float64
from .sparse import round_sizes

# Wider than for one operation: float32 errors of the layers below reach the choice.
CLEAR = 1e-4

NOTE = (
    "hidden_states_i of an LSG model are the package's without the rows of the globals (in front) "
    "and of the block padding (behind); in the last one pool_with_global has replaced row 0, as in "
    "last_hidden_state. Rows at masked positions are the package's and unspecified. With "
    "mask_first_token the first token is no key, but its row is that of an ordinary query."
)

CHECKPOINTS = [
    Checkpoint("roberta_model", "Model", config={"type_vocab_size": 2, "num_hidden_layers": 3}),
    Checkpoint("roberta_masked_lm", "MaskedLM", config={"hidden_size": 24, "num_attention_heads": 3}),
    Checkpoint("roberta_untied", "MaskedLM", config={"tie_word_embeddings": False, "hidden_act": "relu"}),
    Checkpoint("roberta_old_names", "both", layout="old_names", config={"layer_norm_eps": 1e-12}),
    Checkpoint("roberta_f16", "both", dtype=torch.float16, layout="copies"),
    Checkpoint("lsg_none", lsg={"sparsity_type": "none", "block_size": 8}),
    Checkpoint("lsg_null_g7", "Model", lsg={"sparsity_type": None, "block_size": 4, "num_global_tokens": 7}),
    Checkpoint("lsg_norm", lsg={
        "sparsity_type": "norm", "block_size": 8, "sparse_block_size": 8, "sparsity_factor": 2,
    }),
    Checkpoint("lsg_norm_g7_mask_first", lsg={
        "sparsity_type": "norm", "block_size": 8, "sparse_block_size": 4, "sparsity_factor": 2,
        "num_global_tokens": 7, "mask_first_token": True,
    }),
    Checkpoint("lsg_pooling_no_pool", lsg={
        "sparsity_type": "pooling", "block_size": 8, "sparse_block_size": 16, "sparsity_factor": 4,
        "pool_with_global": False,
    }, config={"hidden_size": 18, "num_attention_heads": 3}),
    Checkpoint("lsg_bos_pooling_mask_first", lsg={
        "sparsity_type": "bos_pooling", "block_size": 8, "sparse_block_size": 8,
        "sparsity_factor": 4, "mask_first_token": True,
    }),
    Checkpoint("lsg_bos_pooling_g7", lsg={
        "sparsity_type": "bos_pooling", "block_size": 8, "sparse_block_size": 8,
        "sparsity_factor": 2, "num_global_tokens": 7,
    }),
    Checkpoint("lsg_lsh", lsg={
        "sparsity_type": "lsh", "block_size": 8, "sparse_block_size": 8, "sparsity_factor": 2,
        "lsh_num_pre_rounds": 2,
    }),
    Checkpoint("lsg_stride_sharded", layout="shards", lsg={
        "sparsity_type": "stride", "block_size": 8, "sparse_block_size": 16, "sparsity_factor": 2,
    }),
    Checkpoint("lsg_block_stride_bf16", dtype=torch.bfloat16, lsg={
        "sparsity_type": "block_stride", "block_size": 12, "sparse_block_size": 12,
        "sparsity_factor": 3, "num_global_tokens": 7,
    }, config={"hidden_size": 18, "num_attention_heads": 3}),
]

# Name of the case, tokens, batch, mask
INPUTS = [
    ("short", 11, 1, "full"),
    ("unaligned", 43, 1, "full"),
    ("padded", 37, 2, "padded"),
    ("holes", 40, 1, "holes"),
    ("no_mask", 30, 1, None),
]
# bos_pooling: the package is right only where no group is wholly padding.
ALIGNED_INPUTS = [
    ("short", 13, 2, "padded"),
    ("aligned", 40, 1, "full"),
    ("alternate", 32, 2, "alternate"),
    ("no_mask", 24, 1, None),
]


class NearTie(Exception):
    """A choice of norm or lsh that may fall either way."""


def models():
    for checkpoint in CHECKPOINTS:
        attempt = 0
        while True:
            try:
                model = checkpoint.build(attempt)
                golden = run(checkpoint, model)
                break
            except NearTie:
                attempt += 1
        golden.write()
        checkpoint.write(model)


def run(checkpoint, model):
    golden = Golden(f"models/{checkpoint.name}/golden.safetensors", NOTE)
    matrices = draw_matrices(checkpoint)
    bos_pooling = (checkpoint.lsg or {}).get("sparsity_type") == "bos_pooling"
    for label, tokens, batch, kind in ALIGNED_INPUTS if bos_pooling else INPUTS:
        inputs = draw_inputs(checkpoint, label, tokens, batch, kind)
        draws = [matrix for layer in matrices for matrix in layer]
        stored = {
            f"projection_{layer}_{i}": matrix
            for layer, rounds in enumerate(matrices) for i, matrix in enumerate(rounds)
        }
        source = f"{'lsg-converter 0.1.9' if checkpoint.lsg else 'transformers 4.36.2'} {{}}"
        base = model if checkpoint.head == "Model" else model.roberta
        if checkpoint.head != "MaskedLM":
            with float64(draws), watched(checkpoint, base, inputs, matrices):
                output = base(**inputs, output_hidden_states=True)
            tensors = {
                "last_hidden_state": output.last_hidden_state,
                "pooler_output": output.pooler_output,
                **hidden_states(checkpoint, output, tokens),
            }
            golden.add(f"{label}_model", {"class": "Model"}, source.format(type(base).__name__),
                       {**inputs, **stored, **tensors})
        if checkpoint.head != "Model":
            with float64(draws), watched(checkpoint, base, inputs, matrices):
                output = model(**inputs)
            golden.add(f"{label}_masked_lm", {"class": "MaskedLM"}, source.format(type(model).__name__),
                       {**inputs, **stored, "logits": output.logits})
    return golden


def draw_matrices(checkpoint):
    """For each layer the matrices of its lsh rounds."""
    if checkpoint.lsg is None or checkpoint.lsg["sparsity_type"] != "lsh":
        return []
    generator = random(f"{checkpoint.name} lsh")
    return [[normal(generator, 2, 8, c // 2) for c in round_sizes(checkpoint.lsg)] for _ in range(2)]


def draw_inputs(checkpoint, label, tokens, batch, kind):
    generator = random(f"{checkpoint.name} {label}")
    ids = generator.integers(5, 90, (batch, tokens))
    inputs = {}
    if kind is None:
        # Padding ids without a mask: they keep the padding's position, and are visible.
        ids[:, [7, 12, 13]] = 1
    else:
        mask = draw_mask(generator, kind, batch, tokens)
        if kind == "padded":
            ids[mask == 0] = 1
        inputs["attention_mask"] = torch.from_numpy(mask).long()
    if checkpoint.config.get("type_vocab_size") and label != "short":
        inputs["token_type_ids"] = torch.from_numpy(generator.integers(0, 2, (batch, tokens)))
    return {"input_ids": torch.from_numpy(ids), **inputs}


def hidden_states(checkpoint, output, tokens):
    count = (checkpoint.lsg or {"num_global_tokens": 0}).get("num_global_tokens", 1)
    return {
        f"hidden_states_{i}": hidden[:, count:count + tokens]
        for i, hidden in enumerate(output.hidden_states)
    }


class watched:
    """Checks every LSG layer's attention against the dense form while the model runs."""

    def __init__(self, checkpoint, base, inputs, matrices):
        self.handles = []
        if checkpoint.lsg is None:
            return
        layers = [m for m in base.modules() if isinstance(m, LSGSelfAttention)]
        for i, layer in enumerate(layers):
            hook = self.hook(checkpoint.name, base.config, inputs, matrices[i] if matrices else None)
            self.handles.append(layer.register_forward_hook(hook))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for handle in self.handles:
            handle.remove()

    @staticmethod
    def hook(name, config, inputs, matrices):
        batch, tokens = inputs["input_ids"].shape
        count, heads = config.num_global_tokens, config.num_attention_heads
        mask = inputs.get("attention_mask", torch.ones(batch, tokens, dtype=torch.long)).numpy().copy()
        rows = np.concatenate([np.ones((batch, count), dtype=int), mask], axis=1)
        if config.mask_first_token:
            mask[:, 0] = 0
        parameters = {**config.to_dict(), "causal": False}
        reason = departs({**parameters, "sparsity_type": config.sparsity_type or "none"}, tokens, mask)
        if reason:
            raise ValueError(f"{name}: no golden from the package, {reason}")

        def check(layer, arguments, output):
            hidden = arguments[0]
            gaps = [1.0]
            projected = [
                project(hidden).numpy()[:, :count + tokens]
                for project in (layer.query, layer.key, layer.value)
            ]

            def compute(member, head, *slices):
                regular, globals_ = [x[count:] for x in slices], [x[:count] for x in slices]
                visible = mask[member].astype(bool)
                return np.concatenate(
                    dense.lsg(regular, globals_, visible, parameters, head, matrices, gaps))

            expected = per_head(projected, heads, compute)
            if min(gaps) < CLEAR:
                raise NearTie
            # Block padding holds a key and a value here, the bias; the dense form has zeros.
            agree(name, expected, output[0][:, :count + tokens].numpy(), rows)

        return check
