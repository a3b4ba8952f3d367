"""Packs at every place, trips already decided, and what a further trip may carry."""

from __future__ import annotations

import numpy as np

from allocator.instance.arrays import Counts
from allocator.instance.models import Instance
from allocator.methods.policies.network import Network, Route
from allocator.methods.policies.stores import Stores, Trial
from allocator.methods.policies.worth import Freight


class Logistics:
    """The exact state of all blanks and trips."""

    def __init__(self, instance: Instance, stores: Stores) -> None:
        self.arrays = arrays = instance.arrays
        self.stores = stores
        self.freight = Freight(instance)
        self.network = Network(arrays, self.freight)
        self.pack = arrays.pack_size
        self.packs = np.zeros(arrays.dispatchable.shape, dtype=np.int64)
        """(L, T) packs dispatched."""
        self.stock = arrays.depot_supply - arrays.depot_reserve[:, None]
        """(D, T) blanks above the reserve, as known today."""
        self._own = self.stock[:, 0].copy()
        self._sent_today = np.zeros_like(arrays.depot_reserve)
        self._day = 0

    @property
    def day(self) -> int:
        """Today."""
        return self._day

    @day.setter
    def day(self, day: int) -> None:
        if day > self._day:
            self._sent_today[:] = 0
            self._own += self.arrays.depot_supply[:, day] - self.arrays.depot_supply[:, self._day]
        self._day = self.stores.day = day

    def available(self) -> Counts:
        """(D + I,) packs that can leave each place today.

        Depots: what is there above the reserve, as far as today's limit allows. Offices: what they will
        not use before the end of the horizon.
        """
        depots = [self.available_at(depot) for depot in range(self.network.depots)]
        return np.concatenate([np.array(depots, dtype=np.int64), self.stores.lendable[:, self._day]])

    def available_at(self, place: int) -> int:
        """Packs that can leave one place today, see `available`."""
        depots = self.network.depots
        if place >= depots:
            return int(self.stores.lendable[place - depots, self._day])
        in_stock = int(self.stock[place, self._day :].min()) // self.pack
        return max(0, min(in_stock, int(self.arrays.depot_max_packs[place]) - int(self._sent_today[place])))

    def sources(self) -> list[int]:
        """The depots that have blanks of their own left, those with most in the whole horizon first.

        Where there are none, the offices that can lend, in file order.
        """
        total = self.arrays.depot_supply[:, -1] - self.arrays.depot_reserve
        ranking = np.argsort(-total, kind="stable").tolist()
        if depots := [depot for depot in ranking if self._own[depot] >= self.pack]:
            return depots
        return (self.network.depots + np.flatnonzero(self.stores.lendable[:, self._day] > 0)).tolist()

    def on_hand_or_coming(self, day: int) -> Counts:
        """(D,) packs above the reserve at each depot by a day, if nothing more is sent."""
        packs: Counts = self.stock[:, day] // self.pack
        return packs

    def load_limits(self, route: Route) -> tuple[int, int]:
        """The least and the most packs that can be added to the trips of a route."""
        least, most = 1, 2**62
        for leg in route:
            loaded = int(self.packs[leg.lane, leg.day])
            least = max(least, int(self.arrays.min_packs[leg.lane]) - loaded)
            most = min(most, int(self.arrays.max_packs[leg.lane]) - loaded)
        return least, most

    def fixed_price(self, route: Route) -> float:
        """Currency for the trips of a route that are not made anyway."""
        return float(sum(self.freight.fixed[leg.lane] for leg in route if not self.packs[leg.lane, leg.day]))

    def pack_price(self, route: Route) -> float:
        """Currency per pack on a route."""
        return float(sum(self.freight.per_pack[leg.lane] for leg in route))

    def idle_price(self, route: Route) -> float:
        """Currency per pack that lies in the office's store from its arrival to the end of the horizon."""
        return self.freight.idle_pack_day * (self.arrays.days - route[-1].arrival)

    def origin(self, route: Route) -> int:
        """The place a route begins at."""
        return int(self.network.origin[route[0].lane])

    def destination(self, route: Route) -> int:
        """The place a route ends at."""
        return int(self.network.destination[route[-1].lane])

    def fit(self, route: Route, packs: int, least: int) -> tuple[int, Trial | None]:
        """The most packs up to `packs` for which every store on the way has room; 0 if below `least`.

        With the trial of the office at the end of the route, if it is an office.
        """
        while packs >= least:
            trial: Trial | None = None
            excess = 0
            for number, leg in enumerate(route):
                office = int(self.network.destination[leg.lane]) - self.network.depots
                if office < 0:
                    continue
                leave = route[number + 1].day if number + 1 < len(route) else None
                trial = self.stores.try_packs(office, packs, leg.arrival, leave)
                excess = max(excess, trial.excess_packs)
            if not excess:
                return packs, trial
            packs -= excess
        return 0, None

    def send(self, route: Route, packs: int) -> None:
        """Decide the trips of a route."""
        origin = self.origin(route)
        cards = packs * self.pack
        if origin < self.network.depots:
            self.stock[origin, self._day :] -= cards
            self._sent_today[origin] += packs
            self._own[origin] = max(0, int(self._own[origin]) - cards)
        else:
            self.stores.remove_packs(origin - self.network.depots, packs, route[0].day)
        for number, leg in enumerate(route):
            self.packs[leg.lane, leg.day] += packs
            place = int(self.network.destination[leg.lane])
            if place < self.network.depots:
                self.stock[place, leg.arrival :] += cards
                continue
            leave = route[number + 1].day if number + 1 < len(route) else None
            self.stores.add_packs(place - self.network.depots, packs, leg.arrival, leave)
