"""What the queues of each office are charged for: weighted record-days, each with its price.

Records are summed over the days as whole numbers per office and stream; fractions (weights and prices
are decimals) come in only then, which keeps the exact cost of a national plan at milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.verdict.curves import Curves, ExactCounts

OfficeAmounts = NDArray[Any]
"""(I,) of Python integers or of Fraction, one for each office."""

Charge = tuple[Fraction, OfficeAmounts]
"""Price per weighted record-day, and weighted record-days as numerators over the common denominator."""


class QueueCharges:
    """The charges of each term of the cost, on one common denominator of all weights."""

    def __init__(self, curves: Curves) -> None:
        self._curves = curves
        self._costs = curves.instance.costs
        weights: list[Fraction] = curves.given.weight.ravel().tolist()
        self._denominator = lcm(*(weight.denominator for weight in weights))
        numerators = [weight.numerator * (self._denominator // weight.denominator) for weight in weights]
        self._weights: OfficeAmounts = np.array(numerators, dtype=object).reshape(curves.given.weight.shape)

    def unprintable(self) -> Iterator[Charge]:
        """Record-days in the unprintable backlog."""
        yield Fraction(self._costs.unprintable_day), self._weigh(self._curves.unprintable.sum(axis=2))

    def waiting(self) -> Iterator[Charge]:
        """Record-days print-ready without a card."""
        yield Fraction(self._costs.waiting_day), self._weigh(self._curves.waiting.sum(axis=2))

    def overdue(self) -> Iterator[Charge]:
        """Record-days overdue, for each tier."""
        for tier, overdue in zip(self._costs.overdue, self._curves.overdue, strict=True):
            yield Fraction(tier.per_day), self._weigh(overdue.sum(axis=2))

    def end(self) -> Iterator[Charge]:
        """Records in the queues at the end, what is ingested counting as ready, for `end_days` each."""
        end_days = Fraction(self._costs.end_days)
        yield end_days * Fraction(self._costs.unprintable_day), self._weigh(self._curves.unprintable_end)
        yield end_days * Fraction(self._costs.waiting_day), self._weigh(self._curves.waiting_end)
        for tier, overdue in zip(self._costs.overdue, self._curves.overdue, strict=True):
            yield end_days * Fraction(tier.per_day), self._weigh(overdue[:, :, -1])

    def total(self, charges: Iterator[Charge]) -> Fraction:
        """The charges of all offices together, currency."""
        amount = sum((per_day * sum(numerators.tolist()) for per_day, numerators in charges), Fraction(0))
        return amount / self._denominator

    def by_office(self, charges: Iterator[Charge]) -> OfficeAmounts:
        """(I,) of Fraction: the charges of each office, currency."""
        result = fractions(np.zeros(len(self._weights), dtype=object), 1)
        for per_day, numerators in charges:
            result += per_day * fractions(numerators, self._denominator)
        return result

    def _weigh(self, records: ExactCounts) -> OfficeAmounts:
        """(I, S) records or record-days to (I,)"""
        weighted: OfficeAmounts = (self._weights * records.astype(object)).sum(axis=1)
        return weighted


def fractions(numerators: OfficeAmounts, denominators: OfficeAmounts | int) -> OfficeAmounts:
    """Element by element."""
    below = np.broadcast_to(np.asarray(denominators, dtype=object), numerators.shape)
    result = np.empty(numerators.shape, dtype=object)
    result[:] = [Fraction(n, d) for n, d in zip(numerators.tolist(), below.tolist(), strict=True)]
    return result
