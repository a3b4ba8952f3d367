"""Lateral transshipment: what offices that lend pass on, apart from what they keep (Paterson et al. 2011).

An office that lends decides of each pack when it gets it whether to keep it, for cards of its own, or to
pass it on. Nothing is lost by deciding so early: with M(t) the least stock from t on, what has come less
M(t) can go, and grows only when blanks come (all but a pack, where blanks come without a trip and in other
numbers: such an office has as much more in stock). So the plans of such an office are for the packs that
it keeps, as any other office's, and what it passes on are further columns of the records: packs, and trips
that bring nothing else.

    packs kept + packs passed on <= what a trip carries, if it is made for either
    packs sent to others by a day <= packs passed on by then

What is in stock comes as a trip that costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.methods.decompose.restocking import Opportunities
from allocator.milp.builder import ABSENT
from allocator.milp.model import Vector

Indices = NDArray[np.int64]
_NEARLY = 1e-6  # a whole pack


@dataclass(frozen=True)
class Balance:
    """Rows (b,): `records` @ point + `kept` @ packs kept + `made` @ trips made for them <= `upper`."""

    records: sp.csr_array  # (b, n)
    kept: sp.csr_array  # (b, E)
    made: sp.csr_array  # (b, E)
    upper: Vector  # (b,)
    office: Indices  # (b,)


@dataclass(frozen=True)
class Transshipment:
    """What the trips of a block (E,) have to do with offices that lend; offices as trips count them."""

    packs: Indices  # (E,) columns of the records: packs passed on, or left over; ABSENT where all are kept
    trip: Indices  # (E,) columns of the records: a trip for nothing else; ABSENT for what is in stock, too
    origin: Indices  # (E,) the office that sends; ABSENT if a depot does
    dispatch: Indices  # (E,) day; ABSENT for what is in stock
    least: Indices  # (E,) packs on a trip
    to_depots: Indices  # (R,) columns of the records: packs that offices send to depots
    to_depots_origin: Indices  # (R,) office
    to_depots_dispatch: Indices  # (R,) day
    blanks: Vector  # (J, T) that come without a trip, by the end of the day, in packs
    uneven: NDArray[np.bool_]  # (J,) whether such blanks come later on that are no whole packs

    def passed_on(self, trips: Opportunities, carried: Vector, point: Vector) -> Vector:
        """(E,) of the packs carried (E,) those that are passed on: all that need not stay.

        A pack made of blanks that come on different days is passed on with the first of them.
        """
        result = np.zeros(len(carried))
        days = self.blanks.shape[1]
        shipped = np.where(self.dispatch == ABSENT, 0.0, carried)
        for office in np.unique(trips.office[self.packs != ABSENT]):
            own, sent, to_depots = self._of(trips, office)
            left = np.zeros(days)
            np.add.at(left, self.dispatch[sent], carried[sent])
            np.add.at(left, self.to_depots_dispatch[to_depots], point[self.to_depots[to_depots]])
            come = np.zeros(days)
            np.add.at(come, trips.arrival[own], shipped[own])
            stock = come.cumsum() + self.blanks[office]
            least = np.minimum.accumulate((stock - left.cumsum())[::-1])[::-1]
            spare = stock - least
            free = np.ceil(spare - _NEARLY) if self.uneven[office] else np.floor(spare + _NEARLY)
            for day in np.unique(trips.arrival[own]):
                here = own[trips.arrival[own] == day]
                more = max(0.0, free[day] - result[own].sum())
                result[here] = np.diff(np.minimum(carried[here].cumsum(), more), prepend=0.0)
        return result

    def passing(self, point: Vector, carried: Vector, kept: Vector) -> Vector:
        """The records' columns (n,) with what is passed on of packs carried (E,)."""
        result = point.copy()
        lent, alone = self.packs != ABSENT, self.trip != ABSENT
        result[self.packs[lent]] = (carried - kept)[lent]
        result[self.trip[alone]] = ((carried > 0) & (kept == 0))[alone]
        return result

    def balance(self, trips: Opportunities, columns: int) -> Balance:
        """The rows, in so many columns of the records."""
        records, kept, made = _Entries(), _Entries(), _Entries()
        lent = np.nonzero(self.packs != ABSENT)[0]
        stocked = self.trip[lent] == ABSENT
        upper = [np.where(stocked, trips.most[lent], 0).astype(np.float64)]
        offices = [trips.office[lent]]
        few = lent[self.least[lent] > 1]
        first = 0
        for some, sign, limit in ((lent, 1.0, trips.most), (few, -1.0, self.least)):
            rows = first + np.arange(len(some))
            shipped = self.trip[some] != ABSENT
            records.add(rows, self.packs[some], sign)
            records.add(rows[shipped], self.trip[some[shipped]], -sign * limit[some[shipped]])
            kept.add(rows, some, sign)
            made.add(rows[shipped], some[shipped], -sign * limit[some[shipped]])
            first += len(some)
        upper.append(np.zeros(len(few)))
        offices.append(trips.office[few])
        for office in np.unique(trips.office[lent]):
            own, sent, to_depots = self._of(trips, office)
            further = sent[self.packs[sent] != ABSENT]
            days = np.unique(np.concatenate([self.dispatch[sent], self.to_depots_dispatch[to_depots]]))
            for entries, columns_of, when, sign in (
                (records, self.packs[own], trips.arrival[own], -1.0),
                (kept, sent, self.dispatch[sent], 1.0),
                (records, self.packs[further], self.dispatch[further], 1.0),
                (records, self.to_depots[to_depots], self.to_depots_dispatch[to_depots], 1.0),
            ):
                row, entry = np.nonzero(when[None, :] <= days[:, None])
                entries.add(first + row, columns_of[entry], sign)
            upper.append(np.zeros(len(days)))
            offices.append(np.full(len(days), office))
            first += len(days)
        return Balance(
            records.matrix(first, columns),
            kept.matrix(first, len(self.packs)),
            made.matrix(first, len(self.packs)),
            np.concatenate(upper),
            np.concatenate(offices),
        )

    def _of(self, trips: Opportunities, office: int) -> tuple[Indices, Indices, Indices]:
        """Trips into the office (places in E), out of it, and to depots (places in R)."""
        into, out = trips.office == office, self.origin == office
        return np.nonzero(into)[0], np.nonzero(out)[0], np.nonzero(self.to_depots_origin == office)[0]


class _Entries:
    """Entries of a sparse matrix, in parts."""

    def __init__(self) -> None:
        self._parts: list[tuple[Indices, Indices, Vector]] = []

    def add(self, rows: Indices, columns: Indices, values: Vector | float) -> None:
        self._parts.append((rows, columns, np.broadcast_to(np.asarray(values, np.float64), rows.shape)))

    def matrix(self, rows: int, columns: int) -> sp.csr_array:
        row, column, value = (np.concatenate(each) for each in zip(*self._parts, strict=True))
        return sp.csr_array((value, (row, column)), shape=(rows, columns))
