"""What follows a label, against the same written as it is meant: one cell, one day, one amount at a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from allocator.methods.decompose.completion import SLACK, completions, saved_on, unhindered

Vector = NDArray[np.float64]
PACKS, LEVELS = 7, 5


@settings(max_examples=60)
@given(seed=st.integers(0, 10_000), smooth=st.booleans(), steps=st.integers(1, 4))
def test_completions_are_what_they_say(seed: int, smooth: bool, steps: int) -> None:
    random = np.random.default_rng(seed)
    days, pack = int(random.integers(1, 12)), float(random.integers(1, 60))
    arrival = np.sort(random.integers(0, days, int(random.integers(0, 5))))
    trips = len(arrival)
    least = random.integers(0, 3, trips)
    most = least + random.integers(-1, 6, trips)  # some trips cannot be made at all
    fixed, price = random.uniform(0, 500, trips), random.uniform(0, 50, trips)
    stock = random.integers(0, 40, days).cumsum().astype(float)
    printers = random.integers(0, 60, days).astype(float)
    applicants = random.integers(0, 50, days).cumsum().astype(float)
    amount = random.integers(0, 80, (days, steps)).astype(float)
    if seed % 3 == 0:
        amount[:, -1] = np.inf
    rate = -np.sort(-random.uniform(0, 9, (days, steps)), axis=1)
    full, behind = unhindered(stock, printers, applicants)
    width = max(behind.max() / LEVELS, 1.0)
    found = completions(
        stock, pack, printers, applicants, arrival, least, most, fixed, price, amount, rate, full, behind,
        PACKS, LEVELS, width, smooth,
    )  # fmt: skip

    def follows(trip: int, level: int, count: int) -> float:
        """What follows once the trip has come, with so many packs, so far behind."""
        until = arrival[trip + 1] if trip + 1 < trips else days
        printed, saved = max(full[arrival[trip]] - level * width, 0.0), 0.0
        for day in range(arrival[trip], until):
            on_hand = np.floor(stock[day] + pack * count + SLACK)
            printed = min(printed + printers[day], applicants[day], on_hand)
            saved += saved_on(printed, day, amount, rate)
        if trip + 1 == trips:
            return -saved
        place = max(full[until] - printed, 0.0) / width
        there = min(int(place), LEVELS - 1)
        ahead = cheapest(trip + 1, there, count)
        if smooth and there + 1 < LEVELS:
            ahead += (place - there) * (cheapest(trip + 1, there + 1, count) - ahead)
        return ahead - saved

    def cheapest(trip: int, level: int, count: int) -> float:
        """The same before the trip: nothing, or the best amount."""
        amounts = range(least[trip], min(most[trip], PACKS - 1 - count) + 1)
        sent = [fixed[trip] + price[trip] * each + follows(trip, level, count + each) for each in amounts]
        return min([follows(trip, level, count), *sent])

    for trip in range(trips):
        # No office is further behind than without any trip.
        for level in range(min(LEVELS, int(behind[arrival[trip]] / width) + 1)):
            for count in range(PACKS):
                assert found[trip, level, count] == pytest.approx(follows(trip, level, count), rel=1e-9)
