"""HiGHS through its own Python library, highspy: branch and cut, simplex, interior point.

Needs highspy 1.16. Older ones fail the conformance kit: up to 1.13 the log reaches a callback only
together with the console, 1.14.0 calls a wrong point optimal ("continuous rest"), and beside 1.15
OR-Tools cannot be loaded, since both bring a shared library of HiGHS under one name.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from allocator.backends.highs_basis import brief, final_basis, forget, start_from
from allocator.backends.interface import BackendError, Capabilities, SolveOptions, SolveResult, StopReason
from allocator.backends.libraries import load, package_version
from allocator.backends.outcome import conclude
from allocator.backends.request import choose_solver
from allocator.backends.session import Session
from allocator.backends.worker import run
from allocator.milp.model import MilpModel, Vector

_ALL = Capabilities(
    integer=True,
    bound=True,
    start=True,
    progress=True,
    interrupt=True,
    duals=True,
    threads=True,
    seed=True,
    basis=True,
)
_LINEAR = replace(_ALL, integer=False, start=False, progress=False)
SOLVERS = {"highs": _ALL, "simplex": _LINEAR, "ipm": replace(_LINEAR, basis=False)}
"""`highs` takes any model, and chooses the algorithm for a linear one; the others take linear models.

In a linear model a starting point speeds nothing up; as everywhere, the result is never worse than it.
"""


class HighsBackend:
    """Hands the model over as arrays, listens to callbacks, and stops when the session says so."""

    name = "highs"

    def solvers(self) -> dict[str, Capabilities]:
        """Branch and cut, dual simplex, interior point with crossover."""
        load("highspy", "highspy")
        return dict(SOLVERS)

    def versions(self) -> dict[str, str]:
        """highspy, and the HiGHS inside it."""
        highspy = load("highspy", "highspy")
        return {"highspy": package_version("highspy"), "HiGHS": _quiet(highspy).version()}

    def solve(self, model: MilpModel, options: SolveOptions) -> SolveResult:
        """Solve the model; see `Backend.solve`."""
        started = time.monotonic()
        name, able = choose_solver(self.name, self.solvers(), model, options.solver)
        return solve_session(Session(model, options, name, able, started))


def solve_session(session: Session, call: Callable[[Any], object] | None = None) -> SolveResult:
    """Hand over, solve and conclude; `call` starts the solver where not `Highs.run` itself is to do so."""
    stop = session.cut_short()
    if stop is not None:
        return conclude(session, stop)
    highspy = load("highspy", "highspy")
    highs = _quiet(highspy)
    _listen(highspy, highs, session)
    _configure(highspy, highs, session)
    _hand_over(highspy, highs, session.model)
    if session.start is not None and session.model.integer.any():
        solution = highspy.HighsSolution()
        solution.col_value = session.start
        highs.setSolution(solution)
    basis = session.options.basis
    hot = basis is not None and start_from(highspy, highs, basis, session.model)
    session.handed_over()
    stop = session.cut_short()
    if stop is not None:
        return conclude(session, stop)
    if math.isfinite(session.remaining):
        highs.setOptionValue("time_limit", session.remaining)
    left = _go(session, highs.run if call is None else lambda: call(highs))
    if left is None and hot and highs.getModelStatus() not in _reasons(highspy):
        forget(highs)
        hot = False
        left = _again(highs, session)
    other = "simplex" if session.solver == "ipm" else "ipm"
    for said, option, value in (("without presolve", "presolve", "off"), (f"by {other}", "solver", other)):
        if left is None and _gave_up(highspy, highs, session):
            session.note(f"HiGHS had no answer to a linear model, and was run again {said}")
            forget(highs)
            highs.setOptionValue(option, value)
            left = _again(highs, session)
    if left is None and _came_back(highspy, highs, session):
        session.note("HiGHS gave the starting point back for its optimum, and was run again without")
        highs.clearSolver()
        left = _again(highs, session)
    if left is not None:
        return conclude(session, left, bound=session.bound, message="HiGHS did not stop in time")
    if highs.getModelStatus() == highspy.HighsModelStatus.kUnboundedOrInfeasible:
        return conclude(session, _unbounded_or_infeasible(highspy, highs, session))
    return _result(highspy, highs, session, hot=hot)


def _go(session: Session, work: Callable[[], object]) -> StopReason | None:
    """Do the work in a thread, or in this one where that is safe; why it was left behind, if it was."""
    if brief(session):
        work()
        return None
    return run(session, work)


def _again(highs: Any, session: Session) -> StopReason | None:
    if math.isfinite(session.remaining):
        highs.setOptionValue("time_limit", highs.getRunTime() + session.remaining)
    return _go(session, highs.run)


def _gave_up(highspy: Any, highs: Any, session: Session) -> bool:
    """Whether HiGHS says nothing at all of a linear model, which 1.16 does of some large ones."""
    kind = highspy.HighsModelStatus
    silent = (kind.kNotset, kind.kUnknown, kind.kSolveError, kind.kPresolveError, kind.kPostsolveError)
    return not session.model.integer.any() and highs.getModelStatus() in silent


def _came_back(highspy: Any, highs: Any, session: Session) -> bool:
    """Whether HiGHS claims an optimum and returns the starting point, which costs more.

    HiGHS 1.16 does so where the start, cut to what presolve leaves, is already optimal there.
    """
    if session.start is None or highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return False
    claimed = highs.getInfo().objective_function_value
    returned = np.array(highs.getSolution().col_value, dtype=np.float64)
    if not session.model.integer.any() or returned.shape != session.start.shape:
        return False
    excess = session.model.value(returned) - claimed
    return bool(excess > 1e-6 * max(1.0, abs(claimed)))


def hand_over(model: MilpModel) -> Any:
    """A silent highspy.Highs that holds the model, for what is not solving."""
    highspy = load("highspy", "highspy")
    highs = _quiet(highspy)
    _hand_over(highspy, highs, model)
    return highs


def empty_highs(on_log: Callable[[str], None]) -> Any:
    """A highspy.Highs without a model whose log goes to `on_log` alone, for what is not solving."""
    highspy = load("highspy", "highspy")
    highs = _quiet(highspy)
    highs.setOptionValue("output_flag", True)
    highs.setOptionValue("log_to_console", False)
    highs.setCallback(lambda event, message, said, answer, _: on_log(message), None)
    highs.startCallback(highspy.cb.HighsCallbackType.kCallbackLogging)
    return highs


def _quiet(highspy: Any) -> Any:
    # Not highspy.Highs: its constructor prints a banner to stdout before it can be told not to.
    highs = highspy._core._Highs()
    highs.setOptionValue("output_flag", False)
    return highs


def _configure(highspy: Any, highs: Any, session: Session) -> None:
    options = session.options
    settings: dict[str, Any] = {"log_to_console": False, "output_flag": options.on_log is not None}
    # HiGHS keeps its threads with the thread that calls it, and refuses to change their number there.
    if options.threads is not None and not brief(session):
        settings["threads"] = options.threads
    if options.seed is not None:
        settings["random_seed"] = options.seed
    if options.gap is not None:
        settings["mip_rel_gap"] = options.gap
    if session.solver != "highs":
        settings["solver"] = session.solver
    for key, value in settings.items():
        if highs.setOptionValue(key, value) == highspy.HighsStatus.kError:
            raise BackendError(f"HiGHS refuses {key} = {value}")


def _hand_over(highspy: Any, highs: Any, model: MilpModel) -> None:
    rows, columns = model.shape
    matrix = model.matrix
    if matrix.nnz > np.iinfo(np.int32).max:
        raise BackendError("HiGHS indexes matrices with 32 bits; this one has more entries")
    status = highs.passModel(
        columns,
        rows,
        matrix.nnz,
        int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMinimize),
        model.offset,
        model.objective,
        model.column_lower,
        model.column_upper,
        model.row_lower,
        model.row_upper,
        matrix.indptr.astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        model.integer.astype(np.int32),
    )
    if status == highspy.HighsStatus.kError:
        raise BackendError("HiGHS refuses the model")


def _listen(highspy: Any, highs: Any, session: Session) -> None:
    """Attach one callback for log, incumbents, bounds and interruption.

    None for a linear model where nobody listens: in small ones it would take a third of the time.
    """
    options = session.options
    if not (options.on_log or options.on_progress or options.interrupt or session.model.integer.any()):
        return
    kind = highspy.cb.HighsCallbackType
    logging, improving, branching = (
        kind.kCallbackLogging,
        kind.kCallbackMipImprovingSolution,
        kind.kCallbackMipInterrupt,
    )

    def heard(event: Any, message: str, said: Any, answer: Any, _: object) -> None:
        with session.guard():
            if event == logging:
                session.log(message)
                return
            if event == improving:
                session.incumbent(np.array(said.mip_solution, dtype=np.float64))  # HiGHS owns that memory
            elif event == branching:
                session.progress(said.mip_primal_bound, said.mip_dual_bound)
            else:
                session.progress()  # a sign of life: objectives on the way are of infeasible points
        if event not in (logging, improving) and session.stopping:
            answer.user_interrupt = True

    highs.setCallback(heard, None)
    listening = [branching, kind.kCallbackSimplexInterrupt, kind.kCallbackIpmInterrupt, improving]
    if session.options.on_log is not None:
        listening.append(logging)
    for event in listening:
        highs.startCallback(event)


def _unbounded_or_infeasible(highspy: Any, highs: Any, session: Session) -> StopReason:
    """Presolve saw that there is no optimum, not why: without the objective the model is one or the other."""
    if session.start is not None:
        return StopReason.UNBOUNDED
    columns = session.model.shape[1]
    highs.changeColsCost(columns, np.arange(columns, dtype=np.int32), np.zeros(columns))
    left = _again(highs, session)
    if left is not None:
        return left
    kind = highspy.HighsModelStatus
    reasons = {
        kind.kOptimal: StopReason.UNBOUNDED,
        kind.kInfeasible: StopReason.INFEASIBLE,
        kind.kTimeLimit: StopReason.TIME_LIMIT,
        kind.kInterrupt: StopReason.INTERRUPTED,
    }
    session.note("HiGHS: unbounded or infeasible")
    return reasons.get(highs.getModelStatus(), StopReason.FAILED)


def _reasons(highspy: Any) -> dict[Any, StopReason]:
    kind = highspy.HighsModelStatus
    return {
        kind.kOptimal: StopReason.OPTIMAL,
        kind.kModelEmpty: StopReason.OPTIMAL,
        kind.kInfeasible: StopReason.INFEASIBLE,
        kind.kUnbounded: StopReason.UNBOUNDED,
        kind.kTimeLimit: StopReason.TIME_LIMIT,
        kind.kInterrupt: StopReason.INTERRUPTED,
    }


def _result(highspy: Any, highs: Any, session: Session, *, hot: bool) -> SolveResult:
    status = highs.getModelStatus()
    stop = _reasons(highspy).get(status, StopReason.FAILED)
    message = f"HiGHS: {highs.modelStatusToString(status)}" if stop is StopReason.FAILED else ""
    info = highs.getInfo()
    solution = highs.getSolution()
    integer = bool(session.model.integer.any())
    vector: Vector | None = None
    # After a time limit the arrays may be there and mean nothing; the status of the point tells.
    if solution.value_valid and info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        vector = np.array(solution.col_value, dtype=np.float64)
    duals: Vector | None = None
    if solution.dual_valid and not integer:
        duals = np.array(solution.row_dual, dtype=np.float64)
    basis = None
    if session.able.basis and vector is not None and not integer and stop is StopReason.OPTIMAL:
        basis = final_basis(highs, session.model, vector, hot=hot)
    return conclude(
        session,
        stop,
        vector=vector,
        bound=info.mip_dual_bound if integer else None,
        duals=duals,
        basis=basis,
        message=message,
    )
