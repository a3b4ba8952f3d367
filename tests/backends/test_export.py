"""Models written to files are the same models when read back."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import highspy
import numpy as np
import pytest

from allocator.backends import SolveOptions, UnsupportedError, get_backend, write_model
from allocator.backends.export import unique_names
from allocator.backends.mps import write_mps
from allocator.milp.model import Block, MilpModel
from tests.conformance import cases

NAMED = replace(
    cases.INTEGER[0].model,
    rows=(Block("truck load, max.", 0, (), np.zeros((1, 0), dtype=np.int64)),),
    columns=(Block("e1 [cards]", 0, ("office", "day"), np.array([[0, 0], [0, 1], [3, 0], [3, 0]])),),
)


def read_back(path: Path) -> highspy.Highs:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(path)) != highspy.HighsStatus.kError
    return highs


@pytest.mark.parametrize("ending", [".mps", ".lp", ".mps.gz"])
@pytest.mark.parametrize("case", [*cases.LINEAR, *cases.INTEGER, *cases.MIXED], ids=lambda case: case.name)
def test_round_trip(case: cases.Case, ending: str, tmp_path: Path) -> None:
    path = write_model(case.model, tmp_path / f"case{ending}")
    assert [entry.name for entry in tmp_path.iterdir()] == [f"case{ending}"]
    if ending.endswith(".gz"):
        plain = tmp_path / "plain.mps"
        plain.write_bytes(gzip.decompress(path.read_bytes()))
        path = plain
    highs = read_back(path)
    highs.run()
    assert highs.getInfo().objective_function_value == pytest.approx(case.optimum, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("case", [*cases.LINEAR, *cases.INTEGER, *cases.MIXED], ids=lambda case: case.name)
def test_bulk_mps_round_trip(case: cases.Case, tmp_path: Path) -> None:
    path = tmp_path / "case.mps"
    rows = write_mps(case.model, path)
    highs = read_back(path)
    highs.run()
    assert highs.getInfo().objective_function_value == pytest.approx(case.optimum, rel=1e-6, abs=1e-6)
    assert (highs.getNumRow(), highs.getNumCol()) == (rows.size, case.model.shape[1])


def test_names_come_from_blocks_and_are_unique(tmp_path: Path) -> None:
    names = unique_names(NAMED.columns, 4, "column")
    assert names == ["_e1_cards__office0_day0", "_e1_cards__office0_day1", "_e1_cards__office3_day0",
                     "_e1_cards__office3_day0__3"]  # fmt: skip
    assert unique_names((), 2, "row") == ["row0", "row1"]
    text = write_model(NAMED, tmp_path / "named.lp").read_text()
    assert "truck_load_max." in text
    highs = read_back(tmp_path / "named.lp")
    assert [highs.getColName(i)[1] for i in range(4)] == names


def test_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match=r"\.mps or \.lp"):
        write_model(NAMED, tmp_path / "model.txt")
    assert not list(tmp_path.iterdir())


def test_an_existing_file_is_replaced_only_by_a_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "model.mps"
    path.write_text("old")
    broken: MilpModel = replace(NAMED, objective=np.array([1.0, np.nan, 0.0, 0.0]))
    with pytest.raises(ValueError, match="NaN"):
        write_model(broken, path)
    assert path.read_text() == "old"
    write_model(NAMED, path)
    assert get_backend("highs").solve(NAMED, SolveOptions()).objective == -22.0
    assert path.read_text() != "old"
