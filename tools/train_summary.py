"""Trains the embedded summariser, a small BART, from the embedded RoBERTa; resumable.

    python tools/train_summary.py --corpus TRAIN.txt --valid VALID.txt --encoder demo/model \
      --model demo/summary_model --state STATE [--steps 1200 2400]

Two stages, each with its own learning-rate schedule:

1. sentence permutation (Lewis et al. 2019): from the shuffled sentences of a passage, a tenth of
   the tokens masked, the passage. It teaches the decoder to find a sentence and to copy it;
2. gap sentences (Zhang et al. 2020): from a passage its principal sentences. They stay in the
   passage: so small a model could not guess them, but it can learn to find and to copy them. The
   first tokens of each sentence, which choose it, count more than the others. Their order is drawn:
   so each sentence need not be the first of the telling ones, only one of them.

MODEL receives config.json, generation_config.json and model.safetensors; the tokenizer's files are
those of ENCODER. STATE keeps encoded text, the last checkpoint and the curve (CSV).

Called again after an interruption, it goes on from the last checkpoint; with more steps, it trains a
finished model further.
"""

import argparse
import csv
import math
import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn

from summary_model import BOS, EOS, MASK, PAD, POSITIONS, Bart, save, warm_start
from summary_text import Books
from train_model import Muon

GAP_SENTENCES, SHORTEST, LONGEST = 3, 8, 40  # sentences of a summary, and how many words each has
LENGTHS = (512, 512, 1024, 1024, 2048, 4096)  # of passages, drawn evenly
TARGET = 224  # tokens of a target at most
MASKED = 0.1  # of the tokens of shuffled sentences
CHOICE, CHOICE_WEIGHT = 3, 4.0  # first tokens of a sentence, and their weight in the loss
ADAM_RATE, MUON_RATE = 1e-3, 0.01
TOKENS_PER_STEP = 4096


def pad(rows: list[np.ndarray], multiple: int) -> torch.Tensor:
    longest = max(len(row) for row in rows)
    out = np.full((len(rows), -(-longest // multiple) * multiple), PAD, np.int64)
    for i, row in enumerate(rows):
        out[i, :len(row)] = row
    return torch.from_numpy(out)


def random_passage(books: Books, tokens: int, random: np.random.Generator) -> tuple[int, int]:
    while True:
        first = int(random.integers(0, len(books.starts) - 1))
        end = books.passage(first, int(books.books[np.searchsorted(books.books, first, side="right")]), tokens)
        if books.starts[end] - books.starts[first] > tokens // 2 and end - first > GAP_SENTENCES:
            return first, end


def joined(parts) -> np.ndarray:
    return np.concatenate([[BOS], *parts, [EOS]])


def permutation(books: Books, tokens: int, random: np.random.Generator):
    """(shuffled sentences, passage)"""
    first, end = random_passage(books, tokens - 2, random)
    parts = [books.sentence(i) for i in range(first, end)]
    source = joined([parts[i] for i in random.permutation(len(parts))])
    source[(random.random(len(source)) < MASKED) & (source > MASK)] = MASK
    return source, np.concatenate([*parts, [EOS]])


def gap(books: Books, tokens: int, random: np.random.Generator):
    """(passage, its principal sentences in any order, weights of their tokens)"""
    while True:
        first, end = random_passage(books, tokens - 2, random)
        chosen = books.principal(first, end, GAP_SENTENCES, SHORTEST, LONGEST)
        if len(chosen) == GAP_SENTENCES:
            break
    parts = [books.sentence(i) for i in random.permutation(chosen)]
    weights = [np.where(np.arange(len(part)) < CHOICE, CHOICE_WEIGHT, 1.0) for part in parts]
    source = joined(books.sentence(i) for i in range(first, end))
    return source, np.concatenate([*parts, [EOS]])[:TARGET], np.concatenate([*weights, [1.0]])[:TARGET]


def batch(books: Books, stage: int, step: int):
    """The batch of a step depends on the step alone, so that a resumed run repeats nothing."""
    random = np.random.default_rng([stage, step])
    if stage == 0:
        length = (128, 256)[int(random.random() < 0.5)]
        examples = [permutation(books, length, random) for _ in range(TOKENS_PER_STEP // length)]
        shift = int(random.integers(0, POSITIONS - length + 1))
    else:
        length = LENGTHS[int(random.integers(0, len(LENGTHS)))]
        examples = [gap(books, length, random) for _ in range(2 * TOKENS_PER_STEP // length)]
        shift = 0
    return tensors(examples, 8 if length < POSITIONS else POSITIONS), shift


def tensors(examples, multiple: int):
    """Padded source and target of a batch, and the weight of each token of the target, in a row."""
    target = pad([t for _, t, *_ in examples], 8)
    weights = np.concatenate([w[0] if w else np.ones(len(t)) for _, t, *w in examples])
    return pad([s for s, *_ in examples], multiple), target, torch.from_numpy(weights).float()


def losses(model: Bart, source, target, weights, shift: int):
    """Cross-entropy of each token of the targets."""
    given = torch.cat([torch.full_like(target[:, :1], EOS), target[:, :-1]], dim=1)
    hidden = model.decode(given, model.encode(source, shift), source)
    rows = (target != PAD).reshape(-1)
    return CrossEntropy.apply(
        hidden.reshape(rows.shape[0], -1)[rows], model.model["shared"].weight, model.final_logits_bias,
        target.reshape(-1)[rows], weights / weights.sum(),
    )


class CrossEntropy(torch.autograd.Function):
    """Cross-entropy of logits hidden·Wᵀ + b, whose gradient (of the weighted mean) is worked out 256 rows
    at a time beside it: the logits of a whole batch would be written to memory and read six times."""

    @staticmethod
    def forward(ctx, hidden, weight, bias, labels, shares):
        low, w = hidden.to(torch.bfloat16), weight.to(torch.bfloat16)
        losses, gradients = [], []
        gradient_w, gradient_b = torch.zeros_like(weight), torch.zeros_like(bias)
        for rows in torch.arange(len(labels)).split(256):
            h, label = low[rows], labels[rows][:, None]
            logits = (h @ w.T).float() + bias
            log_sum = logits.logsumexp(1, keepdim=True)
            losses.append((log_sum - logits.gather(1, label))[:, 0])
            scale = shares[rows][:, None]
            share = logits.sub_(log_sum).exp_().mul_(scale)
            share.scatter_add_(1, label, -scale)
            gradient_b += share.sum(0)
            share = share.to(torch.bfloat16)
            gradients.append(share @ w)
            gradient_w += (share.T @ h).float()
        ctx.save_for_backward(torch.cat(gradients), gradient_w, gradient_b)
        return (torch.cat(losses) * shares).sum(), torch.cat(losses)

    @staticmethod
    def backward(ctx, gradient, _):
        h, w, b = ctx.saved_tensors
        return h.float() * gradient, w * gradient, b * gradient, None, None


def evaluate(model: Bart, books: Books):
    """Bits of held-out principal sentences: of their first tokens (which sentence?) and of the others
    (copied?), of passages of 512, 2,048 and 4,096 tokens."""
    answer = []
    for length in (512, 2048, 4096):
        random = np.random.default_rng(7)
        bits, weights = [], []
        for _ in range(8192 // length):
            source, target, weight = tensors([gap(books, length, random) for _ in range(2)], POSITIONS)
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                bits.append(losses(model, source, target, weight, 0)[1] / math.log(2))
            weights.append(weight)
        bits, weights = torch.cat(bits), torch.cat(weights)
        answer += [bits[weights > 1].mean().item(), bits[weights == 1].mean().item()]
    return answer


def optimizers(model: Bart):
    matrices = [p for n, p in model.named_parameters() if "layers" in n and p.ndim == 2]
    others = [p for n, p in model.named_parameters() if not ("layers" in n and p.ndim == 2)]
    return [
        Muon(matrices, lr=MUON_RATE, weight_decay=0.01, momentum=0.95, dtype=torch.bfloat16),
        torch.optim.AdamW(others, lr=ADAM_RATE, betas=(0.9, 0.98), eps=1e-8, weight_decay=0.01),
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("corpus", "valid", "encoder", "model", "state"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--steps", type=int, nargs=2, default=(1200, 2400), help="of the two stages")
    parser.add_argument("--every", type=int, default=1, help="read each Nth book only")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    args.state.mkdir(parents=True, exist_ok=True)
    tokenizer = args.encoder / "tokenizer.json"
    train = Books(args.corpus, tokenizer, args.state / "train.npz", args.every)
    valid = Books(args.valid, tokenizer, args.state / "valid.npz")
    vocabulary = Tokenizer.from_file(str(tokenizer)).get_vocab_size()
    torch.manual_seed(0)
    model = Bart(vocabulary)
    warm_start(model, args.encoder)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters", flush=True)
    state_file, curve = args.state / "state.pt", args.state / "curve.csv"
    stage = step = 0
    optimizer = optimizers(model)
    if state_file.exists():
        saved = torch.load(state_file)
        stage, step = saved["stage"], saved["step"]
        model.load_state_dict(saved["model"])
        for o, s in zip(optimizer, saved["optimizer"]):
            o.load_state_dict(s)
    if stage == 0 and step >= args.steps[0]:
        stage, step = 1, 0
    first, started, running = step, time.time(), None
    while step < args.steps[stage]:
        total = args.steps[stage]
        # A short warm-up, then full rate, then down to a tenth (stage 1) or to zero (stage 2).
        done = step / total
        factor = min(1.0, (step + 1) / 40) * min(1.0, max((1 - done) / 0.5, 0.1 if stage == 0 else 0.0))
        for o, rate in zip(optimizer, (MUON_RATE, ADAM_RATE)):
            for group in o.param_groups:
                group["lr"] = rate * factor
        (source, target, weights), shift = batch(train, stage, step)
        with torch.autocast("cpu", torch.bfloat16):
            loss, _ = losses(model, source, target, weights, shift)
        for o in optimizer:
            o.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for o in optimizer:
            o.step()
        step += 1
        bits = loss.item() / math.log(2)
        running = bits if running is None else 0.95 * running + 0.05 * bits
        if step % 10 == 0:
            print(f"stage {stage + 1} step {step}/{total}  {bits:.3f} bits (mean {running:.3f})  {(time.time() - started) / (step - first):.2f} s/step", flush=True)
        if step % 100 == 0 or step == total:
            row = evaluate(model, valid)
            print("held out, bits: 512 first %.2f others %.2f | 2048 first %.2f others %.2f | 4096 first %.2f others %.2f" % tuple(row), flush=True)
            new = not curve.exists()
            with open(curve, "a", newline="") as file:
                writer = csv.writer(file)
                if new:
                    writer.writerow(["stage", "step", "train_bits", "first_512", "copy_512", "first_2048", "copy_2048", "first_4096", "copy_4096"])
                writer.writerow([stage + 1, step, f"{running:.4f}", *(f"{x:.4f}" for x in row)])
            if step == total and stage == 0:
                stage, step, first, started, running = 1, 0, 0, time.time(), None
            temporary = state_file.with_suffix(".tmp")
            torch.save({"stage": stage, "step": step, "model": model.state_dict(), "optimizer": [o.state_dict() for o in optimizer]}, temporary)
            temporary.replace(state_file)
            save(model, args.model, vocabulary)


if __name__ == "__main__":
    main()
