"""Makes tests/golden/tokenizer/vocabulary: small vocabularies without a tokenizer.json, and what the fast
tokenizers that transformers converts from them say.

    python tools/make_vocabulary_goldens.py [CORPUS.txt]

Needs transformers 4.36.2, tokenizers 0.15.2, sentencepiece 0.2 and protobuf. With CORPUS it trains a
byte-level BPE vocabulary and SentencePiece models (Unigram and BPE; their table of characters is a short
one of our own, the real one has 240 KB); without it they stay as they are.
"""

import contextlib
import json
import re
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

import sentencepiece
import tokenizers
import transformers
from tokenizers import ByteLevelBPETokenizer

from make_tokenizer_goldens import single_goldens
from tokenizer_texts import HOSTILE, MORE, TOKENIZERS, digest, foreign_lines, fuzz, write

transformers.logging.set_verbosity_error()
FOLDER = TOKENIZERS / "vocabulary"
TEXTS = HOSTILE + MORE + list(fuzz(100)) + [
    "a <doc-sep> b<doc-sep>", "Line<n>line <n> <mask_1> x<mask_2> <unk_3><unk_102> <pad>", "en_XX de_DE a en_XXb ro_RO gl_ES",
    "1,000, 2, 33,333 ``a'' \u00B2, x", "<s>NOTUSED a <unk>NOTUSED</s>NOTUSED <pad>",
]
PAIRS = [("Hello world", "One <mask> two"), ("", "x"), ("\U0001F600  a ", " b  ")]
TARGETS = ["The king said: no.", "  a\u4E2D "]

# Uppercase full-width letters, a ligature, a composed letter, white space, and characters that go.
RULES = [("FF21", "41"), ("FF22", "42"), ("FB01", "66 69"), ("65 301", "E9"), ("A0", "20"), ("3000", "20"), ("9", "20"),
         ("A", "20"), ("D", "20"), ("200B", ""), ("AD", ""), ("2126", "3A9"), ("BD", "31 2044 32")]

# (name, folder of the vocabulary, the other files)
CASES = [
    ("bart", "bpe", {"config.json": {"model_type": "bart"}}),
    ("led", "bpe", {"config.json": {"model_type": "led"}, "tokenizer_config.json": {"model_max_length": 16384}}),
    ("primera", "bpe", {
        "config.json": {"model_type": "led"}, "added_tokens.json": {"<doc-sep>": 560},
        "special_tokens_map.json": {
            "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "sep_token": "</s>", "pad_token": "<pad>",
            "cls_token": "<s>", "mask_token": {"content": "<mask>", "single_word": False, "lstrip": True, "rstrip": False,
                                               "normalized": True}}}),
    ("roberta", "bpe", {"tokenizer_config.json": {"tokenizer_class": "RobertaTokenizer", "add_prefix_space": True}}),
    ("longformer", "bpe", {"config.json": {"model_type": "longformer"}, "tokenizer_config.json": {"trim_offsets": False}}),
    ("bart_named", "bpe", {"tokenizer_config.json": {
        "tokenizer_class": "BartTokenizer", "cls_token": "<pad>", "sep_token": "<new>", "additional_special_tokens": ["new"],
        "clean_up_tokenization_spaces": False}}),
    ("pegasus", "pegasus", {"config.json": {"model_type": "pegasus"}}),
    ("pegasus_saved", "pegasus", {"tokenizer_config.json": {
        "tokenizer_class": "PegasusTokenizer", "offset": 103, "mask_token_sent": "<mask_1>", "mask_token": "<mask_2>",
        "additional_special_tokens": ["<mask_1>"] + [f"<unk_{i}>" for i in range(2, 103)], "model_max_length": 512}}),
    ("bigbird_pegasus", "pegasus", {"tokenizer_config.json": {
        "tokenizer_class": "PegasusTokenizer", "offset": 0, "mask_token_sent": None, "mask_token": "[MASK]",
        "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>", "additional_special_tokens": None}}),
    ("mbart", "unigram", {"config.json": {"model_type": "mbart"}}),
    ("mbart_de", "unigram", {"tokenizer_config.json": {
        "tokenizer_class": "MBartTokenizer", "src_lang": "de_DE", "tgt_lang": "ro_RO"}}),
    ("mbart50", "unigram", {"config.json": {"model_type": "mbart", "tokenizer_class": "MBart50Tokenizer"}}),
    ("mbart50_sl", "unigram", {"tokenizer_config.json": {
        "tokenizer_class": "MBart50Tokenizer", "src_lang": "sl_SI", "tgt_lang": "gl_ES"}}),
    ("xlm_roberta", "unigram", {"config.json": {"model_type": "xlm-roberta"}}),
    ("camembert", "unigram", {"config.json": {"model_type": "camembert"}}),
    ("bert", "words", {"config.json": {"model_type": "bert"}}),
    ("distilbert_cased", "words", {"tokenizer_config.json": {
        "tokenizer_class": "DistilBertTokenizer", "do_lower_case": False, "tokenize_chinese_chars": False}}),
    ("electra_named", "words", {
        "config.json": {"model_type": "electra"},
        "tokenizer_config.json": {"strip_accents": False, "cls_token": "[PAD]", "sep_token": "[NEW]"},
        "special_tokens_map.json": {"additional_special_tokens": ["[rs]"]}}),
    ("barthez", "barthez", {"config.json": {"model_type": "mbart"}, "tokenizer_config.json": {"tokenizer_class": "BarthezTokenizer"}}),
    ("albert", "albert", {"config.json": {"model_type": "albert"}}),
    ("albert_cased", "albert", {"tokenizer_config.json": {
        "tokenizer_class": "AlbertTokenizer", "do_lower_case": False, "keep_accents": True}}),
    ("barthez_bpe", "barthez_bpe", {"tokenizer_config.json": {"tokenizer_class": "BarthezTokenizer"}}),
    ("mbart50_saved", "mbart50_saved", {}),
    ("mbart_bpe", "bpe_pieces", {"tokenizer_config.json": {"tokenizer_class": "MBartTokenizer"}}),
]


def words(lines):
    """The most frequent words, and all letters: a trainer of WordPiece would break ties by chance."""
    count = Counter(re.findall(r"[A-Za-z]{2,}", " ".join(lines)))
    letters = sorted({letter for line in lines for letter in line.strip() if not letter.isspace()})
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters + ["##" + letter for letter in letters if letter.isalpha()]
    frequent = [word for word, _ in sorted(count.items(), key=lambda item: (-item[1], item[0]))[:400]]
    tokens += [word for word in frequent if word not in tokens] + ["##ing", "##ed", "##able", "##s"]
    (FOLDER / "words").mkdir()
    (FOLDER / "words" / "vocab.txt").write_text("\n".join(dict.fromkeys(tokens)) + "\n", encoding="utf-8")


def train(corpus):
    with open(corpus, encoding="utf-8") as file:
        text = file.read(200_000)
    lines = text.splitlines() + [line.strip() for line in foreign_lines()][:60]
    bpe = ByteLevelBPETokenizer()
    bpe.train_from_iterator(lines, vocab_size=560, min_frequency=2,
                            special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "bpe").mkdir(parents=True)
    bpe.save_model(str(FOLDER / "bpe"))
    words(lines)
    plain = {"normalization_rule_name": "identity"}
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        # Models hold the paths of their training: relative ones are the same in a second run.
        Path("rules.tsv").write_text("".join(f"{before}\t{after}\n" for before, after in RULES))
        table = {"normalization_rule_tsv": "rules.tsv"}
        fairseq = {"bos_id": 0, "pad_id": 1, "eos_id": 2, "unk_id": 3, "user_defined_symbols": ["<mask>"]}
        models = [
            ("pegasus", "spiece.model", {**plain, "pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1, "user_defined_symbols": ["<n>"]}),
            ("unigram", "sentencepiece.bpe.model", table),
            ("barthez", "sentencepiece.bpe.model", {**table, **fairseq}),
            ("albert", "spiece.model", {**table, "pad_id": 0, "unk_id": 1, "bos_id": -1, "eos_id": -1,
                                        "user_defined_symbols": ["[CLS]", "[SEP]", "[MASK]"]}),
            ("barthez_bpe", "sentencepiece.bpe.model", {**plain, **fairseq, "model_type": "bpe"}),
            ("bpe_pieces", "sentencepiece.bpe.model", {**table, "model_type": "bpe"}),
        ]
        for name, file, options in models:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=iter(lines), model_prefix=name, num_threads=1, minloglevel=2,
                **{"model_type": "unigram", "vocab_size": 420, "character_coverage": 0.999, **options})
            (FOLDER / name).mkdir()
            shutil.copy(f"{name}.model", FOLDER / name / file)


def short(value):
    return digest(value)[:8]


def decoded(tokenizer, ids):
    return [tokenizer.decode(ids, skip_special_tokens=skip, clean_up_tokenization_spaces=clean)
            for skip, clean in [(False, None), (True, None), (True, False), (False, False), (True, True)]]


def goldens(name, vocabulary, files):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(FOLDER / vocabulary, folder, dirs_exist_ok=True)
        for file, content in files.items():
            (Path(folder) / file).write_text(json.dumps(content))
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    assert tokenizer.is_fast
    rows = single_goldens(tokenizer, TEXTS)
    result = {"name": name, "vocabulary": vocabulary, "files": files,
              "digests": [short([row["ids"], row["offsets"]]) for row in rows],
              "ids": rows[4]["ids"],
              "pairs": [tokenizer(*pair)["input_ids"] for pair in PAIRS],
              "special": [tokenizer.all_special_tokens, tokenizer.all_special_ids],
              "decoded": [short(decoded(tokenizer, row["ids"])) for row in rows],
              "names": sorted(tokenizer("a", "b"))}
    if hasattr(tokenizer, "src_lang"):
        tokenizer.tgt_lang = tokenizer.tgt_lang or "fr_XX"
        result["languages"] = [[code, tokenizer.convert_tokens_to_ids(code)] for code in tokenizer.lang_code_to_id]
    batch = tokenizer(TARGETS, text_target=TARGETS[::-1], padding=True, truncation=True, max_length=12)
    result["batch"] = [batch["input_ids"], batch["attention_mask"], batch["labels"]]
    pairs = tokenizer(TARGETS[0], text_target=TARGETS[1], text_pair_target="b")
    result["pair_labels"] = pairs["labels"]
    if hasattr(tokenizer, "src_lang"):
        tokenizer.src_lang = "it_IT"
        result["italian"] = tokenizer(*PAIRS[0])["input_ids"]
    return result


def save(name, vocabulary, files):
    """A tokenizer.json with its companions, as transformers saves what it converted."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as saved:
        shutil.copytree(FOLDER / vocabulary, folder, dirs_exist_ok=True)
        for file, content in files.items():
            (Path(folder) / file).write_text(json.dumps(content))
        transformers.AutoTokenizer.from_pretrained(folder).save_pretrained(saved)
        for file in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
            write(FOLDER / name / file, json.loads((Path(saved) / file).read_text()))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        train(sys.argv[1])
    save("mbart50_saved", *next(case[1:] for case in CASES if case[0] == "mbart50_sl"))
    versions = {"tokenizers": tokenizers.__version__, "transformers": transformers.__version__,
                "sentencepiece": sentencepiece.__version__}
    write(FOLDER / "goldens.json", {"versions": versions, "texts": TEXTS, "pairs": PAIRS, "targets": TARGETS,
                                    "cases": [goldens(*case) for case in CASES]})
