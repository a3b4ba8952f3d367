"""Plans of offices at their true cost, and packs by which their trips can be adjusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import SolveOptions
from allocator.methods.decompose.blocks import Block, apart_from_senders, sends
from allocator.methods.decompose.pricing import Mixture, Plans, card_worth, mix
from allocator.methods.decompose.restocking import arrivals, print_at_full_speed
from allocator.milp.model import Vector

Indices = NDArray[np.int64]
_LARGEST_SHARES = 3  # plans of an office whose true cost is found
_ESTIMATE = 0.01  # of an office's cost, put on top of what is only an estimate
_ADJUSTED = 0.15  # of a trip's packs, that can be left out or added


@dataclass(frozen=True)
class Variants:
    """Plans of a block's offices at given prices, and packs that can be taken off a trip or added."""

    office: Indices  # (V,)
    value: Vector  # (V,) cost plus use at prices of the component, the best records included
    use: sp.csr_array  # (resources, V) of the component; without slots
    variant: Indices  # (A,) whose trip is adjusted
    trip: Indices  # (A,)
    sign: Vector  # (A,) 1 or -1 pack at a time
    most: Vector  # (A,) packs
    change: Vector  # (A,) of the value, by each pack
    change_use: sp.csr_array  # (resources, A)


def find_variants(
    block: Block,
    plans: Plans,
    mixture: Mixture,
    shares: Vector,
    prices: Vector,
    ceiling: Vector,
    backend: str,
    options: SolveOptions,
) -> Variants:
    """All plans, those of each office with the largest shares (P,) at their true cost.

    For the others the mixture's value and the plan's reduced cost are an estimate that is too low,
    since records lose more than the duals say when a plan is all there is; a hundredth of the cost is
    put on top. Senders' stocks are at their prices, so that each office is by itself.
    """
    if sends(block):
        block = apart_from_senders(block, mixture.duals)
        mixture = mix(block, plans, prices, backend, options)
    offices = len(block.offices)
    worth = card_worth(block, mixture.duals)
    price = block.price + block.trip_use.T @ prices
    reduced = plans.cost + plans.packs @ (price - block.price)
    reduced -= (worth[plans.office] * plans.printed).sum(axis=1)
    least = np.full(offices, np.inf)
    np.minimum.at(least, plans.office, reduced)
    component = block.office_component[plans.office]
    base = mixture.value[component]
    value = base + (reduced - least[plans.office]) + _ESTIMATE * np.abs(base - block.constant[component])
    order = np.lexsort((reduced, -shares, plans.office))
    first = np.searchsorted(plans.office[order], np.arange(offices))
    last = np.append(first[1:], len(order))
    likely = np.zeros(len(value), dtype=np.bool_)
    soft = np.nonzero(np.isfinite(ceiling))[0]
    records_use = mixture.use[soft].toarray()[:, component]
    for rank in range(_LARGEST_SHARES):
        chosen = order[np.minimum(first + rank, last - 1)]
        if rank and not (shares[chosen] > 1e-6).any():
            break
        true = mix(block, plans, prices, backend, options, mixture.basis, chosen)
        value[chosen] = true.value[component[chosen]]
        records_use[:, chosen] = true.use[soft].toarray()[:, component[chosen]]
        likely[chosen] = True
    variant, trip, sign, most, change = _adjustments(block, plans, np.nonzero(likely)[0], price, worth)
    return Variants(
        office=plans.office,
        value=value,
        use=sp.csr_array(block.trip_use @ plans.packs.T + _rows(soft, records_use, len(prices))),
        variant=variant,
        trip=trip,
        sign=sign,
        most=most,
        change=change,
        change_use=sp.csr_array(block.trip_use[:, trip] @ sp.diags_array(sign, format="csr")),
    )


def _rows(rows: Indices, values: Vector, count: int) -> sp.csr_array:
    """A matrix of `count` rows that is zero but for some."""
    place = sp.csr_array((np.ones(len(rows)), (rows, np.arange(len(rows)))), shape=(count, len(rows)))
    return sp.csr_array(place @ sp.csr_array(values))


def _adjustments(
    block: Block, plans: Plans, chosen: Indices, price: Vector, worth: Vector
) -> tuple[Indices, Indices, Vector, Vector, Vector]:
    """For each trip of the plans chosen: packs left out, and packs added where there is room."""
    entries = plans.packs[chosen].tocoo()
    variant = chosen[entries.row]
    trip, amount = entries.col.astype(np.int64), entries.data
    variant, trip = np.tile(variant, 2), np.tile(trip, 2)
    sign = np.repeat([-1.0, 1.0], len(amount))
    amount = np.tile(amount, 2)
    office = plans.office[variant]
    room = np.where(
        sign < 0,
        amount - block.trips.least[trip],
        np.where(np.isinf(block.depletion.store[office]), block.trips.most[trip] - amount, 0.0),
    )
    most = np.minimum(np.ceil(_ADJUSTED * amount), room)
    kept = most > 0
    variant, trip, sign, most, office = variant[kept], trip[kept], sign[kept], most[kept], office[kept]
    arrived = arrivals(block.depletion, block.trips, plans.office[chosen], sp.csr_array(plans.packs[chosen]))
    position = np.full(len(plans.office), -1, dtype=np.int64)
    position[chosen] = np.arange(len(chosen))
    changed = arrived[position[variant]]
    changed[np.arange(len(variant)), block.trips.arrival[trip]] += sign * most * block.depletion.pack[office]
    printed = print_at_full_speed(block.depletion, office, changed)
    lost = (worth[office] * (plans.printed[variant] - printed)).sum(axis=1)
    return variant, trip, sign, most, sign * price[trip] + lost / most
