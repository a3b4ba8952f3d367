"""What is done when HiGHS gives no answer."""

from __future__ import annotations

import time
from typing import Any

import pytest

from allocator.backends import SolveOptions, StopReason, get_backend, highs
from allocator.backends.highs import solve_session
from allocator.backends.session import Session
from allocator.milp.model import MilpModel
from tests.conformance import cases


def after_silence(model: MilpModel) -> tuple[StopReason, float | None, int]:
    """Why it stopped, the objective, and how often a solver was called that does nothing when called."""
    called: list[Any] = []
    able = get_backend("highs").solvers()["highs"]
    session = Session(model, SolveOptions(), "highs", able, time.monotonic())
    result = solve_session(session, called.append)
    return result.stop, result.objective, len(called)


def test_a_linear_model_without_an_answer_is_solved_again() -> None:
    case = cases.INTEGER[0]
    relaxed = case.model.relaxed()
    expected = get_backend("highs").solve(relaxed, SolveOptions()).objective
    stop, objective, calls = after_silence(relaxed)
    assert stop is StopReason.OPTIMAL
    assert objective == pytest.approx(expected)
    assert calls == 1


def test_a_linear_model_without_an_answer_again_is_solved_by_another_algorithm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    relaxed = cases.INTEGER[0].model.relaxed()
    expected = get_backend("highs").solve(relaxed, SolveOptions()).objective
    again, algorithms = highs._again, []

    def silent_at_first(solver: Any, session: Session) -> StopReason | None:
        algorithms.append(solver.getOptionValue("solver")[1])
        return None if len(algorithms) == 1 else again(solver, session)

    monkeypatch.setattr(highs, "_again", silent_at_first)
    stop, objective, _ = after_silence(relaxed)
    assert algorithms == ["choose", "ipm"]
    assert stop is StopReason.OPTIMAL
    assert objective == pytest.approx(expected)


def test_an_integer_model_without_an_answer_has_none() -> None:
    assert after_silence(cases.INTEGER[0].model)[:2] == (StopReason.FAILED, None)
