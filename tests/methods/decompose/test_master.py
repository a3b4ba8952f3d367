"""The master: the linear model that it should be, with prices in a box."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import linprog

from allocator.backends import BACKENDS, BackendError, SolveOptions
from allocator.methods.decompose.master import Master
from allocator.methods.decompose.stabilisation import Box
from allocator.milp.model import Vector

seeds = st.integers(0, 10**6)


@dataclass(frozen=True)
class Columns:
    """(columns, groups) costs, (columns, resources, groups) use, and the limits."""

    cost: Vector
    use: Vector
    limit: Vector
    ceiling: Vector

    def master(self, backend: str = "highs") -> Master:
        result = Master(self.limit, self.ceiling, self.cost.shape[1], backend, SolveOptions())
        for cost, use in zip(self.cost, self.use, strict=True):
            result.add(cost, sp.csr_array(use))
        return result

    def optimum(self) -> float:
        """Of the mixture, solved directly; the first column keeps the hard limits."""
        columns, resources, groups = self.use.shape
        soft = np.flatnonzero(np.isfinite(self.ceiling))
        use = self.use.transpose(1, 0, 2).reshape(resources, columns * groups)
        excess = np.zeros((resources, len(soft)))
        excess[soft, np.arange(len(soft))] = -1.0
        once = np.hstack([np.tile(np.eye(groups), columns), np.zeros((groups, len(soft)))])
        found = linprog(
            np.concatenate([self.cost.ravel(), self.ceiling[soft]]),
            A_ub=np.hstack([use, excess]),
            b_ub=self.limit,
            A_eq=once,
            b_eq=np.ones(groups),
        )
        assert found.fun is not None
        return float(found.fun)

    def lagrangian(self, prices: Vector) -> float:
        """Of the columns known: the cheapest of each group at prices."""
        charged = self.cost + np.einsum("r,crg->cg", prices, self.use)
        return float(charged.min(axis=0).sum() - prices @ self.limit)


def random_columns(seed: int, scale: float = 1.0) -> Columns:
    """Up to 5 columns for up to 4 groups; the first uses nothing and is dear."""
    draw = np.random.default_rng(seed)
    columns, resources, groups = draw.integers(1, [6, 5, 5])
    use = draw.integers(0, 6, size=(columns, resources, groups)).astype(np.float64)
    cost = draw.integers(0, 30, size=(columns, groups)).astype(np.float64)
    use[0], cost[0] = 0.0, 40.0
    ceiling = np.where(draw.uniform(size=resources) < 0.3, draw.integers(0, 9, resources), np.inf)
    return Columns(scale * cost, use, draw.integers(0, 9, resources).astype(np.float64), scale * ceiling)


@given(seed=seeds, scale=st.sampled_from([1.0, 1e6]), boxed=st.booleans())
def test_a_wide_box_or_none_is_the_linear_model(seed: int, scale: float, boxed: bool) -> None:
    columns = random_columns(seed, scale)
    resources = len(columns.limit)
    center = np.minimum(scale * np.random.default_rng(seed).exponential(size=resources), columns.ceiling)
    wide = Box(np.full(resources, 1e4 * scale), np.zeros(resources, dtype=np.bool_), 0.0)
    found = columns.master().solve(center, wide if boxed else None)
    optimum = columns.optimum()
    assert found.value == pytest.approx(optimum, rel=1e-6, abs=1e-6 * scale)
    # Strong duality: at the prices nothing known is cheaper.
    assert columns.lagrangian(found.prices) == pytest.approx(optimum, rel=1e-5, abs=1e-4 * scale)
    assert found.strain == pytest.approx(0.0, abs=1e-4 * scale)
    assert found.shares.sum(axis=0) == pytest.approx(np.ones(columns.cost.shape[1]))
    use = np.einsum("cg,crg->rg", found.shares, columns.use)
    assert found.use.toarray() == pytest.approx(use)
    hard = np.isinf(columns.ceiling)
    assert (use.sum(axis=1)[hard] <= columns.limit[hard] + 1e-6).all()


@given(seed=seeds, width=st.sampled_from([0.0, 0.1, 3.0]))
def test_prices_stay_in_the_box(seed: int, width: float) -> None:
    columns = random_columns(seed)
    resources = len(columns.limit)
    center = np.minimum(3 * np.random.default_rng(seed).exponential(size=resources), columns.ceiling)
    box = Box(np.full(resources, width), np.zeros(resources, dtype=np.bool_), 0.0)
    found = columns.master().solve(center, box)
    assert (found.prices >= np.maximum(center - width, 0.0) - 1e-4).all()
    assert (found.prices <= np.minimum(center + width, columns.ceiling) + 1e-4).all()
    assert found.value <= columns.optimum() + 1e-5
    assert columns.lagrangian(found.prices) <= columns.optimum() + 1e-5
    assert found.strain >= -1e-6


@given(
    seed=seeds, level=st.sampled_from([0.0, 0.5, 4.0]), sooner=st.sampled_from([0.0, 0.5]), idle=st.booleans()
)
def test_prices_of_slots_fall_as_they_may(seed: int, level: float, sooner: float, idle: bool) -> None:
    """In each run of days but on its last; there and elsewhere they keep to their range."""
    columns = random_columns(seed)
    resources = len(columns.limit)
    draw = np.random.default_rng(seed)
    center = np.minimum(3 * draw.exponential(size=resources), columns.ceiling)
    if idle:
        center[draw.uniform(size=resources) < 0.3] = 0.0
    box = Box(np.full(resources, 0.01), np.ones(resources, dtype=np.bool_), level, sooner)
    region = box.region(center, columns.ceiling, 0.0)
    found = columns.master().solve(center, box)
    fall = found.prices[region.falls.before] - found.prices[region.falls.after]
    assert (fall >= region.falls.least - 1e-3).all()
    assert (fall <= region.falls.most + 1e-3).all()
    assert (found.prices >= region.lowest - 1e-3).all()
    assert (found.prices <= region.highest + 1e-3).all()
    # Nothing is promised that the center does not have already, but for what the box's width pays for.
    assert found.value >= columns.lagrangian(center) - 1e-5
    assert 0.0 <= found.by_falls <= found.strain + 1e-9


def test_a_level_falls_also_where_slots_are_plenty_on_other_days() -> None:
    """As once it did not: a price of nothing cannot become less."""
    prices = np.array([9.0, 8.0, 7.0, 0.0, 0.0, 5.0, 4.0, 0.0])
    master = Master(np.full(8, 10.0), np.full(8, np.inf), 1, "highs", SolveOptions())
    master.add(np.array([1.0]), sp.csr_array((8, 1)))
    found = master.solve(prices, Box(np.full(8, 0.01), np.ones(8, dtype=np.bool_), 3.0))
    # Falls may be others by 0.03 of the level's reach.
    assert found.prices == pytest.approx([5.91, 5.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0], abs=1e-6)


def test_a_run_that_vanishes_does_no_harm_to_the_next_start() -> None:
    """The master begins from its last basis, whatever runs there are."""
    master = Master(np.full(6, 10.0), np.full(6, np.inf), 1, "highs", SolveOptions())
    master.add(np.array([1.0]), sp.csr_array((6, 1)))
    box = Box(np.full(6, 0.01), np.ones(6, dtype=np.bool_), 1.0)
    for center in ([5.0, 4.0, 3.0, 0.0, 2.0, 0.0], [5.0, 4.0, 3.0, 0.0, 0.0, 0.0]):
        found = master.solve(np.array(center), box)
        assert found.prices[:2] == pytest.approx([3.97, 3.0], abs=1e-6)


@given(seed=seeds)
def test_without_strain_where_the_limits_are_kept(seed: int) -> None:
    columns = random_columns(seed)
    assume(len(columns.cost) > 1)
    plenty = Columns(columns.cost, columns.use, columns.limit + 1e3, columns.ceiling)
    nothing = np.zeros(len(columns.limit))
    box = Box(np.full(len(nothing), 2.0), np.zeros(len(nothing), dtype=np.bool_), 0.0)
    found = plenty.master().solve(nothing, box)
    assert found.strain == pytest.approx(0.0, abs=1e-9)
    assert found.prices == pytest.approx(nothing, abs=1e-9)
    assert found.value == pytest.approx(columns.cost.min(axis=0).sum())


@given(seed=seeds)
def test_one_more_column_never_costs_more(seed: int) -> None:
    columns = random_columns(seed)
    nothing = np.zeros(len(columns.limit))
    master = Master(columns.limit, columns.ceiling, columns.cost.shape[1], "highs", SolveOptions())
    before = np.inf
    for cost, use in zip(columns.cost, columns.use, strict=True):
        master.add(cost, sp.csr_array(use))
        value = master.solve(nothing).value
        assert value <= before + 1e-6
        before = value


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("seed", range(5))
def test_every_backend_says_the_same(backend: str, seed: int) -> None:
    columns = random_columns(seed)
    found = columns.master(backend).solve(np.zeros(len(columns.limit)))
    assert found.value == pytest.approx(columns.optimum(), rel=1e-5, abs=1e-5)
    assert columns.lagrangian(found.prices) == pytest.approx(columns.optimum(), rel=1e-4, abs=1e-3)


def test_limits_that_nothing_keeps_are_told() -> None:
    master = Master(np.array([1.0]), np.array([np.inf]), 1, "highs", SolveOptions())
    master.add(np.array([1.0]), sp.csr_array(np.array([[2.0]])))
    with pytest.raises(BackendError):
        master.solve(np.zeros(1))
