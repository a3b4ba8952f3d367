"""Work spread over processes: the same results in the same order, and an end when it is asked for."""

from __future__ import annotations

import math
import operator
import os
import signal
import threading
import time

import pytest

from allocator import generate_instance, solve
from allocator.methods.clock import Clock
from allocator.methods.decompose.workers import StoppedError, Workers

# The tasks are functions of the standard library: other processes can't import the tests.


@pytest.mark.parametrize("count", [1, 2])
def test_results_come_in_the_order_of_the_tasks(count: int) -> None:
    workers = Workers(Clock(), count)
    assert workers.map(math.factorial, ((number,) for number in range(20))) == [
        math.factorial(number) for number in range(20)
    ]
    assert workers.map(math.factorial, []) == []


@pytest.mark.parametrize("count", [1, 2])
def test_an_error_comes_back(count: int) -> None:
    with pytest.raises(ZeroDivisionError, match="by zero"):
        Workers(Clock(), count).map(operator.floordiv, [(1, 2), (2, 0)])


@pytest.mark.parametrize("count", [1, 2])
def test_an_interrupt_stops_it(count: int) -> None:
    interrupt = threading.Event()
    workers = Workers(Clock(interrupt=interrupt), count)
    workers.map(math.factorial, [(1,), (2,)])  # the processes are there
    threading.Timer(0.3, interrupt.set).start()
    begun = time.monotonic()
    with pytest.raises(StoppedError):
        workers.map(time.sleep, [(0.1,)] * 100)
    assert time.monotonic() - begun < 3.0


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_to_a_worker_changes_nothing(name: str) -> None:
    """It goes to all processes of a group at times; a worker that ends half-way leaves this one waiting."""
    workers = Workers(Clock(), 2)
    for process in set(workers.map(os.getpid, [()] * 20)):
        os.kill(process, getattr(signal, name))
    assert workers.map(math.factorial, [(5,)] * 20) == [120] * 20


def test_the_time_limit_stops_it() -> None:
    with pytest.raises(StoppedError):
        Workers(Clock(0.2), 1).map(time.sleep, [(0.1,)] * 100)


@pytest.mark.parametrize("family", ["election", "hubs", "quota"])
def test_any_number_of_workers_finds_the_same(family: str) -> None:
    instance = generate_instance(family, offices=20, days=24)
    one, two = (
        solve(instance, method="decompose", workers=count, rounds=3, gap=0.0, time_limit=None)
        for count in (1, 2)
    )
    assert one.failure is two.failure is None
    assert (one.workers, two.workers) == (1, 2)
    assert (one.objective, one.bound, one.rounds) == (two.objective, two.bound, two.rounds)
    assert one.plan.solution.prices == two.plan.solution.prices
    assert one.decisions.packs.tolist() == two.decisions.packs.tolist()


@pytest.mark.parametrize("count", [1, 2])
def test_what_has_begun_goes_on_meanwhile(count: int) -> None:
    workers = Workers(Clock(), count)
    coming = workers.begin(math.factorial, [(3,), (4,)])
    assert workers.finish(coming) == [6, 24]
    assert workers.map(math.factorial, [(5,)]) == [120]


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_has_begun_can_be_given_up() -> None:
    workers = Workers(Clock(), 2)
    begun = time.monotonic()
    workers.begin(time.sleep, [(5.0,)] * 6)
    time.sleep(0.5)
    workers.close()
    assert time.monotonic() - begun < 4.0
    assert Workers(Clock(), 2).map(math.factorial, [(5,)]) == [120]
