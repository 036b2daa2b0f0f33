"""Writes tests/golden/training/trainer.json: what transformers' own Trainer logs.

    python tools/make_trainer_goldens.py

Needs Python 3.11, PyTorch, requirements-golden.txt and accelerate (see there). Dropout is off, and
the examples come in the library's order; everything else is the Trainer's. Two runs write the same.
"""

import json
import os
import tempfile

os.environ["CUDA_VISIBLE_DEVICES"] = ""

import accelerate  # noqa: E402
import numpy  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from torch.utils.data import Sampler  # noqa: E402
from transformers import (  # noqa: E402
    AutoModelForSequenceClassification, EarlyStoppingCallback, Trainer, TrainingArguments,
)

from golden.files import ROOT  # noqa: E402
from golden.uniforms import Uniforms  # noqa: E402

MODEL = ROOT / "heads/bert_sequence_classification"
PAD, SEED, LABELS = 0, 42, 2

COMMON = {
    "learning_rate": 5e-3,
    "logging_steps": 1,
    "per_device_train_batch_size": 2,
    "per_device_eval_batch_size": 3,
    "seed": SEED,
}
CASES = {
    # 11 examples are 6 micro-batches an epoch, a step and a half.
    "leftover": {
        "gradient_accumulation_steps": 4, "num_train_epochs": 3, "warmup_ratio": 0.4,
        "weight_decay": 0.1, "evaluation_strategy": "epoch", "save_strategy": "epoch",
        "save_total_limit": 1, "load_best_model_at_end": True,
    },
    # Epochs that are shorter than a step.
    "short": {
        "gradient_accumulation_steps": 8, "max_steps": 5, "lr_scheduler_type": "cosine",
        "evaluation_strategy": "steps", "eval_steps": 2, "max_grad_norm": 0.05,
    },
    "smoothed": {
        # dataloader_drop_last would leave out examples of an evaluation, too; the library keeps them.
        "per_device_eval_batch_size": 7,
        "num_train_epochs": 1.5, "lr_scheduler_type": "constant_with_warmup", "warmup_steps": 3,
        "label_smoothing_factor": 0.1, "dataloader_drop_last": True, "logging_steps": 3,
        "logging_first_step": True, "evaluation_strategy": "epoch", "adam_beta1": 0.8,
        "adam_beta2": 0.95, "adam_epsilon": 1e-6,
    },
    # The metric gets worse at once.
    "early": {
        "max_steps": 20, "learning_rate": 0.0, "evaluation_strategy": "steps", "eval_steps": 3,
        "save_steps": 3, "save_strategy": "steps", "load_best_model_at_end": True,
        "metric_for_best_model": "accuracy", "logging_steps": 4,
    },
}


def examples(count: int, seed: int) -> list[dict]:
    uniforms = Uniforms(seed)
    draw = lambda least, most: least + int(uniforms.next() * (most + 1 - least))
    made = []
    for _ in range(count):
        ids = [2, *(draw(5, 60) for _ in range(draw(2, 9))), 3]
        made.append({"input_ids": ids, "labels": draw(0, LABELS - 1)})
    return made


def permutation(count: int, seed: int) -> list[int]:
    """Fisher and Yates, as training/data/order.ts."""
    uniforms = Uniforms(seed)
    order = list(range(count))
    for i in range(count - 1, 0, -1):
        j = int(uniforms.next() * (i + 1))
        order[i], order[j] = order[j], order[i]
    return order


class Order(Sampler):
    """A new order in each epoch."""

    def __init__(self, count: int):
        self.count, self.epoch = count, 0

    def __len__(self) -> int:
        return self.count

    def __iter__(self):
        order = permutation(self.count, SEED + self.epoch)
        self.epoch += 1
        return iter(order)


class OrderedTrainer(Trainer):
    def _get_train_sampler(self):
        return Order(len(self.train_dataset))


def collate(batch: list[dict]) -> dict:
    longest = max(len(each["input_ids"]) for each in batch)
    pad = lambda ids, value: ids + [value] * (longest - len(ids))
    return {
        "input_ids": torch.tensor([pad(each["input_ids"], PAD) for each in batch]),
        "attention_mask": torch.tensor([pad([1] * len(each["input_ids"]), 0) for each in batch]),
        "labels": torch.tensor([each["labels"] for each in batch]),
    }


def accuracy(prediction) -> dict:
    return {"accuracy": float((prediction.predictions.argmax(-1) == prediction.label_ids).mean())}


def run(arguments: dict) -> dict:
    model = AutoModelForSequenceClassification.from_pretrained(
        MODEL, num_labels=LABELS, ignore_mismatched_sizes=True,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, classifier_dropout=None,
    )
    # A head that is drawn would not be the library's.
    rows = Uniforms(7)
    with torch.no_grad():
        for parameter in model.classifier.parameters():
            flat = [rows.next() - 0.5 for _ in range(parameter.numel())]
            parameter.copy_(torch.tensor(flat).reshape(parameter.shape))
    early = [EarlyStoppingCallback(2)] if "metric_for_best_model" in arguments else []
    with tempfile.TemporaryDirectory() as folder:
        given = {"save_strategy": "no", **COMMON, **arguments}
        trainer = OrderedTrainer(
            model=model,
            args=TrainingArguments(
                output_dir=folder, use_cpu=True, report_to=[], disable_tqdm=True, **given
            ),
            train_dataset=examples(11, 1), eval_dataset=examples(7, 2),
            data_collator=collate, compute_metrics=accuracy, callbacks=early,
        )
        trainer.train()
        final = trainer.evaluate()
        best = trainer.state.best_model_checkpoint
        left = sorted(name for name in os.listdir(folder) if name.startswith("checkpoint"))
    timeless = lambda entry: {
        name: value for name, value in entry.items()
        if "runtime" not in name and "per_second" not in name and name != "total_flos"
    }
    return {
        "args": {**COMMON, **arguments},
        "log_history": [timeless(entry) for entry in trainer.state.log_history[:-1]],
        "final": timeless(final),
        "best": best and os.path.basename(best),
        "checkpoints": left,
    }


def main() -> None:
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    path = ROOT / "training/trainer.json"
    content = {
        "versions": {
            "transformers": transformers.__version__, "accelerate": accelerate.__version__,
            "torch": torch.__version__.split("+")[0], "numpy": numpy.__version__,
        },
        "train": examples(11, 1),
        "eval": examples(7, 2),
        "cases": {name: run(arguments) for name, arguments in CASES.items()},
    }
    path.write_text(json.dumps(content, indent=1) + "\n")
    print(path, path.stat().st_size)


if __name__ == "__main__":
    main()
