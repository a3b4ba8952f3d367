"""Plans of the whole nation from its prices: trips with slots fixed and slots with trips fixed, in turn."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable

import numpy as np

from allocator.backends import Basis
from allocator.methods.clock import Clock
from allocator.methods.decompose.column_generation import ColumnGeneration
from allocator.methods.decompose.first_trips import first_trips
from allocator.methods.decompose.mixtures import basis_of_mixture
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.plans import one_plan_each, plans_of
from allocator.methods.decompose.resupply import Resupply
from allocator.methods.decompose.settlement import spread
from allocator.methods.decompose.settling import Piece
from allocator.methods.record import Record
from allocator.methods.rounding import round_plan
from allocator.milp.model import Vector
from allocator.plan.arrays import PlanArrays

_PRICE_ROUNDS = 3  # for trips
_CHOICE_SHARE = 0.15  # of the time left
_LEAST_CHOICE_SECONDS = 2.0
_CHOICE_SECONDS = 1e-4  # for the choice per office and day, but no more than its share
_PATIENCE = 2  # turns without a better plan
_BETTER = 1e-6  # of the cost: less is nothing
_LOG = logging.getLogger(__name__)


class Planner:
    """Makes plans for a record, from what column generation has found."""

    def __init__(
        self,
        record: Record,
        clock: Clock,
        nation: Nation,
        generation: ColumnGeneration,
        search_backend: str | None = None,
    ) -> None:
        self.record, self.clock, self.nation, self.generation = record, clock, nation, generation
        self.resupply = Resupply(
            nation.formulation,
            nation.couplings,
            nation.blocks,
            generation.workers,
            generation.backend,
            generation.options,
            search_backend,
        )
        arrays = record.instance.arrays
        needing = arrays.ingestible[:, :, -1].sum(axis=1).astype(np.float64)
        self.applicants = np.array([needing[block.offices].sum() for block in nation.blocks])
        self.plan = record.plan
        self.bases: list[Basis | None] = [None] * len(nation.blocks)  # of records with trips chosen
        self.settlements = 0

    def begin(self, seconds: float | None) -> None:
        """A first plan: trips chosen at prices of slots; with senders those of now, and slots of the mixture.

        The choice takes so many seconds at most, by default a share of those left. Raises StoppedError
        when the time is over, BackendError if a solver has no answer.
        """
        nation, generation, mixtures = self.nation, self.generation, self.generation.pool.mixtures
        self.record.enter("slots")
        used = [mixture.used(plans) for mixture, plans in zip(mixtures, generation.pool.plans, strict=True)]
        self.resupply.learn(used)
        vector = nation.formulation.embed(self.record.plan)
        first = None
        if not nation.has_senders:
            first = first_trips(
                generation, vector, seconds or self._choice_seconds, self._seconds_left(seconds)
            )
        if first is None:
            self._offer(self._with_slots_of_the_mixture())
            return
        self.bases = first.bases
        for block, packs in zip(nation.blocks, first.packs, strict=True):
            block.write(vector, block.read(vector)[0], packs)
        left = self._seconds_left(seconds)
        self._offer(self._spread(vector, left, anew=True, asked=first.asked))

    def resume(self, gap: float, seconds: float | None) -> None:
        """A turn from an earlier plan, before prices: slots hardly change with the instance, trips may all.

        The trips say what packs are worth, far better than their prices of before, and pricing goes on from
        what both have found. The choice of trips takes so many seconds at most, by default a share of those
        left. Raises StoppedError when the time is over, BackendError if a solver has no answer.
        """
        generation, resupply = self.generation, self.resupply
        if not self.improve(1, gap, seconds):
            return
        assert resupply.prices is not None
        blocks, plans = generation.pool.blocks, generation.pool.plans
        generation.begin_again(
            np.where(generation.couplings.in_packs, resupply.prices, generation.best_prices),
            [
                plans_of(block, own.office, own.packs)
                for block, own in zip(blocks, resupply.known, strict=True)
            ],
            [
                basis_of_mixture(block, basis, len(own.office) - len(block.offices))
                for block, own, basis in zip(blocks, plans, self.bases, strict=True)
            ],
        )

    def improve(
        self, turns: float, gap: float, seconds: float | None, enough: Callable[[], bool] | None = None
    ) -> int:
        """So many turns at most, until the gap is reached, plans get no better or it is `enough` after one.

        How many it took. The first turn after new prices or a first plan brings by far the most.
        """
        record, clock, generation = self.record, self.clock, self.generation
        idle = done = 0
        while done < turns and idle < _PATIENCE and not clock.over:
            reached = record.gap is not None and record.gap <= gap
            if reached or (done and enough and enough()):
                break
            done += 1
            before = record.cost
            record.enter("trips")
            self._offer(
                self.resupply.improve(
                    self.plan,
                    generation.best_prices,
                    self._duals(),
                    _PRICE_ROUNDS,
                    seconds or self._choice_seconds,
                    self._seconds_left(seconds),
                )
            )
            if record.gap is not None and record.gap <= gap:
                break
            record.enter("slots")
            vector = self.nation.formulation.embed(self.plan)
            self._offer(self._spread(vector, self._seconds_left(seconds), anew=False))
            self.plan = record.plan
            idle = idle + 1 if record.cost > (1.0 - _BETTER) * before else 0
        return done

    def _duals(self) -> list[Vector]:
        """(rows,) of each block's records: those of the mixtures, 0 before there are any."""
        pool = self.generation.pool
        if not pool.mixtures:
            return [np.zeros(block.records.shape[0]) for block in pool.blocks]
        return [mixture.duals for mixture in pool.mixtures]

    def _with_slots_of_the_mixture(self) -> PlanArrays:
        """Slots of the master's mixture, the best plan's trips, and whatever can be printed."""
        formulation, instance = self.nation.formulation, self.record.instance
        vector = formulation.embed(self.record.plan)
        for block, ingested in zip(self.nation.blocks, self.generation.ingested(), strict=True):
            vector[block.columns[block.ingest]] = ingested
        return round_plan(instance, formulation.extract(vector).printing_all(instance))

    @property
    def _choice_seconds(self) -> float:
        instance = self.record.instance
        enough = _CHOICE_SECONDS * len(instance.offices) * instance.days
        remaining = self.clock.remaining
        return max(min(_LEAST_CHOICE_SECONDS, remaining), min(enough, _CHOICE_SHARE * remaining))

    def _seconds_left(self, seconds: float | None) -> float:
        """Those of the clock, or any number where time does not count: where a choice has its own."""
        return self.clock.remaining if seconds is None else math.inf

    def _offer(self, plan: PlanArrays) -> None:
        cost = self.record.offer_plan(plan, "decompose")
        self.plan = plan
        _LOG.debug("%.1f s, %s: %.8g, gap %s", self.clock.seconds, self.record.phase, cost, self.record.gap)

    def _spread(
        self, vector: Vector, seconds: float, *, anew: bool, asked: Vector | None = None
    ) -> PlanArrays:
        """Slots and records where they belong with the trips of a vector, with so many seconds left."""
        pool = self.generation.pool
        pieces = []
        for k, (block, own) in enumerate(zip(pool.blocks, self.nation.decisions(vector), strict=True)):
            plans = one_plan_each(block, np.rint(own.packs))
            pool.plans[k] = pool.plans[k].joined(plans)
            pieces.append(Piece(block, plans, own))
        decisions, self.bases = spread(
            self.generation,
            pieces,
            self.applicants,
            self.bases,
            self.settlements,
            anew=anew,
            asked=asked,
            seconds=seconds,
        )
        self.settlements += 1
        self.generation.add_decisions(decisions)
        vector = self.nation.vector(decisions)
        return round_plan(self.record.instance, self.nation.formulation.extract(vector))
