"""Rounds of prices: they come to an end where they should, also from an estimate that was too high."""

from __future__ import annotations

from contextlib import closing

import numpy as np
import pytest

from allocator import generate_instance
from allocator.backends import SolveOptions
from allocator.methods.clock import Clock
from allocator.methods.decompose.column_generation import lagrangian
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.start import Start
from allocator.methods.decompose.workers import Workers
from allocator.plan.arrays import PlanArrays


@pytest.mark.parametrize("family", ["quota", "lending"])
@pytest.mark.parametrize("believed", [None, 1.01])
def test_the_master_comes_down_to_the_estimate(family: str, believed: float | None) -> None:
    """`believed` is how much too high the estimate after the first round is: no later one would exceed it."""
    instance = generate_instance(family, offices=12, days=30)
    nation = Nation.of(instance)
    nothing = nation.decisions(nation.formulation.embed(PlanArrays.empty(instance)))
    start = np.zeros(len(nation.couplings.limit))
    with closing(Workers(Clock(), 1)) as crew:
        generation = nation.generation(
            Start(start, 0.3), nothing, crew, "highs", SolveOptions(tolerance=1e-4)
        )
        generation.box.reach[:] = 1e5
        generation.box.level_reach = 1e5
        standing = generation.step(10, 1e-5)
        if believed is not None:
            generation.best_estimate *= believed * (1.0 + standing.ahead)
        for _ in range(40):
            standing = generation.step(10, 1e-5)
        assert -1e-5 < standing.ahead < 2e-3
        assert generation.step(10, 1e-5, exact=True).bound == pytest.approx(
            generation.best_estimate, rel=2e-3
        )


def test_a_look_at_prices_begins_from_the_best() -> None:
    """Of three levels of the slots' prices, all else free: the master's first proposal lies among them."""
    instance = generate_instance("quota", offices=12, days=30)
    nation = Nation.of(instance)
    nothing = nation.decisions(nation.formulation.embed(PlanArrays.empty(instance)))
    slots = np.array(nation.couplings.kind) == "quota"
    trials = [np.where(slots, level, 0.0) for level in (0.0, 2000.0, 2e6)]
    with closing(Workers(Clock(), 1)) as crew:
        generation = nation.generation(
            Start(trials[0], 0.3, trials), nothing, crew, "highs", SolveOptions(tolerance=1e-4)
        )
        best, estimate = generation.best_prices, generation.best_estimate
        assert best is trials[1]
        assert len(generation.master.costs) == 1 + len(trials)
        for _ in range(10):
            standing = generation.step(10, 1e-5)
        assert generation.best_estimate > estimate
        assert standing.ahead > -1e-5


def test_the_lagrangian_is_rounded_down() -> None:
    exact = 3.0 + 0.1 + 0.2 - 0.25 * 8.0
    value = lagrangian([np.array([0.1]), np.array([0.2])], np.array([0.25]), np.array([8.0]), 3.0)
    assert exact - 1e-9 < value < exact
