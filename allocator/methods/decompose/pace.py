"""When to stop refining prices: a plan must be made, and its bound proven, before the time is over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from allocator.methods.clock import Clock

_HASTE = 1.3  # what steps may take longer than the last ones


class Pace:
    """How long the steps of a solve take; the first round is no measure, since it begins from nothing."""

    def __init__(self, clock: Clock, reserve: float) -> None:
        """`reserve` is the share of the time that is for what comes after."""
        self._clock = clock
        self._share = 1.0 - reserve
        self._rounds = 0
        self._seconds = {"round": 0.0, "exact": 0.0, "settle": 0.0}

    @contextmanager
    def measured(self, step: str) -> Iterator[None]:
        """Take the time of a step: "round", "exact" or "settle"."""
        begun = time.monotonic()
        yield
        spent = time.monotonic() - begun
        if step == "round":
            self._rounds += 1
            spent = spent if self._rounds == 2 else min(spent, self._seconds[step])
            if self._rounds == 1:
                return
        self._seconds[step] = spent

    @property
    def _remaining(self) -> float:
        return self._share * self._clock.limit - self._clock.seconds

    @property
    def seconds_to_finish(self) -> float:
        """For a last round with a proven bound and a settlement."""
        usual = self._seconds["round"]
        return _HASTE * ((self._seconds["exact"] or 3.0 * usual) + (self._seconds["settle"] or 4.0 * usual))

    @property
    def is_ending(self) -> bool:
        """Whether there is time for no more than a last round and settlement."""
        return self._remaining < self.seconds_to_finish + _HASTE * self._seconds["round"]

    @property
    def is_halfway(self) -> bool:
        """Whether half of the time is over."""
        return self._clock.seconds > 0.5 * self._share * self._clock.limit
