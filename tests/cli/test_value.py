"""`allocator value`: estimates and answers, told apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.conftest import ROOT

Run = Callable[..., Any]


def test_the_example_of_the_help(run: Run) -> None:
    shown = " ".join(run("value", "--help").stdout.replace("│", " ").split())
    example = "allocator value instances/kepri-2017.json --resolve 2 --time-limit 10"
    assert example in shown
    words = example.replace("instances/", f"{ROOT}/instances/").split()[1:]
    result = run(*words, "--resolve", "1", "--time-limit", "5", "--every", "90", "-q")
    assert result.exit_code == 0
    assert "1,000 slots a day" in result.stdout
    assert "Solved again: the answer" in " ".join(result.stdout.split())


def test_a_plan_and_json(run: Run, small: Path) -> None:
    run("solve", small, "--out", "plan.json")
    words = ("--slots", 1, "--printer", 1, "--resolve", 1, "--json", "-q")
    result = run("value", small, "plan.json", *words)
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["source"] == "relaxation"
    first, second = document["values"][:2]
    assert (first["shown"], second["shown"]) == ("resolved", "estimate")
    assert first["resolved"] > 0
    low, high = first["proven"]
    assert low - 1e-6 <= first["resolved"] <= high + 1e-6


def test_prices_that_are_not_there(run: Run, small: Path) -> None:
    result = run("value", small, "--estimate", "prices")
    assert result.exit_code == 2
    assert "a plan that keeps prices" in result.stderr
