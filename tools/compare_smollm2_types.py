"""How PyTorch's own 16 and 8 bits answer beside its float32, for docs/self_extend.md.

    python tools/compare_smollm2_types.py FOLDER

FOLDER is that of tools/make_smollm2_reference.py. Prints, for each type, how many of the ids that greedy
search adds in float32 come first, up to the first that differs, as `deno task smollm2` counts them, and
the root mean square of the changes of all logits at those ids. Needs torch and transformers ≥ 5.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch.ao.quantization import default_dynamic_qconfig, per_channel_dynamic_qconfig, quantize_dynamic
from transformers import AutoModelForCausalLM


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    torch.set_grad_enabled(False)
    reference = load_file(folder / "reference.safetensors")
    count = sum(name.startswith("input_") for name in reference)
    texts = [(reference[f"input_{i}"].long(), reference[f"added_{i}"].long()) for i in range(count)]
    wanted = answers(load(folder, torch.float32), texts)
    types: dict[str, Callable[[], torch.nn.Module]] = {
        "float16": lambda: load(folder, torch.float16),
        "bfloat16": lambda: load(folder, torch.bfloat16),
        "int8, a step a matrix": lambda: in_bytes(folder, default_dynamic_qconfig),
        "int8, a step a row": lambda: in_bytes(folder, per_channel_dynamic_qconfig),
    }
    for name, make in types.items():
        found = answers(make(), texts)
        same = sum(leading_equal(logits.argmax(-1), added) for logits, (_, added) in zip(found, texts))
        changes = torch.cat([logits - other for logits, other in zip(found, wanted)])
        total = sum(len(added) for _, added in texts)
        print(f"{name:22} {same:4} of {total} ids, logits change by {changes.pow(2).mean().sqrt():.3f}", flush=True)


def load(folder: Path, dtype: torch.dtype) -> torch.nn.Module:
    return AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).eval()


def in_bytes(folder: Path, config: object) -> torch.nn.Module:
    model = load(folder, torch.float32)
    # Tied to the table of words, which stays in float32.
    model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.clone())
    return quantize_dynamic(model, {torch.nn.Linear: config}, dtype=torch.qint8)


def answers(model: torch.nn.Module, texts: list[tuple[torch.Tensor, torch.Tensor]]) -> list[torch.Tensor]:
    """Logits at the places where float32 added an id, given the ids before."""
    return [model(torch.cat([ids, added])[None, :-1]).logits[0, len(ids) - 1 :].float() for ids, added in texts]


def leading_equal(found: torch.Tensor, wanted: torch.Tensor) -> int:
    different = (found != wanted).nonzero()
    return int(different[0]) if len(different) else len(wanted)


if __name__ == "__main__":
    main()
