"""The numbers of the report are those of the verdict."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from allocator.instance.models import Instance
from allocator.methods.policies import POLICIES
from allocator.plan.arrays import plan_from_arrays, plan_to_arrays
from allocator.plan.models import Plan, Solution
from allocator.report.html import report_data
from allocator.report.html.lacks import LACKS, NOTHING, find_lacks
from allocator.verdict import Curves, avoidable_gap, empty_cost, gap, verify
from tests.tools.strategies import cases


def reported(instance: Instance, plan: Plan) -> dict[str, Any]:
    """As it reaches the page: through JSON, which has no word for what is not a number."""
    data = report_data(instance, plan, verify(instance, plan))
    return dict(json.loads(json.dumps(data, allow_nan=False)))


@pytest.fixture(scope="module")
def proportional(full_instance: Instance) -> Plan:
    """A plan of a simple policy, with a bound."""
    plan = POLICIES["proportional"].plan(full_instance)
    return plan_from_arrays(plan, full_instance, Solution(bound=1.0, method="policy:proportional"))


def test_the_plan_and_every_policy_stand_with_the_cost_of_the_verdict(
    full_instance: Instance, proportional: Plan
) -> None:
    this, *policies = reported(full_instance, proportional)["contenders"]
    verdict = verify(full_instance, proportional)
    assert this == {"policy": None, "cost": verdict.cost.as_dict(), "kpis": verdict.kpis.as_dict()}
    assert {policy["policy"] for policy in policies} == set(POLICIES)
    for policy in policies:
        judged = verify(full_instance, POLICIES[policy["policy"]].plan(full_instance))
        assert policy["cost"] == judged.cost.as_dict()
        assert policy["kpis"] == judged.kpis.as_dict()
    totals = [policy["cost"]["total"] for policy in policies]
    assert totals == sorted(totals)


def test_the_gaps_are_those_of_the_exact_cost_not_those_the_file_claims(
    full_instance: Instance, proportional: Plan
) -> None:
    claimed = proportional.model_copy(
        update={"solution": Solution(bound=1.0, gap=0.0, avoidable_gap=0.0, objective=1.0)}
    )
    proof = reported(full_instance, claimed)["proof"]
    cost, nothing = verify(full_instance, claimed).cost.total, empty_cost(full_instance).total
    assert proof["cost"] == float(cost)
    assert proof["gap"] == gap(cost, 1.0) != 0
    assert proof["avoidable_gap"] == avoidable_gap(cost, 1.0, nothing)


def test_a_bound_that_is_no_number_is_no_bound(full_instance: Instance) -> None:
    plan = Plan(schema_version=1, instance="full", solution=Solution(bound=float("-inf")))
    assert reported(full_instance, plan)["proof"]["bound"] is None


def test_without_a_bound_nothing_is_claimed(full_instance: Instance) -> None:
    proof = reported(full_instance, Plan(schema_version=1, instance="full"))["proof"]
    assert proof["bound"] is proof["gap"] is proof["avoidable_gap"] is None


@given(cases(careful=True))
def test_everything_adds_up(case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    verdict, curves = verify(instance, plan), Curves(instance, plan_to_arrays(plan, instance))
    data = reported(instance, plan)
    nation, offices = data["nation"], data["offices"]
    assert nation["cards"] == curves.cards.sum(axis=(0, 1)).tolist()
    assert sum(data["waits"][1]) == verdict.kpis.cards
    assert sum(packs for _, _, packs in data["dispatch"]["trips"]) == int(curves.packs.sum())
    assert sum(office["cards"] for office in offices) == verdict.kpis.cards
    assert sum(province["cards"] for province in data["provinces"]) == verdict.kpis.cards
    for i, office in enumerate(offices):
        assert np.cumsum(office["unprintable"]).tolist() == curves.unprintable[i].sum(axis=0).tolist()
        assert np.cumsum(office["waiting"]).tolist() == curves.waiting[i].sum(axis=0).tolist()
        assert office["cost"] == float(verdict.office_costs.total[i])
        assert len(office["lack"]) == instance.days
    for limit in data["limits"]:
        assert all(share is None or 0 <= share <= 1 for share in limit["shares"])


@given(cases(careful=True))
def test_each_person_without_a_card_lacks_one_thing(case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    curves = Curves(instance, plan_to_arrays(plan, instance))
    lacks = find_lacks(curves)
    without = (curves.unprintable + curves.waiting).sum(axis=1)
    assert (lacks.records >= 0).all()
    assert (lacks.records.sum(axis=0) == without).all()
    assert ((lacks.main == NOTHING) == (without == 0)).all()


def test_what_is_lacking_by_hand() -> None:
    """Ten people, four slots a day, a day of processing, printers for three cards, two blanks."""
    office = {
        "id": "a",
        "print_capacity": 3,
        "blanks": 2,
        "demand": {"first": {"backlog": [{"age_days": 1, "records": 10}]}},
    }
    document = {
        "schema_version": 1, "name": "hand", "start": "2024-01-01", "days": 3, "pack_size": 1, "quota": 4,
        "processing_days": 1, "streams": [{"id": "first", "needs_ingestion": True}],
        "costs": {"unprintable_day": 1, "waiting_day": 1, "end_days": 0},
        "depots": [], "offices": [office], "lanes": [],
    }  # fmt: skip
    instance = Instance.model_validate(document)
    plan = Plan.model_validate(
        {
            "schema_version": 1,
            "instance": "hand",
            "ingest": [{"office": "a", "stream": "first", "day": 0, "records": 4}],
            "cards": [{"office": "a", "stream": "first", "day": 1, "cards": 2}],
        }
    )
    national = find_lacks(Curves(instance, plan_to_arrays(plan, instance))).national
    by_day = [{name: n for name, n in zip(LACKS, day, strict=True) if n} for day in national.T.tolist()]
    assert by_day == [{"slot": 6, "processing": 4}, {"blank": 2, "held": 6}, {"blank": 2, "held": 6}]
