"""The front door: an instance in, a checked plan with a proven bound out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from allocator.backends import BACKENDS, BackendError, BackendMissingError, SolveOptions, get_backend
from allocator.backends.request import LARGEST_SEED
from allocator.errors import InputError, Problem
from allocator.instance.models import Instance
from allocator.methods.clock import Clock
from allocator.methods.direct import DirectOutcome, solve_direct
from allocator.methods.policies import POLICIES
from allocator.methods.record import InvalidPlanError, Record, Report
from allocator.methods.relaxation import relaxation_bound
from allocator.plan.arrays import PlanArrays, plan_from_arrays
from allocator.plan.models import Plan, Solution
from allocator.verdict import Verdict, avoidable_gap, gap, verify

DEFAULT_BACKEND = "highs"
"""By measurement over the families, see docs/backends.md."""

DEFAULT_TIME_LIMIT = 300.0
DEFAULT_GAP = 0.001
_FIRST_POLICY = "proportional"  # the cheapest on most instances: what there is time for when there is little
_GAP_TOLERANCE = 1e-9  # solvers prove in doubles: at a gap of 0 they are this far from exact


@dataclass(frozen=True)
class Outcome:
    """A plan that passed the exact check, and everything known of how good it is."""

    instance: Instance
    plan: Plan
    decisions: PlanArrays
    """The plan day by day."""
    verdict: Verdict
    status: str
    """`optimal`: the gap is at most the one asked for; `feasible`; `interrupted`."""
    empty_cost: float
    bound: float | None
    method: str
    backend: str | None
    solver: str | None
    seconds: dict[str, float]
    """`load`, `build`, `solve`, `total`"""
    policy_costs: dict[str, float] = field(default_factory=dict)
    """Cost of the plan of each simple policy that was tried, by name."""
    policy_plan: PlanArrays | None = None
    """The plan of `best_policy`."""
    source: str = ""
    """What found the plan."""
    failure: str | None = None
    """Why the backend could not do its work, if so; the plan is the best known all the same."""

    @property
    def objective(self) -> float:
        """Cost of the plan, in the instance's currency."""
        return float(self.verdict.cost.total)

    @property
    def gap(self) -> float | None:
        """(cost - bound) / |cost|; None without a bound."""
        return gap(self.objective, self.bound)

    @property
    def avoidable_gap(self) -> float | None:
        """(cost - bound) / (cost of the empty plan - bound)"""
        return avoidable_gap(self.objective, self.bound, self.empty_cost)

    @property
    def best_policy(self) -> str | None:
        """The simple policy with the cheapest plan."""
        return min(self.policy_costs, key=self.policy_costs.__getitem__, default=None)

    def as_dict(self) -> dict[str, Any]:
        """What `solve --json` prints, but for the path of the plan."""
        return {
            "instance": self.instance.name,
            "status": self.status,
            "objective": self.objective,
            "bound": self.bound,
            "gap": self.gap,
            "avoidable_gap": self.avoidable_gap,
            "empty_cost": self.empty_cost,
            "policy_costs": self.policy_costs,
            "method": self.method,
            "backend": self.backend,
            "solver": self.solver,
            "source": self.source,
            "failure": self.failure,
            "seconds": self.seconds,
            "cost_terms": self.verdict.cost.as_dict(),
            "kpis": self.verdict.kpis.as_dict(),
        }


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
    on_report: Callable[[Report], None] | None = None,
    on_log: Callable[[str], None] | None = None,
    interrupt: threading.Event | None = None,
    started: float | None = None,
    load_seconds: float = 0.0,
) -> Outcome:
    """The best plan that can be found and checked in the time, and the best bound on any plan's cost.

    `time_limit` is in seconds of wall clock since `started` (a reading of time.monotonic(), now by
    default), None for no limit; `gap` is the relative gap at which to stop. `on_report` hears of
    progress, `on_log` of the solver's own log, line by line; `interrupt`, set from any thread or signal
    handler, ends the search. When the time is over, on an interrupt and when the backend fails, the
    best plan so far is returned, a policy's at the worst; `Outcome.failure` tells of a failed backend.

    Raises InputError for a method, backend, solver or number that does not exist or makes no sense.
    """
    chosen = "direct" if method == "auto" else method
    _check_request(chosen, backend, solver, time_limit, gap, threads, seed)
    clock = Clock(time_limit, started=started, interrupt=interrupt)
    record = Record(instance, clock, on_report)
    if chosen == "direct":
        backend = backend or DEFAULT_BACKEND
        work = _solve_direct(
            record, clock, backend, SolveOptions(solver, gap=gap, threads=threads, seed=seed, on_log=on_log)
        )
    else:
        backend = None
        work = _follow_policy(record, chosen)
    return _conclude(record, clock, work, gap, chosen, backend, seed, load_seconds)


@dataclass(frozen=True)
class _Work:
    """What a method did, besides what is in the record."""

    plan: PlanArrays
    source: str
    policy_costs: dict[str, float]
    policy_plan: PlanArrays
    solver: str | None = None
    build_seconds: float = 0.0
    solve_seconds: float = 0.0
    failure: str | None = None


def _solve_direct(record: Record, clock: Clock, backend: str, options: SolveOptions) -> _Work:
    """The policies' plans first, then the MILP from the best of them."""
    policy_costs = _try_policies(record, clock)
    policy_plan = record.plan
    record.offer_bound(relaxation_bound(record.instance))
    failure: str | None = None
    result: DirectOutcome | None = None
    try:
        if not clock.over:
            result = solve_direct(record, clock, get_backend(backend), options)
            failure = result.failure
    except (BackendError, InvalidPlanError) as error:
        failure = str(error)
    return _Work(
        plan=record.plan,
        source=record.source,
        policy_costs=policy_costs,
        policy_plan=policy_plan,
        solver=result.solver if result else options.solver,
        build_seconds=result.build_seconds if result else 0.0,
        solve_seconds=result.solve_seconds if result else 0.0,
        failure=failure,
    )


def _follow_policy(record: Record, method: str) -> _Work:
    """The plan of one policy, also where doing nothing is cheaper."""
    begun = time.monotonic()
    record.enter(method)
    name = method.removeprefix("policy:")
    plan = POLICIES[name].plan(record.instance)
    cost = record.offer_plan(plan, method)
    record.offer_bound(relaxation_bound(record.instance))
    return _Work(plan, method, {name: cost}, plan, solve_seconds=time.monotonic() - begun)


def _try_policies(record: Record, clock: Clock) -> dict[str, float]:
    """The cost of each policy's plan, as far as time allows; of one at least, however short it is."""
    costs = {"empty": record.empty_cost}
    slowest = 0.0
    for name in sorted(POLICIES, key=lambda name: name != _FIRST_POLICY):
        first = name == _FIRST_POLICY
        if name == "empty" or clock.interrupted or (clock.remaining <= 2.0 * slowest and not first):
            continue
        record.enter(f"policy {name}")
        begun = time.monotonic()
        plan = POLICIES[name].plan(record.instance, None if first else clock.deadline)
        costs[name] = record.offer_plan(plan, f"policy:{name}")
        slowest = max(slowest, time.monotonic() - begun)
    return costs


def _conclude(
    record: Record,
    clock: Clock,
    work: _Work,
    gap_asked: float,
    method: str,
    backend: str | None,
    seed: int | None,
    load_seconds: float,
) -> Outcome:
    """Judge the plan once more and put down how it was found."""
    verdict = verify(record.instance, work.plan)
    cost = float(verdict.cost.total)
    bound = None if record.bound is None else min(record.bound, cost)
    gap_reached = gap(cost, bound)
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
        backend=backend,
        solver=work.solver,
        seed=seed,
        seconds=seconds,
        policy_costs=work.policy_costs,
        policy_plan=work.policy_plan,
        source=work.source,
        failure=work.failure,
    )


def conclude(
    instance: Instance,
    decisions: PlanArrays,
    verdict: Verdict,
    *,
    status: str,
    bound: float | None,
    empty_cost: float,
    method: str,
    backend: str | None,
    solver: str | None,
    seed: int | None,
    seconds: dict[str, float],
    source: str,
    failure: str | None,
    policy_costs: dict[str, float] | None = None,
    policy_plan: PlanArrays | None = None,
) -> Outcome:
    """The outcome of a solve, and in its plan how it was found."""
    cost = float(verdict.cost.total)
    solution = Solution(
        status=status,
        objective=cost,
        bound=bound,
        gap=gap(cost, bound),
        avoidable_gap=avoidable_gap(cost, bound, empty_cost),
        method=method,
        backend=backend,
        solver=solver,
        seed=seed,
        seconds=seconds,
    )
    return Outcome(
        instance=instance,
        plan=plan_from_arrays(decisions, instance, solution),
        decisions=decisions,
        verdict=verdict,
        status=status,
        empty_cost=empty_cost,
        bound=bound,
        method=method,
        backend=backend,
        solver=solver,
        seconds=seconds,
        policy_costs=policy_costs or {},
        policy_plan=policy_plan,
        source=source,
        failure=failure,
    )


def _check_request(
    method: str,
    backend: str | None,
    solver: str | None,
    time_limit: float | None,
    gap_asked: float,
    threads: int | None,
    seed: int | None,
) -> None:
    policies = [f"policy:{name}" for name in POLICIES]
    problems: list[Problem] = []
    if method not in ("direct", *policies):
        problems.append(Problem("method", method, "one of " + ", ".join(["auto", "direct", *policies])))
    if backend is not None and backend not in BACKENDS:
        problems.append(Problem("backend", backend, "one of " + ", ".join(BACKENDS)))
    elif method == "direct":
        problems.extend(_solver_problems(backend or DEFAULT_BACKEND, solver, threads, seed))
    if time_limit is not None and not time_limit > 0:
        problems.append(Problem("time limit", str(time_limit), "seconds, more than 0"))
    if not 0 <= gap_asked < float("inf"):
        problems.append(Problem("gap", str(gap_asked), "a number of at least 0"))
    if threads is not None and threads < 1:
        problems.append(Problem("threads", str(threads), "at least 1"))
    if seed is not None and not 0 <= seed <= LARGEST_SEED:
        problems.append(Problem("seed", str(seed), f"0 to {LARGEST_SEED}"))
    if problems:
        raise InputError(problems)


def _solver_problems(
    backend: str, solver: str | None, threads: int | None, seed: int | None
) -> Iterator[Problem]:
    """What the solver can't do; nothing where its library is missing, which is told of later."""
    try:
        offered = get_backend(backend).solvers()
    except BackendMissingError:
        return
    able = {name: capabilities for name, capabilities in offered.items() if capabilities.integer}
    if solver is not None and solver not in able:
        expected = f"with backend {backend} one of " + ", ".join(able)
        if solver in offered:
            expected += f" ({solver} solves linear models only)"
        elif others := [other for other in BACKENDS if other != backend and solver in _solvers_of(other)]:
            expected += f" ({solver} is a solver of backend {others[0]})"
        yield Problem("solver", solver, expected)
        return
    name = solver or next(iter(able), None)
    if name is None:
        return
    if seed is not None and not able[name].seed:
        yield Problem("seed", str(seed), f"none, {backend} {name} takes no seed")
    if (threads or 1) > 1 and not able[name].threads:
        yield Problem("threads", str(threads), f"1, {backend} {name} has no more")


def _solvers_of(backend: str) -> Collection[str]:
    try:
        return get_backend(backend).solvers()
    except BackendMissingError:
        return ()
