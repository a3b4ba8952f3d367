"""Method `decompose`: prices for what offices share, components on their own, a plan made of the parts.

1. Start prices: the linear relaxation of a small sample of the offices (`sampling`, `linear`), then
   rounds of pricing on samples three times as large each; or the prices of an earlier solve.
2. Pricing: every block at these prices gives a bound and better plans (`pricing`), the master the next
   prices (`column_generation`).
3. Settling: trips are chosen and records refilled within hard limits (`settlement`): a valid plan.
"""

from __future__ import annotations

import logging
import time
from contextlib import closing, suppress
from dataclasses import dataclass, replace

import numpy as np

from allocator.backends import SolveOptions
from allocator.instance.models import Instance
from allocator.methods.clock import Clock
from allocator.methods.decompose.blocks import Block, take_apart
from allocator.methods.decompose.column_generation import ColumnGeneration, Pool
from allocator.methods.decompose.couplings import Couplings, find_couplings, transfer_prices
from allocator.methods.decompose.linear import sample_prices
from allocator.methods.decompose.pace import Pace
from allocator.methods.decompose.polishing import Polish
from allocator.methods.decompose.prices import recall_prices
from allocator.methods.decompose.pricing import one_plan_each
from allocator.methods.decompose.restocking import compile_search
from allocator.methods.decompose.sampling import sample_sizes, smaller_nation
from allocator.methods.decompose.senders import sends
from allocator.methods.decompose.settlement import settle_nation
from allocator.methods.decompose.settling import Settled, settled
from allocator.methods.decompose.workers import StoppedError, Workers
from allocator.methods.record import Record
from allocator.methods.rounding import round_plan
from allocator.milp.formulation import Formulation, formulate
from allocator.milp.model import Vector
from allocator.plan.arrays import PlanArrays
from allocator.plan.models import Prices

_OFFICE_DAYS_IN_BLOCK = 720  # what linear models of a block are fastest with
_INNER_ROUNDS = 10  # of pricing a block
_NEAR = 3e-5  # of the bound: the master is as near as it needs to be
_FIRST_REACH, _REACH = 0.3, 0.05  # how wrong prices of a relaxation may be, and those of a sample
_SAMPLE_NEAR = 3e-4  # the same for a sample, whose prices are no better than that
_SAMPLE_ROUNDS = 15
_PHASES = (0.1, 0.3, 0.5, 0.7, 0.9)  # of the samples whose relaxations are solved
_TOLERANCE = 1e-4  # of cards and records in the pieces: the plan is rounded and checked anyhow
_SAMPLES_SHARE = 0.3  # of the time
_POLISHING = 0.4  # of the time is for better trips where blanks are sent on
_PART_SECONDS, _LEAST_PART_SECONDS, _PART_GAP = 4.0, 0.5, 1e-4  # for the trips of a component
_OFFER_EVERY = 10.0  # seconds
_PATIENCE = 3  # settlements without a better plan or bound
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class DecomposeOutcome:
    """What the engine did; plans and bounds are in the record."""

    build_seconds: float
    solve_seconds: float
    couplings: Couplings
    prices: Vector  # (resources,) those of the best bound
    rounds: int


def solve_decomposed(
    record: Record,
    clock: Clock,
    backend: str,
    options: SolveOptions,
    *,
    workers: int | None = None,
    rounds: int | None = None,
    start: Prices | None = None,
) -> DecomposeOutcome:
    """Price, settle and go on until the gap is closed, the time or the rounds are over, or nothing helps.

    `start` are prices of an earlier solve to begin with. Raises BackendError if a solver has no answer, or
    breaks; what was found by then is in the record.
    """
    begun = time.monotonic()
    record.enter("build")
    crew = Workers(clock, workers)
    crew.get_ready(compile_search)
    nation = _Nation.of(record.instance)
    built = time.monotonic()
    pieces = SolveOptions(seed=options.seed, tolerance=_TOLERANCE)
    engine: _Engine | None = None
    with suppress(StoppedError), closing(crew):
        if start is None:
            record.enter("start prices")
            prices = _start_prices(record, clock, nation, crew, backend, pieces)
        else:
            prices = recall_prices(record.instance, nation.couplings, start)
        engine = _Engine(record, clock, nation, prices, crew, backend, pieces)
        engine.run(rounds, options.gap or 0.0)
        if rounds is None:
            engine.polish(options.gap or 0.0)
    found = engine.generation.best_prices if engine else np.zeros(len(nation.couplings.limit))
    return DecomposeOutcome(
        built - begun,
        time.monotonic() - built,
        nation.couplings,
        found,
        engine.rounds if engine else 0,
    )


@dataclass(frozen=True)
class _Nation:
    """An instance, or a sample of one, taken apart."""

    formulation: Formulation
    couplings: Couplings
    blocks: list[Block]

    @classmethod
    def of(cls, instance: Instance) -> _Nation:
        formulation = formulate(instance)
        couplings = find_couplings(formulation)
        offices = max(1, _OFFICE_DAYS_IN_BLOCK // instance.days)
        return cls(formulation, couplings, take_apart(formulation, couplings, offices))

    def decisions(self, plan: PlanArrays) -> list[Settled]:
        """What a plan says for each block."""
        vector = self.formulation.embed(plan)
        return [settled(block, vector[block.columns], vector[block.trip_columns]) for block in self.blocks]

    def generation(
        self,
        prices: Vector,
        reach: float,
        decisions: list[Settled],
        crew: Workers,
        backend: str,
        options: SolveOptions,
    ) -> ColumnGeneration:
        """Column generation from these prices, with the decisions as its first column."""
        plans = [one_plan_each(block, each.packs) for block, each in zip(self.blocks, decisions, strict=True)]
        generation = ColumnGeneration(
            Pool(self.blocks, plans),
            self.couplings,
            self.formulation.model.offset,
            prices,
            reach,
            crew,
            backend,
            options,
        )
        generation.add_decisions(decisions, [np.ones(len(each.office)) for each in plans])
        return generation


def _start_prices(
    record: Record, clock: Clock, nation: _Nation, crew: Workers, backend: str, options: SolveOptions
) -> Vector:
    """(resources,) prices of the nation from samples, each three times the one before."""
    instance = record.instance
    first, *sizes = sample_sizes(len(instance.offices), instance.days)
    couplings = nation.couplings
    drawn = crew.map(_relaxation_prices, ((instance, first, phase, backend, options) for phase in _PHASES))
    # A slot's price is one of a few whole steps, which a small sample can miss: the median seldom does.
    prices = np.median([transfer_prices(each, known, couplings) for each, known in drawn], axis=0)
    reach = _FIRST_REACH
    for size in sizes:
        sample = smaller_nation(instance, size)
        smaller = _Nation.of(sample)
        prices = transfer_prices(prices, couplings, smaller.couplings)
        couplings = smaller.couplings
        nothing = smaller.decisions(PlanArrays.empty(sample))
        generation = smaller.generation(prices, reach, nothing, crew, backend, options)
        ahead = 2e-2
        for number in range(_SAMPLE_ROUNDS):
            record.enter(f"start prices, {len(sample.offices)} offices, round {number + 1}")
            standing = generation.step(_INNER_ROUNDS, _closeness(ahead))
            ahead = standing.ahead
            _LOG.debug(
                "%.1f s, %d offices, round %d: estimate %.8g, master %.2e above, strain %.1e",
                clock.seconds,
                len(sample.offices),
                number + 1,
                generation.best_estimate,
                ahead,
                standing.strain,
            )
            if max(ahead, standing.strain) < _SAMPLE_NEAR or (clock.seconds > _SAMPLES_SHARE * clock.limit):
                break
        prices, reach = generation.best_prices, _REACH
    return transfer_prices(prices, couplings, nation.couplings)


def _relaxation_prices(
    instance: Instance, offices: int, phase: float, backend: str, options: SolveOptions
) -> tuple[Vector, Couplings]:
    formulation = formulate(smaller_nation(instance, offices, phase))
    couplings = find_couplings(formulation)
    return sample_prices(formulation, couplings, backend, options), couplings


def _closeness(ahead: float) -> float:
    """How near blocks get to their own bound, when the master is so far from the nation's."""
    return float(np.clip(0.2 * ahead, 1e-6, 4e-3))


class _Engine:
    """The state of a solve between rounds over the whole nation."""

    def __init__(
        self,
        record: Record,
        clock: Clock,
        nation: _Nation,
        start: Vector,
        crew: Workers,
        backend: str,
        options: SolveOptions,
    ) -> None:
        self.record, self.clock, self.nation = record, clock, nation
        self.crew, self.backend = crew, backend
        self.exact = SolveOptions(seed=options.seed)
        self.current = nation.decisions(record.plan)
        self.generation = nation.generation(start, _REACH, self.current, crew, backend, options)
        # Of each office the plan, among its block's, that is part of the decisions at hand.
        self.incumbent = [np.arange(len(block.offices)) for block in nation.blocks]
        arrays = record.instance.arrays
        needing = arrays.ingestible[:, :, -1].sum(axis=1).astype(np.float64)
        self.applicants = np.array([needing[block.offices].sum() for block in nation.blocks])
        self.rounds = 0

    def run(self, rounds: int | None, gap: float) -> None:
        """Rounds of pricing; a settlement whenever the master has come much nearer, and at the end.

        With so many rounds to go the clock only ends it, so that the result is the same on any machine.
        """
        pace = Pace(self.clock, _POLISHING if any(map(sends, self.nation.blocks)) else 0.0)
        idle, ahead, near = 0, 2e-2, False
        enough = max(0.3 * gap, _NEAR)
        while idle < _PATIENCE and (rounds is None or self.rounds < rounds) and not self.clock.over:
            self.rounds += 1
            ending = self.rounds == rounds if rounds is not None else pace.is_ending
            first = rounds is None and pace.is_halfway and self.record.source != "decompose"
            self.record.enter(f"prices, round {self.rounds}")
            exact = ending or near
            with pace.measured("exact" if exact else "round"):
                standing = self.generation.step(_INNER_ROUNDS, _closeness(ahead), exact=exact)
            if exact:
                self.record.offer_bound(standing.bound)
            ahead = standing.ahead
            near = ahead < enough and (standing.strain < enough or ahead <= 0)
            _LOG.debug(
                "%.1f s, round %d: estimate %.8g, %.2e apart, bound %s, master %.2e above, strain %.1e",
                self.clock.seconds,
                self.rounds,
                standing.estimate,
                standing.apart,
                self.record.bound,
                ahead,
                standing.strain,
            )
            if not (exact or first):
                continue
            before = self.record.cost, self.record.bound
            with pace.measured("settle"):
                self._settle(60.0 if rounds is not None else max(2.0, min(10.0, self.clock.remaining / 8)))
            _LOG.debug("%.1f s, cost %.8g gap %s", self.clock.seconds, self.record.cost, self.record.gap)
            idle = idle + 1 if exact and before == (self.record.cost, self.record.bound) else 0
            if exact:
                enough, near = max(0.3 * ahead, _NEAR), False
            if ending or (self.record.gap is not None and self.record.gap <= gap):
                break

    def polish(self, gap: float) -> None:
        """Improve the best plan component by component while there is time; once over without a limit."""
        clock, record = self.clock, self.record
        polish = Polish(self.nation.formulation, self.nation.couplings, record.plan)
        generation = self.generation
        order = polish.order(self.nation.blocks, generation.pool.mixtures, generation.best_prices)
        together = 2 * self.crew.count
        offered, better = clock.seconds, 0
        while order and not clock.over and (record.gap is None or record.gap > gap):
            # What is left is for the parts of this time, and for rounding and judging the plan.
            seconds = (clock.remaining - 4 * record.judging_seconds - 1.0) / (together / self.crew.count + 1)
            record.enter("improving trips")
            if seconds > _LEAST_PART_SECONDS:
                options = replace(self.exact, gap=_PART_GAP, time_limit=min(_PART_SECONDS, seconds))
                better += polish.improve(order[:together], self.crew, self.backend, options)
                order = order[together:]
            if better and (not order or seconds <= _PART_SECONDS or clock.seconds > offered + _OFFER_EVERY):
                record.offer_plan(round_plan(record.instance, polish.plan()), "decompose")
                offered, better = clock.seconds, 0
            if seconds <= _LEAST_PART_SECONDS:
                break

    def _settle(self, seconds: float) -> None:
        self.record.enter("settling")
        generation, blocks = self.generation, self.nation.blocks
        results = settle_nation(generation, self.incumbent, self.applicants, seconds)
        plans = generation.pool.plans
        failed = sum(each is None for each in results)
        self.current = [new or old for new, old in zip(results, self.current, strict=True)]
        for k, new in enumerate(results):
            if new is not None:
                self.incumbent[k] = len(plans[k].office) - np.arange(len(blocks[k].offices), 0, -1)
        vector = np.zeros(self.nation.formulation.model.shape[1])
        for block, each in zip(blocks, self.current, strict=True):
            vector[block.columns] = each.point
            vector[block.trip_columns] = each.packs
        plan = round_plan(self.record.instance, self.nation.formulation.extract(vector))
        cost = self.record.offer_plan(plan, "decompose")
        drawn = float(sum(each.cost.sum() for each in self.current)) + self.nation.formulation.model.offset
        _LOG.debug(
            "%.1f s settled but for %d blocks: %.8g, rounded %.8g", self.clock.seconds, failed, drawn, cost
        )
        shares = [np.zeros(len(each.office)) for each in plans]
        for k, chosen in enumerate(self.incumbent):
            shares[k][chosen] = 1.0
        generation.add_decisions(self.current, shares)
