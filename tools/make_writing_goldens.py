"""Makes tests/golden/pipelines/writing.json: what Python's summarization, text2text-generation and translation
pipelines write, and the models that they write with.

    python tools/make_writing_goldens.py

Needs transformers 4.36.2 and lsg-converter 0.1.9 (requirements-golden.txt), sentencepiece and protobuf. The models
are small and random (golden/writing_models.py). They run in float64; float32 must write the same, so that no
choice is a near tie. Text by text: in Python a text's padding would count (spec, generation.md 9).
"""

import json
from importlib.metadata import version

import torch
import transformers
from golden.files import ROOT
from golden.packages import float64
from golden.writing_models import WRITING_MODELS
from lsg_converter.converter import LSGConverter
from transformers import (AutoModelForSeq2SeqLM, AutoTokenizer, SummarizationPipeline, Text2TextGenerationPipeline,
                          TranslationPipeline)

# Globals from positions that the small tables have: the converter would draw others.
LSG = {
    "max_sequence_length": 512, "block_size": 8, "sparse_block_size": 8, "sparsity_factor": 2,
    "sparsity_type": "pooling", "num_global_tokens": 3, "global_positional_stride": 1,
}
LINE = "the river ran past the old house and the children ran after it until the light was gone "
NAMES = "Isabella Thorpe left Bath for London on Monday."
STRANGE = "caf\u00e9 \U0001F600 na\u00efve \u4f60\u597d, \u201cdon't\u201d\n it's  so ."
TEXTS = [NAMES, STRANGE, "the", ""]
LONG = 8 * LINE + "and nobody knew ."
GROUP = "The king said: no.<doc-sep>the river ran past <doc-sep> the old house"

RULES = {
    "as the checkpoint says": {},
    "greedy": {"num_beams": 1, "max_new_tokens": 10},
    "long": {"num_beams": 4, "min_length": 9, "max_length": 20, "length_penalty": 1.5},
    "several": {"num_beams": 4, "num_return_sequences": 3, "early_stopping": False, "max_length": 8},
    "other rules": {"num_beams": 2, "repetition_penalty": 1.3, "encoder_no_repeat_ngram_size": 1, "max_length": 12},
    "clean": {"num_beams": 1, "max_length": 20, "clean_up_tokenization_spaces": True},
}
ROMANIAN = {"src_lang": "en_XX", "tgt_lang": "ro_RO"}
TRANSLATIONS = {
    "to Romanian": ROMANIAN,
    "to German": {"src_lang": "fr_XX", "tgt_lang": "de_DE", "num_beams": 1, "max_length": 12},
    "several": {**ROMANIAN, "num_beams": 3, "num_return_sequences": 3, "max_length": 9},
}
CUT = {"cut": {"truncation": True, "max_length": 9}}
KEYS = {"summarization": (SummarizationPipeline, "summary_text"),
        "text2text-generation": (Text2TextGenerationPipeline, "generated_text"),
        "translation": (TranslationPipeline, "translation_text")}

# Model, task, LSG, texts, calls
MODELS = [
    ("bart", "summarization", None, TEXTS, RULES),
    ("bart", "summarization", None, [LONG, NAMES], CUT),
    ("bart", "summarization", LSG, [LONG, NAMES], {name: RULES[name] for name in ("as the checkpoint says", "greedy", "several")}),
    ("bart", "text2text-generation", None, TEXTS, {name: RULES[name] for name in ("greedy", "several")}),
    ("bart", "translation", None, TEXTS, {"as the checkpoint says": {}}),
    ("led", "summarization", None, [NAMES, GROUP, STRANGE, LINE], RULES),
    ("led", "text2text-generation", None, [GROUP], {"no globals": {"globals": False}}),
    ("mbart", "translation", None, TEXTS, TRANSLATIONS),
    ("mbart", "translation", None, [LONG, NAMES], {"cut": {**CUT["cut"], **ROMANIAN}}),
    ("mbart", "summarization", None, TEXTS[:2], {"as the checkpoint says": {}}),
    ("mbart50", "translation", None, TEXTS, TRANSLATIONS),
    ("mbart50", "text2text-generation", None, TEXTS[:2], {"a forced first id": {"forced_bos_token_id": 430}}),
    ("pegasus", "summarization", None, TEXTS, RULES),
    ("pegasus", "summarization", None, [LONG, NAMES], CUT),
    ("pegasus", "summarization", LSG, [LONG, NAMES], {"greedy": RULES["greedy"], "several": RULES["several"]}),
]


def load(name, lsg):
    folder = str(WRITING_MODELS[name].folder)
    if lsg is None:
        return AutoModelForSeq2SeqLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    conversion = {key: lsg[key] for key in ("max_sequence_length", "global_positional_stride")}
    parameters = {key: value for key, value in lsg.items() if key not in conversion}
    return LSGConverter(**conversion).convert_from_pretrained(folder, **parameters)


def write(name, task, lsg, texts, options, dtype):
    """The texts that a new pipeline writes about each text: a pipeline changes the config of its model."""
    options = {**options}
    wants_globals = name == "led" and options.pop("globals", True)
    pipeline_class, key = KEYS[task]
    results = []
    for text in texts:
        model, tokenizer = load(name, lsg)
        pipeline = pipeline_class(model=model.to(dtype).eval(), tokenizer=tokenizer, task=task)
        more = {"global_attention_mask": globals_of(tokenizer, model.config.prefix + text)} if wants_globals else {}
        records = pipeline(text, **options, **more)
        results.append([record[key] for record in records])
    return results


def globals_of(tokenizer, text):
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    mask = (ids == tokenizer.convert_tokens_to_ids("<doc-sep>")).long()
    mask[:, 0] = 1
    return mask


def main() -> None:
    transformers.logging.set_verbosity(transformers.logging.CRITICAL)
    for model in WRITING_MODELS.values():
        model.write()
    versions = {name: version(name) for name in ("transformers", "lsg-converter", "tokenizers")}
    golden = {"versions": {**versions, "torch": torch.__version__}, "models": []}
    for name, task, lsg, texts, calls in MODELS:
        cases = []
        for case, options in calls.items():
            with torch.no_grad():
                single = write(name, task, lsg, texts, options, torch.float32)
            with float64():
                double = write(name, task, lsg, texts, options, torch.float64)
            assert single == double, (name, task, case, single, double)
            cases.append({"name": case, "options": options, "results": double})
        golden["models"].append({"source": f"pipelines/{name}", "task": task, "lsg": lsg, "texts": texts, "cases": cases})
    path = ROOT / "pipelines" / "writing.json"
    path.write_text(json.dumps(golden, ensure_ascii=True, separators=(",", ":")) + "\n")
    print(f"{path.name:36} {path.stat().st_size / 1024:.1f} KiB")


if __name__ == "__main__":
    main()
