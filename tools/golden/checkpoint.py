"""Small random RoBERTa checkpoints: how they are made and the ways in which files hold them."""

import json
from dataclasses import dataclass, field

import torch
from lsg_converter.roberta.modeling_lsg_roberta import (
    LSGRobertaConfig,
    LSGRobertaForMaskedLM,
    LSGRobertaModel,
)
from transformers import RobertaConfig, RobertaForMaskedLM, RobertaModel

from .files import ROOT, random, write_safetensors

SIZES = {
    "vocab_size": 90,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "type_vocab_size": 1,
    "max_position_embeddings": 66,
    "layer_norm_eps": 1e-5,
    "pad_token_id": 1,
    "bos_token_id": 0,
    "eos_token_id": 2,
}


@dataclass
class Checkpoint:
    """One folder of tests/golden/models.

    `head`: Model has bare names; MaskedLM the prefix `roberta.`; both is a MaskedLM with a pooler.
    `lsg`: the LSG keys of the config, None for a vanilla model. `layout`: how the file departs from
    plain float32: old_names, copies (of the tied tensors), shards.
    """

    name: str
    head: str = "both"
    lsg: dict | None = None
    config: dict = field(default_factory=dict)
    dtype: torch.dtype = torch.float32
    layout: str = ""

    def build(self, attempt: int):
        """The module in float64; its weights are exact in the dtype that the file has."""
        name = "RobertaModel" if self.head == "Model" else "RobertaForMaskedLM"
        settings = {**SIZES, "torch_dtype": str(self.dtype).removeprefix("torch."), **self.config}
        if self.lsg is None:
            config = RobertaConfig(architectures=[name], **settings)
            base, head = RobertaModel, RobertaForMaskedLM
        else:
            config = LSGRobertaConfig(architectures=["LSG" + name], **settings, **self.lsg)
            base, head = LSGRobertaModel, LSGRobertaForMaskedLM
        model = base(config, add_pooling_layer=self.head != "MaskedLM")
        if self.head != "Model":
            whole = head(config)
            whole.roberta = model
            whole.tie_weights()
            model = whole
        generator = random(f"{self.name} {attempt}")
        with torch.no_grad():
            for key, parameter in model.named_parameters():
                values = torch.from_numpy(generator.standard_normal(parameter.shape))
                parameter.copy_((centre(key) + spread(key) * values).to(self.dtype))
        return model.double().eval()

    def write(self, model) -> None:
        folder = ROOT / "models" / self.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.json").write_text(model.config.to_json_string())
        tied = ("lm_head.decoder.weight", "lm_head.decoder.bias")
        tensors = {
            key: tensor.to(self.dtype)
            for key, tensor in model.state_dict().items()
            if key not in tied or self.layout == "copies" or not model.config.tie_word_embeddings
        }
        if self.layout == "old_names":
            tensors = {old_name(key): tensor for key, tensor in tensors.items()}
        if self.layout == "shards":
            write_shards(folder, tensors)
        else:
            write_safetensors(folder / "model.safetensors", tensors, {"format": "pt"})


def centre(key: str) -> float:
    return 1.0 if key.lower().replace("_", "").endswith("layernorm.weight") else 0.0


def spread(key: str) -> float:
    """Large enough for wrong code to show, small enough for softmax not to be all or nothing."""
    return 0.5 if "embeddings" in key else 0.3


def old_name(key: str) -> str:
    return key.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")


def write_shards(folder, tensors, count=3) -> None:
    names = sorted(tensors)
    weight_map = {}
    for i in range(count):
        file = f"model-{i + 1:05}-of-{count:05}.safetensors"
        part = names[i::count]
        write_safetensors(folder / file, {name: tensors[name] for name in part}, {"format": "pt"})
        weight_map.update({name: file for name in part})
    size = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    index = {"metadata": {"total_size": size}, "weight_map": weight_map}
    text = json.dumps(index, indent=2, sort_keys=True) + "\n"
    (folder / "model.safetensors.index.json").write_text(text)
