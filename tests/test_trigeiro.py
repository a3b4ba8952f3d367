"""Lot-sizing files in Trigeiro's format: read, refused, and solved to an optimum known without a solver."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from allocator.errors import InputError
from benchmarks.trigeiro import LotSizing, formulate, main, parse
from tests.cli.conftest import run

__all__ = ["run"]

SMALL = "2\t3\n1\n{capacity}\n1\t2\t2\t9\t\n2\t1\t1\t7\n{demand}\nBi\thi\tsu\tsu\n\t\ttime\tcost\n"


def _text(seed: int) -> str:
    draw = random.Random(seed)
    rows = ["\t".join(str(draw.randint(0, 3)) for _ in range(2)) for _ in range(3)]
    return SMALL.format(capacity=draw.randint(9, 13), demand="\n".join(rows))


def _brute_force(lots: LotSizing) -> float | None:
    """Every whole number of each item in each period, period by period; stocks are the state.

    Whole lots are best where the data are whole and every item takes the same of the capacity.
    """
    items, periods = lots.demand.shape
    states: dict[tuple[int, ...], float] = {(0,) * items: 0.0}
    for t in range(periods):
        reached: dict[tuple[int, ...], float] = {}
        left = [int(lots.demand[i, t:].sum()) for i in range(items)]
        for stock, cost in states.items():
            for lot in product(*(range(n + 1) for n in left)):
                time = sum(
                    lots.per_unit[i] * lot[i] + lots.setup_time[i] * (lot[i] > 0) for i in range(items)
                )
                new = tuple(stock[i] + lot[i] - int(lots.demand[i, t]) for i in range(items))
                if time > lots.capacity or min(new) < 0:
                    continue
                total = cost + sum(
                    lots.setup_cost[i] * (lot[i] > 0) + lots.holding[i] * new[i] for i in range(items)
                )
                reached[new] = min(total, reached.get(new, total))
        states = reached
    return min(states.values(), default=None)


@pytest.mark.parametrize("seed", range(5))
def test_the_optimum_of_brute_force(run: Callable[..., Any], seed: int) -> None:
    text = _text(seed).replace("\n2\t1\t1\t7", "\n1\t1\t1\t7")
    Path("small.DAT").write_text(text)
    assert main(["small.DAT", "--folder", "lots"]) == 0
    answer = json.loads(run("mps", "lots/small.mps.gz", "--json", "--gap", 0).stdout)
    expected = _brute_force(parse(text, "small"))
    assert answer["status"] == ("infeasible" if expected is None else "optimal")
    assert answer["objective"] == (None if expected is None else pytest.approx(expected))


def test_the_numbers_go_where_they_belong() -> None:
    lots = parse(SMALL.format(capacity=10, demand="1\t2\n3\t4\n5\t6"), "small")
    assert (lots.capacity, lots.per_unit.tolist(), lots.holding.tolist()) == (10, [1, 2], [2, 1])
    assert (lots.setup_time.tolist(), lots.setup_cost.tolist()) == ([2, 1], [9, 7])
    assert lots.demand.tolist() == [[1, 3, 5], [2, 4, 6]]
    assert formulate(lots).shape == (6 + 3 + 6, 18)


def test_more_items_than_a_line_holds() -> None:
    """The first 15 items of all periods come before the others."""
    blocks = [" ".join(str(100 * t + i) for i in wide) for wide in (range(15), range(15, 17)) for t in (0, 1)]
    lots = parse("\n".join(["17 2", "1", "999", *["1 1 1 1"] * 17, *blocks]), "wide")
    assert lots.demand.tolist() == [[i, 100 + i] for i in range(17)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("2\t3", "2.5\t3"), "line 1"),
        (("\n1\n", "\n2\n"), "line 2"),
        (("1\t2\t2\t9", "1\t2\t2"), "line 4"),
        (("3\t4", "3\t4\t1"), "line 7"),
        (("3\t4", "3\t-4"), "line 7"),
        (("5\t6\n", ""), "line 8"),
        (("5\t6\n", "5\t6\n7\t8\n"), "line 9: found 7 8"),
    ],
)
def test_what_is_no_such_file(change: tuple[str, str], message: str) -> None:
    text = SMALL.format(capacity=10, demand="1\t2\n3\t4\n5\t6")
    with pytest.raises(InputError, match=message):
        parse(text.replace(*change), "small")


def test_nothing_is_written_when_a_file_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "good.DAT").write_text(_text(0))
    (tmp_path / "bad.DAT").write_text("hello\n")
    files = [str(tmp_path / name) for name in ("good.DAT", "bad.DAT", "none.DAT")]
    assert main([*files, "--folder", str(tmp_path / "lots")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2
    assert not (tmp_path / "lots").exists()
