"""Plans of a block that are of no use any more are forgotten: models are smaller without them.

What is found for the prices of one round is seldom of use ten rounds later, and is found again if it is.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from allocator.backends import Basis, BasisStatus
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.mixtures import Mixture
from allocator.methods.decompose.plans import Plans

Indices = NDArray[np.int64]
_ROUNDS = 4  # without use, after which a plan is forgotten


def of_use(block: Block, plans: Plans, mixture: Mixture) -> NDArray[np.bool_]:
    """(P,) which plans have a share in the mixture, are basic in it or were found since.

    And those that bring nothing: to do without trips must remain a choice.
    """
    used: NDArray[np.bool_] = np.diff(plans.packs.indptr) == 0
    mixed = len(mixture.shares)
    used[mixed:] = True
    used[:mixed] |= mixture.shares > 0.0
    if mixture.basis is not None:
        first = block.records.shape[1]
        used[:mixed] |= mixture.basis.columns[first : first + mixed] == BasisStatus.BASIC
    return used


def remembered(last: Indices, used: NDArray[np.bool_], now: int) -> tuple[Indices, Indices]:
    """(kept,) places of the plans (P,) to keep, and the round in which each of these was last of use.

    `last` (P or fewer,) is that of plans that are not new.
    """
    since = np.full(len(used), now)
    since[: len(last)] = last
    since[used] = now
    kept = np.nonzero(now - since < _ROUNDS)[0]
    return kept, since[kept]


def without_forgotten(block: Block, mixture: Mixture, kept: Indices) -> Mixture:
    """The mixture, with the plans at the places kept only: those forgotten have no share in it."""
    mixed = len(mixture.shares)
    kept = kept[kept < mixed]
    basis = mixture.basis
    if basis is not None:
        first = block.records.shape[1]
        columns = np.concatenate(
            [np.arange(first), first + kept, np.arange(first + mixed, len(basis.columns))]
        )
        point = None if basis.point is None else basis.point[columns]
        basis = Basis(basis.columns[columns], basis.rows, point)
    return replace(mixture, shares=mixture.shares[kept], basis=basis)
