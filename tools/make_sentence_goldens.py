"""Makes tests/golden/pipelines/sentences.json: vectors of sentence-transformers.

    python tools/make_sentence_goldens.py

Needs sentence-transformers 2.7.0 besides what tools/make_pipeline_goldens.py does. Each case is
tests/golden/pipelines/bert_sentences with other settings files and, for Dense modules, drawn weights,
which the file lists. In float64. `growth` bounds how much an error of the model's rows grows.
"""

import json
import shutil
import tempfile
from importlib.metadata import version
from math import sqrt
from pathlib import Path

import torch
from golden.files import ROOT, random
from golden.packages import float64
from golden.task_cases import TEXTS, plain
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Dense, LayerNorm, Normalize, Pooling

FOLDER = ROOT / "pipelines" / "bert_sentences"
KEYS = {
    "cls": "cls_token", "mean": "mean_tokens", "max": "max_tokens",
    "mean_sqrt_len_tokens": "mean_sqrt_len_tokens", "weightedmean": "weightedmean_tokens",
    "lasttoken": "lasttoken",
}
NO_CASE = {
    "tokenizer_class": "BertTokenizer", "do_lower_case": False, "model_max_length": 512,
    **{f"{role}_token": f"[{role.upper()}]" for role in ("unk", "cls", "sep", "pad", "mask")},
}
PROMPTS = {"prompts": {"query": "the house of ", "passage": "sea: "}, "default_prompt_name": "query"}


def pooling(*modes, include_prompt=True):
    """The module's type and settings."""
    modes = {f"pooling_mode_{key}": mode in modes for mode, key in KEYS.items()}
    return "Pooling", {"word_embedding_dimension": 8, **modes, "include_prompt": include_prompt}


def dense(inputs, outputs, activation, bias=True):
    return "Dense", {
        "in_features": inputs, "out_features": outputs, "bias": bias,
        "activation_function": f"torch.nn.modules.{activation}",
    }


NORMALIZE = "Normalize", None
MEAN = pooling("mean")

# Modules after the model, more files, options of each call.
CASES = {
    **{mode: ([pooling(mode)], {}, [{}]) for mode in KEYS},
    "joined": ([pooling("lasttoken", "mean", "cls", "max"), NORMALIZE], {}, [{}]),
    "a layer": ([MEAN, dense(8, 5, "activation.Tanh"), NORMALIZE], {}, [{}]),
    "layers": (
        [MEAN, NORMALIZE, dense(8, 12, "activation.GELU"), dense(12, 3, "linear.Identity", False)],
        {}, [{}],
    ),
    "a layer of two poolings": (
        [pooling("cls", "max"), dense(16, 4, "activation.SiLU"), dense(4, 4, "activation.Sigmoid"),
         dense(4, 9, "activation.ReLU")],
        {}, [{}],
    ),
    "prompts": (
        [MEAN], {"config_sentence_transformers.json": PROMPTS},
        [{}, {"prompt_name": "passage"}, {"prompt": "it's "}, {"prompt": ""}],
    ),
    **{f"prompts that are not pooled: {mode}": (
        [pooling(mode, include_prompt=False)], {"config_sentence_transformers.json": PROMPTS},
        # Without a prompt, versions before 5 leave out the first token.
        [{}, {"prompt_name": "passage"}],
    ) for mode in ("mean", "max", "weightedmean", "mean_sqrt_len_tokens", "lasttoken")},
    "a layer norm": (
        [MEAN, ("Dropout", {"dropout": 0.4}), ("LayerNorm", {"dimension": 8}),
         dense(8, 4, "activation.Tanh")],
        {}, [{}],
    ),
    "short texts": ([MEAN], {"sentence_bert_config.json": {"max_seq_length": 7}}, [{}]),
    "lower case": (
        [MEAN],
        {"tokenizer_config.json": NO_CASE,
         "sentence_bert_config.json": {"max_seq_length": None, "do_lower_case": True}},
        [{}],
    ),
    "case": (
        [MEAN],
        {"tokenizer_config.json": NO_CASE,
         "sentence_bert_config.json": {"max_seq_length": 512, "do_lower_case": False}},
        [{}],
    ),
}


def growth(model, options) -> float:
    """Bounds the error of a vector, if no element of the rows differs by more than 1."""
    factor = 1.0

    def watch(module, inputs):
        nonlocal factor
        if isinstance(module, Pooling) and module.pooling_mode_mean_sqrt_len_tokens:
            factor *= sqrt(inputs[0]["attention_mask"].sum(1).max().item())
        elif isinstance(module, Dense):
            # The steepest activation is GELU, with 1.13.
            factor *= 1.13 * module.linear.weight.abs().sum(1).max().item()
        elif isinstance(module, Normalize):
            vectors = inputs[0]["sentence_embedding"]
            factor *= 2 * sqrt(vectors.shape[1]) / vectors.norm(dim=1).min().item()
        elif isinstance(module, LayerNorm):
            deviation = inputs[0]["sentence_embedding"].std(dim=1, unbiased=False).min().item()
            factor *= 2 * sqrt(module.dimension) * module.norm.weight.abs().max().item() / deviation
        factor = max(1, factor)

    handles = [module.register_forward_pre_hook(watch) for module in model]
    model.encode(TEXTS, **options)
    for handle in handles:
        handle.remove()
    return factor


def main() -> None:
    cases = []
    for name, (modules, files, calls) in CASES.items():
        entries = [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}]
        files, tensors = dict(files), {}
        generator = random(f"sentences {name}")
        for i, (kind, config) in enumerate(modules, 1):
            path = f"{i}_{kind}"
            entries.append({
                "idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}",
            })
            if config is not None:
                files[f"{path}/config.json"] = config
            if kind == "LayerNorm":
                drawn = {f"norm.{key}": generator.standard_normal(config["dimension"])
                         for key in ("weight", "bias")}
                tensors[path] = {key: torch.from_numpy(value).float() for key, value in drawn.items()}
            if kind == "Dense":
                shape = [config["out_features"], config["in_features"]]
                drawn = {"linear.weight": generator.standard_normal(shape)}
                if config["bias"]:
                    drawn["linear.bias"] = generator.standard_normal(shape[:1])
                tensors[path] = {key: torch.from_numpy(value).float() for key, value in drawn.items()}
        files["modules.json"] = entries
        with tempfile.TemporaryDirectory() as folder, float64():
            shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
            for path, content in files.items():
                (Path(folder) / path).parent.mkdir(exist_ok=True)
                (Path(folder) / path).write_text(json.dumps(content))
            for path, drawn in tensors.items():
                torch.save(drawn, Path(folder) / path / "pytorch_model.bin")
            for module in entries:
                (Path(folder) / module["path"]).mkdir(exist_ok=True)
            model = SentenceTransformer(folder, device="cpu").double().eval()
            results = [
                {"options": options, "vectors": model.encode(TEXTS, **options).tolist(),
                 "growth": growth(model, options)}
                for options in calls
            ]
        cases.append({
            "name": name, "files": files, "calls": results,
            "tensors": {path: {key: [list(value.shape), value.flatten().tolist()]
                               for key, value in drawn.items()} for path, drawn in tensors.items()},
        })
    versions = {key: version(key) for key in ("sentence-transformers", "transformers", "tokenizers")}
    golden = {"versions": versions, "texts": TEXTS, "cases": plain(cases)}
    path = ROOT / "pipelines" / "sentences.json"
    path.write_text(json.dumps(golden, ensure_ascii=True, separators=(",", ":")) + "\n")
    print(f"{path.name:36} {path.stat().st_size / 1024:.1f} KiB")


if __name__ == "__main__":
    main()
