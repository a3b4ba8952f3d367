"""The record keeps what is best, and only what holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from allocator.methods.clock import Clock
from allocator.methods.policies import POLICIES
from allocator.methods.record import InvalidPlanError, Record, Report
from allocator.plan.arrays import PlanArrays
from allocator.verdict import cost_of
from tests.tools.instances import full_instance


def test_begins_with_the_empty_plan() -> None:
    instance = full_instance()
    record = Record(instance, Clock())
    assert record.cost == float(cost_of(instance, PlanArrays.empty(instance)).total)
    assert record.gap is None


def test_keeps_the_better_plan_and_the_better_bound() -> None:
    instance = full_instance()
    reports: list[Report] = []
    record = Record(instance, Clock(), reports.append)
    plan = POLICIES["proportional"].plan(instance)
    cost = record.offer_plan(plan, "proportional")
    assert record.plan is plan
    assert record.offer_plan(PlanArrays.empty(instance), "nothing") == record.empty_cost
    assert record.source == "proportional"
    record.offer_bound(1.0)
    record.offer_bound(None)
    record.offer_bound(0.5)
    assert record.bound == 1.0
    assert record.gap == pytest.approx((cost - 1.0) / cost)
    assert reports[-1].bound == 1.0


def test_a_bound_above_the_plan_is_cut_to_it() -> None:
    record = Record(full_instance(), Clock())
    record.offer_bound(record.cost * 2)
    assert record.proven_bound == record.cost
    assert record.gap == 0.0


def test_a_plan_that_breaks_a_rule_is_refused() -> None:
    instance = full_instance()
    record = Record(instance, Clock())
    plan = PlanArrays.empty(instance)
    with pytest.raises(InvalidPlanError, match="somebody"):
        record.offer_plan(replace(plan, cards=plan.cards + 10**6), "somebody")
    assert record.source == "policy:empty"
