"""The formulas of docs/explain.md once more: person by person, in plain loops over the models."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from hypothesis import assume, given, settings

from allocator.explanation import Bottleneck, missing_things
from allocator.instance.models import Instance
from allocator.plan.arrays import plan_to_arrays
from allocator.plan.models import Plan
from allocator.verdict import Curves, is_valid
from tests.tools.reference import Reference, on_day
from tests.tools.strategies import cases

Place = tuple[str, str, int, Bottleneck]


@settings(max_examples=50)
@given(cases(careful=True))
def test_everybody_is_where_plain_loops_put_them(case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    assume(is_valid(instance, plan))
    missing = missing_things(Curves(instance, plan_to_arrays(plan, instance)))
    found = {
        (office.id, stream.id, day, bottleneck): int(records[i, s, day])
        for bottleneck, records in missing.items()
        for i, office in enumerate(instance.offices)
        for s, stream in enumerate(instance.streams)
        for day in range(instance.days)
    }
    assert {place: number for place, number in found.items() if number} == dict(_naive(instance, plan))


def _naive(instance: Instance, plan: Plan) -> Counter[Place]:
    state = Reference(instance, plan)
    line = sorted(state.streams, key=lambda s: -state.streams[s].weight)
    result: Counter[Place] = Counter()
    for office in state.offices:
        for day in state.days:
            not_ingested, in_processing, waiting = [], [], []
            for s in line:
                without = state.applied(office, s, day) - state.ready(office, s, day)
                pending = 0
                if state.streams[s].needs_ingestion:
                    pending = state.applied(office, s, day) - state.ingested_before(office, s)
                    pending -= state.ingested(office, s, day)
                not_ingested += [s] * pending
                in_processing += [s] * (without - pending)
                waiting += [s] * state.waiting(office, s, day)
            causes = _ingestion(state, office, day), _printing(state, office, day)
            for people, labels in zip((not_ingested, waiting), causes, strict=True):
                assert len(people) == len(labels)
                result.update((office, s, day, cause) for s, cause in zip(people, labels, strict=True))
            result.update((office, s, day, Bottleneck.PROCESSING) for s in in_processing)
    return result


def _ingestion(state: Reference, office: str, until: int) -> list[Bottleneck]:
    """The causes along the line of those who are not ingested at the end of a day."""
    needing = [s for s, stream in state.streams.items() if stream.needs_ingestion]
    with_slots = with_storage = in_reach = 0
    for t in range(until + 1):
        ingestible = sum(state.applied(office, s, t) - state.ingested_before(office, s) for s in needing)
        own = sum(state.x[office, s, t] for s in needing)
        spare = on_day(state.instance.quota, t) - sum(state.x[i, s, t] for i, s in state.queues)
        link = on_day(state.offices[office].ingest_capacity, t)
        link = 10**9 if link is None else link
        with_slots = min(ingestible, with_slots + link)
        with_storage = min(ingestible, with_storage + min(link, own + spare))
        so_far = sum(state.ingested(office, s, t) for s in needing)
        in_reach = min(ingestible, in_reach + min(link, own + spare), so_far + _room(state, t))
    return (
        [Bottleneck.UNUSED_SLOT] * (in_reach - so_far)
        + [Bottleneck.STORAGE] * (with_storage - in_reach)
        + [Bottleneck.SLOT] * (with_slots - with_storage)
        + [Bottleneck.LINK] * (ingestible - with_slots)
    )


def _room(state: Reference, day: int) -> int:
    """The least room in the national database on the day or later."""
    storage = state.instance.storage
    if storage is None:
        return 10**9
    return min(
        storage.free
        + sum(row.records for row in storage.expansions if row.day <= t)
        - sum(state.ingested(i, s, t) for i, s in state.queues)
        for t in range(day, state.instance.days)
    )


def _printing(state: Reference, office: str, until: int) -> list[Bottleneck]:
    """The causes along the line of those who are print-ready at the end of a day."""
    data = state.offices[office]
    used = Fraction(1000, 1000 - data.spoiled_per_thousand)
    with_blanks = in_reach = printed = ready = 0
    for t in range(until + 1):
        ready = sum(state.ready(office, s, t) for s in state.streams)
        printed = sum(state.printed(office, s, t) for s in state.streams)
        blanks = min(
            state.on_hand(office, later) + used * sum(state.printed(office, s, later) for s in state.streams)
            for later in range(t, state.instance.days)
        )
        printers = on_day(data.print_capacity, t)
        with_blanks = min(ready, with_blanks + printers)
        in_reach = min(ready, in_reach + printers, int(blanks // used))
    return (
        [Bottleneck.UNUSED_PRINTER] * (in_reach - printed)
        + [Bottleneck.BLANK] * (with_blanks - in_reach)
        + [Bottleneck.PRINTER] * (ready - with_blanks)
    )
