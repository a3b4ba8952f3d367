"""`allocator diff`: two plans of one instance, for people and programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.conftest import ROOT

Run = Callable[..., Any]


def test_two_plans(run: Run, small: Path) -> None:
    run("solve", small, "--method", "policy:empty", "--out", "a.json")
    run("solve", small, "--out", "b.json")
    result = run("diff", small, "a.json", "b.json")
    assert result.exit_code == 0
    assert "It now costs" in result.stdout
    assert "Cards printed" in result.stdout
    document = json.loads(run("diff", small, "a.json", "b.json", "--json").stdout)
    costs = [json.loads(run("check", small, plan, "--json").stdout)["cost"] for plan in ("a.json", "b.json")]
    assert [document["before"]["cost"], document["after"]["cost"]] == costs
    assert document["decisions"]["cards"]


def test_everything_wrong_in_both_plans_is_told_at_once(run: Run, small: Path) -> None:
    Path("a.json").write_text('{"schema_version": 1, "instance": "other"}')
    Path("b.json").write_text("{")
    result = run("diff", small, "a.json", "b.json")
    assert result.exit_code == 2
    assert "a.json: instance" in result.stderr
    assert "b.json: found no JSON" in result.stderr


def test_the_example_of_the_help(run: Run) -> None:
    shown = " ".join(run("diff", "--help").stdout.replace("│", " ").split())
    example = "allocator diff instances/kepri-2017.json monday.plan.json tuesday.plan.json"
    assert example in shown
    instance = ROOT / "instances" / "kepri-2017.json"
    run("solve", instance, "--method", "policy:equal", "--out", "monday.plan.json")
    run("solve", instance, "--method", "policy:tiers", "--out", "tuesday.plan.json")
    result = run(*example.replace("instances/", f"{ROOT}/instances/").split()[1:])
    assert result.exit_code == 0
    assert "better off" in result.stdout
