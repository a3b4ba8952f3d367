"""What cards save, once it is fixed which records are ingested when.

A card saves the price of a day of waiting, that of the tiers for which its record is overdue, the store's
cost of the blanks it is made of, and what its promise is worth on its day. Those of a day go to the records
that save the most on that day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from allocator.instance.arrays import Counts
from allocator.instance.models import Instance
from allocator.methods.decompose.restocking import Savings
from allocator.methods.decompose.spreading import spread_cards
from allocator.methods.rounding import printable_cards
from allocator.milp.states import stocks

Vector = NDArray[np.float64]
Indices = NDArray[np.int64]
Number = TypeVar("Number", np.float64, np.int64)
_COMING = (5, 15, 30, 60)  # days before a record is overdue, by which records are told apart


@dataclass(frozen=True)
class CardSavings:
    """Steps of what cards save by day, those of all streams in the order in which they save."""

    level: Vector  # (I, T, K) cards of the stream at the end of the step
    amount: Vector  # (I, T, K) cards of the step
    rate: Vector  # (I, T, K) currency per card and day, falling
    stream: Indices  # (I, T, K)
    stream_amount: Vector  # (I, S, T, L) cards of the steps of each stream, in the same order
    stream_rate: Vector  # (I, S, T, L)

    @classmethod
    def of(cls, instance: Instance, ready: Counts, target_prices: Vector) -> CardSavings:
        """Savings with records `ready` (I, S, T) by the day, and (targets,) prices of promised cards."""
        arrays, costs = instance.arrays, instance.costs
        offices, streams, days = arrays.shape
        once = np.ones(days)
        once[-1] += float(costs.end_days)
        weight = arrays.weight.astype(np.float64)
        idle = float(costs.idle_blank_day) * 1000.0 / arrays.good_per_thousand
        levels: list[Vector] = []
        rates: list[Vector] = []
        for waited in _ages(instance):
            until = ready if waited == 0 else np.minimum(arrays.applied_at_least(waited), ready)
            daily = float(costs.waiting_day)
            daily += float(sum(tier.per_day for tier in costs.overdue if tier.after_days <= waited))
            levels.append(until.astype(np.float64))
            rates.append(weight[:, :, None] * daily * once + idle[:, None, None])
        level, rate = np.stack(levels, axis=1), np.stack(rates, axis=1)  # (I, K, S, T)
        for k, target in enumerate(instance.targets):
            rate[:, :, :, target.day] += target_prices[k] * arrays.target_scope[k][:, None, :]
        amount = np.diff(level, axis=1, prepend=0.0)
        stream = np.broadcast_to(np.arange(streams)[None, None, :, None], level.shape)
        order = np.argsort(-rate.reshape(offices, -1, days), axis=1, kind="stable")  # the eldest first

        def in_order(values: NDArray[Number]) -> NDArray[Number]:
            taken = np.take_along_axis(values.reshape(offices, -1, days), order, axis=1)
            return np.ascontiguousarray(taken.transpose(0, 2, 1))

        def of_streams(values: Vector) -> Vector:
            return np.ascontiguousarray(values.transpose(0, 2, 3, 1))

        return cls(
            in_order(level),
            in_order(amount),
            in_order(rate),
            in_order(stream),
            of_streams(amount),
            of_streams(rate),
        )

    def of_offices(self, offices: Indices) -> CardSavings:
        """Those of some offices."""
        return CardSavings(
            self.level[offices],
            self.amount[offices],
            self.rate[offices],
            self.stream[offices],
            self.stream_amount[offices],
            self.stream_rate[offices],
        )

    def steps(self, *, tied: bool) -> Savings:
        """For the search, as if cards could go to other streams on any day.

        With `tied` only on days on which some are printed, which takes half as long again.
        """
        streams = (self.stream_amount, self.stream_rate) if tied else ()
        return Savings(self.amount, self.rate, *streams)

    def spread(self, office: Indices, printed: Vector) -> tuple[Vector, Vector]:
        """(P,) what cards `printed` (P, T) in offices (P,) save, and (P, S, T) whose they are, by the day."""
        result: tuple[Vector, Vector] = spread_cards(
            office, printed, self.level, self.amount, self.rate, self.stream, self.stream_rate.shape[1]
        )
        return result

    def print_all(self, instance: Instance, packs: Counts) -> Counts:
        """(I, S, T) cards of all offices, printed as soon as can be, with blanks of `packs` (L, T)."""
        arrays = instance.arrays
        most = printable_cards(arrays, stocks(arrays, packs)[0])
        speed = arrays.print_capacity
        ready = self.amount.sum(axis=2)
        printed = np.zeros(ready.shape)
        before = np.zeros(len(ready))
        for day in range(arrays.days):
            before = np.minimum(np.minimum(before + speed[:, day], ready[:, day]), most[:, day])
            printed[:, day] = before
        cards = self.spread(np.arange(len(ready)), printed)[1]
        until: Counts = np.rint(cards).astype(np.int64)
        return np.concatenate([until[:, :, :1], until[:, :, 1:] - until[:, :, :-1]], axis=2)


def _ages(instance: Instance) -> list[int]:
    """Days waited at which steps begin, the most first: of records that save the same the eldest go first."""
    days = {0}
    for tier in instance.costs.overdue:
        days |= {
            tier.after_days - coming
            for coming in (0, *_COMING)
            if coming < min(tier.after_days, instance.days)
        }
    return sorted(days, reverse=True)
