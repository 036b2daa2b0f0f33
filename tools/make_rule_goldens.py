"""Makes rules.json in tests/golden/decoders: generate() of rotary decoders under rules of scores.

    python tools/make_rule_goldens.py

Needs transformers 4.36.2. The models are those of make_decoder_goldens.py; words that are banned, and
ends that come too early, are those that a greedy run writes.
"""

from importlib.metadata import version

import transformers
from make_decoder_goldens import OLD, PADDING, ROOT, Double, draw_input, generate, is_clear, write_runs

FOLDERS = ["llama", "mistral", "gpt_neox"]
# In transformers padding counts where ids are penalised or counted: such rules get prompts without it.
INPUTS = [(19, [19]), (17, [17, 9])]


def settings_of(words, tokens):
    """Settings by the ids of a greedy run, and whether padding matters to them."""
    a, b, c, d, *_ = words
    banned = {"bad_words_ids": [[a], [b, c]]}
    return [
        ({"max_new_tokens": 8, **banned}, False),
        ({"max_new_tokens": 8, **banned, "num_beams": 3, "repetition_penalty": 1.2, "min_new_tokens": 4}, True),
        ({"max_new_tokens": 9, "repetition_penalty": 1.5}, True),
        ({"max_new_tokens": 9, "no_repeat_ngram_size": 3, "num_beams": 3, "length_penalty": 2.0}, True),
        ({"max_new_tokens": 9, "min_length": tokens + 6, "eos_token_id": [b, d]}, True),
        ({"max_new_tokens": 9, "min_new_tokens": 5, "eos_token_id": b, "num_beams": 2}, False),
        ({"max_new_tokens": 7, "suppress_tokens": [a, c], "begin_suppress_tokens": [b]}, False),
        ({"max_new_tokens": 6, "forced_eos_token_id": d}, False),
        ({"max_new_tokens": 9, "exponential_decay_length_penalty": [2, 1.4], "eos_token_id": c}, False),
        ({"max_new_tokens": 7, "num_beams": 4, "num_beam_groups": 2, "diversity_penalty": 0.7}, False),
    ]


def runs_of(model, inputs):
    for i, (ids, mask) in enumerate(inputs):
        tokens = ids.shape[1]
        greedy = generate(model, ids, mask, {"max_new_tokens": 8, "min_new_tokens": 8})
        for settings, counts_padding in settings_of(greedy["sequences"][0][tokens:], tokens):
            if counts_padding and not mask.all():
                continue
            result = generate(model, ids, mask, settings)
            if is_clear(model, ids, mask, settings, result):
                yield {"input": i, "settings": {"pad_token_id": PADDING, **settings}, **result}
            else:
                print(f"no clear run of {settings}")


def main():
    assert transformers.__version__ == "4.36.2", transformers.__version__
    transformers.logging.set_verbosity_error()
    for name in FOLDERS:
        with Double():
            kind = getattr(transformers, f"{OLD[name][0]}ForCausalLM")
            model = kind.from_pretrained(ROOT / name, attn_implementation="eager").eval().double()
            inputs = [draw_input(f"rules {name}", *each) for each in INPUTS]
            runs = list(runs_of(model, inputs))
        given = [{"input_ids": ids.tolist(), "attention_mask": mask.tolist()} for ids, mask in inputs]
        versions = {package: version(package) for package in ("torch", "transformers")}
        write_runs(ROOT / name / "rules.json", versions, given, runs)


if __name__ == "__main__":
    main()
