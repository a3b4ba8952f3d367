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
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from allocator.backends import SolveOptions
from allocator.instance.models import Instance
from allocator.methods.clock import Clock
from allocator.methods.decompose.column_generation import Standing, closeness
from allocator.methods.decompose.compiling import compile_all
from allocator.methods.decompose.couplings import Couplings
from allocator.methods.decompose.inheritance import Estate
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.pace import Pace
from allocator.methods.decompose.planning import Planner
from allocator.methods.decompose.prices import recall_prices
from allocator.methods.decompose.sampling import strata
from allocator.methods.decompose.start import Start
from allocator.methods.decompose.start_prices import StartPrices
from allocator.methods.decompose.whole_components import prove_components
from allocator.methods.decompose.workers import StoppedError, Workers
from allocator.methods.record import Record
from allocator.milp.model import Vector
from allocator.plan.models import Prices

_NEAR = 3e-5  # of the bound: the master is as near as it needs to be
_TOLERANCE = 1e-4  # of cards and records in the pieces: the plan is rounded and checked anyhow
_PATIENCE, _LITTLE = 2, 0.01  # proven rounds that close no more than such a part of the gap
_TURNS = 2  # of trips and slots after a proven bound
_PART = 0.02  # of what plans are above prices: as near as these need to be
_MUCH = 0.3  # of the gap: where prices may close so much of it, they are next
_FIRST_ROUNDS, _FIRST_NEAR = 8, 1e-3  # of pricing a block, and how near to its own bound
_PROOF_ROUNDS, _PROOF_NEAR = 10, 0.2  # the same for a proof, of how far the master is from the bound
_NO_GOOD = 3e-2  # of the bound: an earlier plan so far above it after a turn, or its prices below
_AHEAD, _AHEAD_RESUMED = 2e-2, 1e-3  # of the bound: how far the master may be from it before the first round
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


class Decomposition:
    """A solve that has begun: workers are busy with what needs no plan while other things are done."""

    def __init__(
        self,
        instance: Instance,
        clock: Clock,
        workers: Workers,
        backend: str,
        options: SolveOptions,
        start: Prices | None,
        search_backend: str | None,
    ) -> None:
        self._workers, self._backend, self._gap, self._start = workers, backend, options.gap or 0.0, start
        self._search_backend = search_backend
        self._pieces = SolveOptions(seed=options.seed, tolerance=_TOLERANCE, prove=False)
        self._start_prices: StartPrices | None = None
        if start is None:
            self._start_prices = StartPrices(instance, clock, workers, backend, self._pieces)
        else:
            workers.get_ready(compile_all)

    @classmethod
    @contextmanager
    def begun(
        cls,
        instance: Instance,
        clock: Clock,
        backend: str,
        options: SolveOptions,
        *,
        workers: int | None = None,
        start: Prices | None = None,
        search_backend: str | None = None,
    ) -> Iterator[Decomposition]:
        """Begin, from prices of an earlier solve if there are any; at the end nothing goes on.

        `backend` solves all pieces. If there is a `search_backend`, it does the branch and cut that takes
        long: the choice of trips where offices lend to each other, and components as whole models.
        """
        with closing(Workers(clock, workers)) as crew:
            yield cls(instance, clock, crew, backend, options, start, search_backend)

    @property
    def workers(self) -> int:
        """How many processes do the work."""
        return self._workers.count

    def solve(self, record: Record, rounds: int | None = None) -> DecomposeOutcome:
        """Price, settle and go on until the gap is closed, the time or the rounds are over, or nothing helps.

        Raises BackendError if a solver has no answer, or breaks; what was found by then is in the record.
        """
        begun = time.monotonic()
        record.enter("build")
        samples = self._start_prices.samples if self._start_prices else []
        nation = Nation.of(record.instance, strata(record.instance, samples))
        built = time.monotonic()
        engine: _Engine | None = None
        with suppress(StoppedError):
            engine = self._engine(record, nation)
            if not engine.run(rounds, self._gap, resumed=self._start is not None):
                engine = self._begun_anew(engine)
                engine.run(rounds, self._gap, resumed=False)
        found = engine.generation.best_prices if engine else np.zeros(len(nation.couplings.limit))
        return DecomposeOutcome(
            built - begun,
            time.monotonic() - built,
            nation.couplings,
            found,
            engine.rounds if engine else 0,
        )

    def _engine(self, record: Record, nation: Nation) -> _Engine:
        """At its first prices."""
        if self._start_prices is not None:
            record.enter("start prices")
            start = self._start_prices.find(record, nation)
        else:
            assert self._start is not None
            start = Start(recall_prices(record.instance, nation.couplings, self._start))
        return self._begun_at(record, nation, start)

    def _begun_at(self, record: Record, nation: Nation, start: Start) -> _Engine:
        return _Engine(
            record, nation, start, self._workers, self._backend, self._pieces, self._search_backend
        )

    def _begun_anew(self, engine: _Engine) -> _Engine:
        """At prices of samples, with the plans that are known."""
        record, nation = engine.record, engine.nation
        record.enter("start prices")
        start = StartPrices(record.instance, record.clock, self._workers, self._backend, self._pieces).find(
            record, nation
        )
        known = replace(start, estate=Estate(record.instance, engine.generation.pool))
        return self._begun_at(record, nation, known)


class _Engine:
    """The state of a solve between rounds over the whole nation."""

    def __init__(
        self,
        record: Record,
        nation: Nation,
        start: Start,
        crew: Workers,
        backend: str,
        options: SolveOptions,
        search_backend: str | None,
    ) -> None:
        self.record, self.clock, self.nation = record, record.clock, nation
        self.search_backend = search_backend
        decisions = nation.decisions(nation.formulation.embed(record.plan))
        self.generation = nation.generation(start, decisions, crew, backend, options)
        self.planner = Planner(record, record.clock, nation, self.generation, search_backend)
        self.rounds = 0
        self.planned = False

    def run(self, rounds: int | None, gap: float, *, resumed: bool) -> bool:
        """Rounds of pricing; a proven bound and plans when the master has come much nearer, and at the end.

        With so many rounds to go the clock only ends it, so that the result is the same on any machine.
        A solve that is `resumed` has an earlier plan and its prices to begin with. False where these are no
        good: the plan is far above the first bound that they give.
        """
        pace = Pace(self.clock, has_senders=self.nation.has_senders)
        record = self.record
        idle, ahead, enough = 0, _AHEAD, math.inf
        near = proven = False
        if resumed:
            with pace.measured("plan"):
                self.planner.resume(gap, None if rounds is None else _LONG)
            self.planned, ahead = True, _AHEAD_RESUMED
        while idle < _PATIENCE and (rounds is None or self.rounds < rounds) and not self.clock.over:
            self.rounds += 1
            # To prove the same prices once more brings nothing.
            ending = self.rounds == rounds if rounds is not None else pace.is_ending and not proven
            timed = ending and rounds is None
            record.enter(f"prices, round {self.rounds}")
            first = rounds is None and not self.planned and pace.allows_a_plan(ahead)
            # A plan can take all the time that is left, most of all where blanks are sent on.
            proof_first = first and (self.nation.has_senders or not pace.has_time_to_prove_later)
            exact = ending or near or proof_first
            with pace.measured("exact" if exact else "round"):
                inner, close = self._effort(ahead, exact=exact)
                standing = self.generation.step(inner, close, exact=exact)
            if exact:
                record.offer_bound(standing.bound)
            self._tell(standing)
            ahead = standing.ahead
            # Prices need be no nearer than plans are by far, at first; then much nearer than they were.
            missing = record.cost / max(1.0, standing.estimate) - 1.0 if self.planned else 0.0
            if resumed and self.rounds == 1 and missing > _NO_GOOD and not timed:
                return False
            close_enough = max(0.3 * gap, _NEAR, min(enough, _PART * missing))
            near = ahead < close_enough and (standing.strain < close_enough or ahead <= 0)
            proven = exact
            if not (exact or first):
                continue
            before = record.cost - (record.bound or 0.0)
            done = self._begin_plans(pace, gap, rounds)
            turns = math.inf if timed else _TURNS if exact else 0
            go_on = partial(self._prices_are_next, pace, ahead) if timed else None
            self.planner.improve(turns - done, gap, None if rounds is None else _LONG, go_on)
            last = ending and not (go_on and go_on())
            closed = before - (record.cost - (record.bound or 0.0))
            idle = idle + 1 if exact and closed <= _LITTLE * before else 0
            if exact:
                enough, near = 0.3 * ahead, False
            if last or (record.gap is not None and record.gap <= gap):
                break
        if idle >= _PATIENCE and rounds is None:
            self._prove_components(gap)
        return True

    def _effort(self, ahead: float, *, exact: bool) -> tuple[int, float]:
        """How often to price a block at most, and how near it gets to its own bound.

        What it misses is missing in a proof. At first blocks are far from it that were in no sample, and
        then it is they that the master tells of, not prices. Otherwise another round of it tells more.
        """
        if exact:
            return _PROOF_ROUNDS, closeness(_PROOF_NEAR * ahead)
        if self.rounds == 1:
            return _FIRST_ROUNDS, _FIRST_NEAR
        return self.nation.inner_rounds, closeness(ahead)

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
            self.search_backend or generation.backend,
            options,
        ):
            record.offer_bound(generation.raise_bound(found.block, found.component, found.least))
            if record.gap is not None and record.gap <= gap:
                break

    def _begin_plans(self, pace: Pace, gap: float, rounds: int | None) -> int:
        """A first plan, where there is none or time enough; how many turns it took besides."""
        seconds = None if rounds is None else _LONG
        turns = 0
        if rounds is not None or not self.planned or pace.has_time(2 * _TURNS):
            with pace.measured("plan"):
                self.planner.begin(seconds)
                if self.nation.has_senders:
                    turns = self.planner.improve(1, gap, seconds)
            self.planned = self.record.source == "decompose"
        return turns

    def _prices_are_next(self, pace: Pace, ahead: float) -> bool:
        """Whether prices may close much of the gap, being so far from the master, and there is time for them.

        Where blanks are sent on, turns of trips and slots bring more.
        """
        gap = self.record.gap
        much = gap is not None and ahead > _MUCH * gap and not self.nation.has_senders
        return much and pace.has_time_for_prices

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
