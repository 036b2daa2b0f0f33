"""Whole models, vanilla and LSG: from token ids to hidden states, pooler and logits."""

import numpy as np
import torch

from . import dense
from .checkpoints import CHECKPOINTS
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


# Longformer: positions of global tokens, some of them masked.
GLOBALS = {"unaligned": [[0]], "padded": [[0, 5, 30], [1, 36]], "holes": [[0, 13, 14]]}


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
        base = model if checkpoint.head == "Model" else getattr(model, checkpoint.names.prefix)
        if checkpoint.head != "MaskedLM":
            with float64(draws), watched(checkpoint, base, inputs, matrices):
                output = base(**inputs, output_hidden_states=True)
            tensors = {
                "last_hidden_state": output.last_hidden_state,
                **({"pooler_output": output.pooler_output} if checkpoint.names.pooler else {}),
                **(hidden_states(checkpoint, output, tokens) if states(checkpoint, label) else {}),
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
    pad = 1 if "pad_token_id" not in checkpoint.names.sizes else 0
    inputs = {}
    if kind is None:
        # Padding ids without a mask: RoBERTa's keep the padding's position, and are visible.
        ids[:, [7, 12, 13]] = pad
    else:
        mask = draw_mask(generator, kind, batch, tokens)
        if kind == "padded":
            ids[mask == 0] = pad
        inputs["attention_mask"] = torch.from_numpy(mask).long()
    types = {**checkpoint.names.sizes, **checkpoint.config}.get("type_vocab_size")
    if types == 2 and label != "short":
        inputs["token_type_ids"] = torch.from_numpy(generator.integers(0, 2, (batch, tokens)))
    if checkpoint.family == "longformer" and label in GLOBALS:
        is_global = torch.zeros(batch, tokens, dtype=torch.long)
        for member, chosen in enumerate(GLOBALS[label][:batch]):
            is_global[member, chosen] = 1
        inputs["global_attention_mask"] = is_global
    return {"input_ids": torch.from_numpy(ids), **inputs}


def states(checkpoint, label):
    """The other families' files are kept small."""
    return checkpoint.family == "roberta" or label in ("padded", "alternate")


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
        *projections, behind = (
            [m for name, m in base.named_modules() if name.endswith(end)]
            for end in checkpoint.names.attention
        )
        # ALBERT runs its one layer again and again.
        layers = iter(range(base.config.num_hidden_layers))
        for *projected, output in zip(*projections, behind, strict=True):
            rows = {}
            for name, module in zip(("query", "key", "value"), projected):
                def keep(_, __, result, name=name, rows=rows):
                    rows[name] = result
                self.handles.append(module.register_forward_hook(keep))
            check = self.check(checkpoint.name, base.config, inputs, matrices, rows, layers)
            self.handles.append(output.register_forward_pre_hook(check))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for handle in self.handles:
            handle.remove()

    @staticmethod
    def check(name, config, inputs, matrices, projected_rows, layers):
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

        def check(_, arguments):
            layer = next(layers)
            gaps = [1.0]
            projected = [
                projected_rows[key].numpy()[:, :count + tokens] for key in ("query", "key", "value")
            ]

            def compute(member, head, *slices):
                regular, globals_ = [x[count:] for x in slices], [x[:count] for x in slices]
                visible = mask[member].astype(bool)
                drawn = matrices[layer] if matrices else None
                return np.concatenate(dense.lsg(regular, globals_, visible, parameters, head, drawn, gaps))

            expected = per_head(projected, heads, compute)
            if min(gaps) < CLEAR:
                raise NearTie
            # Block padding holds a key and a value here, the bias; the dense form has zeros.
            agree(name, expected, arguments[0][:, :count + tokens].numpy(), rows)

        return check
