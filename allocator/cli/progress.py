"""Where a solve stands, on stderr: a live display on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import math
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TextIO, cast

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from allocator.cli.output import complain
from allocator.report.wording import Money, seconds, share

if TYPE_CHECKING:
    from allocator.instance.models import Instance
    from allocator.methods.record import Report

LINE_EVERY = 10.0  # seconds between two lines of a log at least
LINE_AT_LEAST_EVERY = 60.0
_NOTICEABLE = 1e-4  # of the cost
_STOPPING = "stopping; the best plan so far will be written (once more: stop at once)"

_PHASES = {
    "start": "starting",
    "starting plan": "fitting the plan to start from",
    "build": "building the model",
    "strengthen": "raising the bound",
    "solve": "searching for better plans",
    "refill": "fitting slots and cards to the shipments",
    "start prices": "finding first prices for what offices share",
    "prices": "pricing what offices share",
    "trips": "choosing trips for the slots of every office",
    "slots": "moving slots to the offices whose trips need them",
    "bound": "raising the bound, piece by piece",
}


class Progress(Protocol):
    """Hears of a solve and tells a person."""

    def open(self, what: str) -> None:
        """Something begins that may take a while."""

    def instance(self, instance: Instance) -> None:
        """The instance is read."""

    def report(self, report: Report) -> None:
        """May be called from any thread."""

    def log(self, line: str) -> None:
        """A line of the solver's own log."""

    def stopping(self) -> None:
        """Called from a signal handler."""

    def close(self) -> None:
        """The solve is over."""


def choose_progress(*, quiet: bool, started: float, time_limit: float) -> Progress:
    """The display that suits stderr."""
    if quiet or sys.stderr is None:
        return Silence()
    console = Console(file=cast(TextIO, _Unfailing(sys.stderr)), markup=False, highlight=False, emoji=False)
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveDisplay(console, started, time_limit)
    return LogLines(time_limit)


def source_in_words(source: str) -> str:
    """Where the best plan is from."""
    return "the one to start from" if source == "start" else f"by {source}"


def phase_in_words(phase: str) -> str:
    """What is being worked on: a step, and after a comma what more a method says of it."""
    if phase.startswith("policy "):
        return f"trying the simple policy {phase.removeprefix('policy ')}"
    step, comma, details = phase.partition(", ")
    return f"{_PHASES.get(step, step)}{comma}{details}"


class _Unfailing:
    """A stream that may go away, as stderr does with its terminal: the solve matters more."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Silence:
    """Says nothing but what the solver logs, which is only heard when asked for."""

    def open(self, what: str) -> None:
        pass

    def instance(self, instance: Instance) -> None:
        pass

    def report(self, report: Report) -> None:
        pass

    def log(self, line: str) -> None:
        complain(line)

    def stopping(self) -> None:
        pass

    def close(self) -> None:
        pass


class LogLines:
    """A line when something has changed noticeably, at most every ten seconds, and one a minute."""

    def __init__(self, time_limit: float) -> None:
        self._limit = time_limit
        self._currency = ""
        self._told_at = time.monotonic()
        self._told: tuple[float, float | None] | None = None

    def open(self, what: str) -> None:
        complain(f"allocator: {what}, {_limit(self._limit)}")

    def instance(self, instance: Instance) -> None:
        self._currency = instance.currency

    def report(self, report: Report) -> None:
        silent = time.monotonic() - self._told_at
        if silent < LINE_EVERY or (silent < LINE_AT_LEAST_EVERY and not self._noticeable(report)):
            return
        self._told_at, self._told = time.monotonic(), (report.cost, report.bound)
        phase = phase_in_words(report.phase)
        complain(f"[{seconds(round(report.seconds))}] {phase}: {figures(report, self._currency)}")

    def log(self, line: str) -> None:
        complain(line)

    def stopping(self) -> None:
        # Past Python's buffers, which the signal may have interrupted in the middle of a write.
        with suppress(OSError):
            os.write(2, f"allocator: {_STOPPING}\n".encode())

    def close(self) -> None:
        pass

    def _noticeable(self, report: Report) -> bool:
        if self._told is None:
            return True
        cost, bound = self._told
        least = _NOTICEABLE * abs(cost)
        return abs(report.cost - cost) > least or abs((report.bound or 0) - (bound or 0)) > least


class LiveDisplay:
    """Three lines that are rewritten in place and vanish when the solve is over."""

    def __init__(self, console: Console, started: float, time_limit: float) -> None:
        self._started, self._limit = started, time_limit
        self._currency = ""
        self._what = "starting"
        self._last: Report | None = None
        self._stopping = False
        self._spinner = Spinner("dots" if console.encoding.startswith("utf") else "line")
        self._console = console
        self._live = Live(
            self,
            console=console,
            refresh_per_second=5,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )

    def open(self, what: str) -> None:
        self._what = what
        self._live.start()

    def instance(self, instance: Instance) -> None:
        self._currency = instance.currency

    def report(self, report: Report) -> None:
        self._last = report

    def log(self, line: str) -> None:
        self._console.print(line, soft_wrap=True)

    def stopping(self) -> None:
        self._stopping = True

    def close(self) -> None:
        self._live.stop()

    def __rich__(self) -> Group:
        last = self._last
        what = _STOPPING if self._stopping else self._what if last is None else phase_in_words(last.phase)
        elapsed = seconds(int(time.monotonic() - self._started))
        self._spinner.update(text=f"{elapsed}, {_limit(self._limit)}: {what}")
        lines: list[Any] = [self._spinner]
        if last is not None:
            lines.append(Text("  " + figures(last, self._currency), no_wrap=True, overflow="ellipsis"))
            lines.append(
                Text(f"  best plan: {source_in_words(last.source)}", no_wrap=True, overflow="ellipsis")
            )
        return Group(*lines)


def figures(report: Report, currency: str) -> str:
    """Cost, bound and gaps in one line."""
    money = Money.fitting(currency, [report.cost])
    bound = money.amount(report.bound)
    parts = [f"cost {money.with_unit(report.cost)}", f"bound {bound}", f"gap {share(report.gap)}"]
    return ", ".join([*parts, f"avoidable {share(report.avoidable_gap)}"])


def _limit(time_limit: float) -> str:
    return f"time limit {seconds(time_limit)}" if math.isfinite(time_limit) else "no time limit"
