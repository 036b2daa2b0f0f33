"""Makes tests/golden/rouge.json: ROUGE and stems of Python's rouge-score, and the sentences that
tools/summary_text.py finds.

    python tools/make_rouge_goldens.py

Needs rouge-score 0.1.2, nltk 3.10.4, numpy and tokenizers.
"""

import json
import random
import re
from importlib.metadata import version
from pathlib import Path

import numpy as np
from nltk.stem.porter import PorterStemmer
from rouge_score.rouge_scorer import RougeScorer
from summary_text import Books, sentences, words

ROOT = Path(__file__).parents[1]
TYPES = ["rouge1", "rouge2", "rougeL"]
# Words of NLTK's departures from Porter's paper, and of rare rules.
WORDS = """sky skies dying lying tying news innings inning outings outing cannings canning howe proceed
    exceed succeed dies flies ties died tied spied spies by say enjoy enjoyed happy happily beautifully
    gracefully geology analogical radically vileness decisiveness feudalism formaliti sensitivity
    sensibility hopping falling hissing fizzed failing filing sized plastered bled agreed feed ions
    adoption hesitancy rely relied controlling roll probate rate cease ye owed aged eyes oed yes bus""".split()
PAIRS = [
    ("", ""), ("the cat", ""), ("...", "the cat"), ("the cat", "the cat"), ("cat", "cat"), ("a b a b a", "b a b a"),
    ("The CAT's hat—worn; worn!", "the cat s hats, wore"), ("Ça été là: naïve", "ca ete la na ve"), ("x y", "y x"),
    ("one two\nthree four", "three four\none two"), ("12,000 men in 1817", "12 000 man in 1817"), ("a", "b"),
]
SENTENCES = """"Oh! Mr. Tilney," said she. "It is so!" He went on. CHAPTER 5 was read by J. R. Green.

New   paragraph,
on two lines! "Yes?" no. (Really.) It was 5 o'clock. At St. Ives, etc. So... And then? 'Tis so. “Well.” Vol. II of
i.e. nothing.

"""


def main() -> None:
    random.seed(0)
    text = (ROOT / "demo/northanger_abbey.txt").read_text(encoding="utf-8")
    found = sentences(text)
    pairs = PAIRS + [
        (" ".join(random.sample(found[i:i + 9], 3)), " ".join(random.sample(found[i:i + 9], 3))) for i in range(0, 180, 6)
    ]
    plain, stemmed = (RougeScorer(TYPES, use_stemmer=stem) for stem in (False, True))
    score = lambda scorer, pair: [scorer.score(pair[1], pair[0])[t].fmeasure for t in TYPES]
    stem = PorterStemmer().stem
    vocabulary = sorted({*re.findall("[a-z]+", text.lower()), *WORDS})
    numbers: dict[str, int] = {}
    books = Books.__new__(Books)
    lists = [[numbers.setdefault(w, len(numbers)) for w in words(s)] for s in found]
    books.words = np.array([n for line in lists for n in line])
    books.word_starts = np.concatenate([[0], np.cumsum([len(line) for line in lists])])
    content = {
        "made_with": {name: version(name) for name in ("rouge-score", "nltk")},
        "pairs": [{"summary": p[0], "reference": p[1], "plain": score(plain, p), "stemmed": score(stemmed, p)} for p in pairs],
        "stems": {word: stem(word) for word in vocabulary if stem(word) != word},
        "unchanged": " ".join(word for word in vocabulary if stem(word) == word),
        "sentences": {"text": SENTENCES, "found": sentences(SENTENCES)},
        "principal": [
            {"first": first, "end": end, "found": books.principal(first, end, 3, 8, 40).tolist()}
            for first, end in ((0, 20), (20, 40), (100, 140), (0, len(found)))
        ],
    }
    (ROOT / "tests/golden/rouge.json").write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
