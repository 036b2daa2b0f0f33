"""Makes tests/golden/tokenizer/bpe.json: random BPE models, and what Python's tokenizers do with them.

    python tools/make_bpe_goldens.py

Needs tokenizers 0.23.3. The vocabularies lack characters, merges repeat and contradict one another,
unk_token may be a letter that is merged itself. The texts of byte-level models are cut by
ByteLevel, those of the others stay whole. Offsets are kept in UTF-16 code units where a model has an
unk_token: without one Python's are those of the text without the dropped characters. Of models with a
prefix or a suffix they are not kept either: Python counts its bytes as the text's.
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


def draw_marked_model(draw):
    """A model with a prefix, a suffix, tokens for bytes, or several of these."""
    prefix, suffix = draw.choice(["", "##", "a"]), draw.choice(["", "</w>", "b"])
    ids = list(range(600))
    draw.shuffle(ids)
    forms = [front + letter + back for letter in CHARACTERS for front in {"", prefix} for back in {"", suffix}]
    vocab = {token: ids.pop() for token in draw.sample(forms, draw.randint(4, len(forms)))}
    merges = []
    for _ in range(draw.randint(2, 60)):
        left, right = draw.choice(list(vocab)), draw.choice([t for t in vocab if t.startswith(prefix)] or [prefix])
        merged = left + right[len(prefix):]
        if right in vocab and len(merged) <= 12:
            vocab.setdefault(merged, ids[-1])
            if vocab[merged] == ids[-1]:
                ids.pop()
            merges.append([left, right])
    has_bytes = draw.random() < 0.5
    for byte in range(256) if has_bytes else []:
        if byte != 0xC3 or draw.random() < 0.7:
            vocab.setdefault(f"<0x{byte:02X}>", ids[-1])
            ids.pop()
    unk = draw.choice([None, "<unk>"])
    if unk:
        vocab[unk] = ids.pop()
    return {"type": "BPE", "unk_token": unk, "fuse_unk": draw.random() < 0.5, "ignore_merges": draw.random() < 0.2,
            "continuing_subword_prefix": prefix or None, "end_of_word_suffix": suffix or None, "byte_fallback": has_bytes,
            "vocab": vocab, "merges": merges}


def draw_text(draw, letters):
    some = draw.sample(letters, draw.choice([2, 3, len(letters)]))
    return "".join(draw.choices(some, k=draw.choice([1, 2, 3, 5, 8, 20, 60])))


def cases():
    draw = random.Random(17)
    for number in range(80):
        is_byte_level = number % 2 == 0 and number < 48
        model = draw_model(draw, BYTES if is_byte_level else CHARACTERS) if number < 48 else draw_marked_model(draw)
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
            texts.append({"text": text, "ids": encoding.ids, **({} if model["unk_token"] is None or number >= 48 and (
                model["continuing_subword_prefix"] or model["end_of_word_suffix"]) else {"offsets": offsets})})
        yield {"model": model, "pre_tokenizer": pre_tokenizer, "texts": texts}


write(TOKENIZERS / "bpe.json", {"versions": {"tokenizers": tokenizers.__version__}, "cases": list(cases())})
