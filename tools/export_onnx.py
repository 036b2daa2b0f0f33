"""Writes a RoBERTa-base encoder with random weights as ONNX, 32-bit floats and int8, for bench:peers.

    python tools/export_onnx.py [--folder .cache/peers]

Needs requirements-peers.txt. Full attention, one sequence of up to 8,192 tokens; int8 is ONNX
Runtime's own dynamic quantisation with its defaults.
"""

import argparse
from pathlib import Path

import torch
from onnxruntime.quantization import quantize_dynamic

from peer_models import full_encoder

MOST_TOKENS = 8192


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=Path(".cache/peers"))
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    full, int8 = folder / "roberta_fp32.onnx", folder / "roberta_int8.onnx"
    torch.onnx.export(
        full_encoder(MOST_TOKENS + 2),
        (torch.randint(5, 50_000, (1, 512)),),
        full,
        dynamo=False,
        opset_version=17,
        input_names=["input_ids"],
        output_names=["last_hidden_state"],
        dynamic_axes={"input_ids": {1: "tokens"}, "last_hidden_state": {1: "tokens"}},
    )
    quantize_dynamic(full, int8)
    for path in (full, int8):
        print(f"{path} {path.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
