"""What `generate` of transformers returns for the models of tests/golden/seq2seq."""

import contextlib
import json
import sys
import warnings
from importlib.metadata import version
from unittest.mock import patch

import numpy as np
import torch
from safetensors.torch import load_file
from transformers.generation.beam_search import BeamHypotheses, BeamSearchScorer

from .files import ROOT, SEED, random
from .generation_settings import MODES, Drawer, draw_settings
from .inputs import draw_mask
from .models import NearTie
from .packages import float64
from .seq2seq import draw_globals, is_bos_pooling, watch
from .seq2seq_checkpoint import SIZES
from .seq2seq_checkpoints import CHECKPOINTS
from .uniforms import Uniforms, draw

# Sums that are closer may fall either way in float32.
CLEAR = 1e-5
# The same ids must come out where all logits are changed at random by up to this.
NOISE, REPEATS = 5e-5, 3
# Sums of beams that have not begun (-1e9) and of what is banned.
NOT_BEGUN = -1e6

NOTE = (
    "Ids of generate in float64. Left out: what differs by less than 1e-5, and what generation.md "
    "9 names as wrong in the package. With do_sample, torch.multinomial is replaced by the draw of "
    "generation.md 5 and 6.2. sequence_bias is a list of pairs here."
)
# Tokens, batch, mask, ids of the decoder before the first generated one
INPUTS = [
    (21, 1, "full", 1),
    (33, 2, "padded", 1),
    (13, 3, "padded", 1),
    (24, 2, "full", 1),
    (27, 2, None, 1),
    (30, 2, "padded", 3),
]


class Unsuited(Exception):
    """A run that no golden may be made of: a near tie, or a known fault of the package."""


def generation():
    for checkpoint in CHECKPOINTS:
        if checkpoint.head == "ForConditionalGeneration" and checkpoint.name != "bart_lsg_lsh":
            write(checkpoint)


def write(checkpoint):
    model = load(checkpoint)
    inputs = [draw_input(checkpoint, model, i) for i in range(len(INPUTS))]
    runs, attempt, rejected = [], 0, 0
    is_main = checkpoint.name.removesuffix("_windows").split("_lsg_")[-1] in (
        "bart", "mbart", "barthez", "pegasus", "led", "none", "norm", "pooling",
    )
    modes = MODES if is_main else ("greedy", "beams", "beams")
    while len(runs) < len(modes):
        attempt += 1
        try:
            runs.append(run(checkpoint, model, inputs, modes[len(runs)], attempt))
        except Unsuited:
            rejected += 1
    path = ROOT / "seq2seq" / checkpoint.name / "generation.json"
    head = {
        "note": NOTE,
        "versions": {
            "torch": torch.__version__,
            **{name: version(name) for name in ("lsg-converter", "transformers")},
        },
        "seed": SEED,
    }
    path.write_text(
        f"{json.dumps(head)[:-1]},\n\"inputs\": [\n{lines(inputs)}\n],\n"
        f"\"runs\": [\n{lines(runs)}\n]}}\n"
    )
    size = path.stat().st_size / 1024
    print(f"{path.relative_to(ROOT)!s:52} {len(runs):4} runs {rejected:4} rejected {size:6.1f} KiB")


def lines(values) -> str:
    return ",\n".join(json.dumps(value, separators=(",", ":")) for value in values)


def load(checkpoint):
    """The model as tests/golden/seq2seq holds it: of the attempt whose golden was written."""
    stored = load_file(ROOT / "seq2seq" / checkpoint.name / "model.safetensors")
    for attempt in range(50):
        model = checkpoint.build(attempt)
        state = model.state_dict()
        if all(torch.equal(state[key], tensor.double()) for key, tensor in stored.items()):
            return model
    raise ValueError(f"{checkpoint.name}: make the goldens of seq2seq first")


def draw_input(checkpoint, model, i) -> dict:
    """Ids with a mask, drawn until no choice of the encoder is a near tie."""
    tokens, batch, kind, start = INPUTS[i]
    sizes = {**SIZES, **checkpoint.names.sizes}
    if is_bos_pooling(checkpoint):
        # The package is right only where no group is wholly padding.
        tokens, kind = 24, "full"
    for attempt in range(100):
        generator = random(f"{checkpoint.name} generation {i} {attempt}")
        ids = generator.integers(3, sizes["vocab_size"], (batch, tokens))
        # Without a mask the padding ids are masked all the same.
        mask = draw_mask(generator, kind or "padded", batch, tokens)
        ids[mask == 0] = sizes["pad_token_id"]
        for row, visible in enumerate(mask):
            ids[row, visible.sum() - 1] = sizes["eos_token_id"]
        inputs = {"input_ids": ids.tolist()}
        if kind is not None:
            inputs["attention_mask"] = mask.tolist()
        if checkpoint.family == "led" and i != 0:
            share = "first" if i % 2 else 0.2
            inputs["global_attention_mask"] = draw_globals(generator, share, mask).tolist()
        if start > 1:
            decoder_ids = generator.integers(3, sizes["vocab_size"], (batch, start))
            decoder_ids[0, 0] = checkpoint.start
            inputs["decoder_input_ids"] = decoder_ids.tolist()
        given = {
            key: torch.tensor(inputs[key])
            for key in ("input_ids", "global_attention_mask") if key in inputs
        }
        given["attention_mask"] = torch.from_numpy(mask).long()
        try:
            with float64(), watch(checkpoint, model, {key: x.clone() for key, x in given.items()}):
                checkpoint.base(model).encoder(**given)
            return inputs
        except NearTie:
            continue
    raise ValueError(f"{checkpoint.name}: no input without a near tie")


def run(checkpoint, model, inputs, mode, attempt) -> dict:
    generator = random(f"{checkpoint.name} settings {attempt}")
    config = model.config
    drawer = Drawer(generator, config.vocab_size, (config.pad_token_id, config.eos_token_id, 2))
    chosen = drawer.between(0, len(INPUTS) - 1)
    given = inputs[chosen]
    is_padded = not np.all(np.array(given["input_ids"]) != config.pad_token_id)
    settings = draw_settings(mode, drawer, config.eos_token_id, INPUTS[chosen][3], is_padded)
    result = generate(model, given, settings)
    noise = torch.Generator().manual_seed(attempt)

    def disturb(_, __, logits):
        return logits + NOISE * (2 * torch.rand(logits.shape, generator=noise) - 1)

    for _ in range(REPEATS):
        handle = model.lm_head.register_forward_hook(disturb)
        try:
            again = generate(model, given, settings)
        finally:
            handle.remove()
        if again["sequences"] != result["sequences"]:
            raise Unsuited
    return {"input": chosen, "settings": settings, **result}


def generate(model, given, settings) -> dict:
    keywords = {key: torch.tensor(values) for key, values in given.items()} | settings
    seed = keywords.pop("seed", None)
    if pairs := keywords.get("sequence_bias"):
        keywords["sequence_bias"] = {tuple(words): bias for words, bias in pairs}
    if decay := keywords.get("exponential_decay_length_penalty"):
        keywords["exponential_decay_length_penalty"] = tuple(decay)
    closed = []
    if keywords.get("eos_token_id", 0) is None:
        # Else each kind of search takes the config's in its place.
        keep_none = patch.multiple(
            model.generation_config, eos_token_id=None, _from_model_config=False)
    else:
        keep_none = contextlib.nullcontext()
    is_sampled = settings.get("do_sample", False)
    with (
        keep_none, float64(), refusals(seed, is_sampled, closed), warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        output = model.generate(**keywords, return_dict_in_generate=True, output_scores=True)
    sequences = output.sequences.tolist()
    result = {"sequences": sequences}
    if settings.get("num_beams", 1) > 1:
        scores = output.sequences_scores.tolist()
        if min(scores) < NOT_BEGUN:
            raise Unsuited
        result["sequences_scores"] = [round(score, 5) for score in scores]
    ends = settings.get("eos_token_id")
    for ids, end in closed if isinstance(ends, list) else []:
        # The package writes the first end, whichever it was.
        if end != ends[0] and any(row[: len(ids)] == ids for row in sequences):
            raise Unsuited
    return result


@contextlib.contextmanager
def refusals(seed, is_sampled, closed):
    """Refuses near ties and known faults, and draws with the uniforms of `seed`."""
    argmax, full = torch.argmax, torch.full
    process, add = BeamSearchScorer.process, BeamHypotheses.add
    generators = {}

    def clear_argmax(scores, dim):
        if scores.isnan().any() or (scores.max(dim).values == -torch.inf).any():
            raise Unsuited
        first, second = scores.topk(2, dim).values.unbind(dim)
        if (first - second < CLEAR).any():
            raise Unsuited
        return argmax(scores, dim)

    def clear_process(self, input_ids, next_scores, *args, group_index=0, **more):
        for row, scores in enumerate(next_scores):
            if self._done[row * self.num_beam_groups + group_index]:
                continue
            begun = scores[scores > NOT_BEGUN]
            if scores.isnan().any() or (scores > -torch.inf).sum() < self.group_size:
                raise Unsuited
            if not is_sampled and len(begun) > 1 and (begun[:-1] - begun[1:]).min() < CLEAR:
                raise Unsuited
        return process(self, input_ids, next_scores, *args, group_index=group_index, **more)

    def watched_add(self, hypothesis, *args, **more):
        end = sys._getframe(1).f_locals.get("next_token")
        if end is not None:
            closed.append((hypothesis.tolist(), int(end)))
        return add(self, hypothesis, *args, **more)

    def multinomial(shares, num_samples):
        if shares.isnan().any() or ((shares > 0).sum(1) < num_samples).any():
            raise Unsuited
        for row in range(len(shares)):
            generators.setdefault(row, Uniforms(seed + row))
        return torch.tensor([draw(x, generators[row], num_samples) for row, x in enumerate(shares)])

    def wide_full(*args, dtype=None, **more):
        # Sums of groups, which cannot be assigned to as float32.
        return full(*args, dtype=torch.float64 if dtype == torch.float32 else dtype, **more)

    with (
        patch.object(torch, "argmax", clear_argmax),
        patch.object(torch, "full", wide_full),
        patch.object(torch, "multinomial", multinomial),
        patch.object(BeamSearchScorer, "process", clear_process),
        patch.object(BeamHypotheses, "add", watched_add),
    ):
        yield
