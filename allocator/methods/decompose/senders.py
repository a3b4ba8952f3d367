"""Blocks in which blanks are sent on, and what is left of them once senders' stocks have prices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.components import connected
from allocator.milp.builder import ABSENT
from allocator.milp.model import Vector
from allocator.milp.sparse import short_indices


def sends(block: Block) -> bool:
    """Whether there are senders in the block."""
    return bool(block.sender_rows.any())


def apart_from_senders(block: Block, duals: Vector) -> Block:
    """The block with its senders' rows priced by duals (m,) instead: every terminal office by itself.

    A Lagrangian relaxation; what the rows' right-hand sides are worth is left out of the constant.
    """
    if not sends(block):
        return block
    records, rows = block.records, block.sender_rows
    priced = np.where(rows, duals, 0.0)
    keep = sp.diags_array((~rows).astype(np.float64), format="csr")
    matrix = short_indices(keep @ records.matrix)
    matrix.eliminate_zeros()
    alone = replace(
        records,
        objective=records.objective - records.matrix.T @ priced,
        matrix=matrix,
        row_lower=np.where(rows, -np.inf, records.row_lower),
        row_upper=np.where(rows, np.inf, records.row_upper),
    )
    linked = block.linked
    row, column = matrix.nonzero()
    tied, office = linked[linked != ABSENT], np.nonzero(linked != ABSENT)[0]
    size = len(rows) + matrix.shape[1]
    count, label = connected(
        np.concatenate([row, tied]),
        np.concatenate([len(rows) + column, size + office]),
        size + len(block.offices),
    )
    office_label = label[size:]
    constant = np.zeros(count)
    np.add.at(constant, office_label, block.office_constant)
    return replace(
        block,
        records=alone,
        price=block.price - block.trip_rows.T @ priced,
        trip_rows=sp.csr_array(block.trip_rows.shape),
        sender_rows=np.zeros_like(rows),
        constant=constant,
        components=count,
        row_component=label[: len(rows)],
        column_component=label[len(rows) : size],
        office_component=office_label,
        trip_component=office_label[block.trips.office],
    )
