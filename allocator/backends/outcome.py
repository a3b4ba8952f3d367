"""From what a solver returned to a SolveResult: vectors are checked, claims are compared with them."""

from __future__ import annotations

import math

import numpy as np

from allocator.backends.duals import DUAL_TOLERANCE, dual_bound, reduced_costs
from allocator.backends.feasibility import verify_vector, whole
from allocator.backends.interface import Basis, SolveResult, StopReason, relative_gap
from allocator.backends.session import Session
from allocator.milp.model import Vector

SLACK = 1e-6  # a bound above the objective by less, relative to max(1, |objective|), is rounding


def conclude(
    session: Session,
    stop: StopReason,
    *,
    vector: Vector | None = None,
    bound: float | None = None,
    duals: Vector | None = None,
    basis: Basis | None = None,
    message: str = "",
) -> SolveResult:
    """The result of a solve. `bound` includes the offset; what the solver did not give is None.

    Raises what a callback raised while the solver worked.
    """
    session.log_ends()
    session.raise_kept()
    session.note(message)
    model = session.model
    if duals is not None and (
        stop in (StopReason.INFEASIBLE, StopReason.UNBOUNDED)
        or bool(model.integer.any())
        or duals.shape != model.row_lower.shape
        or not np.isfinite(duals).all()
    ):
        duals = None  # duals of no linear solution: a ray, or those of some node
    proving = duals is not None and session.options.prove
    if duals is not None and proving:
        bound = _linear_bound(session, stop, duals, bound)
    best = _best_vector(session, vector)
    objective = None if best is None else model.value(best)
    bound = _credible(session, bound, objective)
    stop = _honest(session, stop, objective, bound, held=vector is not None and best is not None)
    if stop in (StopReason.INFEASIBLE, StopReason.UNBOUNDED):
        bound = None
    return SolveResult(
        stop=stop,
        vector=best,
        objective=objective,
        bound=bound,
        duals=duals,
        reduced_costs=reduced_costs(model, duals) if duals is not None and proving else None,
        basis=basis if stop is StopReason.OPTIMAL else None,
        message="; ".join(session.notes),
        solver=session.solver,
        seconds=session.seconds,
        hand_over_seconds=session.hand_over_seconds,
    )


def _linear_bound(session: Session, stop: StopReason, duals: Vector, bound: float | None) -> float | None:
    """What the duals prove; only a solver that claims optimality is granted its dual tolerance."""
    proven = dual_bound(session.model, duals)
    if proven is None and stop is StopReason.OPTIMAL:
        proven = dual_bound(session.model, duals, DUAL_TOLERANCE)
    known = [value for value in (proven, bound) if value is not None]
    return max(known, default=None)


def _best_vector(session: Session, returned: Vector | None) -> Vector | None:
    """The best of what the solver returned, the incumbents it handed out, and the start."""
    candidates = []
    if returned is not None:
        verification = verify_vector(session.model, returned, session.options.tolerance)
        if verification:
            candidates.append(whole(session.model, np.array(returned, dtype=np.float64)))
        else:
            session.note(f"the solver's vector is refused: {verification.message}")
    candidates += [vector for vector in (session.best, session.start) if vector is not None]
    return min(candidates, key=session.model.value, default=None)


def _credible(session: Session, bound: float | None, objective: float | None) -> float | None:
    if bound is None or not math.isfinite(bound):
        return None
    if objective is None or bound <= objective:
        return bound
    if bound - objective <= SLACK * max(1.0, abs(objective)):
        return objective
    session.note(f"the solver's bound {bound:.9g} is refused: a verified vector costs {objective:.9g}")
    return None


def _honest(
    session: Session, stop: StopReason, objective: float | None, bound: float | None, *, held: bool
) -> StopReason:
    """The reason for stopping, unless the verified vector contradicts it."""
    if stop is StopReason.INFEASIBLE and objective is not None:
        session.note("the solver claims infeasibility, but a verified vector exists")
        return StopReason.FAILED
    if stop is not StopReason.OPTIMAL:
        return stop
    gap = relative_gap(objective, bound)
    asked = session.options.gap
    if objective is None:
        session.note("the solver claims optimality without a vector that holds")
        return StopReason.FAILED
    if gap is None:
        return stop if held else StopReason.FAILED
    if asked is not None and gap > asked + SLACK:
        session.note(f"the solver claims optimality at a gap of {gap:.3g}")
        return StopReason.FAILED
    return stop
