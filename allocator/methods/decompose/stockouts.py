"""What cards save while an office prints nothing, compiled: whose they are does not change meanwhile.

If cards save on each day apart what those of the streams save that gain the most on that day (`queues`), they
could be of other streams every day. But a card that is printed stays with its stream. While the cards of an
office are the same from one day to another, because its blanks are used up or its printers stand still,
they save no more on these days together than

    greatest sum over streams of what R cards of it save, where sum over streams of R <= cards

since those of a stream can only become more, and save the more the more they are. The sum over days is
concave and piecewise linear in R, so that a price for a card splits the cards, and any price is a bound
(Everett 1963).
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Indices = NDArray[np.int64]
_ROUNDS = 40  # in which the price is found; fewer are enough nearly always
_SAME = 1e-9  # cards, and relative


class StreamSavings(NamedTuple):
    """What cards of an office save on all days before a day, by stream, wherever their rates change."""

    cards: Vector  # (S, G) rising from 0
    sizes: Indices  # (S,) how many of these there are
    saved: Vector  # (S, T + 1, G) currency, on all days before the day


@numba.njit(cache=True)
def stream_savings(amount: Vector, rate: Vector) -> StreamSavings:
    """Of so many cards (S, T, K) of each stream, which save so much a day (S, T, K), the dearest first."""
    streams, days, steps = amount.shape
    cards = np.zeros((streams, days * steps + 1))
    sizes = np.zeros(streams, np.int64)
    for stream in range(streams):
        sizes[stream] = _ends_of_steps(amount[stream], rate[stream], cards[stream])
    saved = np.zeros((streams, days + 1, sizes.max()))
    for stream in range(streams):
        for day in range(days):
            step, begun, before = 0, 0.0, 0.0
            for place in range(sizes[stream]):
                end = cards[stream, place]
                while step < steps and begun + amount[stream, day, step] < end - _SAME:
                    begun += amount[stream, day, step]
                    before += amount[stream, day, step] * rate[stream, day, step]
                    step += 1
                here = before
                if step < steps:
                    here += rate[stream, day, step] * (end - begun)
                saved[stream, day + 1, place] = saved[stream, day, place] + here
    return StreamSavings(cards, sizes, saved)


@numba.njit(cache=True)
def _ends_of_steps(amount: Vector, rate: Vector, ends: Vector) -> int:
    """Put the numbers of cards at which the rate (T, K) changes into `ends`, from 0 on; how many they are."""
    days, steps = amount.shape
    size = 1
    for day in range(days):
        end = 0.0
        for step in range(steps):
            end += amount[day, step]
            after = rate[day, step + 1] if step + 1 < steps else 0.0
            if rate[day, step] != after:
                ends[size] = end
                size += 1
    ends[:size].sort()
    distinct = 1
    for place in range(1, size):
        if ends[place] > ends[distinct - 1] + _SAME:
            ends[distinct] = ends[place]
            distinct += 1
    return distinct


@numba.njit(cache=True)
def _at_price(savings: StreamSavings, begin: int, end: int, price: float) -> tuple[float, float]:
    """The cards that save more than the price, and what they save beyond it."""
    cards = gained = 0.0
    for stream in range(len(savings.sizes)):
        ends, before, after = savings.cards[stream], savings.saved[stream, begin], savings.saved[stream, end]
        low, high = 0, savings.sizes[stream] - 1
        while low < high:
            middle = (low + high) // 2
            more = (after[middle + 1] - before[middle + 1]) - (after[middle] - before[middle])
            if more > price * (ends[middle + 1] - ends[middle]):
                low = middle + 1
            else:
                high = middle
        cards += ends[low]
        gained += after[low] - before[low] - price * ends[low]
    return cards, gained


@numba.njit(cache=True)
def saved_meanwhile(savings: StreamSavings, begin: int, end: int, cards: float) -> float:
    """What so many cards save at most from one day up to another, if they are the same cards on all of them.

    The least of a convex function of the price, by tangents from both sides.
    """
    wanted, gained = _at_price(savings, begin, end, 0.0)
    least = gained
    if wanted <= cards:
        return least
    low, at_low, slope_low = 0.0, gained, cards - wanted
    high = _SAME
    for stream in range(len(savings.sizes)):
        if savings.sizes[stream] > 1:
            first = savings.saved[stream, end, 1] - savings.saved[stream, begin, 1]
            high = max(high, first / savings.cards[stream, 1])
    high *= 1.0 + _SAME
    wanted, gained = _at_price(savings, begin, end, high)
    at_high, slope_high = gained + high * cards, cards - wanted
    least = min(least, at_high)
    for _ in range(_ROUNDS):
        if slope_high <= slope_low:
            break
        price = (at_low - at_high + slope_high * high - slope_low * low) / (slope_high - slope_low)
        price = min(max(price, low), high)
        wanted, gained = _at_price(savings, begin, end, price)
        here = gained + price * cards
        least = min(least, here)
        if here <= at_low + slope_low * (price - low) + _SAME * abs(here) or wanted == cards:
            break
        if wanted > cards:
            low, at_low, slope_low = price, here, cards - wanted
        else:
            high, at_high, slope_high = price, here, cards - wanted
    return least


@numba.njit(cache=True)
def saved_in_all(savings: StreamSavings, printed: Vector) -> Vector:
    """(P,) what cards printed by the day (P, T) save at most over all days."""
    plans, days = printed.shape
    total = np.zeros(plans)
    for plan in range(plans):
        begin = 0
        for day in range(1, days + 1):
            if day == days or printed[plan, day] != printed[plan, begin]:
                total[plan] += saved_meanwhile(savings, begin, day, printed[plan, begin])
                begin = day
    return total
