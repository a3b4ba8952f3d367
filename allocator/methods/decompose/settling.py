"""The best records of a block within limits of its own, once its trips are chosen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import Basis, SolveOptions
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.pieces import solve_piece
from allocator.methods.decompose.pricing import WHOLE, Plans, by_component, chosen_model
from allocator.milp.model import MilpModel, Vector
from allocator.milp.sparse import short_indices, single_entries

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Settled:
    """Decisions of a block: trips whole, records within the limits that it was given."""

    point: Vector  # (n,) the records' columns
    packs: Vector  # (E,) whole, those that offices keep
    cost: Vector  # (C,)
    use: sp.csr_array  # (resources, C)


def settled(block: Block, point: Vector, packs: Vector) -> Settled:
    """Cost and use of given decisions."""
    freight = np.where(packs > 0.5, block.fixed, 0.0) + block.price * packs
    cost = block.constant + np.bincount(
        block.column_component, block.records.objective * point, block.components
    )
    cost += np.bincount(block.trip_component, freight, block.components)
    use = by_component(block.use, point, block.column_component, block.components)
    use = use + by_component(block.trip_use, packs, block.trip_component, block.components)
    return Settled(point, packs, cost, sp.csr_array(use))


def settle(
    block: Block,
    plans: Plans,
    chosen: Indices,
    decisions: Settled,
    prices: Vector,
    limit: Vector,
    ceiling: Vector,
    backend: str,
    options: SolveOptions,
    basis: Basis | None = None,
) -> tuple[Settled | None, Basis | None]:
    """The best records at prices with the trips of decisions, which are the plans chosen, within own limits.

    `limit` (resources,) is hard where `ceiling` is inf. None if no records go with the trips. The basis
    is one to begin with next time.
    """
    model = _settling_model(block, plans, chosen, prices, limit, ceiling)
    sent = np.rint(decisions.point[block.sent])
    model.column_lower[block.sent], model.column_upper[block.sent] = sent, sent
    result = solve_piece(model, backend, options, basis)
    if result.vector is None:
        return None, basis
    return settled(block, result.vector[: block.records.shape[1]], np.rint(decisions.packs)), result.basis


def _settling_model(
    block: Block, plans: Plans, chosen: Indices, prices: Vector, limit: Vector, ceiling: Vector
) -> MilpModel:
    """Records, one plan for each office, and the block's limits."""
    base = chosen_model(block, plans, prices, chosen)
    others = base.shape[1] - block.records.shape[1] - len(plans.office)
    use = sp.csr_array(
        sp.hstack(
            [block.use, block.trip_use @ plans.packs.T / WHOLE, sp.csr_array((len(limit), others))],
            format="csr",
        )
    )
    rows = np.nonzero((np.diff(use.indptr) > 0) & np.isfinite(limit))[0]
    soft = np.nonzero(np.isfinite(ceiling[rows]))[0]
    excess = single_entries(-np.ones(len(soft)), soft, len(rows))
    matrix = short_indices(sp.block_array([[base.matrix, None], [use[rows], excess]], format="csr"))
    return MilpModel(
        name="settling",
        objective=np.concatenate([base.objective, ceiling[rows][soft]]),
        offset=0.0,
        matrix=matrix,
        row_lower=np.concatenate([base.row_lower, np.full(len(rows), -np.inf)]),
        row_upper=np.concatenate([base.row_upper, limit[rows]]),
        column_lower=np.concatenate([base.column_lower, np.zeros(len(soft))]),
        column_upper=np.concatenate([base.column_upper, np.full(len(soft), np.inf)]),
        integer=np.zeros(matrix.shape[1], dtype=np.bool_),
    )
