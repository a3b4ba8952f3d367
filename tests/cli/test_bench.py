"""`allocator bench`, as its users meet it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "benchmarks"
    made.mkdir()
    text = """
        [suites.tiny]
        description = "one case"
        contenders = ["policy:equal", "policy:tiers"]
        time_limits = [20]
        cases = [{ families = ["quota"], offices = [4], days = [10] }]
    """
    (made / "suites.toml").write_text(dedent(text))
    (made / "README.md").write_text("# Results\n<!-- results: tiny -->\n<!-- end -->\n")
    return made


def test_run_show_and_write(run: Callable[..., Any], folder: Path) -> None:
    shown = run("bench", "tiny", "--tables", "--pictures")
    assert shown.exit_code == 0, shown.output
    assert "[2/2] quota-4x10-0: policy:tiers, up to 20 s" in shown.stderr
    assert "policy:equal" in shown.stdout
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert "| policy:equal |" in (folder / "README.md").read_text()
    again = json.loads(run("bench", "tiny", "--json", "-q").stdout)
    assert [each["contender"] for each in again["results"]] == ["policy:equal", "policy:tiers"]
    listed = json.loads(run("bench", "--list", "--json").stdout)
    assert listed["suites"] == [
        {"suite": "tiny", "description": "one case", "runs": 2, "done": 2, "seconds_at_most": 0}
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("none",), "SUITE: found none, expected one of tiny"),
        (("tiny", "--contender", "cplex"), '--contender: found "cplex", expected auto, direct:BACKEND'),
        (("tiny", "--time-limit", "-1"), "--time-limit: found -1.0, expected seconds, more than 0"),
        (("--time-limit", "1"), "SUITE: found none, expected a suite to run"),
        (
            ("tiny", "--only", "lending"),
            '--only: found "lending", expected a part of the name of a case of tiny',
        ),
        (("--list", "--folder", "elsewhere"), "suites.toml"),
    ],
)
def test_bad_usage(run: Callable[..., Any], folder: Path, arguments: tuple[str, ...], told: str) -> None:
    failed = run("bench", *arguments)
    assert failed.exit_code == 2
    assert told in failed.stderr


def test_nothing_yet(run: Callable[..., Any], folder: Path) -> None:
    assert "No results yet" in run("bench").stdout
