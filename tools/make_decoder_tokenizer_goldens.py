"""Makes tests/golden/tokenizer/decoders/: tokenizers as language models have them, and what Python's do.

    python tools/make_decoder_tokenizer_goldens.py

Needs tokenizers 0.23.3. Small vocabularies are trained with the settings of Llama 2 (`prepend`), of its
newer conversions and Mistral's (`metaspace`), of Gemma (`replace`) and of Llama 3 (`ignore_merges`). As
training depends on the order of equal counts, which differs from run to run, a tokenizer that is there
already is kept; `--train` trains all again.
"""

import json
import random
import sys

import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from tokenizer_texts import ADDED_TEXTS, HOSTILE, MORE, TOKENIZERS, foreign_lines, fuzz, utf16, write

BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
SPECIAL = ["<unk>", "<s>", "</s>"]
BOOK = TOKENIZERS.parents[2] / "demo" / "northanger_abbey.txt"
SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def lines():
    yield from BOOK.read_text().splitlines()[:2000]
    yield from foreign_lines()


def train(name):
    is_byte_level = name == "ignore_merges"
    tokenizer = Tokenizer(models.BPE(unk_token=None if is_byte_level else "<unk>", fuse_unk=True))
    tail = [decoders.ByteFallback(), decoders.Fuse()]
    if name == "prepend":
        tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    elif name == "metaspace":
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    elif name == "replace":
        tokenizer.normalizer = normalizers.Replace(" ", "\u2581")
        tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    if is_byte_level:
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(tokenizers.Regex(SPLIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
        tokenizer.decoder = decoders.ByteLevel()
    else:
        strip = [] if name == "replace" else [decoders.Strip(" ", 1, 0)]
        tokenizer.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), *tail, *strip])
    # Without pre-tokenizer merges go across words, as Llama's do in training too: lines are short.
    tokenizer.train_from_iterator(lines(), trainers.BpeTrainer(
        vocab_size=700, limit_alphabet=256 if is_byte_level else 90, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet() if is_byte_level else [],
        special_tokens=SPECIAL if is_byte_level else [*SPECIAL, *BYTES]))
    content = json.loads(tokenizer.to_str())
    content["added_tokens"] = [token for token in content["added_tokens"] if token["content"] in SPECIAL]
    content["model"]["byte_fallback"] = not is_byte_level
    if is_byte_level:
        content["model"]["ignore_merges"] = True
        # Words that no merge makes any more are still tokens.
        content["model"]["merges"] = [merge for i, merge in enumerate(content["model"]["merges"]) if i % 9 != 5]
    tokenizer = Tokenizer.from_str(json.dumps(content))
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True), AddedToken("[both]", lstrip=True, rstrip=True)])
    # Not normalized: version 0.23 decodes such tokens in their normalized form, 0.15 and we as they are spelled.
    tokenizer.add_tokens([AddedToken("new", single_word=True, normalized=False), AddedToken("na\u00EFve tok", normalized=False)])
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A", "<s> $A <s> $B", [("<s>", tokenizer.token_to_id("<s>"))])
    return tokenizer


def encoded(tokenizer, text):
    encoding = tokenizer.encode(text)
    return {"text": text, "ids": encoding.ids, "offsets": [utf16(text, place) for pair in encoding.offsets for place in pair],
            "texts": [tokenizer.decode(encoding.ids, skip_special_tokens=skip) for skip in (False, True)]}


def decoded(tokenizer, draw):
    # Byte tokens come more often than others: most runs of them are no character.
    count = tokenizer.get_vocab_size()
    ids = [draw.randrange(3, 259) if draw.random() < 0.5 else draw.randrange(count) for _ in range(draw.randrange(1, 14))]
    return {"ids": ids, "texts": [tokenizer.decode(ids, skip_special_tokens=skip) for skip in (False, True)]}


for name in ("prepend", "metaspace", "replace", "ignore_merges"):
    path = TOKENIZERS / "decoders" / f"{name}.json"
    if path.exists() and "--train" not in sys.argv:
        tokenizer = Tokenizer.from_str(json.dumps(json.loads(path.read_text())["tokenizer"]))
    else:
        tokenizer = train(name)
    draw = random.Random(23)
    texts = [*HOSTILE, *MORE, *ADDED_TEXTS, *fuzz(60), "\u2581" * 40, "\x00" * 30, "\U0001F600" * 30]
    write(path, {
        "versions": {"tokenizers": tokenizers.__version__}, "tokenizer": json.loads(tokenizer.to_str()),
        "encode": [encoded(tokenizer, text) for text in texts],
        "decode": [decoded(tokenizer, draw) for _ in range(60)]})
