"""Bits per masked token and masked accuracy of the embedded model on held-out text.

    python tools/evaluate_model.py --corpus VALID.txt --model FOLDER [--windows 400]
"""

import argparse
from pathlib import Path

import numpy as np
from safetensors.torch import load_file
from tokenizers import Tokenizer

from train_model import LAYERS, Roberta, evaluate
from train_tokenizer import documents


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--windows", type=int, default=400)
    args = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(args.model / "tokenizer.json"))
    ids = [id for text in documents(args.corpus) for id in tokenizer.encode(text, add_special_tokens=False).ids]
    vocabulary = tokenizer.get_vocab_size()
    model = Roberta(vocabulary, LAYERS)
    weights = load_file(args.model / "model.safetensors")
    model.load_state_dict({name: value.float() for name, value in weights.items()})
    bits, accuracy = evaluate(model, np.array(ids, np.uint16), vocabulary, args.windows)
    print(f"{args.windows} windows of 512 tokens, 15 % masked: {bits:.3f} bits a masked token, accuracy {accuracy:.3f}")


if __name__ == "__main__":
    main()
