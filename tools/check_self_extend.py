"""Compares the goldens of Self-Extend in mistral with LongLM's patch for transformers 4.36.2.

    python tools/check_self_extend.py LONGLM

LONGLM is a clone of github.com/datamllab/LongLM. Its patch of llama made goldens itself
(make_decoder_goldens.py); the others are of a dense form (make_self_extend_goldens.py).
"""

import importlib.util
import json
import sys
from pathlib import Path

import torch
from make_decoder_goldens import Double, each_row
from safetensors.numpy import load_file
from transformers import MistralConfig, MistralForCausalLM

FOLDER = Path(__file__).parent.parent / "tests" / "golden" / "decoders" / "mistral"


def main() -> None:
    file = Path(sys.argv[1]) / "legacy_patch_before_4_38" / "mistral_self_extend_patch.py"
    spec = importlib.util.spec_from_file_location("longlm", file)
    longlm = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(longlm)
    tensors = lambda name: {key: torch.from_numpy(value) for key, value in load_file(FOLDER / name).items()}
    golden = tensors("self_extend.safetensors")
    config = {**json.loads((FOLDER / "config.json").read_text()), "sliding_window": None}
    with Double():
        model = MistralForCausalLM(MistralConfig(**config, attn_implementation="eager")).eval().double()
        model.load_state_dict({key: value.double() for key, value in tensors("model.safetensors").items()})
        for group, window in [(3, 5), (2, 4)]:
            for layer in model.model.layers:
                attention = layer.self_attn
                attention.forward = each_row(longlm.self_extend_forward, attention, group, window)
            name = f"plain_{group}_{window}_0"
            logits = model(input_ids=golden[f"{name}/input_ids"].long(), use_cache=False).logits
            error = (logits - golden[f"{name}/logits"].double()).abs().max().item()
            print(f"mistral, G {group}, w {window}: {error:.1e} from LongLM")
            assert error < 1e-5, error


if __name__ == "__main__":
    main()
