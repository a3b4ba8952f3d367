"""Office tables: CSV with columns code, name, province, population, lat, lon.

The format of `--office-table`, and of instances/offices-2017.csv. Columns may stand in any order, and
further ones are ignored. UTF-8, with or without byte-order mark.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from allocator.errors import InputError, Problem

COLUMNS: Final = ("code", "name", "province", "population", "lat", "lon")
WAREHOUSE_ID: Final = "national-warehouse"
HUB_PREFIX: Final = "hub:"
MAX_POPULATION: Final = 10**10
_MAX_BYTES: Final = 64 * 1024 * 1024
_DECIMALS: Final = Decimal("0.000001")  # of a degree: a tenth of a metre
_EXPECTED: Final = f"CSV text with the columns {', '.join(COLUMNS)}"


@dataclass(frozen=True)
class Site:
    """An office as a table has it."""

    code: str
    name: str
    province: str
    population: int
    lat: Decimal
    lon: Decimal


def read_office_table(path: str | os.PathLike[str]) -> list[Site]:
    """The offices of a table, in its order.

    Raises InputError, naming the file, with every problem in it; rows are counted as in a spreadsheet,
    the header being row 1.
    """
    source = os.fspath(path)
    try:
        with open(source, "rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InputError(
            [Problem("", error.strerror or str(error), "a readable CSV file")], source
        ) from error
    try:
        return parse_office_table(data)
    except InputError as error:
        raise InputError(error.problems, source) from None


def parse_office_table(data: bytes) -> list[Site]:
    """The offices of a table, from its bytes. Raises InputError with every problem."""
    rows = list(_rows(_text(data)))
    if not rows:
        raise InputError([Problem("", "nothing", _EXPECTED)])
    header, *body = rows
    names = [name.strip().lower() for name in header]
    faults = [Problem(f"row 1, column {name}", "", "this column") for name in COLUMNS if name not in names]
    faults += [
        Problem(f"row 1, column {name}", f"it {names.count(name)} times", "each column once")
        for name in COLUMNS
        if names.count(name) > 1
    ]
    if faults:
        raise InputError(faults)
    places = {name: names.index(name) for name in COLUMNS}

    problems: list[Problem] = []
    sites: list[Site] = []
    first_row_of: dict[str, int] = {}
    for number, cells in enumerate(body, start=2):
        if not any(cell.strip() for cell in cells):
            continue  # a blank line, or the empty rows a spreadsheet leaves at the end
        row = _Row(number, {name: cells[at].strip() for name, at in places.items() if at < len(cells)})
        site = row.site()
        if site.code and (before := first_row_of.setdefault(site.code, number)) != number:
            row.problem("code", site.code, f"a code of its own (row {before} has it too)")
        if site.code == WAREHOUSE_ID or site.code.startswith(HUB_PREFIX):
            row.problem("code", site.code, "a code that no depot has")
        problems += row.problems
        sites.append(site)
    if not sites:
        problems.append(Problem("", "a header only", "at least one office"))
    if problems:
        raise InputError(problems)
    return sites


class _Row:
    """One row, read cell by cell, with what was wrong in it."""

    def __init__(self, number: int, cells: dict[str, str]) -> None:
        self.number = number
        self.cells = cells
        self.problems: list[Problem] = []

    def problem(self, column: str, found: str, expected: str) -> None:
        shown = found if len(found) <= 60 else f"{found[:60]}…"
        self.problems.append(Problem(f"row {self.number}, column {column}", shown or "nothing", expected))

    def site(self) -> Site:
        return Site(
            code=self._text("code"),
            name=self._text("name"),
            province=self._text("province"),
            population=self._population(),
            lat=self._degrees("lat", 90),
            lon=self._degrees("lon", 180),
        )

    def _text(self, column: str) -> str:
        cell = self.cells.get(column, "")
        if not cell:
            self.problem(column, cell, "a text that is not empty")
        return cell

    def _population(self) -> int:
        cell = self.cells.get("population", "")
        # isdecimal() alone would let digits of other scripts pass; a sign or point is no whole number.
        if cell.isascii() and cell.isdecimal() and len(cell) <= 20 and int(cell) <= MAX_POPULATION:
            return int(cell)
        self.problem("population", cell, f"a whole number, 0 to {MAX_POPULATION}, digits only")
        return 0

    def _degrees(self, column: str, limit: int) -> Decimal:
        cell = self.cells.get(column, "")
        try:
            value = Decimal(cell) if cell.isascii() and "_" not in cell else Decimal("NaN")
        except InvalidOperation:
            value = Decimal("NaN")
        if value.is_finite() and -limit <= value <= limit:
            return _plain(value)
        self.problem(column, cell, f"degrees, -{limit} to {limit}, with a decimal point")
        return Decimal(0)


def _plain(value: Decimal) -> Decimal:
    """At most six decimals, no exponent, no negative zero."""
    if value.is_zero():
        return Decimal(0)
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    if -6 <= exponent <= 0:
        return value
    rounded = value.quantize(_DECIMALS).normalize()
    return Decimal(f"{rounded:f}") + 0


def _text(data: bytes) -> str:
    if len(data) > _MAX_BYTES:
        raise InputError([Problem("", f"more than {_MAX_BYTES} bytes", "an office table of a sane size")])
    if b"\0" in data:
        raise InputError([Problem("", "a binary file", _EXPECTED)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"a byte that is not UTF-8 at {error.start}"
        raise InputError([Problem("", found, _EXPECTED)]) from None


def _rows(text: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise InputError([Problem(f"line {reader.line_num}", f"no CSV ({error})", _EXPECTED)]) from None
