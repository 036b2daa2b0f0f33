"""Random inputs: float32 tensors, masks of every kind, and how they are cut into heads."""

import numpy as np

def normal(generator, *shape, scale=1.0):
    """float32 values, in float64 so that everything after them is."""
    return (generator.standard_normal(shape) * scale).astype(np.float32).astype(np.float64)


def draw_mask(generator, kind, batch, tokens):
    """`[batch, tokens]`; the first batch member always sees something."""
    kinds = ("full", "padded", "holes", "alternate", "one_masked", "first_masked")
    if kind not in kinds:
        raise ValueError(f"no such mask: {kind}, but {', '.join(kinds)}")
    mask = np.ones((batch, tokens), dtype=np.int32)
    if kind in ("padded", "holes"):
        for member in range(1, batch):
            mask[member, generator.integers(tokens // 2, tokens):] = 0
    if kind == "holes":
        # A run long enough to hide whole groups and chunks, and single tokens.
        start = tokens // 3
        mask[:, start:start + min(9, tokens // 4)] = 0
        mask[:, 1:] *= generator.random((batch, tokens - 1)) > 0.15
    if kind == "alternate":
        # Even positions only: no group of two or more is hidden as a whole.
        mask[:, ::2] = generator.random(mask[:, ::2].shape) > 0.5
    if kind == "one_masked":
        mask[-1] = 0
    if kind == "first_masked":
        mask[:, 0] = 0
    return mask


def head_of(tensor, member, head, heads):
    """`[tokens, width]` out of `[batch, tokens, heads·width]`."""
    width = tensor.shape[-1] // heads
    return tensor[member][:, head * width:(head + 1) * width]


def per_head(tensors, heads, compute):
    """Runs `compute(member, head, *slices)` for each head and puts the results side by side."""
    return np.stack([
        np.concatenate(
            [
                compute(member, head, *(head_of(x, member, head, heads) for x in tensors))
                for head in range(heads)
            ],
            axis=-1,
        )
        for member in range(len(tensors[0]))
    ])
