"""What the published converter makes of vanilla checkpoints with 512 and 1,024 positions."""

import json
import tempfile
from pathlib import Path

import torch
from lsg_converter.converter import LSGConverter
from safetensors.torch import load_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import RobertaConfig, RobertaForMaskedLM

from .checkpoint import SIZES, centre, spread
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
CASES = [
    *((512, length, count, stride)
      for length in (1024, 2048, 4096) for count in (1, 9) for stride in (32, 64)),
    (1024, 512, 1, 32),
    (1024, 1024, 1, 64),
    (1024, 2048, 9, 32),
    (1024, 4096, 9, 64),
]


def conversion():
    for positions in (512, 1024):
        write_source(positions)
    golden = Golden("conversion/golden.safetensors", NOTE)
    for positions, length, count, stride in CASES:
        folder = FOLDER / f"roberta_{positions}"
        converter = LSGConverter(max_sequence_length=length, global_positional_stride=stride)
        model, tokenizer = converter.convert_from_pretrained(str(folder), num_global_tokens=count)
        with tempfile.TemporaryDirectory() as saved:
            model.save_pretrained(saved)
            tokenizer.save_pretrained(saved)
            config = json.loads((Path(saved) / "config.json").read_text())
            tokenizer_config = json.loads((Path(saved) / "tokenizer_config.json").read_text())
            tensors = load_file(Path(saved) / "model.safetensors")
        # The folder that it was read from.
        del config["_name_or_path"]
        source = load_file(folder / "model.safetensors")
        if missing := source.keys() - tensors.keys():
            raise AssertionError(f"the converted checkpoint lacks {sorted(missing)}")
        changed = {
            key: tensor for key, tensor in tensors.items()
            if key not in source or not torch.equal(tensor, source[key])
        }
        golden.add(
            f"roberta_{positions}_l{length}_g{count}_s{stride}",
            {
                "source": folder.name,
                "max_sequence_length": length,
                "num_global_tokens": count,
                "global_positional_stride": stride,
            },
            "lsg-converter 0.1.9 LSGConverter",
            changed,
            config=config,
            model_max_length=tokenizer_config["model_max_length"],
        )
    golden.write()


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
    generator = random(folder.name)
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            values = torch.from_numpy(generator.standard_normal(parameter.shape))
            parameter.copy_(centre(key) + spread(key) * values)
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
