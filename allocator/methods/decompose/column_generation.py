"""Rounds of pricing and master over all blocks of a nation, or of a sample of one: the next prices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from allocator.backends import Basis, SolveOptions
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.couplings import Couplings
from allocator.methods.decompose.forgetting import of_use, remembered, without_forgotten
from allocator.methods.decompose.master import Grouping, Master, MasterSolution
from allocator.methods.decompose.mixtures import Mixture
from allocator.methods.decompose.plans import Plans, first_plans
from allocator.methods.decompose.pricing import Priced, price_block
from allocator.methods.decompose.senders import sends
from allocator.methods.decompose.settling import Settled
from allocator.methods.decompose.stabilisation import Box
from allocator.methods.decompose.workers import Workers
from allocator.milp.model import Vector

Indices = NDArray[np.int64]
_ROUNDING = 1e-11  # relative; above what sums of some thousand doubles can lose
_ROUGH = 4e-3  # how near blocks get to their own bound where prices are only looked at
_STEP = 0.6  # of the way from the best prices to those that the master proposes
_REFUTED = 1e-6  # an estimate that is so much above the master


@dataclass
class Pool:
    """What is known of every block: plans so far, and the last mixture of them."""

    blocks: list[Block]
    plans: list[Plans]
    mixtures: list[Mixture] = field(default_factory=list)  # none before the first pricing
    bases: list[Basis | None] = field(default_factory=list)  # for the first mixtures, if any are known


@dataclass(frozen=True)
class Proof:
    """What all components cost at least, each by itself."""

    prices: Vector  # (resources,)
    parts: list[Vector]  # (C,) of each block
    bound: float


@dataclass(frozen=True)
class Standing:
    """Where the rounds have come to; all relative to the estimated bound."""

    estimate: float  # the Lagrangian function at the prices, from good plans
    bound: float  # the same, proven; -inf if not asked for
    ahead: float  # how far the master's mixture is above the best estimate
    apart: float  # how far the blocks' mixtures are above what they are estimated to be at least
    strain: float  # how much of `ahead` is due to the width of the box around the best prices


class ColumnGeneration:
    """Prices of the resources for the blocks of a pool, and the columns that they are made from."""

    def __init__(
        self,
        pool: Pool,
        couplings: Couplings,
        constant: float,
        prices: Vector,
        reach: float,
        workers: Workers,
        backend: str,
        options: SolveOptions,
    ) -> None:
        """`constant` is what is added to the cost of the blocks, `reach` how wrong the prices may be."""
        self.pool, self.couplings = pool, couplings
        self.constant = constant
        self.workers, self.backend, self.options = workers, backend, options
        self.grouping = Grouping.of([block.components for block in pool.blocks])
        self.master = Master(couplings.limit, couplings.ceiling, self.grouping.groups, backend, options)
        self.box = Box.around(couplings, prices, reach)
        self.prices, self.reach = prices, reach
        self.best_prices, self.best_estimate = prices, -math.inf
        self.slots: list[list[Vector]] = []  # per column of the master and block, records ingested
        self.shares: list[list[Vector]] = []  # the same, of its plans
        self.last_used: list[Indices] = [np.zeros(0, np.int64)] * len(pool.blocks)  # round, per plan
        self.round = 0
        self.solution: MasterSolution | None = None
        self.proof: Proof | None = None  # the best

    def begin_again(self, prices: Vector, plans: list[Plans], bases: list[Basis | None]) -> None:
        """Begin at these prices (resources,), with more plans of each block and bases of their mixtures.

        Before the first pricing: nothing has been learnt at the prices of before.
        """
        pool = self.pool
        self.prices = self.best_prices = prices
        self.box = Box.around(self.couplings, prices, self.reach)
        pool.plans = [own.joined(more) for own, more in zip(pool.plans, plans, strict=True)]
        pool.bases = bases

    def look(self, trials: Sequence[Vector]) -> None:
        """Price in one round at each of these (resources,), if there are any, and go on from the best.

        The master knows then what prices do where they may be, instead of on one side of where it begins.
        """
        if not trials:
            return
        for prices in trials:
            _, estimate, _ = self._price(prices, 1, _ROUGH, exact=False)
            self._add_mixtures()
            if estimate > self.best_estimate:
                self.best_prices, self.best_estimate = prices, estimate
        self._propose()

    def step(self, rounds: int, close: float, *, exact: bool = False) -> Standing:
        """Price the blocks, in so many rounds each at most; the master then proposes the next prices.

        With `exact` the bound is proven too: at the best prices if there are any yet, which are priced again.
        """
        if exact and self.solution is not None:
            bound, self.best_estimate, value = self._price(self.best_prices, rounds, close, exact=True)
            return self._standing(self.best_estimate, bound, value)
        bound, estimate, value = self._price(self.prices, rounds, close, exact=exact)
        if self.solution is not None:
            promised = self.solution.value + self.constant
            self.box.learn(
                self.best_estimate, promised, estimate, self.solution.strain, self.solution.by_falls
            )
        if estimate > self.best_estimate:
            self.best_prices, self.best_estimate = self.prices, estimate
        self._add_mixtures()
        solution = self._propose()
        if solution.value + self.constant < self.best_estimate - _REFUTED * abs(self.best_estimate):
            # The best estimate came from trips that were not the best: no mixture costs less than a bound.
            self.best_prices, self.best_estimate = self.prices, estimate
            self._propose()
        self._forget()
        return self._standing(estimate, bound, value)

    def _forget(self) -> None:
        """Keep only the plans that the mixtures, or the master's of them, have used lately.

        But all of them where blanks are sent on: `hubs` ended 0.1 % worse without the others.
        """
        pool = self.pool
        self.round += 1
        for k, block in enumerate(pool.blocks):
            if sends(block):
                continue
            used = of_use(block, pool.plans[k], pool.mixtures[k]) | (self._plan_shares_of(k) > 0.0)
            kept, self.last_used[k] = remembered(self.last_used[k], used, self.round)
            if len(kept) == len(used):
                continue
            pool.plans[k] = pool.plans[k].some(kept)
            pool.mixtures[k] = without_forgotten(block, pool.mixtures[k], kept)
            for column in self.shares:
                column[k] = column[k][kept[kept < len(column[k])]]

    def _propose(self) -> MasterSolution:
        """Let the master say what to try next: not all the way, where its columns say least.

        Smoothing as Wentges (1997) and Pessoa, Sadykov, Uchoa and Vanderbeck (2018) do it, within the box.
        """
        self.solution = self.master.solve(self.best_prices, self.box)
        self.prices = self.best_prices + _STEP * (self.solution.prices - self.best_prices)
        return self.solution

    def _price(self, prices: Vector, rounds: int, close: float, *, exact: bool) -> tuple[float, float, float]:
        """The proven bound, -inf if not asked for, the estimate, and what the mixtures cost at prices."""
        pool = self.pool
        bases = [each.basis for each in pool.mixtures] or pool.bases or [None] * len(pool.blocks)
        priced = self.workers.map(
            _price,
            (
                (
                    block,
                    plans,
                    prices,
                    rounds,
                    close,
                    exact,
                    self.backend,
                    self.options,
                    basis,
                    not pool.mixtures and basis is None,
                )
                for block, plans, basis in zip(pool.blocks, pool.plans, bases, strict=True)
            ),
        )
        pool.plans = [each.plans for each in priced]
        pool.mixtures = [each.mixture for each in priced]
        bound = self._prove([each.bound for each in priced], prices) if exact else -math.inf
        estimate = self._lagrangian([each.estimate for each in priced], prices)
        return bound, estimate, self._lagrangian([each.value for each in pool.mixtures], prices)

    def _prove(self, parts: list[Vector], prices: Vector) -> float:
        """The bound, which is kept if it is the best."""
        bound = self._lagrangian(parts, prices)
        if self.proof is None or bound > self.proof.bound:
            self.proof = Proof(prices, parts, bound)
        return bound

    def raise_bound(self, block: int, component: int, least: float) -> float:
        """The bound, once it is known that a component costs so much at least at the prices of the proof."""
        assert self.proof is not None
        parts = list(self.proof.parts)
        parts[block] = parts[block].copy()
        parts[block][component] = max(parts[block][component], least)
        return self._prove(parts, self.proof.prices)

    def _standing(self, estimate: float, bound: float, value: float) -> Standing:
        assert self.solution is not None
        scale = max(1.0, abs(self.best_estimate))
        ahead = (self.solution.value + self.constant - self.best_estimate) / scale
        return Standing(estimate, bound, ahead, (value - estimate) / scale, self.solution.strain / scale)

    def _add_column(self, parts: Sequence[Mixture | Settled], shares: list[Vector]) -> None:
        """A column for each group, of what blocks do and the shares of their plans."""
        self.shares.append(shares)
        costs, uses = [each.cost for each in parts], [each.use for each in parts]
        self.master.add(*self.grouping.column(costs, uses))
        blocks = self.pool.blocks
        self.slots.append([each.point[block.ingest] for block, each in zip(blocks, parts, strict=True)])

    def _add_mixtures(self) -> None:
        mixtures = self.pool.mixtures
        self._add_column(mixtures, [each.shares for each in mixtures])

    def add_decisions(self, decisions: Sequence[Settled]) -> None:
        """A column of decisions, whose trips are the last plans of each block."""
        shares = []
        for block, plans in zip(self.pool.blocks, self.pool.plans, strict=True):
            shares.append(np.zeros(len(plans.office)))
            shares[-1][len(plans.office) - len(block.offices) :] = 1.0
        self._add_column(decisions, shares)

    def plan_shares(self) -> list[Vector]:
        """For each block the shares of its plans in the master's mixture."""
        return [self._plan_shares_of(k) for k in range(len(self.pool.blocks))]

    def _plan_shares_of(self, k: int) -> Vector:
        """The same for one block."""
        assert self.solution is not None
        office = self.pool.plans[k].office
        component = self.pool.blocks[k].office_component[office]
        total = np.zeros(len(office))
        own = self.grouping.of_block(self.solution.shares, k, component)
        for part, shares in zip(own, self.shares, strict=False):
            total[: len(shares[k])] += shares[k] * part[: len(shares[k])]
        return total

    def ingested(self) -> list[Vector]:
        """For each block the records ingested in the master's mixture."""
        assert self.solution is not None
        result = []
        for k, block in enumerate(self.pool.blocks):
            own = self.grouping.of_block(self.solution.shares, k, block.column_component[block.ingest])
            result.append(sum(part * slots[k] for part, slots in zip(own, self.slots, strict=False)))
        return result

    def used(self) -> Vector:
        """(resources, blocks) what each block uses in the master's mixture."""
        assert self.solution is not None
        starts = self.grouping.starts[:-1]
        total: Vector = np.add.reduceat(self.solution.use.toarray(), starts, axis=1)
        return total

    def _lagrangian(self, parts: list[Vector], prices: Vector) -> float:
        """Sum up the Lagrangian function: parts of components, less what the limits are worth."""
        return lagrangian(parts, prices, self.couplings.limit, self.constant)


def closeness(ahead: float) -> float:
    """How near blocks get to their own bound, when the master is so far from the nation's."""
    return float(np.clip(0.5 * ahead, 1e-6, 4e-3))


def lagrangian(parts: Sequence[Vector], prices: Vector, limit: Vector, constant: float) -> float:
    """The sum of what components cost at prices, less what the limits are worth, rounded down."""
    pieces = np.concatenate(parts)
    charged = prices * limit
    size = float(np.abs(pieces).sum() + np.abs(charged).sum())
    return constant + math.fsum(pieces) - math.fsum(charged) - _ROUNDING * size


def _price(
    block: Block,
    plans: Plans,
    prices: Vector,
    rounds: int,
    close: float,
    exact: bool,
    backend: str,
    options: SolveOptions,
    basis: Basis | None,
    begins: bool,
) -> Priced:
    if begins:
        plans = plans.joined(first_plans(block, prices))
    return price_block(block, plans, prices, rounds, close, exact, backend, options, basis)
