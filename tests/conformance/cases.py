"""Small models with known optima, and one that no solver finishes in a few seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from allocator.milp.model import MilpModel

INF = float("inf")


def model(
    matrix: Sequence[Sequence[float]],
    objective: Sequence[float],
    *,
    rows: Sequence[tuple[float, float]],
    columns: Sequence[tuple[float, float]],
    integer: Sequence[bool] | bool = False,
    offset: float = 0.0,
) -> MilpModel:
    """minimise objective · v + offset, with (lower, upper) for each row and column."""
    size = len(objective)
    return MilpModel(
        name="case",
        objective=np.array(objective, dtype=np.float64),
        offset=offset,
        matrix=sp.csr_array(np.array(matrix, dtype=np.float64).reshape(len(rows), size)),
        row_lower=np.array([row[0] for row in rows], dtype=np.float64),
        row_upper=np.array([row[1] for row in rows], dtype=np.float64),
        column_lower=np.array([column[0] for column in columns], dtype=np.float64),
        column_upper=np.array([column[1] for column in columns], dtype=np.float64),
        integer=np.full(size, integer) if isinstance(integer, bool) else np.array(integer, dtype=np.bool_),
    )


@dataclass(frozen=True)
class Case:
    """A model and its optimum, found by hand."""

    name: str
    model: MilpModel
    optimum: float


_BOX = [(0.0, 10.0), (0.0, 10.0)]

LINEAR = (
    Case(
        "textbook",  # vertex (1, 3)
        model([[1, 1], [3, 1]], [-1, -2], rows=[(-INF, 4), (-INF, 7)], columns=[(0, INF), (0, 3)]),
        -7.0,
    ),
    Case("offset", model([[1, 1]], [1, 2], rows=[(3, INF)], columns=_BOX, offset=100.0), 103.0),
    Case("negative offset", model([[1, 1]], [1, 2], rows=[(3, INF)], columns=_BOX, offset=-50.5), -47.5),
    Case("negative bounds", model([[1, -1]], [1, 1], rows=[(-2, INF)], columns=[(-5, -1), (-4, 3)]), -9.0),
    Case("negative upper bound", model([[1, 1]], [-1, 0], rows=[(-INF, 9)], columns=[(-8, -2), (0, 1)]), 2.0),
    Case(
        "free columns",
        model([[1, 2], [1, -1]], [1, 1], rows=[(4, INF), (1, INF)], columns=[(-INF, INF)] * 2),
        3.0,
    ),
    Case("no lower bound", model([[1, 1]], [-1, 1], rows=[(1, INF)], columns=[(-INF, 4), (0, INF)]), -4.0),
    Case("equality", model([[2, 1]], [1, 3], rows=[(7, 7)], columns=[(0, 3), (0, INF)]), 6.0),
    Case("range", model([[1, 1]], [1, -1], rows=[(2, 5)], columns=[(0, INF), (-INF, INF)]), -5.0),
    Case("range, other side", model([[1, 1]], [3, 4], rows=[(2, 5)], columns=_BOX), 6.0),
    Case("fixed column", model([[1, 1]], [5, 1], rows=[(3, INF)], columns=[(2, 2), (0, INF)]), 11.0),
    Case("empty row", model([[1, 1], [0, 0]], [1, 1], rows=[(3, INF), (-1, 1)], columns=_BOX), 3.0),
    Case(
        "row without bounds", model([[1, 1], [5, 5]], [1, 1], rows=[(3, INF), (-INF, INF)], columns=_BOX), 3.0
    ),
    Case("empty column", model([[1, 0]], [1, -2], rows=[(3, INF)], columns=_BOX), -17.0),
    Case("no rows", model([], [1, -2], rows=[], columns=_BOX, offset=1.0), -19.0),
    Case("no objective", model([[1, 1]], [0, 0], rows=[(3, INF)], columns=_BOX, offset=4.0), 4.0),
    Case(
        "thousands",
        model([[1000, -991]], [-1, 0.5], rows=[(-INF, 0)], columns=[(0, 1e6), (0, 1e6)]),
        -491000.0,
    ),
)

INTEGER = (
    Case(
        "knapsack",  # best of the sixteen: the first and the last
        model([[5, 4, 3, 6]], [-10, -7, -4, -12], rows=[(-INF, 11)], columns=[(0, 1)] * 4, integer=True),
        -22.0,
    ),
    Case(
        "rounds away from the relaxation",
        model([[2, 2]], [1, 1], rows=[(3, INF)], columns=_BOX, integer=True, offset=10.0),
        12.0,
    ),
    Case("negative", model([[2, 3]], [1, 1], rows=[(-7, INF)], columns=[(-9, 9)] * 2, integer=True), -5.0),
    Case("equality", model([[3, 5]], [1, 1], rows=[(19, 19)], columns=_BOX, integer=True), 5.0),
    Case("range", model([[2, 4]], [-1, -1], rows=[(1, 7)], columns=_BOX, integer=True), -3.0),
    Case("fixed", model([[2, 3]], [1, 4], rows=[(8, INF)], columns=[(1, 1), (0, 9)], integer=True), 9.0),
    Case(
        "fractional bounds",
        model([[1, 1]], [-1, -1], rows=[(-INF, 9)], columns=[(0.5, 2.7)] * 2, integer=True),
        -4.0,
    ),
    Case(
        "empty row and column",
        model([[1, 0], [0, 0]], [1, -1], rows=[(2, INF), (0, 1)], columns=_BOX, integer=True),
        -8.0,
    ),
    Case("no rows", model([], [2, -3], rows=[], columns=_BOX, integer=True), -30.0),
)

MIXED = (
    Case(
        "fixed charge",  # open the second only: 7 + 6
        model(
            [[1, 1, 0, 0], [1, 0, -6, 0], [0, 1, 0, -6]],
            [2, 1, 4, 7],
            rows=[(6, INF), (-INF, 0), (-INF, 0)],
            columns=[(0, 6), (0, 6), (0, 1), (0, 1)],
            integer=[False, False, True, True],
        ),
        13.0,
    ),
    Case(
        "continuous rest",
        model([[1, 1]], [3, 2], rows=[(2.5, INF)], columns=[(0, 9), (0, 0.75)], integer=[True, False]),
        7.0,
    ),
)

INFEASIBLE = model([[1, 1], [1, 1]], [1, 1], rows=[(3, INF), (-INF, 2)], columns=_BOX)
NO_WHOLE_POINT = model([[2, 2]], [1, 1], rows=[(3, 3)], columns=_BOX, integer=True)
CROSSED_ROW = model([[1, 1]], [1, 1], rows=[(3, 2)], columns=_BOX)
CROSSED_COLUMN = model([[1, 1]], [1, 1], rows=[(0, 2)], columns=[(0, 1), (2, 1)])
UNBOUNDED = model([[1, -1]], [-1, -1], rows=[(-INF, 5)], columns=[(0, INF)] * 2)
UNBOUNDED_INTEGER = model([[1, -1]], [-1, -1], rows=[(-INF, 5)], columns=[(0, INF)] * 2, integer=True)


def market_split(rows: int = 6, columns: int = 50, seed: int = 0) -> MilpModel:
    """Cornuéjols and Dawande's market split with slacks to minimise: feasible at once, hard to finish.

    min 1000 + sum(s+ + s-), sum_j a_ij x_j + s+_i - s-_i = floor(sum_j a_ij / 2), x binary, s whole.
    """
    generator = np.random.default_rng(seed)
    weights = generator.integers(0, 100, (rows, columns)).astype(np.float64)
    target = np.floor(weights.sum(axis=1) / 2)
    return MilpModel(
        name="market split",
        objective=np.concatenate([np.zeros(columns), np.ones(2 * rows)]),
        offset=1000.0,
        matrix=sp.csr_array(np.hstack([weights, np.eye(rows), -np.eye(rows)])),
        row_lower=target,
        row_upper=target,
        column_lower=np.zeros(columns + 2 * rows),
        column_upper=np.concatenate([np.ones(columns), np.full(2 * rows, 1e4)]),
        integer=np.ones(columns + 2 * rows, dtype=np.bool_),
    )


def market_split_start(hard: MilpModel) -> np.ndarray:
    """The feasible point of a market split with all x at 0."""
    rows = hard.shape[0]
    start = np.zeros(hard.shape[1])
    start[-2 * rows : -rows] = hard.row_lower
    return start


def slow_linear(size: int = 200, seed: int = 0) -> MilpModel:
    """A dense linear model that takes the simplex method some seconds."""
    generator = np.random.default_rng(seed)
    matrix = generator.uniform(0.0, 1.0, (4 * size, 3 * size))
    return MilpModel(
        name="slow linear",
        objective=generator.uniform(0.5, 1.5, 3 * size),
        offset=0.0,
        matrix=sp.csr_array(matrix),
        row_lower=generator.uniform(1.0, 2.0, 4 * size) * size,
        row_upper=np.full(4 * size, INF),
        column_lower=np.zeros(3 * size),
        column_upper=np.full(3 * size, 1e4),
        integer=np.zeros(3 * size, dtype=np.bool_),
    )
