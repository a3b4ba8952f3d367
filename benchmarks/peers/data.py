"""An instance as plain lists and numbers, read off the contract: the input of every peer's model.

Written from the contract's text and not from the package's arrays or formulation, so that the peers
are a second opinion on both. Prices are summed up to coefficients here, as a modeller does who wants his
objective built fast: with X and R cumulative, cost = `constant` + sum of `ingest_price` X + sum of
`card_price` R + overdue + blanks + freight + targets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from allocator.instance.models import Instance, Lane, Office
from benchmarks.peers.interface import PeerAnswer, Values

WHOLE_RECORDS_UP_TO = 400
"""Up to so many numbers of records and cards they are declared whole; packs and trips always are.

In larger instances a record more or less is far below any gap, and whole records only slow solvers
down; the plan is rounded and checked afterwards, for every contender alike.
"""


@dataclass(frozen=True)
class Tier:
    """An overdue price: on max(0, applied - R)."""

    applied: list[int]
    """By day, those who have waited long enough to count."""
    price: list[float]


@dataclass(frozen=True)
class Queue:
    """A stream at an office in which somebody applies."""

    office: int
    stream: int
    needs_ingestion: bool
    applied: list[int]
    """A, by day."""
    ingestible: list[int]
    """X at most, by day: A without what was ingested before."""
    ready: list[int]
    """G without X, by day."""
    ingest_price: list[float]
    card_price: list[float]
    tiers: list[Tier]


@dataclass(frozen=True)
class Store:
    """The blanks and the capacities of an office."""

    id: str
    received: list[int]
    """Blanks that come in by day without a trip; those on hand come in on day 0."""
    max_blanks: int | None
    slack: list[int]
    """By how much H can lie above `max_blanks` on a day without an arrival."""
    good_per_thousand: int
    ingest_capacity: list[int] | None
    print_capacity: list[int]
    queues: list[int]

    @property
    def blanks_per_card(self) -> float:
        return 1000 / self.good_per_thousand


@dataclass(frozen=True)
class Hub:
    """A depot."""

    id: str
    received: list[int]
    """Stock and deliveries by day."""
    reserve: int
    max_packs: int | None


@dataclass(frozen=True)
class Trip:
    """A lane on a day on which it can be used."""

    lane: int
    day: int
    arrival: int
    origin: str
    destination: str
    min_packs: int
    max_packs: int
    fixed_cost: float
    cost_per_pack: float


@dataclass(frozen=True)
class Promise:
    """A target: penalty on max(0, needed - R summed over queues)."""

    day: int
    queues: list[int]
    needed: float
    penalty: float


@dataclass(frozen=True)
class Data:
    """Everything a model needs."""

    days: int
    pack_size: int
    processing_days: int
    quota: list[int]
    room: list[int] | None
    """Records that fit into the national database by the end of each day."""
    queues: list[Queue]
    stores: list[Store]
    hubs: list[Hub]
    trips: list[Trip]
    promises: list[Promise]
    idle_blank_price: float
    constant: float
    whole_records: bool
    shape: tuple[int, int, int]
    lanes: int
    arriving: dict[tuple[str, int], list[int]] = field(default_factory=dict)
    """Trips by (place, day)."""
    leaving: dict[tuple[str, int], list[int]] = field(default_factory=dict)

    @property
    def ingesting(self) -> list[int]:
        """Queues that need ingestion."""
        return [number for number, queue in enumerate(self.queues) if queue.needs_ingestion]

    @property
    def room_days(self) -> list[int]:
        """Days on which the room can bind: X only grows, so the last before it is enlarged, and the last."""
        if self.room is None:
            return []
        last = self.days - 1
        return [day for day in range(self.days) if day == last or self.room[day + 1] > self.room[day]]

    def answer(
        self,
        ingest: dict[tuple[int, int], float],
        packs: Sequence[float],
        cards: dict[tuple[int, int], float],
        bound: float | None,
    ) -> PeerAnswer:
        """Values by (queue, day) and by trip, laid out over the axes of the instance."""
        x, r = np.zeros(self.shape), np.zeros(self.shape)
        y = np.zeros((self.lanes, self.days))
        for values, table in ((ingest, x), (cards, r)):
            for (number, day), value in values.items():
                table[self.queues[number].office, self.queues[number].stream, day] = value
        for trip, value in zip(self.trips, packs, strict=True):
            y[trip.lane, trip.day] = value
        return PeerAnswer(_nonnegative(x), _nonnegative(y), _nonnegative(r), bound)


def _nonnegative(values: Values) -> Values:
    """Solvers keep bounds within a tolerance only."""
    return np.maximum(values, 0.0)


def describe(instance: Instance) -> Data:
    """Read an instance."""
    days = instance.days
    queues: list[Queue] = []
    constant = 0.0
    for i in range(len(instance.offices)):
        for s in range(len(instance.streams)):
            queue, unavoidable = _queue(instance, i, s)
            constant += unavoidable
            if queue is not None:
                queues.append(queue)
    room = None
    if instance.storage is not None:
        more = _by_day(days, [(row.day, row.records) for row in instance.storage.expansions])
        room = _running_total(more, instance.storage.free)
    trips = _trips(instance, queues)
    arriving, leaving = defaultdict(list), defaultdict(list)
    for number, trip in enumerate(trips):
        arriving[trip.destination, trip.arrival].append(number)
        leaving[trip.origin, trip.day].append(number)
    shape = (len(instance.offices), len(instance.streams), days)
    return Data(
        days=days,
        pack_size=instance.pack_size,
        processing_days=instance.processing_days,
        quota=_daily(instance.quota, days),
        room=room,
        queues=queues,
        stores=[_store(instance, i, queues) for i in range(len(instance.offices))],
        hubs=[
            Hub(
                depot.id,
                _by_day(days, [(0, depot.stock), *((row.day, row.cards) for row in depot.deliveries)]),
                depot.reserve,
                depot.max_packs_per_day,
            )
            for depot in instance.depots
        ],
        trips=trips,
        promises=_promises(instance, queues),
        idle_blank_price=float(instance.costs.idle_blank_day),
        constant=constant,
        whole_records=2 * shape[0] * shape[1] * days <= WHOLE_RECORDS_UP_TO,
        shape=shape,
        lanes=len(instance.lanes),
        arriving=dict(arriving),
        leaving=dict(leaving),
    )


def _queue(instance: Instance, i: int, s: int) -> tuple[Queue | None, float]:
    """The queue, None if nobody ever applies, and the part of its cost that no plan changes."""
    days, costs, stream, office = instance.days, instance.costs, instance.streams[s], instance.offices[i]
    demand = office.demand.get(stream.id)
    if demand is None:
        return None, 0.0
    waiting = [(row.age_days, row.records) for row in (*demand.backlog, *demand.ingested)]
    arrivals = _daily(demand.arrivals, days)

    def applied_by(day: int) -> int:
        early = sum(records for age, records in waiting if -age <= day)
        return early + sum(arrivals[: day + 1] if day >= 0 else [])

    applied = _running_total(arrivals, sum(records for _, records in waiting))
    if applied[-1] == 0:
        return None, 0.0
    before = sum(row.records for row in demand.ingested)
    needs = stream.needs_ingestion
    early_ready = _by_day(days, [(row.ready_day, row.records) for row in demand.ingested])
    ready = _running_total(early_ready, 0) if needs else applied
    value = float(stream.weight * office.priority)
    unprintable, waiting_day = float(costs.unprintable_day), float(costs.waiting_day)
    end = float(costs.end_days)
    ingest_price, card_price = [0.0] * days, [0.0] * days
    constant = 0.0
    for day in range(days):
        constant += value * (unprintable * (applied[day] - ready[day]) + waiting_day * ready[day])
        card_price[day] -= value * waiting_day
        if needs and day >= instance.processing_days:
            ingest_price[day - instance.processing_days] -= value * (unprintable - waiting_day)
    card_price[-1] -= end * value * waiting_day
    if needs:
        constant += end * value * (unprintable * (applied[-1] - before) + waiting_day * before)
        ingest_price[-1] -= end * value * (unprintable - waiting_day)
    else:
        constant += end * value * waiting_day * applied[-1]
    tiers = []
    for tier in costs.overdue:
        price = [value * float(tier.per_day)] * days
        price[-1] *= 1 + end
        late = [applied_by(day - tier.after_days) for day in range(days)]
        if late[-1] > 0 and price[-1] > 0:
            tiers.append(Tier(late, price))
    ingestible = [total - before for total in applied] if needs else []
    return Queue(i, s, needs, applied, ingestible, ready, ingest_price, card_price, tiers), constant


def _store(instance: Instance, i: int, queues: list[Queue]) -> Store:
    office, days = instance.offices[i], instance.days
    received = _by_day(days, [(0, office.blanks), *((row.day, row.cards) for row in office.in_transit)])
    total = _running_total(received, 0)
    limit = office.max_blanks
    slack = [0] * days
    if limit is not None:
        # Blanks that no trip brought are all that can lie above the limit: those from the start on, or
        # those since the last arrival, after which the limit held.
        slack = [max(0, total[day] - limit, total[day] - total[0]) for day in range(days)]
    return Store(
        office.id,
        received,
        limit,
        slack,
        1000 - office.spoiled_per_thousand,
        None if office.ingest_capacity is None else _daily(office.ingest_capacity, days),
        _daily(office.print_capacity, days),
        [number for number, queue in enumerate(queues) if queue.office == i],
    )


def _trips(instance: Instance, queues: list[Queue]) -> list[Trip]:
    """Every lane on every day on which it is open and arrives in time, with what it can carry."""
    days = instance.days
    offices = {office.id: (i, office) for i, office in enumerate(instance.offices)}
    depots = {depot.id: depot for depot in instance.depots}
    senders = {lane.origin for lane in instance.lanes}
    everything = sum(
        office.blanks + sum(row.cards for row in office.in_transit) for office in instance.offices
    )
    everything += sum(depot.stock + sum(row.cards for row in depot.deliveries) for depot in instance.depots)
    trips: list[Trip] = []
    for number, lane in enumerate(instance.lanes):
        most = everything // instance.pack_size
        if lane.max_packs is not None:
            most = min(most, lane.max_packs)
        depot = depots.get(lane.origin)
        if depot is not None and depot.max_packs_per_day is not None:
            most = min(most, depot.max_packs_per_day)
        is_open = lane.open if isinstance(lane.open, (list, tuple)) else [lane.open] * days
        use = [most] * days
        if depot is not None and lane.destination in offices and lane.destination not in senders:
            i, destination = offices[lane.destination]
            applicants = sum(queue.applied[-1] for queue in queues if queue.office == i)
            use = _useful_packs(instance, destination, applicants)
        for day in range(days - lane.lead_days):
            packs = min(most, max(use[day + lane.lead_days], lane.min_packs))
            if is_open[day] and packs >= lane.min_packs:
                trips.append(_trip(number, lane, day, packs))
    return trips


def _trip(number: int, lane: Lane, day: int, most: int) -> Trip:
    return Trip(
        number,
        day,
        day + lane.lead_days,
        lane.origin,
        lane.destination,
        lane.min_packs,
        most,
        float(lane.fixed_cost),
        float(lane.cost_per_pack),
    )


def _useful_packs(instance: Instance, office: Office, applicants: int) -> list[int]:
    """By day of arrival, the packs that an office that sends nothing on can still use."""
    capacity = _daily(office.print_capacity, instance.days)
    blanks_per_pack = instance.pack_size * (1000 - office.spoiled_per_thousand)
    packs, cards = [0] * instance.days, 0
    for day in reversed(range(instance.days)):
        cards = min(applicants, cards + capacity[day])
        packs[day] = -(-1000 * cards // blanks_per_pack)
    return packs


def _promises(instance: Instance, queues: list[Queue]) -> list[Promise]:
    promises = []
    for target in instance.targets:
        scope = [
            number
            for number, queue in enumerate(queues)
            if target.office in (None, instance.offices[queue.office].id)
            and target.province in (None, instance.offices[queue.office].province)
            and target.stream in (None, instance.streams[queue.stream].id)
        ]
        needed = float(target.share * sum(queues[number].applied[target.day] for number in scope))
        promises.append(Promise(target.day, scope, needed, float(target.penalty_per_record)))
    return promises


def _daily(value: int | Sequence[int], days: int) -> list[int]:
    return [value] * days if isinstance(value, int) else list(value)


def _by_day(days: int, rows: Sequence[tuple[int, int]]) -> list[int]:
    amounts = [0] * days
    for day, amount in rows:
        if day < days:
            amounts[day] += amount
    return amounts


def _running_total(amounts: list[int], start: int) -> list[int]:
    totals = []
    for amount in amounts:
        start += amount
        totals.append(start)
    return totals
