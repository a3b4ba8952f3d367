"""Whatever the vector, the plan is valid; where the vector is good, so is the plan."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.backends import SolveOptions, get_backend
from allocator.instance.generate import generate_instance
from allocator.instance.models import Instance
from allocator.methods.rounding import round_plan
from allocator.milp.formulation import FractionalPlan, formulate
from allocator.plan.arrays import plan_to_arrays
from allocator.plan.models import Plan
from allocator.verdict import cost_of, verify
from tests.tools.random_instances import random_instance
from tests.tools.strategies import cases


@given(seed=st.integers(0, 10**9), scale=st.sampled_from([0.3, 3.0, 1000.0]))
def test_any_numbers_become_a_valid_plan(seed: int, scale: float) -> None:
    instance = random_instance(seed)
    random = np.random.default_rng(seed)
    shape = instance.arrays.shape
    wild = FractionalPlan(
        ingest=random.uniform(-scale, scale, shape),
        packs=random.uniform(-scale, scale, (len(instance.lanes), instance.days)),
        cards=random.uniform(-scale, scale, shape),
    )
    assert verify(instance, round_plan(instance, wild)).violations == ()


@given(case=cases(careful=True), seed=st.integers(0, 2**32 - 1))
def test_a_valid_plan_survives_a_solver_s_tolerance(case: tuple[Instance, Plan], seed: int) -> None:
    instance, plan = case
    arrays = plan_to_arrays(plan, instance)
    if not verify(instance, arrays).valid:
        return
    random = np.random.default_rng(seed)

    def blurred(values: np.ndarray) -> np.ndarray:
        return values + random.uniform(-1e-7, 1e-7, values.shape)

    rounded = round_plan(
        instance, FractionalPlan(blurred(arrays.ingest), blurred(arrays.packs), blurred(arrays.cards))
    )
    assert (rounded.ingest == arrays.ingest).all()
    assert (rounded.packs == arrays.packs).all()
    assert (rounded.cards == arrays.cards).all()


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6), family=st.sampled_from(["quota", "blanks", "printers", "links", "hubs"]))
def test_costs_what_the_solver_said(seed: int, family: str) -> None:
    """Within 1e-4, from an interior point of the optimal face as well as from a vertex."""
    instance = generate_instance(family, offices=5, days=21, seed=seed)
    formulation = formulate(instance)
    result = get_backend("highs").solve(formulation.model, SolveOptions(time_limit=2, gap=0.01))
    assert result.vector is not None
    assert result.objective is not None
    fractional = formulation.extract(result.vector)
    cost = float(cost_of(instance, round_plan(instance, fractional)).total)
    # It may cost less: the gap lets the solver stop before slots and cards are at their best.
    assert cost <= result.objective * (1 + 1e-4)
    # Records shifted within a day between queues, as an interior point would have them.
    blended = FractionalPlan(fractional.ingest * 0.999, fractional.packs, fractional.cards * 0.999)
    assert verify(instance, round_plan(instance, blended)).valid
