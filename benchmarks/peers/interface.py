"""What a peer is given and what it hands back.

A peer is a module with NAME, LIBRARIES (distribution names, for versions) and

    solve(instance: allocator.Instance, time_limit: float, seed: int, phases: Phases) -> PeerAnswer

The time limit is wall clock from the call of `solve` and covers building as well.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from allocator.instance.models import Instance

PhaseName = Literal["build", "hand over", "solve"]
Values = NDArray[np.float64]

PEERS: dict[str, str] = {
    "pulp": "pulp_cbc",
    "ortools-scip": "ortools_scip",
    "ortools-cp-sat": "ortools_cp_sat",
    "linopy": "linopy_highs",
    "pyomo": "pyomo_highs",
    "pyoptinterface": "pyoptinterface_highs",
    "highspy": "highspy_arrays",
}
"""Command-line name of each peer, and its module in this folder."""

THREADS = 2
"""For every solver that can use them."""


class Phases(Protocol):
    """How a peer tells what it is doing: the harness keeps the clock."""

    def measured(self, phase: PhaseName) -> Any:
        """A context manager around a phase; a phase entered twice adds up."""

    def improved(self, cost: float | None, bound: float | None) -> None:
        """A new best plan or bound, in the library's own numbers; None for what is not known."""


@dataclass(frozen=True)
class PeerAnswer:
    """The decisions as the library left them (None: no plan), and a proven bound on the cost."""

    ingest: Values | None  # (I, S, T) records
    packs: Values | None  # (L, T)
    cards: Values | None  # (I, S, T)
    bound: float | None
    """None where nothing is proven, never 0 in its place."""

    @classmethod
    def without_plan(cls, bound: float | None = None) -> PeerAnswer:
        return cls(None, None, None, bound)


class Peer(Protocol):
    """A module of this folder."""

    NAME: str
    LIBRARIES: tuple[str, ...]

    def solve(self, instance: Instance, time_limit: float, seed: int, phases: Phases) -> PeerAnswer: ...


def load_peer(name: str) -> Peer:
    """The module of a peer, by its name in PEERS. Its libraries are imported when it solves."""
    return cast(Peer, import_module(f"benchmarks.peers.{PEERS[name]}"))


@dataclass
class Stopwatch:
    """Phases kept in memory: seconds of each, and every improvement with its time."""

    begun: float = field(default_factory=time.monotonic)
    seconds: dict[str, float] = field(default_factory=dict)
    improvements: list[tuple[float, float | None, float | None]] = field(default_factory=list)
    """(seconds since the beginning, cost, bound)"""

    @contextmanager
    def measured(self, phase: PhaseName) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            self.seconds[phase] = self.seconds.get(phase, 0.0) + time.monotonic() - begun

    def improved(self, cost: float | None, bound: float | None) -> None:
        self.improvements.append((time.monotonic() - self.begun, cost, bound))


class Deadline:
    """The seconds that building has left to the solver."""

    def __init__(self, time_limit: float) -> None:
        self._end = time.monotonic() + time_limit

    @property
    def remaining(self) -> float:
        """At least a hundredth: some solvers take 0 for "no limit"."""
        return max(0.01, self._end - time.monotonic())
