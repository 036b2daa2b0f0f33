"""Every head of every family, vanilla and LSG: from token ids to logits."""

import numpy as np
import torch

from .checkpoint import Checkpoint
from .checkpoints import NORM
from .files import Golden, random
from .inputs import draw_mask
from .models import NearTie, watched
from .packages import float64

LABELS = {"id2label": {0: "bad", 1: "fair", 2: "good"}, "label2id": {"bad": 0, "fair": 1, "good": 2}}
CONFIGS = {"SequenceClassification": LABELS, "TokenClassification": LABELS, "CausalLM": {"is_decoder": True}}
COMMON = ["SequenceClassification", "TokenClassification", "QuestionAnswering", "MultipleChoice"]
HEADS = {
    "bert": [*COMMON, "CausalLM"],
    "roberta": [*COMMON, "CausalLM"],
    "camembert": COMMON,
    "xlm_roberta": COMMON,
    "distilbert": COMMON,
    "electra": [*COMMON, "PreTraining"],
    "albert": COMMON,
    "longformer": COMMON,
}
NOTE = (
    "Logits at masked positions are the package's and unspecified. In a Longformer's ids each "
    "sequence has three separators, as its automatic global tokens ask for."
)
SEPARATOR, TOKENS = 2, 21


def heads():
    for family, names in HEADS.items():
        for head in names:
            for lsg in [None, NORM] if family != "longformer" else [None]:
                # A causal LSG model differs from the package by intent: nothing after a token is seen.
                if not (lsg and head == "CausalLM"):
                    write(family, head, lsg)


def write(family, head, lsg):
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in head.replace("LM", "Lm"))
    window = {"attention_window": 4} if family == "longformer" else {}
    checkpoint = Checkpoint(
        f"{family}{'_lsg' if lsg else ''}{snake}", head, family=family, lsg=lsg,
        config={**window, **CONFIGS.get(head, {})},
    )
    attempt = 0
    while True:
        try:
            model = checkpoint.build(attempt)
            golden = run(checkpoint, model)
            break
        except NearTie:
            attempt += 1
    golden.write()
    checkpoint.write(model, "heads")


def run(checkpoint, model):
    golden = Golden(f"heads/{checkpoint.name}/golden.safetensors", NOTE)
    inputs = draw_inputs(checkpoint)
    base = getattr(model, checkpoint.names.prefix)
    flat = {name: value.flatten(0, -2) for name, value in inputs.items()}
    with float64(), watched(checkpoint, base, flat, []):
        output = model(**inputs)
    package = "lsg-converter 0.1.9" if checkpoint.lsg else "transformers 4.36.2"
    results = {
        name: output[name] for name in ("logits", "start_logits", "end_logits") if name in output
    }
    golden.add("padded", {"class": checkpoint.head}, f"{package} {type(model).__name__}",
               {**inputs, **results})
    return golden


def draw_inputs(checkpoint):
    """Two padded sequences, or two questions of two choices."""
    generator = random(f"{checkpoint.name} inputs")
    shape = (2, 2, TOKENS) if checkpoint.head == "MultipleChoice" else (2, TOKENS)
    rows = int(np.prod(shape[:-1]))
    ids = generator.integers(5, 90, (rows, TOKENS))
    mask = draw_mask(generator, "padded", rows, TOKENS)
    ids[mask == 0] = 0 if "pad_token_id" in checkpoint.names.sizes else 1
    if checkpoint.family == "longformer":
        for row, length in enumerate(mask.sum(axis=1)):
            ids[row, [3, 4, length - 1]] = SEPARATOR
    inputs = {"input_ids": ids, "attention_mask": mask}
    if checkpoint.names.sizes.get("type_vocab_size") == 2:
        inputs["token_type_ids"] = generator.integers(0, 2, (rows, TOKENS))
    return {name: torch.from_numpy(values).long().reshape(shape) for name, values in inputs.items()}
