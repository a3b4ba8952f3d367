"""What offices are restocked with: trips into them, what is in stock, and how it is used up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from allocator.instance.arrays import NO_LIMIT, NOWHERE, InstanceArrays
from allocator.methods.decompose.blocks import marked
from allocator.methods.decompose.restocking import Depletion, Opportunities
from allocator.milp.builder import ABSENT
from allocator.milp.formulation import Formulation
from allocator.milp.limits import trip_limits
from allocator.milp.model import Vector

Indices = NDArray[np.int64]
Number = TypeVar("Number", np.float64, np.int64)


@dataclass(frozen=True)
class Journeys:
    """What else there is to know of trips (E,); ABSENT for what is in stock."""

    columns: Indices  # of the model: packs
    origin: Indices  # of the instance: the office that sends, ABSENT if a depot does
    dispatch: Indices  # day
    least: Indices  # packs
    fixed: Vector  # cost
    price: Vector  # cost per pack, idle blanks included


class OfficeTrips:
    """Trips into the offices of a nation, and what is in stock there."""

    def __init__(self, formulation: Formulation) -> None:
        variables, arrays = formulation.variables, formulation.instance.arrays
        self.formulation, self.arrays = formulation, arrays
        self.lends = np.zeros(len(arrays.max_blanks), dtype=np.bool_)  # (I,)
        self.lends[arrays.lane_origin_office[arrays.lane_origin_office != NOWHERE]] = True
        self.uneven = (np.diff(arrays.blanks, axis=1) % arrays.pack_size != 0).any(axis=1)
        self.good = arrays.good_per_thousand / 1000.0
        # Idle blanks cost by what is on hand: what has come, less what was printed.
        self.idle = float(formulation.instance.costs.idle_blank_day) / self.good  # (I,) per card and day
        columns = formulation.model.shape[1]
        into = arrays.lane_destination_office != NOWHERE
        self._into_offices = marked(columns, variables.packs[into])
        # Of every column that is packs its lane and day, ABSENT for the others.
        self.lane, self.day = np.full((2, columns), ABSENT, dtype=np.int64)
        lane, day = np.nonzero(variables.packs != ABSENT)
        self.lane[variables.packs[lane, day]] = lane
        self.day[variables.packs[lane, day]] = day
        self._limits = trip_limits(arrays)
        self._most_printed = _most_printed(arrays)

    def depletion(self, offices: Indices) -> Depletion:
        """What offices print from without trips; whole packs of those that lend come as a trip."""
        arrays, good = self.arrays, self.good[offices]
        blanks, lends = arrays.blanks[offices], self.lends[offices, None]
        # What is left besides whole packs is less after a delivery that makes a pack of it, and a pack may
        # be passed on before all of it is there: too much is safe.
        rest = np.maximum.accumulate(blanks % arrays.pack_size, axis=1)
        rest = rest + np.where(self.uneven[offices], arrays.pack_size - 1, 0)[:, None]
        unlimited = np.where(arrays.max_blanks[offices] == NO_LIMIT, np.inf, arrays.max_blanks[offices])
        return Depletion(
            stock=good[:, None] * np.where(lends, rest, blanks),
            pack=good * arrays.pack_size,
            printers=arrays.print_capacity[offices].astype(np.float64),
            applicants=self._most_printed[offices],
            # What is passed on is in the store as well, for how long is not known here.
            store=np.where(lends[:, 0], np.inf, good * unlimited),
        )

    def of(self, columns: Indices, offices: Indices, place: Indices) -> tuple[Opportunities, Journeys]:
        """Those among `columns` of the model to `offices`, and what is in stock of those that lend.

        `place` (I + 1,) says which of the offices one of the instance is.
        """
        arrays, lanes = self.arrays, self.formulation.instance.lanes
        trip_columns = columns[self.lane[columns] != ABSENT]
        trip_columns = trip_columns[self._into_offices[trip_columns]]
        lane, day = self.lane[trip_columns], self.day[trip_columns]
        office = place[arrays.lane_destination_office[lane]]
        arrival = day + arrays.lead_days[lane]
        cost_per_pack = np.array([float(lanes[each].cost_per_pack) for each in lane])
        fixed = np.array([float(lanes[each].fixed_cost) for each in lane])
        # What has come is idle from then on; what an office sends is no longer idle there.
        idle_blank = np.append(self.idle * self.good, 0.0) * arrays.pack_size
        price = cost_per_pack + idle_blank[offices[office]] * (arrays.days - arrival)
        origin, carrier, limit = arrays.lane_origin_office[lane], lane, self._limits[lane, day]
        price -= idle_blank[origin] * (arrays.days - day)
        room = np.minimum(
            arrays.max_packs[lane],
            np.append(arrays.depot_max_packs, NO_LIMIT)[arrays.lane_origin_depot[lane]],
        )
        whole = np.diff(arrays.blanks[offices] // arrays.pack_size, axis=1, prepend=0)
        lender, since = np.nonzero(whole * self.lends[offices, None])
        stock = whole[lender, since]
        least = np.where(self.lends[offices[office]], 1, arrays.min_packs[lane])
        nothing, absent, one = (
            np.zeros(len(stock)),
            np.full(len(stock), ABSENT),
            np.ones(len(stock), np.int64),
        )
        lane, arrival, office = (
            np.concatenate(part)
            for part in ((lane, -1 - np.arange(len(stock))), (arrival, since), (office, lender))
        )
        order = np.lexsort((lane, arrival, office))

        def sorted_together(of_lanes: NDArray[Number], of_stock: NDArray[Number]) -> NDArray[Number]:
            return np.concatenate([of_lanes, of_stock])[order]

        trips = Opportunities(
            office=office[order],
            lane=lane[order],
            arrival=arrival[order],
            least=sorted_together(least, one),
            most=sorted_together(limit, stock),
            room=sorted_together(room, stock),
        )
        return trips, Journeys(
            columns=sorted_together(trip_columns, absent),
            origin=sorted_together(origin, absent),
            dispatch=sorted_together(day, absent),
            least=sorted_together(arrays.min_packs[carrier], one),
            fixed=sorted_together(fixed, nothing),
            price=sorted_together(price, nothing),
        )


def _most_printed(arrays: InstanceArrays) -> Vector:
    """(I, T) cards that an office can have printed by the end of a day, for its applicants and link."""
    most = np.zeros(arrays.blanks.shape, dtype=np.int64)
    link = np.minimum(arrays.ingest_capacity, arrays.quota[None, :])
    ingestible = arrays.ingestible.sum(axis=1)
    ingested = np.zeros_like(most)
    so_far = np.zeros(len(most), dtype=np.int64)
    for day in range(arrays.days):
        so_far = np.minimum(np.minimum(so_far + link[:, day], ingestible[:, day]), arrays.storage[day])
        ingested[:, day] = so_far
    delay = min(arrays.processing_days, arrays.days)
    most += np.where(arrays.needs_ingestion[None, :, None], arrays.ready_from_before, arrays.applied).sum(
        axis=1
    )
    most[:, delay:] += ingested[:, : arrays.days - delay]
    return most.astype(np.float64)
