"""Bounds from duals: any vector of row duals, from any solver, proves a lower bound on a linear model."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from allocator.milp.model import MilpModel, Vector

ROUNDING = 1e-12  # |c - A'y| below this share of |c| + |A|'|y| is a zero blurred by floating point
_LOST = 1e-13  # relative: sums of some hundred doubles
DUAL_TOLERANCE = 1e-6  # what solvers call dual feasible (1e-7 on their scaled model)


def reduced_costs(model: MilpModel, duals: Vector) -> Vector:
    """c - A'y, one entry per column: >= 0 where the column's lower bound binds."""
    costs: Vector = model.objective - model.matrix.T @ duals
    return costs


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
    pushed = np.where(duals > 0.0, model.row_lower, model.row_upper)
    usable = np.where(np.isfinite(pushed) & np.isfinite(duals), duals, 0.0)
    rows = usable * np.where(usable != 0.0, pushed, 0.0)
    costs = reduced_costs(model, usable)
    size = np.abs(model.objective) + abs(model.matrix).T @ np.abs(usable)
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

    Shape (components,). All columns need finite bounds, so that there always is one. What summing up
    in doubles can lose is taken off: a bound of 1 + k eps per entry and column (Higham 2002, ch. 3).
    """
    pushed = np.where(duals > 0.0, model.row_lower, model.row_upper)
    usable = np.where(np.isfinite(pushed) & np.isfinite(duals), duals, 0.0)
    rows = usable * np.where(usable != 0.0, pushed, 0.0)
    costs = reduced_costs(model, usable)
    needed = np.where(costs > 0.0, model.column_lower, model.column_upper)
    columns = costs * needed
    size = np.abs(model.objective) + abs(model.matrix).T @ np.abs(usable)
    bound = np.bincount(row_component, rows, components) + np.bincount(column_component, columns, components)
    lost = np.bincount(row_component, np.abs(rows), components)
    lost += np.bincount(column_component, size * np.abs(needed), components)
    return bound - _LOST * lost
