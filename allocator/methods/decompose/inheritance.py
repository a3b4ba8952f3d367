"""What a sample has found for its blocks, handed on to a nation that has the same blocks.

Prices and limits are others, offices and their trips are not: ways of restocking stay what they are, and a
basis of the mixture is near the next one. From there a first pricing takes a fraction of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from allocator.backends import Basis
from allocator.instance.models import Instance
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.column_generation import Pool
from allocator.methods.decompose.plans import Plans, plans_of


@dataclass(frozen=True)
class Estate:
    """What is left of a sample."""

    instance: Instance
    pool: Pool


@dataclass(frozen=True)
class Inheritance:
    """What a block begins with."""

    plans: Plans
    basis: Basis | None  # of the mixture of these plans, in their order


def inherited(estate: Estate | None, instance: Instance, blocks: Sequence[Block]) -> list[Inheritance | None]:
    """For each block of an instance what the sample has for the same offices; None where it has nothing."""
    if estate is None:
        return [None] * len(blocks)
    pool = estate.pool
    places = {_offices(estate.instance, block): k for k, block in enumerate(pool.blocks)}
    found: list[Inheritance | None] = []
    for block in blocks:
        k = places.get(_offices(instance, block))
        if k is None or not _alike(pool.blocks[k], block):
            found.append(None)
            continue
        known = pool.plans[k]
        # Links and slots of a day are others, and with them what can be printed.
        plans = plans_of(block, known.office, known.packs)
        found.append(Inheritance(plans, pool.mixtures[k].basis if pool.mixtures else None))
    return found


def _offices(instance: Instance, block: Block) -> tuple[str, ...]:
    return tuple(instance.offices[office].id for office in block.offices)


def _alike(known: Block, block: Block) -> bool:
    """Whether plans of one are plans of the other."""
    return (
        known.records.shape == block.records.shape
        and np.array_equal(known.trips.office, block.trips.office)
        and np.array_equal(known.trips.arrival, block.trips.arrival)
        and np.array_equal(known.trips.least, block.trips.least)
        and bool((known.trips.most <= block.trips.most).all())
        and bool((known.trips.room <= block.trips.room).all())
    )
