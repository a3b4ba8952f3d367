"""What a contender tells while it works: its phases and its improvements, line by line into a file.

The file is written through at each line, so that what a killed contender did is not lost.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Phases:
    """Measures phases and takes note of improvements, in seconds since the process was started."""

    def __init__(self, path: Path, started: float) -> None:
        """`started` is a reading of time.time() when the process was started."""
        self._stream = path.open("a", encoding="utf-8", buffering=1)
        self._origin = time.monotonic() - (time.time() - started)

    @property
    def seconds(self) -> float:
        """Since the process was started."""
        return time.monotonic() - self._origin

    @contextmanager
    def measured(self, phase: str) -> Iterator[None]:
        """Adds the time spent within to the phase: "load", "build", "hand over", "solve"."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.spent(phase, time.monotonic() - begun)

    def spent(self, phase: str, seconds: float) -> None:
        """Adds these seconds to the phase."""
        self._note({"phase": phase, "seconds": seconds})

    def improved(self, cost: float | None, bound: float | None) -> None:
        """A better plan, or a better bound, is known now; None for what is not known."""
        self._note({"time": self.seconds, "cost": _known(cost), "bound": _known(bound)})

    def ended(self, **answer: Any) -> None:
        """The contender has answered."""
        self._note({"ended": {"time": self.seconds, **answer}})

    def _note(self, line: dict[str, Any]) -> None:
        self._stream.write(json.dumps(line, allow_nan=False) + "\n")


def _known(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None


def read_notes(path: Path) -> list[dict[str, Any]]:
    """All whole lines; the last one may be half where the process was killed."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines[:-1]]
