"""A lower bound in closed form: at once, at any size, whatever a solver does.

Days are looked at one by one, and of the rules only those that cap a whole curve are kept:

- X of a queue by what has applied and its office's link so far, X of the nation by the quota and
  storage so far;
- R of a queue by what can be print-ready, R of an office by its printers so far and the blanks that
  can have reached it, R of the nation by all blanks there are.

With U + W = A - R, the cost of a day is v (unprintable_day - waiting_day) U + v waiting_day (A - R)
+ v sum_k per_day_k max(0, A_k - R). The first part falls with X alone, the rest with R alone and
concavely, and the caps form a laminar family (queue, office, nation), so that filling up in
the order of worth is optimal (Edmonds 1970, greedy on a polymatroid). Freight and idle blanks count 0.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from allocator.instance.arrays import NO_LIMIT, NOWHERE, Counts, InstanceArrays
from allocator.instance.models import Instance
from allocator.milp.limits import arrival_days

Values = NDArray[np.float64]
_ROUNDING = 1e-9  # relative; far above what summing up in doubles can lose here


def relaxation_bound(instance: Instance) -> float:
    """A lower bound on the cost of every valid plan, in currency.

    Takes time O(n log n) for n = offices x streams x tiers x days.
    """
    arrays = instance.arrays
    waits = np.ones(arrays.days)
    waits[-1] += float(instance.costs.end_days)
    ingested = _ingested_at_most(arrays)
    bound = _unprintable_cost(instance, ingested)
    bound += float(_outstanding_cost(instance, ingested) @ waits)
    bound += sum(_penalty(instance, k, ingested) for k in range(len(instance.targets)))
    return max(0.0, bound * (1 - _ROUNDING))


def _ingested_at_most(arrays: InstanceArrays) -> Counts:
    """(I, S, T) X of one queue if no other took a slot."""
    link = np.minimum(arrays.ingest_capacity, arrays.quota).cumsum(axis=1)
    most: Counts = np.minimum(arrays.ingestible, np.minimum(link, arrays.storage)[:, None, :])
    return most


def _ready_at_most(arrays: InstanceArrays, ingested: Counts) -> Counts:
    """(I, S, T) G of one queue if no other took a slot."""
    ready = arrays.ready_from_before.copy()
    delay = min(arrays.processing_days, arrays.days)
    ready[:, :, delay:] += ingested[:, :, : arrays.days - delay]
    return np.where(arrays.needs_ingestion[None, :, None], ready, arrays.applied)


def _unprintable_cost(instance: Instance, ingested: Counts) -> float:
    """The part of the cost that only ingestion lowers, over all days and the end of the horizon."""
    arrays, costs = instance.arrays, instance.costs
    price = float(costs.unprintable_day - costs.waiting_day)
    worth = price * np.where(arrays.needs_ingestion, arrays.weight.astype(np.float64), 0.0)
    slots = np.minimum(arrays.quota.cumsum(), arrays.storage)
    spared = _greatest_worth(worth.reshape(-1), ingested.reshape(-1, arrays.days), slots)
    queued = (worth[:, :, None] * (arrays.applied - arrays.ready_from_before)).sum(axis=(0, 1))
    at_end = float((worth * arrays.ingestible[:, :, -1]).sum() - spared[-1])
    counted = max(0, arrays.days - arrays.processing_days)
    return float(queued.sum() - spared[:counted].sum()) + float(costs.end_days) * at_end


def _outstanding_cost(instance: Instance, ingested: Counts) -> Values:
    """(T,) the part of the cost of a day that only cards lower: waiting and overdue."""
    arrays, costs = instance.arrays, instance.costs
    ready = _ready_at_most(arrays, ingested)
    weight = arrays.weight.astype(np.float64)
    # Cards go to the oldest first: those who have waited longest carry the prices of all tiers.
    tiers = sorted(costs.overdue, key=lambda tier: tier.after_days)
    curves = [arrays.applied] + [arrays.applied_at_least(tier.after_days) for tier in tiers]
    price, cost = float(costs.waiting_day), np.zeros(arrays.days)
    worths, amounts = [], []
    for number, curve in enumerate(curves):
        price += float(tiers[number - 1].per_day) if number else 0.0
        younger_only = curves[number + 1] if number + 1 < len(curves) else np.zeros_like(curve)
        cost += price * (weight[:, :, None] * (curve - younger_only)).sum(axis=(0, 1))
        worths.append(price * weight)
        amounts.append(np.minimum(curve, ready) - np.minimum(younger_only, ready))
    worth, amount = np.concatenate(worths, axis=1), np.concatenate(amounts, axis=1)
    capped = _cap_by_office(worth, amount, _printed_at_most(arrays))
    spared = _greatest_worth(worth.reshape(-1), capped.reshape(-1, arrays.days), _cards_from_all(arrays))
    return cost - spared


def _penalty(instance: Instance, target_index: int, ingested: Counts) -> float:
    """What a target costs at least, if everything served it."""
    arrays, target = instance.arrays, instance.targets[target_index]
    scope = arrays.target_scope[target_index]
    ready = np.where(scope, _ready_at_most(arrays, ingested)[:, :, target.day], 0).sum(axis=1)
    printed = np.minimum(ready, _printed_at_most(arrays)[:, target.day]).sum()
    printed = min(int(printed), int(_cards_from_all(arrays)[target.day]))
    due = Fraction(target.share) * int(arrays.applied[:, :, target.day][scope].sum())
    return float(Fraction(target.penalty_per_record) * max(Fraction(0), due - printed))


def _printed_at_most(arrays: InstanceArrays) -> Counts:
    """(I, T) R of an office by its printers, and by its own blanks until a trip can have arrived."""
    printers = np.minimum(arrays.print_capacity, NO_LIMIT // arrays.days).cumsum(axis=1)
    own = arrays.blanks * arrays.good_per_thousand[:, None] // 1000
    lane, _, arrival = arrival_days(arrays)
    office = arrays.lane_destination_office[lane]
    first = np.full(len(own), arrays.days, dtype=np.int64)
    np.minimum.at(first, office[office != NOWHERE], arrival[office != NOWHERE])
    alone = np.arange(arrays.days) < first[:, None]
    return np.where(alone, np.minimum(printers, own), printers)


def _cards_from_all(arrays: InstanceArrays) -> Counts:
    """(T,) cards from all blanks there are by then, wherever they lie, with the least spoilage."""
    blanks = arrays.blanks.sum(axis=0) + (arrays.depot_supply - arrays.depot_reserve[:, None]).sum(axis=0)
    cards: Counts = blanks * int(arrays.good_per_thousand.max()) // 1000
    return cards


def _cap_by_office(worth: Values, amount: Counts, cap: Counts) -> Counts:
    """(I, P, T) what is left of the pieces of an office, the least worthy cut off beyond its cap."""
    order = np.argsort(-worth, axis=1, kind="stable")[:, :, None]
    ordered = np.take_along_axis(amount, order, axis=1)
    total = np.minimum(ordered.cumsum(axis=1), cap[:, None, :])
    capped = np.empty_like(amount)
    np.put_along_axis(capped, order, np.diff(total, axis=1, prepend=0), axis=1)
    return capped


def _greatest_worth(worth: Values, amount: Counts, budget: Counts) -> Values:
    """(T,) greatest worth of at most `budget` out of pieces (n,) x (n, T): a fractional knapsack."""
    order = np.argsort(-worth, kind="stable")
    total = np.minimum(amount[order].cumsum(axis=0), budget)
    taken: Values = np.diff(total, axis=0, prepend=0).astype(np.float64)
    return worth[order] @ taken
