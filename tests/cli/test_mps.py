"""`allocator mps`: known optima through every backend, answers for programs, errors for people."""

from __future__ import annotations

import json
import random
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allocator.backends import write_model
from benchmarks.trigeiro import formulate, parse
from tests.tools import mps_files

Run = Callable[..., Any]
BACKENDS = ("highs", "ortools", "pulp")


def _solve(run: Run, text: str, *options: object) -> dict[str, Any]:
    Path("model.mps").write_text(text)
    result = run("mps", "model.mps", "--json", *options)
    document: dict[str, Any] = json.loads(result.stdout)
    assert document["exit_code"] == result.exit_code == 0, document
    return document


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_feature_on_every_backend(run: Run, backend: str) -> None:
    answer = _solve(run, mps_files.EVERYTHING, "--backend", backend, "--out", "best.sol")
    assert answer["status"] == "optimal"
    assert answer["sense"] == "maximise"
    assert answer["objective"] == pytest.approx(mps_files.EVERYTHING_OPTIMUM)
    assert answer["bound"] == pytest.approx(mps_files.EVERYTHING_OPTIMUM, abs=1e-6)
    assert answer["check"]["row_violation"] <= 1e-6
    lines = dict(line.split() for line in Path("best.sol").read_text().splitlines())
    values = {name: float(value) for name, value in lines.items() if name != "=obj="}
    assert values == pytest.approx({"X": 3, "B": 1, "Y": 1, "Z": 8, "W": -1, "V": -2})


@pytest.mark.parametrize("seed", range(4))
def test_lot_sizing_against_wagner_and_whitin(run: Run, seed: int) -> None:
    draw = random.Random(seed)
    demand = [draw.randint(0, 40) for _ in range(8)]
    setup = [draw.randint(20, 90) for _ in range(8)]
    unit = [draw.randint(1, 4) for _ in range(8)]
    answer = _solve(run, mps_files.lot_sizing(demand, setup, unit, 1), "--gap", 0)
    assert answer["objective"] == pytest.approx(mps_files.wagner_whitin(demand, setup, unit, 1))
    assert answer["status"] == "optimal"


@pytest.mark.parametrize("seed", range(3))
def test_fixed_charges_against_brute_force(run: Run, seed: int) -> None:
    draw = random.Random(seed)
    case = (
        [draw.randint(1, 6) for _ in range(4)],
        [draw.randint(12, 20), 24],
        [draw.randint(10, 40), draw.randint(10, 40)],
        [[draw.randint(1, 9) for _ in range(4)] for _ in range(2)],
    )
    answer = _solve(run, mps_files.fixed_charge(*case), "--gap", 0)
    assert answer["objective"] == pytest.approx(mps_files.cheapest_sites(*case))


def test_infeasible_and_unbounded(run: Run) -> None:
    text = "NAME x\nROWS\n N C\n {kind} A\nCOLUMNS\n X C -1 A 1\nRHS\n RHS A {side}\nENDATA\n"
    answer = _solve(run, text.format(kind="L", side=-1), "--out", "none.sol")
    assert (answer["status"], answer["objective"], answer["solution"]) == ("infeasible", None, None)
    assert not Path("none.sol").exists()
    assert _solve(run, text.format(kind="G", side=1))["status"] == "unbounded"


def test_the_screen(run: Run) -> None:
    Path("model.mps").write_text(mps_files.EVERYTHING)
    shown = run("mps", "model.mps", "--out", "model.sol").stdout
    assert "maximise, 4 rows, 6 columns (2 integer)" in shown
    assert "Status     optimal" in shown
    assert "every row, bound and whole number holds exactly" in shown
    assert "Solution written to model.sol" in shown


def test_no_time_is_no_failure(run: Run) -> None:
    answer = _solve(run, mps_files.EVERYTHING, "--time-limit", 0)
    assert (answer["status"], answer["objective"], answer["bound"]) == ("unknown", None, None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--backend", "cplex"), "one of highs, ortools, pulp"),
        (("--solver", "cplex"), "one of highs, simplex, ipm"),
        (("--gap", "-1", "--threads", "0"), "2 problems"),
        (("--backend", "ortools", "--solver", "scip", "--threads", "2"), "scip does not offer threads=2"),
        (("--solver", "simplex"), "simplex does not offer integer columns"),
        (("--out", "model.mps"), "another file than the model"),
    ],
)
def test_bad_usage(run: Run, options: tuple[str, ...], message: str) -> None:
    Path("model.mps").write_text(mps_files.EVERYTHING)
    result = run("mps", "model.mps", *options)
    assert result.exit_code == 2
    assert message in result.stderr
    assert Path("model.mps").read_text() == mps_files.EVERYTHING


def test_a_file_that_is_no_model(run: Run) -> None:
    Path("model.mps").write_text("hello\n")
    result = run("mps", "model.mps", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["errors"][0]["file"] == "model.mps"


def test_a_solution_that_cannot_be_written(run: Run) -> None:
    Path("model.mps").write_text(mps_files.EVERYTHING)
    assert run("mps", "model.mps", "--out", "no/such/folder.sol").exit_code == 4


def test_an_interrupt_keeps_the_solution(start: Callable[..., Any], tmp_path: Path) -> None:
    """A lot-sizing model with a solution at once, whose optimum takes minutes to prove."""
    draw = random.Random(1)
    items = [f"1 {draw.randint(1, 5)} {draw.randint(10, 50)} {draw.randint(200, 1000)}" for _ in range(12)]
    demand = [" ".join(str(draw.randint(70, 130)) for _ in items) for _ in range(24)]
    lots = parse("\n".join(["12 24", "1", "1750", *items, *demand]), "lots")
    write_model(formulate(lots), tmp_path / "hard.mps.gz")
    process = start("mps", "hard.mps.gz", "--json", "--out", "hard.sol", "--log")
    for line in process.stderr:  # a row of the search has a gap, its second share, once it has a solution
        if line.count("%") == 2:
            break
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=30)
    document = json.loads(out)
    assert (process.returncode, document["exit_code"], document["status"]) == (130, 130, "interrupted")
    assert document["objective"] >= document["bound"]
    assert (tmp_path / "hard.sol").read_text().startswith("=obj= ")
