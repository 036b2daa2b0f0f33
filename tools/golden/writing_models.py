"""Small random encoder-decoders with tokenizers, for the goldens of summarization, text2text-generation
and translation."""

import json
import shutil
from dataclasses import dataclass, field

import torch
import transformers
from transformers import AutoTokenizer

from .files import ROOT, random, write_safetensors
from .seq2seq_checkpoint import biases, centre

SIZES = {
    "d_model": 8, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2,
    "decoder_attention_heads": 2, "encoder_ffn_dim": 12, "decoder_ffn_dim": 12,
    "max_position_embeddings": 64, "init_std": 0.3,
}
MARKS = {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "decoder_start_token_id": 2}


@dataclass(frozen=True)
class WritingModel:
    """One folder of tests/golden/pipelines; `vocabulary` is one of tests/golden/tokenizer/vocabulary."""

    name: str
    family: str
    vocabulary: str
    config: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)

    @property
    def folder(self):
        return ROOT / "pipelines" / self.name

    def write(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(ROOT / "tokenizer" / "vocabulary" / self.vocabulary, self.folder)
        for path, content in self.files.items():
            (self.folder / path).write_text(json.dumps(content, indent=1) + "\n")
        name = f"{self.family}ForConditionalGeneration"
        settings = {**SIZES, **MARKS, **self.config}
        # What only config.json says decides the tokenizer's class.
        (self.folder / "config.json").write_text(json.dumps({"model_type": self.family.lower(), **settings}))
        settings["vocab_size"] = len(AutoTokenizer.from_pretrained(self.folder))
        config = getattr(transformers, f"{self.family}Config")(
            architectures=[name], torch_dtype="float32", **settings,
        )
        model = getattr(transformers, name)(config)
        generator = random(f"pipelines {self.name}")
        with torch.no_grad():
            for key, values in [*model.named_parameters(), *biases(model)]:
                drawn = torch.from_numpy(generator.standard_normal(values.shape))
                values.copy_((centre(key, config) + width(key) * drawn).float())
        (self.folder / "config.json").write_text(config.to_json_string())
        tensors = {
            key: tensor for key, tensor in model.state_dict().items()
            if not key.endswith("embed_tokens.weight") and key != "lm_head.weight"
        }
        write_safetensors(self.folder / "model.safetensors", tensors, {"format": "pt"})


def width(key: str) -> float:
    """Memory and ids matter more than places: what is written depends on the text."""
    if key.endswith("shared.weight"):
        return 1.0
    if key == "final_logits_bias" or "embed_positions" in key:
        return 0.3
    return 0.1 if "norm" in key or key.endswith("bias") else 0.6


GENERATION = {"max_length": 14, "num_beams": 3, "early_stopping": True, "no_repeat_ngram_size": 2}
TASKS = {"task_specific_params": {
    "summarization": {**GENERATION, "length_penalty": 2.0, "min_length": 4, "prefix": "The end: "},
    "translation": {"max_length": 9},
}}
SAVED = {"_from_model_config": False, "bos_token_id": 0, "decoder_start_token_id": 2, "eos_token_id": 2,
         "forced_eos_token_id": 2, "max_length": 16, "num_beams": 2, "pad_token_id": 1}
LENGTH = {"tokenizer_config.json": {"model_max_length": 64}}
WRITING_MODELS = {model.name: model for model in [
    # vocab.json and merges.txt; settings of tasks in config.json.
    WritingModel("bart", "Bart", "bpe", TASKS, LENGTH),
    # vocab.json, merges.txt and a separator of documents; a space in front of each text.
    WritingModel("led", "LED", "bpe", {
        "max_encoder_position_embeddings": 128, "max_decoder_position_embeddings": 32, "attention_window": 8,
        "prefix": " ", "max_length": 12, "num_beams": 2,
    }, {"added_tokens.json": {"<doc-sep>": 560}}),
    # A SentencePiece model; generation_config.json.
    WritingModel("mbart", "MBart", "unigram", {"scale_embedding": True}, {
        "tokenizer_config.json": {"tokenizer_class": "MBartTokenizer", "model_max_length": 64},
        "generation_config.json": SAVED,
    }),
    # A tokenizer.json.
    WritingModel("mbart50", "MBart", "mbart50_saved", {"max_length": 10}),
    # A SentencePiece model, and computed positions.
    WritingModel("pegasus", "Pegasus", "pegasus", {
        "activation_function": "relu", "scale_embedding": True, "pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 0,
        "decoder_start_token_id": 0, "forced_eos_token_id": 1, "max_length": 12, "num_beams": 2, "length_penalty": 0.8,
    }, LENGTH),
]}
