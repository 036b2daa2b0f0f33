"""Writes a decoder as ONNX with keys and values, 32-bit floats and int8, for bench:peers.

    python tools/export_decoder.py [--folder .cache/peers/smol_lm]

Needs requirements-peers.txt. FOLDER holds a Llama as bench:peers writes it; the files go to FOLDER/onnx,
named and shaped as transformers.js reads them. int8 is ONNX Runtime's own dynamic quantisation.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import quantize_dynamic
from torch import nn
from transformers import LlamaForCausalLM


class WithCache(nn.Module):
    """The model with keys and values as inputs and outputs."""

    def __init__(self, model: LlamaForCausalLM):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, position_ids, *past):
        past_key_values = list(zip(past[::2], past[1::2]))
        output = self.model(
            input_ids, attention_mask=attention_mask, position_ids=position_ids, past_key_values=past_key_values,
            use_cache=True)
        return output.logits, *(tensor for layer in output.past_key_values for tensor in layer)


def make_inputs(config, tokens: int, past: int) -> list[torch.Tensor]:
    heads, width = config.num_key_value_heads, config.hidden_size // config.num_attention_heads
    ids = torch.arange(tokens)[None] * 7919 % config.vocab_size
    cache = [torch.randn(1, heads, past, width) for _ in range(2 * config.num_hidden_layers)]
    return [ids, torch.ones(1, past + tokens, dtype=torch.int64), torch.arange(past, past + tokens)[None], *cache]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=Path(".cache/peers/smol_lm"))
    folder = parser.parse_args().folder
    torch.manual_seed(0)
    warnings.simplefilter("ignore")
    model = LlamaForCausalLM.from_pretrained(folder, attn_implementation="eager").eval()
    layers = range(model.config.num_hidden_layers)
    names = lambda prefix: [f"{prefix}.{i}.{part}" for i in layers for part in ("key", "value")]
    inputs = ["input_ids", "attention_mask", "position_ids", *names("past_key_values")]
    outputs = ["logits", *names("present")]
    (folder / "onnx").mkdir(exist_ok=True)
    full, int8 = folder / "onnx" / "model.onnx", folder / "onnx" / "model_quantized.onnx"
    with torch.no_grad():
        torch.onnx.export(
            WithCache(model),
            tuple(make_inputs(model.config, 3, 5)),
            full,
            dynamo=False,
            opset_version=17,
            input_names=inputs,
            output_names=outputs,
            dynamic_axes={
                "input_ids": {0: "batch", 1: "tokens"},
                "attention_mask": {0: "batch", 1: "all"},
                "position_ids": {0: "batch", 1: "tokens"},
                "logits": {0: "batch", 1: "tokens"},
                **{name: {0: "batch", 2: "past"} for name in names("past_key_values")},
                **{name: {0: "batch", 2: "all"} for name in names("present")},
            },
        )
    check(model, full, inputs)
    quantize_dynamic(full, int8)
    for path in (full, int8):
        print(f"{path} {path.stat().st_size / 1e6:.0f} MB")


def check(model: LlamaForCausalLM, path: Path, names: list[str]) -> None:
    """Asserts that the file computes what the model does, for other lengths than those it was traced with."""
    session = onnxruntime.InferenceSession(path)
    for tokens, past in ((17, 0), (1, 23)):
        inputs = make_inputs(model.config, tokens, past)
        with torch.no_grad():
            wanted, *_ = WithCache(model)(*inputs)
        [logits] = session.run(["logits"], dict(zip(names, map(torch.Tensor.numpy, inputs))))
        assert np.abs(logits - wanted.numpy()).max() < 1e-4, f"{tokens} tokens after {past}"


if __name__ == "__main__":
    main()
