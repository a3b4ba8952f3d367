"""One plan for each office within common limits, by simulated annealing, compiled.

A multiple-choice knapsack of many dimensions: where trips fill a depot's days to the brim, hardly any
change of one office alone keeps the limits, and branch and cut finds next to nothing in seconds. So limits
may be exceeded at a price, which rises while the temperature falls (Kirkpatrick, Gelatt and Vecchi 1983,
with a penalty as in Wah and Wang 1999). What is still exceeded at the end is mended one office at a time.
Soft limits may be exceeded at the end as well: what that costs is part of what a choice costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numba
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Indices = NDArray[np.int64]
_CYCLES = 5  # each from the best choice of those before, and half as hot
_MOST_MOVES = 3000  # that are tried in a cycle for each office
_COLD = 0.01  # of the temperature of a cycle, at its end
_PRICE, _LAST_PRICE = 2.0, 50.0  # times the dual of a limit: what exceeding it costs
_KEEPS = 1e-6  # of a limit: rounding
_MOST_MENDED = 1000  # offices


@dataclass(frozen=True)
class Alternatives:
    """Plans by office, and the limits they share."""

    place: Indices  # (P,) of the office, rising; each of the offices has one at least
    cost: Vector  # (P,)
    use: sp.csc_array  # (R, P) of limits that must be kept at least 0
    limit: Vector  # (R,)
    price: Vector  # (R,) above 0: what exceeding a soft limit costs, and about what a unit of others is worth
    soft: NDArray[np.bool_]  # (R,)


class _Arrays(NamedTuple):
    """The same as compiled code takes it."""

    first: Indices  # (offices + 1,) plans of each
    cost: Vector  # (P,)
    begin: Indices  # (P + 1,) entries of each plan
    row: Indices  # of an entry: the limit
    amount: Vector  # of an entry
    limit: Vector  # (R,)
    price: Vector  # (R,)
    soft: NDArray[np.bool_]  # (R,)


def anneal(
    plans: Alternatives, start: Indices, known: Indices, temperature: float, moves: int, seed: int
) -> Indices:
    """(offices,) a choice no dearer than the one `known`, which keeps the limits; `start` need not.

    `temperature` is what plans that are nearly as good as the best of an office cost more. So many `moves`
    are tried at most. The same for the same seed.
    """
    found: Indices = _anneal(
        _arrays(plans),
        start.astype(np.int64),
        known.astype(np.int64),
        temperature,
        min(moves // _CYCLES, _MOST_MOVES * len(known)),
        seed,
    )
    return found


def mend(plans: Alternatives, chosen: Indices) -> Indices:
    """(offices,) the choice, changed until the limits are kept, or nothing more can be mended.

    Each time one office changes to the plan that costs the least for what it mends.
    """
    arrays, mended = _arrays(plans), chosen.astype(np.int64)
    _mend(arrays, mended, _used(mended, arrays.begin, arrays.row, arrays.amount, len(arrays.limit)))
    return mended


def _arrays(plans: Alternatives) -> _Arrays:
    return _Arrays(
        np.append(0, np.bincount(plans.place).cumsum()),
        plans.cost,
        plans.use.indptr.astype(np.int64),
        plans.use.indices.astype(np.int64),
        plans.use.data,
        plans.limit,
        plans.price,
        plans.soft,
    )


@numba.njit(cache=True)
def _anneal(
    plans: _Arrays,
    start: Indices,
    known: Indices,
    temperature: float,
    moves: int,
    seed: int,
) -> Indices:
    _, cost, begin, row, amount, limit, _, _ = plans
    np.random.seed(seed)
    best = known.copy()
    least = cost[known].sum() + _excess(plans, _used(known, begin, row, amount, len(limit)))
    chosen = start.copy()
    for _ in range(_CYCLES):
        used = _used(chosen, begin, row, amount, len(limit))
        found, value = _cool(plans, chosen, used, temperature, moves, least)
        if value < least:
            best, least = found, value
        if _mend(plans, chosen, used):
            value = cost[chosen].sum() + _excess(plans, used)
            if value < least:
                best, least = chosen, value
        chosen = best.copy()
        temperature /= 2.0
    return best


@numba.njit(cache=True)
def _excess(plans: _Arrays, used: Vector) -> float:
    """What it costs that soft limits are exceeded."""
    total = 0.0
    for limited in range(len(used)):
        if plans.soft[limited]:
            total += plans.price[limited] * max(used[limited] - plans.limit[limited], 0.0)
    return total


@numba.njit(cache=True)
def _used(chosen: Indices, begin: Indices, row: Indices, amount: Vector, limits: int) -> Vector:
    used = np.zeros(limits)
    for plan in chosen:
        for entry in range(begin[plan], begin[plan + 1]):
            used[row[entry]] += amount[entry]
    return used


@numba.njit(cache=True)
def _change(
    old: int, new: int, begin: Indices, row: Indices, amount: Vector, more: Vector, touched: Indices
) -> int:
    """Write into `more` (R,), which is 0, what the new plan uses more than the old; how many rows it has."""
    size = 0
    for plan, sign in ((new, 1.0), (old, -1.0)):
        for entry in range(begin[plan], begin[plan + 1]):
            if more[row[entry]] == 0.0:
                touched[size] = row[entry]
                size += 1
            more[row[entry]] += sign * amount[entry]
    return size


@numba.njit(cache=True)
def _cool(
    plans: _Arrays,
    chosen: Indices,
    used: Vector,
    temperature: float,
    moves: int,
    least: float,
) -> tuple[Indices, float]:
    """The best choice below `least` on the way that keeps limits, and its cost; `chosen`, `used` change."""
    first, cost, begin, row, amount, limit, price, soft = plans
    offices, rows = len(chosen), len(limit)
    more, touched = np.zeros(rows), np.empty(2 * rows, np.int64)
    found = chosen.copy()
    allowed = limit + _KEEPS * np.maximum(1.0, np.abs(limit))
    exceeded = ((used > allowed) & ~soft).sum()
    value = cost[chosen].sum() + _excess(plans, used)
    heat = penalty = 0.0
    for move in range(moves):
        if move % offices == 0:
            heat = temperature * _COLD ** (move / moves)
            penalty = _PRICE * (_LAST_PRICE / _PRICE) ** (move / moves)
        office = np.random.randint(offices)
        old, new = chosen[office], np.random.randint(first[office], first[office + 1])
        if new == old:
            continue
        size = _change(old, new, begin, row, amount, more, touched)
        dearer, penalties, newly = cost[new] - cost[old], 0.0, 0
        for place in range(size):
            limited = touched[place]
            before, after = used[limited], used[limited] + more[limited]
            too_many = max(before - limit[limited], 0.0), max(after - limit[limited], 0.0)
            if soft[limited]:
                dearer += price[limited] * (too_many[1] - too_many[0])
                continue
            if before > allowed[limited]:
                penalties -= penalty * price[limited] * too_many[0]
                newly -= 1
            if after > allowed[limited]:
                penalties += penalty * price[limited] * too_many[1]
                newly += 1
        worse = dearer + penalties
        accepted = worse <= 0.0 or np.random.random() < np.exp(-worse / heat)
        if accepted:
            chosen[office] = new
            value += dearer
            exceeded += newly
        for place in range(size):
            if accepted:
                used[touched[place]] += more[touched[place]]
            more[touched[place]] = 0.0
        if accepted and exceeded == 0 and value < least:
            least = value
            for place in range(offices):  # to assign all at once takes 5 s to compile
                found[place] = chosen[place]
    return found, least


@numba.njit(cache=True)
def _mend(
    plans: _Arrays,
    chosen: Indices,
    used: Vector,
) -> bool:
    """Change offices until limits are kept, each time the one that mends the most for what it costs."""
    first, cost, begin, row, amount, limit, price, soft = plans
    rows = len(limit)
    more, touched = np.zeros(rows), np.empty(2 * rows, np.int64)
    allowed = limit + _KEEPS * np.maximum(1.0, np.abs(limit))
    for _ in range(_MOST_MENDED):
        if not ((used > allowed) & ~soft).any():
            return True
        cheapest, office_then, plan_then = np.inf, -1, -1
        for office in range(len(chosen)):
            for new in range(first[office], first[office + 1]):
                size = _change(chosen[office], new, begin, row, amount, more, touched)
                mended, dearer = 0.0, cost[new] - cost[chosen[office]]
                for place in range(size):
                    limited = touched[place]
                    over = used[limited] - limit[limited]
                    less = max(over, 0.0) - max(over + more[limited], 0.0)
                    more[limited] = 0.0
                    if soft[limited]:
                        dearer -= price[limited] * less
                    else:
                        mended += less
                dearer = max(dearer, 0.0)
                if mended > _KEEPS and dearer / mended < cheapest:
                    cheapest, office_then, plan_then = dearer / mended, office, new
        if office_then < 0:
            return False
        size = _change(chosen[office_then], plan_then, begin, row, amount, more, touched)
        for place in range(size):
            used[touched[place]] += more[touched[place]]
            more[touched[place]] = 0.0
        chosen[office_then] = plan_then
    return False
