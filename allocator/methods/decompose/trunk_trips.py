"""Trips into depots pay for all of a trip: inequalities for the choice of trips.

In a linear relaxation a twentieth of a full trip pays a twentieth of its price, and branch and cut is busy
with that for long. But of what a trip brings into a depot, no more is taken before the next trips arrive
than the plans at hand take at most, and what is not taken is in stock by then:

    what it brings  <=  most that plans take * trip made + stock at the end + what is sent on otherwise

For one trip and a demand that is itself chosen these are the (l,S) inequalities of Barany, Van Roy and
Wolsey (1984). They hold for a choice from these plans, not for plans that may be found later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.instance.arrays import NOWHERE
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.choice import Option
from allocator.methods.decompose.plans import Plans
from allocator.milp.builder import ABSENT
from allocator.milp.formulation import Formulation
from allocator.milp.limits import arrival_days
from allocator.milp.model import Vector
from allocator.milp.sparse import short_indices

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class TrunkTrips:
    """Trips into the depots of a block (Q,), and what happens until the next ones arrive; all in cards."""

    brought: sp.csr_array  # (Q, n) of a pack that the trip brings, in columns of the records
    made: sp.csr_array  # (Q, n) 1 for the trip
    left: sp.csr_array  # (Q, n) stock at the end, and packs that are sent on other than by plans
    most: Vector  # (Q,) that the trip can bring
    reserve: Vector  # (Q,) that is in the depot all the time
    taken: sp.csr_array  # (Q, E) by packs of plans

    @classmethod
    def of(cls, formulation: Formulation, block: Block) -> TrunkTrips:
        """Those of a block of the model."""
        arrays, variables = formulation.instance.arrays, formulation.variables
        width = block.records.shape[1]
        position = np.full(formulation.model.shape[1] + 1, ABSENT)  # the last one for columns that are ABSENT
        position[block.columns] = np.arange(len(block.columns))
        lane, day, arrival = arrival_days(arrays)
        packs = position[variables.packs[lane, day]]
        into = (arrays.lane_destination_depot[lane] != NOWHERE) & (packs != ABSENT)
        lane, day, arrival, packs = lane[into], day[into], arrival[into], packs[into]
        trip = position[variables.trip[lane, day]]
        depot, origin = arrays.lane_destination_depot[lane], arrays.lane_origin_depot[lane]
        last = np.full(len(lane), arrays.days - 1)
        for number in np.unique(depot):
            own = depot == number
            days = np.append(np.unique(arrival[own]), arrays.days)
            last[own] = days[np.searchsorted(days, arrival[own], side="right")] - 1
        stock = position[variables.depot_stock[depot, last]]
        kept = (trip != ABSENT) & (stock != ABSENT)
        first, last, place, stock = arrival[kept], last[kept], depot[kept], stock[kept]

        def meanwhile(leaves: Indices, at: Indices) -> tuple[Indices, Indices]:
            """(trip, entry) of what leaves depots on these days, while the trip is the last that has come."""
            here = (place[:, None] == leaves) & (first[:, None] <= at) & (at <= last[:, None])
            row, entry = np.nonzero(here)
            return row.astype(np.int64), entry.astype(np.int64)

        pack = float(arrays.pack_size)
        count = len(first)
        every = np.arange(count)
        shipped = block.trips.lane >= 0
        by = np.where(shipped, block.trips.lane, 0)
        leaves = np.where(shipped, arrays.lane_origin_depot[by], NOWHERE)
        at = block.trips.arrival - arrays.lead_days[by]
        row, entry = meanwhile(leaves, at)
        taken = _matrix(row, entry, pack, (count, len(leaves)))
        passed_on = block.transshipment.packs[entry]
        row, passed_on = row[passed_on != ABSENT], passed_on[passed_on != ABSENT]
        further_row, further = meanwhile(origin, day)
        left = _matrix(every, stock, 1.0, (count, width))
        left = left + _matrix(row, passed_on, pack, (count, width))
        left = left + _matrix(further_row, packs[further], pack, (count, width))
        return cls(
            brought=_matrix(every, packs[kept], pack, (count, width)),
            made=_matrix(every, trip[kept], 1.0, (count, width)),
            left=sp.csr_array(left),
            most=pack * block.records.column_upper[packs[kept]],
            reserve=arrays.depot_reserve[place].astype(np.float64),
            taken=taken,
        )

    def tighten(self, option: Option, plans: Plans) -> Option:
        """The option with the inequalities for its plans that say anything, behind the senders' own rows."""
        taken = self.taken @ plans.packs.T.tocsc()  # (Q, P)
        at_most = np.zeros((len(self.most), int(plans.office.max(initial=-1)) + 1))
        entries = taken.tocoo()
        np.maximum.at(at_most, (entries.row, plans.office[entries.col]), entries.data)
        demand = at_most.sum(axis=1)
        tight = np.nonzero(demand < self.most)[0]
        if not len(tight):
            return option
        senders = option.senders
        rows = self.brought - sp.diags_array(demand) @ self.made - self.left
        extra = sp.csr_array(sp.csr_array(rows)[tight][:, senders.columns])
        none = sp.csr_array((len(tight), len(plans.office)))
        return replace(
            option,
            of_senders=sp.csr_array(sp.vstack([option.of_senders, none], format="csr")),
            senders=replace(
                senders,
                matrix=short_indices(sp.vstack([senders.matrix, extra], format="csr")),
                row_lower=np.append(senders.row_lower, np.full(len(tight), -np.inf)),
                row_upper=np.append(senders.row_upper, -self.reserve[tight]),
            ),
        )


def _matrix(row: Indices, column: Indices, value: float, shape: tuple[int, int]) -> sp.csr_array:
    return sp.csr_array((np.full(len(row), value), (row, column)), shape=shape)
