"""Instances and plans to and from any kind of file: the one door that every command uses."""

from __future__ import annotations

import os
from pathlib import Path

from allocator.documents import MAX_BYTES
from allocator.errors import InputError
from allocator.instance import files as json_files
from allocator.instance.models import Instance
from allocator.tables.formats import format_to_read, format_to_write


def load_instance(path: str | os.PathLike[str], max_bytes: int = MAX_BYTES) -> Instance:
    """Read an instance: a JSON file, an Excel workbook, or a folder of CSV files.

    Raises InputError with every problem in it, each with its place.
    """
    source = Path(path)
    kind = format_to_read(source) if "\0" not in os.fspath(path) else "json"
    if kind == "json":
        return json_files.load_instance(path, max_bytes)
    from allocator.tables.csv_folder import read_csv_folder
    from allocator.tables.excel_read import read_excel
    from allocator.tables.layout import LAYOUTS
    from allocator.tables.read_instance import instance_from_sheets

    try:
        read = read_csv_folder if kind == "folder" else read_excel
        return instance_from_sheets(read(source, LAYOUTS, max_bytes))
    except InputError as error:
        raise InputError(error.problems, os.fspath(path)) from None


def save_instance(instance: Instance, path: str | os.PathLike[str]) -> None:
    """Write an instance, whole or not at all: a name ending in .json or .xlsx, or a folder of CSV files.

    Raises OutputError, and InputError for a name that stands for no format.
    """
    target = Path(path)
    kind = format_to_write(target)
    if kind == "json":
        json_files.save_instance(instance, path)
        return
    from allocator.tables.csv_folder import write_csv_folder
    from allocator.tables.excel_write import write_excel
    from allocator.tables.guide import guide_lines, guide_text
    from allocator.tables.write_instance import instance_tables

    tables, guide = instance_tables(instance), guide_lines(instance.name)
    if kind == "folder":
        write_csv_folder(tables, target, guide_text(guide))
    else:
        write_excel(tables, target, guide)
