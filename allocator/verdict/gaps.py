"""How far a plan can be from the best one."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite

Amount = int | float | Fraction


def gap(cost: Amount, bound: Amount | None) -> float | None:
    """(cost - bound) / |cost|; None without a finite bound.

    A plan that costs nothing has a gap of 0 whatever its bound, since no valid plan costs less.
    """
    if bound is None or not isfinite(bound):
        return None
    if cost == 0:
        return 0.0
    return float((Fraction(cost) - Fraction(bound)) / abs(Fraction(cost)))


def avoidable_gap(cost: Amount, bound: Amount | None, empty_cost: Amount) -> float | None:
    """(cost - bound) / (cost of the empty plan - bound); None without a finite bound.

    Where the bound leaves the empty plan nothing to improve, the gap is 0 for a plan that costs no more
    than the empty one, and None, as the ratio has no meaning, for one that costs more.
    """
    if bound is None or not isfinite(bound):
        return None
    avoidable = Fraction(empty_cost) - Fraction(bound)
    if avoidable <= 0:
        return 0.0 if cost <= empty_cost else None
    return float((Fraction(cost) - Fraction(bound)) / avoidable)
