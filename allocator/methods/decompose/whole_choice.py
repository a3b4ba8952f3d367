"""The choice of one whole plan for each office, at prices that these have together.

Column generation as that of the nation, but with whole plans as columns: one is enough for every office but
a few, so that a choice is near its relaxation. Alone, offices want more slots than their mixtures do at the
same prices; at the prices of whole plans they want what there is.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import Basis
from allocator.methods.decompose.annealing import Alternatives, anneal
from allocator.methods.decompose.choice_limits import ChoiceLimits
from allocator.methods.decompose.column_generation import ColumnGeneration, lagrangian
from allocator.methods.decompose.master import Master, MasterSolution
from allocator.methods.decompose.stabilisation import Box
from allocator.methods.decompose.whole_plans import WholePlans, find_whole_plans
from allocator.milp.model import Vector

Indices = NDArray[np.int64]
_REACH = 0.05  # of the greatest price of a kind: how far those of whole plans may be from those of mixtures
_STEP = 0.6  # of the way to the prices that the master proposes
_MOVES = 4000  # of annealing for each office
_NEARLY, _WARM = 4, 0.1  # the rank of a plan, and what share of its reduced cost the temperature is
_COLDEST = 1e-6  # of what the dearest plan costs
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chosen:
    """What a block does in a choice."""

    packs: Vector  # (E,)
    use: Vector  # (resources,)


class WholeChoice:
    """Whole plans of all offices so far, and prices for them. For a nation without senders."""

    def __init__(self, generation: ColumnGeneration, looks: Sequence[Sequence[WholePlans]]) -> None:
        """From the prices of the nation's mixtures, and `looks` at plans of each block at these."""
        self._generation, self._blocks = generation, generation.pool.blocks
        couplings = generation.couplings
        offices = sum(len(block.offices) for block in self._blocks)
        self._master = Master(
            couplings.limit, couplings.ceiling, offices, generation.backend, generation.options
        )
        self._sets: list[list[WholePlans]] = []  # one plan for each office of each block
        self._center = self._prices = generation.best_prices
        self._box = Box.around(couplings, self._center, _REACH)
        self._bases = [mixture.basis for mixture in generation.pool.mixtures]
        self._own: list[Basis | None] = [None] * len(self._blocks)
        self._solution: MasterSolution | None = None  # before the first step
        self._add(looks)

    @property
    def estimate(self) -> float:
        """The Lagrangian function of the plans known, at the best prices for them: no bound."""
        return self._value(self._center)

    @property
    def ahead(self) -> float:
        """How far the master's mixture of whole plans is above that, relative; inf before the first step."""
        if self._solution is None:
            return math.inf
        promised, estimate = self._solution.value + self._generation.constant, self.estimate
        return (promised - estimate) / max(1.0, abs(estimate))

    def step(self) -> None:
        """Look at plans at the prices that the master proposes, and propose others.

        Raises StoppedError when the time is over, BackendError if a solver has no answer.
        """
        generation, pool = self._generation, self._generation.pool
        if self._solution is None:
            self._propose()
        found = generation.workers.map(
            find_whole_plans,
            (
                (block, plans, self._prices, generation.backend, generation.options, basis, own)
                for block, plans, basis, own in zip(
                    pool.blocks, pool.plans, self._bases, self._own, strict=True
                )
            ),
        )
        self._bases, self._own = [each.basis for each in found], [each.own for each in found]
        self._add([each.looks for each in found])
        if self._value(self._prices) > self._value(self._center):
            self._center = self._prices
        self._propose()

    def choose(self, now: Sequence[WholePlans]) -> list[Chosen]:
        """For each block the plans of the best choice found, of which those of `now` are one.

        After a step at least. Packs are within their limits, as those of now must be. What is exceeded of
        slots costs a little more than their price, and is left to the settlement.
        """
        assert self._solution is not None
        sets = [*self._sets, list(now)]
        offices, count = self._master.groups, len(sets)
        # All plans of an office side by side.
        order = np.arange(count * offices).reshape(count, offices).T.ravel()
        cost = np.concatenate([each.cost for one in sets for each in one])[order]
        use = sp.csc_array(sp.hstack([each.use for one in sets for each in one], format="csc")[:, order])
        limits = ChoiceLimits.of(self._generation.couplings, self._center)
        counted = sp.csc_array(limits.counting @ use)
        alternatives = Alternatives(
            np.repeat(np.arange(offices), count),
            cost + counted.T @ limits.spare,
            counted,
            limits.limit,
            limits.price,
            limits.soft,
        )
        value = np.sort((cost + use.T @ self._center).reshape(offices, count), axis=1)
        nearly = float(np.median(value[:, min(_NEARLY, count - 1)] - value[:, 0]))
        first = count * np.arange(offices)
        chosen = anneal(
            alternatives,
            first + self._solution.shares.argmax(axis=0),
            first + count - 1,
            max(_WARM * nearly, _COLDEST * float(np.abs(cost).max(initial=1.0))),
            _MOVES * offices,
            seed=0,
        )
        return self._of_blocks(sets, chosen - first, use[:, chosen])

    def _of_blocks(
        self, sets: Sequence[Sequence[WholePlans]], which: Indices, use: sp.csc_array
    ) -> list[Chosen]:
        """What blocks do if these sets' plans (offices,) are chosen, which use that (resources, offices)."""
        ends = np.cumsum([0, *(len(block.offices) for block in self._blocks)])
        result = []
        for k, block in enumerate(self._blocks):
            own = slice(ends[k], ends[k + 1])
            packs = np.zeros(len(block.trips.office))
            for office, one in enumerate(which[own].tolist()):
                packs += sets[one][k].plans.packs_of(np.array([office]))
            result.append(Chosen(packs, np.asarray(use[:, own].sum(axis=1), dtype=np.float64).ravel()))
        return result

    def _add(self, looks: Sequence[Sequence[WholePlans]]) -> None:
        """Looks at plans of each block: as many columns for each office."""
        for one in zip(*looks, strict=True):
            use = sp.csr_array(sp.hstack([each.use for each in one], format="csr"))
            self._sets.append(list(one))
            self._master.add(np.concatenate([each.cost for each in one]), use)

    def _propose(self) -> None:
        solution = self._solution = self._master.solve(self._center, self._box)
        self._prices = self._center + _STEP * (solution.prices - self._center)
        _LOG.debug(
            "whole plans: master %.8g, strain %.1e",
            solution.value + self._generation.constant,
            solution.strain / max(1.0, abs(solution.value)),
        )

    def _value(self, prices: Vector) -> float:
        generation = self._generation
        least = np.full(self._master.groups, np.inf)
        for cost, use in zip(self._master.costs, self._master.uses, strict=True):
            np.minimum(least, cost + use.T @ prices, out=least)
        return lagrangian([least], prices, generation.couplings.limit, generation.constant)
