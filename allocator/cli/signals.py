"""Ctrl-C, SIGTERM and a closed terminal as a wish to stop, not as an end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")  # not every system has all of them


class Interruption:
    """While it is entered the first signal sets `event`; the second raises KeyboardInterrupt.

    After `settle` signals are only counted: what has been found is being written, which takes a moment.
    """

    def __init__(self, on_first: Callable[[], None] | None = None) -> None:
        self.event = threading.Event()
        self.signals = 0
        self._on_first = on_first
        self._settled = False
        self._previous: dict[signal.Signals, Any] = {}

    def settle(self) -> None:
        """From here on no signal interrupts anything."""
        self._settled = True

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():  # Python allows handlers nowhere else
            for name in _NAMES:
                number = getattr(signal, name, None)
                # A process started with nohup is to outlive its terminal.
                if number is None or (name == "SIGHUP" and signal.getsignal(number) == signal.SIG_IGN):
                    continue
                self._previous[number] = signal.signal(number, self._receive)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1
        if self._settled:
            return
        if self.signals == 1:
            self.event.set()
            if self._on_first is not None:
                self._on_first()
        elif self.signals == 2:
            raise KeyboardInterrupt
