"""OR-Tools through MathOpt: GLOP and PDLP for linear models, SCIP and CP-SAT for integer ones.

HiGHS is also in OR-Tools, but loses its incumbent at a time limit there, and crashes beside PuLP's;
it has a backend of its own. OR-Tools 9.15 writes two lines "SCIPcatchEvent ... ERROR" to stderr
whenever SCIP has a callback or can be interrupted; both work all the same, and it cannot be turned off.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from allocator.backends.exactness import inexact_because
from allocator.backends.feasibility import verify_vector
from allocator.backends.interface import Capabilities, SolveOptions, SolveResult, StopReason
from allocator.backends.libraries import load, package_version
from allocator.backends.ortools_basis import final_basis, start_from
from allocator.backends.ortools_proto import (
    dense,
    hint_message,
    library,
    model_message,
    parameters_message,
)
from allocator.backends.outcome import conclude
from allocator.backends.request import choose_solver
from allocator.backends.session import Session
from allocator.backends.worker import run
from allocator.milp.model import MilpModel, Vector

SOLVERS = {
    "glop": Capabilities(
        integer=False,
        bound=True,
        start=False,
        progress=False,
        interrupt=True,
        duals=True,
        threads=False,
        seed=True,
        basis=True,
    ),
    "scip": Capabilities(
        integer=True,
        bound=True,
        start=True,
        progress=True,
        interrupt=True,
        duals=False,
        threads=False,
        seed=True,
    ),
    "cp-sat": Capabilities(
        integer=True,
        bound=True,
        start=True,
        progress=True,
        interrupt=True,
        duals=False,
        threads=True,
        seed=True,
    ),
    "pdlp": Capabilities(
        integer=False,
        bound=True,
        start=False,
        progress=False,
        interrupt=True,
        duals=True,
        threads=True,
        seed=False,
    ),
}
"""GLOP comes first, so it is the default for linear models and SCIP the one for integer models."""

_TYPES = {
    "glop": "SOLVER_TYPE_GLOP",
    "scip": "SOLVER_TYPE_GSCIP",
    "cp-sat": "SOLVER_TYPE_CP_SAT",
    "pdlp": "SOLVER_TYPE_PDLP",
}


class OrtoolsBackend:
    """Hands the model over as one MathOpt message; callbacks and an interrupter work on the solve."""

    name = "ortools"

    def solvers(self) -> dict[str, Capabilities]:
        """GLOP, SCIP, CP-SAT and PDLP.

        CP-SAT thinks in whole numbers: it reports a bound, optimality or infeasibility only for
        models it represents exactly, see `exactness`; for others it is a heuristic.
        """
        library("math_opt.core.python.solver")
        return dict(SOLVERS)

    def versions(self) -> dict[str, str]:
        """OR-Tools; the solvers inside carry no number of their own."""
        library("math_opt.core.python.solver")
        return {"ortools": package_version("ortools")}

    def solve(self, model: MilpModel, options: SolveOptions) -> SolveResult:
        """Solve the model; see `Backend.solve`."""
        started = time.monotonic()
        name, able = choose_solver(self.name, self.solvers(), model, options.solver)
        session = Session(model, options, name, able, started)
        stop = session.cut_short()
        if stop is not None:
            return conclude(session, stop)
        message = model_message(model)
        reply = _solve(session, message)
        if isinstance(reply, StopReason):
            return conclude(session, reply, bound=session.bound)
        enums = library("math_opt.result_pb2")
        if reply.termination.reason == enums.TERMINATION_REASON_INFEASIBLE_OR_UNBOUNDED:
            return conclude(session, _which(session, message))
        return _result(session, reply)


def _solve(session: Session, message: Any) -> Any:
    """MathOpt's SolveResultProto, or the reason why there is none."""
    core = library("math_opt.core.python.solver")
    enums = library("math_opt.parameters_pb2")
    refusal: type[Exception] = load("pybind11_abseil.status", "ortools").StatusNotOk
    kind = getattr(enums, _TYPES[session.solver])
    answers: list[Any] = []
    try:
        left = run(session, lambda: answers.append(core.new(kind, message, enums.SolverInitializerProto())))
        session.handed_over()
        left = left or session.cut_short()
        if left is not None:
            return left
        solver = answers.pop()
        parameters, hints = parameters_message(session), hint_message(session)
        if session.options.basis is not None:
            start_from(session.options.basis, session.model, hints, parameters)
        asked = (parameters, hints, _logger(session), *_listener(session))
        interrupter = _interrupter(session)
        left = run(
            session,
            lambda: answers.append(solver.solve(*asked, interrupter and interrupter.pybind_interrupter)),
            interrupt=interrupter and interrupter.interrupt,
        )
    except refusal as error:
        session.note(f"OR-Tools refuses: {error}")
        return StopReason.FAILED
    if left is not None:
        session.note(f"{session.solver} did not stop in time")
        return left
    return answers.pop()


def _interrupter(session: Session) -> Any:
    """MathOpt's interrupter; for SCIP only when something can pull it, since that makes it complain."""
    options = session.options
    idle = options.interrupt is None and options.on_progress is None and options.on_log is None
    if session.solver == "scip" and idle:
        return None
    return library("util.python.solve_interrupter").SolveInterrupter()


def _logger(session: Session) -> Callable[[list[str]], None] | None:
    """Where the solver's log goes; SCIP's table is also read for its bounds."""
    options = session.options
    watched = session.solver == "scip" and options.on_progress is not None
    if options.on_log is None and not watched:
        return None

    def heard(lines: list[str]) -> None:
        with session.guard():
            for line in lines:
                session.log(line + "\n")
                if watched:
                    session.progress(*scip_bounds(line))

    return heard


def scip_bounds(line: str) -> tuple[float | None, float | None]:
    """Primal and dual bound in a line of SCIP's progress table, each moved outwards by its rounding."""
    cells = line.split("|")
    if len(cells) < 15:
        return None, None
    primal, dual = _number(cells[-3]), _number(cells[-4])
    return (
        None if primal is None else primal + 1e-6 * abs(primal),
        None if dual is None else dual - 1e-6 * abs(dual),
    )


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:  # "--" where there is none yet, a word in the heading
        return None


def _listener(session: Session) -> tuple[Any, Callable[[Any], Any] | None]:
    """What to be called for, and the function to call: incumbents, and bounds from CP-SAT."""
    messages = library("math_opt.callback_pb2")
    registration = messages.CallbackRegistrationProto()
    if session.options.on_progress is None or session.solver not in ("scip", "cp-sat"):
        return registration, None
    registration.request_registration.append(messages.CALLBACK_EVENT_MIP_SOLUTION)
    if session.solver == "cp-sat":
        registration.request_registration.append(messages.CALLBACK_EVENT_MIP)
    columns = session.model.shape[1]
    proves = proves_bounds(session)

    def heard(data: Any) -> Any:
        answer = messages.CallbackResultProto()
        with session.guard():
            if data.event == messages.CALLBACK_EVENT_MIP_SOLUTION:
                session.incumbent(dense(data.primal_solution_vector, columns))
            known = proves and data.mip_stats.HasField("dual_bound")
            session.progress(bound=data.mip_stats.dual_bound if known else None)
            answer.terminate = session.stopping
        return answer

    return registration, heard


def proves_bounds(session: Session) -> bool:
    """Whether the solver's bound holds for the model as given; notes why not."""
    if session.solver != "cp-sat":
        return True
    reason = inexact_because(session.model)
    if reason:
        session.note(f"no bound from cp-sat: {reason}")
    return not reason


def _which(session: Session, message: Any) -> StopReason:
    """Presolve saw that there is no optimum, not why: without the objective the model is one or the other."""
    session.note("unbounded or infeasible")
    if session.start is not None:
        return StopReason.UNBOUNDED
    message.objective.ClearField("linear_coefficients")
    reply = _solve(session, message)
    if isinstance(reply, StopReason):
        return reply
    either = library("math_opt.result_pb2").TERMINATION_REASON_INFEASIBLE_OR_UNBOUNDED
    # Without an objective nothing is unbounded.
    infeasible = reply.termination.reason == either
    stop = StopReason.INFEASIBLE if infeasible else _reason(session, reply)
    if stop is StopReason.OPTIMAL:
        return StopReason.UNBOUNDED
    return StopReason.FAILED if stop is StopReason.INFEASIBLE and not proves_bounds(session) else stop


def _reason(session: Session, reply: Any) -> StopReason:
    enums = library("math_opt.result_pb2")
    reasons = {
        enums.TERMINATION_REASON_OPTIMAL: StopReason.OPTIMAL,
        enums.TERMINATION_REASON_INFEASIBLE: StopReason.INFEASIBLE,
        enums.TERMINATION_REASON_UNBOUNDED: StopReason.UNBOUNDED,
    }
    reason, limit = reply.termination.reason, reply.termination.limit
    if reason in reasons:
        return reasons[reason]
    if session.stopping or limit == enums.LIMIT_INTERRUPTED:
        return StopReason.INTERRUPTED
    # GLOP and CP-SAT leave the limit undetermined; the clock tells.
    if limit == enums.LIMIT_TIME or (limit == enums.LIMIT_UNDETERMINED and session.remaining <= 0.1):
        return StopReason.TIME_LIMIT
    name = enums.TerminationReasonProto.Name(reason)
    session.note(f"{session.solver}: {name} {reply.termination.detail}".rstrip())
    return StopReason.FAILED


def _result(session: Session, reply: Any) -> SolveResult:
    """The best solution in the reply, and its duals where the solver has them."""
    rows, columns = session.model.shape
    stop = _reason(session, reply)
    able = SOLVERS[session.solver]
    exact = proves_bounds(session)
    if not exact and stop in (StopReason.OPTIMAL, StopReason.INFEASIBLE, StopReason.UNBOUNDED):
        session.note(f"cp-sat calls the rounded model {stop.value}, which proves nothing about this one")
        stop = StopReason.FAILED
    vector: Vector | None = None
    duals: Vector | None = None
    basis = None
    for solution in reply.solutions:
        if vector is None and solution.HasField("primal_solution"):
            vector = dense(solution.primal_solution.variable_values, columns)
        if able.duals and duals is None and solution.HasField("dual_solution"):
            duals = dense(solution.dual_solution.dual_values, rows)
        if able.basis and basis is None and vector is not None and solution.HasField("basis"):
            basis = final_basis(solution.basis, session.model, vector)
    if able.duals and stop is not StopReason.OPTIMAL and vector is not None:
        # A linear solver that is stopped early hands out its iterate, which it does not call feasible.
        vector = vector if verify_vector(session.model, vector, session.options.tolerance) else None
    bound = reply.termination.objective_bounds.dual_bound if exact and not able.duals else None
    return conclude(session, stop, vector=vector, bound=bound, duals=duals, basis=basis)
