"""Tables by day: a row for each place or queue, a column for each day."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Final

from allocator.errors import Problem
from allocator.tables import cells
from allocator.tables.cells import BadCellError
from allocator.tables.records import Reader
from allocator.tables.sheets import Cell, Sheet, is_empty, is_note, normalised

_HEADER: Final = re.compile(r"(\d{1,7})(\s+[A-Za-z]{3})?\s+(\d{4}-\d\d-\d\d)")


@dataclass(frozen=True)
class DayRow:
    """The values of one row, day by day."""

    sheet: Sheet
    row: int
    columns: list[int]
    broken: bool
    """Whether the days of the columns are unknown."""
    values: list[int | bool]

    @property
    def place(self) -> str:
        return self.sheet.place(self.row)

    def place_of(self, day: int) -> str:
        return self.sheet.place(self.row, self.columns[day]) if day < len(self.columns) else self.place


def read_day_columns(
    reader: Reader, name: str, start: datetime.date | None, days: object
) -> dict[tuple[object, ...], DayRow]:
    """The rows of a sheet by day, by the texts of their first columns; none where there is no sheet."""
    sheet = reader.sheets.by_name.get(name)
    if sheet is None:
        return {}
    layout = reader.layouts[name]
    keys = [column.name for column in layout.columns]
    columns, broken = _day_columns(reader, sheet, keys, start, days)
    rows: dict[tuple[object, ...], DayRow] = {}
    contents = dict(sheet.rows)
    if name == "quota":
        records: list[tuple[int, tuple[object, ...]]] = [(row, ()) for row, _ in sheet.rows]
        reader.columns(sheet, (), days=True)
    else:
        records = [
            (record.row, tuple(record.values.get(key) for key in keys)) for record in reader.records(name)
        ]
    for row, key in records:
        if key in rows:
            shown = " and ".join(map(str, key)) or "a row"
            reader.problems.append(Problem(sheet.place(row), f"{shown} for the second time", "each row once"))
            continue
        values = _values(reader, sheet, row, contents[row], columns, flags=name == "open")
        rows[key] = DayRow(sheet, row, columns, broken, values)
    return rows


def _values(
    reader: Reader, sheet: Sheet, row: int, contents: object, columns: list[int], *, flags: bool
) -> list[int | bool]:
    assert isinstance(contents, list | tuple)
    read = cells.read_flag if flags else cells.read_count
    values: list[int | bool] = []
    for column in columns:
        cell: Cell = contents[column] if column < len(contents) else None
        try:
            if is_empty(cell):
                raise BadCellError("true or false, or 1 or 0" if flags else "a whole number, 0 for none")
            values.append(read(cell))
        except BadCellError as error:
            reader.problems.append(Problem(sheet.place(row, column), cells.show_cell(cell), str(error)))
            values.append(False if flags else 0)
    return values


def _day_columns(
    reader: Reader, sheet: Sheet, keys: list[str], start: datetime.date | None, days: object
) -> tuple[list[int], bool]:
    """The column of each day, from day 0 on, and whether something is wrong with them."""
    found: dict[int, int] = {}
    wrong: Problem | None = None  # a changed start makes every header wrong: it is told once
    for column, cell in enumerate(sheet.header):
        if is_empty(cell) or normalised(cell) in keys or (isinstance(cell, str) and is_note(cell)):
            continue
        place = sheet.place(sheet.header_row, column)
        try:
            day = _day_of(cell, start, days if isinstance(days, int) else None)
        except BadCellError as error:
            wrong = wrong or Problem(place, cells.show_cell(cell), str(error))
            continue
        if day in found:
            reader.problems.append(Problem(place, f"day {day} for the second time", "each day once"))
        found[day] = column
    if wrong is not None:
        reader.problems.append(wrong)
        return [], True
    missing = [day for day in range(min(len(found), 10**6)) if day not in found]
    if missing:
        place = sheet.place(sheet.header_row)
        reader.problems.append(Problem(place, f"no day {missing[0]}", "a column for each day from day 0 on"))
    elif isinstance(days, int) and len(found) != days:
        place = sheet.place(sheet.header_row)
        expected = f"{days}, a column for each day, as the setting days says"
        reader.problems.append(Problem(place, f"columns for {len(found)} days", expected))
    else:
        return [found[day] for day in sorted(found)], False
    return [], True


def _day_of(cell: Cell, start: datetime.date | None, days: int | None) -> int:
    match = _HEADER.fullmatch(cell.strip()) if isinstance(cell, str) else None
    if match is None:
        return cells.read_day(cell, start, days, after_end=True)
    day = int(match[1])
    if start is not None:
        try:
            right = start + datetime.timedelta(days=day)
        except OverflowError:
            raise BadCellError("a day before the year 10000") from None
        if right.isoformat() != match[3]:
            raise BadCellError(
                f"{day} {right:%a} {right.isoformat()}, as start is {start.isoformat()};"
                " or numbers of days alone as headers"
            )
    return day
