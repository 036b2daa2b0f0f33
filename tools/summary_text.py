"""Sentences, words and principal sentences: what the summariser is trained and measured on.

demo/sentences.ts does the same; tests hold the two together.
"""

import re
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

# A sentence ends at . ! ? and closing quotes or brackets, before a space and a capital or an opening quote.
END = re.compile(r"""(?<=[.!?])(["'”’)\]]*) +(?=["'“‘(\[]*[A-Z0-9])""")
# ... unless the full stop belongs to a title, a place or an initial.
ABBREVIATION = re.compile(r"(?:^|[ \"'“‘(\[])(?:Mr|Mrs|Ms|Messrs|Mme|Mlle|Dr|St|Sir|Rev|Hon|Col|Capt|Gen|Lieut|Prof|Esq|No|Vol|viz|etc|i\.e|e\.g|[A-Z])\.$")
WORD = re.compile(r"[a-z0-9]+")


def sentences(text: str) -> list[str]:
    """The sentences of a text, white space made single spaces; a paragraph ends a sentence."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text):
        paragraph = " ".join(paragraph.split())
        start = 0
        for match in END.finditer(paragraph):
            if not ABBREVIATION.search(paragraph[start:match.start()]):
                found.append(paragraph[start:match.end(1)])
                start = match.end()
        if start < len(paragraph):
            found.append(paragraph[start:])
    return found


def words(text: str) -> list[str]:
    """The words that `rouge-score` counts: lower case, runs of a-z and 0-9."""
    return WORD.findall(text.lower())


class Books:
    """A corpus (or each `every`th book of it) as one row of token ids and one of word numbers, with where
    each sentence starts."""

    def __init__(self, corpus: Path, tokenizer: Path, cache: Path, every: int = 1):
        if not cache.exists():
            self.encode(corpus, tokenizer, cache, every)
        with np.load(cache) as file:
            self.ids, self.starts = file["ids"], file["starts"]
            self.words, self.word_starts, self.books = file["words"], file["word_starts"], file["books"]

    @staticmethod
    def encode(corpus: Path, tokenizer: Path, cache: Path, every: int) -> None:
        from train_tokenizer import documents

        bpe = Tokenizer.from_file(str(tokenizer))
        numbers: dict[str, int] = {}
        ids, lengths, word_ids, word_lengths, books = [], [], [], [], [0]
        for i, text in enumerate(documents(corpus)):
            if i % every:
                continue
            lines = sentences(text)
            for start in range(0, len(lines), 20_000):
                part = lines[start:start + 20_000]
                for encoded in bpe.encode_batch([" " + line for line in part], add_special_tokens=False):
                    ids.append(np.array(encoded.ids, np.uint16))
                    lengths.append(len(encoded.ids))
            for line in lines:
                found = [numbers.setdefault(word, len(numbers)) for word in words(line)]
                word_ids.append(np.array(found, np.int32))
                word_lengths.append(len(found))
            books.append(len(lengths))
        np.savez(
            cache, ids=np.concatenate(ids), starts=np.concatenate([[0], np.cumsum(lengths)]),
            words=np.concatenate(word_ids), word_starts=np.concatenate([[0], np.cumsum(word_lengths)]),
            books=np.array(books),
        )

    def passage(self, first: int, book_end: int, tokens: int) -> int:
        """The end of the sentences from `first` on that fit in `tokens`."""
        end = int(np.searchsorted(self.starts, self.starts[first] + tokens, side="right")) - 1
        return min(max(end, first), book_end)

    def sentence(self, i: int) -> np.ndarray:
        return self.ids[self.starts[i]:self.starts[i + 1]]

    def principal(self, first: int, end: int, count: int, shortest: int, longest: int) -> np.ndarray:
        """Pegasus' principal sentences ("Ind-Orig"): the `count` of the sentences first..end with the
        best ROUGE-1 F1 against the rest of them, in the order of the text; only sentences of
        shortest..longest words are candidates."""
        w = self.words[self.word_starts[first]:self.word_starts[end]]
        lengths = np.diff(self.word_starts[first:end + 1])
        owner = np.repeat(np.arange(end - first), lengths)
        _, w = np.unique(w, return_inverse=True)
        total = np.bincount(w)
        pair, own = np.unique(owner * len(total) + w, return_counts=True)
        overlap = np.bincount(pair // len(total), np.minimum(own, total[pair % len(total)] - own), end - first)
        f1 = 2 * overlap / max(1, len(w))
        f1[(lengths < shortest) | (lengths > longest)] = -1
        best = np.argsort(-f1, kind="stable")[:count]
        return first + np.sort(best[f1[best] > 0])
