"""The checkpoints of tests/golden/models."""

import torch

from .checkpoint import FAMILIES, Checkpoint

NORM = {"sparsity_type": "norm", "block_size": 8, "sparse_block_size": 8, "sparsity_factor": 2}
TYPES = {
    "none": {"block_size": 8},
    "norm": {"num_global_tokens": 3},
    "pooling": {"pool_with_global": False},
    "bos_pooling": {"sparsity_factor": 4, "mask_first_token": True},
    "lsh": {"lsh_num_pre_rounds": 2},
    "stride": {"sparse_block_size": 16},
    "block_stride": {"sparse_block_size": 4},
}

ROBERTA = [
    Checkpoint("roberta_model", "Model", config={"type_vocab_size": 2, "num_hidden_layers": 3}),
    Checkpoint("roberta_masked_lm", "MaskedLM", config={"hidden_size": 24, "num_attention_heads": 3}),
    Checkpoint("roberta_untied", "MaskedLM", config={"tie_word_embeddings": False, "hidden_act": "relu"}),
    Checkpoint("roberta_old_names", "both", layout="old_names", config={"layer_norm_eps": 1e-12}),
    Checkpoint("roberta_f16", "both", dtype=torch.float16, layout="copies"),
    Checkpoint("lsg_none", lsg={"sparsity_type": "none", "block_size": 8}),
    Checkpoint("lsg_null_g7", "Model", lsg={"sparsity_type": None, "block_size": 4, "num_global_tokens": 7}),
    Checkpoint("lsg_norm", lsg={
        "sparsity_type": "norm", "block_size": 8, "sparse_block_size": 8, "sparsity_factor": 2,
    }),
    Checkpoint("lsg_norm_g7_mask_first", lsg={
        "sparsity_type": "norm", "block_size": 8, "sparse_block_size": 4, "sparsity_factor": 2,
        "num_global_tokens": 7, "mask_first_token": True,
    }),
    Checkpoint("lsg_pooling_no_pool", lsg={
        "sparsity_type": "pooling", "block_size": 8, "sparse_block_size": 16, "sparsity_factor": 4,
        "pool_with_global": False,
    }, config={"hidden_size": 18, "num_attention_heads": 3}),
    Checkpoint("lsg_bos_pooling_mask_first", lsg={
        "sparsity_type": "bos_pooling", "block_size": 8, "sparse_block_size": 8,
        "sparsity_factor": 4, "mask_first_token": True,
    }),
    Checkpoint("lsg_bos_pooling_g7", lsg={
        "sparsity_type": "bos_pooling", "block_size": 8, "sparse_block_size": 8,
        "sparsity_factor": 2, "num_global_tokens": 7,
    }),
    Checkpoint("lsg_lsh", lsg={
        "sparsity_type": "lsh", "block_size": 8, "sparse_block_size": 8, "sparsity_factor": 2,
        "lsh_num_pre_rounds": 2,
    }),
    Checkpoint("lsg_stride_sharded", layout="shards", lsg={
        "sparsity_type": "stride", "block_size": 8, "sparse_block_size": 16, "sparsity_factor": 2,
    }),
    Checkpoint("lsg_block_stride_bf16", dtype=torch.bfloat16, lsg={
        "sparsity_type": "block_stride", "block_size": 12, "sparse_block_size": 12,
        "sparsity_factor": 3, "num_global_tokens": 7,
    }, config={"hidden_size": 18, "num_attention_heads": 3}),
]

BERT = [
    Checkpoint("bert", family="bert"),
    Checkpoint("bert_model_old_names", "Model", family="bert", layout="old_names"),
    Checkpoint("bert_copies", "MaskedLM", family="bert", layout="copies", config={"hidden_act": "relu"}),
    *(
        Checkpoint(f"bert_lsg_{kind}", family="bert", lsg={**NORM, "sparsity_type": kind, **keys})
        for kind, keys in TYPES.items()
    ),
]
OTHERS = [
    checkpoint
    for family in ("camembert", "xlm_roberta", "distilbert", "electra", "albert")
    for checkpoint in (
        Checkpoint(family, family=family),
        Checkpoint(f"{family}_lsg_norm", family=family, lsg=NORM),
        Checkpoint(
            f"{family}_lsg_bos_pooling", "Model", family=family,
            lsg={**NORM, "sparsity_type": "bos_pooling", "num_global_tokens": 3},
        ),
    )
]
SPECIAL = [
    Checkpoint("distilbert_old_names", "MaskedLM", family="distilbert", layout="old_names", config={
        "hidden_act": "relu", "tie_word_embeddings": False,
    }),
    Checkpoint("electra_one_width", "MaskedLM", family="electra", layout="copies", config={
        "embedding_size": 16, "hidden_act": "relu",
    }),
    Checkpoint("albert_old_names", "MaskedLM", family="albert", layout="old_names", config={
        "embedding_size": 16, "hidden_act": "gelu_new", "num_hidden_layers": 3,
        "tie_word_embeddings": False,
    }),
    Checkpoint("longformer", family="longformer", config={"attention_window": 8}),
    Checkpoint("longformer_windows", "Model", family="longformer", config={
        "attention_window": [4, 16], "type_vocab_size": 2,
    }),
]
CHECKPOINTS = [*ROBERTA, *BERT, *OTHERS, *SPECIAL]
