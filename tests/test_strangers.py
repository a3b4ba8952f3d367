"""Strangers' instances against their published optima."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.strangers import Published, judge, main, read_solu
from tests.tools import mps_files

DEMAND, SETUP, UNIT = [10, 0, 30, 20], [50, 20, 60, 10], [1, 2, 1, 3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "instances"
    folder.mkdir()
    (folder / "lots.mps").write_text(mps_files.lot_sizing(DEMAND, SETUP, UNIT, 1))
    (folder / "everything.mps").write_text(mps_files.EVERYTHING)
    return folder


def test_a_folder_against_its_optima(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    best = mps_files.wagner_whitin(DEMAND, SETUP, UNIT, 1)
    solu = folder / "published.solu"
    solu.write_text(f"=opt= lots {best}\n=unkn= everything\n=opt= elsewhere 3\n")
    assert main([str(folder), "--solu", str(solu), "--json", "--results", str(folder / "runs.jsonl")]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["instance"]: line["agreement"] for line in lines} == {
        "everything": "consistent",
        "lots": "agrees",
    }
    assert [json.loads(line) for line in (folder / "runs.jsonl").read_text().splitlines()] == lines
    solu.write_text(f"=opt= lots {best + 1}\n")
    assert main([str(folder), "--solu", str(solu)]) == 1
    assert "contradicts: better than the published optimum" in capsys.readouterr().out


def test_a_file_that_cannot_be_read_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in folder.glob("*.mps"):
        file.write_text("hello\n")
    assert main([str(folder)]) == 3
    assert "failed" in capsys.readouterr().out


def test_nothing_to_do(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 2


def test_published_answers() -> None:
    known = read_solu("=opt= a 1e3\n\n=best=  b  -2.5\n=inf= c\n=unbd= d\n=unkn= e\n")
    assert known == {
        "a": Published("opt", 1000.0),
        "b": Published("best", -2.5),
        "c": Published("inf"),
        "d": Published("unbd"),
        "e": Published("unkn"),
    }


def test_every_wrong_line_is_told() -> None:
    with pytest.raises(ValueError, match=r"line 1: .*\nline 2: .*\nline 4: ") as wrong:
        read_solu("opt a 1\n=opt= b\n=inf= c\n=opt= c 2\n=best= d two\n")
    assert "line 5: found two" in str(wrong.value)


def _run(
    status: str = "optimal",
    objective: float | None = 10.0,
    bound: float | None = 10.0,
    sense: str = "minimise",
) -> dict[str, Any]:
    return {"exit_code": 0, "status": status, "objective": objective, "bound": bound, "sense": sense}


@pytest.mark.parametrize(
    ("known", "run", "agreement"),
    [
        (Published("opt", 10.0), _run(), "agrees"),
        (Published("opt", 10.0), _run("feasible", 12.0, 9.0), "consistent"),
        (Published("opt", 11.0), _run("feasible", 10.0, 9.0), "contradicts"),
        (Published("opt", 9.0), _run(), "contradicts"),
        (Published("opt", 9.0), _run("feasible", 10.0, 8.0), "consistent"),
        (Published("opt", 9.0), _run("unknown", None, 8.0), "consistent"),
        (Published("opt", 9.0), _run("infeasible", None, None), "contradicts"),
        (Published("best", 11.0), _run(), "agrees"),
        (Published("best", 9.0), _run(), "contradicts"),
        (Published("opt", 9.0), _run("feasible", 10.0, 11.0, "maximise"), "contradicts"),
        (Published("opt", 11.0), _run("feasible", 10.0, 12.0, "maximise"), "consistent"),
        (Published("opt", 11.0), _run("feasible", 10.0, 10.5, "maximise"), "contradicts"),
        (Published("inf"), _run("infeasible", None, None), "agrees"),
        (Published("inf"), _run("unknown", None, None), "consistent"),
        (Published("inf"), _run(), "contradicts"),
        (Published("unbd"), _run("unbounded", None, None), "agrees"),
        (Published("unbd"), _run(), "contradicts"),
        (Published("unkn"), _run(), "consistent"),
        (Published("opt", 10.0), {"exit_code": 3, "status": "failed", "message": "broke"}, "failed"),
    ],
)
def test_what_contradicts(known: Published, run: dict[str, Any], agreement: str) -> None:
    assert judge(run, known, 1e-6).agreement == agreement
