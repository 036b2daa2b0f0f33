"""Makes tests/golden/pipelines/fill_mask_families.json: Python's fill-mask with other vocabularies.

    python tools/make_family_fill_mask_goldens.py

Needs what make_pipeline_goldens.py needs, and the tokenizers of make_family_tokenizer_goldens.py. The
models are small and random; they lie beside the file, without tokenizers.
"""

import json

import torch
import transformers
from golden.files import ROOT
from transformers import AutoTokenizer, BertConfig, BertForMaskedLM, FillMaskPipeline, XLMRobertaConfig, XLMRobertaForMaskedLM

from make_pipeline_goldens import answers

SIZES = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16,
         "max_position_embeddings": 66, "initializer_range": 0.5}
FAMILIES = {
    "bert": ("bert_uncased", BertConfig, BertForMaskedLM, "[MASK]"),
    "xlm_roberta": ("xlm_roberta", XLMRobertaConfig, XLMRobertaForMaskedLM, "<mask>"),
}


def calls(mask):
    return {
        "one mask": (f"The old house {mask} by the river.", {}),
        "masks side by side": (f"It was{mask}{mask} , n't it?", {"top_k": 3}),
        "pieces of words": (f"un{mask} able caf\u00e9 \U0001F600 \u4f60\u597d", {"top_k": 40}),
        "targets of all kinds": (f"the {mask} ran", {"targets": ["the", "The", "##e", "\u2581the", "rivers", "\U0001F600", "e"]}),
        "special tokens in the text": (f"a [SEP] b</s> {mask} [UNK]<unk>", {"top_k": 2}),
        "a batch": ([f"the {mask}", f"{mask} and {mask} it was so very long ago, or was it?"], {"top_k": 2}),
    }


def main() -> None:
    models = []
    for name, (tokenizer_name, make_config, make_model, mask) in FAMILIES.items():
        tokenizer = AutoTokenizer.from_pretrained(ROOT / "tokenizer" / tokenizer_name)
        torch.manual_seed(5)
        ids = {"pad_token_id": tokenizer.pad_token_id, "vocab_size": len(tokenizer)}
        model = make_model(make_config(**SIZES, **ids)).eval()
        model.save_pretrained(ROOT / "pipelines" / name, safe_serialization=True)
        (ROOT / "pipelines" / name / "generation_config.json").unlink(missing_ok=True)
        pipeline = FillMaskPipeline(model=model.double(), tokenizer=tokenizer)
        models.append({"model": f"pipelines/{name}", "tokenizer": f"tokenizer/{tokenizer_name}",
                       "cases": answers(pipeline, calls(mask))})
    golden = {"versions": {"transformers": transformers.__version__, "torch": torch.__version__}, "models": models}
    path = ROOT / "pipelines" / "fill_mask_families.json"
    path.write_text(json.dumps(golden, indent=1, ensure_ascii=True) + "\n")
    print(f"{path.stat().st_size / 1024:.1f} KiB")


if __name__ == "__main__":
    main()
