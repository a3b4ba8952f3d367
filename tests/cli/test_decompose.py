"""`solve --method decompose` and `--from`, as people and programs meet them."""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allocator.cli.options import complete_method
from allocator.cli.progress import phase_in_words
from allocator.instance.files import load_instance, save_instance
from allocator.instance.generate import generate_instance
from allocator.plan.files import load_plan
from allocator.verdict import verify

Run = Callable[..., Any]


@pytest.fixture
def quota(tmp_path: Path) -> Path:
    """A file with an instance that takes some pricing."""
    path = tmp_path / "quota.json"
    save_instance(generate_instance("quota", offices=12, days=20), path)
    return path


def decompose(run: Run, instance: Path, *arguments: object) -> Any:
    return run("solve", instance, "--method", "decompose", "--workers", 1, "--rounds", 2, *arguments)


def test_the_document_says_what_did_the_work(run: Run, quota: Path) -> None:
    result = decompose(run, quota, "--gap", 0, "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert (document["method"], document["backend"], document["solver"]) == ("decompose", "highs", None)
    assert (document["workers"], document["rounds"]) == (1, load_plan(document["plan"]).solution.rounds)
    assert document["bound"] <= document["objective"]
    assert verify(load_instance(quota), load_plan(document["plan"])).valid


def test_the_screen_says_what_did_the_work(run: Run, quota: Path) -> None:
    result = decompose(run, quota, "--gap", 0)
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert "decompose, highs, " in text
    assert "1 process" in text


@pytest.mark.parametrize(("seconds", "short"), [("0.001", True), ("60", False)])
def test_says_when_there_was_no_time_for_prices(run: Run, quota: Path, seconds: str, *, short: bool) -> None:
    result = decompose(run, quota, "--gap", 0, "--time-limit", seconds)
    assert result.exit_code == 0, result.output
    assert ("before anything was priced" in result.stderr) == short


def test_says_that_a_plan_to_start_from_is_of_another_instance(run: Run, quota: Path) -> None:
    assert decompose(run, quota, "--out", "first.json").exit_code == 0
    name = load_instance(quota).name
    changed = load_instance(quota).model_copy(update={"name": "other"})
    save_instance(changed, "other.json")
    for path, told in ((quota, False), (Path("other.json"), True)):
        result = decompose(run, path, "--from", "first.json", "--out", "second.json")
        assert result.exit_code == 0, result.output
        assert (f"the plan to start from is of {name}" in result.stderr) == told


@pytest.mark.parametrize("method", ["direct", "decompose"])
def test_goes_on_from_a_plan(run: Run, quota: Path, method: str) -> None:
    assert decompose(run, quota, "--gap", 0, "--out", "first.json").exit_code == 0
    result = run(
        "solve", quota, "--method", method, "--from", "first.json", "--time-limit", "0.001", "--json"
    )
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["source"] == "start"
    assert document["objective"] == load_plan(quota.parent / "first.json").solution.objective
    screen = run("solve", quota, "--method", method, "--from", "first.json", "--time-limit", "0.001").stdout
    assert f"Nothing better than the plan to start from was found by {method}, highs" in " ".join(
        screen.split()
    )


def test_what_is_wrong_with_the_plan_to_start_from_is_told_at_once(run: Run, small: Path) -> None:
    rows = [{"office": "x", "stream": "y", "day": 99, "cards": 1}]
    document = {"schema_version": 1, "instance": "other", "cards": rows}
    (small.parent / "plan.json").write_text(json.dumps(document))
    result = run("solve", small, "--from", "plan.json", "--json")
    assert result.exit_code == 2
    errors = json.loads(result.stdout)["errors"]
    assert [error["path"] for error in errors] == ["cards[0].office", "cards[0].stream", "cards[0].day"]
    assert {error["file"] for error in errors} == {"plan.json"}
    assert not (small.parent / "full.plan.json").exists()


def test_both_files_are_told_of_at_once(run: Run, tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text("{")
    result = run("solve", "a.json", "--from", "b.json", "--json")
    assert result.exit_code == 2
    assert [error["file"] for error in json.loads(result.stdout)["errors"]] == ["a.json", "b.json"]


def test_a_cluster_needs_dask(run: Run, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load = builtins.__import__

    def without_dask(name: str, *arguments: Any) -> Any:
        if name == "distributed":
            raise ImportError(name)
        return load(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", without_dask)
    result = run("solve", small, "--cluster", "tcp://127.0.0.1:1")
    assert result.exit_code == 2
    assert "pip install distributed" in result.stderr


def test_a_cluster_does_the_work(run: Run, quota: Path) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
    ) as cluster:
        arguments = ["--method", "decompose", "--rounds", 1, "--cluster", cluster.scheduler_address]
        result = run("solve", quota, *arguments, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["workers"] == 2


def test_phases_in_words() -> None:
    phases = ["start", "build", "start prices", "start prices, 60 offices", "prices, round 12", "bound"]
    assert phase_in_words("prices, round 12") == "pricing what offices share, round 12"
    assert all(phase_in_words(phase) != phase for phase in phases)


def test_a_shell_completes_the_method() -> None:
    assert complete_method("d") == ["direct", "decompose"]
