"""Does a vector satisfy a model? Asked of every vector a solver returns, whatever status came with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.milp.model import MilpModel, Vector

TOLERANCE = 1e-6
"""Largest violation accepted, relative to max(1, |row activity|): SCIP's own rule for rows
(SCIPfeastol), and no tighter than the absolute 1e-6 and 1e-7 that HiGHS, CBC, GLOP and CP-SAT keep."""


@dataclass(frozen=True)
class Verification:
    """What was found wrong with a vector: the largest violations, each already divided by its scale."""

    row: float = 0.0  # of a row bound, over max(1, |row activity|)
    column: float = 0.0  # of a column bound, over max(1, |value|)
    integrality: float = 0.0  # distance of an integer column to the nearest whole number
    message: str = ""  # empty when the vector holds

    def __bool__(self) -> bool:
        return not self.message


def verify_vector(model: MilpModel, vector: Vector, tolerance: float = TOLERANCE) -> Verification:
    """Check rows, columns and integrality; true when all hold within `tolerance`.

    Raises ValueError when the vector has not one entry for each column.
    """
    columns = model.shape[1]
    if vector.shape != (columns,):
        raise ValueError(f"a vector of shape {vector.shape} for a model of {columns} columns")
    if not np.isfinite(vector).all():
        return Verification(message="a value is not a finite number")
    activity = model.matrix @ vector
    rows = _violation(activity, model.row_lower, model.row_upper)
    bounds = _violation(vector, model.column_lower, model.column_upper)
    fraction = np.where(model.integer, np.abs(vector - np.rint(vector)), 0.0)
    found = Verification(
        row=float(rows.max(initial=0.0)),
        column=float(bounds.max(initial=0.0)),
        integrality=float(fraction.max(initial=0.0)),
    )
    # Ordered by what the reader can act on; each names the worst offender.
    if found.row > tolerance:
        return _with(found, f"{model.describe_row(int(rows.argmax()))} is violated by {found.row:.3g}")
    if found.column > tolerance:
        return _with(
            found, f"{model.describe_column(int(bounds.argmax()))} leaves its bounds by {found.column:.3g}"
        )
    if found.integrality > tolerance:
        worst = int(fraction.argmax())
        return _with(found, f"{model.describe_column(worst)} = {vector[worst]:.9g} is not whole")
    return found


def whole(model: MilpModel, vector: Vector) -> Vector:
    """The vector with integer columns rounded to whole numbers, where it still holds; else unchanged.

    Solvers return 0.9999999 for 1. Rounding can break a row that ties such a column to a
    continuous one by a large coefficient; then the solver's own numbers are the better ones.
    """
    if not model.integer.any():
        return vector
    rounded = np.where(model.integer, np.rint(vector), vector)
    if np.array_equal(rounded, vector):
        return vector
    return rounded if verify_vector(model, rounded) else vector


def _violation(values: Vector, lower: Vector, upper: Vector) -> Vector:
    outside = np.maximum(lower - values, values - upper)  # -inf where a side is open on both ends
    scaled: Vector = np.maximum(outside, 0.0) / np.maximum(1.0, np.abs(values))
    return scaled


def _with(found: Verification, message: str) -> Verification:
    return Verification(found.row, found.column, found.integrality, message)
