"""What PyTorch says with SmolLM2-135M-Instruct, for `deno task smollm2`.

    python tools/make_smollm2_reference.py FOLDER

FOLDER is what tools/convert_smollm2.py made; it receives reference.safetensors: for each prompt its
ids, the ids that greedy search adds in float32, and the logits at the prompt's end.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig, __version__

from train_passkey_model import passkey_text

NEW_TOKENS = 24
QUESTIONS = ["What is the capital of France?", "Name three colours of a rainbow.", "How many legs does a spider have?"]
TEXTS = ["The capital of France is", "def fibonacci(n):\n", passkey_text("72498", 4, 3, True)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    torch.set_num_threads(1)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    chats = [tokenizer.apply_chat_template(
        [{"role": "user", "content": question}], add_generation_prompt=True, tokenize=False) for question in QUESTIONS]
    tensors, shown = {}, []
    for i, text in enumerate([*chats, *TEXTS]):
        ids = tokenizer(text, add_special_tokens=False, return_tensors="pt").input_ids
        with torch.no_grad():
            logits = model(ids).logits[0, -1]
            # Settings of the checkpoint would change the scores.
            model.generation_config = GenerationConfig(eos_token_id=model.config.eos_token_id, pad_token_id=0)
            added = model.generate(
                ids, attention_mask=torch.ones_like(ids), max_new_tokens=NEW_TOKENS, do_sample=False)[0, ids.shape[1] :]
        added = added.tolist()
        tensors |= {f"input_{i}": ids[0].int(), f"added_{i}": torch.tensor(added, dtype=torch.int32), f"logits_{i}": logits}
        shown.append(text)
        print(f"{ids.shape[1]:4} ids  {text[-40:]!r} -> {tokenizer.decode(added)!r}", flush=True)
    versions = {"torch": torch.__version__, "transformers": __version__}
    save_file(tensors, folder / "reference.safetensors", metadata={"texts": json.dumps(shown), **versions})


if __name__ == "__main__":
    main()
