"""What workers keep: the same thing for the same key, and no more of them than fit."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from allocator.methods.decompose import kept
from allocator.methods.decompose.kept import Kept


@dataclass(frozen=True)
class Table(Kept):
    values: NDArray[np.float64]
    name: str = "table"


def received(table: Table) -> Table:
    found: Table = pickle.loads(pickle.dumps(table))
    return found


def test_it_arrives_whole_and_only_once() -> None:
    table = Table(np.arange(3.0))
    first, second = received(table), received(table)
    assert first is second
    assert first is not table
    assert (first.values.tolist(), first.name) == ([0.0, 1.0, 2.0], "table")


def test_one_that_was_changed_is_another() -> None:
    table = Table(np.arange(3.0))
    received(table)  # its bytes are made by now
    changed = received(replace(table, values=np.ones(2)))
    assert changed.values.tolist() == [1.0, 1.0]
    assert received(table).values.tolist() == [0.0, 1.0, 2.0]


def test_the_one_that_was_longest_unused_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = [Table(np.full(1000, float(number))) for number in range(3)]
    monkeypatch.setattr(kept, "_MOST_BYTES", 2 * len(pickle.dumps(tables[0])) + 100)
    kept._kept.clear()
    first, second = received(tables[0]), received(tables[1])
    assert received(tables[0]) is first
    received(tables[2])
    assert received(tables[0]) is first
    assert received(tables[1]) is not second
    assert received(tables[1]).values.tolist() == second.values.tolist()


def test_one_that_is_larger_than_what_fits_is_kept_until_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_MOST_BYTES", 10)
    table, other = Table(np.zeros(100)), Table(np.ones(100))
    first = received(table)
    assert received(table) is first
    received(other)
    assert received(table) is not first
