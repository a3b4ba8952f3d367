"""The trips of each day: who asks, who gets what, and what is sent."""

from __future__ import annotations

import numpy as np

from allocator.instance.arrays import Counts
from allocator.instance.models import Instance
from allocator.methods.policies.depot_requests import DepotRequests
from allocator.methods.policies.logistics import Logistics
from allocator.methods.policies.requests import OfficeRequests, Request
from allocator.methods.policies.rule import PackRequests, Rule
from allocator.methods.policies.seniority import Seniority
from allocator.methods.policies.stores import Stores
from allocator.methods.policies.supply import Supply

_MOST_ROUNDS = 50
"""A day; two or three are usual, a chain of n depots with lead 0 takes n. A bound, come what may."""


class Queues:
    """The print-ready records without a card, as a day begins."""

    def __init__(self, seniority: Seniority, printed: Counts, ready: Counts) -> None:
        self.length = (ready - printed).sum(axis=1)
        """(I,) records."""
        self._seniority, self._printed, self._ready = seniority, printed, ready
        self._oldest: Counts | None = None

    @property
    def oldest(self) -> Counts:
        """(I,) the order of application of the longest-waiting; worked out when first asked for."""
        if self._oldest is None:
            self._oldest = self._seniority.oldest(self._printed, self._ready)
        return self._oldest


class Shipping:
    """The trips: requests are collected, shared out where they compete, and sent, as long as any can be."""

    def __init__(self, instance: Instance, stores: Stores, rule: Rule) -> None:
        self.logistics = Logistics(instance, stores)
        self._rule = rule
        self._offices = OfficeRequests(self.logistics, rule)
        self._depots = DepotRequests(self.logistics)
        self._supply: Supply | None = None
        self._supply_made_for: tuple[list[int], bytes] | None = None

    def decide(self, day: int, queues: Queues) -> None:
        """All trips of a day."""
        logistics = self.logistics
        logistics.day = day
        if not (logistics.network.next_dispatch[:, day] == day).any():
            return
        supply = self._current_supply()
        settled_offices: set[int] = set()
        settled_depots: set[int] = set()
        for number in range(_MOST_ROUNDS):
            first_round = number == 0
            requests = self._depots.collect(supply, settled_depots)
            requests += self._offices.collect(supply, queues.length, settled_offices, first_round)
            sent = self._share(supply, requests, queues)
            for request, packs in zip(requests, sent, strict=True):
                place = logistics.destination(request.route)
                # What got nothing in the first round may still get something from another depot.
                if packs >= request.most or (packs == 0 and not first_round):
                    self._settle(place, settled_offices, settled_depots)
            if not first_round and not any(sent):
                break

    def _settle(self, place: int, offices: set[int], depots: set[int]) -> None:
        if place < self.logistics.network.depots:
            depots.add(place)
        else:
            offices.add(place - self.logistics.network.depots)

    def _share(self, supply: Supply, requests: list[Request], queues: Queues) -> list[int]:
        """Packs sent for each request; competing requests to one place are shared out by the rule."""
        logistics = self.logistics
        sent = [0] * len(requests)
        by_origin: dict[int, list[int]] = {}
        for number, request in enumerate(requests):
            by_origin.setdefault(logistics.origin(request.route), []).append(number)
        for origin in sorted(by_origin):
            numbers = by_origin[origin]
            rivals = [requests[number] for number in numbers]
            available = logistics.available_at(origin)
            claims = self._compare(supply, rivals, queues)
            shares = self._rule.share_packs(available, claims)
            for number, request, share in zip(numbers, rivals, shares.tolist(), strict=True):
                sent[number] = self._send(request, share)
        return sent

    def _send(self, request: Request, packs: int) -> int:
        """Send what still fits: another request of this round may have changed the same trips or stores."""
        if packs == 0:
            return 0
        least, most = self.logistics.load_limits(request.route)
        packs = min(packs, most, self.logistics.available_at(self.logistics.origin(request.route)))
        packs, _ = self.logistics.fit(request.route, packs, max(1, least))
        if packs:
            self.logistics.send(request.route, packs)
        return packs

    def _compare(self, supply: Supply, requests: list[Request], queues: Queues) -> PackRequests:
        depots = self.logistics.network.depots
        places = [self.logistics.destination(request.route) for request in requests]
        offices = [
            supply.offices_below(place) if place < depots else np.array([place - depots]) for place in places
        ]
        return PackRequests(
            least=np.array([request.least for request in requests], dtype=np.int64),
            most=np.array([request.most for request in requests], dtype=np.int64),
            place=np.array(places, dtype=np.int64),
            queue=np.array([queues.length[below].sum() for below in offices], dtype=np.int64),
            all_queues=queues.length,
            oldest=lambda: np.array([queues.oldest[below].min() for below in offices], dtype=np.int64),
        )

    def _current_supply(self) -> Supply:
        """Who is supplied by whom; worked out anew when sources run dry or lanes close for good."""
        logistics = self.logistics
        day, days = logistics.day, logistics.arrays.days
        sources = logistics.sources()
        open_lanes = (logistics.network.next_dispatch[:, day] < days).tobytes()
        if self._supply is None or self._supply_made_for != (sources, open_lanes):
            self._supply = Supply.build(logistics.network, sources, day)
            self._supply_made_for = (sources, open_lanes)
        return self._supply
