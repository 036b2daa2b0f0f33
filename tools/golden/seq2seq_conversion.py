"""What the published converter makes of small encoder-decoders."""

import json
from dataclasses import dataclass

from tokenizers import Tokenizer, models, pre_tokenizers

from .conversion import FOLDER, NOTE, SPECIAL, TEXT, add, draw, write_tokenizer
from .files import Golden, write_safetensors
from .seq2seq_checkpoint import Checkpoint
from .seq2seq_checkpoints import BLOCKS

# One layer, narrow: the position tables are most of a file.
SIZES = {
    "d_model": 4, "encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 4,
    "decoder_ffn_dim": 4,
}


@dataclass
class Source:
    """A checkpoint, and what it is converted to: options by the case's name."""

    family: str
    head: str
    positions: int
    cases: dict[str, dict]
    lsg: bool = False

    @property
    def folder(self) -> str:
        # BARThez is an mBART to the converter; its own script there is never reached.
        return f"{self.family}{'_lsg' if self.lsg else ''}_{self.positions}"


SOURCES = [
    Source("bart", "ForConditionalGeneration", 512, {
        "l1024": {"max_sequence_length": 1024},
        "l2048_g9_s32": {
            "max_sequence_length": 2048, "num_global_tokens": 9, "global_positional_stride": 32,
            "sparsity_type": "pooling", "pass_global_tokens_to_decoder": False,
        },
        "l300": {"max_sequence_length": 300},
        "l1024_model": {"max_sequence_length": 1024, "architecture": "BartModel"},
    }),
    Source("bart", "Model", 1024, {
        "l1024": {"max_sequence_length": 1024},
        "l1500_s128": {"max_sequence_length": 1500, "global_positional_stride": 128},
    }),
    Source("bart", "ForSequenceClassification", 700, {"l1024": {"max_sequence_length": 1024}}),
    Source("bart", "ForConditionalGeneration", 768, lsg=True, cases={
        "l1000": {"max_sequence_length": 1000},
        "l1000_keep_first": {"max_sequence_length": 1000, "keep_first_global_token": True},
        "l1500_resize": {"max_sequence_length": 1500, "resize_lsg": True, "block_size": 32},
    }),
    Source("mbart", "ForConditionalGeneration", 512, {
        "l1024": {"max_sequence_length": 1024, "mask_first_token": True},
        "l1500_s16": {"max_sequence_length": 1500, "global_positional_stride": 16},
    }),
    Source("barthez", "ForConditionalGeneration", 1024, {"l2048": {"max_sequence_length": 2048}}),
    Source("pegasus", "ForConditionalGeneration", 512, {
        "l1024": {"max_sequence_length": 1024},
        "l300_s32": {"max_sequence_length": 300, "global_positional_stride": 32},
    }),
    Source("pegasus", "Model", 1024, {
        "l2048_g5": {"max_sequence_length": 2048, "num_global_tokens": 5},
    }),
]


def seq2seq_conversion():
    golden = Golden("conversion/seq2seq.safetensors", NOTE)
    for source in SOURCES:
        write(source)
        for name, options in source.cases.items():
            add(golden, source.folder, name, options)
    golden.write()


def write(source: Source) -> None:
    folder = FOLDER / source.folder
    folder.mkdir(parents=True, exist_ok=True)
    if source.family == "bart":
        vocabulary = write_tokenizer(folder, source.positions)
    else:
        vocabulary = write_unigram(folder, source)
    sizes = {**SIZES, "vocab_size": vocabulary, "max_position_embeddings": source.positions}
    model = Checkpoint(
        source.folder, source.family, BLOCKS if source.lsg else None, head=source.head,
        config=sizes,
    ).build().float()
    draw(model, source.folder)
    (folder / "config.json").write_text(model.config.to_json_string())
    tied = ("embed_tokens.weight", "lm_head.weight")
    tensors = {key: x for key, x in model.state_dict().items() if not key.endswith(tied)}
    write_safetensors(folder / "model.safetensors", tensors, {"format": "pt"})


def write_unigram(folder, source: Source) -> int:
    """The family's kind of tokenizer, its special tokens left to the class; returns its size."""
    words = sorted({word for line in TEXT for word in line.split()})
    special = SPECIAL
    if source.family == "pegasus":
        special = ["<pad>", "</s>", "<mask_1>", "<mask_2>", "<unk>"]
    pieces = [*special, *(f"\u2581{word}" for word in words)]
    tokenizer = Tokenizer(models.Unigram(
        [(piece, -float(i)) for i, piece in enumerate(pieces)], special.index("<unk>")))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.add_special_tokens(special)
    if source.family == "mbart":
        # As in the published files: the languages stand in front of the mask.
        tokenizer.add_special_tokens(["ar_AR", "en_XX"])
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"mbart": "MBart50", "barthez": "Barthez", "pegasus": "Pegasus"}
    settings = {
        "model_max_length": source.positions,
        "tokenizer_class": f"{names[source.family]}Tokenizer",
    }
    if source.family == "pegasus":
        settings |= {"mask_token": "<mask_2>", "mask_token_sent": "<mask_1>", "offset": 3}
    text = json.dumps(settings, indent=2, sort_keys=True) + "\n"
    (folder / "tokenizer_config.json").write_text(text)
    return tokenizer.get_vocab_size()
