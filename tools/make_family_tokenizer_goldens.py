"""Makes tokenizers of other families under tests/golden/tokenizer, and what Python's say with them.

    python tools/make_family_tokenizer_goldens.py [CORPUS.txt]

Needs transformers 4.36.2, tokenizers 0.15.2, sentencepiece 0.2 and protobuf. Writes a goldens.json
beside each tokenizer as make_tokenizer_goldens.py does. With CORPUS it trains WordPiece vocabularies
(BERT uncased and cased) and sentencepiece Unigram models with the real nmt_nfkc table (ALBERT,
CamemBERT, XLM-RoBERTa) and saves them by transformers' own classes. Without it the tokenizers stay as
they are, and a second run writes the same bytes: WordPiece's trainer breaks ties by chance.
"""

import json
import sys
import tempfile
from pathlib import Path

import sentencepiece
import tokenizers
import transformers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import (AlbertTokenizerFast, AutoTokenizer, BertTokenizerFast, CamembertTokenizerFast,
                          XLMRobertaTokenizerFast)

from make_tokenizer_goldens import call_goldens, decode_goldens, single_goldens
from tokenizer_texts import ADDED_TEXTS, HOSTILE, MORE, TOKENIZERS, digest, foreign_lines, fuzz, write

ADDED = [
    AddedToken("new", single_word=True, normalized=False),
    AddedToken("Na\u00EFve Tok", normalized=True),
    AddedToken("[rs]", rstrip=True, normalized=False),
    AddedToken("[Both]", lstrip=True, rstrip=True, normalized=True),
    AddedToken("\u4E2D\u6587", normalized=True),
    AddedToken("W\u00F6rd", single_word=True, normalized=True, special=True),
]
NAMES = ("bert_uncased", "bert_cased", "albert", "camembert", "xlm_roberta")


def train_bert(lines, lowercase):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(lines, trainers.WordPieceTrainer(
        vocab_size=1500, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False))
    vocab = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    path = Path(tempfile.mkdtemp()) / "vocab.txt"
    path.write_text("".join(token + "\n" for token, _ in vocab), encoding="utf-8")
    return str(path)


def train_sentencepiece(lines, **options):
    folder = Path(tempfile.mkdtemp())
    (folder / "text.txt").write_text("".join(line.strip() + "\n" for line in lines), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(folder / "text.txt"), model_prefix=str(folder / "spiece"), vocab_size=1200, num_threads=1,
        model_type="unigram", normalization_rule_name="nmt_nfkc", minloglevel=2, **options)
    return str(folder / "spiece.model")


def families(lines):
    yield "bert_uncased", BertTokenizerFast(train_bert(lines, True), model_max_length=512)
    yield "bert_cased", BertTokenizerFast(train_bert(lines, False), do_lower_case=False, model_max_length=512)
    albert = train_sentencepiece(lines, pad_id=0, unk_id=1, bos_id=-1, eos_id=-1, pad_piece="<pad>",
                                 user_defined_symbols="[CLS],[SEP],[MASK]")
    yield "albert", AlbertTokenizerFast(albert, model_max_length=512)
    plain = train_sentencepiece(lines)
    yield "camembert", CamembertTokenizerFast(plain, model_max_length=512)
    yield "xlm_roberta", XLMRobertaTokenizerFast(plain, model_max_length=512)


def short(value):
    return digest(value)[:8]


def hashed(tokenizer, texts):
    """For many texts: the start of the digest of each one's ids and offsets."""
    rows = single_goldens(tokenizer, texts)
    return [{"text": row["text"], "sha256": short([row["ids"], row["offsets"]])} for row in rows]


def family_goldens(tokenizer, texts):
    goldens = {"single": single_goldens(tokenizer, texts), "fuzz": hashed(tokenizer, list(fuzz(300)))}
    piece = "".join(texts)[:700]
    row = single_goldens(tokenizer, [piece * 20])[0]
    goldens["long"] = {"piece": piece, "repeat": 20, "tokens": len(row["ids"]), "sha256": digest([row["ids"], row["offsets"]])}
    goldens["calls"] = list(call_goldens(tokenizer))
    if "token_type_ids" not in tokenizer.model_input_names:
        # One type for both texts; tokenizers forgets that in further windows, where the second has 1.
        for golden in goldens["calls"]:
            types = golden["expected"]["token_type_ids"]
            golden["expected"]["token_type_ids"] = ["0" * len(row) for row in types]
    goldens["decode"] = decode_goldens(tokenizer, texts)
    goldens["names"] = list(tokenizer("a", "b"))
    return goldens


def write_families(corpus: Path) -> None:
    with open(corpus, encoding="utf-8") as file:
        text = file.read(400_000)
    for name, made in families(text.splitlines(keepends=True) + list(foreign_lines())):
        folder = TOKENIZERS / name
        made.save_pretrained(folder)
        for unneeded in ("vocab.txt", "spiece.model", "sentencepiece.bpe.model"):
            (folder / unneeded).unlink(missing_ok=True)
        write(folder / "tokenizer.json", json.loads((folder / "tokenizer.json").read_text(encoding="utf-8")))


def main(corpus: Path | None) -> None:
    if corpus:
        write_families(corpus)
    versions = {"tokenizers": tokenizers.__version__, "transformers": transformers.__version__,
                "sentencepiece": sentencepiece.__version__}
    for name in NAMES:
        tokenizer = AutoTokenizer.from_pretrained(TOKENIZERS / name)
        write(TOKENIZERS / name / "goldens.json", {"versions": versions, **family_goldens(tokenizer, HOSTILE + MORE)})
        tokenizer.add_tokens(ADDED)
        changes = {"added_tokens": json.loads(tokenizer.backend_tokenizer.to_str())["added_tokens"]}
        texts = ADDED_TEXTS + HOSTILE[-4:]
        write(TOKENIZERS / f"{name}_added" / "goldens.json", {
            "versions": versions, "folder": name, "changes": changes, "single": single_goldens(tokenizer, texts)})


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
