"""Writes a ModernBERT-base encoder with random weights as ONNX, for bench:peers.

    python tools/export_modernbert_onnx.py [--folder .cache/peers]

Needs transformers 4.48 or later (made with 5.24.0), torch and onnx. One sequence of any length, without
padding: all tokens are visible, so the only mask is that of the local layers.
"""

import argparse
from pathlib import Path

import torch
from torch import nn
from transformers import ModernBertConfig, ModernBertModel


class HiddenStates(nn.Module):
    """A model of token ids alone, for its last hidden states `[1, tokens, 768]`."""

    def __init__(self):
        super().__init__()
        self.model = ModernBertModel(ModernBertConfig(attn_implementation="sdpa")).eval()

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        place = torch.arange(input_ids.shape[1])
        near = (place[:, None] - place[None]).abs() <= self.model.config.sliding_window
        # No mask at all in the other layers; this one is added to the scores.
        local = torch.where(near, 0.0, float("-inf"))[None, None]
        masks = {"full_attention": None, "sliding_attention": local}
        return self.model(input_ids, attention_mask=masks).last_hidden_state


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=Path(".cache/peers"))
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    path = folder / "modernbert_fp32.onnx"
    with torch.no_grad():
        torch.onnx.export(
            HiddenStates(), (torch.randint(5, 50_000, (1, 512)),), path, dynamo=False, opset_version=17,
            input_names=["input_ids"], output_names=["last_hidden_state"],
            dynamic_axes={"input_ids": {1: "tokens"}, "last_hidden_state": {1: "tokens"}})
    print(f"{path} {path.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
