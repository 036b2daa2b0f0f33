"""Folders of `lsg convert` in Python: transformers finds the classes of lsg-converter, and computes the same.

    python tools/check_converted.py [FOLDER of a vanilla checkpoint ...]

Needs the packages of tools/requirements-golden.txt, and deno. Converts each checkpoint (default: those of
tests/golden/conversion), runs AutoModel on both sides, and loads every class that the folder names.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
import transformers
from transformers import AutoConfig, AutoModel, AutoTokenizer

ROOT = Path(__file__).resolve().parent.parent
LENGTH = 1024
TOKENS = 700  # More than two blocks, so that attention is sparse; not a multiple of a block.
TOLERANCE = 1e-4  # Float32 sums in a few layers on one side, float64 on the other.

OURS = """
import { AutoModel } from "./mod.ts";
const { folder, ids } = JSON.parse(Deno.args[0]);
using model = await AutoModel.from_pretrained(folder, { device: "cpu" });
const input_ids = [ids];
const output = await model(
  model.config.decoder ? { input_ids, decoder_input_ids: [ids.slice(0, 50)] } : { input_ids },
);
const rows = output.encoder_last_hidden_state?.data ?? [];
const width = model.config.hidden_size;
console.log(JSON.stringify([...rows.slice(-ids.length * width), ...output.last_hidden_state.data]));
"""


def deno(*args: str, script: str | None = None) -> str:
    command = ["deno", "run", "--quiet", "--allow-all", *args]
    done = subprocess.run(command, cwd=ROOT, input=script, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def hidden_states(model, ids: list[int]) -> np.ndarray:
    inputs = {"input_ids": torch.tensor([ids])}
    if model.config.is_encoder_decoder:
        inputs["decoder_input_ids"] = torch.tensor([ids[:50]])
    with torch.no_grad():
        output = model(**inputs)
    rows = output.last_hidden_state
    if model.config.is_encoder_decoder:
        # A decoder sees little of how its memory was made; rows of globals are left out.
        rows = torch.cat([output.encoder_last_hidden_state[:, -TOKENS:], rows], dim=1)
    return rows.numpy().ravel()


def relative(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def check(source: Path, folder: Path) -> float:
    """Converts a checkpoint, and returns how far the hidden states of both sides differ."""
    deno("cli.ts", "convert", str(source), str(folder), "--max-sequence-length", str(LENGTH))
    config = AutoConfig.from_pretrained(folder, trust_remote_code=True)
    vocabulary = config.vocab_size
    ids = np.random.default_rng(5).integers(5, vocabulary, TOKENS).tolist()
    model = AutoModel.from_pretrained(folder, trust_remote_code=True).eval()
    assert type(model).__name__.startswith("LSG"), type(model)
    assert model.get_input_embeddings().weight.shape[0] == vocabulary
    theirs = hidden_states(model, ids)
    # The same folder as a vanilla model, which the comparison must be able to tell apart.
    full = hidden_states(AutoModel.from_pretrained(folder, trust_remote_code=False).eval(), ids)
    assert relative(full, theirs) > 10 * TOLERANCE, relative(full, theirs)
    ours = np.array(json.loads(deno("-", json.dumps({"folder": str(folder), "ids": ids}), script=OURS)))
    assert ours.shape == theirs.shape and np.isfinite(ours).all(), (ours.shape, theirs.shape)
    assert AutoTokenizer.from_pretrained(folder).model_max_length == LENGTH
    for auto, name in json.loads((folder / "config.json").read_text())["auto_map"].items():
        if auto != "AutoConfig":
            loaded = getattr(transformers, auto).from_pretrained(
                folder, trust_remote_code=True, ignore_mismatched_sizes=True,
            )
            assert type(loaded).__name__ == name.split(".")[1], (auto, name, type(loaded))
    # A folder that Python saves again stays an LSG model.
    with tempfile.TemporaryDirectory() as again:
        model.save_pretrained(again)
        resaved = AutoModel.from_pretrained(again, trust_remote_code=True)
        assert type(resaved).__name__ == type(model).__name__, type(resaved)
    return relative(ours, theirs)


def main() -> None:
    transformers.logging.set_verbosity_error()
    golden = ROOT / "tests/golden/conversion"
    sources = [Path(path).resolve() for path in sys.argv[1:]] or sorted(
        path for path in golden.iterdir() if path.is_dir()
    )
    failed = 0
    for source in sources:
        with tempfile.TemporaryDirectory() as parent:
            difference = check(source, Path(parent) / source.name)
        failed += not difference < TOLERANCE
        print(f"{source.name}: {difference:.1e} of the largest hidden state", flush=True)
    if failed:
        raise SystemExit(f"{failed} of {len(sources)} differ by {TOLERANCE} or more")


if __name__ == "__main__":
    main()
