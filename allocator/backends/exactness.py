"""Is a model a pure integer programme with whole coefficients? Then integer arithmetic solves it exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from allocator.milp.model import MilpModel

LARGEST_VALUE = 1e7  # CP-SAT clips column bounds there (mip_max_bound)
LARGEST_ACTIVITY = 2.0**53  # and scales rows whose activity could pass this (mip_max_activity_exponent)


def inexact_because(model: MilpModel) -> str:
    """Why an integer solver may cut off solutions of this model, in words; empty when it cannot.

    CP-SAT lets continuous columns take whole values only, clips large bounds, and rounds rows that
    are not whole. Where none of that bites, its bounds and its verdict of infeasibility are proofs.
    """
    whole = _whole_columns(model)
    if not whole.all():
        first = int(np.flatnonzero(~whole)[0])
        return f"{model.describe_column(first)} is continuous and would be rounded"
    largest = np.maximum(np.abs(model.column_lower), np.abs(model.column_upper))
    if (largest > LARGEST_VALUE).any():
        return f"{model.describe_column(int(largest.argmax()))} has a bound beyond {LARGEST_VALUE:.0e}"
    fractional = np.flatnonzero(~_whole(model.matrix.data))
    if fractional.size:
        row = int(np.searchsorted(model.matrix.indptr, fractional[0], side="right")) - 1
        return f"{model.describe_row(row)} has a fractional coefficient"
    activity = abs(model.matrix) @ largest
    if (activity > LARGEST_ACTIVITY).any():
        return f"{model.describe_row(int(activity.argmax()))} has too wide a range for integer arithmetic"
    return ""


def _whole_columns(model: MilpModel) -> NDArray[np.bool_]:
    """Columns that are whole: integer, fixed at whole numbers, or whole whenever the others are.

    The last kind stands with coefficient ±1 in a whole equality whose other columns are whole;
    balances chained over days are unrolled one link a round. A column without any row, or with a
    cost only, is not found; that errs on the safe side.
    """
    known: NDArray[np.bool_] = model.integer | (
        (model.column_lower == model.column_upper) & _whole(model.column_lower)
    )
    if known.all():
        return known
    equal = (model.row_lower == model.row_upper) & _whole(model.row_lower)
    matrix = model.matrix[np.flatnonzero(equal)]
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    fit = np.bincount(rows, weights=~_whole(matrix.data), minlength=matrix.shape[0]) == 0
    usable = fit[rows]
    rows, columns = rows[usable], matrix.indices[usable]
    unit = np.abs(matrix.data[usable]) == 1.0
    while True:
        open_entries = ~known[columns]
        rows, columns, unit = _still_open(rows, columns, unit, open_entries)
        lone = np.bincount(rows, minlength=matrix.shape[0]) == 1
        found = columns[lone[rows] & unit]
        if not found.size:
            return known
        known[found] = True


def _still_open(
    rows: NDArray[np.intp], columns: NDArray[np.int32], unit: NDArray[np.bool_], keep: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.bool_]]:
    """Entries of columns already known to be whole no longer matter."""
    return rows[keep], columns[keep], unit[keep]


def _whole(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    whole: NDArray[np.bool_] = np.isfinite(values) & (values == np.rint(values))
    return whole
