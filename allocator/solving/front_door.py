"""`solve`: checks the request, keeps the clock, lets a method work, judges what it found."""

from __future__ import annotations

import threading
from collections.abc import Callable

from allocator.instance.models import Instance
from allocator.methods.clock import Clock
from allocator.methods.record import Record, Report
from allocator.plan.models import Plan
from allocator.solving.outcome import Outcome, conclude
from allocator.solving.request import (
    DEFAULT_GAP,
    DEFAULT_TIME_LIMIT,
    Request,
    check_request,
    choose_method,
)
from allocator.solving.warm_start import starting_plan
from allocator.solving.work import Work, decompose, follow_policy, solve_directly
from allocator.verdict import gap as gap_of
from allocator.verdict import verify

_GAP_TOLERANCE = 1e-9  # solvers prove in doubles: at a gap of 0 they are this far from exact


def solve(
    instance: Instance,
    *,
    method: str = "auto",
    backend: str | None = None,
    solver: str | None = None,
    time_limit: float | None = DEFAULT_TIME_LIMIT,
    gap: float = DEFAULT_GAP,
    threads: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    rounds: int | None = None,
    start: Plan | None = None,
    on_report: Callable[[Report], None] | None = None,
    on_log: Callable[[str], None] | None = None,
    interrupt: threading.Event | None = None,
    started: float | None = None,
    load_seconds: float = 0.0,
) -> Outcome:
    """The best plan that can be found and checked in the time, and the best bound on any plan's cost.

    `method` is `direct`, `decompose`, `policy:NAME` or `auto`, see `choose_method`. `time_limit` is in
    seconds of wall clock since `started` (a reading of time.monotonic(), now by default), None for no
    limit; `gap` is the relative gap at which to stop.

    `decompose` spreads its work over `workers` processes: all cores, or all workers of a cluster that
    joblib.parallel_config names, unless told otherwise; 1 is this process. It ends after `rounds` of
    pricing at the latest. `solver` and `threads` are of the one solver of `direct`; `decompose` takes
    for each piece the backend's own choice, and `threads` for `workers` where those are not given.

    `start` is a plan to start from, of this instance or one much like it: it is made valid first, and
    the prices kept in it are where `decompose` begins.

    `on_report` hears of progress, `on_log` of the solver's own log, line by line; `interrupt`, set from
    any thread or signal handler, ends the search. When the time is over, on an interrupt and when the
    backend fails, the best plan so far is returned, a policy's at the worst; `Outcome.failure` tells
    of a failed backend.

    Raises InputError for a method, backend, solver or number that does not exist or makes no sense,
    and for a starting plan that names an office, stream, lane or day that the instance does not have.
    """
    request = Request(method, backend, solver, time_limit, gap, threads, seed, workers, rounds)
    chosen = choose_method(instance, request)
    check_request(request, chosen, with_start=start is not None)
    begin_with = None if start is None else starting_plan(start, instance)
    clock = Clock(time_limit, started=started, interrupt=interrupt)
    record = Record(instance, clock, on_report)
    if chosen == "decompose":
        work = decompose(record, clock, request, begin_with, on_log)
    elif chosen == "direct":
        work = solve_directly(record, clock, request, begin_with, on_log)
    else:
        work = follow_policy(record, chosen)
    return _judge(record, clock, work, gap, chosen, seed, load_seconds)


def _judge(
    record: Record,
    clock: Clock,
    work: Work,
    gap_asked: float,
    method: str,
    seed: int | None,
    load_seconds: float,
) -> Outcome:
    """Judge the plan once more and put down how it was found."""
    verdict = verify(record.instance, work.plan)
    cost = float(verdict.cost.total)
    bound = None if record.bound is None else min(record.bound, cost)
    gap_reached = gap_of(cost, bound)
    if gap_reached is not None and gap_reached <= gap_asked + _GAP_TOLERANCE:
        status = "optimal"
    else:
        status = "interrupted" if clock.interrupted else "feasible"
    seconds = {
        "load": load_seconds,
        "build": work.build_seconds,
        "solve": work.solve_seconds,
        "total": clock.seconds,
    }
    return conclude(
        record.instance,
        work.plan,
        verdict,
        status=status,
        bound=bound,
        empty_cost=record.empty_cost,
        method=method,
        backend=work.backend,
        solver=work.solver,
        seed=seed,
        workers=work.workers,
        rounds=work.rounds,
        prices=work.prices,
        seconds=seconds,
        policy_costs=work.policy_costs,
        policy_plan=work.policy_plan,
        source=work.source,
        failure=work.failure,
        start_cost=work.start_cost,
    )
