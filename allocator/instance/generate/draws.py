"""Whole-number random draws that are the same on every machine and under every version of Python.

A draw is a function of a seed and of the words that name it, not of the draws before it. So an office
keeps its numbers when another office, a longer horizon or a further feature joins the instance.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

_SEPARATOR: Final = "\x1f"  # stands in no name, so ("a", "bc") and ("ab", "c") differ
_WORD_BITS: Final = 64


@dataclass(frozen=True)
class Draws:
    """A source of draws, named by a seed and words: `Draws("7").of("office", "21.72")`."""

    name: str

    def of(self, *words: str | int) -> Draws:
        """The source within this one that these words name."""
        return Draws(_SEPARATOR.join((self.name, *map(str, words))))

    def integer(self, low: int, high: int, *words: str | int) -> int:
        """A whole number from `low` to `high`, both included, each as likely as the others.

        Raises ValueError if `high` < `low`, or the range is wider than 2**64.
        """
        count = high - low + 1
        if not 0 < count <= 2**_WORD_BITS:
            raise ValueError(f"no range to draw from: {low} to {high}")
        unbiased = 2**_WORD_BITS - 2**_WORD_BITS % count
        name = _SEPARATOR.join((self.name, *map(str, words)))
        attempt = 0
        while True:  # words at or beyond the last whole multiple of `count` would favour small numbers
            digest = hashlib.sha256(f"{name}{_SEPARATOR}{attempt}".encode()).digest()
            for start in range(0, len(digest), _WORD_BITS // 8):
                word = int.from_bytes(digest[start : start + _WORD_BITS // 8], "big")
                if word < unbiased:
                    return low + word % count
            attempt += 1

    def chance(self, percent: int, *words: str | int) -> bool:
        """True in `percent` of 100 cases."""
        return self.integer(1, 100, *words) <= percent

    def round(self, value: Fraction, *words: str | int) -> int:
        """`value` rounded down or up at random, so that many such draws add up to the many values."""
        whole, rest = divmod(value.numerator, value.denominator)
        return whole + (self.integer(1, value.denominator, *words) <= rest)


def apportion(total: int, weights: Iterable[int | Fraction]) -> list[int]:
    """Split `total` in proportion to the weights into whole numbers that add up to it (largest remainder).

    All 0 if the weights are. Ties go to the earlier one.
    """
    weights = list(weights)
    weight_sum = sum(weights)
    if not weight_sum:
        return [0] * len(weights)
    exact = [Fraction(total * weight) / weight_sum for weight in weights]
    parts = [value.numerator // value.denominator for value in exact]
    by_remainder = sorted(range(len(weights)), key=lambda index: (parts[index] - exact[index], index))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
