"""Whole plans: one of each office of a block, with its best records at prices, at what it truly costs.

Plans of a mixture complete each other, and are dear alone. The label search finds plans at the mixture's
duals, which are those of no single plan; so several are looked at, and others at duals a little nearer to
those of the plans just found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import Basis, SolveOptions
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.mixtures import Mixture, mix, waiting_basis
from allocator.methods.decompose.plans import Plans, plans_of
from allocator.methods.decompose.pricing import charge, savings
from allocator.milp.model import Vector

Indices = NDArray[np.int64]
STEP = 0.1  # of the way from the mixture's duals to those of plans chosen
_LOOKS, _ANSWERS = 2, 2  # plans of each office looked at, at either duals


@dataclass(frozen=True)
class WholePlans:
    """A plan for each office of a block without senders, and its records."""

    plans: Plans  # (J,)
    cost: Vector  # (J,)
    use: sp.csr_array  # (resources, J)


@dataclass(frozen=True)
class Found:
    """What was looked at, and where to begin the next time."""

    looks: list[WholePlans]
    basis: Basis | None  # of the mixture
    own: Basis | None  # of records with one plan for each office


def whole(block: Block, plans: Plans, mixture: Mixture) -> WholePlans:
    """The plans (J,) of the offices, nothing else of which is in the mixture."""
    component = block.office_component
    use = sp.csr_array(sp.csc_array(mixture.use)[:, component])
    return WholePlans(plans, mixture.cost[component], use)


def as_whole(block: Block, plans: Plans, prices: Vector, backend: str, options: SolveOptions) -> WholePlans:
    """The plans given (J,), one of each office, with their best records at prices (resources,).

    Raises BackendError if the solver has no answer.
    """
    offices = np.arange(len(block.offices))
    return whole(
        block, plans, mix(block, plans, prices, backend, options, waiting_basis(block, plans), offices)
    )


def find_whole_plans(
    block: Block,
    plans: Plans,
    prices: Vector,
    backend: str,
    options: SolveOptions,
    basis: Basis | None,
    own: Basis | None,
) -> Found:
    """Plans that are good alone at prices (resources,), from those known and the bases of before.

    Raises BackendError if the solver has no answer.
    """
    offices = np.arange(len(block.offices))
    mixture = mix(block, plans, prices, backend, options, basis)
    duals, looks = mixture.duals, []
    for _ in range(_LOOKS):
        found = charge(block, prices, duals).restock(block, savings(block, prices, duals), exact=False)
        first = np.searchsorted(found.office, offices)
        end = np.searchsorted(found.office, offices, side="right")
        for answer in range(_ANSWERS):
            those = plans_of(block, offices, found.packs[np.minimum(first + answer, end - 1)])
            start = own or waiting_basis(block, those)
            true = mix(block, those, prices, backend, options, start, offices)
            own = true.basis
            looks.append(whole(block, those, true))
            if answer == 0:
                duals = mixture.duals + STEP * (true.duals - mixture.duals)
    return Found(looks, mixture.basis, own)
