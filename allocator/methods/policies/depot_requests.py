"""Which depots ask for packs today: those whose offices will need more than is there and coming."""

from __future__ import annotations

import numpy as np

from allocator.instance.arrays import NOWHERE, Counts, Flags
from allocator.methods.policies.logistics import Logistics
from allocator.methods.policies.network import Leg, Route
from allocator.methods.policies.requests import COVER_DAYS, SAFETY_DAYS, Request, least_paying, round_packs
from allocator.methods.policies.supply import Supply
from allocator.methods.policies.worth import Money


class DepotRequests:
    """The ordering rule of depots that are supplied from elsewhere."""

    def __init__(self, logistics: Logistics) -> None:
        self._logistics = logistics
        network = logistics.network
        self._fed = [depot for depot in range(network.depots) if network.inbound[depot]]

    def collect(self, supply: Supply, settled: set[int]) -> list[Request]:
        """One request of each depot that asks and isn't `settled`."""
        requests: list[Request] = []
        if not self._fed:
            return requests
        stocked = self._logistics.available() > 0
        for depot in self._fed:
            if depot in settled:
                continue
            route = self._route(supply, depot, stocked) if supply.offices_below(depot).size else None
            if route is None:
                continue  # perhaps in the next round, when packs have come to where it is supplied from
            request = self._request(supply, depot, route)
            if request is None:
                settled.add(depot)
            else:
                requests.append(request)
        return requests

    def _route(self, supply: Supply, depot: int, stocked: Flags) -> Route | None:
        """The way by which packs that leave today arrive first; ties: the cheapest."""
        logistics = self._logistics
        network, day = logistics.network, logistics.day
        ways = [
            (day + int(network.lead[lane]), float(logistics.freight.fixed[lane]), lane)
            for lane in network.inbound[depot]
            if network.next_dispatch[lane, day] == day
            and stocked[network.origin[lane]]
            and supply.may_replenish(int(network.origin[lane]), depot)
        ]
        if ways:
            arrival, _, lane = min(ways)
            return (Leg(lane, day, arrival),)
        if not supply.is_remote(depot):
            return None
        allowed = [supply.may_replenish(place, depot) for place in range(network.places)]
        return network.routes_from(stocked & np.array(allowed), day).get(depot)

    def _request(self, supply: Supply, depot: int, route: Route) -> Request | None:
        """The need of the offices below for the cover period, if they need more than there is."""
        logistics = self._logistics
        last = logistics.arrays.days - 1
        below, offices = supply.depots_below(depot), supply.offices_below(depot)
        onward_days, onward_price = self._onward(supply, depot, offices)
        arrival = route[-1].arrival + onward_days
        reached = arrival <= last
        offices, arrival, onward_price = offices[reached], arrival[reached], onward_price[reached]
        if not offices.size:
            return None
        following = int(logistics.network.next_dispatch[route[0].lane, route[0].day + 1])
        wait = following - route[0].day if following <= last else last
        next_arrival = np.minimum(arrival + wait, last + 1)
        shortage = logistics.stores.next_shortage[offices, logistics.day]
        asks = shortage <= np.minimum(next_arrival + SAFETY_DAYS, last)
        if not asks.any():
            return None
        cover = np.minimum(np.maximum(arrival + COVER_DAYS, next_arrival + SAFETY_DAYS), last)
        missing, saved = self._needs(supply, offices, arrival, cover)
        benefit = saved - onward_price
        needs = np.where(benefit >= 0, missing, 0)
        position = {d: self._position(d, last) for d in below}
        urgent = self._net_need(supply, below, offices, np.where(asks, needs, 0), position)
        if urgent <= 0:
            return None
        amount = self._net_need(supply, below, offices, needs, position)
        least, most = logistics.load_limits(route)
        amount = min(max(amount, least), most)
        fixed, per_pack = logistics.fixed_price(route), logistics.pack_price(route)
        saved_per_pack = float(benefit[needs > 0].sum()) / max(1, int(needs.sum()))
        gain = (saved_per_pack - per_pack) * amount - fixed
        if least > amount or gain < 0:
            return None
        return Request(
            route, least_paying(amount, least, saved_per_pack * amount, fixed, per_pack), amount, gain
        )

    def _needs(
        self, supply: Supply, offices: Counts, arrival: Counts, through: Counts
    ) -> tuple[Counts, Money]:
        """Packs each office will need through a day, and what cards from that day on would save."""
        stores, day = self._logistics.stores, self._logistics.day
        packs = np.zeros(len(offices), dtype=np.int64)
        saved = np.zeros(len(offices))
        for number, office in enumerate(offices.tolist()):
            if stores.next_shortage[office, day] > through[number]:
                continue
            free = stores.print_freely(office, int(arrival[number]))
            missing = int(free[through[number] - day] - stores.possible[office, through[number]])
            if missing > 0:
                cards = stores.cards_per_pack(office)
                lane = supply.last_lane[supply.network.depots + office]
                packs[number] = max(self._logistics.arrays.min_packs[lane], round_packs(missing, cards))
                printed = np.minimum(free, stores.printed[office, day:] + int(packs[number] * cards))
                saved[number] = stores.saving(office, printed)
        return packs, saved

    def _position(self, depot: int, last: int) -> int:
        """Packs that are there or come by trips and deliveries in the time a trip would take."""
        logistics = self._logistics
        lead = max(int(logistics.network.lead[lane]) for lane in logistics.network.inbound[depot])
        return int(logistics.on_hand_or_coming(min(last, logistics.day + lead))[depot])

    @staticmethod
    def _net_need(
        supply: Supply, below: list[int], offices: Counts, needs: Counts, position: dict[int, int]
    ) -> int:
        """Packs that the last depot of `below` must get: needs less what each depot on the way has."""
        direct = supply.supplier[offices + supply.network.depots]
        net = {depot: int(needs[direct == depot].sum()) for depot in below}
        for depot in below:
            net[depot] = max(0, net[depot] - position[depot])
            parent = int(supply.supplier[depot])
            if depot != below[-1] and parent != NOWHERE:
                net[parent] += net[depot]
        return net[below[-1]]

    @staticmethod
    def _onward(supply: Supply, depot: int, offices: Counts) -> tuple[Counts, Money]:
        """Days and price from the depot to each office by the usual way."""
        keys = [supply.keys[supply.network.depots + office] for office in offices.tolist()]
        days = np.array([key[1] for key in keys]) - supply.keys[depot][1]
        return days.astype(np.int64), np.array([key[2] for key in keys]) - supply.keys[depot][2]
