"""The box around prices: what may move how far, and what it learns from a step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allocator import generate_instance
from allocator.methods.decompose.couplings import find_couplings
from allocator.methods.decompose.stabilisation import NO_RUN, Box
from allocator.milp.formulation import formulate
from allocator.milp.model import Vector

LEVEL = 0.5


def slots_box(days: int, closed: tuple[int, ...] = ()) -> Box:
    """Around prices of slots alone, with no slots on days that are `closed`."""
    slots = np.ones(days, dtype=np.bool_)
    slots[list(closed)] = False
    return Box(np.full(days, 0.01), slots, LEVEL)


def unbounded(prices: Vector) -> Vector:
    return np.full(len(prices), np.inf)


def test_runs_end_where_slots_are_plenty() -> None:
    prices = np.array([3.0, 2.0, 1.0, 0.0, 0.0, 5.0, 4.0, 0.0])
    region = slots_box(8).region(prices, unbounded(prices), 0.0)
    assert region.part.tolist() == [0, 0, NO_RUN, NO_RUN, NO_RUN, 1, NO_RUN, NO_RUN]
    assert region.runs == 2
    # The last day and the next may have what the day before has; the rest keeps to its range.
    assert region.lowest == pytest.approx([2.99, 1.99, 0.0, 0.0, 0.0, 4.99, 0.0, 0.0])
    assert region.highest == pytest.approx([3.01, 2.01, 2.0, 1.0, 0.01, 5.01, 5.0, 4.0])


def test_a_run_to_the_last_day_moves_as_a_whole() -> None:
    prices = np.array([0.0, 3.0, 2.0, 1.0])
    region = slots_box(4).region(prices, unbounded(prices), 0.0)
    assert region.part.tolist() == [NO_RUN, 0, 0, 0]
    assert region.highest == pytest.approx([0.01, 3.01, 2.01, 1.01])


def test_a_run_of_one_day_may_go_as_far_as_a_level() -> None:
    prices = np.array([0.0, 3.0, 0.0])
    region = slots_box(3).region(prices, unbounded(prices), 0.0)
    assert region.part.tolist() == [NO_RUN] * 3
    assert region.highest == pytest.approx([0.01, 3.0 + LEVEL, 3.0])


def test_days_without_slots_do_not_end_a_run() -> None:
    prices = np.array([3.0, 2.0, 0.0, 1.5, 1.0, 0.0])
    region = slots_box(6, closed=(2,)).region(prices, unbounded(prices), 0.0)
    assert region.part.tolist() == [0, 0, NO_RUN, 0, NO_RUN, NO_RUN]
    assert region.highest[2] == pytest.approx(0.01)


def test_a_part_begins_after_days_without_slots_and_after_half_a_month() -> None:
    """Whatever the level, prices fall by what waiting costs; where it is not known how fast, parts differ."""
    prices = np.arange(50.0, 0.0, -1.0)
    region = slots_box(50, closed=(10, 11, 20, 21, 22)).region(prices, unbounded(prices), 0.0)
    expected = np.repeat([0, 1, 2, 3], [15, 5, 18, 12])
    expected[[10, 11, 20, 21, 22]] = NO_RUN
    expected[38:] = 3
    assert region.part.tolist() == expected.tolist()
    assert region.run_of_part.tolist() == [0, 0, 0, 0]
    assert region.level_reach + region.part_reach == pytest.approx(LEVEL)


def test_parts_begin_anew_with_every_run() -> None:
    prices = np.array([3.0] * 4 + [0.0] * 2 + [5.0] * 12 + [0.0] * 5)
    region = slots_box(23, closed=(19, 20, 21)).region(prices, unbounded(prices), 0.0)
    assert region.part.tolist() == [0] * 3 + [NO_RUN] * 3 + [1] * 9 + [2] * 2 + [NO_RUN] * 6
    assert region.run_of_part.tolist() == [0, 1, 1]


def test_a_run_has_no_parts_where_slots_are_never_away_for_long() -> None:
    prices = np.arange(50.0, 0.0, -1.0)
    region = slots_box(50, closed=(10, 11)).region(prices, unbounded(prices), 0.0)
    assert set(region.part.tolist()) == {0, NO_RUN}
    assert region.run_of_part.tolist() == [0]


def test_no_price_is_above_its_ceiling() -> None:
    prices = np.array([3.0, 2.0, 1.0, 0.0])
    ceiling = np.array([3.0, 2.5, 1.5, 0.5])
    region = slots_box(4).region(prices, ceiling, 0.0)
    assert (region.highest <= ceiling).all()
    assert (region.lowest <= region.highest).all()


def test_what_has_no_price_yet_may_get_one() -> None:
    couplings = find_couplings(formulate(generate_instance("quota", offices=6, days=20)))
    kinds = np.array(couplings.kind)
    assert {"quota", "depot"} <= set(kinds)
    prices = np.where(kinds == "quota", 4.0, 0.0)
    box = Box.around(couplings, prices, 0.1)
    assert (box.reach[couplings.limit > 0] > 0).all()
    assert box.level_reach == pytest.approx(0.4)
    # As much as the slots, if all of it were sold at that.
    at = kinds == "depot"
    worth = float(prices @ couplings.limit)
    assert box.reach[at] == pytest.approx(0.1 * worth / couplings.limit[at].sum())
    # A target is a limit from below.
    turned = replace(couplings, limit=np.where(at, -couplings.limit, couplings.limit))
    assert Box.around(turned, prices, 0.1).reach[at] == pytest.approx(box.reach[at])
    priced = replace(couplings, ceiling=np.full(len(prices), 2.0))
    assert (Box.around(priced, prices, 0.1).reach >= 0.2 - 1e-12).all()


@pytest.mark.parametrize(
    ("came", "strain", "factor"),
    [
        (106.0, 0.0, 1.6),  # more than half of what was promised
        (101.0, 0.0, 1.0),
        (101.0, 6.0, 1.6),  # little, but most of it for want of room
        (99.0, 0.0, 0.6),
        (70.0, 0.0, 1 / 3),
        (0.0, 0.0, 0.25),
    ],
)
def test_sizes_follow_what_a_step_brought(came: float, strain: float, factor: float) -> None:
    box = slots_box(3)
    box.learn(100.0, 110.0, came, strain)
    assert box.reach == pytest.approx(np.full(3, 0.01 * factor))
    assert box.level_reach == pytest.approx(LEVEL * max(factor, 0.8))


def test_a_promise_within_rounding_says_nothing() -> None:
    box = slots_box(3)
    box.learn(100.0, 100.0 + 1e-6, 0.0, 0.0)
    assert box.level_reach == LEVEL
