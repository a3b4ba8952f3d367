"""What holds for every instance and plan."""

from __future__ import annotations

import json
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.instance.models import Instance
from allocator.plan.arrays import PlanArrays, plan_to_arrays
from allocator.plan.models import Plan
from allocator.verdict import avoidable_gap, cost_of, empty_cost, gap, is_valid, verify
from tests.tools.compare import broken_places
from tests.tools.instances import full_document
from tests.tools.plans import make_plan
from tests.tools.random_plans import random_plan
from tests.tools.strategies import cases, instances


@given(instances())
def test_the_empty_plan_is_valid(instance: Instance) -> None:
    assert verify(instance, PlanArrays.empty(instance)).violations == ()
    assert verify(instance, make_plan(instance)).cost == empty_cost(instance)


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_file_means_nothing(case: tuple[Instance, Plan], rng: Random) -> None:
    instance, plan = case

    def shuffled(rows: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(rng.sample(rows, len(rows)))

    names = ("offices", "streams", "depots", "lanes", "targets")
    other = instance.model_copy(update={name: shuffled(getattr(instance, name)) for name in names})
    rows = {name: shuffled(getattr(plan, name)) for name in ("ingest", "shipments", "cards")}
    verdict, moved = verify(instance, plan), verify(other, plan.model_copy(update=rows))
    assert moved.cost == verdict.cost
    assert broken_places(moved) == broken_places(verdict)
    assert moved.kpis == verdict.kpis


@given(cases())
def test_the_parts_make_up_the_whole(case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    verdict = verify(instance, plan)
    for name in ("unprintable", "waiting", "overdue", "end", "idle_blanks"):
        assert sum(getattr(verdict.office_costs, name).tolist()) == getattr(verdict.cost, name)
    elsewhere = verdict.cost.trips + verdict.cost.packs + verdict.cost.targets
    assert sum(verdict.office_costs.total.tolist()) + elsewhere == verdict.cost.total
    assert verdict.waiting.cards.sum() <= verdict.kpis.cards
    if verdict.valid:
        assert verdict.waiting.cards.sum() == verdict.kpis.cards
        assert min(value for value in verdict.cost.as_dict().values()) >= 0


@given(cases(careful=True))
def test_gaps_of_plans(case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    cost, nothing = cost_of(instance, plan).total, empty_cost(instance).total
    assert gap(cost, cost) == 0
    assert avoidable_gap(cost, min(cost, nothing), nothing) in (0, None)


def test_cards_for_nobody_are_counted_in_no_wait() -> None:
    document = full_document()
    instance = Instance.model_validate(document)
    plan = make_plan(instance, cards={("city", "ready", 0): 5, ("isle", "replacement", 1): 7})
    verdict = verify(instance, plan)
    # Two apply for `ready` in the city, nobody ever for a replacement on the isle.
    assert verdict.waiting.days.tolist() == [28]
    assert verdict.waiting.cards.tolist() == [2]
    assert verdict.kpis.cards == 12


def test_no_card_has_no_mean_wait(full_instance: Instance) -> None:
    verdict = verify(full_instance, PlanArrays.empty(full_instance))
    assert verdict.kpis.mean_wait_days is None
    assert verdict.kpis.p90_wait_days is None
    assert verdict.waiting.office_mean_days == (None, None, None)
    assert verdict.kpis.oldest_wait_days == 60 + 5


def test_no_slots_have_no_share(full_instance: Instance) -> None:
    instance = Instance.model_validate(full_document() | {"quota": 0})
    assert verify(instance, PlanArrays.empty(instance)).kpis.quota_used_share is None
    assert verify(full_instance, PlanArrays.empty(full_instance)).kpis.quota_used_share == 0


def test_who_is_print_ready_sooner_is_served_though_others_are_older() -> None:
    """One ingested long ago is ready on day 2 only: a younger one, ready on day 0, gets the card of day 0."""
    document = full_document() | {"days": 4, "quota": 9, "processing_days": 0, "targets": [], "storage": None}
    demand = {
        "ingested": [{"ready_day": 2, "age_days": 9, "records": 1}],
        "backlog": [{"age_days": 3, "records": 1}],
    }
    document["depots"], document["lanes"] = [], []
    document["offices"] = [{"id": "a", "blanks": 9, "print_capacity": 9, "demand": {"first": demand}}]
    instance = Instance.model_validate(document)
    ingest = {("a", "first", 0): 1}
    first = verify(instance, make_plan(instance, ingest=ingest, cards={("a", "first", 0): 1}))
    assert first.valid
    assert first.waiting.days.tolist() == [3]
    assert first.waiting.oldest_days == 9 + 3
    both = verify(
        instance, make_plan(instance, ingest=ingest, cards={("a", "first", 0): 1, ("a", "first", 3): 1})
    )
    assert both.waiting.days.tolist() == [3, 12]
    assert both.waiting.oldest_days == 0
    # On day 2 both are ready: the older one goes first.
    late = verify(instance, make_plan(instance, ingest=ingest, cards={("a", "first", 2): 1}))
    assert late.waiting.days.tolist() == [11]


def test_all_of_a_verdict_can_be_written_as_json(full_instance: Instance) -> None:
    verdict = verify(full_instance, random_plan(full_instance, 1, careful=False))
    written = json.loads(json.dumps(verdict.as_dict(), allow_nan=False))
    assert written["valid"] is False
    assert written["cost"] == float(verdict.cost.total)
    assert written["violations"][0]["rule"] in range(1, 12)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("ingest", np.zeros((1, 1, 1), dtype=np.int64), "shape"),
        ("packs", np.zeros((6, 6), dtype=np.float64), "whole numbers"),
        ("cards", np.full((3, 3, 6), -1), ">= 0"),
    ],
)
def test_arrays_that_are_no_plan_are_refused(
    full_instance: Instance, name: str, value: np.ndarray, message: str
) -> None:
    arrays = vars(plan_to_arrays(make_plan(full_instance), full_instance)) | {name: value}
    with pytest.raises(ValueError, match=f"{name}.*{message}"):
        is_valid(full_instance, PlanArrays(**arrays))
