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
    AutoModelForSeq2SeqLM,
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


WRITERS = ["pipelines/bart", "pipelines/mbart50"]


class Encoder(torch.nn.Module):
    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.encoder = model.get_encoder()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        return self.encoder(input_ids, attention_mask, return_dict=False)[0]


class Decoder(torch.nn.Module):
    """A decoder without a cache: what transformers.js hands on as one holds the ids so far."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(
        self,
        input_ids: torch.Tensor,
        encoder_hidden_states: torch.Tensor,
        encoder_attention_mask: torch.Tensor,
        past: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        ids = torch.cat([past[:, 0, :, 0].long(), input_ids], dim=1)
        logits = self.model(
            encoder_outputs=(encoder_hidden_states,),
            attention_mask=encoder_attention_mask,
            decoder_input_ids=ids,
            use_cache=False,
            return_dict=False,
        )[0]
        heads, width = past.shape[1], past.shape[3]
        present = ids.float()[:, None, :, None].expand(-1, heads, -1, width)
        return logits[:, -input_ids.shape[1] :], present


def copy_files(source: Path, folder: Path) -> AutoTokenizer:
    (folder / "onnx").mkdir(parents=True, exist_ok=True)
    tokenizer = AutoTokenizer.from_pretrained(source)
    tokenizer.save_pretrained(folder)
    for file in source.glob("*.json"):
        shutil.copy(file, folder)
    return tokenizer


def save(
    model: torch.nn.Module,
    args: tuple,
    path: Path,
    inputs: list[str],
    outputs: list[str],
    axes: dict[str, dict[int, str]] = {},
) -> None:
    both = {name: {0: "batch", 1: f"{name}_length"} for name in [*inputs, *outputs]}
    torch.onnx.export(
        model,
        args,
        path,
        opset_version=14,
        input_names=inputs,
        output_names=outputs,
        dynamic_axes={**both, **axes},
    )


def export(source: Path, folder: Path, auto: type, outputs: list[str]) -> None:
    tokenizer = copy_files(source, folder)
    model = auto.from_pretrained(source, return_dict=False).eval()
    inputs = tokenizer(["The river ran.", "The sea"], padding=True, return_tensors="pt")
    # The graph's inputs are in the order of the model's arguments.
    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in inputs]
    save(model, (dict(inputs),), folder / "onnx" / "model.onnx", names, outputs)


def export_writer(source: Path, folder: Path) -> None:
    tokenizer = copy_files(source, folder)
    model = AutoModelForSeq2SeqLM.from_pretrained(source).eval()
    inputs = tokenizer(["The river ran.", "The sea"], padding=True, return_tensors="pt")
    ids, mask = inputs["input_ids"], inputs["attention_mask"]
    encoder, onnx = Encoder(model), folder / "onnx"
    names = ["input_ids", "attention_mask"]
    save(encoder, (ids, mask), onnx / "encoder_model.onnx", names, ["last_hidden_state"])
    config = model.config
    heads = config.decoder_attention_heads
    past = torch.zeros(2, heads, 3, config.d_model // heads)
    with torch.no_grad():
        states = encoder(ids, mask)
    start = torch.full((2, 2), config.decoder_start_token_id)
    save(
        Decoder(model),
        (start, states, mask, past),
        onnx / "decoder_model_merged.onnx",
        ["input_ids", "encoder_hidden_states", "encoder_attention_mask"]
        + ["past_key_values.0.decoder.key"],
        ["logits", "present.0.decoder.key"],
        {name: {0: "batch", 2: name} for name in ("past_key_values.0.decoder.key", "present.0.decoder.key")},
    )


def main() -> None:
    target = Path(sys.argv[1])
    for path, (auto, outputs) in MODELS.items():
        export(GOLDEN / path, target / path, auto, outputs)
    for path in WRITERS:
        export_writer(GOLDEN / path, target / path)


if __name__ == "__main__":
    main()
