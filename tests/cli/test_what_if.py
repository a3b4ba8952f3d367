"""`allocator what-if`: a changed copy, solved and compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import ROOT

Run = Callable[..., Any]


def test_the_example_of_the_help(run: Run) -> None:
    shown = " ".join(run("what-if", "--help").stdout.replace("│", " ").split())
    example = (
        "allocator what-if instances/kepri-2017.json --set quota=+10% --set offices.21.72.print_capacity=300"
    )
    assert example in shown
    words = example.replace("instances/", f"{ROOT}/instances/").split()[1:]
    result = run(*words, "--method", "policy:proportional")
    assert result.exit_code == 0
    assert "What if quota=+10%, offices.21.72.print_capacity=300" in result.stdout
    assert "Slots used" in result.stdout


def test_more_of_everything_costs_no_more(run: Run, small: Path) -> None:
    run("solve", small, "--out", "plan.json")
    edits = ("--set", "quota=x2", "--set", "depots.hub.stock=+40", "--keep-instance", "more.json")
    result = run("what-if", small, *edits, "--from", "plan.json", "--out", "new.json", "--json", "-q")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["base"] is None
    assert document["difference"]["difference"]["cost"] < 0
    assert json.loads(Path("more.json").read_text())["depots"][0]["stock"] == 70
    check = json.loads(run("check", "more.json", "new.json", "--json").stdout)
    assert check["valid"]
    assert check["cost"] == document["changed"]["objective"]


def test_without_a_plan_both_are_solved(run: Run, small: Path) -> None:
    document = json.loads(run("what-if", small, "--set", "quota=+0", "--json", "-q").stdout)
    assert document["base"]["status"] == document["changed"]["status"] == "optimal"
    low, high = document["difference"]["cost_range"]
    assert low <= 0 <= high
    assert document["words"] == ["Nothing changed: both plans decide the same and cost the same."]


def test_all_that_is_wrong_is_told_at_once(run: Run, small: Path) -> None:
    result = run("what-if", small, "--set", "qouta=1", "--set", "offices.citty.blanks=1", "--json")
    assert result.exit_code == 2
    told = json.loads(result.stdout)["errors"]
    assert [error["path"] for error in told] == ["--set qouta=1", "--set offices.citty.blanks=1"]
    assert "quota" in told[0]["expected"]
    assert "city" in told[1]["expected"]


def test_what_is_read_is_not_written_over(run: Run, small: Path) -> None:
    before = small.read_text()
    assert run("what-if", small, "--set", "quota=1", "--keep-instance", small).exit_code == 2
    assert small.read_text() == before


@pytest.mark.parametrize("name", ["more.xlsx", "more"])
def test_the_changed_instance_is_in_the_format_of_its_name(run: Run, small: Path, name: str) -> None:
    edits = ("--set", "depots.hub.stock=+40", "--keep-instance", name, "--out", "new.json")
    assert run("what-if", small, *edits, "-q").exit_code == 0
    assert run("check", name, "new.json").exit_code == 0
    run("convert", name, "again.json")
    assert json.loads(Path("again.json").read_text())["depots"][0]["stock"] == 70


def test_a_plan_is_no_table(run: Run, small: Path) -> None:
    result = run("what-if", small, "--set", "quota=+1", "--out", "plan.xlsx")
    assert result.exit_code == 2
    assert "allocator export" in result.stderr
