"""Makes tests/golden/tokenizer: small byte-level BPE tokenizers, and what Python's say with them.

    python tools/make_tokenizer_goldens.py [CORPUS.txt]

Needs transformers 4.36.2 and tokenizers 0.15.2. Each folder has a goldens.json: calls with their
options, and the encodings that transformers' PreTrainedTokenizerFast gave; beside it a tokenizer.json
of about 600 tokens and tokenizer_config.json, or "changes" to the ones of roberta/; embedded/ is of
the embedded model's tokenizer, without a copy of it. With CORPUS the tokenizers are trained anew,
without it they stay as they are, and a second run writes the same bytes.

Offsets are converted from code points (Python) to UTF-16 code units (JavaScript).
"""

import json
import sys
from pathlib import Path

import tokenizers
import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from tokenizer_texts import HOSTILE, TOKENIZERS, digest, foreign_lines, utf16, write

EMBEDDED = Path(__file__).parents[1] / "demo" / "model"
SPECIAL_TOKENS = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
NAMES = {
    "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "sep_token": "</s>",
    "pad_token": "<pad>", "cls_token": "<s>", "mask_token": "<mask>",
}


def train(lines):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = [AddedToken(t, lstrip=t == "<mask>", normalized=False, special=True) for t in SPECIAL_TOKENS]
    tokenizer.train_from_iterator(lines, trainers.BpeTrainer(
        vocab_size=600, min_frequency=2, special_tokens=special, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
    return tokenizer.to_str()


def variants(trained):
    """name -> (tokenizer, config): everything that changes offsets, one at a time."""
    def roberta(prefix, trim, processor_prefix=None):
        tokenizer = Tokenizer.from_str(trained)
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix, trim_offsets=trim)
        tokenizer.decoder = decoders.ByteLevel()
        tokenizer.post_processor = processors.RobertaProcessing(
            ("</s>", 2), ("<s>", 0), trim_offsets=trim,
            add_prefix_space=prefix if processor_prefix is None else processor_prefix)
        return tokenizer

    yield "roberta", roberta(False, True), {}
    yield "prefix_space", roberta(True, True), {}
    yield "untrimmed", roberta(False, False), {}
    yield "prefix_space_untrimmed", roberta(True, False), {}
    # The two settings contradict each other: the added space is then trimmed off the next character.
    yield "prefix_space_half", roberta(True, True, processor_prefix=False), {}

    tokenizer = roberta(False, True)
    tokenizer.add_tokens([
        AddedToken("new", single_word=True, normalized=False),
        AddedToken("<new>", normalized=True),
        AddedToken("[rs]", rstrip=True, normalized=False),
        AddedToken("[both]", lstrip=True, rstrip=True, normalized=True),
        AddedToken("[ sep ]", normalized=False),
        AddedToken("na\u00EFve_tok", normalized=False),
    ])
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=True),
        processors.TemplateProcessing(
            single="<s>:0 $A:0 </s>:0", pair="<s>:0 $A:0 </s>:0 $B:1 </s>:1",
            special_tokens=[("<s>", 0), ("</s>", 2)]),
    ])
    yield "added_tokens", tokenizer, {"padding_side": "left", "truncation_side": "left"}


def call(tokenizer, text, text_pair=None, **options):
    """One golden: the arguments, and the encodings as rows."""
    batch = [text] if isinstance(text, str) else text
    pairs = None if text_pair is None else [text_pair] if isinstance(text_pair, str) else text_pair
    out = tokenizer(batch, pairs, return_offsets_mapping=True, return_special_tokens_mask=True,
                    return_token_type_ids=True, **options)
    samples = out.pop("overflow_to_sample_mapping", list(range(len(batch))))
    offsets = []
    for row, sample, encoding in zip(out["offset_mapping"], samples, out.encodings):
        texts = {0: batch[sample], 1: pairs[sample] if pairs else "", None: ""}
        offsets.append([utf16(texts[i], position)
                        for pair, i in zip(row, encoding.sequence_ids) for position in pair])
    # Small files: offsets in one row (start, end, start, end, ...), zeros and ones as a string.
    expected = {"input_ids": out["input_ids"], "offset_mapping": offsets}
    for key in ("attention_mask", "token_type_ids", "special_tokens_mask"):
        expected[key] = ["".join(map(str, row)) for row in out[key]]
    if options.get("return_overflowing_tokens"):
        expected["overflow_to_sample_mapping"] = samples
    return {"text": text, **({} if text_pair is None else {"text_pair": text_pair}),
            "options": options, "expected": expected}


def single_goldens(tokenizer, texts):
    """Each text alone; ids, tokens and offsets suffice, the rest follows from the calls below."""
    rows = []
    for text in texts:
        row = call(tokenizer, text)["expected"]
        ids = row["input_ids"][0]
        rows.append({"text": text, "ids": ids, "offsets": row["offset_mapping"][0],
                     "special": row["special_tokens_mask"][0]})
    return rows


def call_goldens(tokenizer):
    story = "It was the best of times; caf\u00E9 \U0001F600\U0001F601 <mask> end."
    other = " Don't \U0001F601 look  back\n"
    batch = ["short", story, ""]
    yield call(tokenizer, story, add_special_tokens=False)
    for first, second in [(story, other), (other, story), ("", ""), ("a", ""), ("", "b"), ("\U0001F600", "<mask>")]:
        yield call(tokenizer, first, second)
        yield call(tokenizer, first, second, add_special_tokens=False)
    for padding in (True, "max_length"):
        for multiple in (None, 8):
            extra = {} if multiple is None else {"pad_to_multiple_of": multiple}
            yield call(tokenizer, batch, padding=padding, max_length=61, **extra)
    yield call(tokenizer, batch, batch[::-1], padding=True)
    yield call(tokenizer, batch, truncation=True, max_length=16, padding=True, pad_to_multiple_of=8)
    for max_length in (2, 3, 4, 17, 400):
        yield call(tokenizer, story, truncation=True, max_length=max_length)
    for max_length, stride in [(5, 0), (7, 1), (16, 3), (23, 13), (50, 5)]:
        for padding in (False, "max_length"):
            yield call(tokenizer, batch, truncation=True, max_length=max_length, stride=stride,
                       return_overflowing_tokens=True, padding=padding)
    yield call(tokenizer, story, truncation=True, max_length=9, stride=2, return_overflowing_tokens=True,
               add_special_tokens=False)
    for strategy in ("longest_first", "only_first", "only_second"):
        for first, second in [(story, other), (other, story), (story, story)]:
            for max_length in (27, 42):
                try:
                    yield call(tokenizer, first, second, truncation=strategy, max_length=max_length)
                    yield call(tokenizer, first, second, truncation=strategy, max_length=max_length,
                               stride=2, return_overflowing_tokens=True, padding=True)
                except BaseException as error:  # a panic in Rust is no Exception
                    if isinstance(error, KeyboardInterrupt):
                        raise
                    continue  # nothing to cut the excess from: our error is tested by hand
    for max_length in (14, 21, 30):
        yield call(tokenizer, story, other, truncation=True, max_length=max_length, stride=1,
                   return_overflowing_tokens=True)


def decode_goldens(tokenizer, texts):
    # Python takes the letters of an added token for bytes: na\u00EFve_tok comes out broken, not here.
    cases = [tokenizer(text.replace("na\u00EFve_tok", ""))["input_ids"] for text in texts] + [[], [0], [4, 4], [2, 0, 1, 3]]
    # Cut inside characters, with special tokens in the cut.
    emoji = tokenizer("\U0001F600\u4F60\u0301", add_special_tokens=False)["input_ids"]
    cases += [emoji[:1], emoji[1:], emoji[:1] + [4] + emoji[1:], list(range(5, 261)), list(range(599, 261, -1))]
    rows = []
    for ids in cases:
        texts = [tokenizer.decode(ids, skip_special_tokens=skip, clean_up_tokenization_spaces=clean)
                 for skip in (False, True) for clean in (False, True)]
        # Most of the four are alike: those equal to the first are left out.
        rows.append({"ids": ids, "texts": [texts[0]] + [None if t == texts[0] else t for t in texts[1:]]})
    return rows


def fast(tokenizer, config):
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=512, **NAMES, **config)


def trained_and_piece(corpus: Path | None) -> tuple[str, str]:
    """The vocabulary as a tokenizer.json, and what the long text repeats."""
    if corpus:
        with open(corpus, encoding="utf-8") as file:
            text = file.read(200_000)
        return train(text.splitlines(keepends=True) + list(foreign_lines())), text[5000:5480] + "".join(HOSTILE[:30])
    kept = TOKENIZERS / "roberta"
    return (kept / "tokenizer.json").read_text(), json.loads((kept / "goldens.json").read_text())["long"]["piece"]


def main(corpus: Path | None) -> None:
    versions = {"tokenizers": tokenizers.__version__, "transformers": transformers.__version__}
    trained, piece = trained_and_piece(corpus)
    long = {"piece": piece, "repeat": 10_000 // len(piece) + 1}
    for name, tokenizer, config in variants(trained):
        content = json.loads(tokenizer.to_str())
        hf = fast(tokenizer, config)
        goldens = {"versions": versions, "single": single_goldens(hf, HOSTILE)}
        row = single_goldens(hf, [piece * long["repeat"]])[0]
        goldens["long"] = {**long, "tokens": len(row["ids"]), "sha256": digest([row["ids"], row["offsets"]])}
        if name in ("roberta", "added_tokens"):
            write(TOKENIZERS / name / "tokenizer.json", content)
            write(TOKENIZERS / name / "tokenizer_config.json", {"model_max_length": 512, **NAMES, **config})
            goldens["calls"] = list(call_goldens(hf))
            goldens["decode"] = decode_goldens(hf, HOSTILE if name == "roberta" else HOSTILE[-4:])
        else:  # the rest is as in roberta/tokenizer.json
            goldens["changes"] = {key: content[key] for key in ("pre_tokenizer", "post_processor")}
            goldens["calls"] = [call(hf, " one two  three", truncation=True, max_length=4, stride=1,
                                     return_overflowing_tokens=True)]
        write(TOKENIZERS / name / "goldens.json", goldens)
    content = json.loads((EMBEDDED / "tokenizer.json").read_text())
    # tokenizers 0.15 reads merges only as "a b"; byte-level tokens have no spaces in them.
    content["model"]["merges"] = [m if isinstance(m, str) else " ".join(m) for m in content["model"]["merges"]]
    hf = fast(Tokenizer.from_str(json.dumps(content)), {})
    write(TOKENIZERS / "embedded" / "goldens.json", {"versions": versions, "single": single_goldens(hf, HOSTILE)})


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
