"""What waits in the offices of a block, and what cards save by it on each day apart.

Cards take records out of two queues, not ingested (V) and waiting (W), of which those beyond a number are
overdue (O). Once whatever moves records from day to day has its price, each office and day is by itself:

    least sum over streams of v V + w W + sum over tiers of o max(0, V + W - tolerated)
    where of each stream V + W >= all that could be ready - its cards
    and no queue is longer than its columns, and those of what is overdue, allow

which is convex and piecewise linear in the cards, of each stream and together. The worth of a card by the
duals of the rows that count cards is one of its tangents, so that it is the more exact of the two (Lagrangian
relaxation of fewer rows). While cards stay the same it is more exact still: see `stockouts`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocator.methods.decompose.restocking import Savings
from allocator.milp.builder import ABSENT
from allocator.milp.model import Vector

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Queues:
    """Columns and rows of a block's records, by office, stream and day; ABSENT where there are none."""

    waiting: Indices  # (J, S, T) columns W
    unprintable: Indices  # (J, S, T) columns V, by the day on which they could be ready
    overdue: Indices  # (tiers, J, S, T) columns O
    overdue_rows: Indices  # (tiers, J, S, T)
    tolerated: Vector  # (tiers, J, S, T) records in both queues of which none is overdue
    ready: Vector  # (J, S, T) cards if nothing waited

    @property
    def columns(self) -> Indices:
        """All columns that are in the queues."""
        every = np.concatenate([each.ravel() for each in (self.waiting, self.unprintable, self.overdue)])
        present: Indices = every[every != ABSENT]
        return present

    def savings(self, costs: Vector, upper: Vector) -> Savings:
        """What cards save on each day apart, with costs (n,) and upper bounds (n,) of the columns."""
        return self.without_cards(costs, upper).savings(tied=False)

    def without_cards(self, costs: Vector, upper: Vector) -> Waiting:
        """What queues cost at least if there are no cards, with costs (n,) and upper bounds (n,)."""
        first, second = _at(costs, self.waiting), _at(costs, self.unprintable)
        room, other = _at(upper, self.waiting), _at(upper, self.unprintable)
        swap = second < first  # the cheaper queue fills first
        first, second = np.where(swap, second, first), np.where(swap, first, second)
        room, all_room = np.where(swap, other, room), room + other
        limited = self.overdue_rows != ABSENT
        most = np.where(limited, self.tolerated + _at(upper, self.overdue), np.inf)
        all_room = np.minimum(all_room, np.maximum(most.min(axis=0, initial=np.inf), 0.0))
        room = np.minimum(room, all_room)
        late = np.where(limited, np.maximum(_at(costs, self.overdue), 0.0), 0.0)
        gained = (np.minimum(_at(costs, self.overdue), 0.0) * _at(upper, self.overdue)).sum(axis=(0, 2, 3))
        always = (late * np.maximum(-self.tolerated, 0.0)).sum(axis=(0, 2, 3))  # however short the queues are
        tolerated = np.clip(self.tolerated, 0.0, all_room)
        ends = np.sort(np.stack([room, all_room, *tolerated], axis=-1), axis=-1)
        starts = np.concatenate([np.zeros_like(ends[..., :1]), ends[..., :-1]], axis=-1)
        middle = (starts + ends) / 2.0
        rate = np.where(middle < room[..., None], first[..., None], second[..., None])
        rate = rate + (late[..., None] * (middle > tolerated[..., None])).sum(axis=0)
        amount, rate = _dearest_first(ends - starts, rate)
        # The dearest steps are beyond what waits at most; those that cost nothing are there anyway.
        after = amount[..., ::-1].cumsum(axis=3)[..., ::-1] - amount
        waits = np.where(rate > 0.0, np.clip(self.ready[..., None] - after, 0.0, amount), 0.0)
        gained += (np.minimum(rate, 0.0) * amount).sum(axis=(1, 2, 3))
        rate = np.maximum(rate, 0.0)
        paid = (rate * waits).sum(axis=(1, 2, 3))
        return Waiting(gained + always + paid, always + paid - gained, waits, rate)


@dataclass(frozen=True)
class Waiting:
    """What the queues of a block's offices cost at least."""

    cost: Vector  # (J,) without cards
    size: Vector  # (J,) the sum of the sizes of what it is made of
    amount: Vector  # (J, S, T, K) cards of which each saves the rate, the dearest first
    rate: Vector  # (J, S, T, K) currency per card and day, at least 0, falling

    def savings(self, *, tied: bool) -> Savings:
        """What cards save of it; `tied` to their stream while an office has the same cards."""
        amount, rate = _dearest_first(_by_day(self.amount), _by_day(self.rate))
        return Savings(amount, rate, *((self.amount, self.rate) if tied else ()))


def _at(values: Vector, columns: Indices) -> Vector:
    """Values of columns, 0 where there is none."""
    found: Vector = np.append(values, 0.0)[columns]  # ABSENT is -1, the last place
    return found


def _dearest_first(amount: Vector, rate: Vector) -> tuple[Vector, Vector]:
    """Steps (..., K) with their rates falling."""
    order = np.argsort(-rate, axis=-1, kind="stable")
    return np.take_along_axis(amount, order, -1), np.take_along_axis(rate, order, -1)


def _by_day(values: Vector) -> Vector:
    """(J, T, S x K) of (J, S, T, K)."""
    offices, streams, days, steps = values.shape
    return values.transpose(0, 2, 1, 3).reshape(offices, days, streams * steps)
