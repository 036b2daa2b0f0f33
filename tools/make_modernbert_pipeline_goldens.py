"""Makes tests/golden/pipelines/modernbert: a small model with a tokenizer of ModernBERT's kind, and what
Python's pipelines of transformers (made with 5.24.0) say with both.

    python tools/make_modernbert_pipeline_goldens.py

The tokenizer is BPE of bytes as in OLMo and GPT-NeoX, after NFC, with BERT's special tokens, runs of
spaces as added tokens, and no token types.
"""

import json

import torch
import transformers
from golden.double import Double
from golden.files import ROOT, random, write_safetensors
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, ModernBertConfig, ModernBertForMaskedLM, PreTrainedTokenizerFast, pipeline

FOLDER = ROOT / "pipelines" / "modernbert"
SPECIAL = ["[UNK]", "[CLS]", "[SEP]", "[PAD]"]
TEXTS = [
    "The old house by the river.", "  two spaces,   three\n\n\ttab and    four", "cafe\u0301 \u00e9 \U0001F600 \u4f60\u597d",
    "a [SEP] b [MASK]c  [MASK] [CLS]", "", "don't we'll I'M 12345 x_y", "e\u0301e\u0301 \ufb01 \u2028 \u200d",
]
PAIRS = [("Who is it?", "It was the captain."), ("", "x")]
CALLS = {
    "one mask": ("The old house [MASK] by the river.", {}),
    "masks side by side": ("It was[MASK] [MASK] , n't it?", {"top_k": 3}),
    "targets of all kinds": ("the [MASK] ran", {"targets": [" the", "The", "e", "\u0120the"]}),
    "a batch": (["the [MASK]", "[MASK] and [MASK] it was so very long ago, or was it?"], {"top_k": 2}),
}


def make_tokenizer():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    book = (ROOT.parents[1] / "demo" / "northanger_abbey.txt").read_text()
    tokenizer.train_from_iterator(book.splitlines()[:2000], trainers.BpeTrainer(
        vocab_size=400, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    tokenizer.add_tokens([AddedToken(" " * n, normalized=False) for n in (4, 3, 2)])
    tokenizer.add_special_tokens([*SPECIAL, AddedToken("[MASK]", lstrip=True)])
    ids = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:0 [SEP]:0", special_tokens=ids)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]",
        mask_token=AddedToken("[MASK]", lstrip=True), model_max_length=64, clean_up_tokenization_spaces=False,
        model_input_names=["input_ids", "attention_mask"])


def make_model(tokenizer):
    config = ModernBertConfig(
        vocab_size=len(tokenizer), hidden_size=8, intermediate_size=12, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=64, local_attention=8, pad_token_id=tokenizer.pad_token_id,
        cls_token_id=tokenizer.cls_token_id, bos_token_id=tokenizer.cls_token_id,
        sep_token_id=tokenizer.sep_token_id, eos_token_id=tokenizer.sep_token_id)
    model = ModernBertForMaskedLM(config).eval()
    generator = random("modernbert pipelines")
    with torch.no_grad():
        for key, parameter in model.named_parameters():
            values = 0.5 * torch.from_numpy(generator.normal(size=tuple(parameter.shape)))
            parameter.copy_((1 + values if "norm" in key else values).half().float())
    model.tie_weights()
    return model


def fill_mask(model, tokenizer):
    unmasker = pipeline("fill-mask", model=model, tokenizer=tokenizer)
    cases = []
    for name, (texts, options) in CALLS.items():
        largest = max(model(**tokenizer(text, return_tensors="pt")).logits.abs().max().item()
                      for text in ([texts] if isinstance(texts, str) else texts))
        cases.append({"name": name, "texts": texts, "options": options, "largest_logit": largest,
                      "results": unmasker(texts, **options)})
    return cases


def main():
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = make_tokenizer()
    made.save_pretrained(FOLDER)
    tokenizer = AutoTokenizer.from_pretrained(FOLDER)
    model = make_model(tokenizer)
    model.config.save_pretrained(FOLDER)
    tensors = {key: value.half() for key, value in model.state_dict().items() if key != "decoder.weight"}
    write_safetensors(FOLDER / "model.safetensors", tensors, {"format": "pt"})
    encodings = []
    for first, second in [(text, None) for text in TEXTS] + PAIRS:
        encoded = tokenizer(first, second)
        ids = encoded["input_ids"]
        encodings.append({"text": first, "text_pair": second, **encoded,
                          "decoded": tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)})
    with Double():
        model = model.double()
        cases = fill_mask(model, tokenizer)
        features = [
            {"text": text, "features": [[round(x, 6) for x in row] for row in
                                        model.model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].tolist()]}
            for text in TEXTS[:1]
        ]
    golden = {"versions": {"transformers": transformers.__version__, "torch": torch.__version__},
              "encodings": encodings, "fill_mask": cases, "features": features}
    path = FOLDER.with_suffix(".json")
    path.write_text(json.dumps(golden, indent=1, ensure_ascii=True) + "\n")
    print(f"{path.stat().st_size / 1024:.1f} KiB")


main()
