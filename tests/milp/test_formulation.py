"""The formulation says of a plan what the verdict says."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.backends import SolveOptions, get_backend, verify_vector
from allocator.instance.models import Instance
from allocator.methods.rounding import round_plan
from allocator.milp.formulation import formulate
from allocator.milp.limits import trip_limits
from allocator.plan.arrays import PlanArrays, plan_to_arrays
from allocator.plan.models import Plan
from allocator.verdict import cost_of, verify
from tests.tools.instances import full_instance, tiny_instance
from tests.tools.national import national_document
from tests.tools.random_instances import random_instance
from tests.tools.strategies import cases


@given(case=cases(careful=True))
def test_a_plan_is_feasible_exactly_if_valid_and_costs_the_same(case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    arrays = plan_to_arrays(plan, instance)
    formulation = formulate(instance)
    vector = formulation.embed(arrays)
    verdict = verify(instance, arrays)
    ships_what_is_no_use = (arrays.packs > trip_limits(instance.arrays)).any()
    if not ships_what_is_no_use:
        assert bool(verify_vector(formulation.model, vector)) == verdict.valid
        assert formulation.model.value(vector) == pytest.approx(float(verdict.cost.total), rel=1e-9, abs=1e-9)


@given(case=cases(careful=False))
def test_no_wild_plan_that_breaks_a_rule_is_feasible(case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    arrays = plan_to_arrays(plan, instance)
    formulation = formulate(instance)
    if verify_vector(formulation.model, formulation.embed(arrays)):
        # What has no column is not in the vector: decisions on days on which there are none.
        seen = formulation.extract(formulation.embed(arrays))
        kept = PlanArrays(*(np.rint(part).astype(np.int64) for part in (seen.ingest, seen.packs, seen.cards)))
        assert verify(instance, kept).valid


@settings(max_examples=25)
@given(seed=st.integers(0, 10**9))
def test_whole_records_give_the_objective_exactly(seed: int) -> None:
    instance = random_instance(seed)
    formulation = formulate(instance, integer_records=True)
    result = get_backend("highs").solve(formulation.model, SolveOptions(gap=0.0, time_limit=20))
    assert result.vector is not None
    assert result.objective is not None
    plan = round_plan(instance, formulation.extract(result.vector))
    assert verify(instance, plan).valid
    assert float(cost_of(instance, plan).total) == pytest.approx(result.objective, rel=1e-6, abs=1e-6)


def test_limits_on_trips_cut_off_no_optimum() -> None:
    """Blanks beyond what can be printed are never worth a trip, so a depot's lane carries no more."""
    instance = tiny_instance(
        days=3,
        pack_size=10,
        depots=[{"id": "depot", "stock": 1000}],
        offices=[
            {
                "id": "office",
                "print_capacity": 4,
                "spoiled_per_thousand": 100,
                "demand": {"first": {"arrivals": 9}},
            }
        ],
        streams=[{"id": "first"}],
        lanes=[{"from": "depot", "to": "office", "lead_days": 1, "fixed_cost": 1, "cost_per_pack": 1}],
    )
    # Day 0: 8 cards on days 1 and 2 take 8.9 blanks; day 1: 4 cards take 4.4; day 2 arrives too late.
    assert trip_limits(instance.arrays).tolist() == [[1, 1, 0]]


def test_rows_and_columns_can_be_traced() -> None:
    formulation = formulate(full_instance())
    model = formulation.model
    rows, columns = model.shape
    assert sum(block.size for block in model.rows) == rows
    assert sum(block.size for block in model.columns) == columns
    names = [model.describe_row(row) for row in range(rows)]
    assert len(set(names)) == rows
    # Rule 3 is a bound where only one stream of an office is ingested, as here.
    rules = {str(rule) for rule in range(1, 12) if rule != 3}
    assert {name.split("_")[0] for name in names} >= rules
    assert len({model.describe_column(column) for column in range(columns)}) == columns


@pytest.mark.national
def test_national_model_is_built_in_seconds() -> None:
    instance = Instance.model_validate(national_document())
    _ = instance.arrays
    begun = time.monotonic()
    formulation = formulate(instance)
    assert time.monotonic() - begun < 6.0  # 2 s on a quiet machine
    assert formulation.model.shape[1] > 300_000
