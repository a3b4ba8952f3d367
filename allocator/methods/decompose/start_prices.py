"""Prices to begin with, from samples of the offices, each three times as large as the one before."""

from __future__ import annotations

import logging

import numpy as np

from allocator.backends import SolveOptions
from allocator.instance.models import Instance
from allocator.methods.clock import Clock
from allocator.methods.decompose.column_generation import closeness
from allocator.methods.decompose.compiling import compile_all
from allocator.methods.decompose.couplings import Couplings, find_couplings, transfer_prices
from allocator.methods.decompose.inheritance import Estate
from allocator.methods.decompose.linear import sample_prices
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.sampling import sample_sizes, smaller_nation, strata
from allocator.methods.decompose.start import Start
from allocator.methods.decompose.workers import Workers
from allocator.methods.record import Record
from allocator.milp.formulation import formulate
from allocator.milp.model import Vector
from allocator.plan.arrays import PlanArrays

_FIRST_REACH = 0.3  # how wrong prices of a relaxation may be
_NEAR = 5e-4  # of the bound: prices of a sample are no better than that
_ROUGHLY = 5e-3  # where another sample follows and blanks are sent on: its prices are further off than that
_MOST_ROUNDS = 15
_PHASES = (0.1, 0.5, 0.9)  # of the samples whose relaxations are solved
_SHARE, _WITH_SENDERS = 0.38, 0.42  # of the time there is; where blanks are sent on, in larger blocks
_ENOUGH = 10.0  # seconds, to begin before policies are tried
_LOG = logging.getLogger(__name__)


class StartPrices:
    """Samples of an instance; if it is large, workers begin with the linear relaxations of the smallest."""

    def __init__(
        self,
        instance: Instance,
        clock: Clock,
        workers: Workers,
        backend: str,
        options: SolveOptions,
    ) -> None:
        self._workers, self._backend, self._options = workers, backend, options
        self._begun = clock.seconds
        first, *sizes = sample_sizes(len(instance.offices), instance.days)
        # Instances of their own: they are sent off while this process goes on with that of the nation.
        drawn = [smaller_nation(instance, first, phase) for phase in _PHASES]
        self._tasks = [(sample, backend, options) for sample in drawn]
        # Otherwise it may be over before they are needed: a thread of joblib's executor ends with an error
        # where tasks are given up that have only just begun.
        early = len(sizes) > 0 and clock.remaining > _ENOUGH
        self._drawn = workers.begin(_relaxation_prices, self._tasks) if early else None
        self.samples = [smaller_nation(instance, size) for size in sizes]

    def find(self, record: Record, nation: Nation) -> Start:
        """Prices for the nation, from the last sample if there is any.

        Raises StoppedError when the time is over, BackendError if a solver has no answer.
        """
        start = self._from_relaxations(nation)
        for sample in self.samples:
            start = self._refined(start, sample, record, nation.couplings)
        return start

    def _from_relaxations(self, nation: Nation) -> Start:
        """Prices of the nation from those of the smallest samples, which are what else they may be."""
        drawn = self._workers.finish(self._drawn or self._workers.begin(_relaxation_prices, self._tasks))
        trials = [transfer_prices(prices, couplings, nation.couplings) for prices, couplings in drawn]
        # A slot's price is one of a few whole steps, which a small sample can miss: the median seldom does.
        return Start(np.median(trials, axis=0), _FIRST_REACH, trials)

    def _refined(self, start: Start, sample: Instance, record: Record, couplings: Couplings) -> Start:
        """What rounds on a sample make of prices of the nation's `couplings`."""
        clock = record.clock
        smaller = Nation.of(sample, strata(sample, self.samples))
        nothing = smaller.decisions(smaller.formulation.embed(PlanArrays.empty(sample)))
        own = start.transferred(couplings, smaller.couplings)
        record.enter(f"start prices, {len(sample.offices)} offices")
        generation = smaller.generation(own, nothing, self._workers, self._backend, self._options)
        near = _ROUGHLY if smaller.has_senders and sample is not self.samples[-1] else _NEAR
        share = _WITH_SENDERS if smaller.has_senders else _SHARE
        latest = self._begun + share * (clock.limit - self._begun)
        ahead = 2e-2
        for number in range(_MOST_ROUNDS):
            record.enter(f"start prices, {len(sample.offices)} offices, round {number + 1}")
            standing = generation.step(smaller.inner_rounds, closeness(ahead))
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
            if max(ahead, standing.strain) < near or clock.seconds > latest:
                break
        prices = transfer_prices(generation.best_prices, smaller.couplings, couplings)
        return Start(prices, estate=Estate(sample, generation.pool))


def _relaxation_prices(sample: Instance, backend: str, options: SolveOptions) -> tuple[Vector, Couplings]:
    """(resources,) prices of a sample, and what they are of; this process is then ready for the search."""
    formulation = formulate(sample)
    couplings = find_couplings(formulation)
    prices = sample_prices(formulation, couplings, backend, options)
    compile_all()
    return prices, couplings
