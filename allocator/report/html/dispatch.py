"""Every trip of the plan, as the dispatch calendar shows it."""

from __future__ import annotations

from typing import Any

import numpy as np

from allocator.instance.models import Instance
from allocator.verdict import Curves


def dispatch_data(instance: Instance, curves: Curves) -> dict[str, Any]:
    """`trips`, by day: [day, lane, packs]; `lanes` used: [from, to, lead_days, per trip, per pack]."""
    used = np.flatnonzero(curves.packs.sum(axis=1) > 0).tolist()
    position = {lane: number for number, lane in enumerate(used)}
    days, lanes = np.nonzero(curves.packs.T)
    return {
        "lanes": [_lane(instance, lane) for lane in used],
        "trips": [
            [day, position[lane], int(curves.packs[lane, day])]
            for day, lane in zip(days.tolist(), lanes.tolist(), strict=True)
        ],
    }


def _lane(instance: Instance, number: int) -> list[Any]:
    lane = instance.lanes[number]
    return [lane.origin, lane.destination, lane.lead_days, float(lane.fixed_cost), float(lane.cost_per_pack)]
