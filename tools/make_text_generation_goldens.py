"""Makes tests/golden/pipelines/llama_chat, a small random Llama with a byte-level tokenizer and a chat
template, and text_generation.json: what Python's text-generation pipeline makes of texts and conversations.

    python tools/make_text_generation_goldens.py

Needs transformers 4.36.2. The model runs in float64; float32 must write the same, so that no choice is a
near tie. Text by text: in Python a text's padding would count (spec, generation.md 9).
"""

import json
import shutil
from contextlib import nullcontext
from importlib.metadata import version
from unittest.mock import patch

import torch
from golden.files import ROOT, random, write_safetensors
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM, TextGenerationPipeline

FOLDER = ROOT / "pipelines" / "llama_chat"
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
ROLES = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 2}
TEMPLATE = (
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\n"
    "You are a reader of books.<|im_end|>\n' }}{% endif %}{{ '<|im_start|>' + message['role'] + '\n' + "
    "message['content'] + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}"
    "{{ '<|im_start|>assistant\n' }}{% endif %}"
)
TEXT = """the river ran past the old house and the children ran after it until the light was gone. Who left Bath?
You are a reader of books. system user assistant Isabella Thorpe left Bath for London on Monday, and nobody knew why."""
TEXTS = ["The river ran", "Who left Bath? Isabella Thorpe", "caf\u00e9 \U0001F600 \u4f60\u597d,", "a"]
SYSTEM = {"role": "system", "content": "You are brief."}
CHATS = [
    [{"role": "user", "content": "Who left Bath?"}],
    [SYSTEM, {"role": "user", "content": "Why? \U0001F600"}, {"role": "assistant", "content": "So."},
     {"role": "user", "content": "\u4f60\u597d"}],
]
CALLS = {
    "greedy": {"max_new_tokens": 12},
    "without the prompt": {"max_new_tokens": 12, "return_full_text": False},
    "penalties": {"max_new_tokens": 14, "repetition_penalty": 1.3, "no_repeat_ngram_size": 2, "return_full_text": False},
    "beams": {"max_new_tokens": 8, "num_beams": 3, "num_return_sequences": 2},
    "up to a length": {"max_length": 60},
}


def write_model() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=SPECIAL, show_progress=False,
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train_from_iterator([TEXT], trainer)
    tokenizer.save(str(FOLDER / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": SPECIAL[1], "eos_token": SPECIAL[2],
        "pad_token": SPECIAL[2], "unk_token": SPECIAL[0], "clean_up_tokenization_spaces": False,
        "model_max_length": 128, "chat_template": TEMPLATE,
    }
    (FOLDER / "tokenizer_config.json").write_text(json.dumps(settings, indent=1) + "\n")
    config = LlamaConfig(
        architectures=["LlamaForCausalLM"], vocab_size=300, hidden_size=16, intermediate_size=24, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=1, max_position_embeddings=128, torch_dtype="float32", **ROLES,
    )
    (FOLDER / "config.json").write_text(config.to_json_string())
    model = LlamaForCausalLM(config)
    generator = random("pipelines llama_chat")
    with torch.no_grad():
        for key, values in model.named_parameters():
            drawn = torch.from_numpy(generator.standard_normal(values.shape))
            values.copy_((1 + 0.1 * drawn if "norm" in key else 0.6 * drawn).half().float())
    tensors = {key: tensor.half() for key, tensor in model.state_dict().items()}
    write_safetensors(FOLDER / "model.safetensors", tensors, {"format": "pt"})


def render(messages) -> str:
    """The template, by hand."""
    first = [] if messages[0]["role"] == "system" else [{"role": "system", "content": "You are a reader of books."}]
    turns = [f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in [*first, *messages]]
    return "".join(turns) + "<|im_start|>assistant\n"


def write(dtype, text, options, **more):
    model = AutoModelForCausalLM.from_pretrained(FOLDER, torch_dtype=dtype)
    tokenizer = AutoTokenizer.from_pretrained(FOLDER)
    pipeline = TextGenerationPipeline(model=model, tokenizer=tokenizer)
    given = {"clean_up_tokenization_spaces": False, **options, **more}
    return [result["generated_text"] for result in pipeline(text, **given)]


def double():
    """Makes float32 mean float64 where the package insists on it."""
    torch.set_default_dtype(torch.float64)
    return patch.object(torch, "float32", torch.float64)


def both(text, options, **more):
    results = []
    for dtype, context in ((torch.float32, nullcontext), (torch.float64, double)):
        with context():
            results.append(write(dtype, text, options, **more))
        torch.set_default_dtype(torch.float32)
    assert results[0] == results[1], (text, options)
    return results[0]


def main() -> None:
    write_model()
    content = {
        "made_with": {name: version(name) for name in ("transformers", "torch", "tokenizers")},
        "texts": [
            {"name": name, "options": options, "texts": TEXTS,
             "results": [both(text, options, add_special_tokens=False) for text in TEXTS]}
            for name, options in CALLS.items()
        ],
        "chats": [
            {"name": name, "options": options, "chats": CHATS, "prompts": [render(chat) for chat in CHATS],
             "answers": [both(render(chat), {**options, "return_full_text": False}, add_special_tokens=False) for chat in CHATS]}
            for name, options in CALLS.items() if "length" not in name
        ],
    }
    path = ROOT / "pipelines" / "text_generation.json"
    path.write_text(json.dumps(content, indent=0) + "\n")


main()
