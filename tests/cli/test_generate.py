"""`allocator generate`, `schema` and `backends`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from allocator.instance.files import dump_instance, load_instance
from allocator.instance.generate import FAMILIES, generate_instance
from tests.cli.conftest import ROOT
from tests.tools.instances import full_document

Run = Callable[..., Any]


def test_generates_what_the_library_does(run: Run, tmp_path: Path) -> None:
    result = run("generate", "islands", "--offices", 5, "--days", 20, "--seed", 7, "-o", "x.json")
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1
    assert "Wrote x.json: islands-5x20-s7, 5 offices" in result.stdout
    made = generate_instance("islands", offices=5, days=20, seed=7)
    assert (tmp_path / "x.json").read_text() == dump_instance(made)
    assert (
        run("generate", "islands", "--offices", 5, "--days", 20, "--seed", 7, "-o", "-").stdout
        == (tmp_path / "x.json").read_text()
    )


def test_generate_json(run: Run) -> None:
    document = json.loads(
        run("generate", "quota", "--offices", 3, "--days", 9, "-o", "x.json", "--json").stdout
    )
    assert (document["path"], document["offices"], document["days"]) == ("x.json", 3, 9)


def test_generates_for_an_office_table(run: Run, tmp_path: Path) -> None:
    table = ROOT / "instances" / "offices-2017.csv"
    run("generate", "quota", "--offices", 4, "--days", 9, "--office-table", table, "-o", "x.json")
    assert len(load_instance(tmp_path / "x.json").offices) == 4


def test_unknown_family_and_senseless_sizes(run: Run) -> None:
    result = run("generate", "nosuch", "--days", 0, "-o", "x.json")
    assert result.exit_code == 2
    assert "quota-step" in result.stderr
    assert "days: found 0" in result.stderr


def test_a_bad_office_table_is_told_with_its_rows(run: Run, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("code,name,province,population,lat,lon\n1,A,P,many,0,0\n")
    result = run("generate", "quota", "--office-table", "t.csv", "-o", "x.json")
    assert result.exit_code == 2
    assert "t.csv: row 2, column population" in result.stderr


@pytest.mark.parametrize("out", ["nosuch/x.json", "."])
def test_generate_cannot_write(run: Run, out: str) -> None:
    assert run("generate", "quota", "-o", out).exit_code == 4


def test_generate_on_a_disk_that_fills_up(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("allocator.documents.os.replace", full)
    assert run("generate", "quota", "--offices", 2, "--days", 3, "-o", "x.json").exit_code == 4
    assert list(tmp_path.iterdir()) == []


def test_help_lists_the_families(run: Run) -> None:
    text = run("generate", "--help").stdout
    assert all(f"- {family}: " in text for family in FAMILIES)


def test_schema_fits_the_instances(run: Run) -> None:
    schema = json.loads(run("schema").stdout)
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    assert schema["$schema"].startswith("https://json-schema.org/")
    validator.validate(full_document())
    validator.validate(json.loads((ROOT / "instances" / "kepri-2017.json").read_text()))
    assert not validator.is_valid(full_document() | {"dyas": 3})
    assert run("schema", "instance", "--json").stdout == run("schema").stdout


def test_schema_fits_the_plans(run: Run, small: Path) -> None:
    run("solve", small)
    schema = json.loads(run("schema", "plan").stdout)
    jsonschema.Draft202012Validator(schema).validate(
        json.loads((small.parent / "full.plan.json").read_text())
    )


def test_unknown_schema(run: Run) -> None:
    result = run("schema", "verdict")
    assert result.exit_code == 2
    assert "instance, plan" in result.stderr


def test_backends(run: Run) -> None:
    text = run("backends").stdout
    assert "highs (default): highspy" in text
    document = json.loads(run("backends", "--json").stdout)
    assert {item["backend"] for item in document["backends"]} == {"highs", "ortools", "pulp"}
    assert document["backends"][0]["solvers"]["highs"]["integer"] is True


def test_a_backend_that_is_not_installed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "highspy", None)
    result = run("backends")
    assert result.exit_code == 0
    assert "highs (default): not installed" in result.stdout
    assert "pip install 'highspy'" in " ".join(result.stdout.split())
