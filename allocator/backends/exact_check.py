"""How far a vector is from a model and what it is worth, in exact arithmetic.

Doubles are fractions: sums of products of them are computed here without any rounding, so that what is
said of a solution does not depend on how a solver, or this program, adds up.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from allocator.milp.model import MilpModel, Vector


@dataclass(frozen=True)
class ExactCheck:
    """Value and largest violations of a vector, exact; each violation with the index of its place."""

    value: Fraction
    """The objective, offset included."""
    row: tuple[Fraction, int | None]
    """Largest distance of a row's activity from its bounds."""
    column: tuple[Fraction, int | None]
    """Largest distance of a column from its bounds."""
    integrality: tuple[Fraction, int | None]
    """Largest distance of an integer column from a whole number."""

    @property
    def worst(self) -> Fraction:
        """The largest violation of any kind."""
        return max(self.row[0], self.column[0], self.integrality[0])


def check_exactly(model: MilpModel, vector: Vector) -> ExactCheck:
    """Compare a vector with every row, bound and integrality. Raises ValueError where it is not finite."""
    if vector.shape != (model.shape[1],) or not np.isfinite(vector).all():
        raise ValueError("a vector needs one finite value for each column")
    values = [Fraction(value) for value in vector.tolist()]
    costs = zip(model.objective.tolist(), values, strict=True)
    value = sum((Fraction(cost) * v for cost, v in costs if cost and v), Fraction(model.offset))
    fractions = [abs(values[i] - round(values[i])) for i in np.flatnonzero(model.integer)]
    place, index = _largest(fractions)
    return ExactCheck(
        value=value,
        row=_outside(_activities(model, values), model.row_lower, model.row_upper),
        column=_outside(values, model.column_lower, model.column_upper),
        integrality=(place, None if index is None else int(np.flatnonzero(model.integer)[index])),
    )


def _activities(model: MilpModel, values: list[Fraction]) -> list[Fraction]:
    matrix = model.matrix
    starts, indices, entries = matrix.indptr.tolist(), matrix.indices.tolist(), matrix.data.tolist()
    return [
        sum((Fraction(entries[k]) * values[indices[k]] for k in range(first, last)), Fraction(0))
        for first, last in pairwise(starts)
    ]


def _outside(values: list[Fraction], lower: Vector, upper: Vector) -> tuple[Fraction, int | None]:
    distances = []
    for value, low, high in zip(values, lower.tolist(), upper.tolist(), strict=True):
        under = Fraction(low) - value if np.isfinite(low) else Fraction(0)
        over = value - Fraction(high) if np.isfinite(high) else Fraction(0)
        distances.append(max(under, over, Fraction(0)))
    return _largest(distances)


def _largest(distances: list[Fraction]) -> tuple[Fraction, int | None]:
    """The largest, and where it stands; nowhere when it is zero."""
    index = max(range(len(distances)), key=distances.__getitem__, default=None)
    if index is None or distances[index] == 0:
        return Fraction(0), None
    return distances[index], index
