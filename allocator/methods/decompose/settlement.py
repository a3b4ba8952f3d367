"""A valid plan of the whole country from priced blocks: trips, then slots, then the records within them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from allocator.backends import BackendError, Basis, SolveOptions
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.choice import Choice, Option, choose_trips, options_of
from allocator.methods.decompose.column_generation import ColumnGeneration, lagrangian
from allocator.methods.decompose.couplings import Couplings
from allocator.methods.decompose.master import Grouping, Master
from allocator.methods.decompose.pricing import Mixture, Plans, one_plan_each
from allocator.methods.decompose.senders import sends
from allocator.methods.decompose.settling import Settled, settle, settled
from allocator.methods.decompose.stabilisation import Box
from allocator.methods.decompose.variants import find_variants
from allocator.milp.model import Vector

Indices = NDArray[np.int64]
_DEARER = 0.005  # by so much slots cost more than their price when it is asked who needs them
_ROUNDS, _REACH = 3, 0.02  # of prices once trips are chosen, and how far they may go
_NEAR = 1e-5  # of the cost: slots are where they should be
_GAP, _SENDERS_GAP = 1e-6, 1e-4  # of the choice of trips, and where there are senders
_SENDERS_SHARE, _LEAST_SECONDS = 4.0, 0.5  # of the time, for all blocks with senders; and for each


def settle_nation(
    generation: ColumnGeneration,
    incumbent: list[Indices],
    applicants: Vector,
    seconds: float,
) -> list[Settled | None]:
    """Decisions for each block that together keep all limits; None for blocks without an answer.

    The trips chosen are added to the pool's plans, one for each terminal office, as the last ones.
    `incumbent` is a choice (J,) of plans of each block that keeps the limits, `applicants` (blocks,) how
    many need a slot. The choice of trips takes so many seconds at most.

    Raises BackendError if a solver has no answer to a linear model.
    """
    pool = generation.pool
    blocks = pool.blocks
    bases = [mixture.basis for mixture in pool.mixtures]
    choices = _choose(generation, incumbent, replace(generation.options, gap=_GAP, time_limit=seconds))
    if choices is None:
        return [None] * len(blocks)
    chosen = []
    for k, choice in enumerate(choices):
        own = one_plan_each(blocks[k], np.rint(choice.packs))
        chosen.append(len(pool.plans[k].office) + np.arange(len(own.office)))
        pool.plans[k] = pool.plans[k].joined(own)
    return _Records(generation, chosen, choices, bases).spread(applicants)


class _Records:
    """What goes with the trips chosen: slots, queues and cards of all blocks.

    With trips given what remains is linear: a mixture of decisions that keep the limits is a decision
    that keeps them. Column generation once more, with records for columns.
    """

    def __init__(
        self,
        generation: ColumnGeneration,
        chosen: list[Indices],
        choices: list[Choice],
        bases: list[Basis | None],
    ) -> None:
        self.generation, self.chosen, self.choices, self.bases = generation, chosen, choices, bases
        self.columns: list[list[Settled]] = []

    def spread(self, applicants: Vector) -> list[Settled | None]:
        """Slots to where prices say they belong; None for a block whose trips leave no records possible.

        The last mixture keeps the limits but for some slots on another day. Allotted anew, and each
        block within its own, they make a column that keeps all of them, for the final mixture.
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
        # Who needs slots most: those who still want them when they cost a little more.
        slots = np.isin(couplings.kind, ["quota", "storage"])
        eager = self._settle(np.where(slots, (1 + _DEARER) * prices, prices), unlimited)
        first = self._allotted(eager, applicants)
        if any(each is None for each in first):
            return first
        self._add(master, grouping, first)
        for _ in range(_ROUNDS):
            column = self._settle(prices, unlimited)
            self._add(master, grouping, [new or old for new, old in zip(column, first, strict=True)])
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
        last = self._settle(np.zeros(len(prices)), limits)
        self._add(master, grouping, [new or old for new, old in zip(last, first, strict=True)])
        try:
            shares = master.solve(prices).shares
        except BackendError:
            return first  # it oversteps a limit by a rounding error, so that no mixture keeps it
        result: list[Settled | None] = []
        for k, block in enumerate(blocks):
            part = grouping.of_block(shares, k, block.column_component)
            point = sum(part[c] * column[k].point for c, column in enumerate(self.columns))
            result.append(settled(block, np.asarray(point), self.columns[-1][k].packs))
        return result

    def _allotted(self, wanted: list[Settled | None], applicants: Vector) -> list[Settled | None]:
        """Records of every block within what is allotted to it by what it wants."""
        if any(each is None for each in wanted):
            return wanted
        couplings = self.generation.couplings
        asked = [np.asarray(each.use.sum(axis=1)).ravel() for each in wanted if each is not None]
        limits = allot(couplings, np.stack(asked, axis=1).astype(np.float64), applicants)
        return self._settle(np.zeros(len(couplings.limit)), limits)

    def _settle(self, prices: Vector, limits: Vector) -> list[Settled | None]:
        """The best records of every block at prices, within (resources, blocks) limits."""
        generation = self.generation
        pool = generation.pool
        found = generation.workers.map(
            settle,
            (
                (
                    pool.blocks[k],
                    pool.plans[k],
                    self.chosen[k],
                    self.choices[k],
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
        return [decisions for decisions, _ in found]

    def _add(self, master: Master, grouping: Grouping, column: list[Settled | None]) -> None:
        whole = [each for each in column if each is not None]
        self.columns.append(whole)
        master.add(*grouping.column([each.cost for each in whole], [each.use for each in whole]))


def _choose(
    generation: ColumnGeneration, incumbent: list[Indices], options: SolveOptions
) -> list[Choice] | None:
    """Trips of every block: those with senders each within its share, then the others within what is left.

    A block with senders for which no trips are found in time sends nothing.
    """
    pool, couplings, prices = generation.pool, generation.couplings, generation.best_prices
    blocks, backend = pool.blocks, generation.backend
    shares = generation.plan_shares()
    found: list[Option] = generation.workers.map(
        _options,
        (
            (
                blocks[k],
                pool.plans[k],
                pool.mixtures[k],
                shares[k],
                prices,
                couplings.ceiling,
                backend,
                generation.options,
            )
            for k in range(len(blocks))
        ),
    )
    senders = [k for k, block in enumerate(blocks) if sends(block)]
    others = [k for k, block in enumerate(blocks) if not sends(block)]
    choices = [found[k].nothing() for k in range(len(blocks))]
    left = couplings.limit.copy()
    if senders:
        allotted = _allot_packs(couplings, generation.use_by_block(), senders)
        each_has = max(_LEAST_SECONDS, _SENDERS_SHARE * (options.time_limit or math.inf) / len(senders))
        some = replace(options, gap=_SENDERS_GAP, time_limit=each_has)
        results = generation.workers.map(
            choose_trips,
            (
                ([found[k]], allotted[:, place], couplings.ceiling, prices, None, backend, some)
                for place, k in enumerate(senders)
            ),
        )
        for k, result in zip(senders, results, strict=True):
            if result is not None:
                choices[k] = result[0]
                left -= found[k].use(result[0])
    if others:
        chosen = choose_trips(
            [found[k] for k in others],
            left,
            couplings.ceiling,
            prices,
            None if senders else [incumbent[k] for k in others],
            backend,
            options,
        )
        if chosen is None:
            return None
        for k, choice in zip(others, chosen, strict=True):
            choices[k] = choice
    return choices


def _allot_packs(couplings: Couplings, wanted: Vector, senders: list[int]) -> Vector:
    """(resources, senders) whole packs that each block with senders may use, by what it uses in the mixture.

    `wanted` is (resources, blocks). What nobody wants is shared out among all, largest remainders first.
    """
    allotted = np.full((len(couplings.limit), len(senders)), np.inf)
    for row in np.nonzero(np.isin(couplings.kind, ["depot", "handling"]))[0]:
        asked = np.maximum(wanted[row], 0.0)
        spare = max(0.0, couplings.limit[row] - asked.sum())
        own = asked[senders]
        own = own + spare * (own + 1e-3) / (asked + 1e-3).sum()
        whole = np.floor(own + 1e-6)
        rest = int(np.floor(own.sum() + 1e-6) - whole.sum())
        whole[np.argsort(-(own - whole), kind="stable")[:rest]] += 1.0
        allotted[row] = whole
    return allotted


def _options(
    block: Block,
    plans: Plans,
    mixture: Mixture,
    shares: Vector,
    prices: Vector,
    ceiling: Vector,
    backend: str,
    options: SolveOptions,
) -> Option:
    variants = find_variants(block, plans, mixture, shares, prices, ceiling, backend, options)
    return options_of(block, plans, mixture, variants)


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
