"""Whatever the vector, the plan is valid; where the vector is good, so is the plan."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.backends import SolveOptions, get_backend
from allocator.instance.generate import generate_instance
from allocator.instance.models import Instance
from allocator.methods.rounding import print_all, round_plan
from allocator.milp.formulation import FractionalPlan, formulate
from allocator.plan.arrays import PlanArrays, plan_to_arrays
from allocator.plan.models import Plan
from allocator.verdict import cost_of, is_valid, verify
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
    assert (rounded.cards == print_all(instance, arrays).cards).all()


@settings(max_examples=10)
@given(seed=st.integers(0, 10**6), family=st.sampled_from(["quota", "blanks", "printers", "links", "hubs"]))
def test_costs_what_the_solver_said(seed: int, family: str) -> None:
    """Within 1e-4, from an interior point of the optimal face as well as from a vertex."""
    instance = generate_instance(family, offices=4, days=14, seed=seed)
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


@given(case=cases(careful=True))
def test_printing_all_that_can_be_printed_keeps_the_rules_and_costs_no_more(
    case: tuple[Instance, Plan],
) -> None:
    instance, plan = case
    arrays = plan_to_arrays(plan, instance)
    if not is_valid(instance, arrays):
        return
    filled = print_all(instance, arrays)
    assert is_valid(instance, filled)
    assert cost_of(instance, filled).total <= cost_of(instance, arrays).total
    assert (filled.ingest == arrays.ingest).all()
    assert (filled.packs == arrays.packs).all()


def test_no_printer_stands_idle_for_nothing() -> None:
    """A solver stopped early leaves cards out that cost it nothing to see printed."""
    instance = generate_instance("quota", offices=6, days=30, seed=0)
    nothing_printed = PlanArrays.empty(instance)
    filled = print_all(instance, nothing_printed)
    arrays = instance.arrays
    queue = np.where(arrays.needs_ingestion[None, :, None], arrays.ready_from_before, arrays.applied)
    blanks = arrays.blanks * arrays.good_per_thousand[:, None] // 1000
    expected = np.zeros(blanks.shape[0], dtype=np.int64)
    for day in range(arrays.days):
        most = np.minimum(expected + arrays.print_capacity[:, day], queue[:, :, day].sum(axis=1))
        expected = np.minimum(most, blanks[:, day])
        assert filled.cards[:, :, : day + 1].sum(axis=(1, 2)).tolist() == expected.tolist()
