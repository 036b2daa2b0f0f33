"""The checkpoints of tests/golden/seq2seq."""

import torch

from .seq2seq_checkpoint import Checkpoint

BLOCKS = {"block_size": 8, "sparse_block_size": 8, "sparsity_factor": 2}
TYPES = {
    "none": {"block_size": 8},
    "norm": {"num_global_tokens": 3},
    "pooling": {"sparsity_factor": 4},
}
HALF = torch.float16
LABELS = {
    "id2label": {0: "bad", 1: "fair", 2: "good"}, "label2id": {"bad": 0, "fair": 1, "good": 2},
}
DIFFERENT_SIZES = {
    "encoder_layers": 3, "decoder_layers": 1, "encoder_attention_heads": 4, "encoder_ffn_dim": 20,
    "decoder_ffn_dim": 40,
}


def lsg(kind: str, **keys) -> dict:
    return {**BLOCKS, "sparsity_type": kind, **TYPES.get(kind, {}), **keys}


MAIN = [
    checkpoint
    for family in ("bart", "mbart", "barthez", "pegasus")
    for checkpoint in (
        Checkpoint(family, family, positions_drawn=family != "pegasus"),
        *(Checkpoint(f"{family}_lsg_{kind}", family, lsg(kind), dtype=HALF) for kind in TYPES),
    )
]
BART = [
    Checkpoint("bart_lsg_bos_pooling", "bart", lsg("bos_pooling", num_global_tokens=2), dtype=HALF),
    Checkpoint("bart_lsg_lsh", "bart", lsg("lsh"), dtype=HALF),
    Checkpoint("bart_lsg_stride", "bart", lsg("stride", sparse_block_size=16), dtype=HALF),
    Checkpoint("bart_lsg_block_stride", "bart", lsg("block_stride"), dtype=torch.bfloat16),
    Checkpoint("bart_sizes", "bart", config={
        **DIFFERENT_SIZES, "scale_embedding": True, "activation_function": "relu",
    }),
    Checkpoint("bart_lsg_sizes", "bart", lsg("norm"), dtype=HALF, config={
        **DIFFERENT_SIZES, "scale_embedding": True, "activation_function": "silu",
    }),
    Checkpoint("bart_untied", "bart", config={"tie_word_embeddings": False}),
    Checkpoint("bart_copies", "bart", layout="copies", config={"activation_function": "gelu_new"}),
    Checkpoint("bart_model", "bart", head="Model"),
    Checkpoint("bart_lsg_model", "bart", lsg("norm"), head="Model", dtype=HALF),
]
# What of the encoder the decoder sees.
MEMORY = [
    Checkpoint("bart_lsg_cut", "bart", dtype=HALF,
               lsg=lsg("norm", pass_global_tokens_to_decoder=False)),
    Checkpoint("bart_lsg_cut_no_pool", "bart", dtype=HALF,
               lsg=lsg("norm", pass_global_tokens_to_decoder=False, pool_with_global=False)),
    Checkpoint("bart_lsg_mask_first", "bart", dtype=HALF, lsg=lsg("norm", mask_first_token=True)),
    Checkpoint("mbart_lsg_cut_mask_first", "mbart", dtype=HALF, lsg=lsg(
        "pooling", pass_global_tokens_to_decoder=False, mask_first_token=True, num_global_tokens=2,
    )),
    Checkpoint("pegasus_lsg_cut_g5", "pegasus", dtype=HALF,
               lsg=lsg("none", pass_global_tokens_to_decoder=False, num_global_tokens=5)),
]
OTHERS = [
    Checkpoint("mbart_lsg_model", "mbart", lsg("norm"), head="Model", dtype=HALF),
    Checkpoint("mbart_relu", "mbart", config={**DIFFERENT_SIZES, "activation_function": "relu"}),
    Checkpoint("pegasus_model", "pegasus", head="Model", config={
        "scale_embedding": False, "activation_function": "gelu",
    }),
]
HEADS = [
    Checkpoint(
        f"{family}{'_lsg' if keys else ''}_sequence_classification", family, keys,
        head="ForSequenceClassification", dtype=HALF if keys else torch.float32, config=LABELS,
    )
    for family in ("bart", "mbart") for keys in (None, lsg("norm"))
]
LED = [
    Checkpoint("led", "led"),
    Checkpoint("led_windows", "led", config={"attention_window": [4, 16], **{
        key: value for key, value in DIFFERENT_SIZES.items() if key != "encoder_layers"
    }}),
    Checkpoint("led_model", "led", head="Model", config={
        "attention_window": 4, "activation_function": "relu",
    }),
    Checkpoint(
        "led_sequence_classification", "led", head="ForSequenceClassification", config=LABELS,
    ),
]
CHECKPOINTS = [*MAIN, *BART, *MEMORY, *OTHERS, *HEADS, *LED]
