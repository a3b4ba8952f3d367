"""The best records of a block within limits of its own, once its trips are chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import Basis, SolveOptions, get_backend, usable
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.choice import Choice
from allocator.methods.decompose.pricing import WHOLE, Plans, by_component, restricted_model
from allocator.milp.builder import ABSENT
from allocator.milp.model import MilpModel, Vector

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Settled:
    """Decisions of a block: trips whole, records within the limits that it was given."""

    point: Vector  # (n,) the records' columns
    packs: Vector  # (E,) whole
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
    use += by_component(block.trip_use, packs, block.trip_component, block.components)
    return Settled(point, packs, cost, sp.csr_array(use))


def settle(
    block: Block,
    plans: Plans,
    chosen: Indices,
    trips: Choice,
    limit: Vector,
    ceiling: Vector,
    backend: str,
    options: SolveOptions,
    basis: Basis | None = None,
) -> Settled | None:
    """The best records with the trips chosen, within the block's own limits; each office has one plan.

    `limit` (resources,) is hard where `ceiling` is inf. None if no records go with the trips.
    """
    model = _settling_model(block, plans, chosen, limit, ceiling)
    whole = trips.columns[block.records.integer[trips.columns]]
    sent = np.rint(trips.sent[block.records.integer[trips.columns]])
    model.column_lower[whole], model.column_upper[whole] = sent, sent
    result = get_backend(backend).solve(model, usable(replace(options, basis=basis), backend, model))
    if result.vector is None and basis is not None:
        result = get_backend(backend).solve(model, options)
    if result.vector is None:
        return None
    return settled(block, result.vector[: block.records.shape[1]], np.rint(trips.packs))


def _settling_model(
    block: Block, plans: Plans, chosen: Indices, limit: Vector, ceiling: Vector
) -> MilpModel:
    """Records, one plan for each office, and the block's limits; stores are limited at a price."""
    base = restricted_model(block, plans, np.zeros(len(limit)))
    records, count = block.records, len(plans.office)
    use = sp.csr_array(sp.hstack([block.use, block.trip_use @ plans.packs.T / WHOLE], format="csr"))
    rows = np.nonzero(np.diff(use.indptr))[0]
    soft = np.nonzero(np.isfinite(ceiling[rows]))[0]
    excess = sp.csr_array((-np.ones(len(soft)), (soft, np.arange(len(soft)))), shape=(len(rows), len(soft)))
    base.column_upper[records.shape[1] :] = 0.0
    base.column_upper[records.shape[1] + chosen] = WHOLE
    stores, store_limit = _store_rows(block, plans, chosen)
    overfull = -sp.eye_array(len(store_limit), format="csr")
    matrix = sp.csr_array(
        sp.block_array(
            [
                [base.matrix, sp.csr_array((base.shape[0], len(soft))), None],
                [use[rows], excess, sp.csr_array((len(rows), len(store_limit)))],
                [stores, sp.csr_array((len(store_limit), len(soft))), overfull],
            ],
            format="csr",
        )
    )
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    extra = len(soft) + len(store_limit)
    price = 10.0 * float(block.full_worth.max(initial=0.0))
    return MilpModel(
        name="settling",
        objective=np.concatenate([base.objective, ceiling[rows][soft], np.full(len(store_limit), price)]),
        offset=0.0,
        matrix=matrix,
        row_lower=np.concatenate([base.row_lower, np.full(len(rows) + len(store_limit), -np.inf)]),
        row_upper=np.concatenate([base.row_upper, limit[rows], store_limit]),
        column_lower=np.concatenate([base.column_lower, np.zeros(extra)]),
        column_upper=np.concatenate([base.column_upper, np.full(extra, np.inf)]),
        integer=np.zeros(records.shape[1] + count + extra, dtype=np.bool_),
    )


def _store_rows(block: Block, plans: Plans, chosen: Indices) -> tuple[sp.csr_array, Vector]:
    """Rule 8 at terminal offices: what a trip finds in the store and what it brings must have room.

    With R = all that could be ready - V - W, R >= N - max_blanks on days of arrival.
    """
    limited = np.isfinite(block.depletion.store)
    entries = plans.packs[chosen].tocoo()
    plan, trip = chosen[entries.row], entries.col
    kept = limited[plans.office[plan]]
    plan, trip, data = plan[kept], trip[kept], entries.data[kept]
    day = block.trips.arrival[trip]
    brought = np.zeros(plans.printed.shape)
    np.add.at(brought, (plan, day), data * block.depletion.pack[plans.office[plan]])
    office = plans.office
    store = np.where(limited, block.depletion.store, 0.0)
    needed = block.depletion.stock[office] + brought.cumsum(axis=1) - store[office][:, None]
    links = block.linked[office]
    plan, day = np.nonzero((brought > 0) & (needed > 0) & (links != ABSENT))
    rows, row = np.unique(links[plan, day], return_inverse=True)
    part = sp.csr_array((needed[plan, day] / WHOLE, (row, plan)), shape=(len(rows), len(office)))
    matrix = sp.csr_array(sp.hstack([-block.records.matrix[rows], part], format="csr"))
    return matrix, -block.records.row_upper[rows]
