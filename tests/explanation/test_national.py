"""An explanation at national size takes seconds, not minutes."""

from __future__ import annotations

import time

import pytest

from allocator.explanation import explain
from allocator.instance.models import Instance
from allocator.plan.arrays import plan_from_arrays
from tests.tools.national import national_document, national_plan


@pytest.mark.national
def test_the_nation_is_explained_within_five_seconds() -> None:
    instance = Instance.model_validate(national_document())
    plan = plan_from_arrays(national_plan(instance), instance)
    assert instance.arrays.shape[0] == 514
    begun = time.perf_counter()
    explanation = explain(instance, plan)
    assert time.perf_counter() - begun < 5
    assert sum(office.cost for office in explanation.offices) < explanation.cost
    assert all(office.one_more_pack or office.charges for office in explanation.offices)
