"""The time a solve has left, from the moment its user began to wait."""

from __future__ import annotations

import math
import threading
import time


class Clock:
    """Wall-clock seconds since `started`, a limit, and the wish to stop."""

    def __init__(
        self,
        limit: float | None = None,
        *,
        started: float | None = None,
        interrupt: threading.Event | None = None,
    ) -> None:
        """`started` is a reading of time.monotonic(); `interrupt` may be set from any thread."""
        self.started = time.monotonic() if started is None else started
        self.limit = math.inf if limit is None else limit
        self.interrupt = interrupt or threading.Event()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    @property
    def remaining(self) -> float:
        """Seconds left of the limit, never negative; inf without one."""
        return max(0.0, self.limit - self.seconds)

    @property
    def deadline(self) -> float | None:
        """When the limit ends, as a reading of time.monotonic(); None without one."""
        return None if self.limit == math.inf else self.started + self.limit

    @property
    def interrupted(self) -> bool:
        """Whether somebody asked to stop."""
        return self.interrupt.is_set()

    @property
    def over(self) -> bool:
        """Whether it is time to come to an end."""
        return self.interrupted or self.remaining <= 0.0
