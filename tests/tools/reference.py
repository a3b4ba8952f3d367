"""The verdict once more: slow, in plain loops over the models, straight from the contract.

It shares no code with the verdict of the package, nor the arrays of instances and plans: an error would
have to be made twice, in two shapes, to go unnoticed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from allocator.instance.models import Demand, Instance, Target
from allocator.plan.models import Plan

Broken = tuple[int, tuple[str, ...], int, Fraction]
"""(rule, ids of the place, day, amount)"""


def on_day(value: Any, day: int) -> Any:
    """A value per day, which one value for all days may stand for."""
    return value[day] if isinstance(value, tuple) else value


class Reference:
    """The curves, the rules, the cost and the waits of one plan."""

    def __init__(self, instance: Instance, plan: Plan) -> None:
        self.instance = instance
        self.days = range(instance.days)
        self.x: dict[tuple[str, str, int], int] = defaultdict(int)
        self.y: dict[tuple[str, int], int] = defaultdict(int)
        self.r: dict[tuple[str, str, int], int] = defaultdict(int)
        for row in plan.ingest:
            self.x[row.office, row.stream, row.day] += row.records
        for trip in plan.shipments:
            self.y[trip.lane, trip.day] += trip.packs
        for card in plan.cards:
            self.r[card.office, card.stream, card.day] += card.cards
        self.offices = {office.id: office for office in instance.offices}
        self.streams = {stream.id: stream for stream in instance.streams}
        self.queues = [(office, stream) for office in self.offices for stream in self.streams]

    # Curves

    def demand(self, office: str, stream: str) -> Demand:
        return self.offices[office].demand.get(stream, Demand())

    def applied(self, office: str, stream: str, day: int) -> int:
        demand = self.demand(office, stream)
        before = sum(row.records for row in (*demand.backlog, *demand.ingested) if -row.age_days <= day)
        return before + sum(on_day(demand.arrivals, t) for t in range(day + 1))

    def ingested_before(self, office: str, stream: str) -> int:
        return sum(row.records for row in self.demand(office, stream).ingested)

    def ingested(self, office: str, stream: str, day: int) -> int:
        return sum(self.x[office, stream, t] for t in range(day + 1))

    def printed(self, office: str, stream: str, day: int) -> int:
        return sum(self.r[office, stream, t] for t in range(day + 1))

    def ready(self, office: str, stream: str, day: int) -> int:
        if not self.streams[stream].needs_ingestion:
            return self.applied(office, stream, day)
        early = sum(row.records for row in self.demand(office, stream).ingested if row.ready_day <= day)
        return early + self.ingested(office, stream, day - self.instance.processing_days)

    def unprintable(self, office: str, stream: str, day: int) -> int:
        return self.applied(office, stream, day) - self.ready(office, stream, day)

    def waiting(self, office: str, stream: str, day: int) -> int:
        return self.ready(office, stream, day) - self.printed(office, stream, day)

    def overdue(self, office: str, stream: str, day: int, after_days: int) -> int:
        return max(0, self.applied(office, stream, day - after_days) - self.printed(office, stream, day))

    def arriving(self, place: str, day: int) -> int:
        """Packs that arrive at a place on a day by a lane."""
        return sum(
            self.y[lane.id, day - lane.lead_days]
            for lane in self.instance.lanes
            if lane.destination == place and day >= lane.lead_days
        )

    def leaving(self, place: str, day: int) -> int:
        return sum(self.y[lane.id, day] for lane in self.instance.lanes if lane.origin == place)

    def moved(self, place: str, day: int) -> int:
        """Packs that have arrived less those that have left, so far."""
        return sum(self.arriving(place, t) - self.leaving(place, t) for t in range(day + 1))

    def on_hand(self, office: str, day: int) -> Fraction:
        data = self.offices[office]
        blanks = data.blanks + sum(row.cards for row in data.in_transit if row.day <= day)
        blanks += self.instance.pack_size * self.moved(office, day)
        printed = sum(self.printed(office, stream, day) for stream in self.streams)
        return blanks - Fraction(1000 * printed, 1000 - data.spoiled_per_thousand)

    # Rules

    def violations(self) -> set[Broken]:
        """Every place and day at which a rule is broken, with the amount."""
        found: set[Broken] = set()

        def at_most(rule: int, place: tuple[str, ...], day: int, value: Any, limit: Any) -> None:
            if limit is not None and value > limit:
                found.add((rule, place, day, Fraction(value) - Fraction(limit)))

        instance = self.instance
        for t in self.days:
            at_most(1, (), t, sum(self.x[i, s, t] for i, s in self.queues), on_day(instance.quota, t))
            if instance.storage is not None:
                expansions = sum(row.records for row in instance.storage.expansions if row.day <= t)
                stored = sum(self.ingested(i, s, t) for i, s in self.queues)
                at_most(2, (), t, stored, instance.storage.free + expansions)
            for i, office in self.offices.items():
                link = sum(self.x[i, s, t] for s in self.streams)
                at_most(3, (i,), t, link, on_day(office.ingest_capacity, t))
                at_most(6, (i,), t, -self.on_hand(i, t), 0)
                printed = sum(self.r[i, s, t] for s in self.streams)
                at_most(7, (i,), t, printed, on_day(office.print_capacity, t))
                if self.arriving(i, t) > 0:
                    at_most(8, (i,), t, self.on_hand(i, t), office.max_blanks)
            for i, s in self.queues:
                if self.streams[s].needs_ingestion:
                    room = self.applied(i, s, t) - self.ingested_before(i, s)
                    at_most(4, (i, s), t, self.ingested(i, s, t), room)
                else:
                    at_most(4, (i, s), t, self.x[i, s, t], 0)
                at_most(5, (i, s), t, self.printed(i, s, t), self.ready(i, s, t))
            for lane in instance.lanes:
                packs = self.y[lane.id, t]
                if packs > 0:
                    if not on_day(lane.open, t) or t + lane.lead_days > instance.days - 1:
                        at_most(9, (lane.id,), t, packs, 0)
                    else:
                        at_most(9, (lane.id,), t, lane.min_packs, packs)
                        at_most(9, (lane.id,), t, packs, lane.max_packs)
            for depot in instance.depots:
                stock = depot.stock + sum(row.cards for row in depot.deliveries if row.day <= t)
                stock += instance.pack_size * self.moved(depot.id, t)
                at_most(10, (depot.id,), t, depot.reserve, stock)
                at_most(11, (depot.id,), t, self.leaving(depot.id, t), depot.max_packs_per_day)
        return found

    # Cost

    def cost_terms(self) -> dict[str, Fraction]:
        """The terms of the cost, by the names of the breakdown."""
        costs, last = self.instance.costs, self.instance.days - 1
        terms: dict[str, Fraction] = defaultdict(Fraction)
        for i, s in self.queues:
            v = Fraction(self.streams[s].weight) * Fraction(self.offices[i].priority)
            for t in self.days:
                terms["unprintable"] += v * Fraction(costs.unprintable_day) * self.unprintable(i, s, t)
                terms["waiting"] += v * Fraction(costs.waiting_day) * self.waiting(i, s, t)
                for tier in costs.overdue:
                    terms["overdue"] += v * Fraction(tier.per_day) * self.overdue(i, s, t, tier.after_days)
            if self.streams[s].needs_ingestion:
                ready = self.ingested_before(i, s) + self.ingested(i, s, last)
            else:
                ready = self.applied(i, s, last)
            waiting = ready - self.printed(i, s, last)
            unprintable = self.applied(i, s, last) - self.printed(i, s, last) - waiting
            end = Fraction(costs.unprintable_day) * unprintable + Fraction(costs.waiting_day) * waiting
            for tier in costs.overdue:
                end += Fraction(tier.per_day) * self.overdue(i, s, last, tier.after_days)
            terms["end"] += v * Fraction(costs.end_days) * end
        for t in self.days:
            for i in self.offices:
                terms["idle_blanks"] += Fraction(costs.idle_blank_day) * self.on_hand(i, t)
            for lane in self.instance.lanes:
                if self.y[lane.id, t] > 0:
                    terms["trips"] += Fraction(lane.fixed_cost)
                    terms["packs"] += Fraction(lane.cost_per_pack) * self.y[lane.id, t]
        for target in self.instance.targets:
            terms["targets"] += self.penalty(target)
        return terms

    def penalty(self, target: Target) -> Fraction:
        scope = [
            (i, s)
            for i, s in self.queues
            if target.office in (None, i)
            and target.province in (None, self.offices[i].province)
            and target.stream in (None, s)
        ]
        applied = sum(self.applied(i, s, target.day) for i, s in scope)
        printed = sum(self.printed(i, s, target.day) for i, s in scope)
        return Fraction(target.penalty_per_record) * max(0, Fraction(target.share) * applied - printed)

    # Waits

    def waits(self) -> Waits:
        """Card by card, record by record; for plans that keep rules 4 and 5."""
        waits: dict[str, list[int]] = {office: [] for office in self.offices}
        left: list[int] = []
        for i, s in self.queues:
            demand = self.demand(i, s)
            # A record is [day of application, day from which it is print-ready, or None].
            records: list[list[Any]] = [
                [-row.age_days, row.ready_day] for row in demand.ingested for _ in range(row.records)
            ]
            for group in sorted(demand.backlog, key=lambda row: -row.age_days):
                records.extend([-group.age_days, None] for _ in range(group.records))
            records.sort(key=lambda record: record[0])
            for t in self.days:
                records.extend([t, None] for _ in range(on_day(demand.arrivals, t)))
                not_ingested = [record for record in records if record[1] is None]
                if self.streams[s].needs_ingestion:
                    for record in not_ingested[: self.x[i, s, t]]:
                        record[1] = t + self.instance.processing_days
                else:
                    for record in not_ingested:
                        record[1] = t
                print_ready = [record for record in records if record[1] is not None and record[1] <= t]
                for record in print_ready[: self.r[i, s, t]]:
                    waits[i].append(t - record[0])
                    records.remove(record)
            left.extend(record[0] for record in records)
        oldest = max((self.instance.days - 1 - applied for applied in left), default=0)
        return Waits(waits, oldest)


@dataclass(frozen=True)
class Waits:
    """Waits of all cards, days, and the age of the oldest record without one."""

    by_office: dict[str, list[int]]
    oldest: int

    @property
    def all(self) -> list[int]:
        return sorted(wait for waits in self.by_office.values() for wait in waits)


def nearest_rank(values: list[int], percent: int) -> int | None:
    """The smallest value that at least `percent` in a hundred do not exceed."""
    return next(
        (
            value
            for value in sorted(values)
            if 100 * sum(other <= value for other in values) >= percent * len(values)
        ),
        None,
    )
