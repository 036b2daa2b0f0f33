"""Makes tests/golden/pytorch: files of torch.save in both formats, and what they hold as safetensors.
Needs torch 1.13 and safetensors; a second run writes the same bytes."""

import collections
import json
import pickle
import types
from pathlib import Path

import torch
import torch.serialization
from safetensors.torch import save_file

OUT = Path(__file__).parent.parent / "tests" / "golden" / "pytorch"


class StableKeys:
    """The legacy format names storages by their addresses: this gives them numbers instead."""

    def __init__(self):
        self.numbers = {}
        self.module = types.SimpleNamespace(__name__="pickle", dump=self.dump, Pickler=self.pickler)

    def dump(self, value, file, protocol):
        if isinstance(value, list):
            value = [str(self.numbers[key]) for key in value]
        pickle.dump(value, file, protocol)

    def pickler(self, file, protocol):
        keys = self

        class Pickler(pickle._Pickler):
            def __setattr__(self, name, function):
                if name == "persistent_id":
                    inner = function
                    function = lambda value: keys.rename(inner(value))
                super().__setattr__(name, function)

        return Pickler(file, protocol)

    def rename(self, reference):
        if reference is None:
            return None
        kind, storage, key, *rest = reference
        number = self.numbers.setdefault(key, len(self.numbers))
        return (kind, storage, str(number), *rest)

    def order(self, keys):
        return sorted(keys, key=self.numbers.get)


def save(value, name, legacy=False, protocol=2):
    path = OUT / name
    if not legacy:
        torch.save(value, path, pickle_protocol=protocol)
        return
    keys = StableKeys()
    torch.serialization.sorted = keys.order
    torch.save(value, path, keys.module, protocol, _use_new_zipfile_serialization=False)
    del torch.serialization.sorted


def state_dict():
    """What may be in a state dict of transformers, and views of every kind."""
    torch.manual_seed(19)
    module = torch.nn.Sequential(torch.nn.Linear(5, 3), torch.nn.BatchNorm1d(3))
    tensors = module.state_dict()  # with _metadata
    drawn = torch.randn(4, 6)
    tensors["tied"] = tensors["0.weight"]
    tensors["transposed"] = drawn.t()
    tensors["part"] = drawn[1:3, 2:5]
    tensors["steps"] = drawn[::2, ::3]
    tensors["column"] = drawn[:, 4]
    tensors["permuted"] = torch.randn(2, 3, 4).permute(2, 0, 1)
    tensors["repeated"] = torch.randn(1, 4).expand(3, 4)
    tensors["single"] = drawn[2:3, 5:6]
    tensors["scalar"] = torch.tensor(2.5)
    tensors["empty"] = torch.zeros(0, 3)
    tensors["parameter"] = torch.nn.Parameter(torch.randn(7))
    tensors["half"] = torch.randn(9).half()
    tensors["half_transposed"] = torch.randn(2, 5).half().t()
    tensors["bfloat16"] = torch.randn(9).bfloat16()
    tensors["double"] = torch.randn(3).double()
    tensors["position_ids"] = torch.arange(6).expand(1, -1)
    tensors["int"] = torch.tensor([-7, 2**31 - 1], dtype=torch.int32)
    tensors["short"] = torch.tensor([-7, 300], dtype=torch.int16)
    tensors["char"] = torch.tensor([-7, 100], dtype=torch.int8)
    tensors["byte"] = torch.tensor([7, 200], dtype=torch.uint8)
    tensors["bool"] = torch.tensor([[True, False], [False, True]]).t()
    tensors["wörter.weight"] = torch.randn(2)
    return tensors


def main():
    OUT.mkdir(exist_ok=True)
    tensors = state_dict()
    for protocol in (2, 3, 4, 5):
        for legacy in (False, True):
            save(tensors, f"{'legacy' if legacy else 'zip'}_{protocol}.bin", legacy, protocol)
    floats = (torch.float32, torch.float16, torch.bfloat16, torch.float64)
    values = {
        name: tensor.detach().to(torch.float32 if tensor.dtype in floats else torch.int32).contiguous().clone()
        for name, tensor in tensors.items()
    }
    save_file(values, OUT / "values.safetensors", {"source": f"torch {torch.__version__}"})

    plain = {name: torch.full((2,), float(i)) for i, name in enumerate(("a", "b"))}
    for key in ("state_dict", "model"):
        save({"epoch": 3, "rate": 0.5, key: plain, "optimizer": {"state": {0: plain}}, "log": [1]}, f"nested_{key}.bin")
    save({"model": plain, "ema": dict(plain)}, "two_models.bin")
    save({"weights": plain}, "other_key.bin")
    save({"model": plain, "step": torch.tensor(3)}, "mixed.bin")
    save([plain], "list.bin")
    save({"a": torch.ones(2), "args": collections.Counter(b=1)}, "counter.bin")
    save(torch.nn.Linear(2, 2), "module.bin")
    save({"a": torch.ones(2).to_sparse()}, "sparse.bin")

    folder = OUT / "sharded"
    folder.mkdir(exist_ok=True)
    shards = {"a": "pytorch_model-00001-of-00002.bin", "b": "pytorch_model-00002-of-00002.bin"}
    for name, file in shards.items():
        save({name: plain[name]}, f"sharded/{file}", legacy=name == "b")
    index = {"metadata": {"total_size": 16}, "weight_map": shards}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))


main()
