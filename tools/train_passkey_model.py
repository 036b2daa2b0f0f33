"""Trains the embedded rotary model of demo/passkey_model; resumable.

    python tools/train_passkey_model.py --corpus TRAIN.txt.xz --model FOLDER --state FOLDER [--steps 700]

A llama of 256 positions reads two kinds of rows: texts with a pass key, a question for it and the
answer (bench/passkey/prompts.ts writes the texts that are tested), and, half as many tokens, windows
of books. Lengths grow from 64 to 256 tokens; nothing longer is ever seen. The loss is the mean of
each kind plus twice that of the answers alone. CORPUS is the text of tools/train_tokenizer.py,
compressed by xz. STATE keeps the encoded books and a checkpoint; MODEL receives tokenizer.json,
config.json, tokenizer_config.json and model.safetensors (f16).
"""

import argparse
import json
import lzma
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from torch import nn

from train_model import Muon

WIDTH, HEADS, LAYERS, FEED_FORWARD, POSITIONS, THETA, EPS = 96, 4, 4, 256, 256, 10000.0, 1e-6
VOCABULARY, BOS, EOS = 1024, 0, 1
KEYS_PER_STEP, BOOKS_PER_STEP = 4096, 2048
BOOK_CHARACTERS = 12_000_000
DIGITS = 5
TASK = (
    "There is an important info hidden inside a lot of irrelevant text. Find it and memorize it. "
    "I will quiz you about the important information there."
)
FILLER = (
    "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again."
)
NEEDLE = "The pass key is {key}. Remember it. {key} is the pass key."
QUESTION = "What is the pass key? The pass key is "


def passkey_text(key: str, before: int, after: int, with_task: bool) -> str:
    lines = [TASK] * with_task + [FILLER] * before + [NEEDLE.format(key=key)] + [FILLER] * after
    return "\n".join([*lines, QUESTION])


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(self, name, nn.Linear(WIDTH, WIDTH, bias=False))

    def forward(self, x, place, self_extend):
        b, t, _ = x.shape
        split = lambda y: y.view(b, t, HEADS, -1).transpose(1, 2)
        q, k, v = split(self.q_proj(x)), split(self.k_proj(x)), split(self.v_proj(x))
        positions = torch.arange(t)
        if self_extend is None:
            y = F.scaled_dot_product_attention(place(q, positions), place(k, positions), v, is_causal=True)
        else:
            group, window = self_extend
            far_q, far_k = positions // group + window - window // group, positions // group
            near = place(q, positions) @ place(k, positions).transpose(2, 3)
            far = place(q, far_q) @ place(k, far_k).transpose(2, 3)
            distance = positions[:, None] - positions[None, :]
            scores = torch.where(distance < window, near, far) / math.sqrt(WIDTH // HEADS)
            y = scores.masked_fill(distance < 0, -math.inf).softmax(-1) @ v
        return self.o_proj(y.transpose(1, 2).reshape(b, t, WIDTH))


class Feed(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate_proj = nn.Linear(WIDTH, FEED_FORWARD, bias=False)
        self.up_proj = nn.Linear(WIDTH, FEED_FORWARD, bias=False)
        self.down_proj = nn.Linear(FEED_FORWARD, WIDTH, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_layernorm, self.post_attention_layernorm = (nn.RMSNorm(WIDTH, eps=EPS) for _ in range(2))
        self.self_attn, self.mlp = Attention(), Feed()

    def forward(self, x, place, self_extend):
        x = x + self.self_attn(self.input_layernorm(x), place, self_extend)
        return x + self.mlp(self.post_attention_layernorm(x))


class Llama(nn.Module):
    """Module names give the parameter names of a LlamaForCausalLM checkpoint with tied embeddings."""

    def __init__(self):
        super().__init__()
        self.model = nn.ModuleDict({
            "embed_tokens": nn.Embedding(VOCABULARY, WIDTH),
            "layers": nn.ModuleList(Layer() for _ in range(LAYERS)),
            "norm": nn.RMSNorm(WIDTH, eps=EPS),
        })
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.02)

    def forward(self, ids, linear=1.0, self_extend=None):
        """Logits [batch, tokens, vocabulary]."""
        half = WIDTH // HEADS // 2
        frequencies = THETA ** (-torch.arange(half) / half) / linear

        def place(x, positions):
            angles = positions[:, None] * frequencies
            cos, sin = angles.cos(), angles.sin()
            first, second = x[..., :half], x[..., half:]
            return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)

        x = self.model["embed_tokens"](ids)
        for layer in self.model["layers"]:
            x = layer(x, place, self_extend)
        return self.model["norm"](x) @ self.model["embed_tokens"].weight.T


def read_books(corpus: Path) -> str:
    """The start of each book, so that many authors are in it."""
    with lzma.open(corpus, "rt", encoding="utf-8") as file:
        books = ("\n" + file.read()).split("\n<|document|> ")[1:]
    share = BOOK_CHARACTERS // len(books)
    return "\n".join(book.partition("\n")[2][2000 : 2000 + share] for book in books)


def train_tokenizer(books: str) -> Tokenizer:
    """BPE of bytes, each digit a token; pass key texts are frequent enough to be whole words."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=["<s>", "</s>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    texts = [books[i : i + 100_000] for i in range(0, 4_000_000, 100_000)]
    tokenizer.train_from_iterator(texts + [passkey_text("", 1, 1, True)] * 4000, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", BOS)])
    return tokenizer


class Texts:
    """Batches; that of a step depends on the step alone, so that a resumed run repeats nothing."""

    def __init__(self, tokenizer: Tokenizer, books: np.ndarray):
        self.books = books
        self.encode = lambda text: tokenizer.encode(text, add_special_tokens=False).ids
        self.end_of_line = self.encode("\n")
        self.sentences = [self.encode(" " + part + ".") for part in FILLER[:-1].split(". ")]
        text = passkey_text("01234", 2, 1, True)
        lines = self.encode(FILLER) + self.end_of_line
        parts = [[BOS], self.encode(TASK), self.end_of_line, lines * 2, self.needle("01234"), lines, self.encode(QUESTION)]
        assert sum(parts, []) == tokenizer.encode(text).ids
        self.tokenizer = tokenizer

    def needle(self, key: str) -> list[int]:
        return self.encode(NEEDLE.format(key=key)) + self.end_of_line

    def filler(self, kind: float, tokens: int, generator: np.random.Generator) -> list[int]:
        """So many tokens of the lines, of their sentences in any order, or of a book, cut at the start."""
        if kind < 0.25:
            start = int(generator.integers(0, len(self.books) - tokens - 1))
            ids = self.books[start : start + tokens].tolist()
        elif kind < 0.6:
            ids = (self.encode(FILLER) + self.end_of_line) * (1 + tokens // 20)
        else:
            drawn = generator.integers(0, len(self.sentences), 1 + tokens // 4)
            ends = generator.random(len(drawn)) < 0.2
            ids = sum((self.sentences[i] + self.end_of_line * bool(end) for i, end in zip(drawn, ends)), [])
        while ids[-1:] == self.end_of_line:
            ids = ids[:-1]
        return (self.end_of_line * tokens + ids + self.end_of_line)[-tokens:] if tokens > 0 else []

    def trained_row(self, tokens: int, generator: np.random.Generator) -> list[int]:
        """A key anywhere in exactly so many tokens: a model that sees few distances learns those alone."""
        key = "".join(map(str, generator.integers(0, 10, DIGITS)))
        ends = [self.needle(key), self.encode(QUESTION) + self.encode(key)]
        start = [BOS]
        if generator.random() < 0.7:
            start += self.encode(TASK) + self.end_of_line
        free = tokens - len(start) - sum(map(len, ends))
        if free < 0:
            start, free = [BOS], tokens - 1 - sum(map(len, ends))
        before = int(generator.integers(0, free + 1))
        kind = generator.random()
        return [*start, *self.filler(kind, before, generator), *ends[0],
                *self.filler(kind, free - before, generator), *ends[1]]

    def batch(self, step: int, longest: int):
        generator = np.random.default_rng(step)
        # Half of the batches have the greatest length.
        tokens = longest if generator.random() < 0.5 else int(generator.integers(56, longest + 1))
        keys = torch.tensor([self.trained_row(tokens, generator) for _ in range(KEYS_PER_STEP // longest)])
        count = BOOKS_PER_STEP // longest
        starts = generator.integers(0, len(self.books) - longest, count)
        books = np.stack([self.books[start : start + longest] for start in starts]).astype(np.int64)
        books[:, 0] = BOS
        return keys, torch.from_numpy(books)

    def tested(self, count: int, tokens: int, generator: np.random.Generator):
        """Prompts of whole lines with answers, as they are tested, each key at a depth of its own."""
        size = lambda lines: len(self.tokenizer.encode(passkey_text("0" * DIGITS, 0, lines, True)).ids) + DIGITS
        lines = (tokens - size(0)) // (size(1) - size(0))
        rows = []
        for _ in range(count):
            key = "".join(map(str, generator.integers(0, 10, DIGITS)))
            before = int(generator.integers(0, lines + 1))
            rows.append(self.tokenizer.encode(passkey_text(key, before, lines - before, True)).ids + self.encode(key))
        return torch.tensor(rows)


def entropy(logits, ids):
    return F.cross_entropy(logits.flatten(0, 1), ids.flatten())


def exact(model: Llama, texts: Texts, tokens: int, count: int, **options) -> float:
    """Share of keys whose digits are all the likeliest, given the digits before."""
    ids = texts.tested(count, tokens, np.random.default_rng(tokens))
    with torch.no_grad():
        found = torch.cat([
            model(row[None, :-1], **options)[0, -DIGITS:].argmax(-1)[None] for row in ids])
    return (found == ids[:, -DIGITS:]).all(1).float().mean().item()


def evaluate(model: Llama, texts: Texts, count: int) -> str:
    parts = [f"256: {exact(model, texts, 256, count):.2f}"]
    for tokens, shapes in ((512, [(4, 32), (6, 64)]), (1024, [(9, 32), (11, 64)])):
        found = [f"plain {exact(model, texts, tokens, count):.2f}"]
        found += [f"{g}/{w} {exact(model, texts, tokens, count, self_extend=(g, w)):.2f}" for g, w in shapes]
        parts.append(f"{tokens}: {', '.join(found)}")
    return "; ".join(parts)


def save_model(model: Llama, folder: Path) -> None:
    """config.json and model.safetensors in f16, as transformers writes them."""
    tensors = {name: value.detach().to(torch.float16).contiguous() for name, value in model.state_dict().items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    config = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": VOCABULARY,
        "hidden_size": WIDTH, "intermediate_size": FEED_FORWARD, "num_hidden_layers": LAYERS,
        "num_attention_heads": HEADS, "num_key_value_heads": HEADS, "hidden_act": "silu",
        "max_position_embeddings": POSITIONS, "rms_norm_eps": EPS, "rope_theta": THETA, "rope_scaling": None,
        "attention_bias": False, "tie_word_embeddings": True, "bos_token_id": BOS, "eos_token_id": EOS,
        "torch_dtype": "float16",
    }
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>",
        "model_max_length": POSITIONS, "clean_up_tokenization_spaces": False,
    }, indent=2) + "\n")


def optimizers(model: Llama, rates):
    is_matrix = lambda name, p: "layers" in name and p.ndim == 2
    matrices = [p for n, p in model.named_parameters() if is_matrix(n, p)]
    others = [p for n, p in model.named_parameters() if not is_matrix(n, p)]
    return [
        Muon(matrices, lr=rates[0], weight_decay=0.01, momentum=0.95),
        torch.optim.AdamW(others, lr=rates[1], betas=(0.9, 0.98), eps=1e-8, weight_decay=0.01),
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=700)
    parser.add_argument("--rates", type=float, nargs=2, default=(0.02, 3e-3), help="of Muon, of AdamW")
    args = parser.parse_args()
    torch.set_num_threads(1)
    for folder in (args.state, args.model):
        folder.mkdir(parents=True, exist_ok=True)
    encoded, vocabulary = args.state / "books.npy", args.model / "tokenizer.json"
    if not (encoded.exists() and vocabulary.exists()):
        books = read_books(args.corpus)
        tokenizer = train_tokenizer(books)
        tokenizer.save(str(vocabulary), pretty=False)
        parts = [books[i : i + 1_000_000] for i in range(0, len(books), 1_000_000)]
        ids = [tokenizer.encode(part, add_special_tokens=False).ids for part in parts]
        np.save(encoded, np.concatenate([np.array(each, np.uint16) for each in ids]))
    texts = Texts(Tokenizer.from_file(str(vocabulary)), np.load(encoded))
    print(f"{len(texts.books):,} tokens of books", flush=True)

    torch.manual_seed(0)
    model = Llama()
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters", flush=True)
    optimizer = optimizers(model, args.rates)
    state_file = args.state / "state.pt"
    step = 0
    if state_file.exists():
        saved = torch.load(state_file)
        step = saved["step"]
        model.load_state_dict(saved["model"])
        for each, state in zip(optimizer, saved["optimizer"]):
            each.load_state_dict(state)
    started, first = time.process_time(), step
    means = None
    while step < args.steps:
        share = step / args.steps
        longest = POSITIONS if share > 0.4 else 64 + 16 * int((POSITIONS - 64) / 16 * share / 0.4)
        rate = min(1.0, (step + 1) / 50, (args.steps - step) / (0.4 * args.steps))
        for each, most in zip(optimizer, args.rates):
            for group in each.param_groups:
                group["lr"] = most * rate
        keys, books = texts.batch(step, longest)
        logits = model(keys[:, :-1])
        answer = entropy(logits[:, -DIGITS:], keys[:, -DIGITS:])
        of_books = entropy(model(books[:, :-1]), books[:, 1:])
        loss = entropy(logits, keys[:, 1:]) + 2 * answer + of_books
        for each in optimizer:
            each.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for each in optimizer:
            each.step()
        step += 1
        bits = np.array([answer.item(), of_books.item()]) / math.log(2)
        means = bits if means is None else 0.95 * means + 0.05 * bits
        if step % 20 == 0:
            print(f"step {step:,}/{args.steps:,}  {longest:3} tokens  answer {means[0]:.3f}  books {means[1]:.3f} bits  "
                  f"{(time.process_time() - started) / (step - first):.2f} s", flush=True)
        if step % 100 == 0 or step == args.steps:
            print(f"step {step:,}  {evaluate(model, texts, 20)}", flush=True)
            temporary = state_file.with_suffix(".tmp")
            torch.save({"step": step, "model": model.state_dict(), "optimizer": [each.state_dict() for each in optimizer]}, temporary)
            temporary.replace(state_file)
            save_model(model, args.model)


if __name__ == "__main__":
    main()
