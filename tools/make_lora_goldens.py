"""Makes tests/golden/lora: adapters of golden models, as peft writes them, with what the adapted model computes.

    python tools/make_lora_goldens.py

Needs peft beside the packages of requirements-golden.txt. A second run writes the same bytes.
"""

import importlib
import json

import torch
import transformers
from peft import LoraConfig, get_peft_model

from golden.files import ROOT, Golden, random, write_safetensors
from golden.packages import float64

PACKAGES = ("lsg-converter", "numpy", "peft", "transformers")
NOTE = (
    "The golden model with the adapter of this folder: logits, loss, and the gradient of the loss by each "
    "parameter that is trained, under its name in adapter_model.safetensors."
)
# Name, folder of the model, class behind the family's name, config of peft.
ADAPTERS = [
    ("roberta_lsg", "heads/roberta_lsg_sequence_classification", {
        "r": 3, "lora_alpha": 5, "target_modules": ["query", "key", "intermediate.dense", "output.dense"],
        "modules_to_save": ["classifier", "global_embeddings"], "task_type": "SEQ_CLS", "lora_dropout": 0.1,
    }),
    ("albert", "models/albert_lsg_norm", {
        "r": 2, "lora_alpha": 2, "target_modules": ["query", "value", "ffn_output", "predictions.dense"],
    }),
    ("bart_lsg", "seq2seq/bart_lsg_norm", {
        "r": 2, "lora_alpha": 8, "target_modules": r".*\.(q_proj|v_proj|fc1)|lm_head", "rank_pattern": {"fc1": 4},
        "task_type": "SEQ_2_SEQ_LM",
    }),
]


def main() -> None:
    transformers.logging.set_verbosity_error()
    for name, folder, settings in ADAPTERS:
        make(name, folder, settings)


def make(name: str, folder: str, settings: dict) -> None:
    generator = random(f"lora {name}")
    config = json.loads((ROOT / folder / "config.json").read_text())
    [architecture] = config["architectures"]
    module = importlib.import_module(f"lsg_converter.{config['model_type']}.modeling_lsg_{config['model_type']}")
    base = getattr(module, architecture).from_pretrained(ROOT / folder).double()
    model = get_peft_model(base, LoraConfig(**settings)).eval()
    tensors = {}
    for key, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        drawn = torch.from_numpy(0.3 * generator.standard_normal(parameter.shape)).float()
        parameter.data.copy_(drawn + (parameter.data.float() if "modules_to_save" in key else 0))
        tensors[key.replace(".default", "").replace("modules_to_save.", "")] = parameter
    target = ROOT / "lora" / name
    target.mkdir(parents=True, exist_ok=True)
    write_safetensors(target / "adapter_model.safetensors", tensors, {"format": "pt"})
    model.peft_config["default"].base_model_name_or_path = folder
    model.peft_config["default"].inference_mode = True
    written = model.peft_config["default"].to_dict()
    written["target_modules"] = (
        sorted(written["target_modules"]) if isinstance(written["target_modules"], set) else written["target_modules"]
    )
    (target / "adapter_config.json").write_text(json.dumps(written, indent=2, sort_keys=True) + "\n")
    inputs = draw_inputs(config, generator)
    with float64(), torch.enable_grad():
        output = model(**inputs)
        output.loss.backward()
    gradients = {f"gradient.{key}": parameter.grad for key, parameter in tensors.items()}
    golden = Golden(f"lora/{name}/golden.safetensors", NOTE, PACKAGES)
    golden.add("adapted", {"model": folder}, f"peft 0.7.1, lsg-converter 0.1.9 {architecture}", {
        **inputs, "loss": output.loss.reshape(1), "logits": output.logits, **gradients,
    })
    golden.write()


def draw_inputs(config: dict, generator) -> dict:
    """Two sequences, one of them with padding, and labels for the class of model."""
    tokens, words = 29, config["vocab_size"]
    ids = torch.from_numpy(generator.integers(5, words, (2, tokens)))
    mask = torch.ones(2, tokens, dtype=torch.long)
    mask[1, 17:] = 0
    ids[mask == 0] = config["pad_token_id"]
    inputs = {"input_ids": ids, "attention_mask": mask}
    if config.get("is_encoder_decoder"):
        return {**inputs, "labels": torch.from_numpy(generator.integers(5, words, (2, 6)))}
    if "SequenceClassification" in config["architectures"][0]:
        return {**inputs, "labels": torch.tensor([2, 0])}
    labels = torch.from_numpy(generator.integers(5, words, (2, tokens)))
    labels[torch.from_numpy(generator.random((2, tokens)) > 0.3)] = -100
    return {**inputs, "labels": labels}


if __name__ == "__main__":
    main()
