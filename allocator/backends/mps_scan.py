"""A look at the lines of an MPS file for what its reader passes over in silence.

HiGHS takes a number it cannot read for 0, and makes a new column of a misspelt name in BOUNDS. Either would
be the answer to another question than the file asks.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from allocator.errors import Problem

_SECTIONS = ("NAME", "OBJSENSE", "ROWS", "COLUMNS", "RHS", "RANGES", "BOUNDS", "ENDATA")
_WITHOUT_NUMBER = ("FR", "MI", "PL", "BV")
_LOWER = ("LO", "LI", "FX", "MI", "FR", "BV")
_BOUNDS = (*_WITHOUT_NUMBER, "LO", "UP", "FX", "LI", "UI")
_MOST = 100  # problems told of one file


@dataclass
class MpsScan:
    """What stands in the lines."""

    problems: list[Problem] = field(default_factory=list)
    columns: dict[str, None] = field(default_factory=dict)
    """Names in the COLUMNS section, in their order."""
    with_lower: set[str] = field(default_factory=set)
    """Columns whose lower bound is stated."""


def scan_mps(lines: Iterable[str]) -> MpsScan:
    """Names of columns, stated lower bounds, sections that are not known, numbers that are none."""
    scan = MpsScan()
    section = ""
    for number, line in enumerate(lines, 1):
        if line.startswith("*") or not line.strip():
            continue
        if not line[0].isspace():
            section = line.split()[0].upper()
            if section not in _SECTIONS:
                expected = "a section of a linear or mixed-integer model: " + ", ".join(_SECTIONS)
                _tell(scan, number, line.split()[0], expected)
            if section == "ENDATA":
                break
            continue
        if section == "COLUMNS":
            _entry(scan, number, line)
        elif section in ("RHS", "RANGES"):
            _number(scan, number, line.split()[-1])
        elif section == "BOUNDS":
            _bound(scan, number, line)
    return scan


def _entry(scan: MpsScan, number: int, line: str) -> None:
    words = line.split()
    if "'MARKER'" in words:
        if words[-1] not in ("'INTORG'", "'INTEND'"):
            _tell(scan, number, f"marker {words[-1]}", "'INTORG' or 'INTEND'")
        return
    # A name with spaces stands in columns 5 to 12 of the fixed format; then the words are more.
    scan.columns[line[4:12].strip() if len(words) not in (3, 5) else words[0]] = None
    _number(scan, number, words[-1])


def _bound(scan: MpsScan, number: int, line: str) -> None:
    words = line.split()
    kind = words[0].upper()
    if kind not in _BOUNDS:
        _tell(scan, number, f"bound type {words[0]}", "one of " + ", ".join(sorted(_BOUNDS)))
        return
    if kind not in _WITHOUT_NUMBER:
        _number(scan, number, words[-1])
    if kind in _LOWER:
        scan.with_lower.update(words[1:])
        scan.with_lower.add(line[14:22].strip())


def _number(scan: MpsScan, line: int, text: str) -> None:
    try:
        readable = not math.isnan(float(text))
    except ValueError:
        readable = False
    if not readable:
        _tell(scan, line, text, "a number")


def _tell(scan: MpsScan, line: int, found: str, expected: str) -> None:
    if len(scan.problems) < _MOST:
        scan.problems.append(Problem(f"line {line}", found, expected))
