"""Tables as Parquet files in a folder, with types."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from allocator.tables.csv_folder import write_folder
from allocator.tables.sheets import Cell, Table


def write_parquet_folder(tables: Sequence[Table], folder: Path, guide: str) -> None:
    """Write a folder whole or not at all: dates as dates, counts as integers, money as numbers.

    Raises OutputError.
    """
    import polars

    def fill(target: Path) -> None:
        for table in tables:
            columns = {
                name: polars.Series(name, [_plain(row[at]) for row in table.rows], strict=False)
                for at, name in enumerate(table.header)
            }
            frame = polars.DataFrame(columns)
            empty = [name for name, kind in frame.schema.items() if kind == polars.Null]
            frame.with_columns(polars.col(empty).cast(polars.String)).write_parquet(
                target / f"{table.name}.parquet"
            )

    write_folder(folder, fill, guide)


def _plain(cell: Cell) -> Cell:
    return float(cell) if isinstance(cell, Decimal) else cell
