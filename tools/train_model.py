"""Trains the embedded RoBERTa as a masked language model; resumable.

    python tools/train_model.py --corpus TRAIN.txt --valid VALID.txt --model FOLDER --state FOLDER \
      [--tokens 30e6]

MODEL holds the tokenizer (tools/train_tokenizer.py) and receives config.json and
model.safetensors (f16); STATE keeps encoded text, checkpoints and the curve (CSV). Training
goes through three stages, which end at the shares `--stages` of all tokens:

1. half of the layers, sequences of 128, each at a random place of the position table;
2. all layers, the upper half starting as a copy of the lower (progressive stacking,
   Gong et al. 2019), sequences of 128;
3. sequences of 512, while the learning rate falls to zero.

Called again after an interruption, it goes on from the last checkpoint. To train a finished
model further, call it with more tokens and with stages that put the tokens seen so far behind
the first: `--tokens 150e6 --stages 0.05 0.8`.
"""

import argparse
import csv
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch import nn

from train_tokenizer import documents

WIDTH, HEADS, LAYERS, FEED_FORWARD, POSITIONS, OFFSET = 256, 4, 4, 1024, 512, 2
BOS, PAD, EOS, MASK, FIRST_WORD = 0, 1, 2, 4, 5
MASK_RATE = 0.2
TOKENS_PER_STEP = 8192
WARM_UP = 0.02
ADAM_RATE, MUON_RATE = 2e-3, 0.02


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.self = nn.ModuleDict({n: nn.Linear(WIDTH, WIDTH) for n in ("query", "key", "value")})
        self.output = nn.ModuleDict({"dense": nn.Linear(WIDTH, WIDTH), "LayerNorm": nn.LayerNorm(WIDTH, eps=1e-5)})

    def forward(self, x):
        b, t, _ = x.shape
        q, k, v = (self.self[n](x).view(b, t, HEADS, -1).transpose(1, 2) for n in ("query", "key", "value"))
        y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, t, WIDTH)
        return self.output["LayerNorm"](x + self.output["dense"](y))


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = Attention()
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(WIDTH, FEED_FORWARD)})
        self.output = nn.ModuleDict({"dense": nn.Linear(FEED_FORWARD, WIDTH), "LayerNorm": nn.LayerNorm(WIDTH, eps=1e-5)})

    def forward(self, x):
        x = self.attention(x)
        y = self.output["dense"](F.gelu(self.intermediate["dense"](x)))
        return self.output["LayerNorm"](x + y)


def sinusoids(count: int, width: int) -> torch.Tensor:
    """Sines and cosines of geometrically spaced wavelengths (Vaswani et al. 2017)."""
    angles = torch.arange(count)[:, None] * 10000.0 ** (-torch.arange(0, width, 2) / width)
    return torch.stack([angles.sin(), angles.cos()], dim=2).reshape(count, width)


class Roberta(nn.Module):
    """Module names give the parameter names of a RobertaForMaskedLM checkpoint."""

    def __init__(self, vocabulary: int, layers: int):
        super().__init__()
        self.roberta = nn.ModuleDict({
            "embeddings": nn.ModuleDict({
                "word_embeddings": nn.Embedding(vocabulary, WIDTH, padding_idx=PAD),
                "position_embeddings": nn.Embedding(POSITIONS + OFFSET, WIDTH, padding_idx=PAD),
                "token_type_embeddings": nn.Embedding(1, WIDTH),
                "LayerNorm": nn.LayerNorm(WIDTH, eps=1e-5),
            }),
            "encoder": nn.ModuleDict({"layer": nn.ModuleList(Layer() for _ in range(layers))}),
        })
        self.lm_head = nn.ModuleDict({"dense": nn.Linear(WIDTH, WIDTH), "layer_norm": nn.LayerNorm(WIDTH, eps=1e-5)})
        self.lm_head.register_parameter("bias", nn.Parameter(torch.zeros(vocabulary)))
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.02)
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)
        # Learned from here on; random rows take millions of tokens to find out which are neighbours.
        table = self.roberta["embeddings"]["position_embeddings"].weight
        table.data[OFFSET:] = 0.05 * sinusoids(POSITIONS, WIDTH)

    def forward(self, ids, positions, rows):
        """Logits [rows, vocabulary] at the flattened places `rows` of ids [batch, tokens]."""
        e = self.roberta["embeddings"]
        x = e["word_embeddings"](ids) + e["position_embeddings"](positions) + e["token_type_embeddings"].weight[0]
        x = e["LayerNorm"](x)
        for layer in self.roberta["encoder"]["layer"]:
            x = layer(x)
        x = x.reshape(-1, WIDTH)[rows]
        x = self.lm_head["layer_norm"](F.gelu(self.lm_head["dense"](x)))
        return x @ e["word_embeddings"].weight.T + self.lm_head.bias


def encode(corpus: Path, tokenizer: Path, out: Path) -> np.ndarray:
    """The whole corpus as one row of ids, </s> between documents; encoded once."""
    if not out.exists():
        bpe = Tokenizer.from_file(str(tokenizer))
        parts = []
        for text in documents(corpus):
            for start in range(0, len(text), 1_000_000):
                parts.append(np.array(bpe.encode(text[start:start + 1_000_000], add_special_tokens=False).ids, np.uint16))
            parts.append(np.array([EOS], np.uint16))
        np.save(out, np.concatenate(parts))
    return np.load(out, mmap_mode="r")


def mask(ids: torch.Tensor, vocabulary: int, rate: float, generator: torch.Generator):
    """RoBERTa's dynamic masking: of the chosen tokens 80 % <mask>, 10 % random, 10 % kept.

    Chooses the same number in each row; returns masked ids, flattened rows and labels.
    """
    b, t = ids.shape
    scores = torch.rand(b, t, generator=generator)
    scores[ids < FIRST_WORD] = 2.0  # never a special token
    chosen = scores.argsort(dim=1)[:, : max(1, round(rate * t))]
    rows = (chosen + t * torch.arange(b)[:, None]).reshape(-1)
    labels = ids.reshape(-1)[rows]
    kind = torch.rand(rows.shape, generator=generator)
    random_words = torch.randint(FIRST_WORD, vocabulary, rows.shape, generator=generator)
    new = torch.where(kind < 0.8, torch.full_like(labels, MASK), torch.where(kind < 0.9, random_words, labels))
    masked = ids.reshape(-1).clone()
    masked[rows] = new
    return masked.view(b, t), rows, labels


def batch(stream: np.ndarray, step: int, length: int, vocabulary: int):
    """The batch of a step depends on the step alone, so that a resumed run repeats nothing."""
    generator = torch.Generator().manual_seed(step)
    body = length - 2
    windows = len(stream) // body - 1
    per_step = TOKENS_PER_STEP // length
    picks = torch.randint(0, windows * body, (per_step,), generator=generator)
    ids = torch.full((per_step, length), EOS, dtype=torch.long)
    ids[:, 0] = BOS
    for row, start in enumerate(picks.tolist()):
        ids[row, 1:-1] = torch.from_numpy(stream[start:start + body].astype(np.int64))
    shift = torch.randint(0, POSITIONS - length + 1, (per_step, 1), generator=generator)
    positions = OFFSET + shift + torch.arange(length)[None, :]
    return mask(ids, vocabulary, MASK_RATE, generator), positions


def evaluate(model: Roberta, stream: np.ndarray, vocabulary: int, windows: int = 48):
    """Bits per masked token and accuracy at 512 tokens, 15 % masked, always the same places."""
    generator = torch.Generator().manual_seed(0)
    starts = np.linspace(0, len(stream) - POSITIONS, windows).astype(int)
    positions = OFFSET + torch.arange(POSITIONS)[None, :]
    bits, right, count = 0.0, 0, 0
    with torch.no_grad():
        for start in starts:
            ids = torch.full((1, POSITIONS), EOS, dtype=torch.long)
            ids[0, 0] = BOS
            ids[0, 1:-1] = torch.from_numpy(stream[start:start + POSITIONS - 2].astype(np.int64))
            masked, rows, labels = mask(ids, vocabulary, 0.15, generator)
            logits = model(masked, positions, rows)
            bits += F.cross_entropy(logits, labels, reduction="sum").item() / math.log(2)
            right += (logits.argmax(-1) == labels).sum().item()
            count += len(labels)
    return bits / count, right / count


class Muon(torch.optim.Optimizer):
    """Muon (Jordan et al. 2024), in float32 unless asked: torch's own works in bfloat16, which has no
    instructions on most CPUs and took four times as long as the forward and backward pass."""

    def __init__(self, params, lr: float, weight_decay: float, momentum: float, dtype: torch.dtype | None = None):
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})
        self.dtype = dtype

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                if "velocity" not in state:
                    state["velocity"] = torch.zeros_like(p)
                state["velocity"].lerp_(p.grad, 1 - group["momentum"])
                update = orthogonal(p.grad.lerp(state["velocity"], group["momentum"]), self.dtype)
                scale = max(1.0, p.shape[0] / p.shape[1]) ** 0.5
                p.mul_(1 - group["lr"] * group["weight_decay"]).add_(update, alpha=-group["lr"] * scale)


def orthogonal(x: torch.Tensor, dtype: torch.dtype | None = None) -> torch.Tensor:
    """The nearest half-orthogonal matrix, by five steps of a quintic Newton–Schulz iteration."""
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = x.shape[0] > x.shape[1]
    x = ((x.T if tall else x) / (x.norm() + 1e-7)).to(x.dtype if dtype is None else dtype)
    for _ in range(5):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x


def optimizers(model: Roberta):
    """Muon for the matrices of the layers, AdamW for everything else."""
    matrices = [p for n, p in model.named_parameters() if "encoder" in n and p.ndim == 2]
    others = [p for n, p in model.named_parameters() if not ("encoder" in n and p.ndim == 2)]
    return [
        Muon(matrices, lr=MUON_RATE, weight_decay=0.01, momentum=0.95),
        torch.optim.AdamW(others, lr=ADAM_RATE, betas=(0.9, 0.98), eps=1e-8, weight_decay=0.01),
    ]


def grow(model: Roberta, vocabulary: int) -> Roberta:
    """A model of twice the layers: layer i and layer i + n start from layer i."""
    grown = Roberta(vocabulary, LAYERS)
    state, half = model.state_dict(), LAYERS // 2
    prefix = "roberta.encoder.layer."
    for name in list(state):
        if name.startswith(prefix):
            index, rest = name[len(prefix):].split(".", 1)
            state[f"{prefix}{int(index) + half}.{rest}"] = state[name].clone()
    grown.load_state_dict(state)
    return grown


def save_checkpoint(model: Roberta, folder: Path, vocabulary: int) -> None:
    """config.json and model.safetensors in f16, as transformers writes them."""
    tensors = {name: value.detach().to(torch.float16).contiguous() for name, value in model.state_dict().items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    config = {
        "architectures": ["RobertaForMaskedLM"], "model_type": "roberta", "vocab_size": vocabulary,
        "hidden_size": WIDTH, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS,
        "intermediate_size": FEED_FORWARD, "hidden_act": "gelu", "max_position_embeddings": POSITIONS + OFFSET,
        "type_vocab_size": 1, "layer_norm_eps": 1e-5, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
        "initializer_range": 0.02, "bos_token_id": BOS, "pad_token_id": PAD, "eos_token_id": EOS,
        "position_embedding_type": "absolute", "torch_dtype": "float16",
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--valid", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--tokens", type=float, default=30e6)
    parser.add_argument("--stages", type=float, nargs=2, default=(0.35, 0.80), help="where the first two end, as shares of all tokens")
    parser.add_argument("--stop-after", type=int, default=None, help="steps of this call, for timing")
    args = parser.parse_args()
    args.state.mkdir(parents=True, exist_ok=True)
    tokenizer = args.model / "tokenizer.json"
    vocabulary = Tokenizer.from_file(str(tokenizer)).get_vocab_size()
    train = encode(args.corpus, tokenizer, args.state / "train.npy")
    valid = encode(args.valid, tokenizer, args.state / "valid.npy")
    total = round(args.tokens / TOKENS_PER_STEP)
    ends = [round(total * share) for share in (*args.stages, 1.0)]
    print(f"{len(train):,} training tokens, {len(valid):,} for validation; {total:,} steps", flush=True)

    torch.manual_seed(0)
    state_file, curve = args.state / "state.pt", args.state / "curve.csv"
    step = 0
    model = Roberta(vocabulary, LAYERS // 2)
    optimizer = optimizers(model)
    if state_file.exists():
        saved = torch.load(state_file)
        step = saved["step"]
        if step > ends[0]:
            model = Roberta(vocabulary, LAYERS)
            optimizer = optimizers(model)
        model.load_state_dict(saved["model"])
        for o, s in zip(optimizer, saved["optimizer"]):
            o.load_state_dict(s)
    first, started, running = step, time.time(), None
    while step < total and not (args.stop_after and step - first >= args.stop_after):
        if step == ends[0]:
            model = grow(model, vocabulary)
            optimizer = optimizers(model)
        length = 128 if step < ends[1] else POSITIONS
        decay = 1.0 if step < ends[1] else (total - step) / (total - ends[1])
        rewarm = min(1.0, (step + 1 - (ends[0] if step >= ends[0] else 0)) / (WARM_UP * total))
        for o, rate in zip(optimizer, (MUON_RATE, ADAM_RATE)):
            for group in o.param_groups:
                group["lr"] = rate * rewarm * decay
        (ids, rows, labels), positions = batch(train, step, length, vocabulary)
        loss = F.cross_entropy(model(ids, positions, rows), labels)
        for o in optimizer:
            o.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for o in optimizer:
            o.step()
        step += 1
        bits = loss.item() / math.log(2)
        running = bits if running is None else 0.98 * running + 0.02 * bits
        if step % 20 == 0:
            speed = (step - first) * TOKENS_PER_STEP / (time.time() - started)
            print(f"step {step:,}/{total:,}  {bits:.3f} bits (mean {running:.3f})  {speed:,.0f} tokens/s", flush=True)
        if step % 200 == 0 or step == total:
            valid_bits, accuracy = evaluate(model, valid, vocabulary)
            new = not curve.exists()
            with open(curve, "a", newline="") as file:
                writer = csv.writer(file)
                if new:
                    writer.writerow(["step", "tokens", "train_bits", "valid_bits", "valid_accuracy"])
                writer.writerow([step, step * TOKENS_PER_STEP, f"{running:.4f}", f"{valid_bits:.4f}", f"{accuracy:.4f}"])
            print(f"step {step:,}  valid {valid_bits:.3f} bits  accuracy {accuracy:.3f}", flush=True)
            temporary = state_file.with_suffix(".tmp")
            torch.save({"step": step, "model": model.state_dict(), "optimizer": [o.state_dict() for o in optimizer]}, temporary)
            temporary.replace(state_file)
            if step >= ends[0] + 1:
                save_checkpoint(model, args.model, vocabulary)


if __name__ == "__main__":
    main()
