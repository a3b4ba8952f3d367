"""A valid plan of the whole country from priced blocks: trips, then slots, then the records within them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import BackendError, Basis, SolveOptions
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.choice import Choice, Option, choose_trips, options_of
from allocator.methods.decompose.column_generation import ColumnGeneration
from allocator.methods.decompose.couplings import Couplings
from allocator.methods.decompose.master import Grouping, Master
from allocator.methods.decompose.pricing import Mixture, Plans, mix, one_plan_each
from allocator.methods.decompose.senders import sends
from allocator.methods.decompose.settling import Settled, settle, settled
from allocator.methods.decompose.stabilisation import Box
from allocator.methods.decompose.variants import find_variants
from allocator.milp.model import Vector

Indices = NDArray[np.int64]
_DEARER = 0.005  # by so much slots cost more than their price when it is asked who needs them
_REFINEMENTS, _REACH = 3, 0.05  # rounds for the slots once trips are chosen, and how far prices may go
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
    pool, couplings, workers = generation.pool, generation.couplings, generation.workers
    backend, options, prices = generation.backend, generation.options, generation.best_prices
    blocks = pool.blocks
    bases = [mixture.basis for mixture in pool.mixtures]
    choices = _choose(generation, incumbent, replace(options, gap=_GAP, time_limit=seconds))
    if choices is None:
        return [None] * len(blocks)
    chosen = []
    for k, choice in enumerate(choices):
        own = one_plan_each(blocks[k], np.rint(choice.packs))
        chosen.append(len(pool.plans[k].office) + np.arange(len(own.office)))
        pool.plans[k] = pool.plans[k].joined(own)
    slots = np.isin(couplings.kind, ["quota", "storage"])
    dear = np.where(slots, (1 + _DEARER) * prices, prices)
    mixtures = workers.map(
        mix,
        ((blocks[k], pool.plans[k], dear, backend, options, bases[k], chosen[k]) for k in range(len(blocks))),
    )
    needs = np.stack([np.asarray(mixture.use.sum(axis=1)).ravel() for mixture in mixtures], axis=1)
    allotted = allot(couplings, needs.astype(np.float64), applicants)
    nothing = np.zeros(len(prices))
    results = _settle_all(generation, chosen, choices, nothing, allotted, [each.basis for each in mixtures])
    first = [each for each in results if each is not None]
    if len(first) < len(results):
        return results
    return list(_refine(generation, chosen, choices, first, [each.basis for each in mixtures]))


def _settle_all(
    generation: ColumnGeneration,
    chosen: list[Indices],
    choices: list[Choice],
    prices: Vector,
    limits: Vector,
    bases: list[Basis | None],
) -> list[Settled | None]:
    """The best records of every block at prices, within (resources, blocks) limits."""
    pool = generation.pool
    return generation.workers.map(
        settle,
        (
            (
                pool.blocks[k],
                pool.plans[k],
                chosen[k],
                choices[k],
                prices,
                limits[:, k],
                generation.couplings.ceiling,
                generation.backend,
                generation.options,
                bases[k],
            )
            for k in range(len(pool.blocks))
        ),
    )


def _refine(
    generation: ColumnGeneration,
    chosen: list[Indices],
    choices: list[Choice],
    first: list[Settled],
    bases: list[Basis | None],
) -> list[Settled]:
    """Better records for the same trips: slots go where prices say, and mixtures keep the limits.

    With trips given what remains is linear, so that a mixture of decisions is a decision. Column
    generation again, from the first decisions on, which keep all limits.
    """
    blocks, couplings = generation.pool.blocks, generation.couplings
    grouping = Grouping.of([block.components for block in blocks])
    master = Master(
        couplings.limit, couplings.ceiling, grouping.groups, generation.backend, generation.options
    )
    columns: list[list[Settled]] = [first]
    master.add(*_column(grouping, first))
    prices = generation.best_prices
    box = Box.around(couplings, prices, _REACH)
    unlimited = np.full((len(prices), len(blocks)), np.inf)
    for _ in range(_REFINEMENTS):
        found = _settle_all(generation, chosen, choices, prices, unlimited, bases)
        more = [new or old for new, old in zip(found, first, strict=True)]
        columns.append(more)
        master.add(*_column(grouping, more))
        prices = master.solve(generation.best_prices, box).prices
    try:
        shares = master.solve(prices).shares
    except BackendError:
        # The first decisions overstep a limit by a rounding error, so that no mixture keeps it: they stay.
        return first
    result = []
    for k, block in enumerate(blocks):
        part = grouping.of_block(shares, k, block.column_component)
        point = sum(part[c] * column[k].point for c, column in enumerate(columns))
        result.append(settled(block, np.asarray(point), first[k].packs))
    return result


def _column(grouping: Grouping, decisions: list[Settled]) -> tuple[Vector, sp.csr_array]:
    return grouping.column([each.cost for each in decisions], [each.use for each in decisions])


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
