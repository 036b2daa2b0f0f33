"""Compares the goldens of Self-Extend in mistral, qwen2 and phi with LongLM's own patches.

    python tools/check_self_extend.py LONGLM

LONGLM is a clone of github.com/datamllab/LongLM. Its patches need the transformers that they were
written for: 4.36.2 for mistral, 4.38.2 for qwen2 and phi; a family that the installed one does not
have is left out. The patch of llama made goldens itself (make_decoder_goldens.py); the others are of
a dense form (make_self_extend_goldens.py).
"""

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import torch
import transformers
from make_decoder_goldens import Double, each_row
from safetensors.numpy import load_file
from transformers import AutoConfig, AutoModelForCausalLM

GOLDENS = Path(__file__).parent.parent / "tests" / "golden" / "decoders"

PATCHES = {
    "4.36.2": [("mistral", "legacy_patch_before_4_38.mistral_self_extend_patch")],
    "4.38.2": [("qwen2", "self_extend_patch.Qwen2"), ("phi", "self_extend_patch.Phi")],
}


def load_patch(longlm, name):
    """The patch of a family; what it imports for CUDA alone is left empty."""
    for absent in ("flash_attn", f"{name.split('.')[0]}.selfextend_flash_attn"):
        module = ModuleType(absent)
        module.__getattr__ = lambda _: None
        sys.modules[absent] = module
    package = ModuleType(name.split(".")[0])
    package.__path__ = [str(longlm / package.__name__)]
    sys.modules[package.__name__] = package
    return importlib.import_module(name)


def load_model(family):
    tensors = load_file(GOLDENS / family / "model.safetensors")
    config = json.loads((GOLDENS / family / "config.json").read_text())
    rope = config.get("rope_parameters", {})
    config |= {key: rope[key] for key in ("rope_theta", "partial_rotary_factor") if key in rope}
    config |= {"sliding_window": None}
    config.pop("dtype", None)
    made = AutoConfig.for_model(**config)
    model = AutoModelForCausalLM.from_config(made, attn_implementation="eager").eval().double()
    found = model.load_state_dict({key: torch.from_numpy(x).double() for key, x in tensors.items()}, strict=False)
    assert set(found.missing_keys) <= {"lm_head.weight"} and not found.unexpected_keys, found
    return model


def main() -> None:
    patches = PATCHES[transformers.__version__]
    with Double():
        # Before load_patch's empty modules, which transformers would take for the real packages.
        models = [load_model(family) for family, _ in patches]
    for model, (family, name) in zip(models, patches):
        golden = load_file(GOLDENS / family / "self_extend.safetensors")
        patch = load_patch(Path(sys.argv[1]), name)
        with Double():
            for group, window in [(3, 5), (2, 4)]:
                for layer in model.model.layers:
                    attention = layer.self_attn
                    attention.forward = each_row(patch.self_extend_forward, attention, group, window)
                golden_name = f"plain_{group}_{window}_0"
                ids = torch.from_numpy(golden[f"{golden_name}/input_ids"]).long()
                logits = model(input_ids=ids, use_cache=False).logits
                error = (logits - torch.from_numpy(golden[f"{golden_name}/logits"]).double()).abs().max().item()
                print(f"{family}, G {group}, w {window}: {error:.1e} from LongLM")
                assert error < 1e-5, error


if __name__ == "__main__":
    main()
