"""Claims of a solver are compared with what can be checked."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from allocator.backends import Capabilities, SolveOptions, SolveResult, StopReason
from allocator.backends.outcome import conclude
from allocator.backends.session import Session
from tests.conformance import cases

ABLE = Capabilities(True, True, True, True, True, True, True, True)
KNAPSACK = cases.INTEGER[0].model  # optimum -22 at (1, 0, 0, 1)
BEST = np.array([1.0, 0.0, 0.0, 1.0])
POOR = np.array([1.0, 0.0, 0.0, 0.0])
WRONG = np.array([1.0, 1.0, 1.0, 1.0])


def session(**options: Any) -> Session:
    return Session(KNAPSACK, SolveOptions(**options), "test", ABLE, time.monotonic())


def concluded(stop: StopReason, options: dict[str, Any] | None = None, **returned: Any) -> SolveResult:
    return conclude(session(**(options or {})), stop, **returned)


def test_optimal_with_vector_and_bound() -> None:
    result = concluded(StopReason.OPTIMAL, vector=BEST, bound=-22.0)
    assert (result.stop, result.objective, result.gap, result.message) == (StopReason.OPTIMAL, -22.0, 0.0, "")


def test_a_vector_that_does_not_hold_is_refused() -> None:
    result = concluded(StopReason.OPTIMAL, vector=WRONG, bound=-33.0)
    assert result.stop is StopReason.FAILED
    assert result.vector is None
    assert result.bound == -33.0
    assert "refused: row 0" in result.message


def test_the_start_stands_in_for_nothing_or_worse() -> None:
    for vector in (None, POOR, WRONG):
        result = concluded(StopReason.TIME_LIMIT, {"start": BEST}, vector=vector, bound=-30.0)
        assert result.objective == -22.0
        assert result.vector is not None
        assert np.array_equal(result.vector, BEST)


def test_incumbents_heard_on_the_way_count() -> None:
    heard = session()
    for vector in (POOR, WRONG, BEST, POOR):
        heard.incumbent(vector.copy())
    assert conclude(heard, StopReason.INTERRUPTED).objective == -22.0


def test_infeasible_beside_a_vector_that_holds_is_a_failure() -> None:
    result = concluded(StopReason.INFEASIBLE, {"start": POOR})
    assert result.stop is StopReason.FAILED
    assert result.objective == -10.0
    assert "claims infeasibility" in result.message


def test_a_bound_above_a_verified_vector_is_refused_unless_it_is_rounding() -> None:
    refused = concluded(StopReason.TIME_LIMIT, vector=BEST, bound=-21.0)
    assert refused.bound is None
    assert "bound -21 is refused" in refused.message
    assert concluded(StopReason.OPTIMAL, vector=BEST, bound=-22.0 + 1e-9).bound == -22.0


@pytest.mark.parametrize("bound", [float("-inf"), float("inf"), float("nan"), None])
def test_what_is_not_known_is_none(bound: float | None) -> None:
    result = concluded(StopReason.TIME_LIMIT, bound=bound)
    assert (result.bound, result.objective, result.gap) == (None, None, None)


def test_optimal_beyond_the_gap_asked_for_is_a_failure() -> None:
    assert concluded(StopReason.OPTIMAL, {"gap": 0.5}, vector=POOR, bound=-14.0).stop is StopReason.OPTIMAL
    result = concluded(StopReason.OPTIMAL, {"gap": 0.1}, vector=POOR, bound=-14.0)
    assert result.stop is StopReason.FAILED
    assert "gap of 0.4" in result.message


def test_user_cannot_change_the_incumbent_kept() -> None:
    def spoil(progress: Any) -> None:
        if progress.vector is not None:
            progress.vector[:] = 9.0

    heard = session(on_progress=spoil)
    heard.incumbent(BEST.copy())
    assert conclude(heard, StopReason.INTERRUPTED).objective == -22.0


def test_log_is_cut_into_lines() -> None:
    lines: list[str] = []
    heard = session(on_log=lines.append)
    for piece in ("one", " line\r\ntwo\n", "\nrest"):
        heard.log(piece)
    conclude(heard, StopReason.TIME_LIMIT)
    assert lines == ["one line", "two", "", "rest"]
