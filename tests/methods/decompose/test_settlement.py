"""Slots and records once trips are chosen: as good as the whole linear model, and within all limits."""

from __future__ import annotations

from contextlib import closing
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator import Instance, generate_instance
from allocator.backends import Basis, SolveOptions, get_backend
from allocator.methods.clock import Clock
from allocator.methods.decompose import settlement
from allocator.methods.decompose.couplings import Couplings, find_couplings
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.plans import one_plan_each
from allocator.methods.decompose.settlement import allot, spread
from allocator.methods.decompose.settling import Piece, Settled
from allocator.methods.decompose.start import Start
from allocator.methods.decompose.workers import Workers
from allocator.methods.policies import POLICIES
from allocator.milp.builder import ABSENT
from allocator.milp.formulation import formulate
from allocator.milp.model import Vector

OPTIONS = SolveOptions(tolerance=1e-7)


def settle_all(
    instance: Instance, vector: Vector, *, together: int, turns: int, anew: bool
) -> tuple[Nation, list[list[Settled]]]:
    """What so many turns make of the trips of a vector, one after another."""
    nation = Nation.of(instance)
    decisions = nation.decisions(vector)
    nothing = np.zeros(len(nation.couplings.limit))
    applicants = np.array([float(len(block.offices)) for block in nation.blocks])
    bases: list[Basis | None] = [None] * len(nation.blocks)
    found = []
    with closing(Workers(Clock(), 1)) as crew, patch.object(settlement, "_TOGETHER", together):
        generation = nation.generation(Start(nothing, 0.1), decisions, crew, "highs", OPTIONS)
        generation.step(1, 1e-2)
        for turn in range(turns):
            pieces = [
                Piece(block, one_plan_each(block, own.packs), own)
                for block, own in zip(nation.blocks, decisions, strict=True)
            ]
            decisions, bases = spread(generation, pieces, applicants, bases, turn, anew=anew and turn == 0)
            found.append(decisions)
    return nation, found


def best_with_trips(instance: Instance, vector: Vector) -> float:
    """The least cost of the linear model with the trips of a vector."""
    formulation = formulate(instance)
    model = formulation.model.relaxed()
    variables = formulation.variables
    for columns in (variables.packs, variables.trip):
        fixed = columns[columns != ABSENT]
        model.column_lower[fixed] = model.column_upper[fixed] = np.rint(vector[fixed])
    result = get_backend("highs").solve(model, OPTIONS)
    assert result.objective is not None
    return result.objective


def total(nation: Nation, decisions: list[Settled]) -> float:
    return nation.formulation.model.offset + sum(float(each.cost.sum()) for each in decisions)


def overstepped(nation: Nation, decisions: list[Settled]) -> float:
    use = sum(np.asarray(each.use.sum(axis=1)).ravel() for each in decisions)
    hard = np.isinf(nation.couplings.ceiling)
    return float((use - nation.couplings.limit)[hard].max(initial=0.0))


@pytest.mark.parametrize("family", ["quota", "outages", "hubs", "lending"])
@pytest.mark.parametrize("anew", [False, True])
def test_all_together_are_as_good_as_the_whole_model(family: str, anew: bool) -> None:
    instance = generate_instance(family, offices=20, days=40)
    vector = formulate(instance).embed(POLICIES["proportional"].plan(instance))
    nation, (decisions,) = settle_all(instance, vector, together=1000, turns=1, anew=anew)
    assert overstepped(nation, decisions) < 1e-3
    # Offices print whole cards, which the linear model does not ask for.
    best = best_with_trips(instance, vector)
    assert best * (1 - 1e-7) <= total(nation, decisions) <= best * (1 + 1e-4)


@pytest.mark.parametrize("family", ["quota", "outages"])
def test_groups_keep_the_limits_and_no_turn_is_dearer(family: str) -> None:
    instance = generate_instance(family, offices=40, days=60)
    vector = formulate(instance).embed(POLICIES["proportional"].plan(instance))
    nation, found = settle_all(instance, vector, together=2, turns=4, anew=False)
    costs = [total(nation, decisions) for decisions in found]
    assert costs == sorted(costs, reverse=True)
    assert max(overstepped(nation, decisions) for decisions in found) < 1e-3
    best = best_with_trips(instance, vector)
    assert best <= costs[-1] * (1 + 1e-6)
    assert costs[-1] - best < 0.2 * (total(nation, nation.decisions(vector)) - best)


@given(blocks=st.integers(0, 40), turn=st.integers(0, 3), together=st.integers(1, 8))
def test_every_block_is_in_one_group(blocks: int, turn: int, together: int) -> None:
    groups = settlement._groups(blocks, turn, together)
    assert sorted(int(k) for group in groups for k in group) == list(range(blocks))
    assert all(0 < len(group) <= together for group in groups)


def test_groups_of_one_turn_are_taken_apart_in_the_next() -> None:
    first, second = ([set(group.tolist()) for group in settlement._groups(64, turn, 8)] for turn in (0, 1))
    assert max(len(one & other) for one in first for other in second) == 1


@given(seed=st.integers(0, 2**32 - 1), groups=st.integers(1, 5))
def test_what_is_allotted_is_there(seed: int, groups: int) -> None:
    couplings = find_couplings(formulate(generate_instance("quota", offices=3, days=12)))
    draw = np.random.default_rng(seed)
    needs = draw.exponential(draw.choice([1.0, 100.0]), size=(len(couplings.limit), groups))
    own = allot(couplings, needs, draw.integers(0, 9, groups).astype(np.float64))
    slots = quota_rows(couplings)
    assert (own[slots] >= -1e-9).all()
    assert (own[slots].sum(axis=1) <= couplings.limit[slots] * (1 + 1e-9) + 1e-6).all()


def quota_rows(couplings: Couplings) -> list[int]:
    return [row for row, kind in enumerate(couplings.kind) if kind == "quota"]
