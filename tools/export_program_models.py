"""Exports the models of tests/transformers_js as ONNX, so that transformers.js runs them.

    python tools/export_program_models.py FOLDER

Needs torch 1.13 and transformers 4.36, like the goldens. FOLDER then has what
tools/make_program_goldens.mjs wants as models.
"""

import shutil
import sys
from pathlib import Path

import torch
from transformers import (
    AutoModel,
    AutoModelForMaskedLM,
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
)

GOLDEN = Path(__file__).parent.parent / "tests" / "golden"
MODELS = {
    "pipelines/bert_sentences": (AutoModel, ["last_hidden_state"]),
    "pipelines/bert_nli": (AutoModelForSequenceClassification, ["logits"]),
    "pipelines/bert_answers": (AutoModelForQuestionAnswering, ["start_logits", "end_logits"]),
    "pipelines/bert_tags": (AutoModelForTokenClassification, ["logits"]),
    "pipelines/roberta_score": (AutoModelForSequenceClassification, ["logits"]),
    "pipelines/roberta_topics": (AutoModelForSequenceClassification, ["logits"]),
    "conversion/roberta_512": (AutoModelForMaskedLM, ["logits"]),
}


def export(source: Path, folder: Path, auto: type, outputs: list[str]) -> None:
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    for file in source.glob("*.json"):
        shutil.copy(file, folder)
    tokenizer = AutoTokenizer.from_pretrained(source)
    model = auto.from_pretrained(source).eval()
    model.config.return_dict = False
    inputs = tokenizer(["The river ran.", "The sea"], padding=True, return_tensors="pt")
    # The graph's inputs are in the order of the model's arguments.
    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in inputs]
    torch.onnx.export(
        model,
        (dict(inputs),),
        folder / "onnx" / "model.onnx",
        opset_version=14,
        input_names=names,
        output_names=outputs,
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in [*names, *outputs]},
    )


def main() -> None:
    target = Path(sys.argv[1])
    for path, (auto, outputs) in MODELS.items():
        export(GOLDEN / path, target / Path(path).name, auto, outputs)


if __name__ == "__main__":
    main()
