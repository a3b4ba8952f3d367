"""Which models integer arithmetic solves exactly."""

from __future__ import annotations

import pytest

from allocator.backends.exactness import inexact_because
from allocator.milp.model import MilpModel
from tests.conformance import cases
from tests.conformance.cases import INF, model

_STOCKS = [  # s_t = s_(t-1) + x_t - 3, with x whole: every stock is whole too
    [1, 0, 0, -1, 0, 0],
    [0, 1, 0, 1, -1, 0],
    [0, 0, 1, 0, 1, -1],
]


def stocks(rhs: float, upper: float = 99.0) -> MilpModel:
    return model(_STOCKS, [1] * 6, rows=[(rhs, rhs)] * 3, columns=[(0, 9)] * 3 + [(0, upper)] * 3,
                 integer=[True] * 3 + [False] * 3)  # fmt: skip


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (cases.INTEGER[0].model, ""),
        (stocks(3.0), ""),
        (stocks(3.5), "column 3 is continuous"),
        (stocks(3.0, INF), "column 3 has a bound beyond"),
        (cases.MIXED[0].model, "column 0 is continuous"),
        (
            model([[2, 2]], [1, 1], rows=[(2, 2)], columns=[(0, 9)] * 2, integer=[True, False]),
            "column 1 is continuous",
        ),
        (
            model([[1, 0.5]], [1, 1], rows=[(2, 2)], columns=[(0, 9)] * 2, integer=True),
            "row 0 has a fractional",
        ),
        (
            model([[2.0**40, 1]], [1, 1], rows=[(2, 2)], columns=[(0, 1e5)] * 2, integer=True),
            "row 0 has too wide",
        ),
        (model([[1, 1]], [0.3, 1], rows=[(2, 2)], columns=[(0, 9), (4, 4)], integer=[True, False]), ""),
    ],
)
def test_reason(case: MilpModel, reason: str) -> None:
    assert inexact_because(case).startswith(reason)
    assert bool(inexact_because(case)) == bool(reason)
