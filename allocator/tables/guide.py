"""What a workbook or folder says about itself to the person who opens it."""

from __future__ import annotations

from typing import Final

from allocator.tables.layout import LAYOUTS, SETTINGS

_INTRODUCTION: Final = (
    "Fill in the tables and give the workbook or folder to any command that takes an instance, for example:"
    " allocator solve PATH",
    "Columns may stand in any order. Sheets, files and columns whose name starts with # are for your notes.",
    "Days are numbers from 0 (the setting start) on; in columns called day a date, YYYY-MM-DD, is as good.",
    'Where a value differs by day, write "by day" in its cell and the values into the sheet of its name,'
    " which has a column for each day.",
    "Ids are texts, also where they look like numbers: 21.10 is not 21.1. Their cells are formatted as text."
    ' In CSV files such ids stand in quotes, "21.10", so that no spreadsheet changes them.',
    "Numbers have a point before decimals, and no separators of thousands.",
    "No hidden rows or columns, no merged cells, no formulas that have not been calculated.",
)


def guide_lines(name: str) -> list[tuple[str, str, str]]:
    """Three columns: sheet, column, meaning."""
    lines = [(f"Instance {name}", "", ""), *(("", "", text) for text in _INTRODUCTION), ("", "", "")]
    lines.append(("Sheet", "Column", "Meaning"))
    for sheet, layout in LAYOUTS.items():
        lines.append((sheet, "", layout.meaning))
        columns = SETTINGS if sheet == "settings" else layout.columns
        lines.extend(("", column.name, column.meaning) for column in columns)
        if layout.by_day:
            lines.append(("", "a column a day", "the header is the number of the day, or number and date"))
    return lines


def guide_text(lines: list[tuple[str, str, str]]) -> str:
    """The same as plain text."""
    texts = []
    for sheet, column, meaning in lines:
        lead = f"{sheet}: " if sheet and meaning else sheet or (f"    {column}: " if column else "")
        texts.append(f"{lead}{meaning}" if sheet != "Sheet" else "Files, and their columns:")
    return "\n".join(texts) + "\n"
