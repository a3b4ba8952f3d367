"""Tables as Parquet files in a folder, with types."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final

from allocator.errors import AllocatorError
from allocator.tables.csv_folder import write_folder
from allocator.tables.sheets import Cell, Table


def write_parquet_folder(tables: Sequence[Table], folder: Path, guide: str) -> None:
    """Write a folder whole or not at all: dates as dates, counts as integers, money as numbers.

    Raises OutputError, and AllocatorError where the extra is not installed.
    """
    try:
        import polars
    except ImportError as error:
        raise AllocatorError(
            "Parquet needs polars; install it with: pip install polars, or the version tested with"
            " this project: pip install '.[parquet]'"
        ) from error
    types = {"text": polars.String, "count": polars.Int64, "date": polars.Date, "amount": polars.Float64}

    def fill(target: Path) -> None:
        for table in tables:
            # Types go by name: a table without rows has them too.
            columns = [
                polars.Series(
                    name, [_plain(row[at]) for row in table.rows], dtype=types[_kind(name)], strict=False
                )
                for at, name in enumerate(table.header)
            ]
            polars.DataFrame(columns).write_parquet(target / f"{table.name}.parquet")

    write_folder(folder, fill, guide)


def _plain(cell: Cell) -> Cell:
    return float(cell) if isinstance(cell, Decimal) else cell


_KINDS: Final = {
    "count": ("day", "arrival_day", "packs", "cards", "records", "quota", "used", "unused"),
    "date": ("date", "arrival_date"),
    "amount": ("value", "cost"),
}


def _kind(name: str) -> str:
    return next((kind for kind, names in _KINDS.items() if name in names), "text")
