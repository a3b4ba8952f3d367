"""What every solver backend takes and gives: a matrix in, a vector and the reason for stopping out."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from allocator.backends.feasibility import TOLERANCE
from allocator.errors import AllocatorError
from allocator.milp.model import MilpModel, Vector


class BackendError(AllocatorError):
    """A backend could not do what was asked; the message is for the user."""


class BackendMissingError(BackendError):
    """The library behind a backend is not installed; the message names the extra that brings it."""


class UnsupportedError(BackendError):
    """The backend or solver does not offer what was asked: an option, a capability, a solver name."""


class StopReason(StrEnum):
    """Why a solver stopped, apart from what it returned."""

    OPTIMAL = "optimal"  # proven to the gap asked for
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    TIME_LIMIT = "time_limit"
    INTERRUPTED = "interrupted"
    FAILED = "failed"  # the solver gave up for a reason of its own, see the message


@dataclass(frozen=True)
class Capabilities:
    """What a solver behind a backend can do. What it does not claim, it refuses with UnsupportedError."""

    integer: bool  # solves mixed-integer models; otherwise linear ones only
    bound: bool  # reports a proven bound when it stops early
    start: bool  # takes a starting point
    progress: bool  # reports incumbents or bounds while it works
    interrupt: bool  # can be stopped from outside, and keeps its incumbent
    duals: bool  # gives row duals and reduced costs for linear models
    threads: bool
    seed: bool
    basis: bool = False  # starts linear models from a basis, and gives that of the optimum


class BasisStatus(IntEnum):
    """Where a column, or the activity of a row, stands in a basis."""

    LOWER = 0  # at its lower bound, or at both where they are equal
    BASIC = 1  # wherever the others leave it
    UPPER = 2
    ZERO = 3  # at zero, free of bounds


@dataclass(frozen=True)
class Basis:
    """Where a simplex method left a linear model, for a similar model to start from.

    One `BasisStatus` per column and row, the same for all solvers. A model with more of both may
    start from it: columns without a status begin at their lower bound, rows without one are basic.
    """

    columns: NDArray[np.int8]
    rows: NDArray[np.int8]
    point: Vector | None = None  # value of each column; shows whether the basis is feasible elsewhere


@dataclass(frozen=True)
class Progress:
    """A report from a solver at work; what is not known is None."""

    seconds: float
    objective: float | None
    bound: float | None
    vector: Vector | None = None  # a new incumbent, where the solver hands it out


@dataclass(frozen=True)
class SolveOptions:
    """Limits and settings that mean the same on every backend. None leaves the solver's default."""

    solver: str | None = None  # a name from the backend's solvers; None: its default for the model
    time_limit: float | None = None  # wall-clock seconds
    gap: float | None = None  # relative: |objective - bound| / |objective|
    threads: int | None = None
    seed: int | None = None
    start: Vector | None = None  # a feasible point to begin from
    basis: Basis | None = None  # of a similar linear model, to go on from; a hint, checked for its form only
    tolerance: float = TOLERANCE  # largest violation of the vector, relative to max(1, |row activity|)
    prove: bool = True  # of a linear model: its bound and reduced costs too, from the duals
    on_progress: Callable[[Progress], None] | None = None
    on_log: Callable[[str], None] | None = None  # the solver's own log, line by line
    interrupt: threading.Event | None = None  # set it to make the solver stop soon


@dataclass(frozen=True)
class SolveResult:
    """Why the solver stopped, and what it returned. What is not known is None, never 0."""

    stop: StopReason
    vector: Vector | None = None  # satisfies the model within tolerance, whatever the status says
    objective: float | None = None  # computed from the vector
    bound: float | None = None  # a lower bound proven by the solver, offset included
    duals: Vector | None = None  # per row, linear models only; >= 0 where the lower bound binds
    reduced_costs: Vector | None = None  # per column, linear models only
    basis: Basis | None = None  # of the optimum, linear models only
    message: str = ""
    solver: str = ""
    seconds: float = 0.0
    hand_over_seconds: float = 0.0  # of `seconds`, to build the solver's own model

    @property
    def gap(self) -> float | None:
        """(objective - bound) / |objective|; 0 when both are equal, None when one is unknown."""
        return relative_gap(self.objective, self.bound)


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """(objective - bound) / |objective|, 0 when both are 0, None without either."""
    if objective is None or bound is None or not math.isfinite(bound):
        return None
    difference = max(0.0, objective - bound)
    if difference == 0.0:
        return 0.0
    return difference / abs(objective) if objective != 0.0 else math.inf


@dataclass(frozen=True)
class BackendVersion:
    """What is installed behind a backend: library versions by name, or why it is missing."""

    backend: str
    installed: bool
    versions: dict[str, str] = field(default_factory=dict)
    solvers: dict[str, Capabilities] = field(default_factory=dict)
    message: str = ""


class Backend(Protocol):
    """One solver library behind the common interface."""

    name: str

    def solvers(self) -> dict[str, Capabilities]:
        """The solvers this backend offers here and now, by name, default first.

        Raises BackendMissingError when the library is not installed.
        """
        ...

    def versions(self) -> dict[str, str]:
        """Versions of the library and, where known, of its solvers."""
        ...

    def solve(self, model: MilpModel, options: SolveOptions) -> SolveResult:
        """Solve the model.

        Raises UnsupportedError for what the solver does not offer, BackendError when it breaks.
        """
        ...
