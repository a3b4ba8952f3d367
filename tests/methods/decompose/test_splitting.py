"""The model taken apart: nothing is lost or told twice, and what a plan costs is the sum of its parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from allocator import FAMILIES, generate_instance
from allocator.instance.arrays import NOWHERE
from allocator.instance.models import Instance
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.components import find_components
from allocator.methods.decompose.couplings import Couplings, find_couplings
from allocator.methods.decompose.plans import one_plan_each
from allocator.methods.decompose.senders import sends
from allocator.methods.decompose.settling import settled
from allocator.methods.decompose.splitting import take_apart
from allocator.methods.policies import POLICIES
from allocator.milp.builder import ABSENT
from allocator.milp.formulation import Formulation, formulate
from allocator.milp.limits import trip_limits
from allocator.milp.model import Vector
from allocator.plan.arrays import PlanArrays, plan_to_arrays
from allocator.plan.models import Plan
from allocator.verdict import cost_of, is_valid
from tests.tools.strategies import cases, instances

Parts = tuple[Formulation, Couplings, list[Block]]
sizes = st.sampled_from([1, 2, 16])


def taken_apart(instance: Instance, offices: int = 16) -> Parts:
    formulation = formulate(instance)
    couplings = find_couplings(formulation)
    return formulation, couplings, take_apart(formulation, couplings, offices)


def within_limits(instance: Instance, plan: PlanArrays) -> bool:
    """Whether the plan sends no more than the model has columns for: see `trip_limits`."""
    return bool((plan.packs <= trip_limits(instance.arrays)).all())


def cost_of_parts(parts: Parts, plan: PlanArrays) -> tuple[float, Vector]:
    """The cost of a plan, and the use that it makes of the resources, summed up over the blocks."""
    formulation, couplings, blocks = parts
    vector = formulation.embed(plan)
    decisions = [settled(block, *block.read(vector)) for block in blocks]
    use = np.zeros(len(couplings.limit))
    for each in decisions:
        use += each.use.sum(axis=1)
    missed = np.where(np.isfinite(couplings.ceiling), np.maximum(use - couplings.limit, 0.0), 0.0)
    penalty = np.where(np.isfinite(couplings.ceiling), couplings.ceiling, 0.0) @ missed
    return formulation.model.offset + sum(each.cost.sum() for each in decisions) + penalty, use


def valid_decisions(case: tuple[Instance, Plan]) -> tuple[Instance, PlanArrays]:
    """The instance and the decisions of a plan that is valid, and that the model has columns for."""
    instance, plan = case
    decisions = plan_to_arrays(plan, instance)
    assume(is_valid(instance, decisions) and within_limits(instance, decisions))
    return instance, decisions


@given(case=cases(careful=True), size=sizes)
def test_the_cost_of_a_plan_is_the_sum_of_its_parts(case: tuple[Instance, Plan], size: int) -> None:
    instance, decisions = valid_decisions(case)
    parts = taken_apart(instance, size)
    cost, use = cost_of_parts(parts, decisions)
    exact = float(cost_of(instance, decisions).total)
    assert cost == pytest.approx(exact, rel=1e-9, abs=1e-6)
    formulation, couplings, _ = parts
    assert use == pytest.approx(couplings.use @ formulation.embed(decisions), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_cost_of_the_policies_is_the_sum_of_its_parts(family: str) -> None:
    instance = generate_instance(family, offices=8, days=20)
    parts = taken_apart(instance, 3)
    for policy in POLICIES.values():
        plan = policy.plan(instance)
        if within_limits(instance, plan):
            cost = float(cost_of(instance, plan).total)
            assert cost_of_parts(parts, plan)[0] == pytest.approx(cost, rel=1e-9)


@given(case=cases(careful=True), size=sizes)
def test_a_valid_plan_keeps_the_rows_of_every_block(case: tuple[Instance, Plan], size: int) -> None:
    """What it prints and sends stands for the restocking's plans."""
    instance, decisions = valid_decisions(case)
    formulation, _, blocks = taken_apart(instance, size)
    vector = formulation.embed(decisions)
    cards = decisions.cards.sum(axis=1).cumsum(axis=1)
    for block in blocks:
        point, packs = block.read(vector)
        printed = np.zeros(block.records.shape[0])
        present = block.linked != ABSENT
        printed[block.linked[present]] = cards[block.offices][present]
        activity = block.records.matrix @ point + block.trip_rows @ packs - printed
        activity += block.open_rows @ (packs > 0.5).astype(np.float64)
        assert (activity <= block.records.row_upper + 1e-6).all()
        assert (activity >= block.records.row_lower - 1e-6).all()
        assert (point <= block.records.column_upper + 1e-6).all()
        assert (point >= block.records.column_lower - 1e-6).all()
        assert (packs <= block.trips.most).all()
        assert (cards[block.offices] <= block.depletion.applicants + 1e-6).all()
        assert (cards[block.offices] <= one_plan_each(block, packs).printed + 1e-6).all()


@given(case=cases(careful=True), size=sizes)
def test_what_is_read_from_a_plan_can_be_written_back(case: tuple[Instance, Plan], size: int) -> None:
    instance, decisions = valid_decisions(case)
    formulation, _, blocks = taken_apart(instance, size)
    vector = formulation.embed(decisions)
    written = np.zeros(len(vector))
    for block in blocks:
        block.write(written, *block.read(vector))
    assert (formulation.extract(written).packs == decisions.packs).all()
    assert (formulation.extract(written).ingest == decisions.ingest).all()


@given(instance=instances(), size=sizes)
def test_every_office_column_and_trip_is_in_one_block(instance: Instance, size: int) -> None:
    formulation, couplings, blocks = taken_apart(instance, size)
    arrays, variables = instance.arrays, formulation.variables
    offices = [office for block in blocks for office in block.offices.tolist()]
    assert sorted(offices) == list(range(len(instance.offices)))
    columns = np.concatenate([np.zeros(0, np.int64), *(block.columns for block in blocks)])
    trips = np.concatenate([np.zeros(0, np.int64), *(block.trip_columns for block in blocks)])
    trips = trips[trips != ABSENT]
    both = np.concatenate([columns, trips])
    assert len(np.unique(both)) == len(both)
    into = np.flatnonzero(arrays.lane_destination_office != NOWHERE)
    restocked = [variables.blanks, variables.printed, variables.packs[into], variables.trip[into]]
    replaced = np.concatenate([index.ravel() for index in restocked])
    left_out = set(np.flatnonzero(couplings.columns)) | set(replaced[replaced != ABSENT])
    sent = variables.packs[into]
    assert set(trips) == set(sent[sent != ABSENT])
    assert set(columns) == set(range(formulation.model.shape[1])) - left_out


@given(instance=instances(), size=sizes)
def test_components_and_trips_are_told_in_order(instance: Instance, size: int) -> None:
    formulation, couplings, blocks = taken_apart(instance, size)
    row_label, column_label, count = find_components(formulation, couplings)
    assert (row_label == ABSENT).tolist() == couplings.rows.tolist()
    assert (column_label == ABSENT).tolist() == couplings.columns.tolist()
    assert max([-1, *row_label, *column_label]) < count
    for block in blocks:
        trips = block.trips
        assert (np.lexsort((trips.arrival, trips.office)) == np.arange(len(trips.office))).all()
        assert (block.trip_component == block.office_component[trips.office]).all()
        row, column = block.records.matrix.nonzero()
        assert (block.row_component[row] == block.column_component[column]).all()
        row, trip = block.trip_rows.nonzero()
        assert (block.row_component[row] == block.trip_component[trip]).all()
        for component in (block.row_component, block.column_component, block.office_component):
            assert ((component >= 0) & (component < block.components)).all()


@pytest.mark.parametrize(("family", "sender"), [("quota", False), ("lending", True), ("hubs", True)])
def test_families_with_and_without_senders(family: str, sender: bool) -> None:
    blocks = taken_apart(generate_instance(family, offices=20, days=10), 4)[2]
    assert any(sends(block) for block in blocks) == sender
    assert len(blocks) >= 2
    if not sender:
        assert {len(block.offices) for block in blocks} == {4}


def test_offices_of_a_stratum_have_blocks_of_their_own() -> None:
    instance = generate_instance("quota", offices=11, days=10)
    formulation = formulate(instance)
    stratum = np.array([0, 1, 1, 2, 0, 2, 2, 2, 1, 2, 2])
    blocks = take_apart(formulation, find_couplings(formulation), 3, stratum)
    assert sorted(np.concatenate([block.offices for block in blocks]).tolist()) == list(range(11))
    inside = [np.unique(stratum[block.offices]).tolist() for block in blocks]
    assert inside == [[0], [1], [2], [2]]
