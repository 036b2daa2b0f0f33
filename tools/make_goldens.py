"""Writes tests/golden/ from the published packages and checks them against dense forms.

    python tools/make_goldens.py [--only NAME]

Needs Python 3.11, PyTorch and requirements-golden.txt. Two runs write the same bytes.
"""

import argparse
from functools import partial

from golden import (
    attention_gradients, comparison, conversion, generation, gradients, heads, layers, longformer,
    losses, lsg, models, self_extend, seq2seq, seq2seq_conversion, seq2seq_gradients,
)
from golden.files import ROOT

FAMILIES = {
    "full": lsg.full_attention,
    **{f"lsg_{kind}": partial(lsg.lsg, kind) for kind in lsg.TYPES},
    "lsg_causal": lsg.lsg_causal,
    "lsg_layer": layers.lsg_layer,
    "longformer": longformer.longformer,
    "self_extend_rope": self_extend.self_extend_rope,
    "self_extend_additive": self_extend.self_extend_additive,
    "bigbird": comparison.bigbird,
    "linear": comparison.linear,
    "efficient": comparison.efficient,
    "performer": comparison.performer,
    "linformer": comparison.linformer,
    "reformer": comparison.reformer,
    "models": models.models,
    "heads": heads.heads,
    "conversion": conversion.conversion,
    "seq2seq": seq2seq.seq2seq,
    "seq2seq_conversion": seq2seq_conversion.seq2seq_conversion,
    "generation": generation.generation,
    "attention_gradients": attention_gradients.attention_gradients,
    "training": gradients.gradients,
    "seq2seq_training": seq2seq_gradients.seq2seq_gradients,
    "trajectory": gradients.trajectory,
    "losses": losses.losses,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=FAMILIES, help="write this one family")
    only = parser.parse_args().only
    for name in [only] if only else FAMILIES:
        FAMILIES[name]()
    total = sum(path.stat().st_size for path in ROOT.rglob("*") if path.is_file())
    print(f"{'all of tests/golden':52} {total / 1024:30.1f} KiB")


if __name__ == "__main__":
    main()
