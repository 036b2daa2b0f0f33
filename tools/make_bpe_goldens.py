"""Makes tests/golden/tokenizer/bpe.json: random BPE models, and what Python's tokenizers do with them.

    python tools/make_bpe_goldens.py

Needs tokenizers 0.23.3. The vocabularies lack characters, merges repeat and contradict one another,
unk_token may be a letter that is merged itself. The texts of byte-level models are cut by
ByteLevel, those of the others stay whole. Offsets are kept in UTF-16 code units where a model has an
unk_token: without one Python's are those of the text without the dropped characters.
"""

import json
import random

import tokenizers
from tokenizers import Tokenizer

from tokenizer_texts import TOKENIZERS, utf16, write

BYTES = [*"abcde", "\u0120", "\u010A", "\u00C3", "\u00A9", "\u00F0", "\u0141", "\u013A", "\u0122"]
CHARACTERS = [*"abcdx", "\u00E9", "\u00DF", "\U0001F600", "\u65E5", "\u0301", "\u0120"]


def draw_model(draw, letters):
    ids = list(range(300))
    draw.shuffle(ids)
    known = draw.sample(letters, draw.randint(2, len(letters)))
    unk = draw.choice([None, None, "<unk>", known[0], "ab"])
    vocab = {token: ids.pop() for token in known}
    if unk is not None and unk not in vocab:
        vocab[unk] = ids.pop()
    merges = []
    for _ in range(draw.randint(2, 50)):
        left, right = draw.choices(list(vocab), k=2)
        if len(left + right) > 10:
            continue
        if left + right not in vocab:
            vocab[left + right] = ids.pop()
        merges.append(f"{left} {right}")
    if draw.random() < 0.3:
        draw.shuffle(merges)
    return {"type": "BPE", "unk_token": unk, "fuse_unk": draw.random() < 0.5, "ignore_merges": draw.random() < 0.3,
            "vocab": vocab, "merges": merges}


def draw_text(draw, letters):
    some = draw.sample(letters, draw.choice([2, 3, len(letters)]))
    return "".join(draw.choices(some, k=draw.choice([1, 2, 3, 5, 8, 20, 60])))


def cases():
    draw = random.Random(17)
    for number in range(48):
        is_byte_level = number % 2 == 0
        model = draw_model(draw, BYTES if is_byte_level else CHARACTERS)
        byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": True}
        pre_tokenizer = byte_level if is_byte_level else None
        tokenizer = Tokenizer.from_str(json.dumps({
            "version": "1.0", "model": model, "pre_tokenizer": pre_tokenizer, "normalizer": None, "added_tokens": [],
            "post_processor": None, "decoder": None, "truncation": None, "padding": None}))
        texts = []
        for _ in range(10):
            text = draw_text(draw, [*"abcde \n", "\u00E9", "\U0001F600"] if is_byte_level else [*CHARACTERS, "z", "\U00010330"])
            encoding = tokenizer.encode(text)
            offsets = [utf16(text, place) for pair in encoding.offsets for place in pair]
            texts.append({"text": text, "ids": encoding.ids, **({} if model["unk_token"] is None else {"offsets": offsets})})
        yield {"model": model, "pre_tokenizer": pre_tokenizer, "texts": texts}


write(TOKENIZERS / "bpe.json", {"versions": {"tokenizers": tokenizers.__version__}, "cases": list(cases())})
