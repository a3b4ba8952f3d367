"""Options that several commands share, and what a shell can complete."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from allocator.errors import InputError, Problem

MEGABYTE = 2**20
DEFAULT_MEGABYTES = 256.0

_started = time.monotonic()
_first_command = True

JsonOutput: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on stdout instead, on errors too.")
]
Debug: TypeAlias = Annotated[
    bool,
    typer.Option("--debug", envvar="ALLOCATOR_DEBUG", help="Show where in the program an error comes from."),
]
MaxFileSize: TypeAlias = Annotated[
    float,
    typer.Option(
        "--max-file-size", metavar="MB", help="Refuse files larger than this, in units of 1,048,576 bytes."
    ),
]
InstancePath: TypeAlias = Annotated[
    Path,
    typer.Argument(
        metavar="INSTANCE",
        help="The instance: a JSON file, an Excel workbook, or a folder of CSV files.",
        show_default=False,
    ),
]


def begin() -> float:
    """time.monotonic() when the user began to wait: when the program was started, for its first command."""
    global _first_command  # noqa: PLW0603 - a process is started once
    begun = _started if _first_command else time.monotonic()
    _first_command = False
    return begun


def in_bytes(megabytes: float) -> int:
    """The limit in bytes. Raises InputError for what is no limit."""
    if not 0 < megabytes < float("inf"):
        raise InputError([Problem("--max-file-size", str(megabytes), "megabytes, more than 0")])
    return int(megabytes * MEGABYTE)


def _completing(names: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """A completion from names that are looked up only when a shell asks."""

    def complete(incomplete: str) -> list[str]:
        return [name for name in names() if name.startswith(incomplete)]

    return complete


def _methods() -> list[str]:
    from allocator.solving import METHODS

    return list(METHODS)


def _backends() -> list[str]:
    from allocator.backends import BACKENDS

    return list(BACKENDS)


def _solvers() -> list[str]:
    from allocator.backends import backend_versions

    able = (backend.solvers.items() for backend in backend_versions())
    return [name for solvers in able for name, capabilities in solvers if capabilities.integer]


def _families() -> list[str]:
    from allocator.instance.generate import FAMILIES

    return list(FAMILIES)


complete_method = _completing(_methods)
complete_backend = _completing(_backends)
complete_solver = _completing(_solvers)
complete_family = _completing(_families)
