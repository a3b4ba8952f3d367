"""Bases between solvers and models: fitted to a larger model, checked, and read off an optimum."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from allocator.backends.interface import Basis, BasisStatus
from allocator.milp.model import MilpModel, Vector

Statuses = NDArray[np.int8]
_AT_BOUND = 1e-7  # relative to max(1, |bound|): what solvers call feasible


def fitted(basis: Basis, model: MilpModel) -> tuple[Statuses, Statuses]:
    """A status for each column and each row of the model, none at a bound that is infinite."""
    rows, columns = model.shape
    of_columns = _padded(basis.columns, columns, BasisStatus.LOWER)
    of_rows = _padded(basis.rows, rows, BasisStatus.BASIC)
    return (
        _existing(of_columns, model.column_lower, model.column_upper),
        _existing(of_rows, model.row_lower, model.row_upper),
    )


def still_feasible(basis: Basis, columns: Statuses, rows: Statuses, model: MilpModel) -> bool:
    """Whether the basis, fitted to the model, is known to satisfy it: so if only costs and columns are new.

    It is where the point satisfies the model and every row and column that is not basic is where its
    status says, since the statuses then describe that very point. False where the point is not known.
    """
    if basis.point is None:
        return False
    point = _values(columns, model.column_lower, model.column_upper)
    known = len(basis.point)
    point[:known] = basis.point
    return _in_place(columns, point, model.column_lower, model.column_upper) and _in_place(
        rows, model.matrix @ point, model.row_lower, model.row_upper
    )


def basis_at(model: MilpModel, vector: Vector, basic: NDArray[np.integer]) -> Basis:
    """The basis of a vertex. `basic` (rows,) numbers the columns that are basic, and row r as -1 - r."""
    of_columns = _nearest(vector, model.column_lower, model.column_upper)
    of_rows = _nearest(model.matrix @ vector, model.row_lower, model.row_upper)
    of_columns[basic[basic >= 0]] = BasisStatus.BASIC
    of_rows[-1 - basic[basic < 0]] = BasisStatus.BASIC
    return Basis(of_columns, of_rows, vector)


def _padded(statuses: Statuses, size: int, rest: BasisStatus) -> Statuses:
    padded = np.full(size, rest, dtype=np.int8)
    padded[: len(statuses)] = statuses
    return padded


def _existing(statuses: Statuses, lower: Vector, upper: Vector) -> Statuses:
    """The statuses, moved to the other bound or to zero where they name an infinite one."""
    nearest = _nearest(np.zeros(len(lower)), lower, upper)
    lost = (statuses == BasisStatus.LOWER) & ~np.isfinite(lower)
    lost |= (statuses == BasisStatus.UPPER) & ~np.isfinite(upper)
    lost |= (statuses == BasisStatus.ZERO) & (np.isfinite(lower) | np.isfinite(upper))
    return np.where(lost, nearest, statuses).astype(np.int8)


def _nearest(values: Vector, lower: Vector, upper: Vector) -> Statuses:
    at_lower = np.isfinite(lower) & (values - lower <= upper - values)
    elsewhere = np.where(np.isfinite(upper), BasisStatus.UPPER, BasisStatus.ZERO)
    return np.where(at_lower, BasisStatus.LOWER, elsewhere).astype(np.int8)


def _values(statuses: Statuses, lower: Vector, upper: Vector) -> Vector:
    """The bounds that statuses name; zero for basic ones."""
    return np.select([statuses == BasisStatus.LOWER, statuses == BasisStatus.UPPER], [lower, upper], 0.0)


def _in_place(statuses: Statuses, values: Vector, lower: Vector, upper: Vector) -> bool:
    """Whether values are within their bounds, and those that are not basic where their status says."""
    zero = statuses == BasisStatus.ZERO
    least = np.where(statuses == BasisStatus.UPPER, upper, np.where(zero, 0.0, lower))
    most = np.where(statuses == BasisStatus.LOWER, lower, np.where(zero, 0.0, upper))
    allowed = _AT_BOUND * np.maximum(1.0, np.abs(values))
    return bool(((values >= least - allowed) & (values <= most + allowed)).all())
