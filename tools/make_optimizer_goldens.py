"""Makes tests/golden/training/adam_w.json: parameters after each step of torch's AdamW with clipping and
transformers' schedules, in float64, from gradients that are drawn. A second run writes the same bytes."""

import json
from pathlib import Path

import numpy as np
import torch
import transformers

OUT = Path(__file__).parent.parent / "tests" / "golden" / "training" / "adam_w.json"
SHAPES = {"dense.weight": (3, 4), "dense.bias": (3,), "LayerNorm.weight": (4,)}
STEPS, WARMUP, RATE = 12, 3, 0.05


def run(schedule, decay, clip):
    generator = np.random.default_rng([20240229, *schedule.encode()])
    names = list(SHAPES)
    parameters = {
        name: torch.nn.Parameter(torch.from_numpy(generator.standard_normal(shape).astype(np.float32)).double())
        for name, shape in SHAPES.items()
    }
    start = {name: value.detach().clone() for name, value in parameters.items()}
    optimizer = torch.optim.AdamW([
        {"params": [parameters[names[0]]], "weight_decay": decay},
        {"params": [parameters[name] for name in names[1:]], "weight_decay": 0.0},
    ], lr=RATE)
    scheduler = transformers.get_scheduler(schedule, optimizer, WARMUP, STEPS)
    steps = []
    for _ in range(STEPS):
        gradients = {
            name: torch.from_numpy(generator.standard_normal(shape).astype(np.float32)).double()
            for name, shape in SHAPES.items()
        }
        for name in names:
            parameters[name].grad = gradients[name].clone()
        norm = None
        if clip:
            norm = float(torch.nn.utils.clip_grad_norm_(parameters.values(), clip))
        rate = scheduler.get_last_lr()[0]
        optimizer.step()
        scheduler.step()
        steps.append({
            "gradients": lists(gradients), "norm": norm, "rate": rate, "parameters": lists(parameters),
        })
    return {"schedule": schedule, "decay": decay, "clip": clip, "start": lists(start), "steps": steps}


def lists(tensors):
    return {name: [round(x, 12) for x in value.detach().flatten().tolist()] for name, value in tensors.items()}


OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({
    "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
    "rate": RATE, "warmup": WARMUP, "total": STEPS, "shapes": SHAPES,
    "runs": [
        run("linear", 0.0, 1.0), run("cosine", 0.1, 0.5), run("constant_with_warmup", 0.01, 0),
        run("constant", 0.3, 100.0),
    ],
}) + "\n")
