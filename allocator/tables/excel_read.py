"""An Excel workbook as tables, with all that a spreadsheet hides from the one who reads the cells."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from allocator.errors import InputError, Problem
from allocator.tables.sheets import Cell, Sheets, build_sheet, is_empty, is_note, letters, normalised

MAX_CELLS: Final = 4_000_000
MAX_UNPACKED: Final = 8
"""A workbook unpacked may be so many times as large as a file may be."""
_MAX_RATIO: Final = 400  # real sheets are packed ten to fifty times smaller
_MAX_PARTS: Final = 2_000
_CHUNK: Final = 1 << 20
_CELL: Final = re.compile(rb"<(?:\w+:)?(?:c|row|mergeCell|f)(?=[ />])")
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f(?=[ />])")
_EXPECTED: Final = "an Excel workbook, .xlsx"
_TYPES: Final = (str, bool, int, float, datetime.date)


def read_excel(path: Path, known: Iterable[str], max_bytes: int, unread: Collection[str] = ()) -> Sheets:
    """The sheets of a workbook whose names are known; those `unread` are passed over.

    Raises InputError where there is nothing to read.
    """
    formulas = _require_sane(path, max_bytes)
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, data_only=True, keep_links=False)
        written = load_workbook(path, keep_links=False) if formulas else None
    except Exception as error:  # noqa: BLE001 - openpyxl lets through whatever a broken file makes it meet
        raise InputError([Problem("", f"a workbook that cannot be read ({error})", _EXPECTED)]) from None
    sheets = Sheets("sheet {}")
    for sheet in book.worksheets:
        if is_note(sheet.title) or normalised(sheet.title) in unread:
            continue
        label = f"sheet {sheet.title.strip()}"
        sheets.problems.extend(_hidden(sheet, label))
        formulas_of_sheet = written[sheet.title] if written is not None else None
        sheets.problems.extend(_faults(sheet, formulas_of_sheet, label))
        made = build_sheet(sheet.title, label, _rows(sheet), use_letters=True)
        if made is not None:
            sheets.keep(made, known)
    return sheets


def _require_sane(path: Path, max_bytes: int) -> bool:
    """Look at the packed file before anything is unpacked, and count cells before any is built.

    Returns whether there are formulas. Raises InputError.
    """
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise InputError([Problem("", f"{size} bytes", f"at most {max_bytes} (--max-file-size)")])
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            total = sum(part.file_size for part in parts)
            if len(parts) > _MAX_PARTS or total > MAX_UNPACKED * max_bytes:
                found = f"{len(parts)} parts of {total} bytes when unpacked"
                expected = f"at most {_MAX_PARTS} of {MAX_UNPACKED * max_bytes} bytes (--max-file-size)"
                raise InputError([Problem("", found, expected)])
            bombs = [part for part in parts if part.file_size > max(_CHUNK, _MAX_RATIO * part.compress_size)]
            if bombs:
                found = f"a part that is packed {bombs[0].file_size // max(1, bombs[0].compress_size)} times"
                raise InputError(
                    [Problem(bombs[0].filename, found, f"a workbook, not over {_MAX_RATIO} times")]
                )
            return _count(packed, parts)
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        reason = getattr(error, "strerror", None) or "no workbook, or a damaged or locked one"
        raise InputError([Problem("", reason, _EXPECTED)]) from None


def _count(packed: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> bool:
    cells, formulas = 0, False
    for part in parts:
        if not part.filename.endswith((".xml", ".rels")):
            continue
        sheet = "/worksheets/" in part.filename
        with packed.open(part) as stream:
            rest = b""
            while chunk := stream.read(_CHUNK):
                data = rest + chunk
                if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
                    raise InputError([Problem(part.filename, "a document type", "a workbook without any")])
                if sheet:
                    cut = max(data.rfind(b"<"), 0)  # a tag may go on in the next chunk
                    cells += len(_CELL.findall(data, 0, cut))
                    formulas = formulas or _FORMULA.search(data, 0, cut) is not None
                    rest = data[cut:][:200]
                else:
                    rest = data[-16:]
                if cells > MAX_CELLS:
                    expected = f"at most {MAX_CELLS:,} cells in a workbook"
                    raise InputError([Problem("", "a giant workbook", expected)])
    return formulas


def _hidden(sheet: Any, label: str) -> Iterator[Problem]:
    """Nobody is to plan by what they do not see."""
    if sheet.sheet_state != "visible":
        yield Problem(label, "a hidden sheet", "every sheet in sight: unhide or delete it")
    filled_rows = {cell.row for cell in _filled(sheet)}
    for number, row in sheet.row_dimensions.items():
        if (row.hidden or row.height == 0) and number in filled_rows:
            yield Problem(
                f"{label}, row {number}",
                "a hidden row",
                "every row in sight: unhide it, clear the filter, or delete it",
            )
    filled_columns = {cell.column for cell in _filled(sheet)}
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden or dimension.width == 0:
            for column in range(dimension.min or 1, min(dimension.max or 1, 16_384) + 1):
                if column in filled_columns:
                    place = f"{label}, column {letters(column - 1)}"
                    yield Problem(place, "a hidden column", "every column in sight: unhide or delete it")


def _faults(sheet: Any, written: Any, label: str) -> Iterator[Problem]:
    """Merged cells, error values, formulas that nothing has calculated."""
    for merged in sheet.merged_cells.ranges:
        place = f"{label}, row {merged.min_row}, column {letters(merged.min_col - 1)}"
        yield Problem(place, f"merged cells {merged.coord}", "a value in each cell: unmerge them")
    for cell in _filled(sheet):
        if cell.data_type == "e":
            place = f"{label}, row {cell.row}, column {letters(cell.column - 1)}"
            yield Problem(place, str(cell.value), "a value")
    for cell in _filled(written) if written is not None else ():
        if cell.data_type == "f" and sheet.cell(cell.row, cell.column).value is None:
            place = f"{label}, row {cell.row}, column {letters(cell.column - 1)}"
            expected = "its value: open the workbook in a spreadsheet program and save it, or type the value"
            yield Problem(place, "a formula without a calculated value", expected)


def _filled(sheet: Any) -> Iterator[Any]:
    """The cells that hold something. Only those exist: one in the far corner makes no giant sheet."""
    return (cell for cell in list(sheet._cells.values()) if not is_empty(cell.value))


def _rows(sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    rows: dict[int, dict[int, Cell]] = {}
    for cell in _filled(sheet):
        rows.setdefault(cell.row, {})[cell.column] = _value(cell)
    for number in sorted(rows):
        row = rows[number]
        yield number, [row.get(column) for column in range(1, max(row) + 1)]


def _value(cell: Any) -> Cell:
    value: Cell = cell.value if isinstance(cell.value, _TYPES) else str(cell.value)
    return value
