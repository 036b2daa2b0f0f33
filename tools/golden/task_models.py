"""Small random models with a head and a tokenizer, for the goldens of pipelines."""

import json
import shutil
from dataclasses import dataclass, field

import torch
import transformers

from .checkpoint import centre
from .files import ROOT, random, write_safetensors

SIZES = {
    "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16,
    "initializer_range": 0.2,
}
BERT = {"max_position_embeddings": 512, "pad_token_id": 0}
ROBERTA = {
    "max_position_embeddings": 514, "type_vocab_size": 1, "layer_norm_eps": 1e-5,
    "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2, "sep_token_id": 2,
}
TAGS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "DATE"]


@dataclass(frozen=True)
class TaskModel:
    """One folder of tests/golden/pipelines; `tokenizer` is one of tests/golden/tokenizer."""

    name: str
    family: str
    head: str
    tokenizer: str
    labels: list[str] = field(default_factory=list)
    config: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)

    @property
    def folder(self):
        return ROOT / "pipelines" / self.name

    def write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
            path = ROOT / "tokenizer" / self.tokenizer / name
            if path.exists():
                shutil.copyfile(path, self.folder / name)
        vocabulary = json.loads((self.folder / "tokenizer.json").read_text())["model"]["vocab"]
        labels = {
            "id2label": dict(enumerate(self.labels)),
            "label2id": {label: i for i, label in enumerate(self.labels)},
        } if self.labels else {}
        name = self.family + self.head
        own = BERT if self.family == "Bert" else ROBERTA
        config = getattr(transformers, f"{self.family}Config")(
            **SIZES, **own, **labels, **self.config, vocab_size=len(vocabulary), architectures=[name],
            torch_dtype="float32",
        )
        model = getattr(transformers, name)(config)
        generator = random(f"pipelines {self.name}")
        with torch.no_grad():
            for key, parameter in model.named_parameters():
                values = torch.from_numpy(generator.standard_normal(parameter.shape))
                parameter.copy_((centre(key) + spread(key) * values).float())
        (self.folder / "config.json").write_text(config.to_json_string())
        write_safetensors(self.folder / "model.safetensors", model.state_dict(), {"format": "pt"})
        for path, content in self.files.items():
            (self.folder / path).parent.mkdir(exist_ok=True)
            (self.folder / path).write_text(json.dumps(content, indent=1) + "\n")


def spread(key: str) -> float:
    """Tokens differ more than their places, and heads tell them apart: not all answers are alike."""
    if key.endswith("bias") or "LayerNorm" in key:
        return 0.1
    if "classifier" in key or "qa_outputs" in key:
        return 1.5
    return 1.0 if "word_embeddings" in key else 0.3


SENTENCES = {
    "modules.json": [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
    ],
    "1_Pooling/config.json": {
        "word_embedding_dimension": 8,
        "pooling_mode_cls_token": False,
        "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False,
        "pooling_mode_mean_sqrt_len_tokens": False,
    },
}

TASK_MODELS = {model.name: model for model in [
    TaskModel(
        "bert_nli", "Bert", "ForSequenceClassification", "bert_uncased",
        ["contradiction", "neutral", "entailment"],
    ),
    TaskModel(
        "roberta_topics", "Roberta", "ForSequenceClassification", "roberta",
        ["sea", "village", "weather", "war"], {"problem_type": "multi_label_classification"},
    ),
    TaskModel(
        "roberta_score", "Roberta", "ForSequenceClassification", "roberta", ["score"],
        {"problem_type": "regression"},
    ),
    TaskModel("bert_tags", "Bert", "ForTokenClassification", "bert_cased", TAGS),
    TaskModel("roberta_tags", "Roberta", "ForTokenClassification", "roberta", TAGS),
    TaskModel("bert_answers", "Bert", "ForQuestionAnswering", "bert_uncased"),
    TaskModel("roberta_answers", "Roberta", "ForQuestionAnswering", "roberta"),
    TaskModel("bert_sentences", "Bert", "Model", "bert_uncased", files=SENTENCES),
]}
