"""Limits, gaps, starting points, interruption, callbacks: the same on every solver that claims them."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from allocator.backends import (
    Progress,
    SolveOptions,
    SolveResult,
    StopReason,
    UnsupportedError,
    verify_vector,
)
from tests.conformance import cases
from tests.conformance.solvers import SOLVERS, able, backend, those

Pair = tuple[str, str]
GRACE = 2.0  # seconds on a machine that others use too
HARD = cases.market_split()
START = cases.market_split_start(HARD)


def check_stopped(result: SolveResult) -> None:
    if result.vector is not None:
        assert verify_vector(HARD, result.vector)
        assert result.objective == pytest.approx(HARD.value(result.vector))
    if result.bound is not None:
        assert 1000.0 - 1e-2 <= result.bound <= (result.objective or np.inf)


@those()
@pytest.mark.parametrize("limit", [0.0, -3.0])
def test_no_time_comes_back_at_once(pair: Pair, limit: float) -> None:
    model = HARD if able(pair).integer else HARD.relaxed()
    start = START if able(pair).start else None
    begun = time.monotonic()
    result = backend(pair).solve(model, SolveOptions(solver=pair[1], time_limit=limit, start=start))
    assert time.monotonic() - begun < 0.5
    assert result.stop is StopReason.TIME_LIMIT
    if start is not None:
        assert result.vector is not None
        assert np.array_equal(result.vector, START)
    else:
        assert result.vector is None
        assert result.objective is None
        assert result.gap is None


@those(integer=True)
def test_time_limit_is_wall_clock_and_keeps_the_incumbent(pair: Pair) -> None:
    begun = time.monotonic()
    result = backend(pair).solve(HARD, SolveOptions(solver=pair[1], time_limit=0.6))
    assert time.monotonic() - begun < 0.6 + GRACE
    assert result.stop is StopReason.TIME_LIMIT
    assert result.vector is not None
    assert result.bound is not None
    check_stopped(result)


@those(integer=False, linear=True, duals=True)
def test_linear_model_stopped_early_claims_nothing_false(pair: Pair) -> None:
    model = cases.slow_linear()
    result = backend(pair).solve(model, SolveOptions(solver=pair[1], time_limit=0.15))
    assert result.stop in (StopReason.TIME_LIMIT, StopReason.OPTIMAL)
    assert result.seconds < 0.15 + GRACE
    if result.vector is not None:
        assert verify_vector(model, result.vector)
    best = backend(("highs", "ipm")).solve(model, SolveOptions(solver="ipm")).objective
    assert best is not None
    if result.bound is not None:
        assert result.bound <= best * (1 + 1e-6)


@those(integer=True, interrupt=True)
def test_interrupt_from_another_thread(pair: Pair) -> None:
    interrupt = threading.Event()
    timer = threading.Timer(0.5, interrupt.set)
    timer.start()
    begun = time.monotonic()
    result = backend(pair).solve(
        HARD, SolveOptions(solver=pair[1], interrupt=interrupt, start=START, time_limit=60.0)
    )
    timer.join()
    assert time.monotonic() - begun < 0.5 + GRACE
    assert result.stop is StopReason.INTERRUPTED
    assert result.vector is not None
    check_stopped(result)


@those(interrupt=True)
def test_interrupt_set_before(pair: Pair) -> None:
    interrupt = threading.Event()
    interrupt.set()
    model = HARD if able(pair).integer else HARD.relaxed()
    result = backend(pair).solve(model, SolveOptions(solver=pair[1], interrupt=interrupt))
    assert result.stop is StopReason.INTERRUPTED
    assert result.vector is None


@those(integer=True, interrupt=True)
def test_the_main_thread_stays_responsive(pair: Pair) -> None:
    """The front door solves in a worker thread: the main one must stay free to take signals."""
    interrupt = threading.Event()
    results: list[SolveResult] = []
    options = SolveOptions(solver=pair[1], interrupt=interrupt, on_progress=lambda _: None)
    worker = threading.Thread(target=lambda: results.append(backend(pair).solve(HARD, options)))
    worker.start()
    begun = last = time.monotonic()
    longest = 0.0
    while worker.is_alive():
        time.sleep(0.01)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
        if last - begun > 0.4:
            interrupt.set()
    assert results[0].stop is StopReason.INTERRUPTED
    assert longest < 0.5


@those(integer=True)
def test_gap_is_respected(pair: Pair) -> None:
    loose = backend(pair).solve(HARD, SolveOptions(solver=pair[1], gap=0.2, time_limit=20.0))
    assert loose.stop is StopReason.OPTIMAL
    assert loose.gap is not None
    assert loose.gap <= 0.2 + 1e-6
    exact = backend(pair).solve(cases.INTEGER[0].model, SolveOptions(solver=pair[1], gap=0.0))
    assert exact.stop is StopReason.OPTIMAL
    assert exact.gap == pytest.approx(0.0, abs=1e-6)


@those(integer=True, start=True)
def test_start_is_kept(pair: Pair) -> None:
    good = backend(("highs", "highs")).solve(HARD, SolveOptions(time_limit=0.5)).vector
    assert good is not None
    result = backend(pair).solve(HARD, SolveOptions(solver=pair[1], start=good, time_limit=0.5))
    assert result.objective is not None
    assert result.objective <= HARD.value(good) + 1e-6
    check_stopped(result)


@those(integer=True, start=True)
def test_infeasible_start_is_ignored_with_a_note(pair: Pair) -> None:
    case = cases.INTEGER[0]
    result = backend(pair).solve(case.model, SolveOptions(solver=pair[1], start=np.ones(4)))
    assert result.stop is StopReason.OPTIMAL
    assert result.objective == pytest.approx(case.optimum)
    assert "starting point ignored" in result.message


@those(start=True)
def test_start_of_wrong_length_is_an_error(pair: Pair) -> None:
    with pytest.raises(ValueError, match="start"):
        backend(pair).solve(HARD, SolveOptions(solver=pair[1], start=np.zeros(3)))


@those(integer=True, progress=True)
def test_progress_is_monotone_and_hands_out_incumbents(pair: Pair) -> None:
    seen: list[Progress] = []
    result = backend(pair).solve(HARD, SolveOptions(solver=pair[1], time_limit=1.0, on_progress=seen.append))
    assert seen
    seconds = [report.seconds for report in seen]
    assert seconds == sorted(seconds)
    objectives = [report.objective for report in seen if report.objective is not None]
    assert objectives == sorted(objectives, reverse=True)
    bounds = [report.bound for report in seen if report.bound is not None]
    assert bounds == sorted(bounds)
    vectors = [report.vector for report in seen if report.vector is not None]
    for vector in vectors:
        assert verify_vector(HARD, vector)
    if pair[1] != "cbc":  # CBC tells what its incumbents cost, not what they are
        assert vectors
        assert result.objective is not None
        assert result.objective <= HARD.value(vectors[-1]) + 1e-9
    assert objectives
    assert result.objective is not None
    assert result.objective <= objectives[-1] + 1e-6


class BoomError(Exception):
    """Raised by callbacks here."""


@those(integer=True, progress=True)
def test_exception_in_progress_stops_and_comes_back(pair: Pair) -> None:
    def boom(_: Progress) -> None:
        raise BoomError

    begun = time.monotonic()
    with pytest.raises(BoomError):
        backend(pair).solve(HARD, SolveOptions(solver=pair[1], time_limit=30.0, on_progress=boom))
    assert time.monotonic() - begun < 5.0


@those()
def test_log_reaches_the_caller_line_by_line(pair: Pair, capfd: pytest.CaptureFixture[str]) -> None:
    lines: list[str] = []
    case = cases.INTEGER[0].model
    model = case if able(pair).integer else case.relaxed()
    backend(pair).solve(model, SolveOptions(solver=pair[1], on_log=lines.append))
    assert lines
    assert not any("\n" in line or "\r" in line for line in lines)
    assert capfd.readouterr().out == ""


@those(integer=True, interrupt=True)
def test_exception_in_log_stops_and_comes_back(pair: Pair) -> None:
    def boom(_: str) -> None:
        raise BoomError

    with pytest.raises(BoomError):
        backend(pair).solve(HARD, SolveOptions(solver=pair[1], time_limit=30.0, on_log=boom))


def test_what_is_not_claimed_is_refused() -> None:
    asked = {
        "threads": SolveOptions(threads=2),
        "seed": SolveOptions(seed=1),
        "start": SolveOptions(start=START),
        "progress": SolveOptions(on_progress=lambda _: None),
        "interrupt": SolveOptions(interrupt=threading.Event()),
    }
    refused = 0
    for pair in SOLVERS:
        for claim, options in asked.items():
            if getattr(able(pair), claim):
                continue
            refused += 1
            choice = SolveOptions(**{**vars(options), "solver": pair[1]})
            with pytest.raises(UnsupportedError):
                backend(pair).solve(HARD.relaxed(), choice)
        if not able(pair).integer:
            with pytest.raises(UnsupportedError, match="integer"):
                backend(pair).solve(HARD, SolveOptions(solver=pair[1]))
    assert refused


@those()
def test_values_without_meaning_are_errors(pair: Pair) -> None:
    model = cases.INTEGER[0].model.relaxed()
    for options in (
        SolveOptions(solver=pair[1], gap=-0.1),
        SolveOptions(solver=pair[1], gap=float("nan")),
        SolveOptions(solver=pair[1], threads=0),
        SolveOptions(solver=pair[1], seed=-1),
        SolveOptions(solver=pair[1], time_limit=float("nan")),
    ):
        with pytest.raises(ValueError, match=r"gap|threads|seed|time_limit"):
            backend(pair).solve(model, options)


@those()
def test_one_thread_is_always_fine(pair: Pair) -> None:
    case = cases.INTEGER[0]
    model = case.model if able(pair).integer else case.model.relaxed()
    result = backend(pair).solve(model, SolveOptions(solver=pair[1], threads=1))
    assert result.stop is StopReason.OPTIMAL


@those(integer=True, threads=True)
def test_the_number_of_threads_may_change_between_solves(pair: Pair) -> None:
    """HiGHS refuses that within one thread unless its pool is reset."""
    for threads in (1, 2, 1):
        result = backend(pair).solve(cases.INTEGER[0].model, SolveOptions(solver=pair[1], threads=threads))
        assert result.stop is StopReason.OPTIMAL


@those(integer=True, seed=True)
def test_same_seed_same_result(pair: Pair) -> None:
    model = cases.market_split(rows=2, columns=14, seed=3)
    options = SolveOptions(solver=pair[1], seed=7, threads=1)
    first, second = (backend(pair).solve(model, options) for _ in range(2))
    assert first.stop is StopReason.OPTIMAL
    assert first.vector is not None
    assert second.vector is not None
    assert np.array_equal(first.vector, second.vector)
