"""ROUGE of the embedded summariser against the principal sentences of held-out passages.

    python tools/evaluate_summary.py --corpus VALID.txt --model demo/summary_model --state STATE \
      [--tokens 512 2048] [--passages 50]

Beside it: the first three sentences (lead), three at random, and the three longest, all but the first
among the sentences of 8 to 40 words. "free" is greedy generation; "sentences" is a beam search
that may only write sentences of the passage, each at most once and in their order.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from rouge_score.rouge_scorer import RougeScorer
from tokenizers import Tokenizer

from summary_model import EOS, POSITIONS, load
from summary_text import Books
from train_summary import GAP_SENTENCES, LONGEST, SHORTEST, TARGET, joined, pad, random_passage


def free(model, memory, source):
    ids = [EOS]
    while len(ids) < TARGET and (len(ids) == 1 or ids[-1] != EOS):
        hidden = model.decode(torch.tensor([ids]), memory, source)
        ids.append(int(model.logits(hidden[:, -1]).argmax()))
    return ids[1:]


def only_sentences(model, memory, source, books, candidates, beams=4):
    """The best `GAP_SENTENCES` of the candidates by the product of probabilities among what is allowed."""
    lines = [books.sentence(i).tolist() for i in candidates]
    running = [(0.0, [EOS], [], None)]  # score, ids, sentences done, (place in sentence, those that it may be)
    while not all(len(r[2]) == GAP_SENTENCES for r in running):
        with torch.no_grad():
            rows = pad([np.array(r[1]) for r in running], 1)
            hidden = model.decode(rows, memory.expand(len(rows), -1, -1), source.expand(len(rows), -1))
            last = torch.tensor([len(r[1]) - 1 for r in running])
            scores = model.logits(hidden[torch.arange(len(rows)), last])
        new = []
        for row, (score, ids, done, state) in enumerate(running):
            if len(done) == GAP_SENTENCES:
                new.append((score, ids, done, state))
                continue
            left = GAP_SENTENCES - len(done)
            first = done[-1] + 1 if done else 0
            at, open_ = state or (0, list(range(first, len(lines) - left + 1)))
            following = {}
            for i in open_:
                following.setdefault(lines[i][at], []).append(i)
            tokens = list(following)
            logp = scores[row, tokens].log_softmax(0).tolist()
            for token, lp in zip(tokens, logp):
                which = following[token]
                ended = [i for i in which if len(lines[i]) == at + 1]
                if ended:
                    new.append((score + lp, ids + [token], done + ended[:1], None))
                else:
                    new.append((score + lp, ids + [token], done, (at + 1, which)))
        running = sorted(new, key=lambda r: -r[0])[:beams]
    return [candidates[i] for i in running[0][2]]


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("corpus", "model", "state"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--tokens", type=int, nargs="*", default=[512, 2048])
    parser.add_argument("--passages", type=int, default=50)
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(str(args.model / "tokenizer.json"))
    books = Books(args.corpus, args.model / "tokenizer.json", args.state / "valid.npz")
    model = load(args.model)
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True)
    text = lambda indices: "".join(tokenizer.decode(books.sentence(i).tolist()) for i in indices)
    count = np.diff(books.word_starts)
    for tokens in args.tokens:
        random = np.random.default_rng(1)
        results: dict[str, list] = {}
        while len(results.get("lead", [])) < args.passages:
            first, end = random_passage(books, tokens - 2, random)
            candidates = [i for i in range(first, end) if SHORTEST <= count[i] <= LONGEST]
            chosen = books.principal(first, end, GAP_SENTENCES, SHORTEST, LONGEST).tolist()
            if len(candidates) < 2 * GAP_SENTENCES or len(chosen) < GAP_SENTENCES:
                continue
            source = pad([joined(books.sentence(i) for i in range(first, end))], POSITIONS)
            with torch.no_grad():
                memory = model.encode(source)
                written = free(model, memory, source)
            longest = sorted(sorted(candidates, key=lambda i: -count[i])[:GAP_SENTENCES])
            sentences = only_sentences(model, memory, source, books, candidates)
            reference = text(chosen)
            summaries = {
                "lead": text(range(first, first + GAP_SENTENCES)),
                "lead of candidates": text(candidates[:GAP_SENTENCES]),
                "random": text(sorted(random.choice(candidates, GAP_SENTENCES, replace=False))),
                "longest": text(longest), "sentences": text(sentences), "free": tokenizer.decode(written),
            }
            if args.show and len(results.get("lead", [])) < 3:
                print("REFERENCE", reference, *(f"\n{n.upper()} {summaries[n]}" for n in ("free", "sentences")), "\n")
            for name, summary in summaries.items():
                scores = scorer.score(reference, summary)
                results.setdefault(name, []).append([scores[t].fmeasure for t in scores])
        print(f"{tokens} tokens, {args.passages} passages: ROUGE-1, 2, L against the principal sentences")
        for name, rows in results.items():
            mean, error = np.mean(rows, 0), np.std(rows, 0) / len(rows) ** 0.5
            print(f"  {name:20}" + "".join(f"  {100 * m:5.1f} ± {100 * e:.1f}" for m, e in zip(mean, error)))


if __name__ == "__main__":
    main()
