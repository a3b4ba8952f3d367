"""`allocator report`: one file, or none and the reason."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allocator.instance.files import load_instance
from allocator.methods.policies import POLICIES
from allocator.plan.arrays import plan_from_arrays
from allocator.plan.files import save_plan
from tests.cli.test_check import spoil

Run = Callable[..., Any]
NATION = Path(__file__).parents[2] / "instances" / "national-2017.json"


def plan_for(path: Path, out: Path, policy: str = "proportional") -> Path:
    instance = load_instance(path)
    save_plan(plan_from_arrays(POLICIES[policy].plan(instance), instance), out)
    return out


def test_a_report_is_written(run: Run, small: Path, tmp_path: Path) -> None:
    plan = plan_for(small, tmp_path / "plan.json")
    result = run("report", small, plan, "-o", "report.html")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Wrote report.html: ")
    assert (tmp_path / "report.html").read_text("utf-8").startswith("<!doctype html>")


def test_json_says_what_was_written_in_which_language(run: Run, small: Path, tmp_path: Path) -> None:
    plan = plan_for(small, tmp_path / "plan.json")
    document = json.loads(run("report", small, plan, "-o", "r.html", "--lang", "id", "--json").stdout)
    assert document["report"] == "r.html"
    assert document["bytes"] == (tmp_path / "r.html").stat().st_size
    assert document["cost"] == json.loads(run("check", small, plan, "--json").stdout)["cost"]
    assert '<html lang="id">' in (tmp_path / "r.html").read_text("utf-8")


@pytest.mark.parametrize("further", [(), ("--json",)])
def test_a_plan_that_is_not_valid_is_refused_with_its_violations(
    run: Run, small: Path, tmp_path: Path, further: tuple[str, ...]
) -> None:
    plan = plan_for(small, tmp_path / "plan.json", "empty")
    document = json.loads(plan.read_text()) | {"ingest": []}
    plan.write_text(json.dumps(document))
    spoil(plan)
    result = run("report", small, plan, "-o", "report.html", *further)
    assert result.exit_code == 1
    assert not (tmp_path / "report.html").exists()
    if further:
        assert json.loads(result.stdout)["violations"]
    else:
        assert "Not valid: " in result.stdout


def test_bad_usage_is_told_before_anything_is_written(run: Run, small: Path, tmp_path: Path) -> None:
    plan = plan_for(small, tmp_path / "plan.json")
    result = run("report", small, plan, "-o", "report.html", "--lang", "fr")
    assert result.exit_code == 2
    assert "one of en, id" in result.stderr
    assert run("report", small, plan, "-o", "report.pdf").exit_code == 2
    assert run("report", small, plan, "-o", "nowhere/report.html").exit_code == 4
    assert run("report", small, small, "-o", "report.html").exit_code == 2
    assert not (tmp_path / "report.html").exists()


@pytest.mark.national
def test_the_nation_in_ten_seconds_and_five_megabytes(run: Run, tmp_path: Path) -> None:
    plan = plan_for(NATION, tmp_path / "plan.json")
    begun = time.process_time()  # other tests run beside it
    document = json.loads(run("report", NATION, plan, "-o", "report.html", "--json").stdout)
    assert time.process_time() - begun < 10
    assert document["bytes"] < 5_000_000
