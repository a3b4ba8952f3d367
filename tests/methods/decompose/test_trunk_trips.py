"""Inequalities for trips into depots: no choice is lost, and relaxations come nearer to the best one."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from numpy.typing import NDArray

from allocator import Instance, generate_instance
from allocator.backends import SolveOptions, get_backend
from allocator.methods.decompose.blocks import Block, marked
from allocator.methods.decompose.couplings import Couplings, find_couplings
from allocator.methods.decompose.mixtures import of_senders
from allocator.methods.decompose.plans import Plans, first_plans, one_plan_each
from allocator.methods.decompose.programme import Option, Programme
from allocator.methods.decompose.senders import senders_alone, sends
from allocator.methods.decompose.splitting import take_apart
from allocator.methods.decompose.trunk_trips import TrunkTrips, with_trunk_trips
from allocator.methods.policies import POLICIES
from allocator.milp.formulation import formulate
from allocator.milp.model import Vector
from tests.tools.strategies import instances

Flags = NDArray[np.bool_]


def option_of(block: Block, slots: Flags, vector: Vector) -> tuple[Option, Plans]:
    """Few plans of a block, with the slots of a vector."""
    point, packs = block.read(vector)
    prices = np.zeros(block.use.shape[0])
    plans = one_plan_each(block, packs).joined(first_plans(block, prices))
    fixed = np.zeros(len(point), dtype=np.bool_)
    fixed[: len(block.columns)] = slots[block.columns]
    senders = senders_alone(block, fixed, point)
    worth = (block.full_worth[plans.office] * plans.printed).sum(axis=1)
    use = sp.csr_array(block.trip_use @ plans.packs.T)
    return Option(
        plans.office, plans.cost - worth, use, of_senders(block, plans)[senders.rows], senders
    ), plans


def options_of(instance: Instance) -> tuple[Couplings, list[Option], list[Option], list[Option]]:
    """Blocks with senders: as they are, with inequalities for usual loads, with those for the plans."""
    formulation = formulate(instance)
    couplings = find_couplings(formulation)
    variables = formulation.variables
    vector = formulation.embed(POLICIES["proportional"].plan(instance))
    slots = marked(len(vector), variables.ingest, variables.not_ingested)
    plain, strengthened, tight = [], [], []
    for block in filter(sends, take_apart(formulation, couplings, 8)):
        option, plans = option_of(block, slots, vector)
        plain.append(option)
        strengthened.append(option_of(with_trunk_trips(formulation, block), slots, vector)[0])
        tight.append(TrunkTrips.of(formulation, block).tighten(option, plans))
    return couplings, plain, strengthened, tight


def least(couplings: Couplings, options: list[Option], *, relaxed: bool) -> float:
    model = Programme(options, couplings.limit, couplings.ceiling).model
    result = get_backend("highs").solve(
        model.relaxed() if relaxed else model, SolveOptions(gap=1e-7, time_limit=20.0)
    )
    assert result.objective is not None
    return result.objective


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_relaxation_pays_more_for_trips_and_the_choice_stays_what_it_is(seed: int) -> None:
    instance = generate_instance("hubs", offices=12, days=60, seed=seed)
    couplings, plain, *others = options_of(instance)
    best, before = (least(couplings, plain, relaxed=relaxed) for relaxed in (False, True))
    for tighter, part in zip(others, (0.1, 0.3), strict=True):
        assert least(couplings, tighter, relaxed=False) == pytest.approx(best, rel=1e-6)
        after = least(couplings, tighter, relaxed=True)
        assert before + part * (best - before) < after <= best + 1e-6 * abs(best)


@settings(max_examples=50)
@given(instance=instances())
def test_no_choice_is_lost_whatever_depots_and_offices_send_on(instance: Instance) -> None:
    couplings, plain, *others = options_of(instance)
    if plain:
        best = least(couplings, plain, relaxed=False)
        for tighter in others:
            assert least(couplings, tighter, relaxed=False) == pytest.approx(best, rel=1e-6, abs=1e-3)


def test_duals_are_those_of_the_records_rows() -> None:
    couplings, plain, _, tight = options_of(generate_instance("hubs", offices=12, days=60, seed=0))
    programme = Programme(tight, couplings.limit, couplings.ceiling)
    worth = programme.worth("highs", SolveOptions())
    assert [len(duals) for duals in worth.sender_duals] == [len(option.senders.rows) for option in plain]


def test_blocks_without_senders_stay_what_they_are() -> None:
    instance = generate_instance("blanks", offices=6, days=30)
    formulation = formulate(instance)
    for block in take_apart(formulation, find_couplings(formulation), 4):
        assert with_trunk_trips(formulation, block) is block
