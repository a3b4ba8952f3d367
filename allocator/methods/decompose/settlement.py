"""The best slots and records of the whole country once trips are chosen, within all limits.

With trips given what remains is linear: a mixture of decisions that keep the limits is a decision that
keeps them. Column generation once more, with records for columns.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from allocator.backends import BackendError, Basis
from allocator.methods.decompose.column_generation import ColumnGeneration, lagrangian
from allocator.methods.decompose.couplings import Couplings
from allocator.methods.decompose.master import Grouping, Master
from allocator.methods.decompose.pricing import one_plan_each
from allocator.methods.decompose.settling import Piece, Settled, settle, settle_together, settled
from allocator.methods.decompose.stabilisation import Box
from allocator.milp.model import Vector

Indices = NDArray[np.int64]
_ROUNDS, _REACH = 3, 0.02  # of prices once trips are chosen, and how far they may go
_TOGETHER = 8  # blocks that share what they are allotted
_NEAR = 1e-5  # of the cost: slots are where they should be


class Settlement:
    """Decisions (blocks) that keep all limits, and what else can be done with their trips."""

    def __init__(
        self, generation: ColumnGeneration, decisions: list[Settled], bases: Sequence[Basis | None]
    ) -> None:
        """The trips are added to the generation's plans, one for each office, as the last ones.

        `bases` (blocks,) are those of an earlier settlement, with other trips.
        """
        pool = generation.pool
        self.generation, self.decisions = generation, decisions
        self.bases = list(bases)
        self.pieces: list[Piece] = []
        for k, (block, own) in enumerate(zip(pool.blocks, decisions, strict=True)):
            plans = one_plan_each(block, np.rint(own.packs))
            pool.plans[k] = pool.plans[k].joined(plans)
            self.pieces.append(Piece(block, plans, own))
        self.columns: list[list[Settled]] = []

    def spread(self, applicants: Vector, turn: int, *, anew: bool) -> list[Settled]:
        """Slots to where prices say they belong; `applicants` (blocks,) are how many need one.

        With `anew` the records of the decisions at hand do not count, only their trips.

        The last mixture keeps the limits but for some slots on another day. What it uses, or what the
        decisions do, is allotted to groups of blocks, other groups in the next turn; within these a
        linear model makes a column that keeps all limits, for the final mixture.

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
        if not anew:
            self._add(master, grouping, self.decisions)
        for _ in range(_ROUNDS):
            priced = prices
            self._add(master, grouping, self._settle(prices))
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
        if anew:
            asked = np.add.reduceat(promised.use.toarray(), grouping.starts[:-1], axis=1)
        else:
            asked = np.stack([each.use.sum(axis=1) for each in self.decisions], axis=1).astype(np.float64)
        kept = self._settle_together(priced, asked, applicants, turn)
        self._add(master, grouping, kept)
        try:
            shares = master.solve(prices).shares
        except BackendError:
            return kept  # they overstep a limit by a rounding error, so that no mixture keeps it
        result: list[Settled] = []
        for k, block in enumerate(blocks):
            part = grouping.of_block(shares, k, block.column_component)
            point = sum(part[c] * column[k].point for c, column in enumerate(self.columns))
            result.append(settled(block, np.asarray(point), self.decisions[k].packs))
        return result

    def _settle(self, prices: Vector) -> list[Settled]:
        """The best records of every block at prices (resources,), or those at hand."""
        generation = self.generation
        found = generation.workers.map(
            settle,
            (
                (piece, prices, generation.backend, generation.options, basis)
                for piece, basis in zip(self.pieces, self.bases, strict=True)
            ),
        )
        self.bases = [basis for _, basis in found]
        return [new or old for (new, _), old in zip(found, self.decisions, strict=True)]

    def _settle_together(self, prices: Vector, asked: Vector, applicants: Vector, turn: int) -> list[Settled]:
        """The best records of groups of blocks within their share of all limits, or those at hand.

        `prices` (resources,) are those at which blocks were settled last, `asked` (resources, blocks) is
        what they would use. Every other turn groups are made of other blocks.
        """
        generation = self.generation
        couplings = generation.couplings
        blocks = np.arange(len(self.pieces))
        count = -(-len(blocks) // _TOGETHER)
        groups = blocks // _TOGETHER if turn % 2 else blocks % count
        members = [np.nonzero(groups == group)[0] for group in range(int(groups.max(initial=-1)) + 1)]
        limits = allot(
            couplings,
            np.stack([asked[:, own].sum(axis=1) for own in members], axis=1),
            np.array([applicants[own].sum() for own in members]),
        )
        found = generation.workers.map(
            settle_together,
            (
                (
                    [self.pieces[k] for k in own],
                    prices,
                    limits[:, group],
                    couplings.ceiling,
                    generation.backend,
                    generation.options,
                    [self.bases[k] for k in own],
                )
                for group, own in enumerate(members)
            ),
        )
        result = list(self.decisions)
        for own, settled_together in zip(members, found, strict=True):
            for place, k in enumerate(own):
                result[k] = settled_together[place] if settled_together else result[k]
        return result

    def _add(self, master: Master, grouping: Grouping, column: list[Settled]) -> None:
        self.columns.append(column)
        master.add(*grouping.column([each.cost for each in column], [each.use for each in column]))


def allot(couplings: Couplings, needs: Vector, applicants: Vector) -> Vector:
    """(resources, groups) what each group of blocks may use; no more in sum than there is.

    Slots: what groups need (resources, groups), earlier where a day has not enough for all, and of what
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
