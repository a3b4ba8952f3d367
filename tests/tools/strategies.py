"""Hypothesis strategies: random instances, and plans for them."""

from __future__ import annotations

from hypothesis import strategies as st

from allocator.instance.models import Instance
from allocator.plan.models import Plan
from tests.tools.random_instances import SMALL, Size, random_document
from tests.tools.random_plans import random_plan


def instances(size: Size = SMALL) -> st.SearchStrategy[Instance]:
    """Valid instances over all features of the contract."""
    return st.randoms(use_true_random=False).map(
        lambda rng: Instance.model_validate(random_document(rng, size))
    )


@st.composite
def plans(draw: st.DrawFn, instance: Instance, *, careful: bool | None = None) -> Plan:
    """Plans for an instance, valid or not."""
    return random_plan(instance, draw(st.randoms(use_true_random=False)), careful=careful)


@st.composite
def cases(draw: st.DrawFn, size: Size = SMALL, *, careful: bool | None = None) -> tuple[Instance, Plan]:
    """An instance and a plan for it."""
    instance = draw(instances(size))
    return instance, draw(plans(instance, careful=careful))
