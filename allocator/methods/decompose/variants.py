"""Plans of offices at their true cost, for the choice of one for each."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import SolveOptions
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.choice import Option
from allocator.methods.decompose.pricing import Mixture, Plans, card_worth, mix
from allocator.methods.decompose.senders import senders_alone
from allocator.milp.model import Vector
from allocator.milp.sparse import single_entries

Indices = NDArray[np.int64]
_LARGEST_SHARES = 3  # plans of an office whose true cost is found
_ESTIMATE = 0.01  # of an office's cost, put on top of what is only an estimate


def find_variants(
    block: Block,
    plans: Plans,
    mixture: Mixture,
    shares: Vector,
    prices: Vector,
    ceiling: Vector,
    backend: str,
    options: SolveOptions,
) -> Option:
    """All plans, those of each office with the largest shares (P,) at their true cost, slots at prices.

    For the others the mixture's value and the plan's reduced cost are an estimate that is too low,
    since records lose more than the duals say when a plan is all there is; a hundredth of the cost is
    put on top. For blocks without senders, in which each office is by itself.
    """
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
    soft = np.nonzero(np.isfinite(ceiling))[0]
    records_use = mixture.use[soft].toarray()[:, component]
    for rank in range(_LARGEST_SHARES):
        chosen = order[np.minimum(first + rank, last - 1)]
        if rank and not (shares[chosen] > 1e-6).any():
            break
        true = mix(block, plans, prices, backend, options, mixture.basis, chosen)
        value[chosen] = true.value[component[chosen]]
        records_use[:, chosen] = true.use[soft].toarray()[:, component[chosen]]
    use = sp.csr_array(block.trip_use @ plans.packs.T + _rows(soft, records_use, len(prices)))
    return Option(
        office=plans.office,
        value=value - use.T @ prices,
        use=use,
        of_senders=sp.csr_array((0, len(plans.office))),
        senders=senders_alone(block, np.zeros(len(mixture.point), dtype=np.bool_), mixture.point),
    )


def _rows(rows: Indices, values: Vector, count: int) -> sp.csr_array:
    """A matrix of `count` rows that is zero but for some."""
    return sp.csr_array(single_entries(np.ones(len(rows)), rows, count) @ sp.csr_array(values))
