"""What each method does with a record, a clock and a request."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from allocator.backends import BackendError, SolveOptions, get_backend
from allocator.methods.clock import Clock
from allocator.methods.direct import solve_direct
from allocator.methods.policies import POLICIES
from allocator.methods.record import InvalidPlanError, Record
from allocator.methods.relaxation import relaxation_bound
from allocator.plan.arrays import PlanArrays
from allocator.plan.models import Prices
from allocator.solving.request import DEFAULT_BACKEND, Request
from allocator.solving.warm_start import Start, offer_start

if TYPE_CHECKING:
    from allocator.methods.decompose.engine import Decomposition

_FIRST_POLICY = "proportional"  # the cheapest on most instances: what there is time for when there is little
_SEARCH_BACKEND = "ortools"  # SCIP: ten times as near as HiGHS in seconds where offices lend to each other
_POLICIES_SHARE = 0.02  # of the time, where plans come that are far better
OnLog = Callable[[str], None]


@dataclass(frozen=True)
class Work:
    """What a method did, besides what is in the record."""

    plan: PlanArrays
    source: str
    policy_costs: dict[str, float]
    policy_plan: PlanArrays
    backend: str | None = None
    solver: str | None = None
    workers: int | None = None
    rounds: int | None = None
    prices: Prices | None = None
    build_seconds: float = 0.0
    solve_seconds: float = 0.0
    failure: str | None = None
    start_cost: float | None = None  # of the plan given, as far as it is valid


def solve_directly(
    record: Record, clock: Clock, request: Request, start: Start | None, on_log: OnLog | None
) -> Work:
    """The policies' plans first, then the MILP from the best plan there is."""
    work = _prepare(record, clock, request, start)
    options = SolveOptions(
        request.solver, gap=request.gap, threads=request.threads, seed=request.seed, on_log=on_log
    )
    try:
        if not clock.over:
            result = solve_direct(record, clock, get_backend(work.backend or DEFAULT_BACKEND), options)
            work = replace(
                work,
                solver=result.solver,
                build_seconds=result.build_seconds,
                solve_seconds=result.solve_seconds,
                failure=result.failure,
            )
    except (BackendError, InvalidPlanError) as error:
        work = replace(work, failure=str(error))
    return replace(work, plan=record.plan, source=record.source)


def decompose(
    record: Record, clock: Clock, request: Request, start: Start | None, on_log: OnLog | None
) -> Work:
    """Prices for what offices share, and plans from there; the policies' plans while workers begin."""
    prices = None if start is None else start.prices
    if clock.over:
        return replace(_prepare(record, clock, request, start), rounds=0, prices=prices)
    # Imported when used: joblib and numba take their time.
    from allocator.methods.decompose.engine import Decomposition

    workers = request.threads if request.workers is None else request.workers
    options = SolveOptions(gap=request.gap, seed=request.seed)
    with Decomposition.begun(
        record.instance,
        clock,
        request.backend or DEFAULT_BACKEND,
        options,
        workers=workers,
        start=prices,
        search_backend=request.backend or _SEARCH_BACKEND,
    ) as decomposition:
        work = replace(_prepare(record, clock, request, start, _POLICIES_SHARE), rounds=0, prices=prices)
        try:
            if not clock.over and (record.gap is None or record.gap > request.gap):
                work = replace(work, workers=decomposition.workers)
                with _engine_log(on_log):
                    work = _price_and_settle(record, request, decomposition, work)
        except (BackendError, InvalidPlanError) as error:
            work = replace(work, failure=str(error))
    return replace(work, plan=record.plan, source=record.source)


def follow_policy(record: Record, method: str) -> Work:
    """The plan of one policy, also where doing nothing is cheaper."""
    begun = time.monotonic()
    record.enter(method)
    name = method.removeprefix("policy:")
    plan = POLICIES[name].plan(record.instance)
    cost = record.offer_plan(plan, method)
    record.offer_bound(relaxation_bound(record.instance))
    return Work(plan, method, {name: cost}, plan, solve_seconds=time.monotonic() - begun)


def _prepare(record: Record, clock: Clock, request: Request, start: Start | None, share: float = 1.0) -> Work:
    """What every search begins with: the policies' plans, the plan given, the bound in closed form."""
    policy_costs = _try_policies(record, clock, share)
    policy_plan = record.plan
    start_cost = None if start is None else offer_start(record, start)
    record.offer_bound(relaxation_bound(record.instance))
    return Work(
        plan=record.plan,
        source=record.source,
        policy_costs=policy_costs,
        policy_plan=policy_plan,
        backend=request.backend or DEFAULT_BACKEND,
        solver=request.solver,
        start_cost=start_cost,
    )


def _try_policies(record: Record, clock: Clock, share: float) -> dict[str, float]:
    """The cost of each policy's plan, as far as a share of the time allows; of one at least."""
    costs = {"empty": record.empty_cost}
    slowest = spent = 0.0
    for name in sorted(POLICIES, key=lambda name: name != _FIRST_POLICY):
        first = name == _FIRST_POLICY
        late = clock.remaining <= 2.0 * slowest or spent > share * clock.limit
        if name == "empty" or clock.interrupted or (late and not first):
            continue
        record.enter(f"policy {name}")
        begun = time.monotonic()
        plan = POLICIES[name].plan(record.instance, None if first else clock.deadline)
        costs[name] = record.offer_plan(plan, f"policy:{name}")
        took = time.monotonic() - begun
        slowest, spent = max(slowest, took), spent + took
    return costs


def _price_and_settle(record: Record, request: Request, decomposition: Decomposition, work: Work) -> Work:
    from allocator.methods.decompose.prices import describe_prices

    result = decomposition.solve(record, request.rounds)
    return replace(
        work,
        rounds=result.rounds,
        # Before the first round they mean nothing: then those of an earlier solve, if any, are kept.
        prices=describe_prices(record.instance, result.couplings, result.prices)
        if result.rounds
        else work.prices,
        build_seconds=result.build_seconds,
        solve_seconds=result.solve_seconds,
    )


@contextmanager
def _engine_log(on_log: OnLog | None) -> Iterator[None]:
    """Let `on_log` hear what the engine logs in this thread."""
    if on_log is None:
        yield
        return
    logger = logging.getLogger("allocator.methods.decompose")
    handler = _Lines(on_log)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)


class _Lines(logging.Handler):
    """Hands log messages of its own thread on, line by line."""

    def __init__(self, on_log: OnLog) -> None:
        super().__init__()
        self._on_log = on_log
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._on_log(record.getMessage())
