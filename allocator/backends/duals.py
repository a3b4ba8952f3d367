"""Bounds from duals: any vector of row duals, from any solver, proves a lower bound on a linear model."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from allocator.milp.model import MilpModel, Vector

ROUNDING = 1e-12  # |c - A'y| below this share of |c| + |A|'|y| is a zero blurred by floating point
_EPSILON = 2.0**-52
DUAL_TOLERANCE = 1e-6  # what solvers call dual feasible (1e-7 on their scaled model)


def reduced_costs(model: MilpModel, duals: Vector) -> Vector:
    """c - A'y, one entry per column: >= 0 where the column's lower bound binds."""
    costs: Vector = model.objective - model.matrix.T @ duals
    return costs


def usable_duals(model: MilpModel, duals: Vector) -> Vector:
    """(rows,) the duals, 0 where they are not finite or call for a bound that the row has not."""
    pushed = np.where(duals > 0.0, model.row_lower, model.row_upper)
    return np.where(np.isfinite(pushed) & np.isfinite(duals), duals, 0.0)


def reduced_cost_errors(model: MilpModel, duals: Vector) -> Vector:
    """(columns,) what rounding can make of each of `reduced_costs` at most, with duals that are finite."""
    size = _term_sizes(model, duals)
    entries = np.bincount(model.matrix.indices, minlength=len(size))
    errors: Vector = _EPSILON * (entries + 3) * size
    return errors


def _term_sizes(model: MilpModel, duals: Vector) -> Vector:
    """(columns,) |c| + |A|'|y|: what the terms of a reduced cost come to, whatever their signs."""
    sizes: Vector = np.abs(model.objective) + abs(model.matrix).T @ np.abs(duals)
    return sizes


def _of_rows(model: MilpModel, usable: Vector) -> Vector:
    """(rows,) each dual times the bound that it calls for."""
    pushed = np.where(usable > 0.0, model.row_lower, model.row_upper)
    products: Vector = usable * np.where(usable != 0.0, pushed, 0.0)
    return products


def dual_bound(model: MilpModel, duals: Vector, tolerance: float = 0.0) -> float | None:
    """The Lagrangian lower bound that row duals y prove, offset included; None when they prove none.

    With d = c - A'y every feasible v has

        c·v >= sum over rows of (L·y if y > 0 else U·y) + sum over columns of (l·d if d > 0 else u·d),

    for integer models too, since their relaxation obeys it. A sign that calls for an infinite
    bound makes the sum -inf, unless the entry is zero up to rounding, or up to `tolerance` relative
    to max(1, |c|): with 0 the bound is proven; with a solver's own dual tolerance it is as good as
    the solver's word that its duals are feasible. Duals of rows without the bound they call for are
    dropped first, which is another dual vector and as valid.
    """
    usable = usable_duals(model, duals)
    rows = _of_rows(model, usable)
    costs = reduced_costs(model, usable)
    size = _term_sizes(model, usable)
    zero = np.abs(costs) <= np.maximum(ROUNDING * size, tolerance * np.maximum(1.0, np.abs(model.objective)))
    needed = np.where(costs > 0.0, model.column_lower, model.column_upper)
    open_ended = ~np.isfinite(needed)
    if bool(np.any(open_ended & ~zero)):
        return None
    columns = np.where(open_ended, 0.0, costs) * np.where(open_ended, 0.0, needed)
    return math.fsum((math.fsum(rows.tolist()), math.fsum(columns.tolist()), model.offset))


def dual_bounds(
    model: MilpModel,
    duals: Vector,
    row_component: NDArray[np.int64],
    column_component: NDArray[np.int64],
    components: int,
) -> Vector:
    """The bound that duals prove for each independent component of a model, offset left out.

    Shape (components,); -inf where they prove none. `row_component` (rows,) and `column_component`
    (columns,) say what belongs where; no row may have entries in two components. Unlike that of
    `dual_bound` it is proven in spite of rounding: whatever sums in doubles can lose is taken off,
    a relative 2^-52 per term, twice what they lose at most (Higham 2002, ch. 3).
    """
    with np.errstate(invalid="ignore", over="ignore"):  # duals may be of any size: then nothing is proven
        usable = usable_duals(model, duals)
        rows = _of_rows(model, usable)
        costs = reduced_costs(model, usable)
        blur = reduced_cost_errors(model, usable)
        needed = np.where(costs > 0.0, model.column_lower, model.column_upper)
        # Where the sign is not certain the other bound may be the one that counts.
        reach = np.maximum(np.abs(model.column_lower), np.abs(model.column_upper))
        reach = np.where(np.abs(costs) > blur, np.abs(needed), reach)
        columns = costs * np.where(costs != 0.0, needed, 0.0)
        blurred = blur * np.where(blur > 0.0, reach, 0.0)

        def total(of_rows: Vector, of_columns: Vector) -> Vector:
            sums = [
                np.bincount(places, values, components).astype(np.float64)
                for places, values in ((row_component, of_rows), (column_component, of_columns))
            ]
            return sums[0] + sums[1]

        terms = total(np.ones(len(rows)), np.ones(len(columns)))
        lost = (terms + 3) * _EPSILON * total(np.abs(rows), np.abs(columns))
        lost += total(np.zeros(len(rows)), blurred)
        bound: Vector = total(rows, columns) - lost
    return np.where(np.isfinite(bound), bound, -np.inf)
