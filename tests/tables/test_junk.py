"""Whatever stands in a cell: an instance that is valid, or faults with their places, and nothing else."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.errors import InputError
from allocator.tables.layout import LAYOUTS
from allocator.tables.read_instance import instance_from_sheets
from allocator.tables.sheets import Cell, Sheets, build_sheet
from allocator.tables.write_instance import instance_tables
from tests.tools.instances import full_instance

JUNK: list[Cell] = [
    *(
        None,
        "",
        " ",
        "x",
        "-1",
        "1.5",
        "1e400",
        "1e30",
        "9" * 60,
        '"',
        '"\\ud800"',
        "by day",
        "true",
        "NaN",
        "#",
    ),
    *(True, 0, -1, 2**70, 1.5, float("nan"), float("inf"), 1e300),
    *(datetime.datetime(2016, 2, 28), datetime.datetime(1, 1, 1, 5)),
    *("2016-02-28", "2016-02-30", "9999-12-31", "0 Mon 2016-02-27", "9999999 Mon 2016-02-27", "10000000"),
]


@pytest.mark.parametrize("use_letters", [True, False])
@settings(max_examples=150)
@given(seed=st.integers(0, 2**32), changes=st.integers(1, 6))
def test_junk_in_any_cell(use_letters: bool, seed: int, changes: int) -> None:
    rng = Random(seed)
    tables = {t.name: [list(t.header), *map(list, t.rows)] for t in instance_tables(full_instance())}
    for _ in range(changes):
        rows = tables[rng.choice(list(tables))]
        row = rng.choice(rows)
        what = rng.random()
        if what < 0.7 and row:
            row[rng.randrange(len(row))] = rng.choice(JUNK)
        elif what < 0.8:
            row.append(rng.choice(JUNK))
        elif what < 0.9:
            rows.append(list(row))
        elif len(rows) > 1:
            rows.remove(row)
    sheets = Sheets("sheet {}")
    for name, rows in tables.items():
        sheet = build_sheet(name, f"sheet {name}", list(enumerate(rows, 1)), use_letters=use_letters)
        if sheet is not None:
            sheets.keep(sheet, LAYOUTS)
    try:
        instance_from_sheets(sheets)
    except InputError as error:
        misplaced = [str(problem) for problem in error.problems if not problem.path.startswith("sheet ")]
        str(error).encode()
    else:
        misplaced = []
    assert misplaced == []


def test_junk_bytes_in_a_csv_file(tmp_path: Path) -> None:
    from allocator.tables.files import load_instance, save_instance

    save_instance(full_instance(), tmp_path / "t")
    whole = (tmp_path / "t" / "offices.csv").read_bytes()
    rng = Random(1)
    for _ in range(60):
        cut = bytearray(whole)
        for _ in range(rng.randint(1, 4)):
            cut[rng.randrange(len(cut))] = rng.choice(b'",;\n\r\t\x00\xff=1')
        (tmp_path / "t" / "offices.csv").write_bytes(cut)
        with contextlib.suppress(InputError):
            load_instance(tmp_path / "t")
    assert list(csv.reader(io.StringIO(whole.decode("utf-8-sig"))))[1][0] == "city"
