"""Makes self_extend.safetensors and self_extend.json in tests/golden/decoders: Self-Extend in all families.

    python tools/make_self_extend_goldens.py [FOLDERS]

The models are those of make_decoder_goldens.py, run by transformers (made with 5.24.0) with its eager
attention replaced by the dense form: two matrices of scores, one of them with grouped positions,
chosen by the distance of each pair. LongLM's own patch made the goldens of llama without scaling: the
dense form must give its logits before anything is written.
"""

import json
import math
import sys
from importlib.metadata import version
from unittest.mock import patch

import torch
import transformers
from golden.files import Golden
from make_decoder_goldens import NEW, OLD, ROOT, Double, add_logits, add_runs, draw_input, write_runs
from safetensors.numpy import load_file

SOURCE = "dense form in transformers"
GROUPS = [(3, 5), (2, 4)]
INPUTS = [(27, [27]), (21, [21, 13, 4])]
SCALED = {name: NEW["llama_scaled"][2][name] for name in ("llama3", "yarn", "linear")}
# Folder: keys of the config that runs change, by name.
VARIANTS = {
    "llama_scaled": SCALED, "mistral": {"plain": {}}, "qwen2": {"plain": {}}, "qwen3": {"plain": {}},
    "phi": {"plain": {}}, "gpt_neox": {"plain": {}},
}


def read(path):
    # The reader for torch fails where float32 means float64. transformers 5 renamed embed_out.
    values = {key: torch.from_numpy(value) for key, value in load_file(path).items()}
    return {key.replace("embed_out", "lm_head"): value for key, value in values.items()}


def build(name, changes):
    kind = {**OLD, **NEW}[name][0]
    config = json.loads((ROOT / name / "config.json").read_text())
    if name == "mistral":
        config["sliding_window"] = None  # as LongLM does
    config = getattr(transformers, f"{kind}Config").from_dict({**config, **changes}, attn_implementation="eager")
    model = getattr(transformers, f"{kind}ForCausalLM")(config).eval().double()
    state = read(ROOT / name / "model.safetensors")
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected and set(missing) <= {"lm_head.weight"}, (missing, unexpected)
    model.tie_weights()
    model.config.use_cache = model.generation_config.use_cache = False
    return model


class SelfExtend:
    """Replaces rotation and attention of a model's module."""

    def __init__(self, model, group, window):
        self.group, self.window = group, window
        self.rotary = next(each for each in model.modules() if type(each).__name__.endswith("RotaryEmbedding"))
        self.positions = None
        model.register_forward_pre_hook(self.read_positions, with_kwargs=True)
        module = sys.modules[type(model).__module__]
        self.patches = [
            patch.object(module, "apply_rotary_pos_emb", lambda q, k, cos, sin: (q, k)),
            patch.object(module, "eager_attention_forward", self.attend),
        ]
        for each in self.patches:
            each.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for each in self.patches:
            each.stop()

    def read_positions(self, _, args, kwargs):
        ids, mask = kwargs["input_ids"], kwargs.get("attention_mask")
        seen = torch.ones_like(ids) if mask is None else mask
        assert seen.shape == ids.shape
        self.positions = (seen.cumsum(1) - 1).clamp(min=0)

    def rotate(self, x, positions):
        cos, sin = (each[:, None] for each in self.rotary(x, positions))
        columns = cos.shape[-1]
        first, second = x[..., : columns // 2], x[..., columns // 2 : columns]
        turned = x[..., :columns] * cos + torch.cat([-second, first], -1) * sin
        return torch.cat([turned, x[..., columns:]], -1)

    def attend(self, module, query, key, value, attention_mask, scaling, **_):
        shared = query.shape[1] // key.shape[1]
        key, value = key.repeat_interleave(shared, 1), value.repeat_interleave(shared, 1)
        place, group, window = self.positions, self.group, self.window
        near = self.rotate(query, place) @ self.rotate(key, place).transpose(2, 3)
        far_query = self.rotate(query, place // group + window - window // group)
        far = far_query @ self.rotate(key, place // group).transpose(2, 3)
        distance = (place[:, :, None] - place[:, None, :])[:, None]
        scores = torch.where(distance < window, near, far) * scaling
        order = torch.arange(query.shape[2])
        scores = scores.masked_fill(order[None, :] > order[:, None], -math.inf)
        if attention_mask is not None:
            scores = scores + attention_mask
        # A row of padding sees nothing.
        weights = scores.softmax(-1).nan_to_num()
        return (weights @ value).transpose(1, 2).contiguous(), weights


def check_against_longlm():
    file = read(ROOT / "llama" / "golden.safetensors")
    model = build("llama", {})
    for group, window in [(2, 4), (3, 5), (8, 4), (4, 64)]:
        with SelfExtend(model, group, window):
            for i in (0, 1):
                name = f"self_extend_{group}_{window}_{i}"
                logits = model(input_ids=file[f"{name}/input_ids"].long(), use_cache=False).logits
                error = (logits - file[f"{name}/logits"].double()).abs().max()
                print(f"llama, G {group}, w {window}: {error:.1e} from LongLM")
                assert error < 1e-6, error


def folder(name, variants):
    golden = Golden(f"decoders/{name}/self_extend.safetensors", "logits in float64", ("numpy", "transformers"))
    inputs = [draw_input(name, *each) for each in INPUTS]
    runs = []
    for variant, changes in variants.items():
        for group, window in GROUPS[: 2 if len(variants) == 1 else 1]:
            model = build(name, changes)
            parameters = {"self_extend": {"group_size": group, "window_size": window}}
            if changes:
                parameters["config"] = changes
            with SelfExtend(model, group, window):
                add_logits(golden, lambda: model, f"{variant}_{group}_{window}", parameters, inputs, SOURCE)
                # As many runs as tests have time for.
                if (group, window) == GROUPS[0]:
                    add_runs(runs, model, parameters, inputs, (0, 1), use_cache=False)
    given = [{"input_ids": ids.tolist(), "attention_mask": mask.tolist()} for ids, mask in inputs]
    return golden, given, runs


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    versions = {"torch": torch.__version__, "transformers": version("transformers")}
    with Double():
        check_against_longlm()
    for name in sys.argv[1:] or VARIANTS:
        variants = VARIANTS[name]
        with Double():
            golden, given, runs = folder(name, variants)
        golden.write()
        write_runs(ROOT / name / "self_extend.json", versions, given, runs)


if __name__ == "__main__":
    main()
