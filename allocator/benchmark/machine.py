"""Where and with what a benchmark ran: machine, versions, commit."""

from __future__ import annotations

import os
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import allocator
from allocator.benchmark.extra import load

_LIBRARIES = ("numpy", "scipy", "highspy", "ortools", "pulp", "numba", "joblib", "pydantic")


@cache
def machine() -> dict[str, Any]:
    """CPU, cores, memory and operating system."""
    ps = load("psutil")
    return {
        "cpu": _cpu(),
        "cores": ps.cpu_count(logical=False),
        "logical_cores": os.cpu_count(),
        "memory_bytes": ps.virtual_memory().total,
        "os": platform.platform(),
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


@cache
def versions() -> dict[str, str]:
    """Of Python, this package and the libraries it solves with; those not installed are left out."""
    found = {"python": platform.python_version(), "allocator": allocator.__version__}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@cache
def commit() -> dict[str, Any] | None:
    """The commit of this package's own tree, and whether files differ from it; None outside of one."""
    folder = Path(allocator.__file__).parents[1]
    if not (folder / ".git").exists():
        return None
    try:
        name = _git(folder, "rev-parse", "HEAD").strip()
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no", "--", "allocator")
    except (OSError, subprocess.CalledProcessError):
        return None
    return {"id": name, "dirty": bool(changed.strip())}


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
