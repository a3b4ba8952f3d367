"""`allocator solve`: what it prints, what it writes, how it ends."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allocator.backends import BackendError, BackendMissingError
from allocator.cli.output import file_name
from allocator.instance.files import load_instance
from allocator.plan.files import load_plan
from allocator.verdict import verify
from tests.tools.instances import full_document, tiny_document

Run = Callable[..., Any]

KEYS = {"status", "objective", "bound", "gap", "avoidable_gap", "method", "backend", "solver", "plan"}
KPIS = {
    "unprintable_record_days",
    "waiting_record_days",
    "ingested",
    "cards",
    "still_unprintable",
    "still_waiting",
    "mean_wait_days",
    "p90_wait_days",
    "oldest_wait_days",
    "interim_certificates_end",
    "freight_cost",
    "quota_used_share",
}


def assert_valid(instance: Path, plan: Path) -> None:
    assert verify(load_instance(instance), load_plan(plan)).valid


def test_writes_the_plan_under_the_name_of_the_instance(run: Run, small: Path) -> None:
    result = run("solve", small)
    assert result.exit_code == 0, result.output
    assert_valid(small, small.parent / "full.plan.json")
    assert "written to full.plan.json" in result.stdout
    assert "Proven: no plan" in result.stdout


def test_a_plan_is_replaced_with_a_word_but_not_the_one_to_start_from_unless_it_is_named(
    run: Run, small: Path
) -> None:
    plan = small.parent / "full.plan.json"
    assert "in place of" not in run("solve", small).stdout
    again = run("solve", small)
    assert "written to full.plan.json, in place of the one there" in again.stdout.replace("\n", " ")
    before = plan.read_bytes()
    refused = run("solve", small, "--from", plan)
    assert refused.exit_code == 2
    assert "--out" in refused.stderr
    assert "the plan to start from would be replaced" in refused.stderr.replace("\n", " ")
    assert plan.read_bytes() == before
    assert run("solve", small, "--from", plan, "--out", plan).exit_code == 0
    assert run("solve", small, "--from", plan, "--out", "other.json").exit_code == 0


def test_json_has_what_the_contract_names(run: Run, small: Path) -> None:
    result = run("solve", small, "--json", "--out", "p.json")
    document = json.loads(result.stdout)
    assert document.keys() >= KEYS
    assert document["kpis"].keys() >= KPIS
    assert document["seconds"].keys() == {"load", "build", "solve", "total"}
    assert (document["status"], document["plan"], document["exit_code"]) == ("optimal", "p.json", 0)
    assert [row["office"] for row in document["offices"]] == [row["id"] for row in full_document()["offices"]]


def test_what_is_not_known_is_null(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(tiny_document()))
    result = run("solve", path, "--json")
    kpis = json.loads(result.stdout)["kpis"]
    assert kpis["quota_used_share"] is None
    assert kpis["mean_wait_days"] is None


def test_the_smallest_instance_has_a_screen(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "tiny.json"
    path.write_text(json.dumps(tiny_document()))
    result = run("solve", path)
    assert result.exit_code == 0
    assert "No shipments." in result.stdout


@pytest.mark.parametrize("policy", ["empty", "equal", "proportional", "first-come", "tiers"])
def test_follows_a_policy(run: Run, small: Path, policy: str) -> None:
    result = run("solve", small, "--method", f"policy:{policy}", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["method"] == f"policy:{policy}"
    assert_valid(small, small.parent / "full.plan.json")


@pytest.mark.parametrize("backend", ["highs", "ortools", "pulp"])
def test_solves_with_every_backend(run: Run, small: Path, backend: str) -> None:
    result = run("solve", small, "--backend", backend, "--json", "--time-limit", 20)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["backend"] == backend


def test_the_solvers_log_goes_to_stderr(run: Run, small: Path) -> None:
    result = run("solve", small, "--log", "--quiet", "--json")
    json.loads(result.stdout)
    assert "MIP" in result.stderr


def test_quiet_says_nothing_on_stderr(run: Run, small: Path) -> None:
    assert run("solve", small, "--quiet").stderr == ""


@pytest.mark.parametrize("name", ["model.mps", "model.lp", "model.lp.gz"])
def test_writes_the_model(run: Run, small: Path, name: str) -> None:
    assert run("solve", small, "--write-model", name).exit_code == 0
    assert (small.parent / name).stat().st_size > 100


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--method", "magic"], "policy:proportional"),
        (["--method", "decompose", "--solver", "highs"], "backend's own choice"),
        (["--method", "decompose", "--workers", "0"], "at least 1"),
        (["--method", "direct", "--rounds", "3"], "only method decompose has rounds"),
        (["--method", "direct", "--cluster", "tcp://127.0.0.1:1"], "only method decompose"),
        (["--cluster", "nonsense"], "address of a dask scheduler"),
        (["--from", "nosuch.json"], "nosuch.json: found No such file"),
        (["--method", "policy:best"], "policy:proportional"),
        (["--backend", "gurobi"], "one of highs, ortools, pulp"),
        (["--solver", "cplex"], "one of highs"),
        (["--solver", "simplex"], "one of highs"),
        (["--time-limit", "0"], "more than 0"),
        (["--time-limit", "nan"], "more than 0"),
        (["--gap", "-1"], "at least 0"),
        (["--gap", "5"], "a share, 0.001 is 0.1 %"),
        (["--threads", "0"], "at least 1"),
        (["--seed", "-5"], "0 to"),
        (["--max-file-size", "0"], "more than 0"),
        (["--out", "small.json"], "another file than the instance"),
        (["--write-model", "model.txt"], ".mps"),
    ],
)
def test_refuses_what_makes_no_sense(run: Run, small: Path, arguments: list[str], expected: str) -> None:
    before = sorted(small.parent.iterdir())
    result = run("solve", small, *arguments)
    assert result.exit_code == 2
    assert expected in result.stderr
    assert result.stdout == ""
    assert sorted(small.parent.iterdir()) == before


def test_tells_of_all_bad_options_at_once(run: Run, small: Path) -> None:
    result = run("solve", small, "--method", "x", "--backend", "y", "--gap", "-1", "--json")
    document = json.loads(result.stdout)
    assert document["exit_code"] == 2
    assert [error["path"] for error in document["errors"]] == ["method", "backend", "gap"]


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..",
        "/",
        "a b",
        ".hidden",
        "-x",
        "x\ny",
        'c:\\d?*"<>|',
        "ж" * 300,
        "日本",
        "\u202e",
    ],
)
def test_odd_names_of_instances_stay_in_the_directory(run: Run, tmp_path: Path, name: str) -> None:
    path = tmp_path / "in.json"
    path.write_text(json.dumps(full_document() | {"name": name}))
    result = run("solve", path, "--method", "policy:equal")
    assert result.exit_code == 0, result.output
    (written,) = set(tmp_path.iterdir()) - {path}
    assert_valid(path, written)
    assert written.name == file_name(name)
    assert written.name[0] not in ".-"


def test_ordinary_names_stay_as_they_are() -> None:
    assert file_name("kepri-2017") == "kepri-2017.plan.json"
    assert file_name("Kepulauan Riau, 2017") == "Kepulauan Riau, 2017.plan.json"


def test_a_failed_backend_leaves_the_best_policy(
    run: Run, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise BackendError("highs fell over")

    monkeypatch.setattr("allocator.solving.work.solve_direct", fail)
    result = run("solve", small, "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == document["exit_code"] == 3
    assert "highs fell over" in result.stderr
    assert document["errors"] == [{"message": "highs fell over"}]
    assert document["source"].startswith("policy:")
    assert_valid(small, small.parent / "full.plan.json")


def test_a_missing_backend_leaves_the_best_policy(
    run: Run, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        raise BackendMissingError("install it with: pip install highspy")

    monkeypatch.setattr("allocator.backends.highs.load", missing)
    result = run("solve", small)
    assert result.exit_code == 3
    assert "pip install highspy" in result.stderr
    assert_valid(small, small.parent / "full.plan.json")


@pytest.mark.parametrize(("error", "code"), [(ZeroDivisionError("oops"), 3), (KeyboardInterrupt(), 130)])
def test_the_best_plan_outlives_whatever_happens(
    run: Run, small: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("allocator.solving.work.solve_direct", fail)
    result = run("solve", small, "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == document["exit_code"] == code
    assert document["source"] != "policy:empty"
    assert "Traceback" not in result.output
    plan = small.parent / "full.plan.json"
    assert_valid(small, plan)
    assert load_plan(plan).solution.objective == document["objective"]


@pytest.mark.parametrize("out", ["nosuch/plan.json", ".", "/proc/plan.json"])
def test_an_unwritable_place_is_found_before_solving(
    run: Run, small: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    monkeypatch.setattr("allocator.solving.solve", lambda *_, **__: pytest.fail("solved in vain"))
    result = run("solve", small, "--out", out)
    assert result.exit_code == 4
    assert "cannot write" in result.stderr
    assert result.stdout == ""


def test_a_read_only_directory(run: Run, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("allocator.cli.output.tempfile.NamedTemporaryFile", refuse)
    result = run("solve", small)
    assert result.exit_code == 4
    assert "Permission denied" in result.stderr


def test_a_disk_that_fills_up_meanwhile(run: Run, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = small.parent / "out"
    spare = small.parent / "spare"
    folder.mkdir()
    spare.mkdir()
    replace = os.replace

    def full(source: str, target: str) -> None:
        if Path(target).parent == folder:
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr("allocator.documents.os.replace", full)
    monkeypatch.setattr(tempfile, "tempdir", str(spare))
    result = run("solve", small, "--out", folder / "p.json", "--json")
    document = json.loads(result.stdout)
    assert result.exit_code == document["exit_code"] == 4
    assert "No space left" in document["errors"][0]["message"]
    assert list(folder.iterdir()) == []
    assert_valid(small, Path(document["plan"]))
    assert document["plan"] in result.stderr


def test_no_place_at_all_to_write(run: Run, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("allocator.documents.os.replace", full)
    monkeypatch.setattr(tempfile, "tempdir", str(small.parent))
    result = run("solve", small, "--json")
    assert result.exit_code == 4
    assert json.loads(result.stdout)["plan"] is None
    assert "could not be saved elsewhere" in result.stderr
    assert list(small.parent.iterdir()) == [small]


def test_debug_shows_where_an_error_comes_from(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Traceback" in run("solve", "nosuch.json", "--debug").stderr
    monkeypatch.setenv("ALLOCATOR_DEBUG", "1")
    assert "Traceback" in run("solve", "nosuch.json").stderr
