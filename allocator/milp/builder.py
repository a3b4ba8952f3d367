"""Collects blocks of columns, rows and entries as arrays, and makes one sparse matrix of them."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray

from allocator.milp.model import Block, MilpModel, Vector
from allocator.milp.sparse import short_indices

Index = NDArray[np.int64]
ABSENT = -1


class _Side:
    """The blocks of one side of the matrix, with their bounds."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.size = 0
        self.lower: list[Vector] = []
        self.upper: list[Vector] = []

    def add(
        self, name: str, axes: tuple[str, ...], present: NDArray[np.bool_], lower: ArrayLike, upper: ArrayLike
    ) -> Index:
        places = np.argwhere(present)
        index = np.full(present.shape, ABSENT, dtype=np.int64)
        index[present] = self.size + np.arange(len(places))
        self.blocks.append(Block(name, self.size, axes, places))
        self.size += len(places)
        self.lower.append(np.broadcast_to(np.asarray(lower, dtype=np.float64), present.shape)[present])
        self.upper.append(np.broadcast_to(np.asarray(upper, dtype=np.float64), present.shape)[present])
        return index


class MilpBuilder:
    """Columns and rows are declared a block at a time; what is not `present` gets index ABSENT.

    Entries and costs may be given for absent rows or columns: they are left out, so that formulas
    can be written over whole arrays.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._columns = _Side()
        self._rows = _Side()
        self._integer: list[NDArray[np.bool_]] = []
        self._entries: list[tuple[Index, Index, Vector]] = []
        self._costs: list[tuple[Index, Vector]] = []
        self._offset = 0.0

    def columns(
        self,
        name: str,
        axes: tuple[str, ...],
        present: NDArray[np.bool_],
        *,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = np.inf,
        integer: bool = False,
    ) -> Index:
        """Declare a block of columns; returns their indices in the shape of `present`."""
        index = self._columns.add(name, axes, present, lower, upper)
        self._integer.append(np.full(int(present.sum()), integer, dtype=np.bool_))
        return index

    def rows(
        self,
        name: str,
        axes: tuple[str, ...],
        present: NDArray[np.bool_],
        *,
        lower: ArrayLike = -np.inf,
        upper: ArrayLike = np.inf,
    ) -> Index:
        """Declare a block of rows; returns their indices in the shape of `present`."""
        return self._rows.add(name, axes, present, lower, upper)

    def entries(self, rows: Index, columns: Index, coefficients: ArrayLike) -> None:
        """Add coefficients; the three are broadcast together, several for one place add up."""
        row, column, value = np.broadcast_arrays(rows, columns, np.asarray(coefficients, dtype=np.float64))
        kept = (row != ABSENT) & (column != ABSENT) & (value != 0.0)
        self._entries.append((row[kept], column[kept], value[kept]))

    def cost(self, columns: Index, coefficients: ArrayLike) -> None:
        """Add to the objective coefficients of columns; several for one column add up."""
        column, value = np.broadcast_arrays(columns, np.asarray(coefficients, dtype=np.float64))
        kept = column != ABSENT
        self._costs.append((column[kept], value[kept]))

    def constant_cost(self, amount: float) -> None:
        """Add to the cost that no decision changes."""
        self._offset += amount

    def build(self) -> MilpModel:
        shape = (self._rows.size, self._columns.size)
        row, column, value = (
            np.concatenate(parts) if parts else np.zeros(0)
            for parts in ([entry[part] for entry in self._entries] for part in range(3))
        )
        matrix = short_indices(
            sp.coo_array((value, (row.astype(np.int64), column.astype(np.int64))), shape=shape)
        )
        objective = np.zeros(shape[1])
        for columns, coefficients in self._costs:
            np.add.at(objective, columns, coefficients)
        return MilpModel(
            name=self._name,
            objective=objective,
            offset=self._offset,
            matrix=matrix,
            row_lower=_joined(self._rows.lower),
            row_upper=_joined(self._rows.upper),
            column_lower=_joined(self._columns.lower),
            column_upper=_joined(self._columns.upper),
            integer=np.concatenate(self._integer) if self._integer else np.zeros(0, dtype=np.bool_),
            rows=tuple(self._rows.blocks),
            columns=tuple(self._columns.blocks),
        )


def _joined(parts: list[Vector]) -> Vector:
    return np.concatenate(parts) if parts else np.zeros(0)
