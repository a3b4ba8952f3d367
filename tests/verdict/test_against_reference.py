"""The verdict against an independent reference in plain loops."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given

from allocator.instance.models import Instance
from allocator.plan.arrays import plan_to_arrays
from allocator.plan.models import Plan
from allocator.verdict import cost_of, curves, is_valid, verify
from tests.tools.compare import assert_same_rules_and_cost, assert_same_verdict
from tests.tools.random_instances import Size, random_document, random_instance
from tests.tools.random_plans import random_plan
from tests.tools.reference import Reference
from tests.tools.strategies import cases


@given(cases())
def test_random_plans(case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    assert_same_verdict(instance, plan, verify(instance, plan))


@pytest.mark.parametrize("careful", [True, False])
def test_seeded_plans(careful: bool) -> None:
    for seed in range(100):
        instance = random_instance(seed)
        plan = random_plan(instance, seed, careful=careful)
        assert_same_verdict(instance, plan, verify(instance, plan))


def test_one_larger_instance() -> None:
    instance = random_instance(5, Size(offices=6, days=20, lanes=15, records=4))
    for careful in (True, False):
        plan = random_plan(instance, 5, careful=careful)
        assert_same_verdict(instance, plan, verify(instance, plan))


def test_every_feature(full_instance: Instance) -> None:
    rng = Random(0)
    for careful in (True, False) * 10:
        plan = random_plan(full_instance, rng, careful=careful)
        assert_same_verdict(full_instance, plan, verify(full_instance, plan))


@given(cases())
def test_the_cheap_answers_are_those_of_the_whole_verdict(case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    verdict, arrays = verify(instance, plan), plan_to_arrays(plan, instance)
    assert is_valid(instance, plan) == is_valid(instance, arrays) == verdict.valid
    assert cost_of(instance, plan) == cost_of(instance, arrays) == verdict.cost
    assert verify(instance, arrays).violations == verdict.violations


def test_python_integers_give_what_int64_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "_WIDE_ENOUGH", 0)
    for seed in range(60):
        instance = random_instance(seed)
        plan = random_plan(instance, seed)
        assert not curves.Curves(instance, plan_to_arrays(plan, instance)).fits_int64
        assert_same_verdict(instance, plan, verify(instance, plan))


def test_counts_of_a_hostile_file_do_not_overflow() -> None:
    """Every count is up to 10**12, and 10**12 packs of 10**12 blanks do not fit into 64 bits."""
    overflowing = 0
    for seed in range(40):
        document = random_document(Random(seed))
        document["pack_size"] = 10**12
        instance = Instance.model_validate(document)
        plan = random_plan(instance, seed, careful=False)
        huge = plan.model_copy(
            update={
                "ingest": tuple(row.model_copy(update={"records": 10**12}) for row in plan.ingest),
                "shipments": tuple(row.model_copy(update={"packs": 10**12}) for row in plan.shipments),
                "cards": tuple(row.model_copy(update={"cards": 10**12}) for row in plan.cards),
            }
        )
        overflowing += bool(huge.shipments)
        assert_same_rules_and_cost(verify(instance, huge), Reference(instance, huge))
    assert overflowing > 10
