"""Callers get back on time from solvers that do not listen."""

from __future__ import annotations

import _thread
import signal
import threading
import time

import pytest

from allocator.backends import Capabilities, Progress, SolveOptions, StopReason, get_backend, left_behind
from allocator.backends.session import Session
from allocator.backends.worker import run
from tests.conformance import cases

ABLE = Capabilities(True, True, True, True, True, True, True, True)


def session(options: SolveOptions) -> Session:
    return Session(cases.INTEGER[0].model, options, "deaf", ABLE, time.monotonic())


def test_a_deaf_solver_is_left_behind_and_no_longer_heard() -> None:
    release = threading.Event()
    heard: list[Progress] = []
    ours = session(SolveOptions(time_limit=0.1, on_progress=heard.append))
    told: list[bool] = []

    def deaf() -> None:
        release.wait(10.0)
        ours.progress(objective=1.0)

    assert run(ours, deaf, interrupt=lambda: told.append(True), grace=0.2) is StopReason.TIME_LIMIT
    assert 0.3 <= ours.seconds < 1.0
    assert told == [True]
    assert ours.stopping
    assert left_behind() >= 1
    release.set()
    time.sleep(0.1)
    assert heard == []


def test_what_the_work_raises_is_raised_to_the_caller() -> None:
    def fails() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(session(SolveOptions()), fails)


def test_interrupt_is_told_once_and_the_work_may_still_end_by_itself() -> None:
    event, release = threading.Event(), threading.Event()
    event.set()
    assert (
        run(session(SolveOptions(interrupt=event)), lambda: release.wait(5.0), interrupt=release.set) is None
    )


def test_ctrl_c_in_the_main_thread_stops_the_solver() -> None:
    # Tests that were started in the background ignore it, and Python then leaves it so.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.5, _thread.interrupt_main)
    timer.start()
    begun = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            get_backend("highs").solve(cases.market_split(), SolveOptions(time_limit=30.0))
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - begun < 3.0
