"""Which of a lane's next trips can take what an earlier one would bring, compiled."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Indices = NDArray[np.int64]
_LATER = 16  # later trips of a lane that are looked at


@numba.njit(cache=True)
def later_trips(
    order: Indices,
    lane: Indices,
    office: Indices,
    arrival: Indices,
    fixed: Vector,
    price: Vector,
    roomy: NDArray[np.bool_],
    stock: Vector,
    store: Vector,
) -> tuple[Indices, Indices, Vector]:
    """Of trips (E,), seen in an `order` by lane and arrival, what their lanes bring later at no higher price.

    (E,) when the first comes whose trip is no dearer either, -1 without one; (16, E) when packs come that
    are cheaper, -1 at the end; and (16, E) how many must be left over to pay for that trip. A trip has
    to be `roomy` (E,) to take over, and meanwhile nothing may come into a limited `store` (offices,) without
    a trip, by the `stock` (offices, T).
    """
    count = len(order)
    lasting = np.full(count, -1, np.int64)
    later = np.full((_LATER, count), -1, np.int64)
    paying = np.zeros((_LATER, count))
    for place in range(count):
        here = order[place]
        own = office[here]
        filled = 0
        for follower in range(place + 1, min(place + 1 + _LATER, count)):
            there = order[follower]
            if lane[there] != lane[here]:
                break
            if not roomy[there] or price[there] > price[here]:
                continue
            if np.isfinite(store[own]) and stock[own, arrival[there]] > stock[own, arrival[here]]:
                continue
            if lasting[here] < 0 and fixed[there] <= fixed[here]:
                lasting[here] = arrival[there]
            saved = price[here] - price[there]
            if saved > 0.0:
                later[filled, here] = arrival[there]
                paying[filled, here] = np.ceil(fixed[there] / saved)
                filled += 1
    return lasting, later, paying
