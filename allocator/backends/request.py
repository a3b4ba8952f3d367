"""Is what is asked of a solver well-formed, and something it can do?"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from allocator.backends.interface import Basis, BasisStatus, Capabilities, SolveOptions, UnsupportedError
from allocator.milp.model import MilpModel

LARGEST_SEED = 2**31 - 1  # solvers keep seeds in 32 bits


def choose_solver(
    backend: str, solvers: Mapping[str, Capabilities], model: MilpModel, name: str | None
) -> tuple[str, Capabilities]:
    """The solver asked for, or the first that can take the model."""
    integer = bool(model.integer.any())
    if name is None:
        for candidate, able in solvers.items():
            if able.integer or not integer:
                return candidate, able
        raise UnsupportedError(f"{backend}: no solver for integer models")
    if name not in solvers:
        raise UnsupportedError(f"{backend} has no solver {name!r}; it has {', '.join(solvers)}")
    return name, solvers[name]


def check_options(model: MilpModel, options: SolveOptions, solver: str, able: Capabilities) -> None:
    """Raise ValueError for a value without meaning, UnsupportedError for one the solver cannot honour."""
    if options.time_limit is not None and math.isnan(options.time_limit):
        raise ValueError("time_limit is not a number")
    if options.gap is not None and not options.gap >= 0.0:
        raise ValueError(f"gap must be 0 or more, not {options.gap}")
    if options.threads is not None and options.threads < 1:
        raise ValueError(f"threads must be 1 or more, not {options.threads}")
    if options.seed is not None and not 0 <= options.seed <= LARGEST_SEED:
        raise ValueError(f"seed must be between 0 and {LARGEST_SEED}, not {options.seed}")
    if options.start is not None and np.shape(options.start) != model.objective.shape:
        shape = np.shape(options.start)
        raise ValueError(f"a start of shape {shape} for a model of {model.shape[1]} columns")
    if options.basis is not None:
        _check_basis(model, options.basis)
    refused = {
        "integer columns": bool(model.integer.any()) and not able.integer,
        f"threads={options.threads}": (options.threads or 1) > 1 and not able.threads,
        "seed": options.seed is not None and not able.seed,
        "basis": options.basis is not None and (not able.basis or bool(model.integer.any())),
        "start": options.start is not None and not able.start,
        "on_progress": options.on_progress is not None and not able.progress,
        "interrupt": options.interrupt is not None and not able.interrupt,
    }
    asked = [what for what, no in refused.items() if no]
    if asked:
        raise UnsupportedError(f"{solver} does not offer {', '.join(asked)}")


def _check_basis(model: MilpModel, basis: Basis) -> None:
    rows, columns = model.shape
    if len(basis.rows) > rows or len(basis.columns) > columns:
        size = f"{len(basis.rows)} rows and {len(basis.columns)} columns"
        raise ValueError(f"a basis of {size} for a model of {rows} and {columns}")
    for codes in (basis.rows, basis.columns):
        if codes.size and not 0 <= codes.min() <= codes.max() <= max(BasisStatus):
            raise ValueError("a basis holds a number that is no BasisStatus")
    if basis.point is not None and basis.point.shape != basis.columns.shape:
        raise ValueError(f"a basis of {len(basis.columns)} columns with a point of {basis.point.shape}")


def check_model(model: MilpModel) -> None:
    """Raise ValueError for arrays of wrong length or numbers no solver should see: C code does not check."""
    rows, columns = model.shape
    for name, size in (
        ("objective", columns),
        ("column_lower", columns),
        ("column_upper", columns),
        ("integer", columns),
        ("row_lower", rows),
        ("row_upper", rows),
    ):
        values = getattr(model, name)
        if values.shape != (size,):
            raise ValueError(f"{name} has shape {values.shape}, the matrix calls for {size}")
        if np.isnan(values).any():
            raise ValueError(f"{name} holds a NaN")
    for name, lower, upper in (
        ("row", model.row_lower, model.row_upper),
        ("column", model.column_lower, model.column_upper),
    ):
        if np.isposinf(lower).any() or np.isneginf(upper).any():
            raise ValueError(f"a {name} has a lower bound of +inf or an upper bound of -inf")
    finite = np.isfinite(model.objective).all() and np.isfinite(model.matrix.data).all()
    if not (finite and math.isfinite(model.offset)):
        raise ValueError("objective, matrix and offset must be finite")


def contradiction(model: MilpModel) -> str:
    """The first row or column whose lower bound exceeds its upper bound, in words; empty without one."""
    rows = np.flatnonzero(model.row_lower > model.row_upper)
    if rows.size:
        return f"{model.describe_row(int(rows[0]))} has a lower bound above its upper bound"
    columns = np.flatnonzero(model.column_lower > model.column_upper)
    if columns.size:
        return f"{model.describe_column(int(columns[0]))} has a lower bound above its upper bound"
    return ""
