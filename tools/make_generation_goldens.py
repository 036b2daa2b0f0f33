"""Makes tests/golden/generation/random.json: what transformers' generate() makes of random settings.

    python tools/make_generation_goldens.py [--count 360] [--seed 0] [--out FILE]

Needs transformers 4.36.2 (requirements-golden.txt). The models are tables: the logits of the next id
are hashes of the row's last two ids and of the encoder's ids, so that tests can compute them exactly.
Cases in which a logit more or less in the sixth place changes the result are left out, and so are
those in which transformers 4.36.2 does otherwise than we do for reasons of its own: candidates of
probability 0. Two faults of it are mended here: encoder_repetition_penalty reaches all rows, not only
the first of a batch, and an end that is banned stays banned under an exponential decay (not NaN).
"""

import argparse
import json
import logging
import random
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

torch.float = torch.float64  # group_beam_search asks for torch.float; here all is float64
from transformers import GenerationConfig, PretrainedConfig, PreTrainedModel
from transformers.generation import GenerationMixin, logits_process
from transformers.modeling_outputs import BaseModelOutput, CausalLMOutput, Seq2SeqLMOutput

WORD = 0xFFFFFFFF
ROOT = Path(__file__).parent.parent


class Skip(Exception):
    pass


def mend(kind, change):
    """Replaces the call of a processor by one that gets the old call."""
    call = kind.__call__
    kind.__call__ = lambda self, ids, scores: change(call, self, ids, scores)


def penalize_all_rows(call, self, ids, scores):
    given = self.encoder_input_ids
    self.encoder_input_ids = given.repeat_interleave(len(scores) // len(given), 0)
    scores = call(self, ids, scores)
    self.encoder_input_ids = given
    return scores


def keep_bans(call, self, ids, scores):
    banned = scores == -torch.inf
    return call(self, ids, scores).masked_fill(banned, -torch.inf)


mend(logits_process.EncoderRepetitionPenaltyLogitsProcessor, penalize_all_rows)
mend(logits_process.ExponentialDecayLengthPenalty, keep_bans)


def mix(state, word):
    """One round of a hash of 32-bit words; word may be an array."""
    state = (state ^ np.uint64(word)) * np.uint64(0x9E3779B1) & np.uint64(WORD)
    state ^= state >> np.uint64(15)
    state = state * np.uint64(0x85EBCA77) & np.uint64(WORD)
    return state ^ (state >> np.uint64(13))


def hash_ids(seed, ids):
    state = np.uint64(seed)
    for word in ids:
        state = mix(state, word)
    return state


def table_row(table, context, last):
    """The logits after the last two ids (the vocabulary's size where there are fewer)."""
    size = table["vocabulary"]
    last = [size] * (2 - len(last)) + list(last)[-2:]
    state = mix(mix(np.uint64(context), last[0]), last[1])
    words = mix(state, np.arange(size, dtype=np.uint64))
    uniform = ((words >> np.uint64(8)).astype(np.float64) + 0.5) * 2.0**-24
    row = table["scale"] * uniform
    for end in table["ends"]:
        row[end] += table["bias"]
    return row.astype(np.float32).astype(np.float64)


class TableConfig(PretrainedConfig):
    model_type = "table"


class TableModel(PreTrainedModel, GenerationMixin):
    config_class = TableConfig
    main_input_name = "input_ids"

    def __init__(self, config, table, noise):
        super().__init__(config)
        self.table, self.noise = table, noise
        self.weight = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))

    def logits(self, contexts, rows):
        found = [table_row(self.table, context, ids) for context, ids in zip(contexts, rows)]
        logits = torch.tensor(np.stack(found))
        if self.noise is not None:
            logits += 3e-6 * (2 * torch.rand(logits.shape, generator=self.noise, dtype=torch.float64) - 1)
        return logits[:, None]


class Causal(TableModel):
    def prepare_inputs_for_generation(self, input_ids, attention_mask=None, **_):
        return {"input_ids": input_ids, "attention_mask": attention_mask}

    def forward(self, input_ids, attention_mask=None, **_):
        seeds = [self.table["seed"]] * len(input_ids)
        return CausalLMOutput(logits=self.logits(seeds, input_ids.tolist()))


class Encoder(torch.nn.Module):
    main_input_name = "input_ids"

    def __init__(self, table):
        super().__init__()
        self.table = table

    def forward(self, input_ids, attention_mask=None, **_):
        found = [
            float(hash_ids(self.table["seed"], [i for i, m in zip(ids, mask) if m]))
            for ids, mask in zip(input_ids.tolist(), attention_mask.tolist())
        ]
        return BaseModelOutput(torch.tensor(found, dtype=torch.float64)[:, None, None])


class Seq2Seq(TableModel):
    def __init__(self, config, table, noise):
        super().__init__(config, table, noise)
        self.encoder = Encoder(table)

    def get_encoder(self):
        return self.encoder

    def prepare_inputs_for_generation(self, decoder_input_ids, encoder_outputs=None, **_):
        return {"decoder_input_ids": decoder_input_ids, "encoder_outputs": encoder_outputs}

    def forward(self, decoder_input_ids=None, encoder_outputs=None, input_ids=None, attention_mask=None, **_):
        contexts = [int(x) for x in encoder_outputs.last_hidden_state[:, 0, 0].tolist()]
        return Seq2SeqLMOutput(logits=self.logits(contexts, decoder_input_ids.tolist()))


class Random:
    """xoshiro128** as in tensor/random.ts."""

    def __init__(self, seed):
        self.s, state = [], seed & WORD
        for _ in range(4):
            state = (state + 0x9E3779B9) & WORD
            z = state
            z = ((z ^ (z >> 16)) * 0x85EBCA6B) & WORD
            z = ((z ^ (z >> 13)) * 0xC2B2AE35) & WORD
            self.s.append(z ^ (z >> 16))

    def uniform(self):
        s = self.s
        rotate = lambda x, by: ((x << by) | (x >> (32 - by))) & WORD
        result = (rotate((s[1] * 5) & WORD, 7) * 9) & WORD
        shifted = (s[1] << 9) & WORD
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = rotate(s[3], 11)
        return ((result >> 8) + 0.5) * 2.0**-24


class Draws:
    """Stands in for torch.multinomial: one generator a row."""

    def __init__(self, seed):
        self.seed, self.rows = seed, None

    def __call__(self, shares, num_samples):
        if self.rows is None:
            self.rows = [Random(self.seed + r) for r in range(len(shares))]
        drawn = []
        for row, generator in zip(shares.double().numpy().copy(), self.rows):
            found = []
            for _ in range(num_samples):
                total = row.cumsum()
                place = int(np.searchsorted(total, generator.uniform() * total[-1], side="right"))
                if total[-1] <= 0 or row[place] <= 0:
                    raise Skip("no mass left")
                found.append(place)
                row[place] = 0
            drawn.append(found)
        return torch.tensor(drawn)


def checked_topk(values, k, **options):
    found = real_topk(values, k, **options)
    if values.dim() == 2 and k > 1 and torch.isinf(found[0]).any() and checked_topk.is_search:
        raise Skip("a candidate of probability 0")
    return found


real_topk = torch.topk
torch.topk = checked_topk


def draw_settings(draw: random.Random, table, is_seq2seq):
    size, ends = table["vocabulary"], table["ends"]
    maybe = lambda share: draw.random() < share
    word = lambda n: [draw.randrange(3, size) for _ in range(n)]
    mode = draw.choice(["greedy", "beams", "beams", "groups", "sample", "sample", "beam sample"])
    s = {"eos_token_id": ends if len(ends) > 1 else ends[0], "pad_token_id": 0}
    if is_seq2seq:
        s["decoder_start_token_id"] = draw.choice([1, 1, ends[0]])
    if maybe(0.5):
        s["max_length"] = draw.randint(8, 24)
    else:
        s["max_new_tokens"] = draw.randint(1, 20)
    if mode in ("beams", "groups", "beam sample"):
        s["num_beams"] = draw.randint(2, 5)
        if maybe(0.6):
            s["length_penalty"] = draw.choice([0.0, 0.5, 2.0, -1.0, 1.3, 0.1, -0.4])
        if maybe(0.6):
            s["early_stopping"] = draw.choice([True, "never", False])
        if maybe(0.5):
            s["num_return_sequences"] = draw.randint(1, s["num_beams"])
    if mode == "groups":
        s["num_beam_groups"] = draw.randint(2, 3)
        s["num_beams"] = s["num_beam_groups"] * draw.randint(1, 3)
        s["diversity_penalty"] = draw.choice([0.3, 1.0, 2.5])
        if "num_return_sequences" in s:
            s["num_return_sequences"] = draw.randint(1, s["num_beams"])
    if mode in ("sample", "beam sample"):
        s["do_sample"] = True
        s["seed"] = draw.randrange(2**32)
        for name, values in {
            "temperature": [0.5, 0.8, 1.5, 2.5],
            "top_k": [0, 3, 5, 12],
            "top_p": [0.9, 0.6, 0.3, 0.95],
            "typical_p": [0.9, 0.5, 0.2],
            "epsilon_cutoff": [0.01, 0.05, 0.2],
            "eta_cutoff": [0.01, 0.05, 0.3],
        }.items():
            if maybe(0.35):
                s[name] = draw.choice(values)
        if mode == "sample" and maybe(0.4):
            s["num_return_sequences"] = draw.randint(2, 3)
    rules = {
        # One, two and three ids: no word twice, which Python's dict would drop.
        "sequence_bias": lambda: [[word(n), draw.choice([-3.0, 2.0, 4.5])] for n in (1, 2, 3)],
        "repetition_penalty": lambda: draw.choice([0.7, 1.2, 1.8]),
        "no_repeat_ngram_size": lambda: draw.choice([1, 2, 2, 3, 4]),
        "bad_words_ids": lambda: [word(draw.randint(1, 2)) for _ in range(4)] + [[ends[-1]]],
        "min_length": lambda: draw.randint(2, 10),
        "min_new_tokens": lambda: draw.randint(1, 8),
        "forced_bos_token_id": lambda: draw.randrange(3, size),
        "forced_eos_token_id": lambda: draw.choice([ends, ends[0], draw.randrange(3, size)]),
        "suppress_tokens": lambda: word(4),
        "begin_suppress_tokens": lambda: word(4) + [ends[0]],
        "forced_decoder_ids": lambda: [[n, draw.randrange(3, size)] for n in sorted(draw.sample(range(1, 6), 2))],
        "renormalize_logits": lambda: True,
        "exponential_decay_length_penalty": lambda: [draw.randint(0, 6), draw.choice([1.1, 1.4, 0.8])],
    }
    if is_seq2seq:
        rules["encoder_repetition_penalty"] = lambda: draw.choice([0.6, 1.4, 2.0])
        rules["encoder_no_repeat_ngram_size"] = lambda: draw.choice([1, 2, 3])
    for name, value in rules.items():
        if maybe(0.16):
            s[name] = value()
    return s


def draw_case(draw: random.Random):
    is_seq2seq = draw.random() < 0.7
    size = draw.randint(24, 60)
    table = {
        "seed": draw.randrange(2**32),
        "vocabulary": size,
        "scale": draw.choice([3.0, 6.0, 10.0]),
        "ends": draw.choice([[2], [2], [2], [2, 5], [7, 2, 4]]),
        "bias": draw.choice([-2.0, 0.0, 1.0, 3.0]),
    }
    settings = draw_settings(draw, table, is_seq2seq)
    batch = draw.randint(1, 3) if is_seq2seq else 1
    width = draw.randint(1, 9)
    case = {"table": table, "settings": settings}
    ids = lambda rows, n: [[draw.randrange(3, size) for _ in range(n)] for _ in range(rows)]
    case["input_ids"] = ids(batch, width)
    if is_seq2seq and draw.random() < 0.3:
        case["decoder_input_ids"] = ids(batch, draw.randint(1, 4))
    case["is_encoder_decoder"] = is_seq2seq
    start = width if not is_seq2seq else 1 + len(case.get("decoder_input_ids", [[]])[0])
    if "max_length" in settings and settings["max_length"] <= start:
        settings["max_length"] = start + 5
    return case


def answer(case, noise):
    table, settings = case["table"], dict(case["settings"])
    seed = settings.pop("seed", None)
    if "sequence_bias" in settings:
        settings["sequence_bias"] = {tuple(words): float(bias) for words, bias in settings["sequence_bias"]}
    if "exponential_decay_length_penalty" in settings:
        settings["exponential_decay_length_penalty"] = tuple(settings["exponential_decay_length_penalty"])
    is_seq2seq = case["is_encoder_decoder"]
    config = TableConfig(is_encoder_decoder=is_seq2seq, vocab_size=table["vocabulary"])
    generator = None if noise is None else torch.Generator().manual_seed(noise)
    model = (Seq2Seq if is_seq2seq else Causal)(config, table, generator)
    torch.multinomial = Draws(seed)
    checked_topk.is_search = settings.get("num_beams", 1) > 1 and not settings.get("do_sample")
    inputs = {"input_ids": torch.tensor(case["input_ids"])}
    inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
    if "decoder_input_ids" in case:
        inputs["decoder_input_ids"] = torch.tensor(case["decoder_input_ids"])
    found = model.generate(
        **inputs,
        generation_config=GenerationConfig(**settings, return_dict_in_generate=True, output_scores=True),
    )
    scores = found.get("sequences_scores")
    for step in found.scores:
        if torch.isnan(step).any():
            raise Skip("NaN")
        if torch.isinf(step).all(-1).any():
            raise Skip("no id is possible")
    return found.sequences.tolist(), None if scores is None else [round(x, 5) for x in scores.tolist()]


def make_case(draw):
    case = draw_case(draw)
    try:
        sequences, scores = answer(case, None)
        if any(answer(case, noise)[0] != sequences for noise in (1, 2, 3)):
            return None, "near a tie"
    except Skip as reason:
        return None, str(reason)
    except (RuntimeError, ValueError, IndexError, KeyError) as error:
        return None, f"{type(error).__name__}: {str(error)[:60]}"
    case["sequences"] = sequences
    if scores is not None:
        case["sequences_scores"] = scores
    return case, "kept"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=360)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", default=ROOT / "tests/golden/generation/random.json")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    draw = random.Random(arguments.seed)
    cases, reasons = [], {}
    while len(cases) < arguments.count:
        case, reason = make_case(draw)
        reasons[reason] = reasons.get(reason, 0) + 1
        if case:
            cases.append(case)
    for reason, times in sorted(reasons.items(), key=lambda item: -item[1]):
        print(times, reason)
    golden = {
        "transformers": version("transformers"),
        "torch": version("torch"),
        "seed": arguments.seed,
        "cases": cases,
    }
    Path(arguments.out).parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    golden["cases"] = []
    text = json.dumps(golden)[: -len("[]}")] + "[\n" + lines + "\n]}\n"
    Path(arguments.out).write_text(text)


if __name__ == "__main__":
    main()
