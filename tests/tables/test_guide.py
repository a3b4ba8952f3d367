"""The guide in each workbook and the page in docs/ tell of every sheet and column."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl

from allocator.tables.files import save_instance
from allocator.tables.layout import LAYOUTS, SETTINGS
from allocator.tables.plan_layout import PLAN_LAYOUTS, VIEWS
from allocator.tables.template import template_instance

PAGE = (Path(__file__).parents[2] / "docs" / "tables.md").read_text(encoding="utf-8")


def test_the_page_has_every_column_with_its_meaning() -> None:
    for name, layout in LAYOUTS.items():
        section = PAGE.split(f"\n### {name}\n")[1].split("\n##")[0]
        for column in SETTINGS if name == "settings" else layout.columns:
            assert f"| `{column.name}` | " in section
            assert f"| {column.meaning} |" in section
    for name, meaning in VIEWS.items():
        assert f"| `{name}` | {meaning} |" in PAGE
    for name, layout in PLAN_LAYOUTS.items():
        assert f"- `{name}`: {layout.meaning}" in PAGE


def test_meanings_beside_the_settings_stand_as_they_are(tmp_path: Path) -> None:
    save_instance(template_instance(), tmp_path / "new")
    with open(tmp_path / "new" / "settings.csv", encoding="utf-8-sig", newline="") as stream:
        _, *rows = csv.reader(stream)
    assert [row[2] for row in rows] == [column.meaning for column in SETTINGS]


def test_the_workbook_explains_itself(tmp_path: Path) -> None:
    save_instance(template_instance(), tmp_path / "new.xlsx")
    book = openpyxl.load_workbook(tmp_path / "new.xlsx")
    assert book.sheetnames == ["guide", *LAYOUTS]
    told = {str(cell.value) for row in book["guide"].iter_rows() for cell in row}
    for layout in LAYOUTS.values():
        assert {layout.meaning, *(column.name for column in layout.columns)} - told <= {"field", "value"}
    assert book["offices"]["A40"].number_format in {"@", "General"}
    assert book["offices"].column_dimensions["A"].number_format == "@"
