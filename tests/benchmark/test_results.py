"""The results file survives whatever ended the last run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from allocator.benchmark.results import Result, append_result, latest, mend_end, read_results
from allocator.errors import InputError


def test_round_trip(tmp_path: Path, result: Callable[..., Result]) -> None:
    path = tmp_path / "results" / "tiny.jsonl"
    written = [result(), result(contender="peer:other", status="timeout", cost=None, bound=None)]
    for each in written:
        append_result(path, each)
    assert read_results(path) == written
    assert written[0].gap == pytest.approx(0.1)
    assert written[0].avoidable_gap == pytest.approx(10 / 210)
    assert written[1].gap is None


def test_no_file_is_no_results(tmp_path: Path) -> None:
    assert read_results(tmp_path / "none.jsonl") == []


@pytest.mark.parametrize("kept", [1, 40, -1])
def test_half_line_at_the_end(tmp_path: Path, result: Callable[..., Result], kept: int) -> None:
    path = tmp_path / "tiny.jsonl"
    append_result(path, result())
    whole = path.read_bytes()
    half = result(seed=1).line().encode()[:kept]
    path.write_bytes(whole + half)
    assert read_results(path) == [result()]
    mend_end(path)
    assert path.read_bytes() == whole
    append_result(path, result(seed=2))
    assert [each.seed for each in read_results(path)] == [0, 2]


def test_whole_line_without_its_end_counts(tmp_path: Path, result: Callable[..., Result]) -> None:
    path = tmp_path / "tiny.jsonl"
    path.write_text(result().line())
    assert read_results(path) == [result()]
    mend_end(path)
    append_result(path, result(seed=2))
    assert [each.seed for each in read_results(path)] == [0, 2]


def test_rubbish_inside_is_told(tmp_path: Path, result: Callable[..., Result]) -> None:
    path = tmp_path / "tiny.jsonl"
    path.write_text(f'{{"suite": 3}}\nno JSON\n{result().line()}\n')
    with pytest.raises(InputError) as caught:
        read_results(path)
    assert {problem.path.split()[1] for problem in caught.value.problems} == {"1", "2"}


def test_bound_is_never_above_the_cost(result: Callable[..., Result]) -> None:
    assert result(bound=100.00001).gap == 0


def test_latest_of_several_versions(result: Callable[..., Result]) -> None:
    old, new = result(cost=120.0), result(version="2")
    assert latest([old, result(seed=1), new]) == [new, result(seed=1)]
