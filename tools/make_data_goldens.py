"""Makes tests/golden/training/data.json: labels of tokens (run_ner) and answers' places (run_qa) as
transformers' examples compute them from its fast tokenizers. A second run writes the same bytes."""

import json
from pathlib import Path

import tokenizers
import transformers
from transformers import PreTrainedTokenizerFast

ROOT = Path(__file__).parent.parent / "tests" / "golden"
NAMES = ["bert_uncased", "bert_cased", "xlm_roberta", "albert", "camembert", "roberta"]
WORDS = [
    ["Angela", "Merkel", "visited", "the", "U.S.A.", "in", "2010", "."],
    ["naïve", "co-operation", "d'État", "unbelievably", "😀", "(", "x)", "%"],
    ["", "one", "", "two", ""],
    ["Antidisestablishmentarianism"],
]
CONTEXT = (
    "The Bürger of 😀 Springfield elected Joseph Jebediah mayor in 1872. He resigned, unwell, in "
    "1875; his co-operation with the rail-road was never forgotten."
)
ANSWERS = ["Joseph Jebediah", "1875", "The Bürger", "rail-road", "forgotten.", "😀 Springfield", "unwell, in"]
LENGTHS = [None, 40, 24]


def tags(tokenizer, words, is_split):
    """Index of the word whose label a token has; -100: none."""
    if is_split:
        encoding = tokenizer(words, is_split_into_words=True)
        owners = encoding.word_ids()
    else:
        # Byte-level tokenizers want words with the space before them: here they are read from the text.
        text, starts = " ".join(word for word in words if word), []
        for i, _ in enumerate(words):
            starts.append(sum(len(word) + 1 for word in words[:i] if word))
        encoding = tokenizer(text, return_offsets_mapping=True)
        owners = []
        for token, (start, end) in enumerate(encoding["offset_mapping"]):
            if encoding.sequence_ids()[token] is None:
                owners.append(None)
                continue
            while start < end and text[start] == " ":
                start += 1
            owners.append(max(i for i, at in enumerate(starts) if at <= start and words[i]))
    labels, previous = [], None
    for owner in owners:
        labels.append(-100 if owner is None or owner == previous else owner)
        previous = owner
    return {"words": words, "ids": encoding["input_ids"], "labels": labels}


def answer(tokenizer, text, length):
    start = CONTEXT.index(text)
    question = "Who, or when?"
    encoding = tokenizer(
        question, CONTEXT, truncation="only_second" if length else False, max_length=length,
        return_offsets_mapping=True,
    )
    offsets, sequences = encoding["offset_mapping"], encoding.sequence_ids()
    end = start + len(text)
    first = sequences.index(1)
    last = len(sequences) - 1 - sequences[::-1].index(1)
    if not (offsets[first][0] <= start and offsets[last][1] >= end):
        places = [0, 0]
    else:
        # As run_qa: one token back from the first one behind the start, and so on.
        while first < len(offsets) and offsets[first][0] <= start:
            first += 1
        while offsets[last][1] >= end:
            last -= 1
        places = [first - 1, last + 1]
    return {
        "question": question, "answers": {"text": [text], "answer_start": [start]}, "max_length": length,
        "ids": encoding["input_ids"], "places": places,
    }


cases = []
for name in NAMES:
    tokenizer = PreTrainedTokenizerFast.from_pretrained(ROOT / "tokenizer" / name)
    cases.append({
        "tokenizer": name,
        "tags": [tags(tokenizer, words, name != "roberta") for words in WORDS],
        "answers": [answer(tokenizer, text, length) for text in ANSWERS for length in LENGTHS],
    })
(ROOT / "training" / "data.json").write_text(json.dumps({
    "versions": {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__},
    "context": CONTEXT,
    "cases": cases,
}, ensure_ascii=False) + "\n")
