"""Ways of restocking the offices of a block: packs kept, what is printed from them, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.printing import full_speed
from allocator.methods.decompose.restocking import Savings, restock
from allocator.milp.model import Vector

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Plans:
    """Ways of restocking found so far for the offices of a block (P,)."""

    office: Indices  # (P,)
    packs: sp.csr_array  # (P, E) those that the office keeps
    printed: Vector  # (P, T) R at full speed
    cost: Vector  # (P,) freight, and the idle cost of what it brings

    def joined(self, other: Plans) -> Plans:
        return Plans(
            np.concatenate([self.office, other.office]),
            sp.csr_array(sp.vstack([self.packs, other.packs], format="csr")),
            np.concatenate([self.printed, other.printed]),
            np.concatenate([self.cost, other.cost]),
        )

    def packs_of(self, chosen: Indices) -> Vector:
        """(E,) packs of plans chosen, one for each office."""
        return np.asarray(self.packs[chosen].sum(axis=0), dtype=np.float64)

    def some(self, chosen: Indices) -> Plans:
        """Those chosen, in their order."""
        return Plans(self.office[chosen], self.packs[chosen], self.printed[chosen], self.cost[chosen])


def plans_of(block: Block, office: Indices, packs: sp.csr_array) -> Plans:
    """Plans of offices (P,) that keep packs (P, E) and print at full speed."""
    printed = full_speed(block.depletion, block.trips, office, packs)
    return Plans(office, packs, printed, trips_made(packs) @ block.fixed + packs @ block.price)


def trips_made(packs: sp.csr_array) -> sp.csr_array:
    """(P, E) 1 for trips that bring packs (P, E)."""
    made = (packs.data > 0.5).astype(np.float64)
    return sp.csr_array((made, packs.indices, packs.indptr), shape=packs.shape)


def beyond(packs: sp.csr_array, usual: Vector) -> sp.csr_array:
    """(P, E) of packs (P, E) those beyond the usual load (E,) of a trip."""
    more = np.maximum(packs.data - usual[packs.indices], 0.0)
    return sp.csr_array((more, packs.indices, packs.indptr), shape=packs.shape)


def one_plan_each(block: Block, packs: Vector) -> Plans:
    """For each office a plan: to keep the packs given (E,)."""
    offices = np.arange(len(block.offices))
    used = np.nonzero(packs)[0]
    matrix = sp.csr_array(
        (packs[used].astype(np.float64), (block.trips.office[used], used)),
        shape=(len(offices), len(block.trips.office)),
    )
    return plans_of(block, offices, matrix)


def first_plans(block: Block, prices: Vector) -> Plans:
    """For each office: nothing kept, and the best trips if every card had its full worth."""
    price = np.maximum(block.price + block.trip_use.T @ prices, 0.0)
    worth = Savings.steady(block.full_worth)
    best = restock(block.depletion, block.trips, block.fixed, price, worth, exact=False)
    return one_plan_each(block, np.zeros(len(block.trips.office))).joined(
        plans_of(block, best.office, best.packs)
    )
