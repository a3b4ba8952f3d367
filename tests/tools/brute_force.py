"""The best plan of a tiny instance, by trying everything; exact, and written against the contract alone.

Shipments are tried one by one. Given the shipments, offices meet only in the quota, the storage and the
targets. So each office lists, for its blanks, every way to use slots and to print (`OfficeWays`), keeps
the cheapest for each combination of slots by day and of cards that targets count, and the lists are then
merged, office by office.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product

from allocator.instance.models import Instance, Lane, Office
from allocator.plan.models import CardsRow, IngestRow, Plan, ShipmentRow
from tests.tools.brute_force_office import Blanks, Counts, OfficeWays, Table, Way, add, in_scope
from tests.tools.reference import Reference, on_day

Packs = dict[tuple[str, int], int]
"""Packs dispatched, by lane and day."""


class TooLargeError(Exception):
    """There are more plans than can be tried in a few seconds."""


@dataclass(frozen=True)
class Optimum:
    """A plan that no other plan beats."""

    cost: Fraction
    plan: Plan


def find_optimum(instance: Instance, most_steps: int = 150_000) -> Optimum:
    """The optimum. Raises TooLargeError after `most_steps` partial plans."""
    return _Search(instance, most_steps).run()


class _Search:
    def __init__(self, instance: Instance, most_steps: int) -> None:
        self.instance = instance
        self.nothing = Reference(instance, Plan(schema_version=1, instance=instance.name))
        self.steps_left = most_steps
        self.ways = [OfficeWays(self.nothing, office, self.step) for office in instance.offices]
        self.table = cache(self._table)

    def step(self) -> None:
        self.steps_left -= 1
        if self.steps_left < 0:
            raise TooLargeError(self.instance.name)

    def run(self) -> Optimum:
        cheapest: dict[tuple[Blanks, ...], tuple[Fraction, Packs]] = {}
        for packs in self._shipments(0, {}):
            self.step()
            blanks = tuple(self._blanks(office, packs) for office in self.instance.offices)
            freight = self._freight(packs)
            if blanks not in cheapest or freight < cheapest[blanks][0]:
                cheapest[blanks] = (freight, packs)
        best: tuple[Fraction, Packs, tuple[Way, ...]] | None = None
        for blanks, (freight, packs) in sorted(cheapest.items(), key=lambda item: item[1][0]):
            tables = [self.table(i, curve) for i, curve in enumerate(blanks)]
            if any(not table for table in tables):
                continue  # an office sends away blanks that it does not have, or its store is too small
            least = freight + sum(min(way.cost for way in table.values()) for table in tables)
            if best is None or least < best[0]:
                for cost, ways in self._merge(tables):
                    if best is None or freight + cost < best[0]:
                        best = freight + cost, packs, ways
        assert best is not None, "the empty plan is valid"
        return Optimum(best[0], self._plan(best[1], best[2]))

    # Shipments: rules 9, 10 and 11, and no office sends more than it ever had

    def _shipments(self, number: int, packs: Packs) -> Iterator[Packs]:
        lanes = self.instance.lanes
        if number == len(lanes) * self.instance.days:
            yield dict(packs)
            return
        day, lane = number // len(lanes), lanes[number % len(lanes)]
        yield from self._shipments(number + 1, packs)
        if not on_day(lane.open, day) or day + lane.lead_days >= self.instance.days:
            return
        amount = lane.min_packs
        while lane.max_packs is None or amount <= lane.max_packs:
            self.step()
            packs[lane.id, day] = amount
            # More can arrive on this day by a later lane of lead 0, so an origin is judged at the end.
            if not self._may_dispatch(lane, day, packs):
                break
            yield from (
                more for more in self._shipments(number + 1, packs) if self._has_stock(lane.origin, day, more)
            )
            amount += 1
        packs.pop((lane.id, day), None)

    def _may_dispatch(self, lane: Lane, day: int, packs: Packs) -> bool:
        """Whether the packs can exist at all, and their number respects the depot's limit."""
        instance = self.instance
        cards = sum(depot.stock + sum(row.cards for row in depot.deliveries) for depot in instance.depots)
        cards += sum(o.blanks + sum(row.cards for row in o.in_transit) for o in instance.offices)
        depot = next((depot for depot in instance.depots if depot.id == lane.origin), None)
        most = None if depot is None else depot.max_packs_per_day
        sent = sum(packs.get((other.id, day), 0) for other in instance.lanes if other.origin == lane.origin)
        return packs[lane.id, day] * instance.pack_size <= cards and (most is None or sent <= most)

    def _has_stock(self, place: str, day: int, packs: Packs) -> bool:
        instance = self.instance
        moved = instance.pack_size * sum(
            self._arrived(place, t, packs) - self._sent(place, t, packs) for t in range(day + 1)
        )
        for depot in instance.depots:
            if depot.id == place:
                supply = depot.stock + sum(row.cards for row in depot.deliveries if row.day <= day)
                return supply + moved >= depot.reserve
        office = self.nothing.offices[place]
        return office.blanks + sum(row.cards for row in office.in_transit if row.day <= day) + moved >= 0

    def _arrived(self, place: str, day: int, packs: Packs) -> int:
        lanes = (lane for lane in self.instance.lanes if lane.destination == place)
        return sum(packs.get((lane.id, day - lane.lead_days), 0) for lane in lanes)

    def _sent(self, place: str, day: int, packs: Packs) -> int:
        return sum(packs.get((lane.id, day), 0) for lane in self.instance.lanes if lane.origin == place)

    def _blanks(self, office: Office, packs: Packs) -> Blanks:
        curve, on_hand = [], office.blanks
        for t in range(self.instance.days):
            arrived = self._arrived(office.id, t, packs)
            on_hand += sum(row.cards for row in office.in_transit if row.day == t)
            on_hand += self.instance.pack_size * (arrived - self._sent(office.id, t, packs))
            curve.append((on_hand, arrived > 0))
        return tuple(curve)

    def _freight(self, packs: Packs) -> Fraction:
        cost = Fraction(0)
        for lane in self.instance.lanes:
            for t in range(self.instance.days):
                if number := packs.get((lane.id, t), 0):
                    cost += Fraction(lane.fixed_cost) + Fraction(lane.cost_per_pack) * number
        return cost

    # Offices

    def _table(self, office: int, blanks: Blanks) -> Table:
        return self.ways[office].table(blanks)

    def _merge(self, tables: list[Table]) -> Iterator[tuple[Fraction, tuple[Way, ...]]]:
        """Choices of one way for each office within quota (1) and storage (2), with their penalties."""
        days, targets = self.instance.days, self.instance.targets
        merged: dict[tuple[Counts, Counts], tuple[Fraction, tuple[Way, ...]]] = {
            ((0,) * days, (0,) * len(targets)): (Fraction(0), ())
        }
        for table in tables:
            previous, merged = merged, {}
            for ((slots, cards), (cost, ways)), ((more, printed), way) in product(
                previous.items(), table.items()
            ):
                self.step()
                key = add(slots, more), add(cards, printed)
                if not self._slots_allowed(key[0]):
                    continue
                if key not in merged or cost + way.cost < merged[key][0]:
                    merged[key] = cost + way.cost, (*ways, way)
        # None is left when a store has room for the packs only if more is printed than slots allow.
        for (_, cards), (cost, ways) in merged.items():
            yield cost + self._penalty(cards), ways

    def _slots_allowed(self, slots: Counts) -> bool:
        storage = self.instance.storage
        for t, used in enumerate(slots):
            if used > on_day(self.instance.quota, t):
                return False
            if storage is not None:
                room = storage.free + sum(row.records for row in storage.expansions if row.day <= t)
                if sum(slots[: t + 1]) > room:
                    return False
        return True

    def _penalty(self, cards: Counts) -> Fraction:
        cost = Fraction(0)
        for target, printed in zip(self.instance.targets, cards, strict=True):
            scope = [(i, s) for i, s in self.nothing.queues if in_scope(target, self.nothing.offices[i], s)]
            applied = sum(self.nothing.applied(i, s, target.day) for i, s in scope)
            short = Fraction(target.share) * applied - printed
            cost += Fraction(target.penalty_per_record) * max(0, short)
        return cost

    def _plan(self, packs: Packs, ways: tuple[Way, ...]) -> Plan:
        instance = self.instance
        streams = [stream.id for stream in instance.streams]
        done = [
            (office.id, stream, day, ingested, printed)
            for office, way in zip(instance.offices, ways, strict=True)
            for day, (x, r) in enumerate(way.decisions)
            for stream, ingested, printed in zip(streams, x, r, strict=True)
        ]
        return Plan(
            schema_version=1,
            instance=instance.name,
            ingest=tuple(IngestRow(office=i, stream=s, day=t, records=x) for i, s, t, x, _ in done if x),
            shipments=tuple(ShipmentRow(lane=lane, day=t, packs=n) for (lane, t), n in packs.items() if n),
            cards=tuple(CardsRow(office=i, stream=s, day=t, cards=r) for i, s, t, _, r in done if r),
        )
