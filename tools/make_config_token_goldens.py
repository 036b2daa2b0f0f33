"""Makes tests/golden/tokenizer/config_tokens.json: the ids and special tokens of transformers' fast
tokenizers for random files in which tokenizer.json, tokenizer_config.json, special_tokens_map.json
and the tokenizer's class name different tokens. Needs transformers 4.57.6, tokenizers 0.22.2."""

import json
import os
import random
import tempfile

import tokenizers
import transformers

transformers.logging.set_verbosity_error()
ROLES = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"]
FLAGS = ["lstrip", "rstrip", "single_word", "normalized"]
WORDS = ["a", "B", "[ENT]", "<x>", "paris"]
TEXTS = [
    "a [MASK] b", "a <mask> B", "<s>a</s> [CLS][SEP]", "a[ENT]a <x> new <new> <New>", "xparisx PARIS",
    "[UNK] <unk> <pad>[PAD]", "<mask_1> <mask_2> <unk_7> fr_XX", "<s>NOTUSED a", "a  <mask>  a", "a\t[MASK]\ta",
]
CLASSES = {
    "BertTokenizer": "W", "ElectraTokenizer": "W", "DistilBertTokenizer": "W", "PreTrainedTokenizerFast": "W",
    "RobertaTokenizer": "B", "LongformerTokenizer": "B", "BartTokenizer": "B",
    "XLMRobertaTokenizer": "U", "CamembertTokenizer": "U", "AlbertTokenizer": "U", "MBartTokenizer": "U",
    "BarthezTokenizer": "U",
}
letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ[]<>_/0123456789"


def specials(kind):
    if kind == "W":
        return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    return ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def model(kind, rng):
    start = [token for token in specials(kind) if token.upper() in ("[UNK]", "<UNK>") or rng.random() < 0.8]
    words = start + [word for word in WORDS if rng.random() < 0.6]
    if kind == "W":
        words += [letter for letter in letters if letter not in words] + ["##" + letter for letter in letters]
        vocab = {word: i for i, word in enumerate(words)}
        return vocab, {
            "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                           "strip_accents": None, "lowercase": True},
            "pre_tokenizer": {"type": "BertPreTokenizer"}, "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                      "max_input_chars_per_word": 100, "vocab": vocab}}
    if kind == "B":
        words += [letter for letter in letters + "ĠĉĊ" if letter not in words]
        vocab = {word: i for i, word in enumerate(words)}
        byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
        return vocab, {
            "normalizer": None, "pre_tokenizer": byte_level, "decoder": byte_level,
            "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                      "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
                      "vocab": vocab, "merges": []}}
    words += [letter for letter in letters + "▁" if letter not in words]
    vocab = {word: i for i, word in enumerate(words)}
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    return vocab, {
        "normalizer": rng.choice([None, {"type": "Lowercase"}]), "pre_tokenizer": metaspace, "decoder": metaspace,
        "model": {"type": "Unigram", "unk_id": vocab["<unk>"], "byte_fallback": False,
                  "vocab": [[word, -1.0 - i / 100] for i, word in enumerate(words)]}}


def flags(rng, content, special):
    token = {"content": content, "special": special}
    token.update({flag: rng.random() < 0.3 for flag in FLAGS})
    return token


def case(rng):
    name = rng.choice(list(CLASSES))
    kind = CLASSES[name]
    vocab, parts = model(kind, rng)
    named = specials(kind) + WORDS + ["<new>", "<New>"]
    listed, next_id = [], len(vocab)
    for content in rng.sample(named, rng.randrange(0, 6)):
        token = flags(rng, content, rng.random() < 0.7)
        token["id"] = vocab.get(content, next_id)
        next_id += content not in vocab
        listed.append(token)
    listed.sort(key=lambda token: token["id"])
    parts["added_tokens"] = listed
    config = {"tokenizer_class": name}
    if rng.random() < 0.6:
        chosen = rng.sample(named, rng.randrange(0, 5))
        config["added_tokens_decoder"] = {
            str(vocab.get(content, 500 + i)): flags(rng, content, rng.random() < 0.5)
            for i, content in enumerate(chosen)}
    files = [config]
    mapped = None
    if "added_tokens_decoder" not in config and rng.random() < 0.5:
        mapped = {}
        files.append(mapped)
    for role in ROLES:
        if rng.random() < 0.3:
            content = rng.choice(specials(kind) + (["<new>"] if role != "unk_token" else []))
            file = rng.choice(files)
            as_object = rng.random() < 0.3
            file[role] = flags(rng, content, True) if as_object else content
            if as_object and file is config:
                file[role]["__type"] = "AddedToken"
    if rng.random() < 0.3:
        rng.choice(files)["additional_special_tokens"] = rng.sample(WORDS + ["<New>"], 2)
    return parts, config, mapped


def run(parts, config, mapped):
    with tempfile.TemporaryDirectory() as folder:
        whole = {"version": "1.0", "truncation": None, "padding": None, "post_processor": None, **parts}
        contents = {"tokenizer.json": whole, "tokenizer_config.json": config, "special_tokens_map.json": mapped}
        for name, content in contents.items():
            if content is not None:
                with open(os.path.join(folder, name), "w") as file:
                    json.dump(content, file)
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    rows = [tokenizer(text, return_offsets_mapping=True, add_special_tokens=False) for text in TEXTS]
    return {
        "ids": [row["input_ids"] for row in rows],
        "offsets": [[end for pair in row["offset_mapping"] for end in pair] for row in rows],
        "special": tokenizer.all_special_tokens, "special_ids": tokenizer.all_special_ids,
        "decoded": [tokenizer.decode(row["input_ids"], skip_special_tokens=True, clean_up_tokenization_spaces=False)
                    for row in rows] if parts["decoder"]["type"] == "WordPiece" else None,
    }


rng = random.Random(18)
cases = []
count = int(os.environ.get("CASES", "60"))
while len(cases) < count:
    parts, config, mapped = case(rng)
    try:
        expected = run(parts, config, mapped)
    except Exception:
        continue
    cases.append({"json": parts, "config": config, "map": mapped, **expected})
path = os.environ.get("OUT", os.path.join(os.path.dirname(__file__), "../tests/golden/tokenizer/config_tokens.json"))
with open(path, "w") as file:
    versions = {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__}
    json.dump({"versions": versions, "texts": TEXTS, "cases": cases}, file, ensure_ascii=False, separators=(",", ":"))
