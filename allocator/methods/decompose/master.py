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

from allocator.backends import BackendError, Basis, SolveOptions, SolveResult
from allocator.methods.decompose.pieces import solve_piece
from allocator.methods.decompose.stabilisation import Box, Falls
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
    by_falls: float  # how much of the strain is that of falls


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
    basis: Basis | None = None  # of the last solution

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
        lowest, highest, falls = region.lowest, region.highest, region.falls
        # What is used beyond the limit at the highest price, and left unused at the lowest; slots used on
        # the next day instead at what prices fall at most, and on the day before at what they do at least.
        more, later, sooner = np.isfinite(highest), np.isfinite(falls.most), np.isfinite(falls.least)
        kept = [~more, np.zeros(resources, dtype=np.bool_), ~later, ~sooner]  # these must not be
        use = sp.hstack(self.uses, format="csr")
        slacks = 2 * (resources + len(falls.before))
        model = MilpModel(
            name="master",
            objective=np.concatenate(
                [
                    np.where(more, highest, 0.0),
                    -lowest,
                    np.where(later, falls.most, 0.0),
                    np.where(sooner, -falls.least, 0.0),
                    cost,
                ]
            )
            / scale,
            offset=0.0,
            matrix=self._matrix(use, falls),
            row_lower=np.append(np.full(resources, -np.inf), np.ones(self.groups)),
            row_upper=np.append(self.limit, np.ones(self.groups)),
            column_lower=np.zeros(slacks + len(cost)),
            column_upper=np.append(np.where(np.concatenate(kept), 0.0, np.inf), np.full(len(cost), np.inf)),
            integer=np.zeros(slacks + len(cost), dtype=np.bool_),
        )
        result = self._solved(model)
        assert result.vector is not None
        assert result.duals is not None
        slack, moved, share = np.split(result.vector, [2 * resources, slacks])
        place = np.tile(np.arange(self.groups), count)
        spread = sp.csr_array((share, (np.arange(len(cost)), place)), shape=(len(cost), self.groups))
        prices = np.clip(-result.duals[:resources] * scale, 0.0, self.ceiling)
        # At the ceiling a limit may be broken, box or not.
        width = np.append(
            np.where(more & (highest < self.ceiling), region.width, 0.0),
            np.where(lowest > 0, region.width, 0.0),
        )
        by_falls = float(np.append(falls.width, falls.width_down) @ moved)
        return MasterSolution(
            prices,
            sp.csr_array(use @ spread),
            share.reshape(count, self.groups),
            float(result.objective or 0.0) * scale,
            float(width @ slack) + by_falls,
            by_falls,
        )

    def _matrix(self, use: sp.csr_array, falls: Falls) -> sp.csr_array:
        """Limits and groups, by what is more, what is less, slots used later and sooner, and columns."""
        resources, count = len(self.limit), len(falls.before)
        slack = sp.eye_array(resources)
        later = sp.csr_array(
            single_entries(np.ones(count), falls.after, resources)
            - single_entries(np.ones(count), falls.before, resources)
        )
        convexity = sp.hstack([sp.eye_array(self.groups)] * len(self.costs), format="csr")
        return short_indices(
            sp.block_array(
                [[-slack, slack, later, -later, use], [None, None, None, None, convexity]], format="csr"
            )
        )

    def _solved(self, model: MilpModel) -> SolveResult:
        """With vector and duals, from where the last one ended."""
        result = solve_piece(model, self.backend, self.options, self.basis)
        if (result.vector is None or result.duals is None) and self.backend != _ROBUST:
            # GLOP finds some of these models imprecise or unbounded, which they are not.
            _LOG.warning("%s did not solve the master, %s does", self.backend, _ROBUST)
            result = solve_piece(model, _ROBUST, self.options, None)
        if result.vector is None or result.duals is None:
            raise BackendError(f"{self.backend} did not solve the master: {result.message or result.stop}")
        self.basis = result.basis
        return result
