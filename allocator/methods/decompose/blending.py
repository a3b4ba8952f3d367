"""Whole plans between those that the relaxation of a choice mixes, for offices that draw on others' stocks.

At the duals of a relaxation one source is the cheapest, and the best plans of an office take all that they
need from one or another. Where none of these has as much, the relaxation mixes such plans, and no choice
of one of them is any good: it takes a plan with a part from each.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.plans import Plans, plans_of
from allocator.milp.model import Vector

_SHARE = 1e-3  # of a plan in the mixture: less is nothing


def blended(block: Block, plans: Plans, shares: Vector) -> Plans:
    """The plans, and for each office with several that have `shares` (P,) two with their mean loads.

    In one of these the load of each trip is rounded, in the other what has been carried up to each trip,
    by which the total is kept.
    """
    some = shares > _SHARE
    offices, loads = [], []
    for office in np.nonzero(np.bincount(plans.office[some], minlength=len(block.offices)) > 1)[0].tolist():
        mixed = np.nonzero(some & (plans.office == office))[0]
        mean = (shares[mixed] @ plans.packs[mixed]) / shares[mixed].sum()
        for whole in (np.rint(mean), np.diff(np.rint(mean.cumsum()), prepend=0.0)):
            load = np.minimum(whole, block.trips.most)
            load[load < block.trips.least] = 0.0
            offices.append(office)
            loads.append(load)
    if not offices:
        return plans
    return plans.joined(plans_of(block, np.array(offices), sp.csr_array(np.stack(loads))))
