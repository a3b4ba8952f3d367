"""The day-by-day arrays against slow loops."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given

from allocator.instance.arrays import NO_LIMIT, NOWHERE
from allocator.instance.models import Instance
from tests.tools.instances import tiny_instance
from tests.tools.plans import make_plan
from tests.tools.reference import Reference, on_day
from tests.tools.strategies import instances


@given(instances())
def test_queues(instance: Instance) -> None:
    arrays, nothing = instance.arrays, Reference(instance, make_plan(instance))
    assert arrays.shape == (len(instance.offices), len(instance.streams), instance.days)
    for i, office in enumerate(instance.offices):
        for s, stream in enumerate(instance.streams):
            place = (office.id, stream.id)
            assert arrays.ingested_before[i, s] == nothing.ingested_before(*place)
            assert arrays.weight[i, s] == Fraction(office.priority) * Fraction(stream.weight)
            assert arrays.needs_ingestion[s] == stream.needs_ingestion
            for t in range(instance.days):
                applied = nothing.applied(*place, t)
                assert arrays.applied[i, s, t] == applied
                assert arrays.arrivals[i, s, t] == on_day(nothing.demand(*place).arrivals, t)
                room = applied - nothing.ingested_before(*place) if stream.needs_ingestion else 0
                assert arrays.ingestible[i, s, t] == room
                if stream.needs_ingestion:
                    assert arrays.ready_from_before[i, s, t] == nothing.ready(*place, t)


@given(instances())
def test_applied_at_least(instance: Instance) -> None:
    nothing = Reference(instance, make_plan(instance))
    for waited in (1, 2, 3, 5, 9, instance.days, instance.days + 3, 10**12):
        expected = [
            [
                [nothing.applied(o.id, s.id, t - waited) for t in range(instance.days)]
                for s in instance.streams
            ]
            for o in instance.offices
        ]
        np.testing.assert_array_equal(instance.arrays.applied_at_least(waited), expected)


@given(instances())
def test_limits(instance: Instance) -> None:
    arrays = instance.arrays
    for t in range(instance.days):
        assert arrays.quota[t] == on_day(instance.quota, t)
        if instance.storage is None:
            assert arrays.storage[t] == NO_LIMIT
        else:
            added = sum(row.records for row in instance.storage.expansions if row.day <= t)
            assert arrays.storage[t] == instance.storage.free + added
        for i, office in enumerate(instance.offices):
            link = on_day(office.ingest_capacity, t)
            assert arrays.ingest_capacity[i, t] == (NO_LIMIT if link is None else link)
            assert arrays.print_capacity[i, t] == on_day(office.print_capacity, t)
            arrived = sum(row.cards for row in office.in_transit if row.day <= t)
            assert arrays.blanks[i, t] == office.blanks + arrived
            assert arrays.max_blanks[i] == (NO_LIMIT if office.max_blanks is None else office.max_blanks)
            assert arrays.good_per_thousand[i] == 1000 - office.spoiled_per_thousand
        for d, depot in enumerate(instance.depots):
            delivered = sum(row.cards for row in depot.deliveries if row.day <= t)
            assert arrays.depot_supply[d, t] == depot.stock + delivered
            assert arrays.depot_reserve[d] == depot.reserve


@given(instances())
def test_lanes_and_targets(instance: Instance) -> None:
    arrays = instance.arrays
    depots, offices = ([place.id for place in places] for places in (instance.depots, instance.offices))
    for number, lane in enumerate(instance.lanes):
        for kind, place in (("origin", lane.origin), ("destination", lane.destination)):
            depot, office = (
                getattr(arrays, f"lane_{kind}_depot")[number],
                getattr(arrays, f"lane_{kind}_office")[number],
            )
            assert (depot == NOWHERE) != (office == NOWHERE)
            assert place == (offices[office] if depot == NOWHERE else depots[depot])
        for t in range(instance.days):
            expected = on_day(lane.open, t) and t + lane.lead_days <= instance.days - 1
            assert arrays.dispatchable[number, t] == expected
        assert arrays.min_packs[number] == lane.min_packs
        assert arrays.max_packs[number] == (NO_LIMIT if lane.max_packs is None else lane.max_packs)
    for k, target in enumerate(instance.targets):
        for i, office_model in enumerate(instance.offices):
            for s, stream in enumerate(instance.streams):
                in_scope = (
                    target.office in (None, office_model.id)
                    and target.province in (None, office_model.province)
                    and target.stream in (None, stream.id)
                )
                assert arrays.target_scope[k, i, s] == in_scope


@given(instances())
def test_applicants_before_day_0_are_oldest_first(instance: Instance) -> None:
    before = instance.arrays.before
    rows = list(zip(before.office.tolist(), before.stream.tolist(), before.day.tolist(), strict=True))
    assert rows == sorted(rows)
    assert all(day < 0 for _, _, day in rows)
    total = np.zeros(instance.arrays.shape[:2], dtype=np.int64)
    np.add.at(total, (before.office, before.stream), before.records)
    np.testing.assert_array_equal(
        total + instance.arrays.arrivals.sum(axis=2), instance.arrays.applied[:, :, -1]
    )


def test_nothing_where_nothing_is() -> None:
    arrays = tiny_instance().arrays
    assert arrays.depot_supply.shape == (0, 1)
    assert arrays.dispatchable.shape == (0, 1)
    assert arrays.target_scope.shape == (0, 1, 1)
    assert arrays.before.records.shape == (0,)
    assert arrays.applied_at_least(1).tolist() == [[[0]]]


def test_arrays_are_made_once(full_instance: Instance) -> None:
    assert full_instance.arrays is full_instance.arrays


def test_a_changed_copy_has_arrays_of_its_own(full_instance: Instance) -> None:
    assert full_instance.arrays.quota.tolist() == [6, 6, 0, 6, 6, 5]
    changed = full_instance.model_copy(update={"quota": 3})
    assert changed.arrays.quota.tolist() == [3] * 6
    assert full_instance.arrays.quota.tolist() == [6, 6, 0, 6, 6, 5]
