"""Makes small random rotary encoders in tests/golden, and what transformers makes of them.

    python tools/make_rotary_encoder_goldens.py [--only FOLDER]

Made with transformers 5.24.0. Everything is float64, also where the package says float32, but for
files, which hold float16. Some configs are written in the form of transformers 4.48.
"""

import argparse
import json
from copy import deepcopy
from tempfile import TemporaryDirectory

import torch
import transformers
from golden.double import Double
from golden.files import ROOT, Golden, random, write_safetensors
from safetensors.torch import load_file

PADDING = 1
LABELS = {"id2label": {"0": "a", "1": "b", "2": "c"}, "label2id": {"a": 0, "b": 1, "c": 2}}
IDS = {"pad_token_id": PADDING, "bos_token_id": 0, "eos_token_id": 2}
MODERN = {
    "vocab_size": 90, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 4,
    "num_attention_heads": 2, "max_position_embeddings": 66, "local_attention": 8,
    **IDS, "cls_token_id": 0, "sep_token_id": 2,
}
EURO = {
    "vocab_size": 90, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 66, **IDS,
}
NOMIC = {
    "vocab_size": 90, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
    "num_attention_heads": 2, "max_position_embeddings": 66, "pad_token_id": PADDING,
}
# Keys of the model's own code.
NOMIC_OLD = {
    "n_embd": 16, "n_inner": 24, "n_layer": 2, "n_head": 2, "n_positions": 66, "layer_norm_epsilon": 1e-12,
    "activation_function": "swiglu", "rotary_emb_base": 1000, "rotary_emb_fraction": 1.0,
    "rotary_emb_interleaved": False, "rotary_emb_scale_base": None, "rotary_scaling_factor": None,
    "qkv_proj_bias": False, "mlp_fc1_bias": False, "mlp_fc2_bias": False, "prenorm": False,
    "parallel_block": False, "use_rms_norm": False, "causal": False, "vocab_size": 90, "type_vocab_size": 2,
    "pad_token_id": PADDING,
}
ALL_BIASES = {key: True for key in ("attention_bias", "mlp_bias", "norm_bias", "classifier_bias")}
BASES = {
    "full_attention": {"rope_type": "default", "rope_theta": 5000.0},
    "sliding_attention": {"rope_type": "linear", "factor": 2.0, "rope_theta": 300.0},
}
# Sequences: tokens, and which of them are visible, from … to.
PLAIN = [(3, [(0, 3)]), (31, [(0, 31)])]
# A local layer of 8 reaches 4 tokens: 1, 4, 5, 8, 9, 10 visible ones.
EDGES = [(10, [(0, 10), (0, 9), (0, 8), (0, 5), (0, 4), (0, 1)])]
BEHIND = [(23, [(0, 23), (0, 9), (0, 1)])]
PADDED = [(23, [(0, 23), (0, 9), (7, 23)])]

# Folder: class of the package, head, config as transformers 5 has it, keys of the older form, inputs.
FOLDERS = {
    "modernbert": ("ModernBert", "MaskedLM", MODERN, {
        "global_attn_every_n_layers": 3, "global_rope_theta": 160000.0, "local_rope_theta": 10000.0,
    }, PLAIN + EDGES + PADDED),
    "modernbert_types": ("ModernBert", "MaskedLM", {
        **MODERN, **ALL_BIASES, "local_attention": 7, "decoder_bias": False, "hidden_activation": "silu",
        "classifier_activation": "relu", "tie_word_embeddings": False, "rope_parameters": BASES,
        "layer_types": ["sliding_attention", "full_attention", "sliding_attention", "full_attention"],
    }, None, PLAIN + PADDED),
    "modernbert_model": ("ModernBert", "Model", {**MODERN, "num_hidden_layers": 3}, {
        "global_attn_every_n_layers": 2, "global_rope_theta": 1000.0, "local_rope_theta": None,
    }, PADDED),
    "modernbert_sequence_classification": (
        "ModernBert", "SequenceClassification", {**MODERN, **LABELS, "num_hidden_layers": 2}, None, BEHIND),
    "modernbert_sequence_classification_mean": ("ModernBert", "SequenceClassification", {
        **MODERN, **LABELS, "num_hidden_layers": 2, "classifier_pooling": "mean"}, None, PADDED),
    "modernbert_token_classification": (
        "ModernBert", "TokenClassification", {**MODERN, **LABELS, "num_hidden_layers": 2}, None, PADDED),
    "modernbert_question_answering": (
        "ModernBert", "QuestionAnswering", {**MODERN, "num_hidden_layers": 2}, None, PADDED),
    "modernbert_multiple_choice": (
        "ModernBert", "MultipleChoice", {**MODERN, "num_hidden_layers": 2}, None, PADDED),
    "eurobert": ("EuroBert", "MaskedLM", EURO, None, PLAIN + PADDED),
    "eurobert_tied": ("EuroBert", "MaskedLM", {
        **EURO, "tie_word_embeddings": True, "mlp_bias": True, "attention_bias": True, "head_dim": 8,
        "rope_parameters": {"rope_type": "default", "rope_theta": 250000.0}}, None, PADDED),
    "eurobert_sequence_classification": (
        "EuroBert", "SequenceClassification", {**EURO, **LABELS}, None, PADDED),
    "eurobert_sequence_classification_mean": (
        "EuroBert", "SequenceClassification", {**EURO, **LABELS, "classifier_pooling": "mean"}, None, PADDED),
    "eurobert_sequence_classification_bos": (
        "EuroBert", "SequenceClassification", {**EURO, **LABELS, "classifier_pooling": "bos"}, None, BEHIND),
    "eurobert_token_classification": ("EuroBert", "TokenClassification", {**EURO, **LABELS}, None, PADDED),
    "nomic_bert": ("NomicBert", "MaskedLM", NOMIC, None, PLAIN + PADDED),
    "nomic_bert_model": ("NomicBert", "Model", NOMIC, NOMIC_OLD, PADDED),
    "nomic_bert_sequence_classification": (
        "NomicBert", "SequenceClassification", {**NOMIC, **LABELS}, None, BEHIND),
    "nomic_bert_token_classification": ("NomicBert", "TokenClassification", {**NOMIC, **LABELS}, None, PADDED),
    "modernbert_multiple_choice_mean": ("ModernBert", "MultipleChoice", {
        **MODERN, "num_hidden_layers": 2, "classifier_pooling": "mean"}, None, PADDED),
}


def draw_weights(name, model):
    """Values that float16 holds, so that files are small."""
    generator = random(f"encoders {name}")
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            values = torch.from_numpy(generator.normal(size=tuple(parameter.shape)))
            is_norm = "norm" in key.lower() and key.endswith("weight")
            values = 1 + 0.2 * values if is_norm else (0.3 if values.dim() == 1 else 0.25) * values
            parameter.copy_(values.half().to(parameter.dtype))


def draw_input(name, tokens, visible, vocabulary):
    generator = random(f"encoders input {name} {tokens}")
    ids = torch.from_numpy(generator.integers(3, vocabulary, (len(visible), tokens)))
    mask = torch.tensor([[int(start <= token < end) for token in range(tokens)] for start, end in visible])
    return torch.where(mask == 1, ids, PADDING), mask


def old_form(config, old):
    """The config as transformers 4.48 or a model's own code writes it."""
    if "n_embd" in old:
        return old
    new = ("rope_parameters", "layer_types", *old)
    return {**{key: value for key, value in config.items() if key not in new}, **old}


def write_folder(name, kind, head, settings, old, inputs):
    more = {}
    if old and kind == "ModernBert":
        every, base = old["global_attn_every_n_layers"], old["global_rope_theta"]
        more["global_attn_every_n_layers"] = every
        more["rope_parameters"] = {
            "full_attention": {"rope_type": "default", "rope_theta": base},
            "sliding_attention": {"rope_type": "default", "rope_theta": old["local_rope_theta"] or base},
        }
    config = getattr(transformers, f"{kind}Config")(**settings, **more, attn_implementation="eager")
    suffix = head if head == "Model" else f"For{head}"
    model = getattr(transformers, kind + suffix)(config).eval().double()
    draw_weights(name, model)
    model.tie_weights()
    place = f"models/{name}" if head in ("Model", "MaskedLM") else f"heads/{name}"
    path = ROOT / place
    path.mkdir(parents=True, exist_ok=True)
    shown = {key: value for key, value in config.to_diff_dict().items() if "dtype" not in key and key[0] != "_"}
    shown = {**(old_form(shown, old) if old else shown), "architectures": [kind + suffix]}
    shown["model_type"] = config.model_type
    (path / "config.json").write_text(json.dumps(shown, indent=2, sort_keys=True) + "\n")
    with TemporaryDirectory() as saved:
        # Names are those that transformers gives files, which are not always the modules'.
        deepcopy(model).half().save_pretrained(saved)
        tensors = load_file(f"{saved}/model.safetensors")
    write_safetensors(path / "model.safetensors", tensors, {"format": "pt"})

    golden = Golden(f"{place}/golden.safetensors", "outputs in float64", ("numpy", "transformers"))
    for i, (tokens, visible) in enumerate(inputs):
        ids, mask = draw_input(name, tokens, visible, settings["vocab_size"])
        given = {"input_ids": ids, "attention_mask": mask}
        output = model(**{key: value[None] for key, value in given.items()} if head == "MultipleChoice" else given,
                       output_hidden_states=tokens == 31)
        tensors = {key: value for key, value in output.items() if torch.is_tensor(value)}
        if head == "MultipleChoice":
            given = {key: value[None] for key, value in given.items()}
        if mask.all():
            del given["attention_mask"]
        for k, x in enumerate(output.get("hidden_states") or ()):
            tensors[f"hidden_states_{k}"] = x
        golden.add(f"{tokens}_{i}", {"class": head}, f"transformers {transformers.__version__}", {**given, **tensors})
    return golden


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--only")
    only = parser.parse_args().only
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    for name, parts in FOLDERS.items():
        if only in (None, name):
            with Double():
                golden = write_folder(name, *parts)
            golden.write()


main()
