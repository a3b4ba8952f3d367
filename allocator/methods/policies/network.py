"""Ways from place to place: usual suppliers, and routes through other offices.

Places are numbered depots first, then offices, each in file order.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from allocator.instance.arrays import NOWHERE, Counts, Flags, InstanceArrays
from allocator.methods.policies.worth import Freight

Key = tuple[int, float, float, int, int]
"""How far from a source: legs that begin at an office, days, price with one pack, legs, file order."""

UNREACHED: Key = (0, np.inf, np.inf, 0, 0)


@dataclass(frozen=True)
class Leg:
    """One trip of a route."""

    lane: int
    day: int
    """Of dispatch."""
    arrival: int


Route = tuple[Leg, ...]
"""Trips from a place with packs to the place that asks, through offices that only pass packs on."""


class Network:
    """The lanes of an instance as a graph."""

    def __init__(self, arrays: InstanceArrays, freight: Freight) -> None:
        self.depots = len(arrays.depot_reserve)
        self.places = self.depots + len(arrays.max_blanks)
        self.origin = _places(arrays.lane_origin_depot, arrays.lane_origin_office, self.depots)
        self.destination = _places(arrays.lane_destination_depot, arrays.lane_destination_office, self.depots)
        self.lead = arrays.lead_days
        self.days = arrays.days
        self.next_dispatch = _next_dispatch(arrays.dispatchable)
        """(L, T + 1) the first day from then on on which a trip can start; T: none."""
        self._price = freight.fixed + freight.per_pack
        self.outbound: list[list[int]] = [[] for _ in range(self.places)]
        self.inbound: list[list[int]] = [[] for _ in range(self.places)]
        for lane, (origin, destination) in enumerate(
            zip(self.origin.tolist(), self.destination.tolist(), strict=True)
        ):
            self.outbound[origin].append(lane)
            self.inbound[destination].append(lane)
        self.next_arrival = self._next_arrival()
        """(L, T) when the next trip but today's would arrive; T: no more trips."""

    def trip(self, lane: int, day: int) -> Leg | None:
        """The first trip on a lane from a day on."""
        dispatch = int(self.next_dispatch[lane, day])
        return None if dispatch == self.days else Leg(lane, dispatch, dispatch + int(self.lead[lane]))

    def distances(self, sources: list[int], day: int) -> tuple[list[Key], list[int]]:
        """Each place's distance from the nearest source and its last lane (NOWHERE at sources).

        `sources` are in order of rank. Lanes on which no trip starts any more don't count.
        """
        keys: list[Key] = [UNREACHED] * self.places
        last = [NOWHERE] * self.places
        heap: list[tuple[Key, int]] = []
        for rank, place in enumerate(sources):
            keys[place] = (0, 0.0, 0.0, 0, rank)
            heap.append((keys[place], place))
        usable = (self.next_dispatch[:, day] < self.days).tolist()
        while heap:
            key, place = heapq.heappop(heap)
            if key > keys[place]:
                continue
            for lane in self.outbound[place]:
                target = int(self.destination[lane])
                new = (
                    key[0] + (place >= self.depots),
                    key[1] + int(self.lead[lane]),
                    key[2] + float(self._price[lane]),
                    key[3] + 1,
                    target,
                )
                if usable[lane] and (keys[target] == UNREACHED or new < keys[target]):
                    keys[target], last[target] = new, lane
                    heapq.heappush(heap, (new, target))
        return keys, last

    def routes_from(self, stocked: Flags, day: int) -> dict[int, Route]:
        """The earliest-arriving route to each place that starts today at a place that has packs.

        It passes through offices only, and leaves each of them by the first trip. Ties: the lower price.
        """
        best: dict[int, tuple[float, float]] = {}
        via: dict[int, tuple[Leg, int]] = {}
        heap: list[tuple[float, float, int]] = []
        for place in np.flatnonzero(stocked).tolist():
            best[place] = (day, 0.0)
            heap.append((day, 0.0, place))
        heapq.heapify(heap)
        while heap:
            arrival, price, place = heapq.heappop(heap)
            if (arrival, price) > best[place] or (place in via and place < self.depots):
                continue
            for lane in self.outbound[place]:
                leg, target = self.trip(lane, int(arrival)), int(self.destination[lane])
                if leg is None or (place not in via and leg.day > day):
                    continue
                new = (leg.arrival, price + float(self._price[lane]))
                if new < best.get(target, (np.inf, np.inf)) and not stocked[target]:
                    best[target], via[target] = new, (leg, place)
                    heapq.heappush(heap, (*new, target))
        return {place: _trace(via, place) for place in via}

    def _next_arrival(self) -> Counts:
        following = self.next_dispatch[:, 1:]
        return np.where(following < self.days, following + self.lead[:, None], self.days)


def _trace(via: dict[int, tuple[Leg, int]], place: int) -> Route:
    legs: list[Leg] = []
    while place in via:
        leg, place = via[place]
        legs.append(leg)
    return tuple(reversed(legs))


def _places(depot: Counts, office: Counts, depots: int) -> Counts:
    return np.where(depot != NOWHERE, depot, depots + office)


def _next_dispatch(dispatchable: Flags) -> Counts:
    lanes, days = dispatchable.shape
    first = np.full((lanes, days + 1), days, dtype=np.int64)
    first[:, :days] = np.where(dispatchable, np.arange(days), days)
    return np.minimum.accumulate(first[:, ::-1], axis=1)[:, ::-1]
