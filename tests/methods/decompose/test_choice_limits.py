"""What limits a choice of whole plans: slots up to each day of a run, and packs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from allocator.methods.decompose.choice_limits import ChoiceLimits
from allocator.methods.decompose.couplings import Couplings


def test_slots_are_counted_up_to_each_day_of_a_run() -> None:
    couplings = SimpleNamespace(
        kind=("quota",) * 6 + ("depot", "handling", "target"),
        limit=np.array([10.0, 10.0, 10.0, 0.0, 10.0, 10.0, 7.0, 3.0, -5.0]),
        ceiling=np.array([np.inf] * 8 + [40.0]),
        place=np.array([[day, -1] for day in range(6)] + [[0, 0], [0, 0], [5, 0]]),
        sooner=2.0,
    )
    prices = np.array([9.0, 6.0, 0.0, 0.0, 5.0, 4.0, 2.0, 0.0, 20.0])
    limits = ChoiceLimits.of(cast(Couplings, couplings), prices)
    # Days 0 and 1 are a run, 4 and 5 another; nobody lacks slots on day 2, and there are none on day 3.
    assert limits.counting.toarray().tolist() == [
        [1, 0, 0, 0, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 1, 0, 0, 0, 0],
        [0, 0, 0, 0, 1, 1, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 1, 0],
        [0, 0, 0, 0, 0, 0, 0, 0, 1],
    ]
    assert limits.limit.tolist() == [10.0, 20.0, 10.0, 20.0, 7.0, 3.0, -5.0]
    # A slot left over saves a day's waiting, but no more than the price falls, or half of what it costs.
    assert limits.spare == pytest.approx([2.0, 3.0, 1.0, 2.0, 0.0, 0.0, 0.0])
    assert limits.price == pytest.approx([1.2 * 3 - 2, 1.2 * 6 - 3, 1.2 - 1, 1.2 * 4 - 2, 2.0, 2.0, 40.0])
    assert limits.soft.tolist() == [True] * 4 + [False, False, True]


def test_without_scarce_slots_only_packs_count() -> None:
    couplings = SimpleNamespace(
        kind=("quota", "depot"),
        limit=np.array([10.0, 7.0]),
        ceiling=np.array([np.inf, np.inf]),
        place=np.array([[0, -1], [0, 0]]),
        sooner=2.0,
    )
    limits = ChoiceLimits.of(cast(Couplings, couplings), np.zeros(2))
    assert limits.counting.toarray().tolist() == [[0, 1]]
    assert limits.price.tolist() == [1.0]
    assert limits.soft.tolist() == [False]
