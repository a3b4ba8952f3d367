"""The first trips of a nation without senders: one plan for each office, chosen at what plans truly cost."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from allocator.backends import Basis
from allocator.methods.decompose.choice import choose
from allocator.methods.decompose.column_generation import ColumnGeneration
from allocator.methods.decompose.plans import one_plan_each
from allocator.methods.decompose.programme import Choice, Programme
from allocator.methods.decompose.variants import Variants, find_variants
from allocator.methods.decompose.whole_choice import WholeChoice
from allocator.methods.decompose.whole_plans import as_whole
from allocator.milp.model import Vector

_CHOICE_GAP = 1e-6
_MOST_OFFICES = 2000  # of which whole plans are looked for: their master has a row for each
_DEARER = 4e-3  # of the bound: what whole plans cost more than mixtures where it is worth looking for others
_ROUNDS, _NEAR = 5, 1e-4  # of looking, and how near the master of whole plans needs to be
_SHARE = 0.4  # of the time left, for these rounds


@dataclass(frozen=True)
class FirstTrips:
    """What all blocks begin with."""

    packs: list[Vector]  # (E,) of each block
    asked: Vector | None  # (resources, blocks) what they ask for, where that is known
    bases: list[Basis | None]  # of each block's records with these trips


def first_trips(
    generation: ColumnGeneration, vector: Vector, seconds: float, left: float
) -> FirstTrips | None:
    """A plan for each office, no dearer than the one in a `vector` of the model; None without any.

    Usually of the plans that are known, those with large shares and some more at their true cost, with slots
    at their prices. But where plans that are whole are much dearer than mixtures, of whole plans, with slots
    within their limits as well. The choice takes so many `seconds` at most, of those `left`.

    Raises StoppedError when the time is over, BackendError if a solver has no answer.
    """
    pool = generation.pool
    now = []
    for k, block in enumerate(pool.blocks):
        pool.plans[k] = pool.plans[k].joined(one_plan_each(block, block.read(vector)[1]))
        plans = len(pool.plans[k].office) - len(block.offices) + np.arange(len(block.offices))
        now.append(Choice(plans, np.zeros(0)))
    shares = generation.plan_shares()
    found = generation.workers.map(
        find_variants,
        (
            (
                block,
                pool.plans[k],
                pool.mixtures[k],
                shares[k],
                generation.best_prices,
                generation.couplings.ceiling,
                generation.backend,
                generation.options,
            )
            for k, block in enumerate(pool.blocks)
        ),
    )
    if sum(len(block.offices) for block in pool.blocks) <= _MOST_OFFICES:
        whole = WholeChoice(generation, [each.looks for each in found])
        if whole.estimate > (1.0 + _DEARER) * generation.best_estimate:
            return _of_whole_plans(generation, whole, now, left, [each.basis for each in found])
    return _of_known_plans(generation, found, now, seconds)


def _of_known_plans(
    generation: ColumnGeneration, found: list[Variants], now: list[Choice], seconds: float
) -> FirstTrips | None:
    pool, couplings = generation.pool, generation.couplings
    pool.plans = [each.plans for each in found]
    programme = Programme([each.option for each in found], couplings.limit, couplings.ceiling)
    options = replace(generation.options, gap=_CHOICE_GAP, time_limit=seconds)
    chosen = choose(programme, now, generation.backend, options)
    if chosen is None:
        return None
    packs = [plans.packs_of(own.plans) for plans, own in zip(pool.plans, chosen, strict=True)]
    return FirstTrips(packs, None, [each.basis for each in found])


def _of_whole_plans(
    generation: ColumnGeneration,
    whole: WholeChoice,
    now: list[Choice],
    left: float,
    bases: list[Basis | None],
) -> FirstTrips:
    """After some rounds, fewer where they would take too much of the seconds `left`."""
    begun = time.monotonic()
    for done in range(1, 1 + _ROUNDS):
        whole.step()
        spent = time.monotonic() - begun
        if whole.ahead < _NEAR or spent * (done + 1) / done > _SHARE * left:
            break
    pool = generation.pool
    known = generation.workers.map(
        as_whole,
        (
            (block, plans.some(own.plans), generation.best_prices, generation.backend, generation.options)
            for block, plans, own in zip(pool.blocks, pool.plans, now, strict=True)
        ),
    )
    chosen = whole.choose(known)
    asked = np.stack([each.use for each in chosen], axis=1)
    return FirstTrips([each.packs for each in chosen], asked, bases)
