"""Golden files: safetensors whose metadata lists the cases, byte for byte the same on every run."""

import json
import struct
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).parents[2] / "tests" / "golden"
SEED = 20240229

DTYPES = {
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int32: "I32",
}


def random(name: str) -> np.random.Generator:
    """A generator of its own for each name, so that a new case leaves the others as they are."""
    return np.random.default_rng([SEED, *name.encode()])


def to_json(value) -> str:
    return json.dumps(value, sort_keys=True)


def to_stored(value) -> torch.Tensor:
    """float64 results become float32 and indices int32; tensors of a checkpoint stay as they are."""
    tensor = torch.as_tensor(value).detach()
    if tensor.dtype == torch.float64:
        return tensor.float().contiguous()
    if tensor.dtype in (torch.int64, torch.bool):
        return tensor.int().contiguous()
    return tensor.contiguous()


def to_bytes(tensor: torch.Tensor) -> bytes:
    # numpy has no bfloat16: its bits travel as int16.
    bits = tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor
    return bits.numpy().tobytes()


def write_safetensors(path: Path, tensors: dict, metadata: dict | None = None) -> None:
    """Sorted keys throughout: the library's own writer leaves the order of the metadata to chance."""
    header, blobs, offset = {}, [], 0
    if metadata:
        header["__metadata__"] = metadata
    for name in sorted(tensors):
        tensor = to_stored(tensors[name])
        blob = to_bytes(tensor)
        header[name] = {
            "dtype": DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + len(blob)],
        }
        offset += len(blob)
        blobs.append(blob)
    text = to_json(header).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


class Golden:
    """Collects the cases of one file."""

    def __init__(
        self, path: str, note: str, packages=("lsg-converter", "numpy", "selfextend", "transformers"),
    ):
        self.path = ROOT / path
        self.note = note
        self.packages = packages
        self.cases: list[dict] = []
        self.tensors: dict[str, torch.Tensor] = {}

    def add(self, name: str, parameters: dict, source: str, tensors: dict, **more) -> None:
        if any(case["name"] == name for case in self.cases):
            raise ValueError(f"{self.path.name}: two cases are called {name}")
        self.cases.append({"name": name, "parameters": parameters, "source": source, **more})
        for key, value in tensors.items():
            stored = to_stored(value)
            if not torch.isfinite(stored.double()).all():
                raise ValueError(f"{self.path.name}: {name}/{key} is not finite")
            self.tensors[f"{name}/{key}"] = stored

    def write(self) -> None:
        versions = {"torch": torch.__version__, **{name: version(name) for name in self.packages}}
        write_safetensors(self.path, self.tensors, {
            "versions": to_json(versions),
            "seed": str(SEED),
            "note": self.note,
            "cases": to_json(self.cases),
        })
        dense = sum(case["source"].startswith("dense form") for case in self.cases)
        size = self.path.stat().st_size
        name = str(self.path.relative_to(ROOT))
        print(f"{name:52} {len(self.cases):4} cases {dense:4} dense {size / 1024:8.1f} KiB")
