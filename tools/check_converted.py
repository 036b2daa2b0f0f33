"""Folders of `lsg convert` in Python: transformers finds the classes of lsg-converter, and computes the same.

    python tools/check_converted.py [FOLDER of a vanilla checkpoint ...]

Needs the packages of tools/requirements-golden.txt, and deno. Converts each checkpoint (default: those of
tests/golden/conversion and the encoder-decoders of tests/golden/pipelines), runs AutoModel on both sides, and
loads every class that the folder names. Encoder-decoders run AutoModelForSeq2SeqLM: logits, and the ids that
generate() of both sides writes. A folder with pytorch_model.bin in place of model.safetensors gives the same.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
import transformers
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModel, AutoModelForSeq2SeqLM, AutoTokenizer

ROOT = Path(__file__).resolve().parent.parent
LENGTH = 1024
TOKENS = 700  # More than two blocks, so that attention is sparse; not a multiple of a block.
TOLERANCE = 2e-5  # Float32 sums in a few layers on one side, float64 on the other.

OURS = """
import { AutoModel } from "./mod.ts";
const { folder, inputs } = JSON.parse(Deno.args[0]);
using model = await AutoModel.from_pretrained(folder, { device: "cpu" });
const { last_hidden_state } = await model(inputs);
console.log(JSON.stringify({ values: [[...last_hidden_state.data]] }));
"""
OUR_TEXTS = """
import { AutoModelForSeq2SeqLM } from "./mod.ts";
const { folder, inputs, settings } = JSON.parse(Deno.args[0]);
using model = await AutoModelForSeq2SeqLM.from_pretrained(folder, { device: "cpu" });
const { logits, encoder_last_hidden_state: memory } = await model(inputs);
const ids = await model.generate({ input_ids: inputs.input_ids, ...settings });
const rows = memory.data.slice(-inputs.input_ids[0].length * model.config.hidden_size);
const values = [[...logits.data], [...rows]];
console.log(JSON.stringify({ values, ids: ids.tolist().map((row) => row.map(Number)) }));
"""
SETTINGS = [{"num_beams": 1, "max_length": 24}, {"num_beams": 3, "max_length": 12, "length_penalty": 1.5}]


def deno(*args: str, script: str | None = None) -> str:
    command = ["deno", "run", "--quiet", "--allow-all", *args]
    done = subprocess.run(command, cwd=ROOT, input=script, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def run(model, inputs: dict) -> list[np.ndarray]:
    with torch.no_grad():
        output = model(**{name: torch.tensor(ids) for name, ids in inputs.items()})
    if "logits" not in output:
        return [output.last_hidden_state.numpy().ravel()]
    # A decoder sees little of how its memory was made; rows of globals are left out.
    return [part.numpy().ravel() for part in (output.logits, output.encoder_last_hidden_state[:, -TOKENS:])]


def generate(model, ids: list, settings: dict) -> list:
    with torch.no_grad():
        return model.generate(torch.tensor(ids), **settings).tolist()


def relative(ours: list[np.ndarray], theirs: list[np.ndarray]) -> float:
    """The largest difference of an output, beside its largest value."""
    shapes = [[part.shape for part in parts] for parts in (ours, theirs)]
    assert shapes[0] == shapes[1] and all(np.isfinite(part).all() for part in ours), shapes
    return max(float(np.abs(a - b).max() / np.abs(b).max()) for a, b in zip(ours, theirs))


def convert(source: Path, folder: Path) -> dict:
    length = str(LENGTH)
    return json.loads(deno("cli.ts", "convert", str(source), str(folder), "--max-sequence-length", length, "--json"))


def check(source: Path, folder: Path) -> float:
    """Converts a checkpoint, and returns how far the outputs of both sides differ."""
    printed = convert(source, folder)
    config = AutoConfig.from_pretrained(folder, trust_remote_code=True)
    is_writer = config.is_encoder_decoder
    auto, script = (AutoModelForSeq2SeqLM, OUR_TEXTS) if is_writer else (AutoModel, OURS)
    vocabulary = config.vocab_size
    generator = np.random.default_rng(5)
    inputs = {"input_ids": [generator.integers(5, vocabulary, TOKENS).tolist()]}
    if is_writer:
        start = config.decoder_start_token_id
        inputs["decoder_input_ids"] = [[start, *generator.integers(5, vocabulary, 20).tolist()]]
    model = auto.from_pretrained(folder, trust_remote_code=True).eval()
    assert type(model).__name__.startswith("LSG"), type(model)
    assert model.get_input_embeddings().weight.shape[0] == vocabulary
    theirs = run(model, inputs)
    # The same folder as a vanilla model, which the comparison must be able to tell apart.
    full = run(auto.from_pretrained(folder, trust_remote_code=False).eval(), inputs)
    assert relative(full, theirs) > 10 * TOLERANCE, relative(full, theirs)
    for settings in SETTINGS if is_writer else [{}]:
        given = {"folder": str(folder), "inputs": inputs, "settings": settings}
        ours = json.loads(deno("-", json.dumps(given), script=script))
        values = [np.array(part) for part in ours["values"]]
        if is_writer:
            wanted = generate(model, inputs["input_ids"], settings)
            assert ours["ids"] == wanted, (settings, ours["ids"], wanted)
    # The folder's files, and the lines that were printed.
    tokenizer = AutoTokenizer.from_pretrained(folder)
    assert tokenizer.model_max_length == LENGTH
    original = AutoTokenizer.from_pretrained(source)
    assert tokenizer("The house, by the sea.")["input_ids"] == original("The house, by the sea.")["input_ids"]
    assert type(tokenizer) is type(original), (type(tokenizer), type(original))
    for file in source.iterdir():
        changed = ("config.json", "tokenizer_config.json", "model.safetensors", "pytorch_model.bin", "golden.safetensors")
        assert file.name in changed or (folder / file.name).read_bytes() == file.read_bytes(), file
    names: dict = {}
    exec("\n".join(printed["python"]), names)
    assert type(names["model"]).__name__ == config.architectures[0], (type(names["model"]), config.architectures)
    for auto_class, name in json.loads((folder / "config.json").read_text())["auto_map"].items():
        if auto_class != "AutoConfig":
            loaded = getattr(transformers, auto_class).from_pretrained(
                folder, trust_remote_code=True, ignore_mismatched_sizes=True,
            )
            assert type(loaded).__name__ == name.split(".")[1], (auto_class, name, type(loaded))
    # A folder that Python saves again stays an LSG model.
    with tempfile.TemporaryDirectory() as again:
        model.save_pretrained(again)
        resaved = auto.from_pretrained(again, trust_remote_code=True)
        assert type(resaved).__name__ == type(model).__name__, type(resaved)
    if is_writer:
        check_pickled(source, folder)
    return relative(values, theirs)


def check_pickled(source: Path, folder: Path) -> None:
    """Converts the checkpoint once more, its weights in pytorch_model.bin."""
    with tempfile.TemporaryDirectory() as parent:
        pickled, again = Path(parent) / "pickled", Path(parent) / "again"
        shutil.copytree(source, pickled)
        torch.save(load_file(pickled / "model.safetensors"), pickled / "pytorch_model.bin")
        (pickled / "model.safetensors").unlink()
        convert(pickled, again)
        names = [{file.name for file in path.iterdir()} for path in (folder, again)]
        assert names[0] == names[1], names
        for name in names[0]:
            assert (folder / name).read_bytes() == (again / name).read_bytes(), name


def main() -> None:
    transformers.logging.set_verbosity_error()
    golden = ROOT / "tests/golden"
    sources = [Path(path).resolve() for path in sys.argv[1:]] or [
        *sorted(path for path in (golden / "conversion").iterdir() if path.is_dir()),
        *(golden / "pipelines" / name for name in ("bart", "mbart", "mbart50", "pegasus")),
    ]
    failed = 0
    for source in sources:
        with tempfile.TemporaryDirectory() as parent:
            difference = check(source, Path(parent) / source.name)
        failed += not difference < TOLERANCE
        print(f"{source.name}: {difference:.1e} of the largest output", flush=True)
    if failed:
        raise SystemExit(f"{failed} of {len(sources)} differ by {TOLERANCE} or more")


if __name__ == "__main__":
    main()
