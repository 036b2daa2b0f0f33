"""Gradients of encoder-decoders by all of their parameters, from autograd in float64."""

import torch
from safetensors.torch import load_file

from .files import ROOT, Golden, random
from .inputs import draw_mask
from .packages import float64
from .seq2seq_checkpoint import SIZES
from .seq2seq_checkpoints import CHECKPOINTS

NAMES = ["bart", "bart_lsg_norm", "bart_lsg_cut", "mbart_lsg_pooling", "pegasus_lsg_norm", "led"]
NOTE = (
    "The model of tests/golden/seq2seq, its loss with teacher forcing (the package makes the decoder's ids "
    "from the labels; the mean over labels that are not -100) and the gradient of the loss by each "
    "parameter, under its name in the package."
)


def seq2seq_gradients():
    for checkpoint in CHECKPOINTS:
        if checkpoint.name not in NAMES:
            continue
        model = loaded(checkpoint)
        inputs = draw_inputs(checkpoint, random(f"{checkpoint.name} gradients"))
        with float64(), torch.enable_grad():
            loss = model(**inputs).loss
            loss.backward()
        tensors = {
            f"gradient.{name}": parameter.grad
            for name, parameter in model.named_parameters()
            if parameter.grad is not None
        }
        golden = Golden(f"training/{checkpoint.name}.safetensors", NOTE)
        package = "lsg-converter 0.1.9" if checkpoint.lsg else "transformers 4.36.2"
        golden.add("seq2seq_lm", {"class": "Seq2SeqLM"}, f"{package} {type(model).__name__}", {
            **inputs, "loss": loss.reshape(1), **tensors,
        })
        golden.write()


def loaded(checkpoint):
    """The model with the weights of its file, in float64."""
    model = checkpoint.build()
    weights = load_file(str(ROOT / "seq2seq" / checkpoint.name / "model.safetensors"))
    missing, unexpected = model.load_state_dict({k: v.double() for k, v in weights.items()}, strict=False)
    tied = ("embed_tokens.weight", "lm_head.weight", "embed_positions.weight")
    if unexpected or not all(name.endswith(tied) for name in missing):
        raise ValueError(f"{checkpoint.name}: missing {missing}, unexpected {unexpected}")
    return model


def draw_inputs(checkpoint, generator):
    """Two sequences, one of them with padding, and what the decoder writes: labels with holes and ends."""
    tokens, written = 37, 9
    words = SIZES["vocab_size"]
    ids = generator.integers(3, words, (2, tokens))
    mask = draw_mask(generator, "padded", 2, tokens)
    pad = checkpoint.names.sizes.get("pad_token_id", SIZES["pad_token_id"])
    ids[mask == 0] = pad
    # Also a padding id that is visible: the embedding does not train its row, the output layer does.
    ids[0, 7] = pad
    labels = generator.integers(3, words, (2, written))
    # mBART's start is the last label only where no label before it is missing.
    if checkpoint.family != "mbart":
        labels[0, [2, 3]] = -100
    labels[1, 6:] = -100
    inputs = {
        "input_ids": torch.from_numpy(ids),
        "attention_mask": torch.from_numpy(mask).long(),
        "labels": torch.from_numpy(labels),
    }
    if checkpoint.family == "led":
        inputs["global_attention_mask"] = torch.zeros(2, tokens, dtype=torch.long)
        inputs["global_attention_mask"][:, [0, 5]] = 1
    return inputs
