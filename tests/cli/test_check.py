"""`allocator check`: valid or not, where not, and what it costs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Run = Callable[..., Any]


def spoil(plan: Path) -> None:
    """Give the plan a few broken rules."""
    document = json.loads(plan.read_text())
    for day in range(6):
        document["ingest"].append({"office": "city", "stream": "first", "day": day, "records": 100})
    plan.write_text(json.dumps(document))


def test_a_valid_plan(run: Run, small: Path) -> None:
    run("solve", small)
    result = run("check", small, "full.plan.json")
    assert result.exit_code == 0
    assert "Valid: the plan keeps all 11 rules." in result.stdout
    document = json.loads(run("check", small, "full.plan.json", "--json").stdout)
    assert document["valid"] is True
    assert document["violations"] == []
    assert (
        document["cost"] == json.loads((small.parent / "full.plan.json").read_text())["solution"]["objective"]
    )


def test_violations_with_rule_place_day_and_amount(run: Run, small: Path) -> None:
    run("solve", small)
    spoil(small.parent / "full.plan.json")
    result = run("check", small, "full.plan.json", "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["valid"] is False
    rules = {violation["rule"] for violation in document["violations"]}
    assert {1, 2} <= rules
    first = document["violations"][0]
    assert first.keys() >= {"rule", "message", "day", "date", "amount", "found", "limit"}
    assert first["date"] == "2016-02-27"
    assert document.keys() >= {"cost", "kpis"}


def test_people_see_runs_of_days_and_what_the_file_claims(run: Run, small: Path) -> None:
    run("solve", small)
    spoil(small.parent / "full.plan.json")
    result = run("check", small, "full.plan.json")
    assert result.exit_code == 1
    assert "Not valid: " in result.stdout
    assert "quota" in result.stdout
    assert "whole nation" in result.stdout
    assert "day 0, Sat 27 Feb" in result.stdout
    assert "The plan file claims a cost of" in result.stdout
