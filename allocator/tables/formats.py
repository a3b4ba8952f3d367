"""Which kind of file a name stands for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from allocator.errors import InputError, Problem

Format = Literal["json", "excel", "folder"]
_READABLE = "a JSON file, an Excel workbook (.xlsx) or a folder of CSV files"
_OTHER_BOOKS = frozenset({".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".csv", ".tsv", ".parquet", ".zip"})


def format_to_read(path: Path) -> Format:
    """By what is there, then by the name; anything else is read as JSON.

    Raises InputError where there is nothing, or a table of another format.
    """
    try:
        os.stat(path)
    except OSError as error:
        raise InputError([Problem("", error.strerror or str(error), _READABLE)], str(path)) from None
    if path.is_dir():
        return "folder"
    return "excel" if path.suffix.casefold() == ".xlsx" else _refuse_others(path, "json")


def format_to_write(path: Path) -> Format:
    """By the name: .json, .xlsx, and a folder without any ending. Raises InputError for other endings."""
    ending = path.suffix.casefold()
    if path.is_dir() or ending in {"", ".d"}:
        return "folder"
    if ending == ".json":
        return "json"
    if ending == ".xlsx":
        return "excel"
    raise InputError(
        [Problem("", f"the ending {path.suffix}", "a name ending in .json or .xlsx, or a folder")]
    )


def _refuse_others(path: Path, otherwise: Format) -> Format:
    if path.suffix.casefold() in _OTHER_BOOKS and path.is_file():
        raise InputError([Problem("", f"a {path.suffix} file", _READABLE)], str(path))
    return otherwise
