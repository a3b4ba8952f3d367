"""`allocator new`, `convert` and `export`, and tables given to other commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allocator.instance.files import load_instance
from allocator.tables.files import load_instance as load

Run = Callable[..., Any]


@pytest.mark.parametrize("name", ["mine.xlsx", "mine", "mine.json"])
def test_what_new_makes_can_be_solved(run: Run, name: str, tmp_path: Path) -> None:
    made = run("new", name)
    assert made.exit_code == 0
    assert f"allocator solve {name}" in made.stdout
    solved = run("solve", name, "--method", "policy:proportional", "-q")
    assert solved.exit_code == 0, solved.stderr
    assert run("check", name, "mine.plan.json").exit_code == 0
    again = run("new", name)
    assert again.exit_code == 2
    assert "--force" in again.stderr
    assert run("new", name, "--force").exit_code == 0


def test_there_and_back_again(run: Run, small: Path, tmp_path: Path) -> None:
    for step in (("small.json", "a.xlsx"), ("a.xlsx", "b"), ("b", "c.json")):
        result = run("convert", *step)
        assert result.exit_code == 0, result.stderr
    assert load_instance(tmp_path / "c.json") == load_instance(small)
    assert json.loads(run("convert", "b", "b.xlsx", "--json").stdout)["offices"] == 3


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.json"])
def test_convert_replaces_nothing_unasked(run: Run, small: Path, tmp_path: Path, name: str) -> None:
    assert run("new", name).exit_code == 0
    before = load(tmp_path / name)
    refused = run("convert", small, name)
    assert refused.exit_code == 2
    assert "there already, expected a path where nothing is yet, or --force" in refused.stderr
    assert load(tmp_path / name) == before
    assert run("convert", small, name, "--force").exit_code == 0
    assert load(tmp_path / name) == load_instance(small)


def test_every_format_of_instance_and_plan(run: Run, small: Path) -> None:
    run("convert", small, "a.xlsx")
    run("solve", "a.xlsx", "-q")
    for out in ("orders.xlsx", "orders"):
        result = run("export", small, "full.plan.json", "-o", out)
        assert result.exit_code == 0, result.stderr
        assert "dispatch" in result.stdout
        checked = run("check", "a.xlsx", out, "--json")
        assert json.loads(checked.stdout)["valid"] is True
        assert run("solve", "a.xlsx", "--from", out, "-q", "-o", "again.json").exit_code == 0
    frames = json.loads(
        run("export", small, "full.plan.json", "-o", "frames", "--format", "parquet", "--json").stdout
    )
    assert "dispatch" in frames["tables"]


def test_no_plan_that_breaks_a_rule_leaves_as_orders(run: Run, small: Path, tmp_path: Path) -> None:
    rows = [{"office": "city", "stream": "first", "day": 0, "records": 10**6}]
    (tmp_path / "p.json").write_text(json.dumps({"schema_version": 1, "instance": "full", "ingest": rows}))
    result = run("export", small, "p.json", "-o", "orders.xlsx")
    assert result.exit_code == 1
    assert "not valid" in result.stderr
    assert not (tmp_path / "orders.xlsx").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("convert", "small.json", "x.ods"),
        ("convert", "small.json", "small.json"),
        ("convert", "x.xls", "y.json"),
        ("export", "small.json", "p.json", "-o", "x.pdf"),
        ("export", "small.json", "p.json", "-o", "x.xlsx", "--format", "csv"),
        ("export", "small.json", "p.json", "-o", "x", "--format", "word"),
        ("new", "x.txt"),
        ("solve", "small.json", "--out", "plan.xlsx"),
    ],
)
def test_names_that_stand_for_no_format(
    run: Run, small: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "x.xls").write_bytes(b"x")
    result = run(*arguments)
    assert result.exit_code == 2
    assert "expected" in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small.json", "x.xls"]


@pytest.mark.parametrize("name", ["nosuch", "nosuch.xls", "nosuch.xlsx", "nosuch.json"])
def test_a_path_with_nothing_there(run: Run, small: Path, name: str) -> None:
    for arguments in (("solve", name), ("check", small, name)):
        result = run(*arguments)
        assert result.exit_code == 2
        message = " ".join(result.stderr.split())
        assert f"{name}: found No such file or directory, expected a JSON file, an Excel workbook" in message


def test_a_place_that_cannot_be_written(run: Run, small: Path) -> None:
    assert run("convert", small, "nowhere/x.xlsx").exit_code == 4
    assert run("convert", small, "nowhere/x").exit_code == 4


def test_faults_name_file_and_cell(run: Run, small: Path, tmp_path: Path) -> None:
    run("convert", small, "t")
    streams = tmp_path / "t" / "streams.csv"
    streams.write_text(streams.read_text(encoding="utf-8-sig").replace("true", "maybe"))
    result = run("solve", "t", "--json")
    assert result.exit_code == 2
    (fault, *_) = json.loads(result.stdout)["errors"]
    assert fault["file"] == "t"
    assert fault["path"] == "streams.csv, row 2, column needs_ingestion"
    assert fault["found"] == '"maybe"'


def test_generate_writes_a_workbook(run: Run, tmp_path: Path) -> None:
    assert run("generate", "blanks", "--offices", 3, "--days", 7, "-o", "made.xlsx").exit_code == 0
    assert run("convert", "made.xlsx", "made.json").exit_code == 0
    run("generate", "blanks", "--offices", 3, "--days", 7, "-o", "same.json")
    assert load_instance(tmp_path / "made.json") == load_instance(tmp_path / "same.json")
