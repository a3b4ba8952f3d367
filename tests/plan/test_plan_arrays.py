"""Plans to arrays and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from allocator.errors import InputError
from allocator.instance.models import Instance
from allocator.plan.arrays import PlanArrays, plan_from_arrays, plan_to_arrays
from allocator.plan.models import CardsRow, IngestRow, Plan, ShipmentRow, Solution
from tests.tools.instances import tiny_instance
from tests.tools.plans import make_plan
from tests.tools.strategies import cases


@given(cases())
def test_arrays_keep_a_plan(case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    arrays = plan_to_arrays(plan, instance)
    written = plan_from_arrays(arrays, instance, plan.solution)
    again = plan_to_arrays(written, instance)
    for name in ("ingest", "packs", "cards"):
        np.testing.assert_array_equal(getattr(again, name), getattr(arrays, name))
    assert plan_from_arrays(again, instance, plan.solution) == written
    assert Plan.model_validate(written.model_dump()) == written


@given(cases())
def test_written_plans_are_sorted_and_have_no_empty_rows(case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    written = plan_from_arrays(plan_to_arrays(plan, instance), instance)
    offices, streams, lanes = (
        [row.id for row in rows] for rows in (instance.offices, instance.streams, instance.lanes)
    )
    for rows in (written.ingest, written.cards):
        places = [(offices.index(row.office), streams.index(row.stream), row.day) for row in rows]
        assert places == sorted(set(places))
    trips = [(lanes.index(row.lane), row.day) for row in written.shipments]
    assert trips == sorted(set(trips))
    amounts = [row.records for row in written.ingest] + [row.packs for row in written.shipments]
    assert all(amount > 0 for amount in (*amounts, *(row.cards for row in written.cards)))


def test_repeated_rows_add_up(full_instance: Instance) -> None:
    ingest = IngestRow(office="city", stream="first", day=1, records=2)
    trip = ShipmentRow(lane="lend", day=0, packs=1)
    cards = CardsRow(office="isle", stream="ready", day=2, cards=3)
    plan = Plan(
        schema_version=1,
        instance="full",
        ingest=(ingest, ingest.model_copy(update={"records": 5}), ingest),
        shipments=(trip, trip),
        cards=(cards, cards),
    )
    arrays = plan_to_arrays(plan, full_instance)
    assert arrays.ingest[0, 0, 1] == arrays.ingest.sum() == 9
    assert arrays.packs[4, 0] == arrays.packs.sum() == 2
    assert arrays.cards[2, 1, 2] == arrays.cards.sum() == 6


def test_of_a_plan_for_another_instance_its_name_alone_is_told(full_instance: Instance) -> None:
    plan = make_plan(full_instance, packs={("no lane", 99): 1}).model_copy(update={"instance": "other"})
    with pytest.raises(InputError) as caught:
        plan_to_arrays(plan, full_instance)
    assert [(problem.path, problem.found) for problem in caught.value.problems] == [("instance", '"other"')]


def test_unknown_ids_and_days_are_told_all_at_once(full_instance: Instance) -> None:
    plan = make_plan(
        full_instance,
        ingest={("nowhere", "nobody", 6): 1, ("city", "first", 0): 1},
        packs={("no lane", 99): 1},
        cards={("city", "first", 0): 1, ("isle", "nobody", 7): 0},
    )
    with pytest.raises(InputError) as caught:
        plan_to_arrays(plan, full_instance)
    assert [(problem.path, problem.found) for problem in caught.value.problems] == [
        ("ingest[0].office", '"nowhere"'),
        ("ingest[0].stream", '"nobody"'),
        ("ingest[0].day", "6"),
        ("cards[1].stream", '"nobody"'),
        ("cards[1].day", "7"),
        ("shipments[0].lane", '"no lane"'),
        ("shipments[0].day", "99"),
    ]
    expected = {problem.path: problem.expected for problem in caught.value.problems}
    assert expected["ingest[0].day"] == "a day of the horizon, 0 to 5"
    assert expected["shipments[0].lane"] == "a lane id of the instance"


def test_the_empty_plan(full_instance: Instance) -> None:
    plan = plan_from_arrays(PlanArrays.empty(full_instance), full_instance, Solution(method="none"))
    assert (plan.ingest, plan.shipments, plan.cards) == ((), (), ())
    assert plan.instance == "full"
    assert plan.solution.method == "none"


def test_what_is_unknown_is_told_once_and_how_often_it_is_named() -> None:
    instance = tiny_instance()
    rows = [{"office": "nowhere", "stream": "first", "day": day, "cards": 1} for day in (0, 0, 0)]
    rows.append({"office": "nobody", "stream": "first", "day": 0, "cards": 1})
    plan = Plan.model_validate({"schema_version": 1, "instance": instance.name, "cards": rows})
    with pytest.raises(InputError) as caught:
        plan_to_arrays(plan, instance)
    told = [(problem.path, problem.found) for problem in caught.value.problems]
    assert told == [
        ("cards[0].office", '"nowhere", in 3 rows'),
        ("cards[3].office", '"nobody"'),
    ]
