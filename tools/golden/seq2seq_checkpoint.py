"""Small random encoder-decoders of all families: how they are made and how files hold them."""

from dataclasses import dataclass, field
from importlib import import_module

import torch
import transformers

from .files import ROOT, random, write_safetensors

SIZES = {
    "vocab_size": 40,
    "d_model": 16,
    "encoder_layers": 2,
    "decoder_layers": 2,
    "encoder_attention_heads": 2,
    "decoder_attention_heads": 2,
    "encoder_ffn_dim": 24,
    "decoder_ffn_dim": 24,
    "max_position_embeddings": 64,
    "init_std": 0.3,
    "pad_token_id": 1,
    "bos_token_id": 0,
    "eos_token_id": 2,
    "decoder_start_token_id": 2,
}
# Names of the projections in an encoder's LSG layer, and of the one behind.
ATTENTION = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.out_proj")


@dataclass(frozen=True)
class Family:
    """What the classes of a family are called, and how its config differs from SIZES."""

    name: str
    package: str
    sizes: dict = field(default_factory=dict)
    prefix: str = "model"


PEGASUS = {
    "activation_function": "relu", "scale_embedding": True, "pad_token_id": 0, "eos_token_id": 1,
    "decoder_start_token_id": 0, "forced_eos_token_id": 1,
}
LED = {
    "max_encoder_position_embeddings": 80, "max_decoder_position_embeddings": 48,
    "attention_window": 8, "max_position_embeddings": None,
}
FAMILIES = {
    "bart": Family("Bart", "bart"),
    "mbart": Family("MBart", "mbart", {"scale_embedding": True}),
    # The published checkpoints are mBART ones; lsg_converter has a file of its own for them.
    "barthez": Family("MBart", "barthez", {"activation_function": "gelu"}),
    "pegasus": Family("Pegasus", "pegasus", PEGASUS),
    "led": Family("LED", "", LED, prefix="led"),
}


@dataclass
class Checkpoint:
    """One folder of tests/golden/seq2seq.

    `head`: what the class is called behind the family's name; Model has bare names. `lsg`: the LSG
    keys of the config, None for a vanilla model. `layout`: copies (the tied tensors are there too)
    or bare_positions (no position tables: computed ones).
    """

    name: str
    family: str
    lsg: dict | None = None
    config: dict = field(default_factory=dict)
    head: str = "ForConditionalGeneration"
    dtype: torch.dtype = torch.float32
    layout: str = ""
    positions_drawn: bool = True

    @property
    def names(self) -> Family:
        return FAMILIES[self.family]

    @property
    def start(self) -> int:
        return self.names.sizes.get("decoder_start_token_id", SIZES["decoder_start_token_id"])

    def build(self, attempt: int = 0):
        """The module in float64; its weights are exact in the dtype that the file has."""
        names, package, prefix = self.names, transformers, ""
        if self.lsg is not None:
            package = import_module(f"lsg_converter.{names.package}.modeling_lsg_{names.package}")
            prefix = "LSG"
        dtype = str(self.dtype).removeprefix("torch.")
        settings = {**SIZES, "torch_dtype": dtype, **names.sizes, **self.config}
        settings = {key: value for key, value in settings.items() if value is not None}
        model_class = prefix + names.name + self.head
        config_class = getattr(package, f"{prefix}{names.name}Config")
        config = config_class(architectures=[model_class], **settings, **(self.lsg or {}))
        model = getattr(package, model_class)(config)
        generator = random(f"{self.name} {attempt}")
        with torch.no_grad():
            for key, values in [*model.named_parameters(), *biases(model)]:
                drawn = torch.from_numpy(generator.standard_normal(values.shape))
                if "embed_positions" in key and not self.positions_drawn:
                    continue
                values.copy_((centre(key, config) + width(key) * drawn).to(self.dtype))
        return model.double().eval()

    def base(self, model):
        return model if self.head == "Model" else getattr(model, self.names.prefix)

    def write(self, model) -> None:
        folder = ROOT / "seq2seq" / self.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.json").write_text(model.config.to_json_string())
        untied = not model.config.tie_word_embeddings
        tensors = {
            key: tensor.to(self.dtype)
            for key, tensor in model.state_dict().items()
            if not key.endswith("embed_tokens.weight") and key != "lm_head.weight"
            or self.layout == "copies" or untied
        }
        if not self.positions_drawn:
            tensors = {key: x for key, x in tensors.items() if "embed_positions" not in key}
        write_safetensors(folder / "model.safetensors", tensors, {"format": "pt"})


def biases(model):
    return [(key, tensor) for key, tensor in model.named_buffers() if key == "final_logits_bias"]


def centre(key: str, config) -> float | torch.Tensor:
    if key == "final_logits_bias":
        # Rows of all lengths: the end is likely, but not at once.
        row = torch.zeros(1, config.vocab_size)
        row[0, config.eos_token_id] = 1.0
        return row
    return 1.0 if "norm" in key and key.endswith("weight") else 0.0


def width(key: str) -> float:
    """Such that rows depend on input and earlier ids, without a softmax of all or nothing."""
    if key.endswith(("embed_tokens.weight", "shared.weight")):
        return 0.4
    if "embed_positions" in key:
        return 1.0
    if key.endswith(("q_proj.weight", "k_proj.weight", "query.weight", "key.weight")):
        return 0.4
    if "norm" in key or key == "final_logits_bias":
        return 0.3
    return 0.7 if key.endswith("weight") else 0.2
