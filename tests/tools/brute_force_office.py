"""Every way one office of a tiny instance can use slots and print, given its blanks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product

from allocator.instance.models import Office, Stream, Target
from tests.tools.reference import Reference, on_day

Counts = tuple[int, ...]
Blanks = tuple[tuple[int, bool], ...]
"""By day: blanks received less blanks sent on, and whether packs arrive."""


@dataclass(frozen=True)
class Way:
    """What an office does: (x, r) by stream, for each day, and what that costs there."""

    cost: Fraction
    decisions: tuple[tuple[Counts, Counts], ...]


Table = dict[tuple[Counts, Counts], Way]
"""The cheapest way for each (slots by day, cards that each target counts)."""


class OfficeWays:
    """Every way of one office: rules 3 to 8, day by day, equal states merged.

    `step` is called for each partial way, and may raise to give up.
    """

    def __init__(self, nothing: Reference, office: Office, step: Callable[[], None]) -> None:
        self.nothing, self.office, self.step = nothing, office, step
        self.instance = nothing.instance
        self.streams: tuple[Stream, ...] = self.instance.streams
        # The same few questions are asked for every shipment plan.
        self.slots, self.ready = cache(self._slots), cache(self._ready)
        self.count, self.queue_cost = cache(self._count), cache(self._queue_cost)
        self.used = cache(self._used)

    def table(self, blanks: Blanks) -> Table:
        """The cheapest way for each (slots by day, cards that each target counts)."""
        idle = Fraction(self.instance.costs.idle_blank_day)
        # A state is what the future depends on: x by day, R by stream, cards counted by each target.
        start = ((), (0,) * len(self.streams), (0,) * len(self.instance.targets))
        ways: dict[tuple[tuple[Counts, ...], Counts, Counts], Way] = {start: Way(Fraction(0), ())}
        for t in range(self.instance.days):
            previous, ways = ways, {}
            for (x, printed, counted), way in previous.items():
                for slots in self.slots(t, tuple(map(sum, zip(*x, strict=True)))):
                    history = (*x, slots)
                    ready = tuple(self.ready(s, t, history) for s in range(len(self.streams)))
                    ingested = tuple(map(sum, zip(*history, strict=True)))
                    for cards in self._prints(t, ready, printed, blanks[t]):
                        so_far = add(printed, cards)
                        cost = way.cost + self.queue_cost(t, ready, so_far, ingested)
                        if idle:
                            cost += idle * (blanks[t][0] - self.used(sum(so_far)))
                        state = history, so_far, add(counted, self.count(t, cards))
                        if state not in ways or cost < ways[state].cost:
                            ways[state] = Way(cost, (*way.decisions, (slots, cards)))
        table: Table = {}
        for (x, _, counted), way in ways.items():
            key = tuple(sum(slots) for slots in x), counted
            if key not in table or way.cost < table[key].cost:
                table[key] = way
        return table

    def _applied(self, stream: int, day: int) -> int:
        return self.nothing.applied(self.office.id, self.streams[stream].id, day)

    def _slots(self, t: int, ingested: Counts) -> list[Counts]:
        """x by stream within rules 3 and 4; `ingested` before t, () on day 0."""
        link = on_day(self.office.ingest_capacity, t)
        rooms = []
        for s, stream in enumerate(self.streams):
            room = self._applied(s, t) - self.nothing.ingested_before(self.office.id, stream.id)
            room = min(room - (ingested[s] if ingested else 0), on_day(self.instance.quota, t))
            rooms.append(room if stream.needs_ingestion else 0)
        every = product(*(range(room + 1) for room in rooms))
        return [slots for slots in every if link is None or sum(slots) <= link]

    def _ready(self, s: int, t: int, x: tuple[Counts, ...]) -> int:
        if not self.streams[s].needs_ingestion:
            return self._applied(s, t)
        early = self.nothing.ready(self.office.id, self.streams[s].id, t)
        return early + sum(slots[s] for slots in x[: max(0, t - self.instance.processing_days + 1)])

    def _prints(self, t: int, ready: Counts, printed: Counts, blanks: tuple[int, bool]) -> Iterator[Counts]:
        """r by stream within rules 5 to 8."""
        received, packs_arrive = blanks
        most = self.office.max_blanks
        for cards in product(*(range(g - r + 1) for g, r in zip(ready, printed, strict=True))):
            self.step()
            if sum(cards) > on_day(self.office.print_capacity, t):
                continue
            used = self.used(sum(printed) + sum(cards))
            fits = most is None or not packs_arrive or received <= most + used
            if used <= received and fits:
                yield cards

    def _used(self, printed: int) -> Fraction:
        """Blanks used for so many cards."""
        return Fraction(1000 * printed, 1000 - self.office.spoiled_per_thousand)

    def _count(self, t: int, cards: Counts) -> Counts:
        """How many of the cards of a day each target counts."""
        return tuple(
            sum(
                number
                for stream, number in zip(self.streams, cards, strict=True)
                if t <= target.day and in_scope(target, self.office, stream.id)
            )
            for target in self.instance.targets
        )

    def _queue_cost(self, t: int, ready: Counts, printed: Counts, ingested: Counts) -> Fraction:
        """The cost of the queues at the end of day t, and, on the last day, at the end of the horizon."""
        costs, cost = self.instance.costs, Fraction(0)
        unprintable_day, waiting_day = Fraction(costs.unprintable_day), Fraction(costs.waiting_day)
        for s, stream in enumerate(self.streams):
            weight = Fraction(stream.weight) * Fraction(self.office.priority)
            applied, g, r = self._applied(s, t), ready[s], printed[s]
            overdue = Fraction(0)
            for tier in costs.overdue:
                overdue += Fraction(tier.per_day) * max(0, self._applied(s, t - tier.after_days) - r)
            cost += weight * (unprintable_day * (applied - g) + waiting_day * (g - r) + overdue)
            if t == self.instance.days - 1:
                if stream.needs_ingestion:
                    g = self.nothing.ingested_before(self.office.id, stream.id) + ingested[s]
                queues = unprintable_day * (applied - g) + waiting_day * (g - r) + overdue
                cost += weight * Fraction(costs.end_days) * queues
        return cost


def add(a: Counts, b: Counts) -> Counts:
    return tuple(left + right for left, right in zip(a, b, strict=True))


def in_scope(target: Target, office: Office, stream: str) -> bool:
    return (
        target.office in (None, office.id)
        and target.province in (None, office.province)
        and target.stream in (None, stream)
    )
