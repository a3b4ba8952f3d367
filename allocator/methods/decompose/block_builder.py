"""A block made of rows and columns of the model: records on one side, trips into offices on the other."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.instance.arrays import NOWHERE
from allocator.methods.decompose.blocks import Block, marked
from allocator.methods.decompose.components import at_labels
from allocator.methods.decompose.couplings import Couplings
from allocator.methods.decompose.office_trips import OfficeTrips
from allocator.methods.decompose.queues import Queues
from allocator.methods.decompose.transshipment import Transshipment
from allocator.milp.builder import ABSENT
from allocator.milp.formulation import Formulation
from allocator.milp.model import MilpModel, Vector
from allocator.milp.printed import printed_without_queues
from allocator.milp.sparse import short_indices

Indices = NDArray[np.int64]
Number = TypeVar("Number", np.float64, np.int64)
_STOCK_ROWS = ("6_blanks", "8_store", "9_trip", "9_least_load", "10_depot", "11_depot_handling")


class BlockBuilder:
    """Builds the blocks of a model; it holds what is the same for all of them."""

    def __init__(self, formulation: Formulation, couplings: Couplings) -> None:
        self.formulation = formulation
        model, variables, arrays = formulation.model, formulation.variables, formulation.instance.arrays
        self.arrays = arrays
        offices = len(arrays.max_blanks)
        self.trips = OfficeTrips(formulation)
        into = arrays.lane_destination_office != NOWHERE
        self.office_rows, self.stock_rows = _rows_of_stocks(model, into)
        # What a column is called in its block; columns of rows of a block are in no other.
        self.position = np.full(model.shape[1], ABSENT, dtype=np.int64)
        self.trip_position = self.position.copy()
        self.row_position = np.full(model.shape[0], ABSENT, dtype=np.int64)
        self.use = sp.csc_array(couplings.use)
        self.restocked = marked(
            model.shape[1],
            variables.blanks,
            variables.printed,
            variables.packs[into],
            variables.trip[into],
        )
        self.ingest = marked(model.shape[1], variables.ingest)
        self.shipped = marked(model.shape[1], variables.packs, variables.trip)
        to_depots = (arrays.lane_origin_office != NOWHERE) & (arrays.lane_destination_office == NOWHERE)
        self.sent_to_depots = marked(model.shape[1], variables.packs[to_depots])  # by offices
        self.upper = self._finite_upper()
        self.blank_office = np.full(model.shape[1], ABSENT, dtype=np.int64)
        self.blank_office[variables.blanks[:, 0]] = np.arange(offices)
        idle, good = self.trips.idle, self.trips.good
        objective = model.objective.copy()
        self.ready = printed_without_queues(arrays)
        self.all_ready = self.ready.sum(axis=1)  # (I, T)
        delay = arrays.processing_days
        extra = idle[:, None, None]
        self._add(objective, variables.waiting, extra)
        if delay < arrays.days:
            self._add(objective, variables.not_ingested[:, :, : arrays.days - delay], extra)
        lane, day = np.nonzero((variables.packs != ABSENT) & to_depots[:, None])
        idle_blank = (idle * good)[arrays.lane_origin_office[lane]]
        objective[variables.packs[lane, day]] -= idle_blank * arrays.pack_size * (arrays.days - day)
        self.objective = objective
        self._find_queues()
        costs = formulation.instance.costs
        once = np.ones(arrays.days)
        once[-1] += float(costs.end_days)
        weight = arrays.weight.astype(np.float64).max(axis=1, initial=0.0)
        self.full_worth = weight[:, None] * float(costs.waiting_day) * once + idle[:, None]

    def _find_queues(self) -> None:
        """Of records that are overdue (tiers, I, S, T) columns, rows, and what may wait before they count."""
        formulation = self.formulation
        arrays, tiers = formulation.instance.arrays, formulation.instance.costs.overdue
        delay = min(arrays.processing_days, arrays.days)
        self.unprintable = np.full(arrays.shape, ABSENT, dtype=np.int64)
        self.unprintable[:, :, delay:] = formulation.variables.not_ingested[:, :, : arrays.days - delay]
        shape = (len(tiers), *arrays.shape)
        self.overdue = np.full(shape, ABSENT, dtype=np.int64)
        self.overdue_rows, self.tolerated = self.overdue.copy(), np.zeros(shape)
        rows = {block.name: block for block in formulation.model.rows}
        could_be_printed = printed_without_queues(arrays)
        for k, tier in enumerate(tiers):
            self.overdue[k] = formulation.variables.overdue[k]
            self.tolerated[k] = could_be_printed - arrays.applied_at_least(tier.after_days)
            block = rows[f"overdue_{tier.after_days}_days"]
            self.overdue_rows[k][tuple(block.places.T)] = block.start + np.arange(block.size)

    @staticmethod
    def _add(objective: Vector, index: Indices, amount: Vector) -> None:
        present = index != ABSENT
        objective[index[present]] += np.broadcast_to(amount, index.shape)[present]

    def _finite_upper(self) -> Vector:
        """Upper bounds of columns, made finite by what can be there at all."""
        model, variables, arrays = (
            self.formulation.model,
            self.formulation.variables,
            self.formulation.instance.arrays,
        )
        upper = model.column_upper.copy()
        everything = float(arrays.depot_supply[:, -1].sum() + arrays.blanks[:, -1].sum())
        promised = float(arrays.applied[:, :, -1].sum())
        for index, most in (
            (variables.waiting, arrays.applied),
            *((overdue, arrays.applied) for overdue in variables.overdue),
            (variables.blanks, everything),
            (variables.printed, promised),
            (variables.depot_stock, everything),
            (variables.shortfall, promised),
        ):
            present = index != ABSENT
            limit = np.broadcast_to(np.asarray(most, dtype=np.float64), index.shape)[present]
            upper[index[present]] = np.minimum(upper[index[present]], limit)
        return upper

    def block(
        self,
        rows: Indices,
        columns: Indices,
        row_component: Indices,
        column_component: Indices,
        components: int,
    ) -> Block:
        """The block made of these rows and columns of the model, given the components of all."""
        model, variables, arrays, position = (
            self.formulation.model,
            self.formulation.variables,
            self.arrays,
            self.position,
        )
        kept_rows = rows[~self.office_rows[rows]]
        kept = columns[~self.restocked[columns]]
        offices = self.blank_office[columns]
        offices = offices[offices != ABSENT]
        place = np.full(len(arrays.max_blanks) + 1, ABSENT, dtype=np.int64)
        place[offices] = np.arange(len(offices))
        position[kept] = np.arange(len(kept))
        self.row_position[kept_rows] = np.arange(len(kept_rows))
        # Links: sum over streams of R = all that could be ready - V - W <= what restocking prints.
        printing = (arrays.print_capacity[offices] > 0) & (self.all_ready[offices] > 0)
        links = int(printing.sum())
        linked = np.full(printing.shape, ABSENT, dtype=np.int64)
        linked[printing] = len(kept_rows) + np.arange(links)
        link_entries = self._link_entries(offices, linked, position)
        link_matrix = sp.csr_array(
            (np.full(len(link_entries[0]), -1.0), (link_entries[0] - len(kept_rows), link_entries[1])),
            shape=(links, len(kept)),
        )
        trips, of_trips = self.trips.of(columns, offices, place)
        elsewhere = kept[(self.trips.lane[kept] != ABSENT) & self.sent_to_depots[kept]]
        # Sending on what nobody needs pays where days in transit cost less than days in store.
        lent = np.nonzero(self.trips.lends[offices][trips.office] | (of_trips.price < 0.0))[0]
        alone = lent[of_trips.columns[lent] != ABSENT]
        passing = np.concatenate([lent, alone])  # trips of the columns of what is passed on
        transshipment = Transshipment(
            packs=_numbered(lent, len(kept), len(trips.office)),
            trip=_numbered(alone, len(kept) + len(lent), len(trips.office)),
            origin=place[of_trips.origin],
            dispatch=of_trips.dispatch,
            least=of_trips.least,
            to_depots=position[elsewhere],
            to_depots_origin=place[arrays.lane_origin_office[self.trips.lane[elsewhere]]],
            to_depots_dispatch=self.trips.day[elsewhere],
            blanks=arrays.blanks[offices] / arrays.pack_size,
            uneven=self.trips.uneven[offices],
        )
        balance = transshipment.balance(trips, len(kept) + len(passing))
        # A pack passed on takes from depots and resources what one that is kept does.
        is_pack = sp.diags_array((np.arange(len(passing)) < len(lent)).astype(np.float64), format="csr")
        shipped = of_trips.columns != ABSENT
        self.trip_position[of_trips.columns[shipped]] = np.nonzero(shipped)[0]
        own_rows = sp.csr_array(model.matrix[kept_rows])
        of_depots = _renumbered(own_rows, self.trip_position, len(trips.office))
        trip_use = sp.csr_array(self.use[:, of_trips.columns] @ sp.diags_array(1.0 * shipped, format="csr"))
        no_links = sp.csr_array((links, len(trips.office)))
        ready = self.all_ready[offices]
        records = MilpModel(
            name="records",
            objective=np.concatenate([self.objective[kept], of_trips.price[lent], of_trips.fixed[alone]]),
            offset=0.0,
            matrix=short_indices(
                sp.vstack(
                    [
                        sp.hstack(
                            [_renumbered(own_rows, position, len(kept)), of_depots[:, passing] @ is_pack]
                        ),
                        sp.hstack([link_matrix, no_links[:, passing]]),
                        balance.records,
                    ],
                    format="csr",
                )
            ),
            row_lower=np.concatenate(
                [model.row_lower[kept_rows], np.full(links + len(balance.upper), -np.inf)]
            ),
            row_upper=np.concatenate(
                [model.row_upper[kept_rows], -ready[printing].astype(np.float64), balance.upper]
            ),
            column_lower=np.append(model.column_lower[kept], np.zeros(len(passing))),
            column_upper=np.concatenate([self.upper[kept], trips.most[lent], np.ones(len(alone))]),
            integer=np.append(model.integer[kept], np.ones(len(passing), dtype=np.bool_)),
        )
        office_component = column_component[variables.blanks[offices, 0]]
        good = self.trips.good[offices]
        constant = self.trips.idle[offices] * (good[:, None] * arrays.blanks[offices] - ready).sum(axis=1)
        trip_component = office_component[trips.office]
        return Block(
            offices=offices,
            columns=kept,
            ingest=np.nonzero(self.ingest[kept])[0],
            sent=np.append(np.nonzero(self.shipped[kept])[0], len(kept) + np.arange(len(passing))),
            records=records,
            linked=linked,
            queues=self._queues(offices),
            depletion=self.trips.depletion(offices),
            trips=trips,
            trip_columns=of_trips.columns,
            transshipment=transshipment,
            fixed=of_trips.fixed,
            price=of_trips.price,
            full_worth=self.full_worth[offices],
            constant=np.bincount(office_component, constant, components).astype(np.float64),
            use=sp.csr_array(sp.hstack([self.use[:, kept], trip_use[:, passing] @ is_pack], format="csr")),
            trip_use=trip_use,
            trip_rows=sp.csr_array(sp.vstack([of_depots, no_links, balance.kept], format="csr")),
            open_rows=sp.csr_array(
                sp.vstack([sp.csr_array(of_depots.shape), no_links, balance.made], format="csr")
            ),
            excess_rows=sp.csr_array((len(kept_rows) + links + len(balance.upper), len(trips.office))),
            usual=trips.most.astype(np.float64),
            sender_rows=np.concatenate(
                [
                    self.stock_rows[kept_rows],
                    np.zeros(links, dtype=np.bool_),
                    np.ones(len(balance.upper), dtype=np.bool_),
                ]
            ),
            components=components,
            row_component=np.concatenate(
                [
                    row_component[kept_rows],
                    np.repeat(office_component, printing.sum(axis=1)),
                    office_component[balance.office],
                ]
            ),
            column_component=np.append(column_component[kept], trip_component[passing]),
            office_component=office_component,
            trip_component=trip_component,
        )

    def _queues(self, offices: Indices) -> Queues:
        """Where the queues of offices are in the block whose columns and rows have their positions."""
        variables = self.formulation.variables
        return Queues(
            waiting=at_labels(self.position, variables.waiting[offices]),
            unprintable=at_labels(self.position, self.unprintable[offices]),
            overdue=at_labels(self.position, self.overdue[:, offices]),
            overdue_rows=at_labels(self.row_position, self.overdue_rows[:, offices]),
            tolerated=self.tolerated[:, offices],
            ready=self.ready[offices].astype(np.float64),
        )

    def _link_entries(self, offices: Indices, linked: Indices, position: Indices) -> tuple[Indices, Indices]:
        variables, arrays = self.formulation.variables, self.arrays
        delay = arrays.processing_days
        entries: list[tuple[Indices, Indices]] = []
        for index, shift in ((variables.waiting, 0), (variables.not_ingested, delay)):
            if shift >= arrays.days:
                continue
            columns = index[offices][:, :, : arrays.days - shift]
            rows = np.broadcast_to(linked[:, None, shift:], columns.shape)
            present = (columns != ABSENT) & (rows != ABSENT)
            entries.append((rows[present], position[columns[present]]))
        return np.concatenate([row for row, _ in entries]), np.concatenate([column for _, column in entries])


def _numbered(places: Indices, first: int, size: int) -> Indices:
    """(size,) numbers from the first on at these places, ABSENT elsewhere."""
    numbers = np.full(size, ABSENT, dtype=np.int64)
    numbers[places] = first + np.arange(len(places))
    return numbers


def _renumbered(matrix: sp.csr_array, number: Indices, columns: int) -> sp.csr_array:
    """The matrix with other numbers for its columns, without those whose number is ABSENT."""
    new = number[matrix.indices]
    present = new != ABSENT
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return sp.csr_array((matrix.data[present], (row[present], new[present])), (matrix.shape[0], columns))


def _rows_of_stocks(model: MilpModel, into: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(rows,) which are about blanks and trips at offices, the restocking's affair; and at any place.

    `into` (L,) says which lanes go to an office.
    """
    of_offices, of_any = np.zeros((2, model.shape[0]), dtype=np.bool_)
    for block in model.rows:
        own = slice(block.start, block.stop)
        of_any[own] = block.name in _STOCK_ROWS
        if block.name in ("6_blanks", "8_whole_cards"):
            of_offices[own] = True
        elif block.name in ("8_store", "9_trip", "9_least_load"):
            of_offices[own] = into[block.places[:, 0]]
    return of_offices, of_any
