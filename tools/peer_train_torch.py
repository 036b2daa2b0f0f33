"""Times a training step of the published package in PyTorch: a peer of bench:train.

    python tools/peer_train_torch.py '{"warmups": 1, "repeats": 3}' THREADS roberta|embedded all|globals TOKENS

Needs requirements-peers.txt. Prints one line of JSON: medians in seconds, of a step and of its phases,
the peak of the resident memory in megabytes and the versions, or why it cannot run.
"""

import json
import statistics
import sys
import time
from pathlib import Path

SIZES = {
    "roberta": {"layers": 12, "heads": 12, "width": 768, "vocabulary": 50265},
    "embedded": {"layers": 4, "heads": 4, "width": 256, "vocabulary": 8192},
}


def main() -> None:
    passes, threads, model, trained, tokens = sys.argv[1:]
    try:
        print(json.dumps(measure(**json.loads(passes), threads=int(threads), size=SIZES[model],
                                 trained=trained, tokens=int(tokens))))
    except ImportError as error:
        print(json.dumps({"skipped": f"{error} ({sys.executable})"}))


def measure(warmups: int, repeats: int, threads: int, size: dict, trained: str, tokens: int) -> dict:
    import torch
    from lsg_converter.roberta.modeling_lsg_roberta import LSGRobertaConfig, LSGRobertaForSequenceClassification

    from peer_models import versions
    from peer_torch import peak_megabytes

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = LSGRobertaForSequenceClassification(LSGRobertaConfig(
        vocab_size=size["vocabulary"], hidden_size=size["width"], num_hidden_layers=size["layers"],
        num_attention_heads=size["heads"], intermediate_size=4 * size["width"], type_vocab_size=1,
        max_position_embeddings=tokens + 2, layer_norm_eps=1e-5, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, num_labels=2, sparsity_type="norm", block_size=128,
        sparse_block_size=128, sparsity_factor=2, pool_with_global=True,
    )).train()
    if trained == "globals":
        for name, parameter in model.named_parameters():
            parameter.requires_grad = "global_embeddings" in name or name.startswith("classifier")
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-5, weight_decay=0.0)
    last = size["vocabulary"] - 10
    ids = torch.tensor([[5 + i * 7919 % (last - 5) for i in range(tokens)]])
    labels = torch.tensor([1])
    passed, busy = [], []
    for _ in range(warmups + repeats):
        marks = [mark()]
        loss = model(ids, labels=labels).loss
        marks.append(mark())
        loss.backward()
        marks.append(mark())
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        marks.append(mark())
        assert loss.isfinite()
        passed.append([after[0] - before[0] for before, after in zip(marks, marks[1:])])
        busy.append([busiest(before[1], after[1]) for before, after in zip(marks, marks[1:])])
    phases = [statistics.median(times) for times in zip(*busy[warmups:])]
    return {
        "seconds": sum(statistics.median(times) for times in zip(*passed[warmups:])),
        "busiest": sum(phases),
        "phases": phases,
        "megabytes": peak_megabytes(),
        "versions": versions("torch", "lsg-converter"),
    }


def mark() -> tuple[float, dict[str, float]]:
    """The time, and how long each thread has run; the latter is empty where Linux does not tell."""
    threads = {}
    for task in Path("/proc/self/task").glob("*/schedstat"):
        threads[task.parent.name] = int(task.read_text().split()[0]) / 1e9
    return time.perf_counter(), threads


def busiest(before: dict[str, float], after: dict[str, float]) -> float:
    """How long the thread ran that ran longest."""
    return max(seconds - before.get(thread, 0.0) for thread, seconds in after.items())


if __name__ == "__main__":
    main()
