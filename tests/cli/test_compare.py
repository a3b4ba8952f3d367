"""`allocator compare`: methods side by side, and a chart of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import ROOT

Run = Callable[..., Any]


def test_the_example_of_the_help(run: Run) -> None:
    shown = " ".join(run("compare", "--help").stdout.replace("│", " ").split())
    methods = "policy:equal,policy:proportional,direct"
    example = f"allocator compare instances/kepri-2017.json --methods {methods} --time-limit 10"
    assert example in shown
    words = example.replace("instances/", f"{ROOT}/instances/").split()[1:]
    result = run(*words, "--time-limit", "2", "-q")
    assert result.exit_code == 0
    assert "The cheapest plan is that of" in result.stdout
    assert "Wait per applicant, days" in result.stdout
    assert "Gini" in result.stdout


def test_all_policies_and_the_method_by_size_unless_told_otherwise(run: Run, small: Path) -> None:
    document = json.loads(run("compare", small, "--json", "-q").stdout)
    methods = [row["method"] for row in document["methods"]]
    assert methods[-1] == "direct" == document["cheapest"]
    assert {"policy:empty", "policy:equal", "policy:proportional"} < set(methods)
    for row in document["methods"]:
        assert row["objective"] >= document["bound"] - 1e-6
        fairness = row["fairness"]
        assert 0 <= fairness["gini"] < 1
        assert fairness["mean_days"] <= fairness["worst_decile_days"] <= fairness["worst_office_days"]


@pytest.mark.parametrize("name", ["chart.svg", "chart.html"])
def test_a_chart(run: Run, small: Path, name: str) -> None:
    pytest.importorskip("altair")
    pytest.importorskip("vl_convert")
    result = run("compare", small, "--methods", "policy:empty,policy:equal", "--out", name, "-q")
    assert result.exit_code == 0
    text = Path(name).read_text()
    assert "policy:equal" in text
    assert "<svg" in text or "vega" in text
    assert 'src="http' not in text


def test_what_does_not_exist_is_told_at_once(run: Run, small: Path) -> None:
    result = run("compare", small, "--methods", "policy:fair,guess", "--json")
    assert result.exit_code == 2
    assert [error["found"] for error in json.loads(result.stdout)["errors"]] == ["policy:fair", "guess"]
    assert run("compare", small, "--out", "chart.gif").exit_code == 2


def test_options_go_to_the_methods_that_use_them(run: Run, small: Path) -> None:
    methods = "policy:equal,direct,decompose"
    result = run(
        "compare", small, "--methods", methods, "--solver", "highs", "--workers", "1", "--rounds", "1",
        "--json", "-q",
    )  # fmt: skip
    rows = {row["method"]: row for row in json.loads(result.stdout)["methods"]}
    assert rows["decompose"]["workers"] == 1
    assert rows["decompose"]["rounds"] <= 1
    assert rows["direct"]["solver"] == "highs"


def test_options_that_no_method_uses_are_refused(run: Run, small: Path) -> None:
    result = run("compare", small, "--methods", "policy:equal", "--workers", "2", "--solver", "highs")
    assert result.exit_code == 2
    assert "--workers" in result.stderr
    assert "--solver" in result.stderr
