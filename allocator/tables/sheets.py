"""A table as it is read from a file and as it is written to one, whatever the kind of file."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from allocator.errors import Problem

Cell: TypeAlias = str | int | float | Decimal | bool | datetime.date | datetime.datetime | None


@dataclass(frozen=True)
class Table:
    """What is to be written: texts are plain here, writers protect them."""

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Sheet:
    """What was read: cells as the file has them, rows with their number in the file."""

    name: str
    label: str
    """"offices.csv" or "sheet offices"."""
    header: Sequence[Cell]
    header_row: int
    rows: Sequence[tuple[int, Sequence[Cell]]]
    letters: bool
    """Whether columns are known by letters."""

    def place(self, row: int | None = None, column: int | None = None) -> str:
        """Where a cell stands, in words."""
        parts = [self.label]
        if row is not None:
            parts.append(f"row {row}")
        if column is not None:
            name = " ".join(str(self.header[column] or "").split()) if column < len(self.header) else ""
            if self.letters:
                parts.append(f"column {letters(column)}" + (f" ({name})" if name else ""))
            else:
                parts.append(f"column {name or column + 1}")
        return ", ".join(parts)


@dataclass
class Sheets:
    """All that was read from a folder or workbook, and what was wrong with it as such."""

    label: str
    """How a sheet is called here, with {} for its name."""
    by_name: dict[str, Sheet] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def keep(self, sheet: Sheet, known: Iterable[str]) -> None:
        """Add a sheet; it is a problem if nobody knows its name or it is there already."""
        name = normalised(sheet.name)
        if name not in known:
            expected = f"one of {', '.join(known)}; start the name with # to keep notes"
            self.problems.append(Problem(sheet.label, f'the name "{sheet.name}"', expected))
        elif name in self.by_name:
            self.problems.append(Problem(sheet.label, f"{name} for the second time", "each sheet once"))
        else:
            self.by_name[name] = sheet


def is_note(name: str) -> bool:
    """Whether a sheet, file or column is for people only."""
    return name.strip().startswith("#") or normalised(name) in {"guide", "note", "readme"}


def normalised(name: object) -> str:
    """A name as it is compared: without case, with blanks as underscores."""
    return "_".join(str(name).split()).casefold()


def letters(column: int) -> str:
    """0 -> A, 26 -> AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def build_sheet(
    name: str, label: str, rows: Iterable[tuple[int, Sequence[Cell]]], *, use_letters: bool
) -> Sheet | None:
    """A sheet from its rows, the first of which that is not empty is the header; None without any."""
    filled = [(number, cells) for number, cells in rows if any(not is_empty(cell) for cell in cells)]
    if not filled:
        return None
    (number, header), *rest = filled
    return Sheet(name, label, header, number, rest, use_letters)


def is_empty(cell: Cell) -> bool:
    """Blanks are nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
