"""Bases in OR-Tools MathOpt messages, for GLOP."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.backends.bases import Statuses, fitted, still_feasible
from allocator.backends.interface import Basis, BasisStatus
from allocator.backends.ortools_proto import library
from allocator.milp.model import MilpModel, Vector


def start_from(given: Basis, model: MilpModel, asked: Any, parameters: Any) -> None:
    """Put the basis into MathOpt's parameters of the model, and into those of the solver what suits it.

    A basis with too many or too few basic variables is left out, since MathOpt refuses it.
    """
    enums = library("math_opt.parameters_pb2")
    columns, rows = fitted(given, model)
    basic = np.count_nonzero(columns == BasisStatus.BASIC) + np.count_nonzero(rows == BasisStatus.BASIC)
    if basic != len(rows):
        return
    _write(asked.initial_basis.variable_status, columns, model.column_lower, model.column_upper)
    _write(asked.initial_basis.constraint_status, rows, model.row_lower, model.row_upper)
    parameters.presolve = enums.EMPHASIS_OFF  # a reduced model can't be started from a basis of the whole
    feasible = still_feasible(given, columns, rows, model)
    parameters.lp_algorithm = (
        enums.LP_ALGORITHM_PRIMAL_SIMPLEX if feasible else enums.LP_ALGORITHM_DUAL_SIMPLEX
    )


def final_basis(message: Any, model: MilpModel, vector: Vector) -> Basis:
    """The basis in a MathOpt BasisProto; the vector is where it puts the columns."""
    rows, columns = model.shape
    found = Basis(_read(message.variable_status, columns), _read(message.constraint_status, rows))
    return Basis(*fitted(found, model), vector)


def _write(message: Any, statuses: Statuses, lower: Vector, upper: Vector) -> None:
    enums = library("math_opt.solution_pb2")
    theirs = np.zeros(len(BasisStatus), dtype=np.int64)
    theirs[BasisStatus.LOWER] = enums.BASIS_STATUS_AT_LOWER_BOUND
    theirs[BasisStatus.BASIC] = enums.BASIS_STATUS_BASIC
    theirs[BasisStatus.UPPER] = enums.BASIS_STATUS_AT_UPPER_BOUND
    theirs[BasisStatus.ZERO] = enums.BASIS_STATUS_FREE
    values = theirs[statuses]
    fixed = (lower == upper) & (statuses != BasisStatus.BASIC)
    values[fixed] = enums.BASIS_STATUS_FIXED_VALUE
    message.ids.extend(range(len(values)))
    message.values.extend(values.tolist())


def _read(message: Any, size: int) -> Statuses:
    enums = library("math_opt.solution_pb2")
    ours = np.zeros(max(enums.BasisStatusProto.values()) + 1, dtype=np.int8)  # fixed: at the lower bound
    ours[enums.BASIS_STATUS_BASIC] = BasisStatus.BASIC
    ours[enums.BASIS_STATUS_AT_UPPER_BOUND] = BasisStatus.UPPER
    ours[enums.BASIS_STATUS_FREE] = BasisStatus.ZERO
    statuses: Statuses = np.zeros(size, dtype=np.int8)
    places: NDArray[np.intp] = np.fromiter(message.ids, dtype=np.intp, count=len(message.ids))
    statuses[places] = ours[np.fromiter(message.values, dtype=np.intp, count=len(places))]
    return statuses
