"""One test for each thing that spreadsheets and their users do to tables."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from allocator.errors import InputError
from allocator.instance.models import Instance
from allocator.tables import excel_read
from allocator.tables.files import load_instance, save_instance

Change = Callable[[Any], None]


@pytest.fixture
def book(tmp_path: Path, full_instance: Instance) -> Callable[[Change], Path]:
    """A workbook of the full instance, changed as a user would."""

    def make(change: Change) -> Path:
        path = tmp_path / "book.xlsx"
        save_instance(full_instance, path)
        opened = openpyxl.load_workbook(path)
        change(opened)
        opened.save(path)
        return path

    return make


@pytest.fixture
def folder(tmp_path: Path, full_instance: Instance) -> Path:
    path = tmp_path / "tables"
    save_instance(full_instance, path)
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_instance(path)
    assert caught.value.source == str(path)
    return [str(problem) for problem in caught.value.problems]


def find(sheet: Any, row: int, name: str) -> Any:
    column = next(cell.column for cell in sheet[1] if cell.value == name)
    return sheet.cell(row, column)


def test_an_id_that_became_a_number_is_refused(book: Callable[[Change], Path]) -> None:
    def change(opened: Any) -> None:
        opened["offices"]["A2"].value = 21.1
        opened["backlog"]["A2"].value = 21.1

    found = faults(book(change))
    assert found[0].startswith("sheet offices, row 2, column A (id): found the number 21.1, expected a text")
    assert "21.10" in found[0]
    assert any(fault.startswith("sheet backlog, row 2, column A (office)") for fault in found)


def test_a_date_is_a_date_however_it_is_written(
    book: Callable[[Change], Path], full_instance: Instance
) -> None:
    def change(opened: Any) -> None:
        for row in opened["settings"].iter_rows(min_row=2):
            if row[0].value == "start":
                row[1].value = full_instance.start.isoformat() + "  "
        deliveries = opened["deliveries"]
        day = find(deliveries, 2, "day")
        day.value = datetime.datetime.combine(full_instance.start, datetime.time()) + datetime.timedelta(
            day.value
        )

    assert load_instance(book(change)) == full_instance


def test_a_date_that_became_a_number_is_explained(book: Callable[[Change], Path]) -> None:
    def change(opened: Any) -> None:
        for row in opened["settings"].iter_rows(min_row=2):
            if row[0].value == "start":
                row[1].value, row[1].number_format = 42427, "General"

    (fault,) = [fault for fault in faults(book(change)) if "start" in fault]
    assert "found the number 42427, expected a date, YYYY-MM-DD (42427 may be 2016-02-27" in fault


@pytest.mark.parametrize(
    ("sheet", "day"), [("deliveries", "day"), ("in_transit", "day"), ("ingested", "ready_day")]
)
@pytest.mark.parametrize(
    ("number", "hint"), [(42428, "(42428 may be 2016-02-28: "), (20160228, "(20160228 may be 2016-02-28)")]
)
@pytest.mark.parametrize("as_text", [True, False])
def test_a_day_that_became_a_number_is_explained(
    book: Callable[[Change], Path], sheet: str, day: str, number: int, hint: str, as_text: bool
) -> None:
    def change(opened: Any) -> None:
        find(opened[sheet], 2, day).value = str(number) if as_text else number

    (fault,) = faults(book(change))
    assert hint in fault
    assert f"({day}): found" in fault


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("2016-05-01", '"2016-05-01"'), (datetime.datetime(2016, 5, 1), "the date 2016-05-01")],
)
def test_a_date_outside_the_horizon_is_shown_as_it_was_typed(
    book: Callable[[Change], Path], typed: object, shown: str
) -> None:
    def change(opened: Any) -> None:
        find(opened["deliveries"], 2, "day").value = typed

    (fault,) = faults(book(change))
    assert fault.endswith(
        f"found {shown}, expected a day of the horizon, 0 to 5, or 2016-02-27 to 2016-03-03"
    )


def test_a_header_of_a_day_that_became_a_number_is_explained(book: Callable[[Change], Path]) -> None:
    def change(opened: Any) -> None:
        sheet = opened["print_capacity"]
        for column in range(6):
            sheet.cell(1, 2 + column).value = 42427 + column

    (fault,) = faults(book(change))
    assert "found the number 42427, expected a day" in fault
    assert "may be 2016-02-27" in fault


def test_records_may_be_ready_after_the_horizon(
    book: Callable[[Change], Path], full_instance: Instance
) -> None:
    def change(opened: Any) -> None:
        find(opened["ingested"], 3, "ready_day").value = 90

    assert load_instance(book(change)) != full_instance


def test_a_number_that_became_a_date_is_refused(book: Callable[[Change], Path]) -> None:
    def change(opened: Any) -> None:
        find(opened["offices"], 2, "blanks").value = datetime.datetime(1900, 1, 5)

    (fault,) = faults(book(change))
    assert "row 2, column G (blanks): found the date 1900-01-05, expected a number, not a date" in fault


@pytest.mark.parametrize("text", ["1,234", "1 234", "1.234,5", "1'234"])
def test_separators_of_thousands_are_refused(book: Callable[[Change], Path], text: str) -> None:
    def change(opened: Any) -> None:
        find(opened["offices"], 2, "blanks").value = text

    (fault,) = faults(book(change))
    assert f'found "{text}", expected a number without separators of thousands' in fault


@pytest.mark.parametrize("text", ["1.234", "2.000", " 10.000 ", "300.000"])
def test_a_point_between_thousands_is_refused_where_counts_stand(
    book: Callable[[Change], Path], text: str
) -> None:
    def change(opened: Any) -> None:
        find(opened["offices"], 2, "blanks").value = text

    (fault,) = faults(book(change))
    assert f'found "{text}", expected a whole number: a point comes before decimals, not between' in fault


def test_a_point_between_thousands_is_refused_in_csv(folder: Path) -> None:
    table = (folder / "print_capacity.csv").read_text(encoding="utf-8-sig")
    (folder / "print_capacity.csv").write_text(table.replace(",3,3,3,3,0,4", ",3,2.000,3,3,0,4"))
    (folder / "deliveries.csv").write_text("depot,day,cards\nhub,2,8.000\n")
    found = faults(folder)
    assert [fault.split(",")[0] for fault in found] == ["deliveries.csv", "print_capacity.csv"]
    assert all("not between thousands" in fault for fault in found)


@pytest.mark.parametrize("text", ["5.0", "5.00", "5.0000"])
def test_a_whole_number_may_have_decimals_of_zero(
    book: Callable[[Change], Path], full_instance: Instance, text: str
) -> None:
    def change(opened: Any) -> None:
        find(opened["offices"], 2, "blanks").value = text

    assert load_instance(book(change)) == full_instance


def test_blanks_and_numbers_as_text_and_empty_rows_do_no_harm(
    book: Callable[[Change], Path], full_instance: Instance
) -> None:
    def change(opened: Any) -> None:
        sheet = opened["offices"]
        sheet["A2"].value = "city \u00a0 "
        sheet["A1"].value = " Id "
        find(sheet, 2, "blanks").value = " 5 "
        sheet.insert_rows(3, 2)
        sheet.insert_rows(1)
        sheet["A3"].value = "city "
        sheet["Z40"].value = "   "

    assert load_instance(book(change)) == full_instance


def test_merged_cells_are_refused(book: Callable[[Change], Path]) -> None:
    found = faults(book(lambda opened: opened["offices"].merge_cells("A1:B1")))
    assert "sheet offices, row 1, column A: found merged cells A1:B1" in found[0]


@pytest.mark.parametrize("what", ["row", "column", "sheet"])
def test_what_is_hidden_is_refused(book: Callable[[Change], Path], what: str) -> None:
    def change(opened: Any) -> None:
        sheet = opened["offices"]
        if what == "row":
            sheet.row_dimensions[3].hidden = True
        elif what == "column":
            sheet.column_dimensions["B"].hidden = True
        else:
            sheet.sheet_state = "hidden"

    (fault,) = faults(book(change))
    assert f"a hidden {what}" in fault
    assert fault.startswith("sheet offices")


def test_a_formula_that_nothing_calculated_is_refused(book: Callable[[Change], Path]) -> None:
    def change(opened: Any) -> None:
        find(opened["offices"], 3, "print_capacity").value = "=1+1"

    found = faults(book(change))
    assert found[0].startswith("sheet offices, row 3, column K: found a formula without a calculated value")
    assert len(found) == 1, "what follows from it is not told"


def test_error_values_are_refused(book: Callable[[Change], Path]) -> None:
    def change(opened: Any) -> None:
        cell = find(opened["offices"], 3, "priority")
        cell.value, cell.data_type = "#DIV/0!", "e"

    assert any("row 3, column F: found #DIV/0!" in fault for fault in faults(book(change)))


def test_everything_is_told_at_once_with_its_place(folder: Path) -> None:
    offices = (folder / "offices.csv").read_text(encoding="utf-8-sig")
    (folder / "offices.csv").write_text(offices.replace("coast,coast,West,,,0.5", "coast,coast,West,,95x,-1"))
    (folder / "backlog.csv").write_text("office,stream,age_days,records\nnowhere,first,0,2.5\n")
    (folder / "lanes.csv").write_text("from,to,lead_days,fixed_cost\nhub,nowhere,1,1\n")
    (folder / "ofices.csv").write_text("id\nx\n")
    found = "\n".join(faults(folder))
    for place in (
        'offices.csv, row 3, column lon: found "95x"',
        "offices.csv, row 3, column priority: found -1, expected at least 0",
        'backlog.csv, row 2, column records: found "2.5", expected a whole number',
        "backlog.csv, row 2: found nowhere and first",
        'lanes.csv, row 2, column to: found "nowhere"',
        "lanes.csv, row 2, column cost_per_pack",
        'ofices.csv: found the name "ofices"',
    ):
        assert place in found


def test_a_table_by_day_and_its_cell_must_agree(folder: Path) -> None:
    table = (folder / "print_capacity.csv").read_text(encoding="utf-8-sig").replace("city", "isle")
    (folder / "print_capacity.csv").write_text(table)
    found = "\n".join(faults(folder))
    assert 'offices.csv, row 2, column print_capacity: found "by day"' in found
    assert "print_capacity.csv, row 2: found values by day" in found


def test_an_empty_cell_in_a_table_by_day_is_no_zero(folder: Path) -> None:
    table = (
        (folder / "print_capacity.csv").read_text(encoding="utf-8-sig").replace(",3,3,3,3,0,4", ",3,,3,3,0,4")
    )
    (folder / "print_capacity.csv").write_text(table)
    (fault,) = faults(folder)
    assert "print_capacity.csv, row 2, column 1 Sun 2016-02-28: found an empty cell" in fault


def test_a_changed_start_is_told_once_a_sheet(folder: Path) -> None:
    settings = (folder / "settings.csv").read_text(encoding="utf-8-sig").replace("2016-02-27", "2016-03-01")
    (folder / "settings.csv").write_text(settings)
    (fault,) = [fault for fault in faults(folder) if "print_capacity" in fault]
    assert 'found "0 Sat 2016-02-27", expected 0 Tue 2016-03-01' in fault


@pytest.mark.parametrize("sign", [";", "\t"])
def test_other_separators_of_columns_are_understood(folder: Path, full_instance: Instance, sign: str) -> None:
    for path in folder.glob("*.csv"):
        text = path.read_text(encoding="utf-8-sig")
        if '"' not in text:
            path.write_text(text.replace(",", sign))
    assert load_instance(folder) == full_instance


def test_notes_of_ones_own_are_left_alone(book: Callable[[Change], Path], full_instance: Instance) -> None:
    def change(opened: Any) -> None:
        opened.create_sheet("#my sums")["A1"].value = "=SUM(A2:A9)"
        opened["offices"]["L1"].value = "# ask them"
        opened["offices"]["L2"].value = "on Monday"

    assert load_instance(book(change)) == full_instance


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (40 << 20))
    (fault,) = faults(path)
    assert "packed" in fault
    with pytest.raises(InputError, match="bytes when unpacked"):
        load_instance(path, max_bytes=4 << 20)


def test_a_giant_sheet_is_refused_before_it_is_built(
    book: Callable[[Change], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(lambda opened: None)
    monkeypatch.setattr(excel_read, "MAX_CELLS", 50)
    (fault,) = faults(path)
    assert "a giant workbook" in fault


def test_a_cell_in_the_far_corner_makes_no_giant_sheet(
    book: Callable[[Change], Path], full_instance: Instance
) -> None:
    def change(opened: Any) -> None:
        opened["offices"]["XFD1048576"].value = " "

    assert load_instance(book(change)) == full_instance


def test_entities_are_refused(tmp_path: Path, book: Callable[[Change], Path]) -> None:
    path = book(lambda opened: None)
    evil = tmp_path / "evil.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(evil, "w") as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "xl/workbook.xml":
                data = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + data
            new.writestr(part.filename, data)
    (fault,) = faults(evil)
    assert "a document type" in fault


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no", b"\xd0\xcf\x11\xe0 locked"])
def test_no_workbook(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "no.xlsx"
    path.write_bytes(data)
    (fault,) = faults(path)
    assert "an Excel workbook" in fault


def test_another_encoding_is_told(folder: Path) -> None:
    (folder / "offices.csv").write_bytes("id,name,print_capacity\na,Bélu,1\n".encode("latin-1"))
    assert any("offices.csv: found a byte at" in fault and "CSV UTF-8" in fault for fault in faults(folder))


def test_an_empty_folder(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path)
    assert "a folder without CSV files" in fault


def test_what_follows_from_a_fault_is_not_told(folder: Path) -> None:
    offices = (folder / "offices.csv").read_text(encoding="utf-8-sig")
    (folder / "offices.csv").write_text(offices.replace("by day", "1.5"))
    assert [fault.split(":")[0] for fault in faults(folder)] == [
        "offices.csv, row 2, column ingest_capacity",
        "offices.csv, row 2, column print_capacity",
    ]
    (folder / "offices.csv").unlink()
    assert faults(folder) == ["offices.csv: expected this sheet, it is required"]
