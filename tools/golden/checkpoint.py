"""Small random checkpoints of all families: how they are made and how files hold them."""

import json
from dataclasses import dataclass, field
from importlib import import_module

import torch
import transformers

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
BERT = {"pad_token_id": 0, "bos_token_id": None, "eos_token_id": None, "type_vocab_size": 2}


@dataclass(frozen=True)
class Family:
    """What the classes of a family are called, and how their sizes differ from RoBERTa's.

    `attention`: ends of the names of the query, key and value projections and of the one behind.
    `keys`: own spellings of config keys. `tied`: names of the copies of word table and bias.
    """

    name: str
    prefix: str
    package: str
    sizes: dict
    tied: tuple[str, ...]
    pooler: bool = True
    attention: tuple[str, ...] = (
        "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
    )
    keys: dict = field(default_factory=dict)


LM_HEAD = ("lm_head.decoder.weight", "lm_head.decoder.bias")
FAMILIES = {
    "roberta": Family("Roberta", "roberta", "roberta", {}, LM_HEAD),
    "camembert": Family("Camembert", "roberta", "camembert", {}, LM_HEAD),
    "xlm_roberta": Family("XLMRoberta", "roberta", "xlm_roberta", {}, LM_HEAD),
    "longformer": Family("Longformer", "longformer", "", {"sep_token_id": 2}, LM_HEAD),
    "bert": Family(
        "Bert", "bert", "bert", BERT, ("cls.predictions.decoder.weight", "cls.predictions.decoder.bias"),
    ),
    "electra": Family(
        "Electra", "electra", "electra", {**BERT, "embedding_size": 12}, ("generator_lm_head.weight",),
        pooler=False,
    ),
    "distilbert": Family(
        "DistilBert", "distilbert", "distilbert",
        {k: v for k, v in BERT.items() if k != "type_vocab_size"}, ("vocab_projector.weight",),
        pooler=False,
        attention=("attention.q_lin", "attention.k_lin", "attention.v_lin", "attention.out_lin"),
        keys={
            "hidden_size": "dim", "num_hidden_layers": "n_layers", "num_attention_heads": "n_heads",
            "intermediate_size": "hidden_dim", "hidden_act": "activation", "layer_norm_eps": None,
            "type_vocab_size": None,
        },
    ),
    "albert": Family(
        "Albert", "albert", "albert", {**BERT, "embedding_size": 12, "bos_token_id": 2, "eos_token_id": 3},
        ("predictions.decoder.weight", "predictions.decoder.bias"),
        attention=("attention.query", "attention.key", "attention.value", "attention.dense"),
    ),
}


@dataclass
class Checkpoint:
    """One folder of tests/golden/models or of tests/golden/heads.

    `head`: Model has bare names; MaskedLM the family's prefix; both is a MaskedLM with a pooler,
    where the family has one; else what the class is called after `For`. `lsg`: the LSG keys of the config, None for a vanilla model.
    `layout`: how the file departs from plain float32: old_names, copies (of the tied tensors),
    shards.
    """

    name: str
    head: str = "both"
    lsg: dict | None = None
    config: dict = field(default_factory=dict)
    dtype: torch.dtype = torch.float32
    layout: str = ""
    family: str = "roberta"

    @property
    def names(self) -> Family:
        return FAMILIES[self.family]

    def build(self, attempt: int):
        """The module in float64; its weights are exact in the dtype that the file has."""
        names = self.names
        suffix = {"Model": "Model", "both": "ForMaskedLM"}.get(self.head, f"For{self.head}")
        if self.head == "CausalLM" and names.name == "Bert":
            suffix = "LMHeadModel"
        package, prefix = transformers, ""
        if self.lsg is not None:
            package = import_module(f"lsg_converter.{names.package}.modeling_lsg_{names.package}")
            prefix = "LSG"
        config_class, base, head = (
            getattr(package, prefix + names.name + part) for part in ("Config", "Model", suffix)
        )
        settings = {**SIZES, "torch_dtype": str(self.dtype).removeprefix("torch."), **names.sizes, **self.config}
        settings = {names.keys.get(key, key): value for key, value in settings.items()}
        settings.pop(None, None)
        config = config_class(architectures=[prefix + names.name + suffix], **settings, **(self.lsg or {}))
        pooler = {"add_pooling_layer": self.head != "MaskedLM"} if names.pooler else {}
        model = base(config, **pooler) if self.head in ("Model", "MaskedLM", "both") else head(config)
        if self.head in ("MaskedLM", "both"):
            whole = head(config)
            setattr(whole, names.prefix, model)
            whole.tie_weights()
            model = whole
        generator = random(f"{self.name} {attempt}")
        with torch.no_grad():
            for key, parameter in model.named_parameters():
                values = torch.from_numpy(generator.standard_normal(parameter.shape))
                parameter.copy_((centre(key) + spread(key) * values).to(self.dtype))
        return model.double().eval()

    def write(self, model, group: str = "models") -> None:
        folder = ROOT / group / self.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.json").write_text(model.config.to_json_string())
        tensors = {
            key: tensor.to(self.dtype)
            for key, tensor in model.state_dict().items()
            if key not in self.names.tied or self.layout == "copies" or not model.config.tie_word_embeddings
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
