"""Records of a block with mixtures of plans, or with one plan for each office: a small linear model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import BackendError, Basis, BasisStatus, SolveOptions
from allocator.methods.decompose.blocks import Block, marked
from allocator.methods.decompose.pieces import solve_piece
from allocator.methods.decompose.plans import Plans, beyond, trips_made
from allocator.methods.decompose.printing import arrivals
from allocator.milp.builder import ABSENT
from allocator.milp.model import MilpModel, Vector
from allocator.milp.sparse import short_indices

Indices = NDArray[np.int64]
WHOLE = 1000.0  # what a share of 1 is in linear models: near the cards of a plan, so that all is of one size
_OVERFULL = 10.0  # times the worth of a card: the price of what a store has no room for
_NEARLY_WHOLE = 1e-6  # cards
_NEARLY_NOTHING = 1e-6  # of a plan


@dataclass(frozen=True)
class Mixture:
    """The best records and mixture of plans of a block."""

    value: Vector  # (C,) cost plus use at prices, of each component
    cost: Vector  # (C,) true cost
    use: sp.csr_array  # (resources, C)
    shares: Vector  # (P,) of each plan
    point: Vector  # (n,) the records' columns
    duals: Vector  # (m,) of the records' rows, signs as the bounds call for
    basis: Basis | None  # of the restricted model

    def used(self, plans: Plans) -> Plans:
        """The plans that have a share, of those that were mixed and others behind them."""
        return plans.some(np.nonzero(self.shares > _NEARLY_NOTHING)[0])


def restricted_model(block: Block, plans: Plans, prices: Vector) -> MilpModel:
    """Records at prices, and for each office a mixture of its plans: (n + P) columns.

    The columns of an office's plans add up to `WHOLE`.
    """
    records = block.records
    columns = records.shape[1]
    count, offices = len(plans.office), len(block.offices)
    matrix = _with_plans(block, plans)
    return MilpModel(
        name="restricted",
        objective=np.concatenate(
            [
                records.objective + block.use.T @ prices,
                (plans.cost + plans.packs @ (block.trip_use.T @ prices)) / WHOLE,
            ]
        ),
        offset=0.0,
        matrix=matrix,
        row_lower=np.concatenate([records.row_lower, np.full(offices, WHOLE)]),
        row_upper=np.concatenate([records.row_upper, np.full(offices, WHOLE)]),
        column_lower=np.concatenate([records.column_lower, np.zeros(count)]),
        column_upper=np.concatenate([records.column_upper, np.full(count, WHOLE)]),
        integer=np.zeros(columns + count, np.bool_),
    )


def _with_plans(block: Block, plans: Plans) -> sp.csr_array:
    """(m + J, n + P) the records' matrix, and a column for each plan, put together without its detours."""
    rows, columns = block.records.shape
    count = len(plans.office)
    linked = block.linked[plans.office]
    plan, day = np.nonzero((linked != ABSENT) & (plans.printed != 0.0))
    sent = of_senders(block, plans).tocoo()
    every = np.arange(count)
    row = np.concatenate([linked[plan, day], sent.row, rows + plans.office])
    column = np.concatenate([plan, sent.col, every])
    values = np.concatenate([-plans.printed[plan, day] / WHOLE, sent.data / WHOLE, np.ones(count)])
    entries = sp.csc_array((values, (row, column)), shape=(rows + len(block.offices), count))
    records = block.records.matrix.tocsc()
    joined = sp.csc_array(
        (
            np.concatenate([records.data, entries.data]),
            np.concatenate([records.indices, entries.indices]),
            np.concatenate([records.indptr, records.nnz + entries.indptr[1:]]),
        ),
        shape=(rows + len(block.offices), columns + count),
    )
    return short_indices(joined)


def waiting_basis(block: Block, plans: Plans) -> Basis:
    """A basis of the restricted model to begin with: records wait, and the first plan of each office is made.

    Of rows that move records from day to day the queue of the day is basic, so that the matrix is triangular.
    """
    records = block.records
    rows, columns = records.shape
    of_columns = np.full(columns + len(plans.office), BasisStatus.LOWER, dtype=np.int8)
    of_rows = np.full(rows + len(block.offices), BasisStatus.BASIC, dtype=np.int8)
    matrix = records.matrix.tocoo()
    queued = marked(columns, block.queues.waiting, block.queues.unprintable)
    moves = np.nonzero(
        (records.row_lower == records.row_upper)[matrix.row] & queued[matrix.col] & (matrix.data > 0)
    )[0]
    # No row or column twice: there are as many basic columns as rows.
    for index in (matrix.row, matrix.col):
        moves = moves[np.unique(index[moves], return_index=True)[1]]
    of_columns[matrix.col[moves]] = BasisStatus.BASIC
    of_rows[matrix.row[moves]] = BasisStatus.LOWER
    office, first = np.unique(plans.office, return_index=True)
    of_columns[columns + first] = BasisStatus.BASIC
    of_rows[rows + office] = BasisStatus.LOWER
    return Basis(of_columns, of_rows)


def basis_of_mixture(block: Block, basis: Basis | None, before: int) -> Basis | None:
    """Where a mixture begins, from a basis of records with one plan for each office: these come after others.

    None where a store is full in that basis: a mixture has no rows of stores.
    """
    rows, columns = block.records.shape
    plans = columns + len(block.offices)
    if basis is None or (basis.rows[rows + len(block.offices) :] != BasisStatus.BASIC).any():
        return None

    def in_place(values: NDArray[Any], others: float) -> NDArray[Any]:
        added = np.full(before, others, dtype=values.dtype)
        return np.concatenate([values[:columns], added, values[columns:plans]])

    point = None if basis.point is None else in_place(basis.point, 0.0)
    kept = basis.rows[: rows + len(block.offices)]
    return Basis(in_place(basis.columns, BasisStatus.LOWER), kept, point)


def of_senders(block: Block, plans: Plans) -> sp.csr_array:
    """(m, P) entries of plans in the rows of what is sent on."""
    if not (block.trip_rows.nnz or block.open_rows.nnz):
        return sp.csr_array((block.records.shape[0], len(plans.office)))
    entries = block.trip_rows @ plans.packs.T + block.open_rows @ trips_made(plans.packs).T
    return sp.csr_array(entries + block.excess_rows @ beyond(plans.packs, block.usual).T)


def chosen_model(block: Block, plans: Plans, prices: Vector, chosen: Indices) -> MilpModel:
    """The restricted model with one plan for each office, and stores limited at a price.

    Rule 8 at offices that do not lend: what a trip finds in the store and what it brings must have room.
    Plans keep it at full speed, but records may not be ready as fast. With R = all that could be ready -
    V - W, R >= N - `max_blanks` on days of arrival, rounded up since cards are whole.
    """
    model = restricted_model(block, plans, prices)
    columns = block.records.shape[1]
    model.column_upper[columns:] = 0.0
    model.column_upper[columns + chosen] = WHOLE
    office = plans.office[chosen]
    brought = arrivals(block.depletion, block.trips, office, sp.csr_array(plans.packs[chosen]))
    store = block.depletion.store[office][:, None]
    links = block.linked[office]
    stock = block.depletion.stock[office] + brought.cumsum(axis=1)
    at = np.nonzero((brought > 0) & (stock > store) & (links != ABSENT))
    if not len(at[0]):
        return model
    rows, needed = links[at], np.ceil((stock - store)[at] - _NEARLY_WHOLE)
    printed = sp.csr_array(-block.records.matrix[rows])
    extra = len(rows)
    matrix = short_indices(
        sp.block_array(
            [
                [model.matrix, sp.csr_array((model.shape[0], extra))],
                [sp.hstack([printed, sp.csr_array((extra, len(plans.office)))]), -sp.eye_array(extra)],
            ],
            format="csr",
        )
    )
    price = _OVERFULL * float(block.full_worth.max(initial=0.0))
    return replace(
        model,
        name="chosen",
        objective=np.append(model.objective, np.full(extra, price)),
        matrix=matrix,
        row_lower=np.append(model.row_lower, np.full(extra, -np.inf)),
        row_upper=np.append(model.row_upper, -block.records.row_upper[rows] - needed),
        column_lower=np.append(model.column_lower, np.zeros(extra)),
        column_upper=np.append(model.column_upper, np.full(extra, np.inf)),
        integer=np.append(model.integer, np.zeros(extra, dtype=np.bool_)),
    )


def mix(
    block: Block,
    plans: Plans,
    prices: Vector,
    backend: str,
    options: SolveOptions,
    basis: Basis | None = None,
    chosen: Indices | None = None,
) -> Mixture:
    """Solve the restricted model of a block, from a basis if there is one; of plans `chosen` if given.

    A basis of other plans chosen may have rows and columns of stores behind those that the model has.
    Raises BackendError if the solver has no answer.
    """
    if chosen is None:
        model = restricted_model(block, plans, prices)
    else:
        model = chosen_model(block, plans, prices, chosen)
        rows, columns = model.shape
        if basis is not None and (len(basis.rows) > rows or len(basis.columns) > columns):
            basis = Basis(basis.columns[:columns], basis.rows[:rows])
    result = solve_piece(model, backend, options, basis)
    if result.duals is None or result.vector is None:
        raise BackendError(f"{backend} did not solve a block's linear model: {result.message or result.stop}")
    rows, columns = block.records.shape
    point = result.vector[:columns]
    shares = result.vector[columns : columns + len(plans.office)] / WHOLE
    plan_component = block.office_component[plans.office]
    cost = block.constant + np.bincount(
        block.column_component, block.records.objective * point, block.components
    )
    cost += np.bincount(plan_component, plans.cost * shares, block.components)
    use = by_component(block.use, point, block.column_component, block.components)
    use = use + by_component(block.trip_use, plans.packs.T @ shares, block.trip_component, block.components)
    duals = result.duals[:rows].copy()
    linked = block.linked[block.linked != ABSENT]
    duals[linked] = np.where(duals[linked] < -1e-9, duals[linked], 0.0)
    value = cost + use.T @ prices
    overfull = result.vector[columns + len(plans.office) :]
    if overfull.any():
        # The last rows are those of stores; what is too much there counts as cost of its office.
        store_rows = model.matrix[-len(overfull) :, :columns].tocoo()
        component = np.zeros(len(overfull), dtype=np.int64)
        component[store_rows.row] = block.column_component[store_rows.col]
        value += np.bincount(component, model.objective[-len(overfull) :] * overfull, block.components)
    return Mixture(value, cost, sp.csr_array(use), shares, point, duals, result.basis)


def by_component(use: sp.csr_array, amount: Vector, component: Indices, components: int) -> sp.csr_array:
    """(resources, C) of what columns use, by the component that they belong to."""
    values = use.data * amount[use.indices]
    used = np.nonzero(values)[0]
    row = np.searchsorted(use.indptr, used, side="right") - 1
    place = (row, component[use.indices[used]])
    return sp.csr_array((values[used], place), shape=(use.shape[0], components))
