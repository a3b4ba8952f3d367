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
def _tangents(
    amount_saving: NDArray[np.float64], rate_saving: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """(T,) how many lines, (T, K + 1) what they are at no cards, and their slopes: cards save the least."""
    days, steps = amount_saving.shape
    lines = np.zeros(days, np.int64)
    begin = np.zeros((days, steps + 1))
    slope = np.zeros((days, steps + 1))
    for day in range(days):
        cards = saved = 0.0
        for step in range(steps):
            amount, rate = amount_saving[day, step], rate_saving[day, step]
            if amount <= 0.0:
                continue
            begin[day, lines[day]] = saved - rate * cards
            slope[day, lines[day]] = rate
            lines[day] += 1
            if amount == np.inf:
                saved = np.inf
                break
            cards += amount
            saved += rate * amount
        if saved < np.inf:
            begin[day, lines[day]] = saved
            lines[day] += 1
    return lines, begin, slope


@numba.njit(cache=True)
def _send(
    best: NDArray[np.float64],
    least: int,
    most: int,
    fixed: float,
    price: float,
    value: NDArray[np.float64],
    other: NDArray[np.float64],
) -> None:
    """Let the best amount from least to most be sent where that is cheaper than `best` (packs,) without.

    The best of a window, by doubling it. `value` and `other` (2 packs,) are inf where there are no packs.
    """
    packs, window, span = len(best), most - least + 1, 1
    if window < 1:
        return
    for count in range(packs):
        value[count] = best[count] + price * count
    while 2 * span <= window and span < packs:
        _least_of_two(value, span, other)
        value, other = other, value
        span *= 2
    if window > span and span < packs:
        _least_of_two(value, min(window - span, packs), other)
        value, other = other, value
    reach = value[least:]
    for count in range(packs - least):
        best[count] = min(best[count], fixed + reach[count] - price * count)


@numba.njit(cache=True)
def _least_of_two(value: NDArray[np.float64], apart: int, result: NDArray[np.float64]) -> None:
    """Put the lesser of each value and of that so many places on into the first half of `result`."""
    further = value[apart:]
    for place in range(len(result) // 2):
        result[place] = min(value[place], further[place])


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

    Numbers of packs are in the innermost loops, which processors then do several at a time.
    """
    days, trips = len(stock), len(arrival)
    result = np.empty((trips, levels, packs))
    best = np.zeros((levels, packs))  # of what follows the trips after this one
    value, other = np.full(2 * packs, np.inf), np.full(2 * packs, np.inf)
    printed = np.empty(packs)
    on_day = np.empty(packs)
    saved = np.empty(packs)
    at_most = np.empty((days, packs))
    for day in range(days):
        for count in range(packs):
            at_most[day, count] = min(np.floor(stock[day] + pack * count + SLACK), applicants[day])
    lines, begins, slope = _tangents(amount_saving, rate_saving)
    for trip in range(trips - 1, -1, -1):
        begin = arrival[trip]
        until = arrival[trip + 1] if trip + 1 < trips else days
        here = result[trip]
        # No office is further behind than without any trip.
        reached = min(levels, int(behind[begin] / width) + 2)
        for level in range(reached - 1, -1, -1):
            before = max(full[begin] - level * width, 0.0)
            alike = 0
            if level + 1 < reached and begin < until:
                # With so few packs it prints what there is, no matter how far it is behind.
                speed = max(before - width, 0.0) + printers[begin]
                while alike < packs and speed >= at_most[begin, alike]:
                    here[level, alike] = here[level + 1, alike]
                    alike += 1
            some = packs - alike
            cards, gain, total = printed[:some], on_day[:some], saved[:some]
            for count in range(some):
                cards[count], total[count] = before, 0.0
            for day in range(begin, until):
                limit, capacity = at_most[day, alike:], printers[day]
                for count in range(some):
                    cards[count] = min(cards[count] + capacity, limit[count])
                constant, rate = begins[day, 0], slope[day, 0]
                for count in range(some):
                    gain[count] = constant + rate * cards[count]
                for line in range(1, lines[day]):
                    constant, rate = begins[day, line], slope[day, line]
                    for count in range(some):
                        gain[count] = min(gain[count], constant + rate * cards[count])
                for count in range(some):
                    total[count] += gain[count]
            for count in range(some):
                place = max(full[until] - cards[count], 0.0) / width
                there = min(int(place), levels - 1)
                ahead = best[there, alike + count]
                if smooth and there + 1 < levels:
                    ahead += (place - there) * (best[there + 1, alike + count] - ahead)
                here[level, alike + count] = ahead - total[count]
        for level in range(reached):
            # One by one: to assign a row takes 5 s to compile, for the text of an error.
            for count in range(packs):
                best[level, count] = here[level, count]
            _send(best[level], least[trip], most[trip], fixed[trip], price[trip], value, other)
    return result
