"""RoBERTa-base encoders with random weights, of the published packages."""

from importlib.metadata import version

import torch
import torch.nn.functional as F
from torch import nn
from transformers import RobertaConfig, RobertaModel
from transformers.models.roberta import modeling_roberta


class HiddenStates(nn.Module):
    """A model of token ids alone, for its last hidden states `[batch, tokens, 768]`."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model.eval()

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        return self.model(input_ids).last_hidden_state


class FusedSelfAttention(modeling_roberta.RobertaSelfAttention):
    """Full attention by PyTorch's one operation for it, which transformers 4.36 has not for RoBERTa."""

    def forward(self, hidden_states, *_, **__):
        query, key, value = (
            self.transpose_for_scores(layer(hidden_states)) for layer in (self.query, self.key, self.value)
        )
        return (F.scaled_dot_product_attention(query, key, value).transpose(1, 2).flatten(2),)


def full_encoder(positions: int) -> nn.Module:
    """RoBERTa-base with full attention.

    positions: rows of the position table, two more than the most tokens.
    """
    original = modeling_roberta.RobertaSelfAttention
    modeling_roberta.RobertaSelfAttention = FusedSelfAttention
    try:
        return HiddenStates(RobertaModel(roberta_base(RobertaConfig, positions)))
    finally:
        modeling_roberta.RobertaSelfAttention = original


def lsg_encoder(positions: int) -> nn.Module:
    """RoBERTa-base with LSG attention, norm 128/128/2, of the package lsg-converter."""
    from lsg_converter.roberta.modeling_lsg_roberta import LSGRobertaConfig, LSGRobertaModel

    config = roberta_base(
        LSGRobertaConfig, positions, sparsity_type="norm", block_size=128, sparse_block_size=128, sparsity_factor=2
    )
    return HiddenStates(LSGRobertaModel(config))


def roberta_base(kind, positions: int, **lsg):
    """The config of roberta-base, with another number of positions."""
    return kind(
        vocab_size=50265, max_position_embeddings=positions, type_vocab_size=1, layer_norm_eps=1e-5, **lsg
    )


def versions(*packages: str) -> str:
    """The versions of packages in one line."""
    return ", ".join(f"{package} {version(package)}" for package in packages)
