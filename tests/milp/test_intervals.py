"""Interval inequalities hold for every valid plan, and lift the relaxation."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.backends import SolveOptions, get_backend
from allocator.instance.models import Instance
from allocator.milp.formulation import formulate
from allocator.milp.intervals import find_cuts, find_groups, join_cuts, tight_cuts, with_cuts
from allocator.milp.limits import trip_limits
from allocator.plan.arrays import plan_to_arrays
from allocator.plan.models import Plan
from allocator.verdict import is_valid
from tests.tools.instances import tiny_instance
from tests.tools.random_instances import random_instance
from tests.tools.strategies import cases


@given(case=cases(careful=True), seed=st.integers(0, 2**32 - 1))
def test_no_valid_plan_breaks_one(case: tuple[Instance, Plan], seed: int) -> None:
    instance, plan = case
    arrays = plan_to_arrays(plan, instance)
    if not is_valid(instance, arrays) or (arrays.packs > trip_limits(instance.arrays)).any():
        return
    formulation = formulate(instance)
    # Wherever inequalities are looked for, also at points that mean nothing, they must hold at the plan.
    anywhere = np.random.default_rng(seed).uniform(0.0, 3.0, formulation.model.shape[1])
    vector = formulation.embed(arrays)
    for point in (anywhere, vector + anywhere * 0.1):
        cuts = find_cuts(formulation, find_groups(instance.arrays), point)
        assert (cuts.matrix @ vector <= cuts.upper + 1e-6).all()


@settings(max_examples=25)
@given(seed=st.integers(0, 10**9))
def test_they_leave_the_optimum_and_never_lower_the_relaxation(seed: int) -> None:
    instance = random_instance(seed)
    formulation = formulate(instance)
    groups = find_groups(instance.arrays)
    backend, model = get_backend("highs"), formulation.model
    relaxed = backend.solve(model.relaxed(), SolveOptions())
    assert relaxed.vector is not None
    assert relaxed.objective is not None
    cuts = find_cuts(formulation, groups, relaxed.vector)
    stronger = with_cuts(model, cuts)
    again = backend.solve(stronger.relaxed(), SolveOptions())
    assert again.objective is not None
    assert again.objective >= relaxed.objective - 1e-6 * max(1.0, abs(relaxed.objective))
    best = backend.solve(model, SolveOptions(gap=0.0)).objective
    best_with_cuts = backend.solve(stronger, SolveOptions(gap=0.0)).objective
    assert best is not None
    assert best_with_cuts is not None
    assert abs(best - best_with_cuts) <= 1e-5 * max(1.0, abs(best))


def test_a_tenth_of_a_trip_pays_more_than_a_tenth() -> None:
    """Without the inequalities each day's ten blanks pay a hundredth of the trip that could carry all."""
    instance = tiny_instance(
        days=10,
        pack_size=1,
        costs={"unprintable_day": 100, "waiting_day": 100, "end_days": 0, "idle_blank_day": 1},
        depots=[{"id": "depot", "stock": 1000}],
        offices=[{"id": "office", "print_capacity": 10, "demand": {"first": {"arrivals": 10}}}],
        streams=[{"id": "first"}],
        lanes=[{"from": "depot", "to": "office", "lead_days": 0, "fixed_cost": 150, "cost_per_pack": 0}],
    )
    formulation = formulate(instance)
    backend = get_backend("highs")
    optimum = backend.solve(formulation.model, SolveOptions(gap=0.0)).objective
    model, joined = formulation.model, None
    bounds = []
    for _ in range(12):
        result = backend.solve(model.relaxed(), SolveOptions())
        assert result.vector is not None
        bounds.append(result.objective)
        found = find_cuts(formulation, find_groups(instance.arrays), result.vector)
        joined = found if joined is None else join_cuts(tight_cuts(joined, result.vector), found)
        model = with_cuts(formulation.model, joined)
    assert optimum is not None
    assert bounds[0] is not None
    assert bounds[-1] is not None
    assert bounds[0] < 0.7 * optimum
    assert bounds[-1] > 0.97 * optimum
