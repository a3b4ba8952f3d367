"""Runs a process under a time limit, and measures its memory and what ran beside it from outside."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import allocator
from allocator.benchmark.extra import load

if TYPE_CHECKING:
    import psutil

_EVERY_SECONDS = 0.05


@dataclass(frozen=True)
class Watched:
    """How a process went."""

    exit_code: int | None
    """None where it was killed."""
    seconds: float
    peak_bytes: int
    """The most memory that the process and all it started held at one time (resident set sizes)."""
    other_load: float
    """Cores that anything else kept busy meanwhile, other machines on the same cores included."""


def watch(
    command: Sequence[str], log: Path, seconds: float, interrupt: threading.Event | None = None
) -> Watched:
    """Run a command, its output into `log`, and kill it with all its children after these seconds."""
    ps = load("psutil")
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(
            [str(Path(allocator.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        )
    }
    begun, busy = time.monotonic(), _busy_seconds() - time.process_time()
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=stream, stderr=subprocess.STDOUT, env=environment
        )
        root, peak = ps.Process(process.pid), 0
        known: list[psutil.Process] = []
        used: dict[psutil.Process, float] = {}
        try:
            while process.poll() is None:
                known = _tree(root) or known
                peak = max(peak, _resident(known), _high_water(process.pid))
                used |= _used_seconds(known)
                if time.monotonic() - begun > seconds or (interrupt is not None and interrupt.is_set()):
                    break
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_EVERY_SECONDS)
            took = time.monotonic() - begun
            code = process.poll()
            busy = _busy_seconds() - time.process_time() - busy
        finally:
            _kill([*_tree(root), *known])
            process.wait()
            if process.stdin is not None:
                process.stdin.close()
    return Watched(code, took, peak, max(0.0, busy - sum(used.values())) / took)


def _tree(root: psutil.Process) -> list[psutil.Process]:
    """The process and all it started, down to the last; empty where it is gone."""
    ps = load("psutil")
    with contextlib.suppress(ps.Error):
        return [root, *root.children(recursive=True)]
    return []


def _resident(processes: Sequence[psutil.Process]) -> int:
    ps = load("psutil")
    total = 0
    for process in processes:
        with contextlib.suppress(ps.Error):
            total += process.memory_info().rss
    return total


def _busy_seconds() -> float:
    """What all cores have worked so far, whoever for."""
    times = load("psutil").cpu_times()._asdict()
    # A guest's time is in that of its user as well.
    not_busy = ("idle", "iowait", "guest", "guest_nice")
    return float(sum(seconds for kind, seconds in times.items() if kind not in not_busy))


def _used_seconds(processes: Sequence[psutil.Process]) -> dict[psutil.Process, float]:
    """What each has worked so far."""
    ps = load("psutil")
    used = {}
    for process in processes:
        with contextlib.suppress(ps.Error):
            times = process.cpu_times()
            used[process] = float(times.user + times.system)
    return used


def _high_water(pid: int) -> int:
    """The most that the process itself ever held, where the system keeps it: no sample misses that."""
    if not sys.platform.startswith("linux"):
        return 0
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _kill(processes: Sequence[psutil.Process]) -> None:
    """Kill what is left of them; psutil makes sure that a number given anew is not taken for one."""
    ps = load("psutil")
    for process in processes:
        with contextlib.suppress(ps.Error):
            process.kill()
