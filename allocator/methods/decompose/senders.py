"""What offices and depots send on, out of stock that is shared by those they send to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.components import connected
from allocator.milp.model import Vector

Indices = NDArray[np.int64]


def sends(block: Block) -> bool:
    """Whether there are senders in the block."""
    return bool(block.sender_rows.any())


@dataclass(frozen=True)
class Senders:
    """What is decided of it besides plans of offices, slots being fixed: trips of depots, packs passed on.

    Behind the rows that are known in the block there may be others, which only hold for a choice of plans.
    """

    columns: Indices  # (c,) of the block's records
    rows: Indices  # (up to q,) of the block's records
    cost: Vector  # (c,)
    lower: Vector  # (c,)
    upper: Vector  # (c,)
    integer: NDArray[np.bool_]  # (c,)
    use: sp.csr_array  # (resources, c)
    matrix: sp.csr_array  # (q, c)
    row_lower: Vector  # (q,)
    row_upper: Vector  # (q,)


def senders_alone(block: Block, fixed: NDArray[np.bool_], values: Vector) -> Senders:
    """The senders of a block, with some of the records' columns (n,) fixed at values (n,)."""
    records = block.records
    free = np.nonzero(~fixed)[0]
    inside = sp.csr_array(records.matrix[:, free])
    row, column = inside.nonzero()
    count, label = connected(row, len(block.sender_rows) + column, len(block.sender_rows) + len(free))
    theirs = np.zeros(count, dtype=np.bool_)
    theirs[label[: len(block.sender_rows)][block.sender_rows]] = True
    rows = np.nonzero(theirs[label[: len(block.sender_rows)]])[0]
    columns = free[theirs[label[len(block.sender_rows) :]]]
    matrix = sp.csr_array(records.matrix[rows])
    given = matrix @ np.where(fixed, values, 0.0)
    return Senders(
        columns=columns,
        rows=rows,
        cost=records.objective[columns],
        lower=records.column_lower[columns],
        upper=records.column_upper[columns],
        integer=records.integer[columns],
        use=sp.csr_array(block.use[:, columns]),
        matrix=sp.csr_array(matrix[:, columns]),
        row_lower=records.row_lower[rows] - given,
        row_upper=records.row_upper[rows] - given,
    )
