"""One solve as it happens: the clock, the interrupt, the user's callbacks, the incumbents found."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import numpy as np

from allocator.backends.feasibility import verify_vector, whole
from allocator.backends.interface import Capabilities, Progress, SolveOptions, StopReason
from allocator.backends.request import check_model, check_options, contradiction
from allocator.milp.model import MilpModel, Vector

REPORT_EVERY = 0.2  # seconds between two reports without a new incumbent

Told = TypeVar("Told")


class Session:
    """What every adapter shares while its solver works. Its methods may be called from any thread.

    Nothing here raises into a solver: an exception from `on_progress` or `on_log` is kept and makes
    `stopping` true; `raise_kept` raises it again once the solver has returned.
    """

    def __init__(
        self, model: MilpModel, options: SolveOptions, solver: str, able: Capabilities, started: float
    ) -> None:
        """Check the request: ValueError for a wrong value, UnsupportedError for what `able` denies.

        `started` is time.monotonic() when solve() was called.
        """
        self.started = started
        check_model(model)
        check_options(model, options, solver, able)
        self.model = model
        self.options = options
        self.solver = solver
        self.able = able
        self.hand_over_seconds = 0.0
        self.notes: list[str] = []
        self.best: Vector | None = None  # best incumbent handed in by `incumbent`, verified
        self._kept: BaseException | None = None
        self._closed = False
        self._lock = threading.RLock()
        self._objective = math.inf
        self._bound = -math.inf
        self._reported = -math.inf
        self._line = ""
        self.start = self._verified_start()
        self.contradiction = contradiction(model)

    def _verified_start(self) -> Vector | None:
        if self.options.start is None:
            return None
        start = np.array(self.options.start, dtype=np.float64)
        verification = verify_vector(self.model, start)
        if not verification:
            self.note(f"starting point ignored: {verification.message}")
            return None
        return whole(self.model, start)

    # The clock, and reasons to stop

    @property
    def seconds(self) -> float:
        """Wall-clock seconds since solve() was called."""
        return time.monotonic() - self.started

    @property
    def remaining(self) -> float:
        """Seconds left of the time limit, never negative; inf without a limit."""
        limit = self.options.time_limit
        return math.inf if limit is None else max(0.0, limit - self.seconds)

    @property
    def bound(self) -> float | None:
        """The best bound reported so far, offset included."""
        return self._bound if math.isfinite(self._bound) else None

    @property
    def interrupted(self) -> bool:
        """The caller has set the interrupt."""
        return self.options.interrupt is not None and self.options.interrupt.is_set()

    @property
    def stopping(self) -> bool:
        """The solver should stop now: interrupted, left behind, or a callback raised."""
        return self._closed or self._kept is not None or self.interrupted

    def cut_short(self) -> StopReason | None:
        """Why to go no further, if so. Adapters ask before and after they hand the model over.

        Bounds that contradict each other are found here, since libraries differ in how they take them.
        """
        if self.contradiction:
            self.note(self.contradiction)
            return StopReason.INFEASIBLE
        if self.stopping:
            return StopReason.INTERRUPTED
        return StopReason.TIME_LIMIT if self.remaining <= 0.0 else None

    def handed_over(self) -> None:
        """The solver has its model; what follows is solving. The first time counts."""
        self.hand_over_seconds = self.hand_over_seconds or self.seconds

    def note(self, text: str) -> None:
        """Add a remark for the user to the result's message."""
        if text and text not in self.notes:
            self.notes.append(text)

    # What solvers report

    @contextmanager
    def guard(self) -> Iterator[None]:
        """For the body of a callback: nothing, not even Ctrl-C, may unwind through a solver's own code."""
        try:
            yield
        except BaseException as error:  # noqa: BLE001 - kept, and raised by raise_kept()
            self.stop(error)

    def stop(self, error: BaseException) -> None:
        """Make the solver stop, and `raise_kept` raise this; the first error counts."""
        self._kept = self._kept or error

    def close(self) -> None:
        """The caller goes on without the solver: whatever it still reports is not passed on."""
        with self._lock:
            self._closed = True

    def raise_kept(self) -> None:
        """Raise what a callback raised while the solver worked, if anything."""
        if self._kept is not None:
            raise self._kept

    def log(self, text: str) -> None:
        """Pass on the solver's log, cut into lines."""
        listener = self.options.on_log
        if listener is None:
            return
        with self._lock:
            *lines, self._line = (self._line + text).split("\n")
            for line in lines:
                self._tell(listener, line.rstrip())

    def log_ends(self) -> None:
        """Pass on a last line without a line break."""
        if self._line:
            self.log("\n")

    def progress(self, objective: float | None = None, bound: float | None = None) -> None:
        """Take where the solver stands, offset included; the user hears of it a few times a second."""
        with self._lock:
            if objective is not None and math.isfinite(objective):
                self._objective = min(self._objective, objective)
            if bound is not None and math.isfinite(bound):
                self._bound = max(self._bound, bound)
            if self.seconds - self._reported >= REPORT_EVERY:
                self._report(None)

    def incumbent(self, vector: Vector) -> None:
        """Take a solution found on the way if it holds and is better; the caller hands in a copy."""
        with self._lock:
            if self._closed:
                return
            if vector.shape != self.model.objective.shape or not verify_vector(self.model, vector):
                return
            vector = whole(self.model, vector)
            value = self.model.value(vector)
            if self.best is not None and value >= self.model.value(self.best):
                return
            self.best = vector
            self._objective = min(self._objective, value)
            self._report(vector)

    def _report(self, vector: Vector | None) -> None:
        listener = self.options.on_progress
        if listener is None:
            return
        self._reported = self.seconds
        objective = self._objective if math.isfinite(self._objective) else None
        bound = self._bound if math.isfinite(self._bound) else None
        if objective is not None and bound is not None:
            bound = min(bound, objective)
        # The user gets a copy: what they do to it must not change the incumbent kept here.
        copy = None if vector is None else vector.copy()
        self._tell(listener, Progress(self._reported, objective, bound, copy))

    def _tell(self, listener: Callable[[Told], None], what: Told) -> None:
        if self._kept is None and not self._closed:
            with self.guard():
                listener(what)
