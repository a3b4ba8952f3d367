"""Random plans: wild ones, which break most rules, and careful ones, which break few or none."""

from __future__ import annotations

from collections import defaultdict
from random import Random

from allocator.instance.models import Instance
from allocator.plan.models import CardsRow, IngestRow, Plan, ShipmentRow
from tests.tools.reference import Reference, on_day


def random_plan(instance: Instance, rng: Random | int, *, careful: bool | None = None) -> Plan:
    """A plan of any kind; careful ones keep all rules but the office store (8), and may keep that too."""
    rng = Random(rng) if isinstance(rng, int) else rng
    careful = rng.random() < 0.6 if careful is None else careful
    return _careful_plan(instance, rng) if careful else _wild_plan(instance, rng)


def _wild_plan(instance: Instance, rng: Random) -> Plan:
    most = rng.choice((1, 3, 10))
    offices = [office.id for office in instance.offices]
    streams = [stream.id for stream in instance.streams]

    def day() -> int:
        return rng.randrange(instance.days)

    def some() -> range:
        return range(rng.randint(0, 2 * instance.days))

    def amount() -> int:
        return rng.randint(0, most)

    return Plan(
        schema_version=1,
        instance=instance.name,
        ingest=tuple(
            IngestRow(office=rng.choice(offices), stream=rng.choice(streams), day=day(), records=amount())
            for _ in some()
        ),
        shipments=tuple(
            ShipmentRow(lane=rng.choice(instance.lanes).id, day=day(), packs=amount())
            for _ in (some() if instance.lanes else ())
        ),
        cards=tuple(
            CardsRow(office=rng.choice(offices), stream=rng.choice(streams), day=day(), cards=amount())
            for _ in some()
        ),
    )


def _careful_plan(instance: Instance, rng: Random) -> Plan:
    """Day by day, a random share of what the rules leave room for."""
    plan = Plan(schema_version=1, instance=instance.name)
    state = Reference(instance, plan)
    for t in range(instance.days):
        _ship(state, rng, t)
        _ingest(state, rng, t)
        _print(state, rng, t)
    return Plan(
        schema_version=1,
        instance=instance.name,
        ingest=tuple(
            IngestRow(office=i, stream=s, day=t, records=n) for (i, s, t), n in state.x.items() if n
        ),
        shipments=tuple(ShipmentRow(lane=lane, day=t, packs=n) for (lane, t), n in state.y.items() if n),
        cards=tuple(CardsRow(office=i, stream=s, day=t, cards=n) for (i, s, t), n in state.r.items() if n),
    )


def _ship(state: Reference, rng: Random, t: int) -> None:
    instance = state.instance
    size = instance.pack_size
    sent: dict[str, int] = defaultdict(int)
    for lane in instance.lanes:
        if not on_day(lane.open, t) or t + lane.lead_days >= instance.days or rng.random() < 0.4:
            continue
        depot = next((depot for depot in instance.depots if depot.id == lane.origin), None)
        if depot is None:
            room = int(state.on_hand(lane.origin, t) // size)
        else:
            stock = depot.stock + sum(row.cards for row in depot.deliveries if row.day <= t)
            room = (stock - depot.reserve) // size + state.moved(depot.id, t)
            if depot.max_packs_per_day is not None:
                room = min(room, depot.max_packs_per_day - sent[depot.id])
        room = min(room, room if lane.max_packs is None else lane.max_packs)
        if room >= lane.min_packs:
            state.y[lane.id, t] = rng.randint(lane.min_packs, room)
            sent[lane.origin] += state.y[lane.id, t]


def _ingest(state: Reference, rng: Random, t: int) -> None:
    instance = state.instance
    for i, s in rng.sample(state.queues, len(state.queues)):
        if not state.streams[s].needs_ingestion:
            continue
        room = state.applied(i, s, t) - state.ingested_before(i, s) - state.ingested(i, s, t)
        room = min(room, on_day(instance.quota, t) - sum(state.x[j, u, t] for j, u in state.queues))
        link = on_day(state.offices[i].ingest_capacity, t)
        if link is not None:
            room = min(room, link - sum(state.x[i, u, t] for u in state.streams))
        if instance.storage is not None:
            free = instance.storage.free
            free += sum(row.records for row in instance.storage.expansions if row.day <= t)
            room = min(room, free - sum(state.ingested(j, u, t) for j, u in state.queues))
        state.x[i, s, t] = rng.randint(0, room)


def _print(state: Reference, rng: Random, t: int) -> None:
    for i, s in rng.sample(state.queues, len(state.queues)):
        office = state.offices[i]
        room = min(
            state.waiting(i, s, t),
            on_day(office.print_capacity, t) - sum(state.r[i, u, t] for u in state.streams),
            int(state.on_hand(i, t) * (1000 - office.spoiled_per_thousand) // 1000),
        )
        state.r[i, s, t] = rng.choice((room, rng.randint(0, room)))
