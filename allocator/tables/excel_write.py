"""Tables as an Excel workbook."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from allocator.documents import write_file
from allocator.errors import OutputError
from allocator.tables.sheets import Cell, Table
from allocator.tables.text import protect

_LONGEST_TEXT: Final = 32_767  # what a cell of Excel takes
_MOST_ROWS: Final = 1_048_576
_MOST_COLUMNS: Final = 16_384
_GUIDE_WIDTH: Final = 110


def write_excel(tables: Sequence[Table], path: Path, guide: Sequence[Sequence[str]]) -> None:
    """Write a workbook whole or not at all, with a first sheet that explains the others.

    Raises OutputError, also for what Excel cannot hold.
    """
    for table in tables:
        _require_room(table, path)

    def write(temporary: str) -> None:
        import xlsxwriter

        options = {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
        }
        with xlsxwriter.Workbook(temporary, options) as book:
            formats = _Formats(book)
            _write_guide(book, formats, guide)
            for table in tables:
                _write_sheet(book.add_worksheet(table.name), formats, table)

    write_file(path, write)


class _Formats:
    def __init__(self, book: Any) -> None:
        self.header = book.add_format(
            {"bold": True, "bg_color": "#DCE6F1", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self.text = book.add_format({"num_format": "@"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.bold = book.add_format({"bold": True, "valign": "top"})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})


def _write_guide(book: Any, formats: _Formats, guide: Sequence[Sequence[str]]) -> None:
    sheet = book.add_worksheet("guide")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 1, 22, formats.bold)
    sheet.set_column(2, 2, _GUIDE_WIDTH, formats.wrap)
    for number, line in enumerate(guide):
        for column, text in enumerate(line):
            if text:
                style = formats.title if number == 0 else formats.wrap if column == 2 else formats.bold
                sheet.write_string(number, column, text, style)


def _write_sheet(sheet: Any, formats: _Formats, table: Table) -> None:
    keys = _key_columns(table)
    sheet.freeze_panes(1, keys)
    for column, name in enumerate(table.header):
        sheet.write_string(0, column, name, formats.header)
        first = [row[column] for row in table.rows[:200] if row[column] is not None]
        # Whoever adds a row types ids that stay texts: columns of texts, and empty ones, are of that format.
        texts = all(isinstance(cell, str) for cell in first) and not _is_day(name)
        longest = max((len(str(cell)) for cell in first), default=0)
        width = 11 if _is_day(name) else min(60, max(len(name), longest) + 2)
        sheet.set_column(column, column, width, formats.text if texts and name in _TEXTS else None)
    for number, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            if cell is not None:
                _write_cell(sheet, formats, number, column, cell)


_TEXTS: Final = frozenset(
    {"id", "name", "office", "stream", "depot", "province", "from", "to", "lane", "field", "instance"}
)


def _write_cell(sheet: Any, formats: _Formats, row: int, column: int, cell: Cell) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, protect(cell, loose=False), formats.text)
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, datetime.date):
        if cell.year < 1900 or cell < datetime.date(1900, 3, 1):  # Excel's calendar begins there
            sheet.write_string(row, column, cell.isoformat(), formats.text)
        else:
            sheet.write_datetime(row, column, cell)
    elif isinstance(cell, float) or _fits(cell):  # floats are figures for people
        sheet.write_number(row, column, cell)
    else:
        sheet.write_string(row, column, format(Decimal(str(cell)), "f"), formats.text)


def _fits(cell: Cell) -> bool:
    """Whether a cell keeps the number digit for digit: xlsxwriter writes sixteen."""
    assert isinstance(cell, int | Decimal)
    exact = Decimal(cell)
    if exact.is_zero():
        return True
    # Not `normalize`, which rounds to the digits of the context.
    digits = "".join(map(str, exact.as_tuple().digits)).strip("0")
    return len(digits) <= 15 and abs(exact.adjusted()) < 100


def _require_room(table: Table, path: Path) -> None:
    if len(table.rows) >= _MOST_ROWS or len(table.header) > _MOST_COLUMNS:
        raise OutputError(
            f"cannot write {path}: the sheet {table.name} has {len(table.rows) + 1:,} rows and"
            f" {len(table.header):,} columns, more than Excel takes; write a folder of CSV files instead"
        )
    for number, row in enumerate(table.rows, start=2):
        for cell in row:
            if isinstance(cell, str) and len(cell) > 5000 and len(protect(cell, loose=False)) > _LONGEST_TEXT:
                raise OutputError(
                    f"cannot write {path}: sheet {table.name}, row {number} has a text of {len(cell):,}"
                    f" characters, and a cell takes {_LONGEST_TEXT:,}; write a folder of CSV files instead"
                )


def _is_day(name: str) -> bool:
    return name[:1].isdigit()


def _key_columns(table: Table) -> int:
    """Columns that stay in sight: those before the days, or the first."""
    days = next((column for column, name in enumerate(table.header) if _is_day(name)), None)
    return 1 if days is None else days
