"""Makes tests/golden/pipelines: what Python's pipelines answer, and models that they answer with.

    python tools/make_pipeline_goldens.py

Needs transformers 4.36.2 and lsg-converter 0.1.9 (requirements-golden.txt). The models of fill-mask
are tests/golden/conversion/roberta_512 as it is, and what the published converter makes of it; those
of the other tasks are golden/task_models.py's. They run in float64, so that the scores are exact to
all digits that float32 has.
"""

import json
from importlib.metadata import version

import torch
from golden.files import ROOT
from golden.packages import float64
from golden.task_cases import LINE, LSG, task_goldens
from lsg_converter.converter import LSGConverter
from transformers import AutoModelForMaskedLM, AutoTokenizer, FillMaskPipeline

SOURCE = "conversion/roberta_512"
LONG = 6 * LINE + "and nobody <mask> the village"

# Texts and options; the same for both models.
CALLS = {
    "one mask": ("the <mask> ran past", {}),
    "the mask alone": ("<mask>", {}),
    "masks at both ends": ("<mask> old house <mask>", {"top_k": 2}),
    "masks side by side": ("the<mask><mask> <mask> ran", {"top_k": 3}),
    "top_k 1": ("the <mask> ran past", {"top_k": 1}),
    "the whole vocabulary": ("the <mask> ran past", {"top_k": 100}),
    "a known target": ("the <mask> ran past", {"targets": "\u0120the"}),
    "an unknown target": ("the <mask> ran past", {"targets": "bridges"}),
    "several targets": ("the <mask> ran past", {"targets": ["\u0120ran", "e", "\u0120the"]}),
    "targets more than once": ("the <mask> ran past", {"targets": ["e", "\u0120ran", "e", " ran"]}),
    "fewer words than targets": ("the <mask> ran", {"targets": ["e", "r", "\u0120the"], "top_k": 2}),
    "targets for several masks": ("the <mask> ran <mask>", {"targets": ["e", "r"]}),
    "a special token as target": ("the <mask> ran", {"targets": ["</s>", "<unk>", "e"]}),
    "special characters": ("caf\u00e9 \U0001F600 <mask>, \u4f60\u597d\t\u201cdon't\u201d\n it 's  so .", {}),
    "special tokens in the text": ("a</s>b <unk> <mask> <s>", {}),
    "a long text": (LONG, {}),
    "a batch of different lengths": (["the <mask>", LONG, "<mask> and <mask> it was"], {"top_k": 3}),
    "a batch of one": (["the <mask> ran past"], {"top_k": 2}),
}


def answers(pipeline: FillMaskPipeline, calls: dict = CALLS) -> list:
    cases = []
    for name, (texts, options) in calls.items():
        with float64():
            results = pipeline(texts, **options)
            largest = max(
                pipeline.model(**pipeline.tokenizer(text, return_tensors="pt")).logits.abs().max().item()
                for text in ([texts] if isinstance(texts, str) else texts)
            )
        # Python takes a batch of one for a single text.
        if isinstance(texts, list) and len(texts) == 1:
            results = [results]
        cases.append({
            "name": name, "texts": texts, "options": options, "largest_logit": largest,
            "results": results,
        })
    return cases


def main() -> None:
    folder = ROOT / SOURCE
    vanilla = AutoModelForMaskedLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    length, parameters = LSG["max_sequence_length"], {**LSG}
    del parameters["max_sequence_length"]
    lsg = LSGConverter(max_sequence_length=length).convert_from_pretrained(str(folder), **parameters)
    models = [
        {
            "lsg": options,
            "cases": answers(FillMaskPipeline(model=model.double().eval(), tokenizer=tokenizer)),
        }
        for options, (model, tokenizer) in ((None, vanilla), (LSG, lsg))
    ]
    versions = {name: version(name) for name in ("transformers", "lsg-converter", "tokenizers")}
    golden = {"source": SOURCE, "versions": {**versions, "torch": torch.__version__}, "models": models}
    path = ROOT / "pipelines" / "fill_mask.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(golden, indent=1, ensure_ascii=True) + "\n")
    print(f"{path.name:36} {path.stat().st_size / 1024:.1f} KiB")
    task_goldens()


if __name__ == "__main__":
    main()
