"""Which offices ask for packs today, by which way, and for how many."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from allocator.instance.arrays import Counts, Flags
from allocator.methods.policies.logistics import Logistics
from allocator.methods.policies.network import Leg, Route
from allocator.methods.policies.rule import Rule
from allocator.methods.policies.supply import Supply

SAFETY_DAYS = 5
"""An office asks so that it has blanks for five more days when the next trip arrives (Tapin: asks at
1,000 left, at 200 cards a day)."""

COVER_DAYS = 25
"""It asks for blanks for 25 days from the arrival on (Tapin: 5,000 at 200 cards a day)."""


@dataclass(frozen=True)
class Request:
    """Packs wanted by one place, by one way."""

    route: Route
    least: int
    """Packs below which the trip is not allowed or can't pay."""
    most: int
    """Packs asked for."""
    benefit: float
    """Currency saved less what the trips cost, at most."""


class OfficeRequests:
    """The ordering rule of the offices; see `simulation.simulate` for it in words."""

    def __init__(self, logistics: Logistics, rule: Rule) -> None:
        self._logistics = logistics
        self._rule = rule
        network, arrays = logistics.network, logistics.arrays
        self._lane_office = network.destination - network.depots
        self._office_lanes = np.flatnonzero(self._lane_office >= 0)
        latest = network.next_arrival + SAFETY_DAYS
        self._asks_before = np.where(network.next_arrival < arrays.days, latest, arrays.days)
        """(L, T) an office that would run out on this day or before doesn't wait for the next trip."""
        self._hopeless = np.zeros(len(network.origin), dtype=np.bool_)
        """(L,) lanes by which no number of packs can pay any more; the later the less."""

    def collect(self, supply: Supply, queues: Counts, settled: set[int], first_round: bool) -> list[Request]:
        """The best request of each office that asks and isn't `settled`; who can't ask is settled."""
        logistics = self._logistics
        network, day, stores = logistics.network, logistics.day, logistics.stores
        available = logistics.available()
        lanes = self._office_lanes
        offices, origins = self._lane_office[lanes], network.origin[lanes]
        asks = stores.next_shortage[offices, day] < np.minimum(
            self._asks_before[lanes, day] + 1, logistics.arrays.days
        )
        asks &= (network.next_dispatch[lanes, day] == day) & (available[origins] > 0) & ~self._hopeless[lanes]
        asks &= self._permitted(supply, offices, origins, first_round)
        routes: dict[int, list[Route]] = {}
        for lane, office in zip(lanes[asks].tolist(), offices[asks].tolist(), strict=True):
            if office not in settled:
                leg = Leg(lane, day, day + int(network.lead[lane]))
                routes.setdefault(office, []).append((leg,))
        self._add_remote(supply, available > 0, settled, routes)
        allotments = self._rule.allotments(queues)
        requests = []
        for office in sorted(routes):
            request = self._best(
                office, routes[office], available, None if allotments is None else float(allotments[office])
            )
            if request is None:
                settled.add(office)
            else:
                requests.append(request)
        return requests

    def _permitted(self, supply: Supply, offices: Counts, origins: Counts, first_round: bool) -> Flags:
        """Which lanes an office may use: its usual depot's, and others' where that makes sense.

        Any source if its usual depot is one; any office that can lend; and in later rounds, if its usual
        depot has nothing and nothing is coming, any depot.
        """
        logistics = self._logistics
        depots = logistics.network.depots
        supplier = supply.supplier[offices + depots]
        permitted: Flags = (origins >= depots) | (origins == supplier) | (supplier < 0)
        if not depots:
            return permitted
        source = np.append(supply.is_source, False)
        permitted |= source[supplier] & source[np.minimum(origins, depots)]
        if not first_round:
            dry = np.append(logistics.on_hand_or_coming(logistics.arrays.days - 1) == 0, False)
            permitted |= dry[supplier]
        return permitted

    def _add_remote(
        self, supply: Supply, stocked: Flags, settled: set[int], routes: dict[int, list[Route]]
    ) -> None:
        """Ways through other offices, for offices that blanks reach only so."""
        logistics = self._logistics
        network, day, days = logistics.network, logistics.day, logistics.arrays.days
        short = np.flatnonzero(logistics.stores.next_shortage[:, day] < days).tolist()
        remote = [office for office in short if supply.is_remote(network.depots + office)]
        if not remote:
            return
        earliest = network.routes_from(stocked, day)
        for office in remote:
            route = earliest.get(network.depots + office)
            if route is None or len(route) < 2 or office in settled:
                continue
            if logistics.stores.next_shortage[office, day] <= self._next_arrival(route) + SAFETY_DAYS:
                routes.setdefault(office, []).append(route)

    def _next_arrival(self, route: Route) -> int:
        """When packs would arrive that start on the next occasion but today."""
        network = self._logistics.network
        if len(route) == 1:
            return int(network.next_arrival[route[0].lane, route[0].day])
        following = int(network.next_dispatch[route[0].lane, route[0].day + 1])
        if following == network.days:
            return network.days
        return min(network.days, following + route[-1].arrival - route[0].day)

    def _best(
        self, office: int, routes: list[Route], available: Counts, allotment: float | None
    ) -> Request | None:
        best: Request | None = None
        for route in routes:
            request = self._request(office, route, int(available[self._logistics.origin(route)]), allotment)
            if request is not None and (best is None or request.benefit > best.benefit):
                best = request
        return best

    def _request(self, office: int, route: Route, available: int, allotment: float | None) -> Request | None:
        """What the office asks for by this way, if that can pay."""
        logistics = self._logistics
        stores, day, last = logistics.stores, logistics.day, logistics.arrays.days - 1
        least, most = logistics.load_limits(route)
        if least > min(most, available):
            return None
        arrival = route[-1].arrival
        fixed, per_pack = logistics.fixed_price(route), logistics.pack_price(route)
        free = stores.print_freely(office, arrival)
        if stores.saving(office, free) < fixed + least * per_pack:
            if len(route) == 1 and least == 1:
                self._hopeless[route[0].lane] = True
            return None
        per_pack += logistics.idle_price(route)
        missing = free - stores.possible[office, day:]
        through = min(last, max(arrival + COVER_DAYS, self._next_arrival(route) + SAFETY_DAYS))
        cards_per_pack = stores.cards_per_pack(office)
        whole_need = round_packs(int(missing[-1]), cards_per_pack)
        wanted = min(whole_need, round_packs(int(missing[through - day]), cards_per_pack))
        if wanted == 0:
            return None
        if allotment is not None:
            wanted = min(whole_need, max(1, round_packs(allotment, cards_per_pack)))
        for amount in (wanted, whole_need):
            packs, trial = logistics.fit(route, min(max(amount, least), most), least)
            if trial is None:
                return None
            saved = stores.saving(office, trial.printed)
            benefit = saved - fixed - packs * per_pack
            if benefit >= 0:
                return Request(route, least_paying(packs, least, saved, fixed, per_pack), packs, benefit)
        return None


def round_packs(cards: float, cards_per_pack: float) -> int:
    """Rounded to the nearest, but at least one for any card."""
    return max(1, math.floor(cards / cards_per_pack + 0.5)) if cards > 0 else 0


def least_paying(packs: int, least: int, saved: float, fixed: float, per_pack: float) -> int:
    """Packs that pay for the trip for certain: the first packs of a load save the most."""
    margin = saved / packs - per_pack
    paying = packs if margin <= 0 else math.ceil(fixed / margin)
    return min(packs, max(least, paying))
