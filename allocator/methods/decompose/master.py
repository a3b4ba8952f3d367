"""The master problem: which prices to try next, and how much of each resource a component should get.

Dantzig-Wolfe decomposition by component. Each pricing gives columns, one for each component: its cost
and its use. Their best mixture within the limits is a linear model of few rows; its duals are the next
prices, kept within a box around the best prices so far (Marsten, Hogan and Blankenship 1975; du Merle
et al. 1999), because far from where columns have been made they mean little.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import BackendError, SolveOptions, get_backend
from allocator.methods.decompose.stabilisation import NO_RUN, Box
from allocator.milp.model import MilpModel, Vector
from allocator.milp.sparse import short_indices, single_entries

_MOST_GROUPS = 1000  # of components on their own
_NOISE = 1e-9  # of a use: rounding errors, of which some solvers make a ray
_ROBUST = "highs"  # the backend that has an answer where another has none
_LOG = logging.getLogger(__name__)
_NARROWEST = 1e-7  # of the unit that costs are counted in


@dataclass(frozen=True)
class Grouping:
    """What has columns of its own: every component, or where these are many every block."""

    starts: NDArray[np.int64]  # (blocks + 1,) first group of each block
    by_component: bool

    @classmethod
    def of(cls, components: Sequence[int]) -> Grouping:
        """For blocks of so many components."""
        by_component = sum(components) <= _MOST_GROUPS
        return cls(np.cumsum([0, *(components if by_component else [1] * len(components))]), by_component)

    @property
    def groups(self) -> int:
        return int(self.starts[-1])

    def column(self, costs: Sequence[Vector], uses: Sequence[sp.csr_array]) -> tuple[Vector, sp.csr_array]:
        """(groups,) cost and (resources, groups) use, of blocks' costs and uses by component."""
        if not self.by_component:
            costs = [np.array([cost.sum()]) for cost in costs]
            uses = [sp.csr_array(use.sum(axis=1)[:, None]) for use in uses]
        return np.concatenate(costs), sp.csr_array(sp.hstack(uses, format="csr"))

    def of_block(self, shares: Vector, block: int, component: NDArray[np.int64]) -> Vector:
        """(columns, len(component)) what (columns, groups) shares say of components of a block."""
        own = shares[:, self.starts[block] : self.starts[block + 1]]
        return own[:, component if self.by_component else np.zeros_like(component)]


@dataclass(frozen=True)
class MasterSolution:
    """A mixture of columns, and what it says."""

    prices: Vector  # (resources,)
    use: sp.csr_array  # (resources, groups) of each group in the mixture
    shares: Vector  # (columns, groups)
    value: float  # the mixture's cost, with what breaks limits paid for at the edge of the box
    strain: float  # what the box's width makes of that payment: 0 where the mixture keeps the limits


@dataclass
class Master:
    """Columns so far, over (groups,) of components."""

    limit: Vector  # (resources,)
    ceiling: Vector  # (resources,)
    groups: int
    backend: str
    options: SolveOptions
    costs: list[Vector] = field(default_factory=list)  # (groups,) each
    uses: list[sp.csr_array] = field(default_factory=list)  # (resources, groups) each

    def add(self, cost: Vector, use: sp.csr_array) -> None:
        """A column for each group."""
        use = use.copy()
        use.data[np.abs(use.data) < _NOISE] = 0.0
        use.eliminate_zeros()
        self.costs.append(cost)
        self.uses.append(use)

    def solve(self, center: Vector, box: Box | None = None) -> MasterSolution:
        """The best mixture, prices within the box around `center` (resources,); without, limits are kept.

        Raises BackendError if the solver has no answer.
        """
        resources, count = len(self.limit), len(self.costs)
        box = box or Box.open(resources)
        cost = np.concatenate(self.costs)
        scale = max(1.0, float(np.abs(cost).max(initial=0.0)) / 1e4)
        # A box without width is a column and its opposite: to some solvers a ray, for a rounding error.
        region = box.region(center, self.ceiling, _NARROWEST * scale)
        lowest, highest = region.lowest, region.highest
        in_run = region.run != NO_RUN
        more = np.nonzero(np.isfinite(highest))[0]
        less = np.nonzero(np.where(in_run, lowest + region.level_reach, lowest) > 0)[0]
        use = sp.hstack(self.uses, format="csr")
        convexity = sp.hstack([sp.eye_array(self.groups)] * count, format="csr")
        # What is used beyond the limit at the highest price, and left unused at the lowest.
        slack = single_entries(
            np.concatenate([-np.ones(len(more)), np.ones(len(less))]), np.append(more, less), resources
        )
        # In a run slots used on one day instead of another; more or fewer in all at a price of their own.
        runs = region.runs
        member = sp.csr_array(
            (np.ones(int(in_run.sum())), (region.run[in_run], np.nonzero(in_run)[0])), shape=(runs, resources)
        )
        moved = sp.csr_array(sp.hstack([member[:, more], -member[:, less]], format="csr"))
        level = sp.csr_array(sp.hstack([-sp.eye_array(runs), sp.eye_array(runs)], format="csr"))
        matrix = short_indices(
            sp.block_array(
                [
                    [use, slack, None],
                    [convexity, None, None],
                    [sp.csr_array((runs, len(self.costs) * self.groups)), moved, level],
                ],
                format="csr",
            )
        )
        size = matrix.shape[1]
        model = MilpModel(
            name="master",
            objective=np.concatenate(
                [
                    cost,
                    highest[more],
                    -lowest[less],
                    np.full(2 * runs, region.level_reach),
                ]
            )
            / scale,
            offset=0.0,
            matrix=matrix,
            row_lower=np.concatenate([np.full(resources, -np.inf), np.ones(self.groups), np.zeros(runs)]),
            row_upper=np.concatenate([self.limit, np.ones(self.groups), np.zeros(runs)]),
            column_lower=np.zeros(size),
            column_upper=np.full(size, np.inf),
            integer=np.zeros(size, dtype=np.bool_),
        )
        result = get_backend(self.backend).solve(model, self.options)
        if (result.vector is None or result.duals is None) and self.backend != _ROBUST:
            # GLOP finds some of these models imprecise or unbounded, which they are not.
            _LOG.warning("%s did not solve the master, %s does", self.backend, _ROBUST)
            result = get_backend(_ROBUST).solve(model, self.options)
        if result.vector is None or result.duals is None:
            raise BackendError(f"{self.backend} did not solve the master: {result.message or result.stop}")
        share = result.vector[: len(cost)]
        place = np.tile(np.arange(self.groups), count)
        spread = sp.csr_array((share, (np.arange(len(cost)), place)), shape=(len(cost), self.groups))
        prices = np.clip(-result.duals[:resources] * scale, 0.0, self.ceiling)
        shares = share.reshape(count, self.groups)
        slacks = result.vector[len(cost) : size - 2 * runs]
        # At the ceiling a limit may be broken, box or not.
        width = np.append(np.where(highest < self.ceiling, region.width, 0.0)[more], region.width[less])
        strain = float(width @ slacks)
        strain += region.level_reach * float(result.vector[size - 2 * runs :].sum())
        return MasterSolution(
            prices, sp.csr_array(use @ spread), shares, float(result.objective or 0.0) * scale, strain
        )
