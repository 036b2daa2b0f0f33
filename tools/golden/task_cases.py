"""What Python's pipelines answer: one JSON file a task in tests/golden/pipelines."""

import json
from importlib.metadata import version

import numpy as np
import torch
from lsg_converter.converter import LSGConverter
from transformers import (AutoModelForQuestionAnswering, AutoModelForSequenceClassification,
                          AutoModelForTokenClassification, AutoModel, AutoTokenizer,
                          FeatureExtractionPipeline, QuestionAnsweringPipeline,
                          TextClassificationPipeline, TokenClassificationPipeline,
                          ZeroShotClassificationPipeline)

from .files import ROOT
from .packages import float64
from .task_models import TASK_MODELS

# Pooling averages: no choice of keys that rounding could turn over.
LSG = {
    "max_sequence_length": 1024, "block_size": 8, "sparse_block_size": 8, "sparsity_factor": 2,
    "sparsity_type": "pooling", "num_global_tokens": 3,
}
LINE = "the river ran past the old house and the children ran after it until the light was gone "
LONG = 12 * LINE + "and nobody in the village knew."
NAMES = "Isabella Thorpe left Bath for London on Monday, and Mr. Morland's sister wasn't there."
STRANGE = "caf\u00e9 \U0001F600 na\u00efve \u4f60\u597d, \u201cdon't\u201d\n it's  so \U0001F468\u200d\U0001F469\u200d\U0001F467 end\U0001D518 ."
TEXTS = [NAMES, STRANGE, "the", "", LINE, "a [MASK] <mask> \u2603 in the snow"]


# An empty second text is none to Python, to us it is one.
PAIRS = [{"text": LINE, "text_pair": NAMES}, {"text": STRANGE, "text_pair": "."}, {"text": "the", "text_pair": STRANGE}]
LONG_PAIRS = [{"text": 3 * LONG, "text_pair": "the snow"}, {"text": NAMES, "text_pair": 3 * LONG}, {"text": 2 * LONG, "text_pair": 2 * LONG}]


class Runner:
    """A model of a task and its tokenizer, in float64; keeps the largest score that it gave."""

    def __init__(self, auto, name: str, lsg: dict | None, config: dict):
        folder = TASK_MODELS[name].folder
        if lsg is None:
            model = auto.from_pretrained(folder, **config)
            tokenizer = AutoTokenizer.from_pretrained(folder)
        else:
            parameters = {k: v for k, v in lsg.items() if k != "max_sequence_length"}
            converter = LSGConverter(max_sequence_length=lsg["max_sequence_length"])
            model, tokenizer = converter.convert_from_pretrained(str(folder), **parameters)
        self.model, self.tokenizer, self.largest = model.double().eval(), tokenizer, 0.0
        self.model.register_forward_hook(self._watch)

    def _watch(self, _module, _inputs, outputs):
        largest = max(output.abs().max().item() for output in outputs.to_tuple())
        self.largest = max(self.largest, largest)

    def pipeline(self, pipeline_class):
        return pipeline_class(model=self.model, tokenizer=self.tokenizer)


def utf16(text: str, index: int) -> int:
    """JavaScript's index of a character."""
    return len(text[:index].encode("utf-16-le")) // 2


def with_offsets(text: str, result: dict) -> dict:
    return {
        key: utf16(text, value) if key in ("start", "end") else value
        for key, value in result.items()
    }


def plain(value):
    """numpy's numbers as JSON's."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value


def text_classification(runner, texts, **options):
    # Python takes no top_k for "the best one, not in a list".
    settings = {"top_k": 1, **options}
    return [runner.pipeline(TextClassificationPipeline)(text, **settings) for text in texts]


def token_classification(runner, texts, **options):
    pipeline = runner.pipeline(TokenClassificationPipeline)
    results = []
    for text in texts:
        entities = [with_offsets(text, entity) for entity in pipeline(text, **options)]
        if options.get("aggregation_strategy", "none") == "none":
            # The text of the token in place of its spelling in the vocabulary, as in transformers.js.
            for entity in entities:
                entity["word"] = runner.tokenizer.convert_tokens_to_string([entity["word"]])
        elif runner.tokenizer.backend_tokenizer.model.__class__.__name__ == "BPE":
            # Python decodes words, and then the words of a group once more, which breaks their bytes.
            if options["aggregation_strategy"] != "simple":
                for entity in entities:
                    del entity["word"]
        results.append(entities)
    return results


def question_answering(runner, texts, question, top_k=1, **options):
    """Each place of the document once: transformers 4.36 lists the spans of tokens that are the same
    place apart. Later versions add their scores, as here, but those of the best few spans alone, and
    those of all places that read alike."""
    pipeline = runner.pipeline(QuestionAnsweringPipeline)
    results = []
    for text in texts:
        spans = pipeline(question=question, context=text, top_k=10**9, **options)
        places = {}
        for span in spans if isinstance(spans, list) else [spans]:
            if span["score"] == 0:
                continue  # It ends before it starts, or is too long.
            place = places.setdefault((span["start"], span["end"]), {**span, "score": 0.0})
            place["score"] += span["score"]
        answers = sorted(places.values(), key=lambda place: -place["score"])[:top_k]
        results.append([with_offsets(text, answer) for answer in answers])
    return results


def zero_shot(runner, texts, labels, **options):
    pipeline = runner.pipeline(ZeroShotClassificationPipeline)
    return [pipeline(text, labels, **options) for text in texts]


def feature_extraction(runner, texts, pooling="none", normalize=False):
    """Pooled as sentence-transformers does."""
    results = []
    for text in texts:
        rows = np.array(runner.pipeline(FeatureExtractionPipeline)(text)[0])
        pooled = {"none": rows, "cls": rows[0], "mean": rows.mean(0)}[pooling]
        if normalize:
            pooled = pooled / np.linalg.norm(pooled, axis=-1, keepdims=True)
        results.append(pooled.tolist())
    return results


STRATEGIES = ["simple", "first", "average", "max"]
TAG_CALLS = {
    "each token": {},
    "all labels": {"ignore_labels": []},
    "some labels": {"ignore_labels": ["O", "PER", "B-PER"]},
    **{name: {"aggregation_strategy": name} for name in STRATEGIES},
    **{f"{name} of all labels": {"aggregation_strategy": name, "ignore_labels": []} for name in STRATEGIES},
}
QUESTION = "Who left Bath for London?"
ANSWER_CALLS = {
    "the best one": {},
    "several": {"top_k": 4},
    "short ones": {"top_k": 3, "max_answer_len": 2},
    "tokens, not words": {"top_k": 3, "align_to_words": False},
    "maybe none": {"handle_impossible_answer": True},
    "several or none": {"handle_impossible_answer": True, "top_k": 3},
    "windows": {"max_seq_len": 40, "doc_stride": 9, "top_k": 3},
    "windows, maybe none": {"max_seq_len": 40, "doc_stride": 5, "handle_impossible_answer": True, "top_k": 2},
}
LABELS = ["war", "the sea", "weather"]

# Task: its file, the class of its models, what runs it, and models with LSG, texts and calls.
TASKS = {
    "text_classification": (AutoModelForSequenceClassification, text_classification, [
        ("bert_nli", None, {}, TEXTS, {
            "the best one": {}, "two": {"top_k": 2}, "all": {"top_k": None},
            "sigmoid": {"top_k": None, "function_to_apply": "sigmoid"},
            "scores": {"top_k": None, "function_to_apply": "none"},
        }),
        ("bert_nli", None, {"problem_type": "multi_label_classification"}, TEXTS, {"all": {"top_k": None}}),
        ("bert_nli", None, {}, PAIRS, {"pairs": {"top_k": None}}),
        ("bert_nli", None, {}, LONG_PAIRS, {"pairs, cut": {"top_k": None, "truncation": True}}),
        ("roberta_topics", None, {}, PAIRS, {"pairs": {"top_k": None}}),
        ("roberta_topics", None, {}, TEXTS, {
            "the best one": {}, "all": {"top_k": None},
            "softmax": {"top_k": 2, "function_to_apply": "softmax"},
        }),
        # Python's pipeline takes regression for one label of several since 4.40.
        ("roberta_score", None, {}, TEXTS, {"scores": {"function_to_apply": "none"}}),
        ("roberta_topics", LSG, {}, [LONG, NAMES], {"all": {"top_k": None}}),
    ]),
    "token_classification": (AutoModelForTokenClassification, token_classification, [
        ("bert_tags", None, {}, TEXTS, TAG_CALLS),
        ("roberta_tags", None, {}, TEXTS, TAG_CALLS),
        ("roberta_tags", LSG, {}, [LONG, NAMES], {"simple": {"aggregation_strategy": "simple"}}),
    ]),
    "question_answering": (AutoModelForQuestionAnswering, question_answering, [
        ("bert_answers", None, {}, [NAMES, STRANGE, "the", LONG], ANSWER_CALLS),
        ("roberta_answers", None, {}, [NAMES, STRANGE, "the", LONG], ANSWER_CALLS),
        ("roberta_answers", LSG, {}, [LONG, NAMES], {"all at once": {"max_seq_len": 1024, "top_k": 3}}),
    ]),
    "zero_shot_classification": (AutoModelForSequenceClassification, zero_shot, [
        # Python refuses an empty text.
        ("bert_nli", None, {}, [text for text in TEXTS if text], {
            "one of three": {"labels": LABELS},
            "each for itself": {"labels": LABELS, "multi_label": True},
            "a single one": {"labels": ["war"]},
            "in a string": {"labels": "war, the sea"},
            "a template": {"labels": LABELS, "hypothesis_template": "{} is what this is about"},
        }),
    ]),
    "feature_extraction": (AutoModel, feature_extraction, [
        ("bert_sentences", None, {}, TEXTS, {
            "the checkpoint's": {"pooling": "mean", "normalize": True},
            "mean": {"pooling": "mean", "normalize": False},
            "cls": {"pooling": "cls", "normalize": True},
            "none": {"pooling": "none", "normalize": False},
        }),
    ]),
}


def task_goldens() -> None:
    for model in TASK_MODELS.values():
        model.write()
    versions = {name: version(name) for name in ("transformers", "lsg-converter", "tokenizers")}
    for task, (auto, run, models) in TASKS.items():
        golden = {"versions": {**versions, "torch": torch.__version__}, "models": []}
        for name, lsg, config, texts, calls in models:
            cases = []
            for case, options in calls.items():
                runner = Runner(auto, name, lsg, config)
                given = {"question": QUESTION, **options} if task == "question_answering" else options
                with float64():
                    results = plain(run(runner, texts, **given))
                cases.append({
                    "name": case, "options": given, "largest": runner.largest, "results": results,
                })
            golden["models"].append(
                {"source": f"pipelines/{name}", "lsg": lsg, "config": config, "texts": texts, "cases": cases},
            )
        path = ROOT / "pipelines" / f"{task}.json"
        path.write_text(json.dumps(golden, ensure_ascii=True, separators=(",", ":")) + "\n")
        print(f"{path.name:36} {path.stat().st_size / 1024:.1f} KiB")
