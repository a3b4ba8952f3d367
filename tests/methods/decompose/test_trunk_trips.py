"""Inequalities for trips into depots: no choice is lost, and relaxations come nearer to the best one."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings

from allocator import Instance, generate_instance
from allocator.backends import SolveOptions, get_backend
from allocator.methods.decompose.choice import Option, Programme
from allocator.methods.decompose.mixtures import of_senders
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.plans import first_plans, one_plan_each
from allocator.methods.decompose.senders import senders_alone, sends
from allocator.methods.decompose.trunk_trips import TrunkTrips
from allocator.methods.policies import POLICIES
from tests.tools.strategies import instances


def options_of(instance: Instance) -> tuple[Nation, list[Option], list[Option]]:
    """Blocks with senders and a few plans each, without and with inequalities; slots as a policy has them."""
    nation = Nation.of(instance)
    variables = nation.formulation.variables
    vector = nation.formulation.embed(POLICIES["proportional"].plan(instance))
    slots = np.zeros(len(vector), dtype=np.bool_)
    for index in (variables.ingest, variables.not_ingested):
        slots[index[index >= 0]] = True
    plain, tight = [], []
    for block in filter(sends, nation.blocks):
        point, packs = block.read(vector)
        prices = np.zeros(len(nation.couplings.limit))
        plans = one_plan_each(block, packs).joined(first_plans(block, prices))
        fixed = np.zeros(len(point), dtype=np.bool_)
        fixed[: len(block.columns)] = slots[block.columns]
        senders = senders_alone(block, fixed, point)
        worth = (block.full_worth[plans.office] * plans.printed).sum(axis=1)
        option = Option(
            plans.office,
            plans.cost - worth,
            sp.csr_array(block.trip_use @ plans.packs.T),
            of_senders(block, plans)[senders.rows],
            senders,
        )
        plain.append(option)
        tight.append(TrunkTrips.of(nation.formulation, block).tighten(option, plans))
    return nation, plain, tight


def least(nation: Nation, options: list[Option], *, relaxed: bool) -> float:
    model = Programme(options, nation.couplings.limit, nation.couplings.ceiling).model
    result = get_backend("highs").solve(
        model.relaxed() if relaxed else model, SolveOptions(gap=1e-7, time_limit=20.0)
    )
    assert result.objective is not None
    return result.objective


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_relaxation_pays_more_for_trips_and_the_choice_stays_what_it_is(seed: int) -> None:
    nation, plain, tight = options_of(generate_instance("hubs", offices=12, days=60, seed=seed))
    assert sum(len(option.senders.row_lower) for option in tight) > sum(
        len(option.senders.row_lower) for option in plain
    )
    best = least(nation, plain, relaxed=False)
    assert least(nation, tight, relaxed=False) == pytest.approx(best, rel=1e-6)
    before, after = (least(nation, each, relaxed=True) for each in (plain, tight))
    assert before + 0.3 * (best - before) < after <= best + 1e-6 * abs(best)


@settings(max_examples=60)
@given(instance=instances())
def test_no_choice_is_lost_whatever_depots_and_offices_send_on(instance: Instance) -> None:
    nation, plain, tight = options_of(instance)
    if plain:
        best = least(nation, plain, relaxed=False)
        assert least(nation, tight, relaxed=False) == pytest.approx(best, rel=1e-6, abs=1e-3)


def test_rows_of_the_records_come_first() -> None:
    nation, plain, tight = options_of(generate_instance("hubs", offices=12, days=60, seed=0))
    programme = Programme(tight, nation.couplings.limit, nation.couplings.ceiling)
    worth = programme.worth("highs", SolveOptions())
    assert [len(duals) for duals in worth.sender_duals] == [len(option.senders.rows) for option in plain]
