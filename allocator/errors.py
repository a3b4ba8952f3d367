"""Errors that are meant to be read by the person who caused or met them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class AllocatorError(Exception):
    """Base of every error this package raises on purpose."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input: where it stands, what was found, what was expected."""

    path: str  # "offices[3].demand.replacement.arrivals[12]"; "" for the document as a whole
    found: str
    expected: str

    def __str__(self) -> str:
        place = f"{self.path}: " if self.path else ""
        found = f"found {self.found}, " if self.found else ""
        return f"{place}{found}expected {self.expected}"


class InputError(AllocatorError, ValueError):
    """An input that cannot be used, with every problem in it."""

    def __init__(self, problems: Iterable[Problem], source: str | None = None) -> None:
        self.problems = tuple(problems)
        self.source = source
        super().__init__(str(self))

    def __str__(self) -> str:
        prefix = f"{self.source}: " if self.source else ""
        return "\n".join(f"{prefix}{problem}" for problem in self.problems)


class OutputError(AllocatorError, OSError):
    """A result could not be written; the message names the file and the reason."""
