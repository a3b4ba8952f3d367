"""Sharing whole units in proportion to weights: largest remainder, within bounds.

The unrounded shares are clip(c · weight, lower, upper) with the one c that uses up the total, found by
fixing the shares that hit a bound (Bitran and Hax 1981, "Disaggregation and resource allocation using
convex knapsack problems with bounded variables"). They are rounded by the method of the largest
remainder (Hamilton, Hare–Niemeyer). All comparisons are made in whole numbers, so equal claims tie
exactly.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.instance.arrays import Counts

_EXACT_IN_64_BITS = 2**62


def apportion(total: int, weights: Counts, lower: Counts, upper: Counts, order: Counts) -> Counts:
    """Share `total` units among n claimants.

    `weights`, `lower` <= `upper` and `order` are (n,), whole and not negative. Nobody gets less than
    `lower` or more than `upper`; what a full claimant leaves goes to the others by the same rule; when
    only weights of 0 are left, they count the same. Equal remainders are served by `order`, low first.

    Returns the shares (n,), which add up to min(total, sum of upper). The lower bounds must fit into
    `total`: ValueError otherwise.
    """
    if total >= sum(upper.tolist()):
        return upper.copy()
    if sum(lower.tolist()) > total:
        raise ValueError("the lower bounds exceed the total")
    upper = np.minimum(upper, total)
    shares = lower.copy()
    free = np.flatnonzero(upper > lower)
    rest = total - int(np.delete(lower, free).sum())
    while free.size:
        weight, whole = _weights(weights[free], rest)
        low, high = lower[free].astype(weight.dtype), upper[free].astype(weight.dtype)
        share = rest * weight  # in units of 1/whole
        over, under = share > high * whole, share < low * whole
        if not over.any() and not under.any():
            shares[free] = _round(share, whole, rest, order[free])
            break
        excess = (share - high * whole)[over].sum()
        deficit = (low * whole - share)[under].sum()
        fixed, bound = (over, high) if excess >= deficit else (under, low)
        shares[free[fixed]] = bound[fixed]
        rest -= int(bound[fixed].sum())
        free = free[~fixed]
    return shares


def serve_in_order(total: int, lower: Counts, upper: Counts, order: Counts) -> Counts:
    """Give each claimant all it can use, one after the other by `order`, as long as `total` lasts.

    Who could only get less than its `lower` gets nothing, and the next one is asked.
    """
    shares = np.zeros_like(upper)
    for claimant in np.argsort(order, kind="stable").tolist():
        share = min(total, int(upper[claimant]))
        if share >= lower[claimant]:
            shares[claimant] = share
            total -= share
    return shares


def admit_in_order(total: int, lower: Counts, order: Counts) -> NDArray[np.bool_]:
    """Which claimants are let in, by `order`, so that all of them can get their `lower` from `total`."""
    admitted = np.zeros(lower.shape, dtype=np.bool_)
    for claimant in np.argsort(order, kind="stable").tolist():
        least = int(lower[claimant])
        if least <= total:
            admitted[claimant] = True
            total -= least
    return admitted


def _weights(weights: Counts, rest: int) -> tuple[NDArray[Any], int]:
    """The weights and their sum, in Python's integers where a product could leave 64 bits."""
    whole = sum(weights.tolist())
    if whole == 0:
        weights, whole = np.ones_like(weights), len(weights)
    if whole * max(rest, 1) >= _EXACT_IN_64_BITS:
        return weights.astype(np.object_), whole
    return weights, whole


def _round(share: NDArray[Any], whole: int, rest: int, order: Counts) -> Counts:
    """Largest remainder. A share is rounded up only if it is broken, so bounds hold."""
    floor: Counts = (share // whole).astype(np.int64)
    remainder = share % whole
    left = rest - int(floor.sum())
    floor[np.lexsort((order, -remainder))[:left]] += 1
    return floor
