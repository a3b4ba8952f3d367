"""The cost of each bottleneck at each office on each day, exact, as whole numbers of one small unit."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from allocator.explanation.bottlenecks import INGESTION, PRINTING, QUEUE, Bottleneck
from allocator.explanation.missing import Missing, overdue_by_bottleneck
from allocator.instance.arrays import NOWHERE
from allocator.verdict import Curves
from allocator.verdict.curves import ExactCounts

_WIDE_ENOUGH = 2**62


@dataclass(frozen=True)
class QueueCosts:
    """What records without a card cost; the end term stands on its own."""

    unit: Fraction
    """Currency in 1 of the amounts."""
    by_day: dict[Bottleneck, ExactCounts]
    """(I, T)"""
    end: dict[Bottleneck, ExactCounts]
    """(I,) the queues at the end, charged for `end_days`."""

    def total(self, bottleneck: Bottleneck) -> list[Fraction]:
        """(I,) currency."""
        amounts = (self.by_day[bottleneck].astype(object).sum(axis=1) + self.end[bottleneck]).tolist()
        return [self.unit * int(amount) for amount in amounts]


def queue_costs(curves: Curves, missing: Missing) -> QueueCosts:
    """Each record by what it lacks, with the weight and the rates of the contract."""
    costs = curves.instance.costs
    end_days = Fraction(costs.end_days)
    tiers = [
        (Fraction(tier.per_day), overdue_by_bottleneck(overdue, missing))
        for tier, overdue in zip(costs.overdue, curves.overdue, strict=True)
    ]
    rates = [Fraction(costs.unprintable_day), Fraction(costs.waiting_day), *(rate for rate, _ in tiers)]
    weights: list[Fraction] = curves.given.weight.ravel().tolist()
    weight_unit = Fraction(1, lcm(*(weight.denominator for weight in weights)))
    rate_unit = Fraction(1, lcm(*(rate.denominator for rate in rates)))
    end_unit = Fraction(1, end_days.denominator)
    scale = end_days.denominator

    factor = np.array([int(weight / weight_unit) for weight in weights], dtype=object)
    factor = factor.reshape(curves.given.weight.shape)
    unprintable, waiting, *per_tier = (int(rate / rate_unit) for rate in rates)

    largest = max(int(curves.applied.max(initial=0)), 1) * curves.given.days * curves.given.shape[1]
    bound = largest * int(max(factor.max(), 1)) * max(unprintable + waiting + sum(per_tier), 1) * scale
    narrow = curves.fits_int64 and bound < _WIDE_ENOUGH
    if narrow:
        factor = factor.astype(np.int64)

    def weigh(bottleneck: Bottleneck, rate: int, days: slice) -> ExactCounts:
        priced = rate * missing[bottleneck][:, :, days]
        for per_day, (_, overdue) in zip(per_tier, tiers, strict=True):
            priced = priced + per_day * overdue[bottleneck][:, :, days]
        if not narrow:
            priced = priced.astype(object)
        weighed: ExactCounts = (factor[:, :, None] * priced).sum(axis=1)
        return weighed

    by_day: dict[Bottleneck, ExactCounts] = {}
    end: dict[Bottleneck, ExactCounts] = {}
    for bottleneck in QUEUE:
        # What is ingested is charged as unprintable until it is ready, but as ready at the end.
        rate = waiting if bottleneck in PRINTING else unprintable
        end_rate = unprintable if bottleneck in INGESTION else waiting
        by_day[bottleneck] = scale * weigh(bottleneck, rate, slice(None))
        last = weigh(bottleneck, end_rate, slice(-1, None))[:, 0].astype(object)
        end[bottleneck] = end_days.numerator * last
    return QueueCosts(weight_unit * rate_unit * end_unit, by_day, end)


@dataclass(frozen=True)
class Freight:
    """Trips and packs, charged to the place that they go to."""

    offices: list[Fraction]
    """(I,) currency"""
    depots: Fraction
    """Between depots, and from offices to depots: the nation's."""
    days: list[tuple[int, int] | None]
    """(I,) the first and the last day on which something is dispatched to the office."""
    depot_days: tuple[int, int] | None


def freight(curves: Curves) -> Freight:
    """What shipments cost."""
    offices = [Fraction(0)] * curves.given.shape[0]
    days: list[tuple[int, int] | None] = [None] * len(offices)
    depots, depot_days = Fraction(0), None
    destination = curves.given.lane_destination_office.tolist()
    trips = (curves.packs > 0).sum(axis=1).tolist()
    packs = curves.packs.sum(axis=1).tolist()
    for number, lane in enumerate(curves.instance.lanes):
        if not trips[number]:
            continue
        cost = Fraction(lane.fixed_cost) * trips[number] + Fraction(lane.cost_per_pack) * int(packs[number])
        used = np.flatnonzero(curves.packs[number]).tolist()
        office = destination[number]
        if office == NOWHERE:
            depots += cost
            depot_days = _spanning(depot_days, used)
        else:
            offices[office] += cost
            days[office] = _spanning(days[office], used)
    return Freight(offices, depots, days, depot_days)


@dataclass(frozen=True)
class Penalties:
    """Promises not kept: one office's own are its own, all others the nation's."""

    offices: list[Fraction]
    nation: Fraction
    days: list[tuple[int, int] | None]
    nation_days: tuple[int, int] | None


def penalties(curves: Curves) -> Penalties:
    """The penalty of each target, on its day."""
    offices = [Fraction(0)] * curves.given.shape[0]
    days: list[tuple[int, int] | None] = [None] * len(offices)
    nation, nation_days = Fraction(0), None
    for target, scope in zip(curves.instance.targets, curves.given.target_scope, strict=True):
        applied = int(curves.applied[:, :, target.day][scope].sum())
        printed = int(curves.printed[:, :, target.day][scope].sum())
        cost = Fraction(target.penalty_per_record) * max(
            Fraction(0), Fraction(target.share) * applied - printed
        )
        if not cost:
            continue
        if target.office is None:
            nation += cost
            nation_days = _spanning(nation_days, [target.day])
        else:
            office = curves.given.office_index[target.office]
            offices[office] += cost
            days[office] = _spanning(days[office], [target.day])
    return Penalties(offices, nation, days, nation_days)


def _spanning(span: tuple[int, int] | None, days: list[int]) -> tuple[int, int]:
    """The span, widened to these days."""
    known = [*(span or ()), *days]
    return min(known), max(known)
