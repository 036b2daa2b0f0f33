"""Makes tests/golden/decoders: rotary decoders, what they compute and what generate() returns.

    python tools/make_decoder_goldens.py [--longlm FOLDER]

With transformers 4.36.2 it makes llama, mistral and gpt_neox, with a later one (made with 5.24.0) the
others. FOLDER is a clone of github.com/datamllab/LongLM, whose patch for 4.36 computes Self-Extend.
Everything is float64, also where the package says float32, but for files, which hold float16.
"""

import argparse
import importlib.util
import json
import warnings
from importlib.metadata import version
from pathlib import Path

import torch
import transformers
from golden.double import Double
from golden.files import SEED, Golden, random, write_safetensors

ROOT = Path(__file__).parent.parent / "tests" / "golden" / "decoders"
IS_OLD = transformers.__version__ == "4.36.2"
# The same ids must come out where all logits are changed at random by up to this.
NOISE, REPEATS = 5e-5, 3
NOTE = "Ids of generate in float64, clear of near ties."
PADDING = 1
ENDS = {"bos_token_id": 1, "eos_token_id": 2}
SIZES = {
    "vocab_size": 60, "hidden_size": 32, "intermediate_size": 40, "num_hidden_layers": 2,
    "num_attention_heads": 4, "max_position_embeddings": 32, **ENDS,
}
GROUPED = {**SIZES, "num_key_value_heads": 2}
LLAMA3 = {
    "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
    "original_max_position_embeddings": 16,
}
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16}

# Folder: class, sizes, keys of the config that runs change, by name.
OLD = {
    "llama": ("Llama", GROUPED, {
        "plain": {},
        "linear": {"rope_scaling": {"type": "linear", "factor": 4.0}},
        "dynamic": {"rope_scaling": {"type": "dynamic", "factor": 2.0}},
        "theta": {"rope_theta": 500.0, "num_key_value_heads": 2},
    }),
    "llama_bias": ("Llama", {**SIZES, "attention_bias": True, "tie_word_embeddings": True}, {"plain": {}}),
    "mistral": ("Mistral", {**GROUPED, "sliding_window": 9}, {
        "window": {}, "no_window": {"sliding_window": None},
    }),
    "gpt_neox": ("GPTNeoX", {**SIZES, "rotary_pct": 0.25, "hidden_size": 64}, {
        "parallel": {},
        "sequential": {"use_parallel_residual": False},
        "half": {"rotary_pct": 0.5, "rotary_emb_base": 100},
        "linear": {"rope_scaling": {"type": "linear", "factor": 2.0}},
    }),
}
NEW = {
    "llama_scaled": ("Llama", {**GROUPED, "rope_parameters": {"rope_theta": 10000.0, **LLAMA3}}, {
        "llama3": {},
        "yarn": {"rope_parameters": {"rope_theta": 5000.0, **YARN}},
        "yarn_factor": {"rope_parameters": {
            "rope_theta": 10000.0, **YARN, "attention_factor": 1.5, "beta_fast": 8.0, "beta_slow": 0.5}},
        "linear": {"rope_parameters": {"rope_theta": 10000.0, "rope_type": "linear", "factor": 4.0}},
        "dynamic": {"rope_parameters": {"rope_theta": 10000.0, "rope_type": "dynamic", "factor": 2.0}},
    }),
    "qwen2": ("Qwen2", {**GROUPED, "tie_word_embeddings": True}, {
        "plain": {}, "yarn": {"rope_parameters": {"rope_theta": 10000.0, **YARN}},
    }),
    "qwen3": ("Qwen3", {**GROUPED, "head_dim": 16}, {"plain": {}}),
    "phi": ("Phi", SIZES, {"plain": {}}),
}
SELF_EXTEND = [(2, 4), (3, 5), (8, 4), (4, 64)]

INPUTS = [(27, [27]), (21, [21, 13, 4]), (40, [40, 33]), (5, [5])]
SETTINGS = [
    {"max_new_tokens": 12},
    {"max_new_tokens": 9, "repetition_penalty": 1.3, "no_repeat_ngram_size": 2},
    {"max_new_tokens": 10, "num_beams": 3},
    {"max_new_tokens": 8, "num_beams": 4, "num_return_sequences": 2, "length_penalty": 0.5, "early_stopping": True},
]


def draw_weights(name, model):
    """Values that float16 holds, so that files are small."""
    generator = random(f"decoders {name}")
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            values = torch.from_numpy(generator.normal(size=tuple(parameter.shape)))
            is_norm = "norm" in key and key.endswith("weight")
            values = 1 + 0.2 * values if is_norm else (0.3 if values.dim() == 1 else 0.25) * values
            parameter.copy_(values.half().to(parameter.dtype))


def build(kind, sizes, changes, state):
    config = getattr(transformers, f"{kind}Config")(**{**sizes, **changes}, attn_implementation="eager")
    model = getattr(transformers, f"{kind}ForCausalLM")(config).eval().double()
    if state:
        model.load_state_dict(state)
        model.tie_weights()
    return model


def draw_input(name, tokens, lengths):
    generator = random(f"decoders input {name} {tokens}")
    ids = generator.integers(3, SIZES["vocab_size"], (len(lengths), tokens))
    mask = [[int(token >= tokens - length) for token in range(tokens)] for length in lengths]
    mask = torch.tensor(mask)
    # Not 0: for that transformers 5 fills rows of beams with the end.
    return torch.where(mask == 1, torch.from_numpy(ids), PADDING), mask


def generate(model, ids, mask, settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        output = model.generate(
            ids, attention_mask=mask, pad_token_id=PADDING, do_sample=False, return_dict_in_generate=True,
            output_scores=True, **settings)
    result = {"sequences": output.sequences.tolist()}
    if settings.get("num_beams", 1) > 1:
        result["sequences_scores"] = [round(score, 5) for score in output.sequences_scores.tolist()]
    return result


def is_clear(model, ids, mask, settings, result):
    noise = torch.Generator().manual_seed(1)
    disturb = lambda _, __, logits: logits + NOISE * (
        2 * torch.rand(logits.shape, generator=noise, dtype=torch.float64) - 1)
    for _ in range(REPEATS):
        handle = model.get_output_embeddings().register_forward_hook(disturb)
        again = generate(model, ids, mask, settings)
        handle.remove()
        if again["sequences"] != result["sequences"]:
            return False
    return True


def write_runs(path, versions, inputs, runs):
    lines = lambda values: ",\n".join(json.dumps(value, separators=(",", ":")) for value in values)
    head = json.dumps({"note": NOTE, "versions": versions, "seed": SEED})
    path.write_text(f"{head[:-1]},\n\"inputs\": [\n{lines(inputs)}\n],\n\"runs\": [\n{lines(runs)}\n]}}\n")
    print(f"{path.relative_to(ROOT)!s:40} {len(runs):4} runs {path.stat().st_size / 1024:8.1f} KiB")


def folder(name, kind, sizes, variants, extend):
    model = build(kind, sizes, {}, None)
    draw_weights(name, model)
    model.tie_weights()
    state = model.state_dict()
    path = ROOT / name
    path.mkdir(parents=True, exist_ok=True)
    config = {**model.config.to_diff_dict(), "architectures": [f"{kind}ForCausalLM"]}
    config["model_type"] = model.config.model_type
    shown = {key: value for key, value in config.items() if "dtype" not in key and key[0] != "_"}
    (path / "config.json").write_text(json.dumps(shown, indent=2, sort_keys=True) + "\n")
    tied = sizes.get("tie_word_embeddings", False)
    write_safetensors(path / "model.safetensors", {
        key: value.half() for key, value in state.items()
        if not (tied and key == "lm_head.weight") and not key.endswith(("inv_freq", "masked_bias", "attention.bias"))
    }, {"format": "pt"})

    golden = Golden(f"decoders/{name}/golden.safetensors", "logits in float64", ("numpy", "transformers"))
    inputs = [draw_input(name, *each) for each in INPUTS]
    runs = []
    for variant, changes in variants.items():
        model = build(kind, sizes, changes, state)
        # With dynamic, transformers 4.36 goes on with the base of the longest input before.
        build_again = (lambda: build(kind, sizes, changes, state)) if variant == "dynamic" else lambda: model
        add_logits(golden, build_again, variant, {"config": changes} if changes else {}, inputs)
        # With dynamic, transformers' bases change from step to step.
        if variant != "dynamic":
            add_runs(runs, model, {"config": changes} if changes else {}, inputs)
    if extend:
        for group, window in SELF_EXTEND:
            settings = {"group_size": group, "window_size": window}
            model = build(kind, sizes, {}, state)
            for layer in model.model.layers:
                attention = layer.self_attn
                attention.forward = each_row(extend, attention, group, window)
            parameters = {"self_extend": settings}
            whole = [inputs[0], inputs[3]]
            add_logits(golden, lambda: model, f"self_extend_{group}_{window}", parameters, whole, "LongLM, for transformers")
            # Its cache takes one sequence; without one it takes beams, too.
            model.config.use_cache = model.generation_config.use_cache = False
            add_runs(runs, model, parameters, inputs, (0, 3), use_cache=False)
    given = [{"input_ids": ids.tolist(), "attention_mask": mask.tolist()} for ids, mask in inputs]
    versions = {"torch": torch.__version__, "transformers": version("transformers")}
    return golden, lambda: write_runs(path / "generation.json", versions, given, runs)


def each_row(extend, attention, group, window):
    """The published code takes one sequence."""
    def forward(hidden_states, attention_mask=None, position_ids=None, **more):
        outputs = []
        for b in range(len(hidden_states)):
            mask = attention_mask if attention_mask is None else attention_mask[b : b + 1]
            output, *_ = extend(
                attention, hidden_states[b : b + 1], attention_mask=mask,
                position_ids=position_ids[b : b + 1] if len(position_ids) > 1 else position_ids,
                group_size_1=group, group_size_2=window, use_cache=False)
            outputs.append(output)
        return torch.cat(outputs), None, None
    return forward


def add_logits(golden, model_of, variant, parameters, inputs, source="transformers"):
    for i, (ids, mask) in enumerate(inputs):
        output = model_of()(input_ids=ids, attention_mask=mask, use_cache=False, output_hidden_states=i == 1)
        tensors = {"input_ids": ids, "logits": output.logits}
        if not mask.all():
            tensors["attention_mask"] = mask
        if i == 1 and len(parameters.get("config", {})) == 0 and "self_extend" not in parameters:
            tensors |= {f"hidden_states_{k}": x for k, x in enumerate(output.hidden_states)}
        golden.add(
            f"{variant}_{i}", {"class": "CausalLM", **parameters},
            f"{source} {transformers.__version__}", tensors)


def add_runs(runs, model, parameters, inputs, which=None, **more):
    for s, settings in enumerate(SETTINGS):
        found = False
        for i in which or range(len(inputs)):
            ids, mask = inputs[i]
            # In transformers padding counts where ids are penalised.
            if "repetition_penalty" in settings and not mask.all():
                continue
            result = generate(model, ids, mask, {**settings, **more})
            if not is_clear(model, ids, mask, {**settings, **more}, result):
                continue
            # As many runs as tests have time for.
            if found and (i + s) % 2 == 0:
                continue
            found = True
            runs.append({"input": i, **parameters, "settings": {"pad_token_id": PADDING, **settings}, **result})
        if not found:
            print(f"no clear run of {settings} {parameters}")


def longlm(path):
    if path is None:
        return None
    file = Path(path) / "legacy_patch_before_4_38" / "llama_self_extend_patch_4_36.py"
    spec = importlib.util.spec_from_file_location("longlm", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.self_extend_forward


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--longlm")
    parser.add_argument("--only")
    options = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    extend = longlm(options.longlm) if IS_OLD else None
    for name, (kind, sizes, variants) in (OLD if IS_OLD else NEW).items():
        if options.only in (None, name):
            with Double():
                golden, write = folder(name, kind, sizes, variants, extend if name == "llama" else None)
            golden.write()
            write()


if __name__ == "__main__":
    main()
