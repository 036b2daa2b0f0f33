"""Models that were trained here, in Python: transformers and lsg-converter load the folders, and compute the same.

    python tools/check_trained.py

Needs the packages of tools/requirements-golden.txt, and deno. Trains small models a few steps (globals and a drawn
head; everything), saves each with save_pretrained(), and loads the folder by transformers' auto class, with
trust_remote_code where it is an LSG model, and by the published class itself. Then saves golden models of every
class as they are, and compares the names in the files with those that transformers writes.
"""

import importlib
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch
import transformers
from safetensors.torch import load_file
from transformers import AutoTokenizer

ROOT = Path(__file__).resolve().parent.parent
TOLERANCE = 2e-5  # Of the largest logit: float32 sums in a few layers on one side, float64 on the other.
TOKENS = 300  # More than two blocks, so that attention is sparse; not a multiple of a block.
STEPS = 3

TRAIN = """
import * as lsg from "./mod.ts";
import { openBackend } from "./device.ts";
import { AdamW } from "./training/adam_w.ts";
import { crossEntropy } from "./training/losses.ts";
import { Lora } from "./training/lora/lora.ts";
import { Tape } from "./training/tape.ts";
import { selectTrainable } from "./training/trainable.ts";
const results = [];
for (const { source, auto, options, trainable, folder, inputs, labels, steps, lora } of JSON.parse(Deno.args[0])) {
  // The embedded model is too large for the reference.
  const backend = await openBackend(source.endsWith("demo/model") ? "wasm" : "cpu");
  const tape = new Tape(backend);
  using model = await lsg[auto].from_pretrained(source, { ...options, device: tape });
  if (lora) await model.save_pretrained(`${folder}-base`);
  const adapter = lora && await Lora.create(model, lora);
  const selected = steps > 0 ? selectTrainable(model, trainable) : [];
  for (const [, tensor] of selected) tape.train(tensor);
  const optimizer = new AdamW(backend, selected);
  const losses = [];
  for (let step = 0; step < steps; step++) {
    const { logits } = await model(inputs);
    const { loss, gradient } = crossEntropy(logits.data, Int32Array.from(labels.flat()));
    losses.push(loss);
    await tape.backward([logits, backend.floats(new Float32Array(gradient), logits.dims)]);
    await optimizer.step(tape.gradients, 0.02);
    tape.zero();
    tape.clear();
  }
  await model.save_pretrained(folder);
  const outputs = inputs ? await model(inputs) : {};
  tape.dispose();
  if (adapter) {
    await adapter.merge_and_unload();
    await model.save_pretrained(`${folder}-merged`);
  }
  results.push({ losses, trained: selected.map(([name]) => name), values: outputs.logits ? [...outputs.logits.data] : [] });
}
console.log(JSON.stringify(results));
"""

LSG = {"max_sequence_length": 512, "num_global_tokens": 4, "block_size": 32, "sparse_block_size": 32}
CLASSIFIER = "AutoModelForSequenceClassification"
WRITER = "AutoModelForSeq2SeqLM"
# Source in tests/golden, auto class, options, what is trained.
TRAINED = [
    ("../../demo/model", CLASSIFIER, {"lsg": {**LSG, "num_global_tokens": 16}, "num_labels": 11}, "globals"),
    ("conversion/roberta_512", CLASSIFIER, {"lsg": LSG, "num_labels": 3}, "globals"),
    ("conversion/camembert_512", CLASSIFIER, {"lsg": LSG, "id2label": ["bad", "good"]}, "globals"),
    ("conversion/bert_512", CLASSIFIER, {"lsg": LSG, "num_labels": 4}, "globals"),
    ("conversion/bart_512", CLASSIFIER, {"lsg": LSG, "num_labels": 3}, "globals"),
    ("conversion/distilbert_512", CLASSIFIER, {"lsg": LSG, "num_labels": 2}, "all"),
    ("conversion/roberta_512", "AutoModelForMaskedLM", {"lsg": LSG}, "globals"),
    ("conversion/albert_512", "AutoModelForMaskedLM", {"lsg": LSG}, "all"),
    ("conversion/electra_512", "AutoModelForTokenClassification", {"lsg": LSG, "num_labels": 2}, "globals"),
    ("conversion/bart_512", WRITER, {"lsg": LSG}, "globals"),
    ("conversion/pegasus_512", WRITER, {"lsg": LSG}, "all"),
    ("conversion/mbart_512", WRITER, {"lsg": {**LSG, "pass_global_tokens_to_decoder": False}}, "globals"),
    ("conversion/bert_512", "AutoModelForMaskedLM", {}, "all"),
    ("conversion/roberta_512", "AutoModelForMaskedLM", {}, "head"),
    ("conversion/bart_512", WRITER, {}, "all"),
]
# Golden models of each class that are saved as they are.
SAVED = [
    ("models/roberta_model", "AutoModel"),
    ("models/roberta_untied", "AutoModelForMaskedLM"),
    ("models/longformer", "AutoModelForMaskedLM"),
    *((f"models/{name}_lsg_norm", "AutoModelForMaskedLM") for name in ("camembert", "xlm_roberta", "electra", "albert")),
    ("heads/roberta_lsg_token_classification", "AutoModelForTokenClassification"),
    ("heads/bert_lsg_question_answering", "AutoModelForQuestionAnswering"),
    ("heads/distilbert_lsg_multiple_choice", "AutoModelForMultipleChoice"),
    ("heads/bert_causal_lm", "AutoModelForCausalLM"),
    ("heads/electra_lsg_pre_training", "AutoModelForPreTraining"),
    ("seq2seq/bart", WRITER),
    ("seq2seq/bart_untied", WRITER),
    ("seq2seq/bart_lsg_model", "AutoModel"),
    ("seq2seq/bart_lsg_sequence_classification", CLASSIFIER),
    ("seq2seq/led", WRITER),
    ("seq2seq/mbart_lsg_norm", WRITER),
    ("seq2seq/pegasus_lsg_norm", WRITER),
]


def deno(jobs: list) -> list:
    command = ["deno", "run", "--quiet", "--no-check", "--allow-all", "-", json.dumps(jobs)]
    done = subprocess.run(command, cwd=ROOT, input=TRAIN, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def job_of(source: str, auto: str, options: dict, trainable: str, folder: Path) -> dict:
    """Ids and labels of a few steps: a class, or the ids that are hidden, or those that the decoder writes."""
    config = json.loads((ROOT / "tests/golden" / source / "config.json").read_text())
    tokens = TOKENS if options else 60
    generator = np.random.default_rng(5)
    ids = generator.integers(5, config["vocab_size"], tokens).tolist()
    if config.get("is_encoder_decoder"):
        ids[-1] = config["eos_token_id"]
    inputs, labels = {"input_ids": [ids]}, [[1]]
    if auto == WRITER:
        written = generator.integers(5, config["vocab_size"], 12).tolist()
        inputs["decoder_input_ids"] = [[config["decoder_start_token_id"], *written]]
        labels = [[*written[:-1], -100, config["eos_token_id"]]]
    elif auto == "AutoModelForTokenClassification":
        labels = [[i % 2 for i in range(tokens)]]
    elif auto != CLASSIFIER:
        hidden = set(range(0, tokens, 7))
        labels = [[id if i in hidden else -100 for i, id in enumerate(ids)]]
        inputs["input_ids"] = [[4 if i in hidden else id for i, id in enumerate(ids)]]
    source = str((ROOT / "tests/golden" / source).resolve())
    return {
        "source": source, "auto": auto, "options": options, "trainable": trainable, "folder": str(folder),
        "inputs": inputs, "labels": labels, "steps": STEPS,
    }


def load(model_class, folder: Path, **settings):
    """Loads a folder, and asserts that nothing is drawn or left out."""
    model, info = model_class.from_pretrained(folder, output_loading_info=True, **settings)
    # transformers looks for ALBERT's and BERT's pooler in the bare model only.
    assert not any(info[key] for key in ("unexpected_keys", "mismatched_keys", "error_msgs")), info
    missing = [key for key in info["missing_keys"] if "pooler" not in key or type(model).__name__.endswith("Classification")]
    assert not missing, info
    return model.eval()


def published(architecture: str, config: dict):
    """A class of lsg-converter, or of transformers."""
    if not architecture.startswith("LSG"):
        return getattr(transformers, architecture)
    family = config["model_type"].replace("-", "_")
    return getattr(importlib.import_module(f"lsg_converter.{family}.modeling_lsg_{family}"), architecture)


def logits_of(model, inputs: dict) -> np.ndarray:
    with torch.no_grad():
        return model(**{name: torch.tensor(ids) for name, ids in inputs.items()}).logits.numpy().ravel()


def relative(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference, beside the largest value."""
    assert ours.shape == theirs.shape and np.isfinite(ours).all(), (ours.shape, theirs.shape)
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def check_names(model, folder: Path) -> None:
    """Asserts that transformers writes a file of the same names and values."""
    with tempfile.TemporaryDirectory() as again:
        model.save_pretrained(again, safe_serialization=True)
        theirs, ours = (load_file(Path(path) / "model.safetensors") for path in (again, folder))
    poolers = {name for name in theirs if "pooler" in name} - set(ours)
    names = set(theirs) - poolers
    assert set(ours) == names, (set(ours) ^ names)
    for name in names:
        assert torch.equal(ours[name], theirs[name]), name


def check_trained(job: dict, result: dict) -> float:
    folder = Path(job["folder"])
    config = json.loads((folder / "config.json").read_text())
    [architecture] = config["architectures"]
    is_lsg = bool(job["options"])
    labels = job["options"].get("id2label") or [f"LABEL_{i}" for i in range(job["options"].get("num_labels", 0))]
    if labels:
        assert config["id2label"] == {str(i): label for i, label in enumerate(labels)}, config["id2label"]
        assert config["label2id"] == {label: i for i, label in enumerate(labels)}, config["label2id"]
    assert architecture.startswith("LSG") == is_lsg, architecture
    assert result["losses"][-1] < result["losses"][0], result["losses"]
    ours = np.array(result["values"])
    auto = getattr(transformers, job["auto"])
    differences = []
    for model_class, settings in ((auto, {"trust_remote_code": is_lsg}), (published(architecture, config), {})):
        model = load(model_class, folder, **settings)
        assert type(model).__name__ == architecture, type(model)
        differences.append(relative(ours, logits_of(model, job["inputs"])))
    check_names(model, folder)
    # The steps changed what they were to train, enough for the comparison to see.
    state, trained = model.state_dict(), set(result["trained"])
    assert trained <= set(state), trained - set(state)
    source = load_file(Path(job["source"]) / "model.safetensors")
    original = {name: source[name] for name in set(source) & set(state) if source[name].shape == state[name].shape}
    for name in set(original) - trained:
        if config["model_type"] == "pegasus" and "embed_positions" in name:
            continue  # Conversion computes them.
        assert torch.equal(original[name], state[name]), f"{name} changed, and was not trained"
    if is_lsg:
        globals_ = next(name for name in trained if name.endswith("global_embeddings.weight"))
        state[globals_].zero_()
        # Of how its memory was made, a decoder sees little.
        least = max(1e-6, 10 * max(differences))
        assert relative(logits_of(model, job["inputs"]), ours) > least, least
    if (folder / "tokenizer_config.json").exists() and (Path(job["source"]) / "tokenizer.json").exists():
        tokenizer = AutoTokenizer.from_pretrained(folder)
        assert tokenizer("The sea.")["input_ids"] == AutoTokenizer.from_pretrained(job["source"])("The sea.")["input_ids"]
        assert not is_lsg or tokenizer.model_max_length == LSG["max_sequence_length"]
    return max(differences)


def main() -> None:
    transformers.logging.set_verbosity_error()
    failed = 0
    with tempfile.TemporaryDirectory() as parent:
        jobs = [job_of(*each, Path(parent) / str(i)) for i, each in enumerate(TRAINED)]
        for job, result in zip(jobs, deno(jobs)):
            difference = check_trained(job, result)
            failed += not difference < TOLERANCE
            architecture = json.loads((Path(job["folder"]) / "config.json").read_text())["architectures"][0]
            print(f"{architecture}, {job['trainable']} trained: {difference:.1e} of the largest logit", flush=True)
        saved = [
            {"source": str(ROOT / "tests/golden" / source), "auto": auto, "folder": f"{parent}/{source}", "steps": 0}
            for source, auto in SAVED
        ]
        deno(saved)
        for job in saved:
            folder = Path(job["folder"])
            config = json.loads((folder / "config.json").read_text())
            check_names(load(published(config["architectures"][0], config), folder), folder)
        print(f"{len(saved)} golden models are saved under transformers' names")
    if failed:
        raise SystemExit(f"{failed} of {len(jobs)} differ by {TOLERANCE} or more")


if __name__ == "__main__":
    main()
