"""Trains the byte-level BPE tokenizer of the embedded model on the training corpus.

    python tools/train_tokenizer.py CORPUS.txt OUT_FOLDER

Writes tokenizer.json, tokenizer_config.json and special_tokens_map.json as a RoBERTa
checkpoint has them: <s>=0, <pad>=1, </s>=2, <unk>=3, <mask>=4.
"""

import json
import sys
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

VOCABULARY_SIZE = 8192
SPECIAL_TOKENS = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def documents(path: Path):
    """The texts between the `<|document|>` lines, in pieces that fit in memory."""
    lines: list[str] = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("<|document|>"):
                yield "".join(lines)
                lines = []
            else:
                lines.append(line)
    yield "".join(lines)


def write_tokenizer(content: dict, path: Path) -> None:
    """Writes merges as "a b", which every version of tokenizers reads; recent ones write pairs."""
    content["model"]["merges"] = [" ".join(m) if isinstance(m, list) else m for m in content["model"]["merges"]]
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main(corpus: Path, out: Path) -> None:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=True)
    tokenizer.decoder = decoders.ByteLevel()
    # A mask swallows the space before it, as in roberta-base.
    special = [AddedToken(t, lstrip=t == "<mask>", normalized=False, special=True) for t in SPECIAL_TOKENS]
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_SIZE,
        min_frequency=2,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(documents(corpus), trainer)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False
    )
    out.mkdir(parents=True, exist_ok=True)
    write_tokenizer(json.loads(tokenizer.to_str()), out / "tokenizer.json")
    names = {
        "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "sep_token": "</s>",
        "pad_token": "<pad>", "cls_token": "<s>", "mask_token": "<mask>",
    }
    (out / "tokenizer_config.json").write_text(json.dumps(
        {"add_prefix_space": False, "model_max_length": 512, "tokenizer_class": "RobertaTokenizer", **names}, indent=2) + "\n")
    (out / "special_tokens_map.json").write_text(json.dumps(names, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
