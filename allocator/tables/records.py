"""The rows of a sheet as values by column, with what is wrong in any cell."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from allocator.errors import Problem
from allocator.tables import cells
from allocator.tables.cells import BadCellError
from allocator.tables.layout import LAYOUTS, Column, Kind, Layout
from allocator.tables.sheets import Cell, Sheet, Sheets, is_empty, is_note, normalised


@dataclass(frozen=True)
class Record:
    """A row: values by column, empty cells left out."""

    sheet: Sheet
    row: int
    columns: dict[str, int]
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return self.sheet.place(self.row)

    def place_of(self, column: str) -> str:
        """Where a cell of the row stands, or would stand."""
        if column in self.columns:
            return self.sheet.place(self.row, self.columns[column])
        return f"{self.place}, column {column}"


@dataclass(frozen=True)
class Setting:
    """A row of the sheet `settings`."""

    name: str
    value: Any
    sheet: Sheet
    row: int
    column: int

    @property
    def place(self) -> str:
        return f"{self.sheet.place(self.row, self.column)}, {self.name}"

    def as_record(self) -> Record:
        return Record(self.sheet, self.row, {self.name: self.column}, {self.name: self.value})


class Reader:
    """Reads sheets by their layouts and keeps the problems."""

    def __init__(
        self, sheets: Sheets, problems: list[Problem], layouts: dict[str, Layout] | None = None
    ) -> None:
        self.sheets = sheets
        self.problems = problems
        self.layouts = LAYOUTS if layouts is None else layouts
        self.start: datetime.date | None = None
        self.days: int | None = None
        """The length of the horizon, as far as it is known."""
        self._settings: dict[str, str] = {}

    def settings(self, columns: Sequence[Column]) -> list[Setting]:
        """The settings that have a value; `start` comes first, since days may be dates."""
        sheet = self.sheets.by_name.get("settings")
        if sheet is None:
            return []
        found = self.columns(sheet, self.layouts["settings"].columns)
        if "field" not in found or "value" not in found:
            return []
        known = {column.name: column for column in columns}
        settings: list[Setting] = []
        seen: set[str] = set()
        for row, values in sheet.rows:
            name = normalised(str(_cell(values, found["field"]) or "").strip('" '))
            value = _cell(values, found["value"])
            if name not in known or name in seen:
                what = "for the second time" if name in seen else "as a field"
                place = sheet.place(row, found["field"])
                self.problems.append(Problem(place, f'"{name}" {what}', f"one of {', '.join(known)}, once"))
                continue
            seen.add(name)
            if is_empty(value):
                continue
            setting = Setting(name, None, sheet, row, found["value"])
            self._settings[name] = setting.place
            try:
                meant = self.read(known[name].kind, value)
                settings.append(Setting(name, meant, sheet, row, found["value"]))
            except BadCellError as error:
                self.problems.append(Problem(setting.place, cells.show_cell(value), str(error)))
        return settings

    def setting_place(self, name: str) -> str:
        """Where a setting stands, or would stand."""
        return self._settings.get(name, f"{self.sheets.label.format('settings')}, {name}")

    def records(self, name: str) -> Iterator[Record]:
        """The rows of a sheet that has a layout; none where there is no such sheet."""
        sheet = self.sheets.by_name.get(name)
        if sheet is None:
            return
        layout = self.layouts[name]
        found = self.columns(sheet, layout.columns, days=layout.by_day)
        kinds = [(item.name, item.kind, found[item.name]) for item in layout.columns if item.name in found]
        keys = {item.name for item in layout.columns[: layout.keys]}
        for row, values in sheet.rows:
            record = Record(sheet, row, found)
            for column, kind, index in kinds:
                value = _cell(values, index)
                if is_empty(value):
                    if column in keys:
                        self.problems.append(
                            Problem(sheet.place(row, index), "an empty cell", f"the {column}")
                        )
                    continue
                try:
                    record.values[column] = self.read(kind, value)
                except BadCellError as error:
                    self.problems.append(Problem(sheet.place(row, index), cells.show_cell(value), str(error)))
            yield record

    def columns(self, sheet: Sheet, columns: Sequence[Column], *, days: bool = False) -> dict[str, int]:
        """Where each column stands; unknown, repeated and missing ones are problems."""
        known = [column.name for column in columns]
        found: dict[str, int] = {}
        for index, cell in enumerate(sheet.header):
            if is_empty(cell) or (isinstance(cell, str) and is_note(cell)):
                if is_empty(cell) and any(not is_empty(_cell(row, index)) for _, row in sheet.rows):
                    place = sheet.place(sheet.header_row, index)
                    self.problems.append(
                        Problem(place, "values under an empty header", "a name for the column")
                    )
                continue
            name = normalised(cell)
            if name in known and name not in found:
                found[name] = index
            elif name in found or not days:
                what = "for the second time" if name in found else "as a header"
                expected = f"one of {', '.join(known)}, each once; start a name with # to keep notes"
                place = sheet.place(sheet.header_row, index)
                self.problems.append(Problem(place, f"{cells.show_cell(cell)} {what}", expected))
        for row, values in sheet.rows:
            if any(not is_empty(cell) for cell in values[len(sheet.header) :]):
                place = sheet.place(row, len(sheet.header))
                self.problems.append(Problem(place, "more cells than the header has", "as many"))
        self.problems.extend(
            Problem(sheet.place(sheet.header_row), f"no column {name}", "it, as it names whose row it is")
            for name in self._keys(sheet, known)
            if name not in found
        )
        return found

    def read(self, kind: Kind, cell: Cell) -> Any:
        """The value of a cell. Raises BadCellError."""
        if kind == "day":
            return cells.read_day(cell, self.start, self.days)
        if kind == "day_or_later":
            return cells.read_day(cell, self.start, self.days, after_end=True)
        if kind == "daily":
            return cells.read_daily(cell, cells.read_count)
        if kind == "daily_flag":
            return cells.read_daily(cell, cells.read_flag)
        return _READERS[kind](cell)

    def _keys(self, sheet: Sheet, known: Sequence[str]) -> Sequence[str]:
        name = normalised(sheet.name)
        if name == "settings":
            return known
        return known[: self.layouts[name].keys]


_READERS = {
    "text": cells.read_text,
    "count": cells.read_count,
    "number": cells.read_number,
    "flag": cells.read_flag,
    "date": cells.read_date,
}


def _cell(cells_of_row: Sequence[Cell], index: int) -> Cell:
    return cells_of_row[index] if index < len(cells_of_row) else None
