"""Trips into depots pay for all of a trip: inequalities for records, and for the choice of trips.

In a linear relaxation a twentieth of a full trip pays a twentieth of its price: bounds are too low, and
branch and cut is busy with that for long. But what a trip brings into a depot is taken before the next trips
arrive, or in stock by then. With whatever is called the usual load of the trips that take it,

    what it brings  <=  usual loads * trip made  +  what is taken beyond these  +  stock at the end
                        +  what is sent on otherwise

which are the (l,S) inequalities of Barany, Van Roy and Wolsey (1984) for one trip, with a demand that is
itself chosen. Of plans that are known none takes more than the most of them: the usual load in a choice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.instance.arrays import NOWHERE
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.plans import Plans
from allocator.methods.decompose.programme import Option
from allocator.methods.decompose.senders import sends
from allocator.milp.builder import ABSENT
from allocator.milp.formulation import Formulation
from allocator.milp.limits import arrival_days
from allocator.milp.model import Vector
from allocator.milp.sparse import short_indices

Indices = NDArray[np.int64]
_USUAL = 0.3  # of the economic order quantity


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

    def strengthened(self, block: Block) -> Block:
        """The block, with the inequalities for usual loads that say anything as rows of its records."""
        demand = self.taken @ block.usual
        tight = np.nonzero(demand < self.most)[0]
        if not len(tight):
            return block
        none = sp.csr_array((len(tight), len(block.trips.office)))
        component = block.column_component[self.made[tight].indices]
        return replace(
            block,
            records=block.records.limited(self._rows(demand)[tight], -self.reserve[tight]),
            trip_rows=_below(block.trip_rows, none),
            open_rows=_below(block.open_rows, none),
            excess_rows=_below(block.excess_rows, -self.taken[tight]),
            sender_rows=np.append(block.sender_rows, np.ones(len(tight), dtype=np.bool_)),
            row_component=np.append(block.row_component, component),
        )

    def _rows(self, demand: Vector) -> sp.csr_array:
        """(Q, n) what trips bring, less a demand (Q,) if they are made, and less what is left."""
        return sp.csr_array(self.brought - sp.diags_array(demand) @ self.made - self.left)

    def tighten(self, option: Option, plans: Plans) -> Option:
        """The option with the inequalities for its plans behind the senders' own rows, as many for any plans.

        Those that say nothing are empty.
        """
        taken = self.taken @ plans.packs.T.tocsc()  # (Q, P)
        at_most = np.zeros((len(self.most), int(plans.office.max(initial=-1)) + 1))
        entries = taken.tocoo()
        np.maximum.at(at_most, (entries.row, plans.office[entries.col]), entries.data)
        demand = at_most.sum(axis=1)
        tight = demand < self.most
        senders, count = option.senders, len(tight)
        rows = sp.csr_array(sp.diags_array(tight.astype(np.float64)) @ self._rows(demand)[:, senders.columns])
        rows.eliminate_zeros()
        none = sp.csr_array((count, len(plans.office)))
        return replace(
            option,
            of_senders=_below(option.of_senders, none),
            senders=replace(
                senders,
                matrix=_below(senders.matrix, rows),
                row_lower=np.append(senders.row_lower, np.full(count, -np.inf)),
                row_upper=np.append(senders.row_upper, np.where(tight, -self.reserve, 0.0)),
            ),
        )


def with_trunk_trips(formulation: Formulation, block: Block) -> Block:
    """The block, strengthened by inequalities for trips into its depots."""
    if not sends(block):
        return block
    return TrunkTrips.of(formulation, block).strengthened(
        replace(block, usual=usual_loads(formulation, block))
    )


def usual_loads(formulation: Formulation, block: Block) -> Vector:
    """(E,) whole packs: a part of the economic order quantity (Harris 1913), by what an office needs a day.

    Any load gives valid inequalities. Smaller ones make trips pay for more, until all of a load is excess.
    """
    arrays = formulation.instance.arrays
    idle = float(formulation.instance.costs.idle_blank_day) * arrays.pack_size  # of a pack
    needed = np.maximum(block.depletion.applicants[:, -1] - block.depletion.stock[:, -1], 0.0)
    daily = (needed / block.depletion.pack / arrays.days)[block.trips.office]
    with np.errstate(divide="ignore", invalid="ignore"):
        quantity = np.sqrt(2.0 * block.fixed * daily / idle)
    loads = np.nan_to_num(np.ceil(_USUAL * quantity), posinf=np.inf)
    usual: Vector = np.clip(loads, block.trips.least, block.trips.most).astype(np.float64)
    return usual


def _below(first: sp.csr_array, second: sp.csr_array) -> sp.csr_array:
    """One matrix below the other."""
    return short_indices(sp.vstack([first, second], format="csr"))


def _matrix(row: Indices, column: Indices, value: float, shape: tuple[int, int]) -> sp.csr_array:
    return sp.csr_array((np.full(len(row), value), (row, column)), shape=shape)
