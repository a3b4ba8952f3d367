"""What a plan costs, exactly: the terms of the contract in its order."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from fractions import Fraction

from allocator.verdict.curves import Curves
from allocator.verdict.queue_charges import OfficeAmounts, QueueCharges, fractions


@dataclass(frozen=True)
class CostBreakdown:
    """The terms of the cost of a plan, in the instance's currency, exact."""

    unprintable: Fraction
    """Record-days in the unprintable backlog."""
    waiting: Fraction
    """Record-days of print-ready records without a card."""
    overdue: Fraction
    """The extra price on long waits, all tiers."""
    end: Fraction
    """The queues at the end of the horizon, charged for `end_days`."""
    idle_blanks: Fraction
    """Blanks on hand at offices."""
    trips: Fraction
    """The fixed cost of trips."""
    packs: Fraction
    """The cost per pack."""
    targets: Fraction
    """The penalties for promises not kept."""

    @property
    def total(self) -> Fraction:
        """The cost of the plan."""
        return sum((getattr(self, field.name) for field in fields(self)), Fraction(0))

    @property
    def freight(self) -> Fraction:
        """All that shipments cost: trips and packs."""
        return self.trips + self.packs

    def as_dict(self) -> dict[str, float]:
        """For JSON: every term and the total, as the nearest floats."""
        return {**{name: float(value) for name, value in asdict(self).items()}, "total": float(self.total)}


@dataclass(frozen=True)
class OfficeCosts:
    """The terms of the cost that arise at offices; each (I,) of Fraction, in the instance's currency."""

    unprintable: OfficeAmounts
    waiting: OfficeAmounts
    overdue: OfficeAmounts
    end: OfficeAmounts
    idle_blanks: OfficeAmounts

    @property
    def total(self) -> OfficeAmounts:
        """(I,) the sum of the terms."""
        total: OfficeAmounts = self.unprintable + self.waiting + self.overdue + self.end + self.idle_blanks
        return total


def price_plan(curves: Curves) -> CostBreakdown:
    """The cost of the plan of these curves, whether it is valid or not."""
    queues = QueueCharges(curves)
    return CostBreakdown(
        unprintable=queues.total(queues.unprintable()),
        waiting=queues.total(queues.waiting()),
        overdue=queues.total(queues.overdue()),
        end=queues.total(queues.end()),
        idle_blanks=sum(_idle_cost(curves).tolist(), Fraction(0)),
        trips=_trip_cost(curves),
        packs=_pack_cost(curves),
        targets=_target_cost(curves),
    )


def price_offices(curves: Curves) -> OfficeCosts:
    """The cost of the plan of these curves at each office."""
    queues = QueueCharges(curves)
    return OfficeCosts(
        unprintable=queues.by_office(queues.unprintable()),
        waiting=queues.by_office(queues.waiting()),
        overdue=queues.by_office(queues.overdue()),
        end=queues.by_office(queues.end()),
        idle_blanks=_idle_cost(curves),
    )


def _idle_cost(curves: Curves) -> OfficeAmounts:
    """(I,) of Fraction: H, summed over the days and priced."""
    price = Fraction(curves.instance.costs.idle_blank_day)
    good = curves.given.good_per_thousand.astype(object)
    blank_days = curves.on_hand_scaled.sum(axis=1).astype(object)
    return fractions(price.numerator * blank_days, price.denominator * good)


def _trip_cost(curves: Curves) -> Fraction:
    """The fixed cost of each trip, whatever it carries."""
    trips = (curves.packs > 0).sum(axis=1).tolist()
    used = ((lane, number) for lane, number in zip(curves.instance.lanes, trips, strict=True) if number)
    return sum((Fraction(lane.fixed_cost) * number for lane, number in used), Fraction(0))


def _pack_cost(curves: Curves) -> Fraction:
    """The cost of each pack dispatched."""
    packs = curves.packs.sum(axis=1).tolist()
    used = ((lane, number) for lane, number in zip(curves.instance.lanes, packs, strict=True) if number)
    return sum((Fraction(lane.cost_per_pack) * number for lane, number in used), Fraction(0))


def _target_cost(curves: Curves) -> Fraction:
    """The penalty for each record that a promise is short of."""
    cost = Fraction(0)
    for target, scope in zip(curves.instance.targets, curves.given.target_scope, strict=True):
        applied = int(curves.applied[:, :, target.day][scope].sum())
        printed = int(curves.printed[:, :, target.day][scope].sum())
        short = max(Fraction(0), Fraction(target.share) * applied - printed)
        cost += Fraction(target.penalty_per_record) * short
    return cost
