"""What follows a label at least, compiled: a relaxation of an office's trips by a coarser state."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

SLACK = 1e-6  # cards: comparisons of stocks in doubles err on the side of allowing more


@numba.njit(cache=True)
def saved_on(
    cards: float, day: int, amount_saving: NDArray[np.float64], rate_saving: NDArray[np.float64]
) -> float:
    """What so many cards, printed by then, save on a day."""
    saved = 0.0
    for step in range(amount_saving.shape[1]):
        part = min(cards, amount_saving[day, step])
        saved += rate_saving[day, step] * part
        cards -= part
        if cards <= 0.0:
            break
    return saved


@numba.njit(cache=True)
def unhindered(
    stock: NDArray[np.float64], printers: NDArray[np.float64], applicants: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(T + 1,) cards by the day before with blanks enough, and how far behind that it is without trips."""
    full = np.zeros(len(stock) + 1)
    behind = np.zeros(len(stock) + 1)
    printed = 0.0
    for day in range(len(stock)):
        full[day + 1] = min(full[day] + printers[day], applicants[day])
        printed = min(printed + printers[day], applicants[day], np.floor(stock[day] + SLACK))
        behind[day + 1] = full[day + 1] - printed
    return full, behind


@numba.njit(cache=True)
def completions(  # noqa: PLR0912 - compiled in one piece
    stock: NDArray[np.float64],
    pack: float,
    printers: NDArray[np.float64],
    applicants: NDArray[np.float64],
    arrival: NDArray[np.int64],
    least: NDArray[np.int64],
    most: NDArray[np.int64],
    fixed: NDArray[np.float64],
    price: NDArray[np.float64],
    amount_saving: NDArray[np.float64],
    rate_saving: NDArray[np.float64],
    full: NDArray[np.float64],
    behind: NDArray[np.float64],
    packs: int,
    levels: int,
    width: float,
    smooth: bool,
) -> NDArray[np.float64]:
    """(E, levels, packs) what follows at least, once it is known what each trip brings.

    By packs so far and how many times `width` cards the office is behind what it could have printed with
    blanks enough. A dynamic programme backwards over the trips: from one to the next the office prints as
    it does, and what it is behind is then rounded down, so that it is exact but for that. With `smooth` it
    is interpolated instead, which is much nearer but can be too high.
    """
    days, trips = len(stock), len(arrival)
    result = np.empty((trips, levels, packs))
    best = np.zeros((levels, packs))  # of what follows the trips after this one
    queue = np.empty(packs, np.int64)
    value = np.empty(packs)
    for trip in range(trips - 1, -1, -1):
        begin = arrival[trip]
        until = arrival[trip + 1] if trip + 1 < trips else days
        here = result[trip]
        # No office is further behind than without any trip.
        reached = min(levels, int(behind[begin] / width) + 2)
        for level in range(reached - 1, -1, -1):
            before = max(full[begin] - level * width, 0.0)
            for count in range(packs):
                if level + 1 < reached and begin < until:
                    at_most = min(np.floor(stock[begin] + pack * count + SLACK), applicants[begin])
                    if max(before - width, 0.0) + printers[begin] >= at_most:
                        # It prints what there is, no matter how far it is behind.
                        here[level, count] = here[level + 1, count]
                        continue
                printed = before
                saved = 0.0
                for day in range(begin, until):
                    on_hand = np.floor(stock[day] + pack * count + SLACK)
                    printed = min(printed + printers[day], applicants[day], on_hand)
                    saved += saved_on(printed, day, amount_saving, rate_saving)
                place = max(full[until] - printed, 0.0) / width
                there = min(int(place), levels - 1)
                ahead = best[there, count]
                if smooth and there + 1 < levels:
                    ahead += (place - there) * (best[there + 1, count] - ahead)
                here[level, count] = ahead - saved
        for level in range(reached):
            # The best amount, with those in reach in a queue, the best in front.
            first = last = 0
            for count in range(packs):
                value[count] = here[level, count] + price[trip] * count
            for count in range(packs - 1, -1, -1):
                added = count + least[trip]
                if added < packs:
                    while last > first and value[queue[last - 1]] >= value[added]:
                        last -= 1
                    queue[last] = added
                    last += 1
                while last > first and queue[first] > count + most[trip]:
                    first += 1
                best[level, count] = here[level, count]
                if last > first:
                    sent = fixed[trip] + value[queue[first]] - price[trip] * count
                    best[level, count] = min(best[level, count], sent)
    return result
