"""The best slots and records of the whole country once trips are chosen, within all limits.

With trips given what remains is linear: a mixture of decisions that keep the limits is a decision that
keeps them. Column generation once more, with records for columns.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from allocator.backends import BackendError
from allocator.methods.decompose.column_generation import ColumnGeneration, lagrangian
from allocator.methods.decompose.couplings import Couplings
from allocator.methods.decompose.master import Grouping, Master
from allocator.methods.decompose.pricing import one_plan_each
from allocator.methods.decompose.settling import Settled, settle, settled
from allocator.methods.decompose.stabilisation import Box
from allocator.milp.model import Vector

Indices = NDArray[np.int64]
_ROUNDS, _REACH = 3, 0.02  # of prices once trips are chosen, and how far they may go
_DEARER = 0.005  # by so much slots cost more than their price when it is asked who needs them
_NEAR = 1e-5  # of the cost: slots are where they should be


class Settlement:
    """Decisions (blocks) that keep all limits, and what else can be done with their trips."""

    def __init__(self, generation: ColumnGeneration, decisions: list[Settled]) -> None:
        """The trips are added to the generation's plans, one for each office, as the last ones."""
        pool = generation.pool
        self.generation, self.decisions = generation, decisions
        self.chosen: list[Indices] = []
        for k, (block, own) in enumerate(zip(pool.blocks, decisions, strict=True)):
            plans = one_plan_each(block, np.rint(own.packs))
            self.chosen.append(len(pool.plans[k].office) + np.arange(len(plans.office)))
            pool.plans[k] = pool.plans[k].joined(plans)
        self.bases = [mixture.basis for mixture in pool.mixtures]
        self.columns: list[list[Settled]] = []

    def spread(self, applicants: Vector, *, anew: bool) -> list[Settled]:
        """Slots to where prices say they belong; `applicants` (blocks,) are how many need one.

        With `anew` the slots of the decisions at hand do not count, only their trips.

        The last mixture keeps the limits but for some slots on another day. Allotted anew, and each
        block within its own, they make a column that keeps all of them, for the final mixture.

        Raises BackendError if a solver has no answer to a linear model.
        """
        generation, blocks = self.generation, self.generation.pool.blocks
        couplings = generation.couplings
        grouping = Grouping.of([block.components for block in blocks])
        master = Master(
            couplings.limit, couplings.ceiling, grouping.groups, generation.backend, generation.options
        )
        center = prices = generation.best_prices
        best, promised = -math.inf, None
        box = Box.around(couplings, prices, _REACH)
        unlimited = np.full((len(prices), len(blocks)), np.inf)
        if anew:
            self.decisions = self._allotted_to_the_eager(prices, applicants)
        self._add(master, grouping, self.decisions)
        for _ in range(_ROUNDS):
            self._add(master, grouping, self._settle(prices, unlimited))
            values = [each.cost + each.use.T @ prices for each in self.columns[-1]]
            estimate = lagrangian(values, prices, couplings.limit, 0.0)
            if promised is not None:
                box.learn(best, promised.value, estimate, promised.strain)
            if estimate > best:
                center, best = prices, estimate
            promised = master.solve(center, box)
            prices = promised.prices
            if promised.value - best < _NEAR * abs(best):
                break
        assert promised is not None
        asked = np.add.reduceat(promised.use.toarray(), grouping.starts[:-1], axis=1)
        limits = allot(couplings, asked, applicants)
        self._add(master, grouping, self._settle(np.zeros(len(prices)), limits))
        try:
            shares = master.solve(prices).shares
        except BackendError:
            return self.decisions  # they overstep a limit by a rounding error, so that no mixture keeps it
        result: list[Settled] = []
        for k, block in enumerate(blocks):
            part = grouping.of_block(shares, k, block.column_component)
            point = sum(part[c] * column[k].point for c, column in enumerate(self.columns))
            result.append(settled(block, np.asarray(point), self.decisions[k].packs))
        return result

    def _allotted_to_the_eager(self, prices: Vector, applicants: Vector) -> list[Settled]:
        """Records within what goes to those who still want slots when they cost a little more."""
        couplings = self.generation.couplings
        slots = np.isin(couplings.kind, ["quota", "storage"])
        unlimited = np.full((len(prices), len(self.decisions)), np.inf)
        eager = self._settle(np.where(slots, (1 + _DEARER) * prices, prices), unlimited)
        asked = np.stack([each.use.sum(axis=1) for each in eager], axis=1).astype(np.float64)
        return self._settle(np.zeros(len(prices)), allot(couplings, asked, applicants))

    def _settle(self, prices: Vector, limits: Vector) -> list[Settled]:
        """The best records of every block at prices, within (resources, blocks) limits, or those at hand."""
        generation = self.generation
        pool = generation.pool
        found = generation.workers.map(
            settle,
            (
                (
                    pool.blocks[k],
                    pool.plans[k],
                    self.chosen[k],
                    self.decisions[k],
                    prices,
                    limits[:, k],
                    generation.couplings.ceiling,
                    generation.backend,
                    generation.options,
                    self.bases[k],
                )
                for k in range(len(pool.blocks))
            ),
        )
        if np.isinf(limits).all():  # limits are rows, for which the others have no use
            self.bases = [basis for _, basis in found]
        return [new or old for (new, _), old in zip(found, self.decisions, strict=True)]

    def _add(self, master: Master, grouping: Grouping, column: list[Settled]) -> None:
        self.columns.append(column)
        master.add(*grouping.column([each.cost for each in column], [each.use for each in column]))


def allot(couplings: Couplings, needs: Vector, applicants: Vector) -> Vector:
    """(resources, blocks) what each block may use; no more in sum than there is.

    Slots: what blocks need (resources, blocks), earlier where a day has not enough for all, and of what
    is left to each by its applicants. Packs: what the trips chosen need.
    """
    limit = couplings.limit
    kinds = np.array(couplings.kind)
    share = (applicants + 1e-9) / (applicants + 1e-9).sum()
    own = needs.copy()
    quota = np.nonzero(kinds == "quota")[0]
    quota = quota[np.argsort(couplings.place[quota, 0])]
    carried = np.zeros(needs.shape[1])
    for row in quota[::-1]:
        asked = own[row] + carried
        total = asked.sum()
        granted = min(1.0, limit[row] / total) if total > 0 else 1.0
        own[row] = granted * asked
        carried = (1.0 - granted) * asked
    own[quota] += np.maximum(limit[quota] - own[quota].sum(axis=1), 0.0)[:, None] * share
    storage = np.nonzero(kinds == "storage")[0]
    if len(storage):
        # Rows of storage are written with what is not ingested: minus that is at most minus the least.
        excess = limit[storage] - own[storage].sum(axis=1)
        own[storage] += excess[:, None] * share
    target = np.nonzero(kinds == "target")[0]
    own[target] += (limit[target] - own[target].sum(axis=1))[:, None] / needs.shape[1]
    packs = np.isin(kinds, ["depot", "handling"])
    own[packs] = np.inf  # the choice of trips keeps these limits
    return own
