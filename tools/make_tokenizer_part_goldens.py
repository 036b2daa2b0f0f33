"""Makes tests/golden/tokenizer/parts.json: what each part of a tokenizer does with hostile texts.

    python tools/make_tokenizer_part_goldens.py

Needs tokenizers 0.23.3 (0.15.2 gives the same, but does not know Metaspace's "split"). Each case is
a tokenizer whose model knows nothing but bytes: the ids tell what became of the text and the offsets
where each character or word is from. Of both, digests are kept.
"""

import json

import tokenizers
from tokenizers import Tokenizer

from tokenizer_texts import ADDED_TEXTS, HOSTILE, MORE, TOKENIZERS, digest, fuzz, utf16, write

BYTES = {"type": "Unigram", "unk_id": 0, "byte_fallback": True,
         "vocab": [["<unk>", 0.0]] + [[f"<0x{byte:02X}>", -1.0] for byte in range(256)]}
BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
CHARACTERS = {"type": "Split", "pattern": {"Regex": "[\\s\\S]"}, "behavior": "Isolated", "invert": False}


def bert(**settings):
    return {"type": "BertNormalizer", "clean_text": False, "handle_chinese_chars": False,
            "strip_accents": False, "lowercase": False, **settings}


def split(pattern, behavior, invert):
    return {"type": "Split", "pattern": pattern, "behavior": behavior, "invert": invert}


def metaspace(scheme, **settings):
    return {"type": "Metaspace", "replacement": "\u2581", "add_prefix_space": scheme != "never",
            "prepend_scheme": scheme, **settings}


def sequence(kind, *steps):
    return {"type": "Sequence", kind: list(steps)}


def normalizers():
    for form in ("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents"):
        yield {"type": form}
    for key in ("clean_text", "handle_chinese_chars", "strip_accents", "lowercase"):
        yield bert(**{key: True})
    yield bert(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True)
    for left, right in ((True, True), (True, False), (False, True)):
        yield {"type": "Strip", "strip_left": left, "strip_right": right}
    yield {"type": "Prepend", "prepend": "\u2581x"}
    for pattern in ({"String": "a"}, {"String": ".("}, {"Regex": " {2,}"}, {"Regex": "\\s+"}, {"Regex": "[^\\d\\S]."}, {"Regex": "^|e*"}):
        for content in ("", "bc", "\U0001F600"):
            yield {"type": "Replace", "pattern": pattern, "content": content}
    yield {"type": "ByteLevel"}
    yield sequence("normalizers", {"type": "NFD"}, {"type": "StripAccents"}, {"type": "NFC"}, {"type": "Lowercase"})
    yield sequence("normalizers", {"type": "NFKD"}, bert(clean_text=True), {"type": "Strip", "strip_left": True, "strip_right": True})
    yield sequence("normalizers")


def pre_tokenizers():
    for kind in ("BertPreTokenizer", "Whitespace", "WhitespaceSplit"):
        yield {"type": kind}
    for behavior in BEHAVIORS:
        yield {"type": "Punctuation", "behavior": behavior}
        for invert in (False, True):
            yield split({"String": "e"}, behavior, invert)
            yield split({"Regex": "[aeiou\u0301]+|\\d"}, behavior, invert)
            yield split({"Regex": "e*"}, behavior, invert)
    for individual in (False, True):
        yield {"type": "Digits", "individual_digits": individual}
    for length in (1, 2, 5):
        yield {"type": "FixedLength", "length": length}
    for scheme in ("always", "first", "never"):
        yield metaspace(scheme)
    yield metaspace("always", split=False)
    yield metaspace("always", replacement="]")
    yield sequence("pretokenizers", {"type": "WhitespaceSplit"}, metaspace("always"))
    yield sequence("pretokenizers", {"type": "Digits", "individual_digits": True},
                   {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True})
    yield sequence("pretokenizers", {"type": "Punctuation", "behavior": "Isolated"}, {"type": "Whitespace"})
    yield sequence("pretokenizers")


def decoders():
    for cleanup in (False, True):
        yield {"type": "WordPiece", "prefix": "##", "cleanup": cleanup}
    yield {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
    yield {"type": "ByteFallback"}
    yield {"type": "Fuse"}
    for suffix in ("##", "\u2581", ""):
        yield {"type": "BPEDecoder", "suffix": suffix}
    for cleanup in (False, True):
        yield {"type": "CTC", "pad_token": "#", "word_delimiter_token": "\u2581", "cleanup": cleanup}
    for scheme in ("always", "first", "never"):
        yield metaspace(scheme)
    yield {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}
    yield {"type": "Replace", "pattern": {"Regex": "\\s|#+"}, "content": "$1"}
    yield {"type": "Replace", "pattern": {"Regex": "b*"}, "content": "-"}
    for start, stop in ((1, 0), (0, 1), (2, 0)):
        yield {"type": "Strip", "content": "#", "start": start, "stop": stop}
    yield sequence("decoders", {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
                   {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0})


TOKENS = ["<unk>", "\u2581a", "b\u2581\u2581c", "##ing", "a##b", "##", "###x##", ".", "n't", "'s", " do not", "\u0120\u00C3\u00A9", "\u00F0\u0141", "\u4E2D",
          "<0xE4>", "<0xB8>", "<0xAD>", "<0xFF>", "<0x6a>", "<0xZZ>", " x ", "#", "\u2581", "'", ",", "'re", "\uFEFF", "\u00EF\u00BB\u00BF"]
ROWS = [list(range(len(TOKENS))), [14, 15, 16], [14, 15, 1], [14, 3, 16, 17, 17], [18, 19], [11, 12], [9, 9], [1, 1], [2, 22, 1],
        [6, 5, 3, 21], [20, 10, 8], [23, 24, 25], [26, 13], [27], [13, 23, 23], [0]]


def main() -> None:
    texts = HOSTILE + MORE + ADDED_TEXTS + list(fuzz(60))

    def rows(**parts):
        content = {"version": "1.0", "model": BYTES, "normalizer": None, "pre_tokenizer": None, "post_processor": None,
                   "decoder": None, "added_tokens": [], "truncation": None, "padding": None, **parts}
        tokenizer = Tokenizer.from_str(json.dumps(content))
        for text in texts:
            encoding = tokenizer.encode(text)
            offsets = [utf16(text, place) for pair in encoding.offsets for place in pair]
            yield digest([encoding.ids, offsets])[:8]

    cases = [{"normalizer": part, "pre_tokenizer": CHARACTERS} for part in normalizers()]
    cases += [{"pre_tokenizer": part} for part in pre_tokenizers()]
    decoding = []
    for part in decoders():
        model = {**BYTES, "vocab": [[token, 0.0] for token in TOKENS], "byte_fallback": False}
        tokenizer = Tokenizer.from_str(json.dumps({"version": "1.0", "model": model, "decoder": part, "added_tokens": [],
            "normalizer": None, "pre_tokenizer": None, "post_processor": None, "truncation": None, "padding": None}))
        decoding.append({"decoder": part, "texts": [tokenizer.decode(ids) for ids in ROWS]})
    write(TOKENIZERS / "parts.json", {
        "versions": {"tokenizers": tokenizers.__version__}, "model": BYTES, "texts": texts,
        "cases": [{**case, "digests": "".join(rows(**case))} for case in cases],
        "tokens": TOKENS, "rows": ROWS, "decoding": decoding})


if __name__ == "__main__":
    main()
