"""The mixed-integer linear programme as one sparse matrix, with named blocks of rows and columns."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.milp.sparse import short_indices

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Block:
    """A run of consecutive rows or columns that belong together: one for each of `places`.

    `places` (size, axes) holds the indices along `axes`, ("office", "day") for example.
    """

    name: str
    start: int
    axes: tuple[str, ...]
    places: NDArray[np.int64]

    @property
    def size(self) -> int:
        return len(self.places)

    @property
    def stop(self) -> int:
        return self.start + self.size

    def describe(self, index: int) -> str:
        """The name of row or column `index`, counted over the whole model, with its place."""
        place = self.places[index - self.start]
        inside = ",".join(f"{axis}={int(i)}" for axis, i in zip(self.axes, place, strict=True))
        return f"{self.name}[{inside}]"


@dataclass(frozen=True)
class MilpModel:
    """minimise `objective` · v + `offset` subject to row and column bounds, `integer` columns whole.

    Shapes: n columns, m rows; `matrix` is CSR (m, n); infinite bounds are ±inf.
    """

    name: str
    objective: Vector
    offset: float
    matrix: sp.csr_array
    row_lower: Vector
    row_upper: Vector
    column_lower: Vector
    column_upper: Vector
    integer: NDArray[np.bool_]
    rows: tuple[Block, ...] = ()
    columns: tuple[Block, ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)"""
        return int(self.matrix.shape[0]), int(self.matrix.shape[1])

    def value(self, vector: Vector) -> float:
        """The objective of a vector, offset included."""
        # Not objective @ vector: BLAS splits that over threads, and waiting for them can take milliseconds.
        return float((self.objective * vector).sum()) + self.offset

    def relaxed(self) -> MilpModel:
        """The linear relaxation: the same model without integrality."""
        return replace(self, integer=np.zeros_like(self.integer))

    def part(self, columns: NDArray[np.int64], rows: NDArray[np.int64] | None = None) -> MilpModel:
        """The model in which all other columns are 0, of `rows`, by default those that know its columns.

        Rows and columns have no names in it.
        """
        if rows is None:
            matrix = sp.csr_array(self.matrix[:, columns])
            rows = np.nonzero(np.diff(matrix.indptr))[0]
            matrix = matrix[rows]
        else:
            matrix = self.matrix[rows][:, columns]
        return MilpModel(
            name=self.name,
            objective=self.objective[columns],
            offset=self.offset,
            matrix=short_indices(matrix),
            row_lower=self.row_lower[rows],
            row_upper=self.row_upper[rows],
            column_lower=self.column_lower[columns],
            column_upper=self.column_upper[columns],
            integer=self.integer[columns],
        )

    def limited(self, matrix: sp.csr_array, upper: Vector) -> MilpModel:
        """The model with further rows, which have no names: `matrix` (k, n) v <= `upper` (k,)."""
        return replace(
            self,
            matrix=short_indices(sp.vstack([self.matrix, matrix], format="csr")),
            row_lower=np.append(self.row_lower, np.full(len(upper), -np.inf)),
            row_upper=np.append(self.row_upper, upper),
        )

    def describe_row(self, row: int) -> str:
        return _describe(self.rows, row, "row")

    def describe_column(self, column: int) -> str:
        return _describe(self.columns, column, "column")


def _describe(blocks: tuple[Block, ...], index: int, kind: str) -> str:
    for block in blocks:
        if block.start <= index < block.stop:
            return block.describe(index)
    return f"{kind} {index}"
