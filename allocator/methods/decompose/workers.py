"""Work spread over processes, of this machine or, with joblib's other backends, of a cluster."""

from __future__ import annotations

import math
import signal
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from multiprocessing import resource_tracker
from typing import Any, TypeAlias, TypeVar

import joblib
from joblib.externals.loky.backend import resource_tracker as loky_tracker

from allocator.methods.clock import Clock

Result = TypeVar("Result")
Coming: TypeAlias = Generator[Result, None, None]  # results of tasks that have begun
_WISHES = ("SIGINT", "SIGTERM", "SIGHUP")  # not every system has all of them
_FOR_THE_USER_S_PROCESS = [getattr(signal, name) for name in _WISHES if hasattr(signal, name)]


class StoppedError(Exception):
    """The time is over, or somebody asked to stop."""


class Workers:
    """So many processes, all cores by default; one means this process."""

    def __init__(self, clock: Clock, count: int | None = None) -> None:
        """Where a `joblib.parallel_config` names a backend, its workers do the work."""
        self._clock = clock
        self._count = -1 if count is None else count
        self._begun: Coming[Any] = (None for _ in ())

    @property
    def count(self) -> int:
        """How many tasks run at a time."""
        return int(joblib.effective_n_jobs(self._count))

    def begin(self, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]) -> Coming[Result]:
        """Start function(*task) for each task while this process goes on; alone, it does them in `finish`.

        Before anything else is begun or mapped: of two things at a time joblib cannot give up one.
        """
        coming = self._begun = self._start(function, tasks)
        return coming

    def finish(self, coming: Coming[Result]) -> list[Result]:
        """The results, in the order of the tasks.

        Raises StoppedError when the clock is over, without waiting for tasks that have begun.
        """
        try:
            with _without_joblibs_advice(), closing(coming):
                return self._take(coming)
        except Exception:
            if self._clock.over:  # joblib's own limit, or workers that were asked to stop with us
                raise StoppedError from None
            raise

    def get_ready(self, function: Callable[[], None]) -> None:
        """Let each process call the function before the tasks of the next `map`; alone, this one does not."""
        processes = self.count
        if processes != 1:
            self.begin(function, [()] * (2 * processes))

    def map(self, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]) -> list[Result]:
        """function(*task) for each task, as `finish` gives them."""
        self.finish(self._begun)
        return self.finish(self._start(function, tasks))

    def close(self) -> None:
        """Wait for nothing any more."""
        with _without_joblibs_advice():
            self._begun.close()

    def _start(self, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]]) -> Coming[Result]:
        """The results as they come."""
        remaining = self._clock.remaining
        pool = joblib.Parallel(
            n_jobs=self._count,
            return_as="generator",
            max_nbytes=None,
            timeout=None if remaining == math.inf else remaining,
        )
        with _without_joblibs_advice(), _deaf_to_wishes_to_stop():
            coming: Coming[Result] = pool(joblib.delayed(function)(*task) for task in tasks)
        return coming

    def _take(self, coming: Coming[Result]) -> list[Result]:
        results: list[Result] = []
        for result in coming:
            if self._clock.over:
                raise StoppedError
            results.append(result)
        return results


@contextmanager
def _without_joblibs_advice() -> Iterator[None]:
    """It warns of results that nobody takes, as when the time is over."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="joblib")
        yield


@contextmanager
def _deaf_to_wishes_to_stop() -> Iterator[None]:
    """Processes started here never hear them: they are for the one that the user talks to.

    A process that ends while it sends a result leaves that one waiting for the rest for ever.
    They inherit the signals that this thread blocks; one that comes meanwhile is heard here afterwards.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _FOR_THE_USER_S_PROCESS)
    try:
        for tracker in (resource_tracker, loky_tracker):
            tracker.ensure_running()
        # Starting a tracker may have ended it.
        signal.pthread_sigmask(signal.SIG_BLOCK, _FOR_THE_USER_S_PROCESS)
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
