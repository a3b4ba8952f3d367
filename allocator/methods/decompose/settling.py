"""The best records of blocks once their trips are chosen: of one at prices, of some within limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from allocator.backends import Basis, SolveOptions
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.mixtures import WHOLE, by_component, chosen_model, waiting_basis
from allocator.methods.decompose.pieces import solve_piece
from allocator.methods.decompose.plans import Plans
from allocator.milp.model import MilpModel, Vector
from allocator.milp.sparse import short_indices, single_entries


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


@dataclass(frozen=True)
class Piece:
    """A block whose trips are chosen."""

    block: Block
    plans: Plans  # one of each office
    decisions: Settled  # those at hand, with these trips


def settle(
    piece: Piece, prices: Vector, backend: str, options: SolveOptions, basis: Basis | None = None
) -> tuple[Settled | None, Basis | None]:
    """The best records at prices with the trips of a piece, and a basis to begin with next time.

    The basis may be one of other trips; without any, everybody waits at first. None if no records go with
    the trips.
    """
    model = _model(piece, prices)
    rows, columns = model.shape
    basis = basis or waiting_basis(piece.block, piece.plans)
    basis = Basis(basis.columns[:columns], basis.rows[:rows])
    result = solve_piece(model, backend, options, basis)
    if result.vector is None:
        return None, basis
    return _settled(piece, result.vector), result.basis


def settle_together(
    pieces: Sequence[Piece],
    prices: Vector,
    limit: Vector,
    ceiling: Vector,
    backend: str,
    options: SolveOptions,
    bases: Sequence[Basis | None],
) -> list[Settled] | None:
    """The best records of pieces within limits (resources,), which are hard where `ceiling` is inf.

    `bases` are those of the pieces settled at `prices`: with these on top of costs they only lack the
    limits, which the dual simplex method mends; from there the primal one goes on at costs alone.
    None if no records go with the trips and limits.
    """
    models = [_model(piece, prices) for piece in pieces]
    charged, soft = _within(pieces, models, prices, limit, ceiling)
    result = solve_piece(charged, backend, options, _joined(bases))
    if result.vector is None:
        return None
    at_cost = [_at_cost(piece, model) for piece, model in zip(pieces, models, strict=True)]
    model = replace(charged, name="settling", objective=np.concatenate([*at_cost, soft]))
    result = solve_piece(model, backend, options, result.basis)
    if result.vector is None:
        return None
    ends = np.cumsum([model.shape[1] for model in models])
    parts = np.split(result.vector, ends)
    return [_settled(piece, part) for piece, part in zip(pieces, parts, strict=False)]


def _model(piece: Piece, prices: Vector) -> MilpModel:
    """Records at prices, and the trips that are chosen."""
    block = piece.block
    model = chosen_model(block, piece.plans, prices, np.arange(len(piece.plans.office)))
    sent = np.rint(piece.decisions.point[block.sent])
    model.column_lower[block.sent], model.column_upper[block.sent] = sent, sent
    return model


def _settled(piece: Piece, vector: Vector) -> Settled:
    block = piece.block
    return settled(block, vector[: block.records.shape[1]], np.rint(piece.decisions.packs))


def _at_cost(piece: Piece, model: MilpModel) -> Vector:
    """The objective of a piece's model without prices."""
    block, plans = piece.block, piece.plans
    objective = model.objective.copy()
    records, count = block.records.shape[1], len(plans.office)
    objective[:records] = block.records.objective
    objective[records : records + count] = plans.cost / WHOLE
    return objective


def _within(
    pieces: Sequence[Piece], models: Sequence[MilpModel], prices: Vector, limit: Vector, ceiling: Vector
) -> tuple[MilpModel, Vector]:
    """Pieces side by side within limits, at prices, and what it costs to exceed those that are soft."""
    use = sp.csr_array(sp.hstack([_use(*each) for each in zip(pieces, models, strict=True)], format="csr"))
    rows = np.nonzero((np.diff(use.indptr) > 0) & np.isfinite(limit))[0]
    soft = rows[np.isfinite(ceiling[rows])]
    excess = single_entries(-np.ones(len(soft)), np.searchsorted(rows, soft), len(rows))
    blocks = sp.block_diag([model.matrix for model in models], format="csr")
    matrix = short_indices(sp.block_array([[blocks, None], [use[rows], excess]], format="csr"))
    return MilpModel(
        name="settling at prices",
        objective=np.concatenate(
            [*(model.objective for model in models), np.maximum(ceiling[soft] - prices[soft], 0.0)]
        ),
        offset=0.0,
        matrix=matrix,
        row_lower=np.concatenate([*(model.row_lower for model in models), np.full(len(rows), -np.inf)]),
        row_upper=np.concatenate([*(model.row_upper for model in models), limit[rows]]),
        column_lower=np.concatenate([*(model.column_lower for model in models), np.zeros(len(soft))]),
        column_upper=np.concatenate([*(model.column_upper for model in models), np.full(len(soft), np.inf)]),
        integer=np.zeros(matrix.shape[1], dtype=np.bool_),
    ), ceiling[soft]


def _use(piece: Piece, model: MilpModel) -> sp.csr_array:
    """(resources, n) of the columns of a piece's model."""
    block, plans = piece.block, piece.plans
    others = model.shape[1] - block.records.shape[1] - len(plans.office)
    resources = block.use.shape[0]
    return sp.csr_array(
        sp.hstack(
            [block.use, block.trip_use @ plans.packs.T / WHOLE, sp.csr_array((resources, others))],
            format="csr",
        )
    )


def _joined(bases: Sequence[Basis | None]) -> Basis | None:
    """The basis of models side by side; what is behind them has no status, and begins as `Basis` says."""
    known = [basis for basis in bases if basis is not None]
    if len(known) < len(bases):
        return None
    return Basis(
        np.concatenate([basis.columns for basis in known]), np.concatenate([basis.rows for basis in known])
    )
