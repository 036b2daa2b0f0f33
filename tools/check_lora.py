"""Adapters that were trained here, in Python: peft loads the folders, and computes the same.

    python tools/check_lora.py

Needs peft beside the packages of tools/requirements-golden.txt, and deno. Trains an adapter of small models a few
steps and saves it, and the merged model. (tests/golden/lora has the way back: folders that peft wrote.)
"""

import json
import tempfile
from pathlib import Path

import numpy as np
import torch
import transformers
from peft import PeftModel
from safetensors.torch import load_file

from check_trained import CLASSIFIER, LSG, TOLERANCE, WRITER, deno, job_of, load, logits_of, published, relative

MASKED = "AutoModelForMaskedLM"
# Source in tests/golden, auto class, options, options of the adapter.
ADAPTED = [
    ("conversion/roberta_512", CLASSIFIER, {"lsg": LSG, "num_labels": 3}, {"r": 4}),
    ("conversion/roberta_512", CLASSIFIER, {"lsg": LSG, "num_labels": 3}, {
        "r": 3, "lora_alpha": 16, "target_modules": "all-linear", "modules_to_save": ["classifier", "global_embeddings"],
    }),
    ("conversion/bert_512", MASKED, {}, {"target_modules": ["dense"], "use_rslora": False, "lora_alpha": 1}),
    ("conversion/albert_512", MASKED, {"lsg": LSG}, {"target_modules": r".*\.(query|ffn)", "r": 2}),
    ("conversion/distilbert_512", MASKED, {"lsg": LSG}, {"target_modules": ["q_lin", "lin1", "vocab_transform"]}),
    ("conversion/bart_512", WRITER, {"lsg": LSG}, {"target_modules": ["q_proj", "v_proj", "out_proj", "fc2"], "r": 5}),
    ("conversion/pegasus_512", WRITER, {}, {"modules_to_save": ["encoder.layer_norm"]}),
]


def check(job: dict, result: dict) -> float:
    folder = Path(job["folder"])
    base_folder, merged = Path(f"{folder}-base"), Path(f"{folder}-merged")
    config = json.loads((base_folder / "config.json").read_text())
    model_class = published(config["architectures"][0], config)
    assert result["losses"][-1] < result["losses"][0], result["losses"]
    ours = np.array(result["values"])
    base = load(model_class, base_folder)
    plain = logits_of(base, job["inputs"])
    model = PeftModel.from_pretrained(base, folder).eval()
    # Every tensor of the file is one of the adapted model, and the other way around.
    names = {
        name.replace("modules_to_save.", "").replace(".default", "")
        for name in model.state_dict() if "lora_" in name or "modules_to_save" in name
    }
    file = load_file(folder / "adapter_model.safetensors")
    assert names == set(file), names ^ set(file)
    adapted = logits_of(model, job["inputs"])
    assert relative(plain, adapted) > 10 * TOLERANCE
    loaded = load(model_class, merged)
    # peft merges as we do.
    for name, tensor in model.merge_and_unload().state_dict().items():
        assert torch.allclose(tensor, loaded.state_dict()[name], rtol=1e-5, atol=1e-6), name
    return max(relative(ours, adapted), relative(ours, logits_of(loaded, job["inputs"])))


def main() -> None:
    transformers.logging.set_verbosity_error()
    failed = 0
    with tempfile.TemporaryDirectory() as parent:
        jobs = [
            {**job_of(source, auto, options, "all", Path(parent) / str(i)), "lora": lora}
            for i, (source, auto, options, lora) in enumerate(ADAPTED)
        ]
        for job, result in zip(jobs, deno(jobs)):
            difference = check(job, result)
            failed += not difference < TOLERANCE
            name = Path(job["source"]).name
            print(f"{name}, {job['auto']}, {job['lora']}: {difference:.1e} of the largest logit", flush=True)
    if failed:
        raise SystemExit(f"{failed} of {len(jobs)} differ by {TOLERANCE} or more")


if __name__ == "__main__":
    main()
