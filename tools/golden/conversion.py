"""What the published converter makes of small checkpoints of every family that it knows."""

import json
import tempfile
import warnings
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import torch
import transformers
from lsg_converter.converter import LSGConverter
from safetensors.torch import load_file
from tokenizers import (
    AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers,
)
from transformers import RobertaConfig, RobertaForMaskedLM

from .checkpoint import FAMILIES, SIZES, centre, spread
from .files import ROOT, Golden, random, write_safetensors

FOLDER = ROOT / "conversion"
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
TEXT = """the river ran past the old house and the children ran after it until the light was gone
and nobody in the village could remember who had first built the bridge of grey stone there
""".splitlines()

NOTE = (
    "Only tensors that the source has not, or has otherwise; all others are the source's, bit for "
    "bit. config is the whole config.json that was saved, without _name_or_path."
)

# positions of the source, max_sequence_length, num_global_tokens, global_positional_stride
ROBERTA_CASES = [
    *((512, length, count, stride)
      for length in (1024, 2048, 4096) for count in (1, 9) for stride in (32, 64)),
    (1024, 512, 1, 32),
    (1024, 1024, 1, 64),
    (1024, 2048, 9, 32),
    (1024, 4096, 9, 64),
]


@dataclass
class Source:
    """A checkpoint of another family, and what it is converted to: options by the case's name."""

    family: str
    suffix: str
    positions: int
    cases: dict[str, dict]
    lsg: bool = False

    @property
    def folder(self) -> str:
        return f"{self.family}_lsg_{self.positions}" if self.lsg else f"{self.family}_{self.positions}"


SOURCES = [
    Source("bert", "ForMaskedLM", 512, {
        "l1024": {"max_sequence_length": 1024},
        "l1024_no_token_ids": {"max_sequence_length": 1024, "use_token_ids": False, "num_global_tokens": 3},
        "l4096_s32": {"max_sequence_length": 4096, "global_positional_stride": 32},
        "l300": {"max_sequence_length": 300},
    }),
    # No multiple of 512: the globals are made from the first 512 positions.
    Source("bert", "Model", 700, {"l2048": {"max_sequence_length": 2048}}),
    Source("bert", "ForSequenceClassification", 1024, lsg=True, cases={
        "l2048": {"max_sequence_length": 2048},
        "l2048_keep_first": {"max_sequence_length": 2048, "keep_first_global_token": True},
        "l1500_resize": {"max_sequence_length": 1500, "resize_lsg": True, "block_size": 32},
        "l1024_model": {"max_sequence_length": 1024, "architecture": "LSGBertModel"},
    }),
    Source("camembert", "ForMaskedLM", 512, {
        "l1024_s128": {"max_sequence_length": 1024, "global_positional_stride": 128},
    }),
    Source("xlm_roberta", "ForTokenClassification", 512, {"l1024": {"max_sequence_length": 1024}}),
    Source("distilbert", "ForMaskedLM", 512, {
        "l1024": {"max_sequence_length": 1024},
        "l2048_g9_s16": {
            "max_sequence_length": 2048, "num_global_tokens": 9, "global_positional_stride": 16,
        },
    }),
    Source("electra", "ForPreTraining", 512, {
        "l1024": {"max_sequence_length": 1024},
        "l2048_no_token_ids": {"max_sequence_length": 2048, "use_token_ids": False},
    }),
    Source("albert", "ForMaskedLM", 512, {
        "l1024": {"max_sequence_length": 1024},
        "l2048_no_token_ids": {"max_sequence_length": 2048, "use_token_ids": False},
    }),
]
# What the converter takes itself; everything else is a key of the config.
OWN_OPTIONS = (
    "max_sequence_length", "global_positional_stride", "use_token_ids", "keep_first_global_token", "resize_lsg",
)


def conversion():
    golden = Golden("conversion/golden.safetensors", NOTE)
    for positions in (512, 1024):
        write_source(positions)
    for positions, length, count, stride in ROBERTA_CASES:
        add(golden, f"roberta_{positions}", f"l{length}_g{count}_s{stride}", {
            "max_sequence_length": length,
            "num_global_tokens": count,
            "global_positional_stride": stride,
        })
    for source in SOURCES:
        write_family(source)
        for name, options in source.cases.items():
            add(golden, source.folder, name, options)
    golden.write()


def add(golden, source_name: str, case: str, options: dict) -> None:
    folder = FOLDER / source_name
    own = {key: value for key, value in options.items() if key in OWN_OPTIONS}
    keys = {key: value for key, value in options.items() if key not in OWN_OPTIONS}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model, tokenizer = LSGConverter(**own).convert_from_pretrained(str(folder), **keys)
    with tempfile.TemporaryDirectory() as saved:
        model.save_pretrained(saved)
        tokenizer.save_pretrained(saved)
        config = json.loads((Path(saved) / "config.json").read_text())
        tokenizer_config = json.loads((Path(saved) / "tokenizer_config.json").read_text())
        tensors = load_file(Path(saved) / "model.safetensors")
    # The folder that it was read from.
    del config["_name_or_path"]
    source = load_file(folder / "model.safetensors")
    if "architecture" not in options and (missing := source.keys() - tensors.keys()):
        raise AssertionError(f"the converted checkpoint lacks {sorted(missing)}")
    changed = {
        key: tensor for key, tensor in tensors.items()
        if key not in source or not torch.equal(tensor, source[key])
    }
    golden.add(
        f"{source_name}_{case}",
        {"source": folder.name, **options},
        "lsg-converter 0.1.9 LSGConverter",
        changed,
        config=config,
        model_max_length=tokenizer_config["model_max_length"],
    )


def write_family(source: Source) -> None:
    names = FAMILIES[source.family]
    folder = FOLDER / source.folder
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = write_word_tokenizer(folder, source)
    package, prefix = transformers, ""
    if source.lsg:
        package, prefix = import_module(f"lsg_converter.{names.package}.modeling_lsg_{names.package}"), "LSG"
    sizes = {
        **SIZES, "hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, **names.sizes,
        "vocab_size": vocabulary, "max_position_embeddings": source.positions + (2 if names.prefix == "roberta" else 0),
        "torch_dtype": "float32",
    }
    if "embedding_size" in sizes:
        sizes["embedding_size"] = 6
    sizes = {names.keys.get(key, key): value for key, value in sizes.items()}
    sizes.pop(None, None)
    model_class = prefix + names.name + source.suffix
    config = getattr(package, prefix + names.name + "Config")(**sizes, architectures=[model_class])
    model = getattr(package, model_class)(config)
    draw(model, folder.name)
    (folder / "config.json").write_text(config.to_json_string())
    tensors = {k: v for k, v in model.state_dict().items() if k not in names.tied}
    write_safetensors(folder / "model.safetensors", tensors, {"format": "pt"})


def write_word_tokenizer(folder: Path, source: Source) -> int:
    """The family's kind of tokenizer, its special tokens left to the class; returns its size."""
    words = sorted({word for line in TEXT for word in line.split()})
    names = FAMILIES[source.family]
    if source.family in ("camembert", "xlm_roberta", "albert"):
        special = ["[CLS]", "[SEP]", "<pad>", "<unk>", "[MASK]"] if source.family == "albert" else SPECIAL
        pieces = [*special, *(f"\u2581{word}" for word in words)]
        model = models.Unigram([(piece, -float(i)) for i, piece in enumerate(pieces)], special.index("<unk>"))
        tokenizer = Tokenizer(model)
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    else:
        special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        pieces = [*special, *words]
        tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.add_special_tokens(special)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {"model_max_length": source.positions, "tokenizer_class": f"{names.name}Tokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2, sort_keys=True) + "\n")
    return len(pieces)


def draw(model, name: str) -> None:
    generator = random(name)
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            values = torch.from_numpy(generator.standard_normal(parameter.shape))
            parameter.copy_(centre(key) + spread(key) * values)


def write_source(positions: int) -> None:
    folder = FOLDER / f"roberta_{positions}"
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = write_tokenizer(folder, positions)
    config = RobertaConfig(**{
        **SIZES, "vocab_size": vocabulary, "hidden_size": 8, "intermediate_size": 8,
        "num_hidden_layers": 1, "max_position_embeddings": positions + 2,
        "architectures": ["RobertaForMaskedLM"], "torch_dtype": "float32",
    })
    model = RobertaForMaskedLM(config)
    draw(model, folder.name)
    (folder / "config.json").write_text(config.to_json_string())
    tensors = {k: v for k, v in model.state_dict().items() if not k.startswith("lm_head.decoder")}
    write_safetensors(folder / "model.safetensors", tensors, {"format": "pt"})


def write_tokenizer(folder: Path, positions: int) -> int:
    """A byte-level BPE in RoBERTa's form; returns the size of its vocabulary."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = [AddedToken(t, lstrip=t == "<mask>", normalized=False, special=True) for t in SPECIAL]
    trainer = trainers.BpeTrainer(vocab_size=100, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(TEXT, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    tokenizer.save(str(folder / "tokenizer.json"))
    names = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token", "mask_token"), SPECIAL))
    names |= {"cls_token": "<s>", "sep_token": "</s>"}
    settings = {
        **names, "add_prefix_space": False, "model_max_length": positions,
        "tokenizer_class": "RobertaTokenizer",
    }
    for file, value in (("tokenizer_config", settings), ("special_tokens_map", names)):
        text = json.dumps(value, indent=2, sort_keys=True) + "\n"
        (folder / f"{file}.json").write_text(text)
    return tokenizer.get_vocab_size()
