"""Times a RoBERTa-base encoder with random weights in PyTorch: a peer of bench:peers.

    python tools/peer_torch.py '{"warmups": 1, "repeats": 3}' THREADS lsg|full TOKENS

Needs requirements-peers.txt. Prints one line of JSON: the median in seconds, the peak of the
resident memory in megabytes and the versions, or why it cannot run.
"""

import json
import os
import statistics
import sys
import time
from pathlib import Path


def main() -> None:
    passes, threads, attention, tokens = sys.argv[1:]
    try:
        print(json.dumps(measure(**json.loads(passes), threads=int(threads), attention=attention, tokens=int(tokens))))
    except ImportError as error:
        print(json.dumps({"skipped": f"{error} ({sys.executable})"}))


def measure(warmups: int, repeats: int, threads: int, attention: str, tokens: int) -> dict:
    import torch

    from peer_models import full_encoder, lsg_encoder, versions

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    make, package = {"lsg": (lsg_encoder, "lsg-converter"), "full": (full_encoder, "transformers")}[attention]
    model = make(tokens + 2)
    ids = torch.tensor([[5 + i * 7919 % 50_000 for i in range(tokens)]])
    seconds = []
    first = None
    with torch.inference_mode():
        for _ in range(warmups + repeats):
            start = time.perf_counter()
            hidden = model(ids)
            seconds.append(time.perf_counter() - start)
            if first is None and "LSG_PEERS_STARTED" in os.environ:
                first = time.time() - float(os.environ["LSG_PEERS_STARTED"]) / 1000
    assert hidden.shape == (1, tokens, 768) and hidden.isfinite().all()
    return {
        "seconds": statistics.median(seconds[warmups:]),
        "megabytes": peak_megabytes(),
        "versions": versions("torch", package),
        **({} if first is None else {"first": first}),
    }


def peak_megabytes() -> float | None:
    """The most memory that was resident; None where there is no /proc."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    main()
