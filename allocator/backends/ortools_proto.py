"""Between our arrays and OR-Tools MathOpt messages: the model in one piece, parameters, vectors back."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import numpy as np

from allocator.backends.feasibility import TOLERANCE
from allocator.backends.interface import UnsupportedError
from allocator.backends.libraries import load
from allocator.backends.session import Session
from allocator.milp.model import MilpModel, Vector

CP_SAT_GRID = 1e6  # steps per unit for continuous columns
SMALLEST_PDLP_GAP = 1e-8  # relative; a first-order method gets no further in sensible time
PDLP_ACCURACY = 5e-7  # per row and column, absolute and relative: half of what feasibility asks


def library(module: str) -> Any:
    """A module of OR-Tools, or BackendMissingError."""
    return load(f"ortools.{module}", "ortools")


def model_message(model: MilpModel) -> Any:
    """A MathOpt ModelProto with columns and rows numbered as in the model."""
    rows, columns = model.shape
    message = library("math_opt.model_pb2").ModelProto()
    variables = message.variables
    variables.ids.extend(range(columns))
    variables.lower_bounds.extend(model.column_lower.tolist())
    variables.upper_bounds.extend(model.column_upper.tolist())
    variables.integers.extend(model.integer.tolist())
    message.objective.offset = model.offset
    costly = np.flatnonzero(model.objective)
    message.objective.linear_coefficients.ids.extend(costly.tolist())
    message.objective.linear_coefficients.values.extend(model.objective[costly].tolist())
    constraints = message.linear_constraints
    constraints.ids.extend(range(rows))
    constraints.lower_bounds.extend(model.row_lower.tolist())
    constraints.upper_bounds.extend(model.row_upper.tolist())
    # MathOpt wants entries sorted, without zeros or repetitions.
    matrix = model.matrix
    if not matrix.has_canonical_format or not matrix.data.all():
        matrix = matrix.copy()
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
    entries = message.linear_constraint_matrix
    entries.row_ids.extend(np.repeat(np.arange(rows), np.diff(matrix.indptr)).tolist())
    entries.column_ids.extend(matrix.indices.tolist())
    entries.coefficients.extend(matrix.data.tolist())
    return message


def parameters_message(session: Session) -> Any:
    """MathOpt SolveParametersProto for the session's limits and settings."""
    options = session.options
    message = library("math_opt.parameters_pb2").SolveParametersProto()
    if math.isfinite(session.remaining):
        message.time_limit.FromTimedelta(timedelta(seconds=session.remaining))
    if options.seed is not None:
        message.random_seed = options.seed
    if options.threads is not None and session.solver in ("cp-sat", "pdlp"):
        message.threads = options.threads
    if options.gap is not None and session.solver in ("scip", "cp-sat"):
        message.relative_gap_tolerance = options.gap
    if session.solver == "scip":
        message.gscip.int_params["timing/clocktype"] = 2  # wall clock; SCIP's own default is CPU time
    if session.solver == "cp-sat":
        # Rows that need scaling are relaxed by this much, and rounded by as much again.
        message.cp_sat.mip_wanted_precision = TOLERANCE * 0.4
        if not whole_data(session.model):
            # Continuous columns move on a grid of 1 by default: rows of fractions hardly have a point there.
            message.cp_sat.mip_var_scaling = CP_SAT_GRID
    if session.solver == "pdlp":
        _pdlp(message.pdlp, options.gap)
    return message


def _pdlp(message: Any, gap: float | None) -> None:
    if gap is not None and gap < SMALLEST_PDLP_GAP:
        raise UnsupportedError(f"pdlp cannot reach a gap below {SMALLEST_PDLP_GAP}")
    criteria = message.termination_criteria
    # Per component, as our check of the vector does; the default measures the norm of all rows together.
    criteria.optimality_norm = library("pdlp.solvers_pb2").OPTIMALITY_NORM_L_INF_COMPONENTWISE
    detailed = criteria.detailed_optimality_criteria
    for residual in ("primal", "dual"):
        for kind in ("absolute", "relative"):
            setattr(detailed, f"eps_optimal_{residual}_residual_{kind}", PDLP_ACCURACY)
    # PDLP divides by |primal| + |dual|, about twice what our gap divides by.
    detailed.eps_optimal_objective_gap_relative = (gap if gap is not None else 1e-6) / 2.0
    detailed.eps_optimal_objective_gap_absolute = 1e-9


def hint_message(session: Session) -> Any:
    """MathOpt ModelSolveParametersProto with the starting point, if there is one."""
    message = library("math_opt.model_parameters_pb2").ModelSolveParametersProto()
    if session.start is not None:
        values = message.solution_hints.add().variable_values
        values.ids.extend(range(session.start.size))
        values.values.extend(session.start.tolist())
    return message


def whole_data(model: MilpModel) -> bool:
    """Coefficients and row bounds are all whole, so that whole values of all columns are worth a look."""
    sides = np.concatenate([model.row_lower, model.row_upper])
    return not any(np.any(values != np.rint(values)) for values in (model.matrix.data, sides))


def dense(sparse: Any, size: int) -> Vector:
    """A SparseDoubleVectorProto as a vector."""
    vector = np.zeros(size)
    vector[np.fromiter(sparse.ids, dtype=np.intp, count=len(sparse.ids))] = sparse.values
    return vector
