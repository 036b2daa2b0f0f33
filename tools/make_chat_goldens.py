"""Makes tests/golden/chat.json: conversations as transformers' apply_chat_template renders them, by the
chat templates of published models.

    pip download --no-deps trl==1.16.0 axolotl==0.19.0
    python tools/make_chat_goldens.py trl-*.whl axolotl-*.whl [--all FILE]

Needs transformers 5.24, jinja2 and tokenizers. The templates are those that trl and axolotl (both
Apache-2.0) carry; --all renders every one of them into another file.
"""

import datetime
import json
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

ROOT = Path(__file__).parents[1]
CHOSEN = """trl/llama3 trl/llama3_1 trl/qwen2_5 trl/qwen3 trl/gemma trl/gemma3 trl/phi3 trl/deepseekv3 trl/cohere trl/glm4moe
    trl/lfm2 trl/smolvlm trl/gptoss axolotl/chatml axolotl/phi_4 axolotl/mistral_v1 axolotl/mistral_v3_tekken axolotl/falcon_h1
    axolotl/exaone4 axolotl/alpaca""".split()
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}

user = lambda text: {"role": "user", "content": text}
assistant = lambda text: {"role": "assistant", "content": text}
system = lambda text: {"role": "system", "content": text}
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "The weather at a place — now or soon.",
            "parameters": {
                "type": "object",
                "properties": {
                    "place": {"type": "string", "description": "Ort, z.\u202fB. \"Köln\""},
                    "days": {"type": "integer", "enum": [1, 2, 3], "default": 1},
                },
                "required": ["place"],
            },
        },
    },
]
CALL = {
    "role": "assistant",
    "content": "",
    "tool_calls": [
        {"id": "call12345", "type": "function", "function": {"name": "weather", "arguments": {"place": "Kœln", "days": 2, "wet": True}}},
    ],
}
ANSWER = {"role": "tool", "name": "weather", "content": "{\"sky\": \"grey\"}", "tool_call_id": "call12345"}
CONVERSATIONS = {
    "one": [user("Who left Bath?")],
    "system": [system("  You are brief.\n"), user("Wer ist \"da\"?\nZwei Zeilen 😀"), assistant("東京です。 "), user("És <b>después</b>?")],
    "turns": [user("a"), assistant("b"), user("c"), assistant("d\n\n"), user("e{{ x }}")],
    "thought": [user("Why?"), assistant("<think>\nBecause.\n</think>\n\nSo."), user("And?")],
    "called": [user("Rain?"), CALL, ANSWER, user("Thanks")],
    "answered": [system("S"), user("Rain?"), CALL, ANSWER],
    "open": [user("Count."), assistant("One, two, ")],
    "parts": [{"role": "user", "content": [{"type": "text", "text": "Part one."}, {"type": "text", "text": " Two"}]}],
    "wrong": [assistant("a"), user("b"), user("c")],
    "none": [],
}
OPTIONS = {
    "one": [{}, {"add_generation_prompt": True}, {"tools": TOOLS, "add_generation_prompt": True}, {"enable_thinking": False, "add_generation_prompt": True}],
    "system": [{}, {"add_generation_prompt": True}],
    "turns": [{"add_generation_prompt": True}, {"documents": [{"title": "Bath", "text": "A town."}]}],
    "thought": [{"add_generation_prompt": True}],
    "called": [{"tools": TOOLS}],
    "answered": [{"tools": TOOLS, "add_generation_prompt": True}],
    "open": [{"continue_final_message": True}],
    "parts": [{}],
    "wrong": [{}],
    "none": [{"add_generation_prompt": True}],
}


class Then(datetime.datetime):
    """The time of the goldens."""

    @classmethod
    def now(cls, tz=None):
        return cls(2026, 3, 7, 9, 5, 2)


def templates(wheels: list[str]) -> dict[str, str]:
    found = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as file:
            for path in file.namelist():
                if path.endswith(".jinja"):
                    found[f"{path.split('/')[0]}/{Path(path).stem}"] = file.read(path).decode()
    return found


def render(tokenizer, template: str, conversation, options) -> dict:
    try:
        return {"text": tokenizer.apply_chat_template(conversation, chat_template=template, tokenize=False, **options)}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0][:200]}


def main() -> None:
    arguments = sys.argv[1:]
    every = arguments.index("--all") if "--all" in arguments else None
    output = Path(arguments[every + 1]) if every is not None else ROOT / "tests/golden/chat.json"
    found = templates(arguments[:every])
    chat_template_utils.datetime = Then
    words = WordLevel({token: i for i, token in enumerate(SPECIAL.values())}, unk_token="<unk>")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(words), **SPECIAL)
    names = sorted(found) if every is not None else sorted(CHOSEN)
    content = {
        "made_with": {name: version(name) for name in ("transformers", "jinja2")},
        "from": [Path(wheel).name for wheel in arguments[:every]],
        "licence": "Apache-2.0",
        "special": SPECIAL,
        "conversations": CONVERSATIONS,
        "tools": TOOLS,
        "templates": {name: found[name] for name in names},
        "cases": [
            {"template": name, "conversation": key, "options": {**options, **({"tools": True} if "tools" in options else {})},
             **render(tokenizer, found[name], CONVERSATIONS[key], options)}
            for name in names for key, list_ in OPTIONS.items() for options in list_
        ],
    }
    output.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


main()
