"""The generator of spec section 7 (xoshiro128** seeded by splitmix32) and draws by its uniforms."""

import torch

MASK = 0xFFFFFFFF


class Uniforms:
    """`next()` gives multiples of 2^-24 between 0 and 1, as the library's own generator does."""

    def __init__(self, seed: int):
        self.words = []
        for _ in range(4):
            seed = (seed + 0x9E3779B9) & MASK
            self.words.append(mix(seed))

    def next(self) -> float:
        a, b, c, d = self.words
        result = rotate((b * 5) & MASK, 7) * 9 & MASK
        shifted = (b << 9) & MASK
        c, d = c ^ a, d ^ b
        b, a = b ^ c, a ^ d
        self.words = [a, b, c ^ shifted, rotate(d, 11)]
        return ((result >> 8) + 0.5) * 2.0**-24


def mix(z: int) -> int:
    z ^= z >> 16
    z = z * 0x85EBCA6B & MASK
    z ^= z >> 13
    z = z * 0xC2B2AE35 & MASK
    return z ^ z >> 16


def rotate(x: int, bits: int) -> int:
    return (x << bits | x >> (32 - bits)) & MASK


def draw(shares: torch.Tensor, uniforms: Uniforms, count: int) -> list[int]:
    """`count` indices without replacement: the first whose running sum exceeds u · total."""
    left = shares.double().clone()
    chosen = []
    for _ in range(count):
        sums = left.cumsum(0)
        threshold = uniforms.next() * float(sums[-1])
        chosen.append(int((sums <= threshold).sum()))
        left[chosen[-1]] = 0
    return chosen
