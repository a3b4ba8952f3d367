"""Method `direct`: the whole MILP handed to one solver."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from allocator.backends import Backend, Progress, SolveOptions, SolveResult, StopReason
from allocator.backends.request import choose_solver
from allocator.backends.worker import GRACE
from allocator.instance.models import Instance
from allocator.methods.clock import Clock
from allocator.methods.record import Record
from allocator.methods.rounding import round_plan
from allocator.methods.strengthening import strengthen
from allocator.milp.builder import ABSENT
from allocator.milp.formulation import Formulation, formulate
from allocator.milp.model import MilpModel, Vector
from allocator.plan.arrays import PlanArrays

INTEGER_RECORD_COLUMNS = 400
"""Up to this many columns of records and cards they are declared whole.

Small instances are those where one record is a noticeable part of the cost; in larger ones rounding
costs far less than the gap, and integrality would only slow the solver down.
"""


@dataclass(frozen=True)
class DirectOutcome:
    """What the solver did; plans and bounds are in the record."""

    solver: str
    build_seconds: float
    solve_seconds: float
    failure: str | None
    """Why the solver did not do its work, if so."""


def formulate_directly(instance: Instance) -> Formulation:
    """The model that `direct` solves, before inequalities: with whole records where there are few."""
    record_columns = 2 * int(np.prod(instance.arrays.shape))
    return formulate(instance, integer_records=record_columns <= INTEGER_RECORD_COLUMNS)


def solve_direct(record: Record, clock: Clock, backend: Backend, options: SolveOptions) -> DirectOutcome:
    """Formulate, solve, round; every incumbent goes to the record at once.

    Starts from the record's plan where the solver takes a starting point. Raises BackendError when
    the backend can't do what the options ask, or breaks; what was found by then is in the record.
    """
    begun = time.monotonic()
    record.enter("build")
    formulation = formulate_directly(record.instance)
    solver, able = choose_solver(backend.name, backend.solvers(), formulation.model, options.solver)
    source = f"direct, {backend.name} {solver}"

    def on_progress(progress: Progress) -> None:
        record.offer_bound(progress.bound)
        if progress.vector is not None:
            _offer(formulation, record, progress.vector, source)
        else:
            record.report()

    building = time.monotonic() - begun
    record.enter("strengthen")
    model = strengthen(formulation, record, clock, backend, options)
    record.enter("solve")
    result = backend.solve(
        model,
        replace(
            options,
            solver=solver,
            time_limit=_seconds_to_solve(clock, record),
            gap=_gap_to_solve(options.gap),
            start=formulation.embed(record.plan) if able.start else None,
            on_progress=on_progress if able.progress else None,
            interrupt=clock.interrupt if able.interrupt else None,
        ),
    )
    record.offer_bound(result.bound)
    if result.vector is not None:
        plan = _offer(formulation, record, result.vector, source)
        if not formulation.integer_records and not clock.over:
            record.enter("refill")
            _refill(formulation, record, clock, backend, options, plan, source)
    solving = time.monotonic() - begun - building
    failure = _failure(result, f"{backend.name} {solver}", record.gap, options.gap)
    return DirectOutcome(solver, building, solving, failure)


def _failure(result: SolveResult, solver: str, reached: float | None, asked: float | None) -> str | None:
    """A solver that gave up has failed, unless what it found and proved by then is what was asked for."""
    if reached is not None and reached <= (asked or 0.0):
        return None
    if result.stop in (StopReason.INFEASIBLE, StopReason.UNBOUNDED):
        # A valid plan always exists and no cost is negative, so this is the solver's error.
        return f"{solver} calls the model {result.stop.value}, which it cannot be"
    if result.stop is StopReason.FAILED:
        return f"{solver} gave up: {result.message}"
    return None


def _offer(formulation: Formulation, record: Record, vector: Vector, source: str) -> PlanArrays:
    plan = round_plan(formulation.instance, formulation.extract(vector))
    record.offer_plan(plan, source)
    return plan


def _refill(
    formulation: Formulation,
    record: Record,
    clock: Clock,
    backend: Backend,
    options: SolveOptions,
    plan: PlanArrays,
    source: str,
) -> None:
    """The best slots and cards for the shipments found: what the gap allowed the solver to leave.

    A linear programme, all but a network flow, so that its vertices are all but whole. A failure
    here costs nothing: the plan is in the record already.
    """
    model = _with_fixed_shipments(formulation, plan)
    seconds = _seconds_to_solve(clock, record)
    result: SolveResult = backend.solve(
        model,
        SolveOptions(
            time_limit=None if seconds is None else 0.5 * seconds,
            threads=options.threads if (options.threads or 1) == 1 else None,
            interrupt=clock.interrupt,
        ),
    )
    if result.vector is not None:
        _offer(formulation, record, result.vector, source)


def _with_fixed_shipments(formulation: Formulation, plan: PlanArrays) -> MilpModel:
    """The linear model in which packs and trips have the plan's values."""
    model, variables = formulation.model, formulation.variables
    lower, upper = model.column_lower.copy(), model.column_upper.copy()
    for index, values in ((variables.packs, plan.packs), (variables.trip, plan.packs > 0)):
        columns = index[index != ABSENT]
        lower[columns] = upper[columns] = values[index != ABSENT].astype(np.float64)
    return replace(model.relaxed(), column_lower=lower, column_upper=upper)


def _seconds_to_solve(clock: Clock, record: Record) -> float | None:
    """The time left, less what rounding, judging and writing the last plan will take."""
    if clock.limit == float("inf"):
        return None
    # All of it grows with the plan as judging does, and a solver looks at its clock only now and then.
    ending = 80.0 * record.judging_seconds
    return max(0.0, clock.remaining - 0.4 - ending - min(GRACE, ending))


def _gap_to_solve(gap: float | None) -> float | None:
    """A little less than asked for, so that rounding to whole records stays within it."""
    return None if gap is None else max(0.9 * gap, gap - 1e-4)
