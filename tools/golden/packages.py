"""How the published packages are run: in float64, on query, key and value as they were drawn."""

from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
import torch
from transformers.utils import logging

logging.set_verbosity_error()
# One thread: sums in the same order on every run.
torch.set_num_threads(1)


class Rows(torch.nn.Module):
    """Stands in for a projection: looks a token's row up by the number in its first feature."""

    def __init__(self, table: np.ndarray):
        super().__init__()
        self.table = torch.from_numpy(table).double().flatten(0, 1).requires_grad_()

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return self.table[hidden[..., 0].long()]


def row_numbers(batch: int, tokens: int, features: int) -> torch.Tensor:
    """The hidden states `[batch, tokens, features]` that go with `Rows`."""
    numbers = torch.arange(batch * tokens).reshape(batch, tokens, 1)
    return numbers.expand(-1, -1, features).double()


def additive(mask: np.ndarray) -> torch.Tensor:
    """`[batch, tokens]` of 0 and 1 as the packages add it to scores, `[batch, 1, 1, tokens]`."""
    hidden = 1 - torch.from_numpy(mask).double()
    return (hidden * torch.finfo(torch.float64).min)[:, None, None, :]


@contextmanager
def float64(matrices=(), is_recorded=False):
    """Makes float64 the default, also where lsh and Longformer's softmax say float32, and gives lsh
    the matrices to draw. Autograd records nothing unless it `is_recorded`.

    Without it pooling divides by a float32 count, and lsh accepts float32 inputs only.
    """
    draws = iter(matrices)

    def draw(*shape, **_):
        matrix = torch.as_tensor(next(draws)).double()
        _, heads, _, width, columns = shape
        if matrix.shape != (heads, width, columns):
            raise ValueError(f"lsh draws {shape}, but {tuple(matrix.shape)} was prepared")
        return matrix[None, :, None]

    softmax = torch.nn.functional.softmax
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with (
            torch.set_grad_enabled(is_recorded),
            patch.object(torch, "randn", draw),
            patch.object(torch.Tensor, "float", torch.Tensor.double),
            patch.object(torch.nn.functional, "softmax", lambda x, dim, **_: softmax(x, dim)),
        ):
            yield
    finally:
        torch.set_default_dtype(default)


def agree(name: str, dense: np.ndarray, package, rows=None, tolerance: float = 1e-10) -> None:
    """Stops the run where the dense form and the package differ at the rows that are defined."""
    package = np.asarray(package)
    if dense.shape != package.shape:
        raise AssertionError(f"{name}: dense form {dense.shape}, package {package.shape}")
    difference = np.abs(dense - package)
    if rows is not None:
        difference = difference[rows.astype(bool)]
    worst = difference.max(initial=0)
    if not worst <= tolerance:
        raise AssertionError(f"{name}: the dense form and the package differ by {worst}")
