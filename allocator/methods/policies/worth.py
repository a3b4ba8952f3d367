"""What a card is worth, at most, and what a trip costs: enough to tell trips that can't pay."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from allocator.instance.models import Instance

Money = NDArray[np.float64]


def card_values(instance: Instance) -> tuple[Money, Money]:
    """(I, T) what a card that exists at the end of the day can save at most; (I,) again after the last day.

    In currency. A card saves the waiting cost of a day, at the highest weight among the office's
    streams and as if the record had waited long enough for every overdue price; the store's cost of the
    blank it is made of; and the penalty of every promise on that day in whose scope the office is.
    """
    arrays, costs = instance.arrays, instance.costs
    weight = np.where(arrays.applied[:, :, -1] > 0, arrays.weight.astype(np.float64), 0.0).max(axis=1)
    waiting = weight * float(costs.waiting_day + sum(tier.per_day for tier in costs.overdue))
    blanks_per_card = 1000 / arrays.good_per_thousand
    daily = waiting + float(costs.idle_blank_day) * blanks_per_card
    values = np.repeat(daily[:, None], arrays.days, axis=1)
    for target, scope in zip(instance.targets, arrays.target_scope, strict=True):
        values[scope.any(axis=1), target.day] += float(target.penalty_per_record)
    return values, waiting * float(costs.end_days)


class Freight:
    """Prices of trips, in currency."""

    def __init__(self, instance: Instance) -> None:
        self.fixed = np.array([float(lane.fixed_cost) for lane in instance.lanes])
        self.per_pack = np.array([float(lane.cost_per_pack) for lane in instance.lanes])
        self.idle_pack_day = float(instance.costs.idle_blank_day) * instance.pack_size
        """A pack in an office's store for a day."""
