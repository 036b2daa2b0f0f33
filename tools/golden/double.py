"""Arithmetic in float64."""

from unittest.mock import patch

import torch


class Double:
    """Makes float32 mean float64 where the package insists on it."""

    def __enter__(self):
        torch.set_default_dtype(torch.float64)
        self.patches = [
            patch.object(torch, "float32", torch.float64), patch.object(torch, "float", torch.float64),
            patch.object(torch.Tensor, "float", torch.Tensor.double),
        ]
        for each in self.patches:
            each.start()
        torch.set_grad_enabled(False)

    def __exit__(self, *_):
        for each in self.patches:
            each.stop()
