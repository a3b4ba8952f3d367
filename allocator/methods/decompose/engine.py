"""Method `decompose`: prices for what offices share, components on their own, a plan made of the parts.

1. Start prices: the linear relaxation of a small sample of the offices (`sampling`, `linear`), then
   rounds of pricing on samples three times as large each; or the prices of an earlier solve.
2. Pricing: every block at these prices gives a bound and better plans (`pricing`), the master the next
   prices (`column_generation`).
3. Planning: trips with slots fixed and slots with trips fixed, in turn (`planning`): valid plans.
"""

from __future__ import annotations

import logging
import math
import time
from contextlib import closing, suppress
from dataclasses import dataclass

import numpy as np

from allocator.backends import SolveOptions
from allocator.instance.models import Instance
from allocator.methods.clock import Clock
from allocator.methods.decompose.column_generation import Standing
from allocator.methods.decompose.couplings import Couplings, find_couplings, transfer_prices
from allocator.methods.decompose.inheritance import Estate
from allocator.methods.decompose.linear import sample_prices
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.pace import Pace
from allocator.methods.decompose.planning import Planner
from allocator.methods.decompose.prices import recall_prices
from allocator.methods.decompose.restocking import compile_search
from allocator.methods.decompose.sampling import sample_sizes, smaller_nation, strata
from allocator.methods.decompose.whole_components import prove_components
from allocator.methods.decompose.workers import StoppedError, Workers
from allocator.methods.record import Record
from allocator.milp.formulation import formulate
from allocator.milp.model import Vector
from allocator.plan.arrays import PlanArrays
from allocator.plan.models import Prices

_INNER_ROUNDS = 6  # of pricing a block
_NEAR = 3e-5  # of the bound: the master is as near as it needs to be
_FIRST_REACH, _REACH = 0.3, 0.05  # how wrong prices of a relaxation may be, and those of a sample
_SAMPLE_NEAR = 5e-4  # the same for a sample, whose prices are no better than that
_SAMPLE_ROUNDS = 15
_PHASES = (0.1, 0.3, 0.5, 0.7, 0.9)  # of the samples whose relaxations are solved
_TOLERANCE = 1e-4  # of cards and records in the pieces: the plan is rounded and checked anyhow
_SAMPLES_SHARE = 0.3  # of the time
_PATIENCE, _LITTLE = 2, 0.01  # proven rounds that close no more than such a part of the gap
_TURNS = 2  # of trips and slots after a proven bound
_PART = 0.02  # of what plans are above prices: as near as these need to be
_LONG = 60.0  # for the choice of trips where time does not count
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
    samples = [] if start is not None else _samples(record.instance)
    nation = Nation.of(record.instance, strata(record.instance, samples))
    built = time.monotonic()
    pieces = SolveOptions(seed=options.seed, tolerance=_TOLERANCE)
    engine: _Engine | None = None
    with suppress(StoppedError), closing(crew):
        estate: Estate | None = None
        if start is None:
            record.enter("start prices")
            prices, estate = _start_prices(record, clock, nation, samples, crew, backend, pieces)
        else:
            prices = recall_prices(record.instance, nation.couplings, start)
        engine = _Engine(record, clock, nation, prices, estate, crew, backend, pieces)
        estate = None  # of thousands of offices it is large
        engine.run(rounds, options.gap or 0.0, informed=start is not None)
    found = engine.generation.best_prices if engine else np.zeros(len(nation.couplings.limit))
    return DecomposeOutcome(
        built - begun,
        time.monotonic() - built,
        nation.couplings,
        found,
        engine.rounds if engine else 0,
    )


def _samples(instance: Instance) -> list[Instance]:
    """Those that are priced by blocks, each three times as large as the one before."""
    sizes = sample_sizes(len(instance.offices), instance.days)[1:]
    return [smaller_nation(instance, size) for size in sizes]


def _start_prices(
    record: Record,
    clock: Clock,
    nation: Nation,
    samples: list[Instance],
    crew: Workers,
    backend: str,
    options: SolveOptions,
) -> tuple[Vector, Estate | None]:
    """(resources,) prices of the nation from samples, and what the last of them leaves."""
    instance = record.instance
    first = sample_sizes(len(instance.offices), instance.days)[0]
    couplings = nation.couplings
    estate: Estate | None = None
    drawn = crew.map(_relaxation_prices, ((instance, first, phase, backend, options) for phase in _PHASES))
    # A slot's price is one of a few whole steps, which a small sample can miss: the median seldom does.
    prices = np.median([transfer_prices(each, known, couplings) for each, known in drawn], axis=0)
    reach = _FIRST_REACH
    for sample in samples:
        smaller = Nation.of(sample, strata(sample, samples))
        prices = transfer_prices(prices, couplings, smaller.couplings)
        couplings = smaller.couplings
        nothing = smaller.decisions(smaller.formulation.embed(PlanArrays.empty(sample)))
        generation = smaller.generation(prices, reach, nothing, crew, backend, options, estate)
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
        estate = Estate(sample, generation.pool)
    return transfer_prices(prices, couplings, nation.couplings), estate


def _relaxation_prices(
    instance: Instance, offices: int, phase: float, backend: str, options: SolveOptions
) -> tuple[Vector, Couplings]:
    formulation = formulate(smaller_nation(instance, offices, phase))
    couplings = find_couplings(formulation)
    return sample_prices(formulation, couplings, backend, options), couplings


def _closeness(ahead: float) -> float:
    """How near blocks get to their own bound, when the master is so far from the nation's."""
    return float(np.clip(0.5 * ahead, 1e-6, 4e-3))


class _Engine:
    """The state of a solve between rounds over the whole nation."""

    def __init__(
        self,
        record: Record,
        clock: Clock,
        nation: Nation,
        start: Vector,
        estate: Estate | None,
        crew: Workers,
        backend: str,
        options: SolveOptions,
    ) -> None:
        self.record, self.clock, self.nation = record, clock, nation
        decisions = nation.decisions(nation.formulation.embed(record.plan))
        self.generation = nation.generation(start, _REACH, decisions, crew, backend, options, estate)
        self.planner = Planner(record, clock, nation, self.generation)
        self.rounds = 0

    def run(self, rounds: int | None, gap: float, *, informed: bool) -> None:
        """Rounds of pricing; a proven bound and plans when the master has come much nearer, and at the end.

        With so many rounds to go the clock only ends it, so that the result is the same on any machine.
        """
        pace, record = Pace(self.clock, informed=informed), self.record
        idle, ahead, enough = 0, 2e-2, math.inf
        near = False
        while idle < _PATIENCE and (rounds is None or self.rounds < rounds) and not self.clock.over:
            self.rounds += 1
            ending = self.rounds == rounds if rounds is not None else pace.is_ending
            record.enter(f"prices, round {self.rounds}")
            planned = record.source == "decompose"
            first = rounds is None and not planned and pace.allows_a_plan(ahead)
            # Where blanks are sent on, a plan can take all the time that is left.
            exact = ending or near or (first and self.nation.has_senders)
            with pace.measured("exact" if exact else "round"):
                standing = self.generation.step(_INNER_ROUNDS, _closeness(ahead), exact=exact)
            if exact:
                record.offer_bound(standing.bound)
            self._tell(standing)
            ahead = standing.ahead
            # Prices need be no nearer than plans are by far, at first; then much nearer than they were.
            missing = record.cost / max(1.0, standing.estimate) - 1.0 if planned else 0.0
            close_enough = max(0.3 * gap, _NEAR, min(enough, _PART * missing))
            near = ahead < close_enough and (standing.strain < close_enough or ahead <= 0)
            if not (exact or first):
                continue
            before = record.cost - (record.bound or 0.0)
            self._plan(pace, math.inf if ending and rounds is None else _TURNS if exact else 0, gap, rounds)
            closed = before - (record.cost - (record.bound or 0.0))
            idle = idle + 1 if exact and closed <= _LITTLE * before else 0
            if exact:
                enough, near = 0.3 * ahead, False
            if ending or (record.gap is not None and record.gap <= gap):
                break
        if idle >= _PATIENCE and rounds is None:
            self._prove_components(gap)

    def _prove_components(self, gap: float) -> None:
        """Spend what time is left on a higher bound."""
        generation, record = self.generation, self.record
        if generation.proof is None:
            return
        record.enter("bound")
        start = self.nation.formulation.embed(record.plan)
        options = SolveOptions(seed=generation.options.seed)
        for found in prove_components(
            self.nation,
            generation.proof.prices,
            start,
            self.clock,
            generation.workers,
            generation.backend,
            options,
        ):
            record.offer_bound(generation.raise_bound(found.block, found.component, found.least))
            if record.gap is not None and record.gap <= gap:
                break

    def _plan(self, pace: Pace, turns: float, gap: float, rounds: int | None) -> None:
        """Make plans: a first one where there is none or time enough, and so many turns from there."""
        seconds = None if rounds is None else _LONG
        if rounds is not None or self.record.source != "decompose" or pace.has_time(2 * _TURNS):
            with pace.measured("plan"):
                self.planner.begin(seconds)
                if self.nation.has_senders:
                    turns -= self.planner.improve(1, gap, seconds)
        self.planner.improve(turns, gap, seconds)

    def _tell(self, standing: Standing) -> None:
        _LOG.debug(
            "%.1f s, round %d: estimate %.8g, %.2e apart, bound %s, master %.2e above, strain %.1e",
            self.clock.seconds,
            self.rounds,
            standing.estimate,
            standing.apart,
            self.record.bound,
            standing.ahead,
            standing.strain,
        )
