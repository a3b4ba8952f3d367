"""Plans as tables: read as they were written, and right for those who work by them."""

from __future__ import annotations

import csv
import datetime
import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import polars
import pytest
from hypothesis import given, settings

from allocator.errors import AllocatorError, InputError, OutputError
from allocator.instance.models import Instance
from allocator.plan.arrays import plan_to_arrays
from allocator.plan.models import Plan, Solution
from allocator.tables.files import load_instance
from allocator.tables.plan_files import PlanFormat, export_plan, load_plan
from allocator.verdict import verify
from tests.tools.instances import tiny_document
from tests.tools.strategies import cases

ROOT = Path(__file__).parents[2]
NAMES: dict[PlanFormat, str] = {"excel": "plan.xlsx", "csv": "plan", "parquet": "frames"}


def export(instance: Instance, plan: Plan, folder: Path, kind: PlanFormat) -> Path:
    path = folder / NAMES[kind]
    export_plan(instance, plan, verify(instance, plan), path, kind)
    return path


@pytest.fixture
def shipped() -> tuple[Instance, Plan]:
    """Two trips, one of which arrives in another month, and a name that would be a formula."""
    document = tiny_document(
        start="2024-02-28",
        days=3,
        pack_size=10,
        depots=[{"id": "21.10", "name": "=cmd|' /C calc'!A0", "stock": 100}],
        lanes=[{"from": "21.10", "to": "a", "lead_days": 2, "fixed_cost": 5, "cost_per_pack": 0.5}],
    )
    document["offices"][0]["name"] = "@SUM(1)"
    instance = Instance.model_validate(document)
    rows = [{"lane": "21.10>a", "day": 0, "packs": 3}, {"lane": "21.10>a", "day": 0, "packs": 1}]
    plan = Plan.model_validate({"schema_version": 1, "instance": instance.name, "shipments": rows})
    return instance, plan


@pytest.mark.parametrize("kind", ["excel", "csv"])
@settings(max_examples=10)
@given(case=cases())
def test_any_plan_is_read_as_it_was(kind: PlanFormat, case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    found = Solution.model_validate(
        {
            "status": "feasible",
            "objective": 0.1 + 0.2,
            "note": "=x\r\n",
            "prices": {"slot": [-1.5, 1e-17] * 3000},
        }
    )
    plan = plan.model_copy(update={"solution": found})
    with TemporaryDirectory() as folder:
        assert load_plan(export(instance, plan, Path(folder), kind)) == plan


@pytest.mark.parametrize("kind", ["excel", "csv", "parquet"])
@settings(max_examples=5)
@given(case=cases())
def test_the_tables_add_up_to_the_plan(kind: PlanFormat, case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    arrays = plan_to_arrays(plan, instance)
    with TemporaryDirectory() as folder:
        path = export(instance, plan, Path(folder), kind)
        if kind == "parquet":
            slots = polars.read_parquet(path / "quota_by_office.parquet")["records"].sum()
            cards = polars.read_parquet(path / "printing.parquet")["cards"].sum()
        else:
            slots = sum(int(row[3]) for row in table(path, "quota_by_office"))
            cards = sum(int(row[3]) for row in table(path, "printing"))
            used = [int(row[4]) for row in table(path, "quota_by_day")]
            assert used == arrays.ingest.sum(axis=(0, 1)).tolist()
            days = [[int(cell) for cell in row[4:]] for row in table(path, "printing")]
            assert days == arrays.cards.sum(axis=1).tolist()
    assert slots == arrays.ingest.sum()
    assert cards == arrays.cards.sum()


def table(path: Path, name: str) -> list[list[str]]:
    """The rows of a table without its header, as texts."""
    if path.is_dir():
        with (path / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.reader(stream))[1:]
    rows = openpyxl.load_workbook(path)[name].iter_rows(min_row=2, values_only=True)
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def test_the_dispatch_list_is_what_the_warehouse_packs(
    shipped: tuple[Instance, Plan], tmp_path: Path
) -> None:
    (row,) = table(export(*shipped, tmp_path, "csv"), "dispatch")
    assert row == [
        *("0", "2024-02-28", "Wed", "21.10>a", '"21.10"', json.dumps("=cmd|' /C calc'!A0"), "a", '"@SUM(1)"'),
        *("4", "40", "2", "2024-03-01", "7.0"),
    ]


def test_nothing_in_a_workbook_is_a_formula(shipped: tuple[Instance, Plan], tmp_path: Path) -> None:
    book = openpyxl.load_workbook(export(*shipped, tmp_path, "excel"))
    for sheet in book:
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "b", "d"}
    dispatch = book["dispatch"]
    assert [cell.value for cell in dispatch[2]][1] == datetime.datetime(2024, 2, 28)
    assert dispatch["E2"].value == "21.10"
    assert dispatch["E2"].data_type == "s"


def test_parquet_has_types(shipped: tuple[Instance, Plan], tmp_path: Path) -> None:
    frame = polars.read_parquet(export(*shipped, tmp_path, "parquet") / "dispatch.parquet")
    row = frame.row(0, named=True)
    assert row["date"] == datetime.date(2024, 2, 28)
    assert row["arrival_date"] == datetime.date(2024, 3, 1)
    assert (row["from"], row["from_name"], row["cards"]) == ("21.10", "=cmd|' /C calc'!A0", 40)


def test_parquet_without_its_library(
    shipped: tuple[Instance, Plan], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(AllocatorError, match="pip install polars"):
        export(*shipped, tmp_path, "parquet")
    assert list(tmp_path.iterdir()) == []


def test_faults_are_told_by_place(shipped: tuple[Instance, Plan], tmp_path: Path) -> None:
    path = export(*shipped, tmp_path, "csv")
    (path / "shipments.csv").write_text("lane,day,packs\nx,0,-1\nx,0,many\n")
    (path / "cards.csv").unlink()
    with pytest.raises(InputError) as caught:
        load_plan(path)
    found = [str(problem) for problem in caught.value.problems]
    assert any(fault.startswith("cards.csv") for fault in found)
    assert 'shipments.csv, row 3, column packs: found "many", expected a number' in found
    assert "shipments.csv, row 2, column packs: found -1, expected at least 0" in found


def test_a_folder_with_other_files_is_not_touched(shipped: tuple[Instance, Plan], tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "mine.csv").write_text("mine")
    with pytest.raises(OutputError, match="holds other files"):
        export(*shipped, tmp_path, "csv")
    assert [path.name for path in (tmp_path / "plan").iterdir()] == ["mine.csv"]
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


@pytest.mark.national
def test_the_nation_in_seconds(tmp_path: Path) -> None:
    instance = load_instance(ROOT / "instances" / "national-2017.json")
    rows = [
        {"office": office.id, "stream": "first-time", "day": day, "records": 1}
        for office in instance.offices
        for day in range(instance.days)
    ]
    plan = Plan.model_validate({"schema_version": 1, "instance": instance.name, "ingest": rows})
    verdict, begun = verify(instance, plan), time.process_time()
    export_plan(instance, plan, verdict, tmp_path / "plan.xlsx", "excel")
    assert time.process_time() - begun < 10
