"""Trips on which packs beyond a usual load are cheaper: two trips in a search for which a pack has one price.

The one carries up to the usual load, the other more; its fixed price is dearer by what the rebate is for the
packs up to the load. The cheaper of the two is what the trip costs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.methods.decompose.restocking import Opportunities
from allocator.milp.model import Vector

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Twins:
    """Trips of a search (F,): those of a block (E,), some of which are followed by a twin."""

    opportunities: Opportunities  # (F,)
    trip: Indices  # (F,) which of the block's
    is_twin: NDArray[np.bool_]  # (F,) for more than the usual load

    @classmethod
    def of(cls, trips: Opportunities, usual: Vector, rebated: NDArray[np.bool_]) -> Twins:
        """With a twin for those `rebated` (E,) that can carry more than the usual load (E,)."""
        count = len(trips.office)
        load = usual.astype(np.int64)
        doubled = rebated & (trips.most > load)
        trip = np.append(np.arange(count), np.nonzero(doubled)[0])
        order = np.argsort(trip, kind="stable")
        trip, is_twin = trip[order], order >= count
        most, least = trips.most[trip], trips.least[trip]
        return cls(
            Opportunities(
                office=trips.office[trip],
                # A lane of its own: what it leaves to later trips, the other one would have to bring.
                lane=np.where(is_twin, trips.lane[trip] + 1 + trips.lane.max(initial=0), trips.lane[trip]),
                arrival=trips.arrival[trip],
                least=np.where(is_twin, np.maximum(least, load[trip] + 1), least),
                most=np.where(doubled[trip] & ~is_twin, np.minimum(most, load[trip]), most),
                room=trips.room[trip],
            ),
            trip,
            is_twin,
        )

    def together(self, packs: sp.csr_array, most: Indices) -> sp.csr_array:
        """(P, E) packs of the block's trips, of packs (P, F) in the search; no more than `most` (E,)."""
        count = len(self.trip)
        carried = sp.csr_array(
            packs @ sp.csr_array((np.ones(count), (np.arange(count), self.trip)), shape=(count, len(most)))
        )
        carried.data = np.minimum(carried.data, most[carried.indices])
        return carried
