"""Gradients of whole models by all of their parameters, from autograd in float64."""

import torch
from safetensors.torch import load_file
from transformers import get_scheduler

from .checkpoints import CHECKPOINTS
from .files import ROOT, Golden, random
from .inputs import draw_mask
from .models import draw_matrices
from .packages import float64

NAMES = [
    "lsg_norm", "bert_lsg_bos_pooling", "albert_lsg_norm", "longformer", "roberta_masked_lm", "lsg_none",
    "lsg_norm_g7_mask_first", "lsg_pooling_no_pool", "lsg_lsh", "bert_lsg_stride", "camembert_lsg_norm",
    "distilbert", "distilbert_lsg_norm", "electra", "electra_lsg_norm",
]
NOTE = (
    "The model of tests/golden/models, its loss for hidden words (the mean over labels that are not "
    "-100) and the gradient of the loss by each parameter, under its name in the package."
)


def gradients():
    for checkpoint in CHECKPOINTS:
        if checkpoint.name not in NAMES:
            continue
        model = loaded(checkpoint)
        inputs = draw_inputs(checkpoint, random(f"{checkpoint.name} gradients"))
        matrices = draw_matrices(checkpoint)
        with float64([matrix for layer in matrices for matrix in layer], True):
            loss = model(**inputs).loss
            loss.backward()
        tensors = {
            f"projection_{layer}_{i}": matrix
            for layer, rounds in enumerate(matrices) for i, matrix in enumerate(rounds)
        }
        tensors |= {
            f"gradient.{name}": parameter.grad
            for name, parameter in model.named_parameters()
            if parameter.grad is not None and name not in checkpoint.names.tied
        }
        golden = Golden(f"training/{checkpoint.name}.safetensors", NOTE)
        package = "lsg-converter 0.1.9" if checkpoint.lsg else "transformers 4.36.2"
        golden.add("masked_lm", {"class": "MaskedLM"}, f"{package} {type(model).__name__}", {
            **inputs, "loss": loss.reshape(1), **tensors,
        })
        golden.write()


def loaded(checkpoint):
    """The model with the weights of its file, in float64."""
    model = checkpoint.build(0)
    weights = load_file(str(ROOT / "models" / checkpoint.name / "model.safetensors"))
    missing, unexpected = model.load_state_dict({k: v.double() for k, v in weights.items()}, strict=False)
    if unexpected or set(missing) - set(checkpoint.names.tied) - {"roberta.embeddings.position_ids"}:
        raise ValueError(f"{checkpoint.name}: missing {missing}, unexpected {unexpected}")
    return model


def draw_inputs(checkpoint, generator):
    """Two sequences, one of them with padding; one in four tokens has a label."""
    # bos_pooling: the package is right only where no group is wholly padding.
    is_grouped = (checkpoint.lsg or {}).get("sparsity_type") == "bos_pooling"
    tokens = 40 if is_grouped else 37
    ids = generator.integers(5, 90, (2, tokens))
    mask = draw_mask(generator, "full" if is_grouped else "padded", 2, tokens)
    pad = 1 if "pad_token_id" not in checkpoint.names.sizes else 0
    ids[mask == 0] = pad
    # Also a padding id that is visible: its row of the table is not trained either.
    ids[0, 7] = pad
    labels = generator.integers(5, 90, (2, tokens))
    labels[(generator.random((2, tokens)) > 0.25) | (mask == 0)] = -100
    inputs = {
        "input_ids": torch.from_numpy(ids),
        "attention_mask": torch.from_numpy(mask).long(),
        "labels": torch.from_numpy(labels),
    }
    if checkpoint.family == "electra":
        inputs["token_type_ids"] = torch.from_numpy(generator.integers(0, 2, (2, tokens)))
    if checkpoint.family == "longformer":
        inputs["global_attention_mask"] = torch.zeros(2, tokens, dtype=torch.long)
        inputs["global_attention_mask"][:, [0, 5]] = 1
    return inputs


STEPS, ACCUMULATED, WARMUP, RATE, DECAY = 50, 2, 5, 2e-3, 0.01
# Its choice of keys depends on no number, so that float32 takes the same way.
TRAINED = "bert_lsg_stride"
TRAJECTORY = (
    f"{TRAINED} of tests/golden/models after training for hidden words: torch's AdamW with accumulation, "
    "clipping to 1 and a linear schedule with warm-up, in float64, without dropout. ids, mask, labels: "
    "[micro-batches, 2, tokens]; loss: of each micro-batch, before it is divided."
)


def trajectory():
    checkpoint = next(c for c in CHECKPOINTS if c.name == TRAINED)
    model = loaded(checkpoint)
    decayed = [p for n, p in model.named_parameters() if p.ndim > 1 and "bias" not in n]
    others = [p for n, p in model.named_parameters() if not (p.ndim > 1 and "bias" not in n)]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": DECAY}, {"params": others, "weight_decay": 0.0}], lr=RATE,
    )
    scheduler = get_scheduler("linear", optimizer, WARMUP, STEPS)
    generator = random(f"{TRAINED} trajectory")
    batches, losses = [], []
    with float64(is_recorded=True):
        for _ in range(STEPS):
            for _ in range(ACCUMULATED):
                batch = draw_inputs(checkpoint, generator)
                batches.append(batch)
                loss = model(**batch).loss
                losses.append(float(loss))
                (loss / ACCUMULATED).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad(set_to_none=True)
    golden = Golden("training/trajectory.safetensors", TRAJECTORY)
    settings = {
        "accumulated": ACCUMULATED, "rate": RATE, "steps": STEPS, "warmup": WARMUP, "weight_decay": DECAY,
    }
    golden.add(TRAINED, settings, f"lsg-converter 0.1.9 {type(model).__name__}, torch AdamW", {
        "ids": torch.stack([b["input_ids"] for b in batches]),
        "mask": torch.stack([b["attention_mask"] for b in batches]),
        "labels": torch.stack([b["labels"] for b in batches]),
        "loss": torch.tensor(losses, dtype=torch.float64),
        **{f"after.{n}": p for n, p in model.named_parameters() if n not in checkpoint.names.tied},
    })
    golden.write()
