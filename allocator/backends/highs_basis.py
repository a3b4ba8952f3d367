"""Starting HiGHS from a basis, and reading the basis that it ends with, the cheap way.

A model of ten thousand rows is solved from a good basis in some hundredths of a second, and methods
solve thousands of them. highspy makes one Python object per status it hands out, and a thread has
to get its own memory anew: each would take as long as the solver.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from allocator.backends.bases import basis_at, fitted, still_feasible
from allocator.backends.interface import Basis, BasisStatus
from allocator.backends.session import Session
from allocator.milp.model import MilpModel, Vector

_BRIEF = 200_000  # entries of a model whose solve takes a few seconds at worst
_PRIMAL = {"simplex_strategy": 4}
_DUAL = {"simplex_strategy": 1, "simplex_dual_edge_weight_strategy": 1}
_FROM_NOTHING = {"simplex_strategy": 1, "simplex_dual_edge_weight_strategy": -1}


def brief(session: Session) -> bool:
    """Whether the solve is so short, and has so few to tell, that the calling thread may do it.

    HiGHS keeps to a time limit in a small linear model, and a Ctrl-C waits for its end.
    """
    options = session.options
    listening = options.on_log or options.on_progress or options.interrupt
    return options.basis is not None and not listening and session.model.matrix.nnz <= _BRIEF


def start_from(highspy: Any, highs: Any, given: Basis, model: MilpModel) -> bool:
    """Give HiGHS the basis; false when it does not accept it, and begins anew.

    New costs and columns leave a basis primal feasible, and the primal simplex method then needs a
    third to a tenth of the iterations; after new bounds and rows the dual one needs a quarter.
    Exact edge weights do not pay off in so few iterations, but where no column is basic they are all 1.
    Scaling pays off: without it some models take several times as long.
    """
    statuses = _statuses(highspy)
    columns, rows = fitted(given, model)
    basis = highspy.HighsBasis()
    basis.col_status = statuses[columns].tolist()
    basis.row_status = statuses[rows].tolist()
    basis.alien = False  # one that is singular is mended when it is factorised, which is soon enough
    basis.valid = True
    if highs.setBasis(basis) == highspy.HighsStatus.kError:
        return False
    if not (columns == BasisStatus.BASIC).any():
        _set(highs, _FROM_NOTHING)
    else:
        _set(highs, _PRIMAL if still_feasible(given, columns, rows, model) else _DUAL)
    return True


def forget(highs: Any) -> None:
    """Back to how HiGHS solves a model from nothing."""
    highs.clearSolver()
    _set(highs, _FROM_NOTHING)


def final_basis(highs: Any, model: MilpModel, vector: Vector, *, hot: bool) -> Basis | None:
    """The basis of an optimum, None where there is none: after interior point without crossover.

    After a start from a basis it is told from the list of what is basic, an array, and from where the
    vector puts the rest. That list must not be asked for where the simplex method has not run: HiGHS
    1.16 crashes on models without entries.
    """
    found = highs.getBasis()
    if not found.valid:
        return None
    if hot and model.matrix.nnz:
        return basis_at(model, vector, highs.getBasicVariables()[1])
    columns, rows = (
        np.fromiter((status.value for status in given), dtype=np.int8, count=size)
        for given, size in ((found.col_status, len(vector)), (found.row_status, model.shape[0]))
    )
    return Basis(*fitted(Basis(columns, rows), model), vector)


def _set(highs: Any, settings: dict[str, int]) -> None:
    for key, value in settings.items():
        highs.setOptionValue(key, value)


@cache
def _statuses(highspy: Any) -> Any:
    """HiGHS's own statuses in the order of ours, in an array."""
    kind = highspy.HighsBasisStatus
    own = {
        BasisStatus.LOWER: kind.kLower,
        BasisStatus.BASIC: kind.kBasic,
        BasisStatus.UPPER: kind.kUpper,
        BasisStatus.ZERO: kind.kZero,
    }
    return np.array([own[status] for status in BasisStatus], dtype=object)
