"""The loss of every head and its gradient by the outputs, from the published packages' autograd."""

import json
from importlib import import_module

import torch
import transformers
from safetensors.torch import load_file
from transformers.trainer_pt_utils import LabelSmoother

from .files import ROOT, Golden, random
from .packages import float64

NOTE = (
    "Folders of tests/golden with labels: the loss of the package's class, and its gradient by each "
    "output; of words' scores only the rows that count. Where smoothing is not 0, the loss is that of transformers' LabelSmoother."
)
WORDS = ["models/lsg_norm", "models/electra", "models/albert"]
WRITERS = ["bart", "bart_lsg_norm", "mbart", "barthez_lsg_none", "pegasus", "led"]
CLASSIFIERS = [f"{name}_sequence_classification" for name in ("bart", "bart_lsg", "mbart", "led")]
# Heads that the folder lacks, their parameters drawn; the file holds them.
NEW = [
    *((f"seq2seq/{name}", "QuestionAnswering", {}) for name in ("bart", "bart_lsg_norm", "mbart", "led")),
    ("heads/bert_sequence_classification", "SequenceClassification", {"num_labels": 1}),
    ("models/lsg_norm", "TokenClassification", {"num_labels": 5}),
]
# Labels of a classification of sequences: name, problem_type, whether they are vectors.
PROBLEMS = [
    ("classes", None, False),
    ("single", "single_label_classification", False),
    ("independent", "multi_label_classification", True),
    ("numbers", "regression", True),
]


def losses():
    golden = Golden("training/losses.safetensors", NOTE)
    heads = sorted(path.parent.name for path in (ROOT / "heads").glob("*/config.json"))
    folders = [*(f"heads/{name}" for name in heads), *WORDS]
    for folder in [*folders, *(f"seq2seq/{name}" for name in [*WRITERS, *CLASSIFIERS])]:
        write(golden, folder)
    for folder, head, labels in NEW:
        write(golden, folder, head, labels)
    golden.write()


def write(golden, folder, new=None, config=None):
    model, package, head = load(folder, new, config)
    if new:
        write_new(golden, folder, head, config, model, package)
        return
    inputs = inputs_of(folder)
    generator = random(f"{folder} losses")
    if head == "SequenceClassification":
        # The other families' classes share the code: one folder has every kind of labels.
        problems = PROBLEMS if folder.startswith("heads/bert_seq") else PROBLEMS[:1]
        for name, problem, vectors in problems:
            model.config.problem_type = problem
            labels = draw_classes(generator, 2, 3)
            if vectors:
                labels = torch.from_numpy(generator.random((2, 3)).round(3))
            if name == "independent":
                labels = labels.round()
            add(golden, f"{folder} {name}", folder, package, model, inputs, {"labels": labels},
                problem_type=problem)
        model.config.problem_type = None
        labels = {"labels": draw_classes(generator, 2, 3)}
    elif head == "MultipleChoice":
        labels = {"labels": draw_classes(generator, 2, 2)}
    elif head == "QuestionAnswering":
        tokens = inputs["input_ids"].shape[1]
        # The second answer lies behind the text, so it does not count.
        labels = {
            "start_positions": torch.tensor([3, tokens + 5]), "end_positions": torch.tensor([7, tokens]),
        }
        add(golden, folder, folder, package, model, inputs, labels)
        return
    else:
        if head == "ConditionalGeneration":
            shape, count, share = (len(inputs["input_ids"]), 7), model.config.vocab_size, 0.0
        else:
            shape = inputs["input_ids"].shape
            count = {"TokenClassification": 3, "PreTraining": 2}.get(head, model.config.vocab_size)
            share = 0.0 if head == "PreTraining" else 0.7
        # A decoder's labels have no padding ids, from whose number mBART finds the last id.
        low = 3 if head == "ConditionalGeneration" else 0
        labels = torch.from_numpy(generator.integers(low, count, shape))
        labels[torch.from_numpy(generator.random(shape) < share)] = -100
        if head == "ConditionalGeneration":
            labels[-1, -3:] = -100
        labels = {"labels": labels}
    if head != "SequenceClassification":
        add(golden, folder, folder, package, model, inputs, labels)
    plain = ("heads/albert", "heads/camembert", "heads/distil", "heads/xlm", "models/albert", "models/electra")
    if head != "PreTraining" and not folder.startswith(plain):
        add(golden, f"{folder} smoothed", folder, package, model, inputs, labels, smoothing=0.1)


def write_new(golden, folder, head, config, model, package):
    inputs = inputs_of(folder)
    generator = random(f"{folder} new {head}")
    drawn = {
        name: parameter for name, parameter in model.named_parameters()
        if name.startswith(("qa_outputs.", "classifier."))
    }
    with torch.no_grad():
        for parameter in drawn.values():
            parameter.copy_(torch.from_numpy(generator.standard_normal(parameter.shape)).float())
    if head == "QuestionAnswering":
        labels = {"start_positions": torch.tensor([3, 1]), "end_positions": torch.tensor([7, 90])}
    elif head == "TokenClassification":
        labels = {"labels": torch.from_numpy(generator.integers(0, 5, inputs["input_ids"].shape))}
    else:
        labels = {"labels": torch.tensor([0.25, -3.5], dtype=torch.float64)}
    add(golden, f"{folder} new {head}", folder, package, model, inputs, labels, new=config, drawn={
        f"new.{name}": parameter for name, parameter in drawn.items()
    })


def add(
    golden, name, folder, package, model, inputs, labels, smoothing=0.0, problem_type=None, new=None,
    drawn=None,
):
    with float64(), torch.enable_grad():
        output = model(**inputs, **labels)
        outputs = {
            key: output[key] for key in ("logits", "start_logits", "end_logits") if key in output
        }
        for tensor in outputs.values():
            tensor.retain_grad()
        loss = output.loss
        if smoothing:
            shifts = "CausalLM" in type(model).__name__ or "LMHead" in type(model).__name__
            loss = LabelSmoother(smoothing)(output, labels["labels"].clone(), shift_labels=shifts)
        loss.backward()
    golden.add(
        name, {"folder": folder, "smoothing": smoothing, "problem_type": problem_type, "new": new},
        f"{package} {type(model).__name__}",
        {
            **inputs, **labels, **(drawn or {}), "loss": loss.reshape(1),
            **{f"gradient.{key}": compact(tensor.grad) for key, tensor in outputs.items()},
        },
    )


def compact(gradient):
    """Of words' scores `[batch, tokens, vocab_size]` only the rows that count; the others are 0."""
    if gradient.ndim < 3 or gradient.shape[2] < 10:
        return gradient
    rows = gradient.flatten(0, 1)
    return rows[(rows != 0).any(dim=1)]


def load(folder, new=None, labels=None):
    """The folder's model in float64, or one with a new head, the package that has it, and its head."""
    config = json.loads((ROOT / folder / "config.json").read_text())
    [name] = config["architectures"]
    if new:
        name = f"{name.split('For')[0]}For{new}"
    package, source = transformers, "transformers 4.36.2"
    if name.startswith("LSG"):
        kind = folder.split("/")[1].split("_lsg")[0]
        kind = kind if folder != "models/lsg_norm" else "roberta"
        package = import_module(f"lsg_converter.{kind}.modeling_lsg_{kind}")
        source = "lsg-converter 0.1.9"
    model_class = getattr(package, name)
    config_class = getattr(package, name.split("For")[0].removesuffix("LMHeadModel") + "Config")
    model = model_class.from_pretrained(
        ROOT / folder, config=config_class.from_pretrained(ROOT / folder, **(labels or {})),
        ignore_mismatched_sizes=True,
    )
    head = name.split("For")[1] if "For" in name else "CausalLM"
    return model.double().eval(), source, head


def inputs_of(folder):
    tensors = load_file(ROOT / folder / "golden.safetensors")
    names = ("input_ids", "attention_mask", "token_type_ids", "global_attention_mask")
    found = {}
    for key, value in tensors.items():
        case, name = key.split("/")
        if case.startswith("padded") and name in names:
            found[name] = value[:2].long()
    return found


def draw_classes(generator, count, classes):
    return torch.from_numpy(generator.integers(0, classes, count))
