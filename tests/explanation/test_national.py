"""An explanation at national size takes seconds, not minutes."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path

import pytest

from allocator.explanation import explain
from allocator.instance.files import load_instance
from allocator.methods.policies import POLICIES
from allocator.plan.arrays import plan_from_arrays
from allocator.verdict import cost_of

INSTANCE = Path(__file__).parents[2] / "instances" / "national-2017.json"


@pytest.mark.national
def test_the_nation_is_explained_within_five_seconds() -> None:
    instance = load_instance(INSTANCE)
    plan = plan_from_arrays(POLICIES["proportional"].plan(instance), instance)
    begun = time.perf_counter()
    explanation = explain(instance, plan)
    assert time.perf_counter() - begun < 5
    national = sum((charge.cost for charge in explanation.national_charges), Fraction(0))
    assert sum(office.cost for office in explanation.offices) + national == cost_of(instance, plan).total
    assert len(explanation.offices) == 514
    assert sum(office.one_more_pack is not None for office in explanation.offices) > 100
