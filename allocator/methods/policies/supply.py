"""Who is usually supplied by whom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from allocator.instance.arrays import NOWHERE, Counts, Flags
from allocator.methods.policies.network import UNREACHED, Key, Network


@dataclass(frozen=True)
class Supply:
    """The tree of usual ways from the sources, which are the depots that have blanks of their own left.

    The usual way to a place has as few legs from office to office as possible, then the fewest days, then
    the lowest price. Where no depot has blanks of its own, the sources are the offices that can lend.
    """

    network: Network
    keys: list[Key]
    """By place: how far from its source."""
    last_lane: list[int]
    """By place: the lane by which it is usually supplied; NOWHERE for sources and unreached places."""
    supplier: Counts
    """(D + I,) the depot from which a place is usually supplied, perhaps through offices; NOWHERE."""
    is_source: Flags
    """(D,) whether the depot has blanks of its own left."""

    @classmethod
    def build(cls, network: Network, sources: list[int], day: int) -> Supply:
        """`sources` are places in order of rank."""
        keys, last = network.distances(sources, day)
        supplier = np.full(network.places, NOWHERE, dtype=np.int64)
        for place in sorted((p for p in range(network.places) if last[p] != NOWHERE), key=keys.__getitem__):
            origin = int(network.origin[last[place]])
            supplier[place] = origin if origin < network.depots else supplier[origin]
        is_source = np.zeros(network.depots, dtype=np.bool_)
        is_source[[place for place in sources if place < network.depots]] = True
        return cls(network, keys, last, supplier, is_source)

    def is_remote(self, place: int) -> bool:
        """Whether blanks reach the place through offices only, if at all."""
        lane = self.last_lane[place]
        if lane == NOWHERE:
            return place >= self.network.depots or not self.is_source[place]
        return int(self.network.origin[lane]) >= self.network.depots

    def may_replenish(self, origin: int, depot: int) -> bool:
        """Whether a depot may ask this origin: never one that is farther down, so packs don't circle."""
        if origin >= self.network.depots:
            return True
        return self.keys[origin] != UNREACHED and (
            self.keys[depot] == UNREACHED or self.keys[origin] < self.keys[depot]
        )

    def depots_below(self, depot: int) -> list[int]:
        """The depots that are supplied from this one, itself last, each after those that it supplies."""
        if depot not in self._depots_below:
            found = {depot}
            for other in self._depots_outwards:
                if int(self.supplier[other]) in found:
                    found.add(other)
            below = [other for other in reversed(self._depots_outwards) if other in found - {depot}]
            self._depots_below[depot] = [*below, depot]
        return self._depots_below[depot]

    def offices_below(self, depot: int) -> Counts:
        """The offices that get their blanks from this depot, directly or not."""
        if depot not in self._offices_below:
            supplier = self.supplier[self.network.depots :]
            self._offices_below[depot] = np.flatnonzero(np.isin(supplier, self.depots_below(depot)))
        return self._offices_below[depot]

    @cached_property
    def _depots_outwards(self) -> list[int]:
        """Depots that are supplied from another place, the nearest to the sources first."""
        depots = [depot for depot in range(self.network.depots) if self.last_lane[depot] != NOWHERE]
        return sorted(depots, key=self.keys.__getitem__)

    @cached_property
    def _depots_below(self) -> dict[int, list[int]]:
        return {}

    @cached_property
    def _offices_below(self) -> dict[int, Counts]:
        return {}
