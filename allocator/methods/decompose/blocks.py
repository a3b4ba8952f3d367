"""Where the model falls apart once shared resources have prices: offices, and groups that lanes connect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.methods.decompose.kept import Kept
from allocator.methods.decompose.queues import Queues
from allocator.methods.decompose.restocking import Depletion, Opportunities
from allocator.methods.decompose.transshipment import Transshipment
from allocator.milp.builder import ABSENT
from allocator.milp.model import MilpModel, Vector

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Block(Kept):
    """Some components of the model: all that is needed to price them, and nothing else.

    `records` is the model of the records: what applicants, slots, printers and the stocks of depots that
    lanes fill have to obey, with one more row for each office and day: no more cards than its
    restocking has printed, which is left to the prices of those rows. Trips into offices are
    opportunities; where an office lends, packs that it does not keep are further columns of `records`:
    see `transshipment`.
    """

    offices: Indices  # (J,) of the instance
    columns: Indices  # (k,) of the model: the first columns of `records`
    ingest: Indices  # (q,) of `columns`: slots
    sent: Indices  # (c,) of the columns of `records`: packs and trips of depots, packs not kept
    records: MilpModel  # (m rows, n columns)
    linked: Indices  # (J, T) rows of `records`; ABSENT on days without printing
    queues: Queues
    depletion: Depletion
    trips: Opportunities  # `office` counts 0..J-1
    trip_columns: Indices  # (E,) of the model: packs; ABSENT for what is in stock
    transshipment: Transshipment
    fixed: Vector  # (E,)
    price: Vector  # (E,) cost per pack, idle blanks to the end of the horizon included
    full_worth: Vector  # (J, T) what a card earns a day if its record has waited long
    constant: Vector  # (C,) cost that no decision changes, by component
    use: sp.csr_array  # (resources, n)
    trip_use: sp.csr_array  # (resources, E) of a pack
    trip_rows: sp.csr_array  # (m, E) of a pack kept, in `records`
    open_rows: sp.csr_array  # (m, E) of a trip made, in `records`
    excess_rows: sp.csr_array  # (m, E) of a pack kept beyond the usual load, in `records`
    usual: Vector  # (E,) whole packs: what is counted as the usual load of a trip
    sender_rows: NDArray[np.bool_]  # (m,) what is sent on; without them, offices stand alone
    components: int  # C; the next four count 0..C-1
    row_component: Indices  # (m,)
    column_component: Indices  # (n,)
    office_component: Indices  # (J,)
    trip_component: Indices  # (E,)

    def read(self, vector: Vector) -> tuple[Vector, Vector]:
        """(n,) columns of the records and (E,) packs kept, in a vector of the model with whole packs."""
        point = np.zeros(self.records.shape[1])
        point[: len(self.columns)] = vector[self.columns]
        carried = np.where(self.trip_columns == ABSENT, self.trips.most, vector[self.trip_columns])
        carried = np.rint(carried).astype(np.float64)
        kept = carried - self.transshipment.passed_on(self.trips, carried, point)
        return self.transshipment.passing(point, carried, kept), kept

    def write(self, vector: Vector, point: Vector, packs: Vector) -> None:
        """Put columns of the records (n,) and packs kept (E,) into a vector of the model."""
        vector[self.columns] = point[: len(self.columns)]
        passed_on = self.transshipment.packs
        carried = packs + np.where(passed_on == ABSENT, 0.0, np.append(point, 0.0)[passed_on])
        shipped = self.trip_columns != ABSENT
        vector[self.trip_columns[shipped]] = carried[shipped]


def marked(columns: int, *indices: Indices) -> NDArray[np.bool_]:
    """(columns,) which are among these, some of which may be ABSENT."""
    marked = np.zeros(columns, dtype=np.bool_)
    for index in indices:
        marked[index[index != ABSENT]] = True
    return marked
