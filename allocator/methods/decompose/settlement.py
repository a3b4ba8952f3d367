"""Slots and records where they belong once trips are chosen, within all limits.

With trips given what remains is linear. The prices of slots are nearly right already, but at prices
alone most offices are as well served on one day as on another, and all take the same. So slots are
allotted to groups of blocks, which are alike enough for that, and a group's linear model deals them out.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from allocator.backends import Basis
from allocator.methods.decompose.column_generation import ColumnGeneration
from allocator.methods.decompose.couplings import Couplings
from allocator.methods.decompose.settling import Piece, Settled, settle, settle_together
from allocator.milp.model import Vector

Indices = NDArray[np.int64]
_TOGETHER, _HURRIED = 4, 2  # blocks that share what they are allotted, and where there is little time
_AMPLE = 15.0  # times what blocks take one by one: seconds left that are not little


def spread(
    generation: ColumnGeneration,
    pieces: Sequence[Piece],
    applicants: Vector,
    bases: Sequence[Basis | None],
    turn: int,
    *,
    anew: bool,
    asked: Vector | None = None,
    seconds: float = math.inf,
) -> tuple[list[Settled], list[Basis | None]]:
    """The best records of all pieces (blocks,) that keep the limits, and bases to begin with next time.

    What the decisions at hand use is allotted to groups of blocks, other groups every turn. With `anew`
    only their trips count, and it is between what blocks would use at prices and what they use in the
    master's mixture, or what is `asked` (resources, blocks) where that is known. `applicants` (blocks,) are
    how many need a slot. Groups are smaller where few `seconds` are left. Where no records are found those at
    hand stay.

    Raises StoppedError when the time is over.
    """
    prices, couplings, workers = generation.best_prices, generation.couplings, generation.workers
    begun = time.monotonic()
    found = workers.map(
        settle,
        (
            (piece, prices, generation.backend, generation.options, basis)
            for piece, basis in zip(pieces, bases, strict=True)
        ),
    )
    decisions = [piece.decisions for piece in pieces]
    size = _TOGETHER if seconds > _AMPLE * (time.monotonic() - begun) else _HURRIED
    groups = _groups(len(pieces), turn, size)
    if asked is None:
        asking = [new or old for (new, _), old in zip(found, decisions, strict=True)] if anew else decisions
        asked = np.stack([each.use.sum(axis=1) for each in asking], axis=1).astype(np.float64)
        if anew:
            asked = (asked + generation.used()) / 2.0
    limits = allot(
        couplings,
        np.stack([asked[:, group].sum(axis=1) for group in groups], axis=1),
        np.array([applicants[group].sum() for group in groups]),
    )
    settled = workers.map(
        settle_together,
        (
            (
                [pieces[k] for k in group],
                prices,
                limits[:, place],
                couplings.ceiling,
                generation.backend,
                generation.options,
                [found[k][1] for k in group],
            )
            for place, group in enumerate(groups)
        ),
    )
    for group, together in zip(groups, settled, strict=True):
        for k, own in zip(group.tolist(), together or [], strict=False):
            decisions[k] = own
    return decisions, [basis for _, basis in found]


def _groups(blocks: int, turn: int, together: int) -> list[Indices]:
    """Places of the blocks of each group: neighbours one turn, evenly far from each other the next."""
    count = -(-blocks // together)
    place = np.arange(blocks)
    group = place // together if turn % 2 else place % max(1, count)
    return [np.nonzero(group == number)[0] for number in range(count)]


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
    own[couplings.in_packs] = np.inf  # the choice of trips keeps these limits
    return own
