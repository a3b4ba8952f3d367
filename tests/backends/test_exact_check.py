"""Violations and values in exact arithmetic."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from allocator.backends import check_exactly, read_mps
from tests.tools.mps_files import EVERYTHING


@pytest.fixture
def model(tmp_path: Path):  # type: ignore[no-untyped-def]
    path = tmp_path / "model.mps"
    path.write_text(EVERYTHING)
    return read_mps(path).model


BEST = [3.0, 1.0, 1.0, 8.0, -1.0, -2.0]


def test_a_solution(model) -> None:  # type: ignore[no-untyped-def]
    check = check_exactly(model, np.array(BEST))
    assert check.value == 0
    assert check.worst == 0
    assert (check.row, check.column, check.integrality) == ((0, None),) * 3


@pytest.mark.parametrize(
    ("column", "value", "kind", "violation", "place"),
    [
        (3, 8.5, "row", Fraction(1, 2), 2),
        (5, -1.0, "column", Fraction(1), 5),
        (1, 0.25, "integrality", Fraction(1, 4), 1),
        (3, 8.0 + 2.0**-40, "row", Fraction(1, 2**40), 2),
    ],
)
def test_a_violation_and_its_place(  # type: ignore[no-untyped-def]
    model, column: int, value: float, kind: str, violation: Fraction, place: int
) -> None:
    vector = np.array(BEST)
    vector[column] = value
    check = check_exactly(model, vector)
    assert getattr(check, kind) == (violation, place)
    assert check.worst == violation


def test_no_vector(model) -> None:  # type: ignore[no-untyped-def]
    for vector in (np.array(BEST[:-1]), np.array([*BEST[:-1], np.nan])):
        with pytest.raises(ValueError, match="finite value"):
            check_exactly(model, vector)
