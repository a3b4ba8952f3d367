"""The box around prices: what may move how far, and what it learns from a step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allocator import generate_instance
from allocator.methods.decompose.couplings import find_couplings
from allocator.methods.decompose.stabilisation import Box, Region
from allocator.milp.formulation import formulate
from allocator.milp.model import Vector

LEVEL = 0.5


def slots_box(days: int, closed: tuple[int, ...] = (), sooner: float = 0.0) -> Box:
    """Around prices of slots alone, with no slots on days that are `closed`."""
    slots = np.ones(days, dtype=np.bool_)
    slots[list(closed)] = False
    return Box(np.full(days, 0.01), slots, LEVEL, sooner)


def unbounded(prices: Vector) -> Vector:
    return np.full(len(prices), np.inf)


FALL = 0.03 * LEVEL  # how else a price may fall at first


def limited(region: Region) -> list[tuple[int, int]]:
    """The days between which falls are limited."""
    falls = region.falls
    finite = np.isfinite(falls.most)
    assert (finite == np.isfinite(falls.least)).all()
    return list(zip(falls.before[finite].tolist(), falls.after[finite].tolist(), strict=True))


def test_runs_end_where_slots_are_plenty() -> None:
    prices = np.array([3.0, 2.0, 1.0, 0.0, 0.0, 5.0, 4.0, 0.0])
    region = slots_box(8).region(prices, unbounded(prices), 0.0)
    assert limited(region) == [(0, 1)]
    # The last day and the next may have what the day before has; the one before them has the level.
    assert region.lowest == pytest.approx([0.0, 1.5, 0.0, 0.0, 0.0, 4.5, 0.0, 0.0])
    assert region.highest == pytest.approx([np.inf, 2.5, 2.0, 1.0, 0.01, 5.5, 5.0, 4.0])


def test_a_run_to_the_last_day_has_its_level_there() -> None:
    prices = np.array([0.0, 3.0, 2.0, 1.0])
    region = slots_box(4).region(prices, unbounded(prices), 0.0)
    assert limited(region) == [(1, 2), (2, 3)]
    assert region.highest == pytest.approx([0.01, np.inf, np.inf, 1.5])
    assert region.lowest == pytest.approx([0.0, 0.0, 0.0, 0.5])
    assert region.falls.most[1:] == pytest.approx([1.0 + FALL, 1.0 + FALL])
    assert region.falls.least[1:] == pytest.approx([1.0 - FALL, 1.0 - FALL])


def test_a_run_of_one_day_may_go_as_far_as_a_level() -> None:
    prices = np.array([0.0, 3.0, 0.0])
    region = slots_box(3).region(prices, unbounded(prices), 0.0)
    assert limited(region) == []
    assert region.highest == pytest.approx([0.01, 3.0 + LEVEL, 3.0])


def test_days_without_slots_do_not_end_a_run() -> None:
    prices = np.array([3.0, 2.0, 0.0, 1.5, 1.0, 0.0])
    region = slots_box(6, closed=(2,)).region(prices, unbounded(prices), 0.0)
    assert limited(region) == [(0, 1), (1, 3)]
    assert region.highest[2] == pytest.approx(0.01)


def test_prices_fall_by_what_waiting_costs_at_least() -> None:
    """By that for each day, and no less than they do where they fall by less."""
    prices = np.array([3.6, 2.6, 2.1, 0.0, 1.0])
    region = slots_box(5, closed=(3,), sooner=0.5).region(prices, unbounded(prices), 0.0)
    assert limited(region) == [(0, 1), (1, 2), (2, 4)]
    assert region.falls.least == pytest.approx([1.0 - FALL, 0.5, 1.1 - FALL])
    # To wait is no matter of the box's width.
    assert region.falls.width_down == pytest.approx([FALL, 0.0, FALL])
    assert region.falls.width == pytest.approx([FALL] * 3)
    steep = slots_box(5, closed=(3,), sooner=0.8).region(prices, unbounded(prices), 0.0)
    assert steep.falls.least == pytest.approx([1.0 - FALL, 0.5, 1.1])


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
    ("came", "strain", "by_falls", "factor", "of_falls"),
    [
        (106.0, 0.0, 0.0, 1.6, 1.6),  # more than half of what was promised
        (101.0, 0.0, 0.0, 1.0, 1.0),
        (101.0, 6.0, 0.0, 1.6, 1.6),  # little, but most of it for want of room
        (101.0, 2.0, 2.0, 1.0, 2.5),  # for want of room for falls
        (106.0, 2.0, 2.0, 1.6, 2.5),
        (99.0, 0.0, 0.0, 0.6, 0.6),
        (99.0, 6.0, 6.0, 0.6, 0.6),
        (70.0, 0.0, 0.0, 1 / 3, 1 / 3),
        (0.0, 0.0, 0.0, 0.25, 0.25),
    ],
)
def test_sizes_follow_what_a_step_brought(
    came: float, strain: float, by_falls: float, factor: float, of_falls: float
) -> None:
    box = slots_box(3)
    box.learn(100.0, 110.0, came, strain, by_falls)
    assert box.reach == pytest.approx(np.full(3, 0.01 * factor))
    assert box.level_reach == pytest.approx(LEVEL * max(factor, 0.8))
    assert box.fall_reach == pytest.approx(FALL * of_falls)


def test_a_promise_within_rounding_says_nothing() -> None:
    box = slots_box(3)
    box.learn(100.0, 100.0 + 1e-6, 0.0, 0.0, 0.0)
    assert box.level_reach == LEVEL
