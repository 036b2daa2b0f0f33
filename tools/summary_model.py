"""A small BART whose module names give a BartForConditionalGeneration checkpoint's parameter names."""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn

WIDTH, HEADS, FEED_FORWARD, POSITIONS, OFFSET = 256, 4, 1024, 512, 2
ENCODER_LAYERS, DECODER_LAYERS = 4, 2
BOS, PAD, EOS, MASK = 0, 1, 2, 4


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(WIDTH, WIDTH) for _ in range(4))

    def forward(self, x, memory, mask=None, causal=False):
        split = lambda y: y.view(y.shape[0], y.shape[1], HEADS, -1).transpose(1, 2)
        q, k, v = split(self.q_proj(x)), split(self.k_proj(memory)), split(self.v_proj(memory))
        # Not scaled_dot_product_attention: on CPUs its backward pass takes twice as long as these products.
        scores = q * q.shape[-1] ** -0.5 @ k.transpose(2, 3)
        if causal:
            scores = scores + torch.full(scores.shape[2:], -1e4, dtype=scores.dtype).triu(1)
        if mask is not None:
            scores = scores + mask.to(scores.dtype)
        y = scores.softmax(-1, dtype=scores.dtype) @ v
        return self.out_proj(y.transpose(1, 2).reshape(x.shape))


class Layer(nn.Module):
    def __init__(self, decoder: bool):
        super().__init__()
        norm = lambda: nn.LayerNorm(WIDTH, eps=1e-5)
        self.self_attn, self.self_attn_layer_norm = Attention(), norm()
        if decoder:
            self.encoder_attn, self.encoder_attn_layer_norm = Attention(), norm()
        self.fc1, self.fc2 = nn.Linear(WIDTH, FEED_FORWARD), nn.Linear(FEED_FORWARD, WIDTH)
        self.final_layer_norm = norm()

    def forward(self, x, mask=None, memory=None, memory_mask=None):
        x = self.self_attn_layer_norm(x + self.self_attn(x, x, mask, causal=memory is not None))
        if memory is not None:
            x = self.encoder_attn_layer_norm(x + self.encoder_attn(x, memory, memory_mask))
        return self.final_layer_norm(x + self.fc2(F.gelu(self.fc1(x))))


class Stack(nn.Module):
    def __init__(self, layers: int, decoder: bool):
        super().__init__()
        self.embed_positions = nn.Embedding(POSITIONS + OFFSET, WIDTH)
        self.layernorm_embedding = nn.LayerNorm(WIDTH, eps=1e-5)
        self.layers = nn.ModuleList(Layer(decoder) for _ in range(layers))


class Bart(nn.Module):
    def __init__(self, vocabulary: int):
        super().__init__()
        self.model = nn.ModuleDict({
            "shared": nn.Embedding(vocabulary, WIDTH),
            "encoder": Stack(ENCODER_LAYERS, False),
            "decoder": Stack(DECODER_LAYERS, True),
        })
        self.final_logits_bias = nn.Parameter(torch.zeros(1, vocabulary))

    def embed(self, stack: Stack, ids, positions):
        return stack.layernorm_embedding(self.model["shared"](ids) + stack.embed_positions(positions + OFFSET))

    def encode(self, ids, shift: int = 0):
        """Memory [batch, tokens, WIDTH]. Tokens beyond POSITIONS are read in pieces of that many, each at
        the same positions: what repeating the position table does, with attention in blocks."""
        batch, tokens = ids.shape
        piece = min(tokens, POSITIONS)
        rows = ids.reshape(-1, piece)
        mask = self.mask(rows)
        x = self.embed(self.model["encoder"], rows, (torch.arange(piece) + shift)[None, :])
        for layer in self.model["encoder"].layers:
            x = layer(x, mask)
        return x.reshape(batch, tokens, WIDTH)

    @staticmethod
    def mask(ids):
        return ((ids == PAD).float() * -1e4)[:, None, None, :]

    def decode(self, ids, memory, memory_ids):
        """Hidden states [batch, tokens, WIDTH]; logits are `self.logits` of them."""
        x = self.embed(self.model["decoder"], ids, torch.arange(ids.shape[1])[None, :])
        mask = self.mask(memory_ids)
        for layer in self.model["decoder"].layers:
            x = layer(x, None, memory, mask)
        return x

    def logits(self, x):
        return F.linear(x, self.model["shared"].weight) + self.final_logits_bias[0]


def warm_start(model: Bart, folder: Path) -> None:
    """Everything from a RoBERTa of the same width: embeddings and encoder as they are, decoder layers
    from the lowest and the highest encoder layer, cross-attention from their self-attention."""
    source = {name: value.float() for name, value in load_file(folder / "model.safetensors").items()}
    names = {"query": "q_proj", "key": "k_proj", "value": "v_proj"}

    def layer(target: Layer, i: int) -> None:
        state = {}
        for part in ("weight", "bias"):
            take = lambda name: source[f"roberta.encoder.layer.{i}.{name}.{part}"]
            for attention in ("self_attn", "encoder_attn"):
                if hasattr(target, attention):
                    for old, new in names.items():
                        state[f"{attention}.{new}.{part}"] = take(f"attention.self.{old}")
                    state[f"{attention}.out_proj.{part}"] = take("attention.output.dense")
                    state[f"{attention}_layer_norm.{part}"] = take("attention.output.LayerNorm")
            state[f"fc1.{part}"], state[f"fc2.{part}"] = take("intermediate.dense"), take("output.dense")
            state[f"final_layer_norm.{part}"] = take("output.LayerNorm")
        target.load_state_dict(state)

    embeddings = "roberta.embeddings."
    with torch.no_grad():
        model.model["shared"].weight.copy_(source[embeddings + "word_embeddings.weight"])
        model.final_logits_bias[0].copy_(source["lm_head.bias"])
        for stack in (model.model["encoder"], model.model["decoder"]):
            stack.embed_positions.weight.copy_(
                source[embeddings + "position_embeddings.weight"] + source[embeddings + "token_type_embeddings.weight"]
            )
            stack.layernorm_embedding.weight.copy_(source[embeddings + "LayerNorm.weight"])
            stack.layernorm_embedding.bias.copy_(source[embeddings + "LayerNorm.bias"])
    for i, target in enumerate(model.model["encoder"].layers):
        layer(target, i)
    for target, i in zip(model.model["decoder"].layers, (0, ENCODER_LAYERS - 1)):
        layer(target, i)


def config(vocabulary: int) -> dict:
    return {
        "architectures": ["BartForConditionalGeneration"], "model_type": "bart", "vocab_size": vocabulary,
        "d_model": WIDTH, "max_position_embeddings": POSITIONS, "activation_function": "gelu",
        "encoder_layers": ENCODER_LAYERS, "encoder_attention_heads": HEADS, "encoder_ffn_dim": FEED_FORWARD,
        "decoder_layers": DECODER_LAYERS, "decoder_attention_heads": HEADS, "decoder_ffn_dim": FEED_FORWARD,
        "num_hidden_layers": ENCODER_LAYERS, "scale_embedding": False, "is_encoder_decoder": True,
        "dropout": 0.0, "attention_dropout": 0.0, "activation_dropout": 0.0, "init_std": 0.02, "use_cache": True,
        "bos_token_id": BOS, "pad_token_id": PAD, "eos_token_id": EOS, "decoder_start_token_id": EOS,
        "forced_eos_token_id": EOS, "torch_dtype": "float16",
    }


def save(model: Bart, folder: Path, vocabulary: int) -> None:
    """config.json, generation_config.json and model.safetensors (f16), as transformers writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: value.detach().to(torch.float16).contiguous() for name, value in model.state_dict().items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config(vocabulary), indent=2) + "\n")
    generation = {
        "bos_token_id": BOS, "pad_token_id": PAD, "eos_token_id": EOS, "decoder_start_token_id": EOS,
        "forced_eos_token_id": EOS, "max_length": 256, "num_beams": 4, "no_repeat_ngram_size": 3,
        "transformers_version": "4.36.2",
    }
    (folder / "generation_config.json").write_text(json.dumps(generation, indent=2) + "\n")


def load(folder: Path) -> Bart:
    weights = load_file(folder / "model.safetensors")
    model = Bart(weights["model.shared.weight"].shape[0])
    model.load_state_dict({name: value.float() for name, value in weights.items()})
    return model
