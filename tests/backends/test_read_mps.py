"""Reading MPS files: what every feature means, and what is refused instead of read wrongly."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from allocator.backends import read_mps, write_model
from allocator.errors import InputError
from tests.tools.mps_files import EVERYTHING

INF = np.inf
PLAIN = "NAME x\nROWS\n N C\n L A\nCOLUMNS\n X C 1 A 2\n{columns}RHS\n RHS A 4\n{rest}ENDATA\n"


def _written(folder: Path, text: str, name: str = "model.mps") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_every_feature_of_the_format(tmp_path: Path) -> None:
    named = read_mps(_written(tmp_path, EVERYTHING))
    model = named.model
    assert named.maximise
    assert named.column_names == ("X", "B", "Y", "Z", "W", "V")
    assert named.row_names == ("LIM1", "LIM2", "MYEQN", "RNG1")
    assert model.objective.tolist() == [-1, -1, -2, 1, -1, -1]
    assert model.offset == -5.0
    assert model.integer.tolist() == [True, True, False, False, False, False]
    assert model.row_lower.tolist() == [-INF, 1, 7, 2]
    assert model.row_upper.tolist() == [4, INF, 7, 6]
    assert model.column_lower.tolist() == [0, 0, -1, 0, -INF, -INF]
    assert model.column_upper.tolist() == [4, 1, 1, INF, -1, -2]
    assert model.matrix.toarray().tolist() == [
        [1, 0, 1, 0, 0, 0],
        [1, 0, 0, 0, 0, 0],
        [0, 0, -1, 1, 0, 0],
        [2, 0, 0, 0, 0, 0],
    ]


def test_packed_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "model.mps.gz").write_bytes(gzip.compress(EVERYTHING.encode()))
    packed, plain = read_mps(tmp_path / "model.mps.gz"), read_mps(_written(tmp_path, EVERYTHING))
    assert packed.column_names == plain.column_names
    assert (packed.model.matrix != plain.model.matrix).nnz == 0


@pytest.mark.parametrize(
    ("kind", "side", "lower", "upper"),
    [("L", 3.0, 1.0, 4.0), ("G", 3.0, 4.0, 7.0), ("E", 3.0, 4.0, 7.0), ("E", -3.0, 1.0, 4.0)],
)
def test_ranges(tmp_path: Path, kind: str, side: float, lower: float, upper: float) -> None:
    text = PLAIN.format(columns="", rest=f"RANGES\n RNG A {side}\n").replace(" L A", f" {kind} A")
    model = read_mps(_written(tmp_path, text)).model
    assert (model.row_lower.item(), model.row_upper.item()) == (lower, upper)


def test_names_with_spaces_in_the_fixed_format(tmp_path: Path) -> None:
    text = (
        "NAME          SPACES\nROWS\n N  COST\n L  LIM 1\nCOLUMNS\n"
        "    X 1       COST               1.0   LIM 1              1.0\n"
        "RHS\n    RHS       LIM 1              4.0\nENDATA\n"
    )
    named = read_mps(_written(tmp_path, text))
    assert (named.column_names, named.row_names) == (("X 1",), ("LIM 1",))


@pytest.mark.parametrize(
    ("stated", "lower"), [("", -INF), (" LO BND X 0\n", 0.0)], ids=["upper alone", "lower stated"]
)
def test_a_negative_upper_bound_alone_frees_the_lower_one(tmp_path: Path, stated: str, lower: float) -> None:
    text = PLAIN.format(columns="", rest=f"BOUNDS\n{stated} UP BND X -1\n")
    assert read_mps(_written(tmp_path, text)).model.column_lower.item() == lower


@pytest.mark.parametrize(
    ("columns", "rest", "message"),
    [
        (" Y C 1 Q 2\n", "", '"Q"'),
        (" X A 3\n", "", "duplicate"),
        (" Y A two\n", "", "line 7: found two, expected a number"),
        (" Y A nan\n", "", "found nan"),
        (" M 'MARKER' 'SOSORG'\n", "", "marker 'SOSORG'"),
        ("", "BOUNDS\n UP BND Z 3\n", "BOUNDS: Z"),
        ("", "BOUNDS\n LO BND X abc\n", "line 10: found abc"),
        ("", "BOUNDS\n SC BND X 3\n", "bound type SC"),
        ("", "RANGES\n RNG Q 3\n", '"Q"'),
        ("", "QUADOBJ\n X X 2\n", "QUADOBJ"),
        ("", "SOS1\n S1 SOS s1\n X 1\n", "SOS1"),
    ],
)
def test_what_would_be_read_wrongly_is_refused(tmp_path: Path, columns: str, rest: str, message: str) -> None:
    path = _written(tmp_path, PLAIN.format(columns=columns, rest=rest))
    with pytest.raises(InputError, match=r"model\.mps") as refused:
        read_mps(path)
    assert message in str(refused.value)


@pytest.mark.parametrize("text", ["", "hello\n", PLAIN.format(columns="", rest="")[:40]])
def test_no_model_at_all(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        read_mps(_written(tmp_path, text))


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    for path in (tmp_path / "none.mps", _written(tmp_path, EVERYTHING, "model.txt"),
                 _written(tmp_path, EVERYTHING, "model.mps.gz")):  # fmt: skip
        with pytest.raises(InputError, match=path.name):
            read_mps(path)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    model = read_mps(_written(tmp_path, EVERYTHING)).model
    again = read_mps(write_model(model, tmp_path / "again.mps.gz")).model
    for name in ("objective", "row_lower", "row_upper", "column_lower", "column_upper", "integer"):
        assert np.array_equal(getattr(again, name), getattr(model, name)), name
    assert again.offset == model.offset
    assert (again.matrix != model.matrix).nnz == 0
