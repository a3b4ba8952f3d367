"""Where the model falls apart once shared resources have prices: offices, and groups that lanes connect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.instance.arrays import NO_LIMIT, NOWHERE, InstanceArrays
from allocator.methods.decompose.components import find_components
from allocator.methods.decompose.couplings import Couplings
from allocator.methods.decompose.restocking import Depletion, Opportunities
from allocator.milp.builder import ABSENT
from allocator.milp.formulation import Formulation
from allocator.milp.limits import trip_limits
from allocator.milp.model import MilpModel, Vector
from allocator.milp.printed import printed_without_queues
from allocator.milp.sparse import short_indices

Indices = NDArray[np.int64]
_STOCK_ROWS = ("6_blanks", "8_store", "9_trip", "9_least_load", "10_depot", "11_depot_handling")


@dataclass(frozen=True)
class Block:
    """Some components of the model: all that is needed to price them, and nothing else.

    `records` is the model of the records: what applicants, slots, printers and the stocks of
    *senders* (offices and depots that send blanks on) have to obey, with one more row for each
    *terminal* office (one that sends nothing on) and day: no more cards than its restocking has
    printed, which is left to the prices of those rows. Trips into terminal offices are opportunities.
    """

    offices: Indices  # (J,) terminal offices, indices of the instance
    columns: Indices  # (n,) of the model: columns of `records`
    ingest: Indices  # (q,) of `columns`: slots
    sent: Indices  # (c,) of `columns`: packs and trips of senders
    records: MilpModel  # (m rows, n columns); the last rows are `linked`
    linked: Indices  # (J, T) rows of `records`; ABSENT on days without printing
    depletion: Depletion
    trips: Opportunities  # `office` counts 0..J-1
    trip_columns: Indices  # (E,) of the model: packs
    fixed: Vector  # (E,)
    price: Vector  # (E,) cost per pack, idle blanks to the end of the horizon included
    full_worth: Vector  # (J, T) what a card earns a day if its record has waited long
    office_constant: Vector  # (J,) cost that no decision changes
    constant: Vector  # (C,) the same, by component
    use: sp.csr_array  # (resources, n)
    trip_use: sp.csr_array  # (resources, E) of a pack
    trip_rows: sp.csr_array  # (m, E) of a pack, in `records`: what senders lose
    sender_rows: NDArray[np.bool_]  # (m,) stocks and trips of senders; without them, offices stand alone
    components: int  # C; the next four count 0..C-1
    row_component: Indices  # (m,)
    column_component: Indices  # (n,)
    office_component: Indices  # (J,)
    trip_component: Indices  # (E,)


def take_apart(formulation: Formulation, couplings: Couplings, offices_in_block: int) -> list[Block]:
    """All components of the model in blocks of about so many offices.

    A component with senders is a block by itself, since its trips are chosen by a search that takes the
    longer the more there is to choose. The others are dealt out by size, the largest first, so that
    blocks are alike.
    """
    row_label, column_label, count = find_components(formulation, couplings)
    split = _Split(formulation, couplings)
    blanks = formulation.variables.blanks[:, 0]
    size = np.bincount(column_label[blanks], minlength=count)
    sends = np.zeros(count, dtype=np.bool_)
    sends[column_label[blanks[~split.terminal]]] = True
    stock = formulation.variables.depot_stock
    stock = stock[stock != ABSENT]
    sends[column_label[stock[column_label[stock] >= 0]]] = True
    dealt = np.empty(count, dtype=np.int64)
    block_count = 0
    for kind, offices in ((sends, 1), (~sends, offices_in_block)):
        chosen = np.nonzero(kind)[0]
        chosen = chosen[np.argsort(-size[chosen], kind="stable")]
        blocks = -(-int(size[chosen].sum()) // offices) or 1
        dealt[chosen] = block_count + np.arange(len(chosen)) % min(blocks, max(1, len(chosen)))
        block_count = int(dealt[chosen].max(initial=block_count - 1)) + 1
    result = []
    row_block = np.where(row_label == ABSENT, ABSENT, dealt[row_label])
    column_block = np.where(column_label == ABSENT, ABSENT, dealt[column_label])
    for block in range(block_count):
        number = np.cumsum(dealt == block) - 1
        rows, columns = np.nonzero(row_block == block)[0], np.nonzero(column_block == block)[0]
        result.append(split.block(rows, columns, number[row_label], number[column_label]))
    # Rows without columns are left where nothing can be decided.
    return [block for block in result if len(block.columns) or len(block.offices)]


def marked(columns: int, *indices: Indices) -> NDArray[np.bool_]:
    """(columns,) which are among these, some of which may be ABSENT."""
    marked = np.zeros(columns, dtype=np.bool_)
    for index in indices:
        marked[index[index != ABSENT]] = True
    return marked


class _Split:
    """What is the same for all components."""

    def __init__(self, formulation: Formulation, couplings: Couplings) -> None:
        self.formulation = formulation
        self.couplings = couplings
        model, variables, arrays = formulation.model, formulation.variables, formulation.instance.arrays
        self.arrays = arrays
        offices = len(arrays.max_blanks)
        self.terminal = np.ones(offices, dtype=np.bool_)
        self.terminal[arrays.lane_origin_office[arrays.lane_origin_office != NOWHERE]] = False
        self.good = arrays.good_per_thousand / 1000.0
        into = np.append(self.terminal, False)[arrays.lane_destination_office]
        # Rows and columns of blanks and trips at terminal offices are the restocking's affair.
        office_rows = np.zeros(model.shape[0], dtype=np.bool_)
        self.stock_rows = np.zeros(model.shape[0], dtype=np.bool_)
        for block in model.rows:
            self.stock_rows[block.start : block.stop] = block.name in _STOCK_ROWS
            if block.name in ("6_blanks", "8_whole_cards"):
                office_rows[block.start : block.stop] = self.terminal[block.places[:, 0]]
            elif block.name in ("8_store", "9_trip", "9_least_load"):
                office_rows[block.start : block.stop] = into[block.places[:, 0]]
        self.office_rows = office_rows
        self.restocked = marked(
            model.shape[1],
            variables.blanks[self.terminal],
            variables.printed[self.terminal],
            variables.packs[into],
            variables.trip[into],
        )
        self.ingest = marked(model.shape[1], variables.ingest)
        self.shipped = marked(model.shape[1], variables.packs, variables.trip)
        self.upper = self._finite_upper()
        self.blank_office = np.full(model.shape[1], ABSENT, dtype=np.int64)
        self.blank_office[variables.blanks[:, 0]] = np.arange(offices)
        self.pack_lane = np.full(model.shape[1], ABSENT, dtype=np.int64)
        self.pack_day = np.full(model.shape[1], ABSENT, dtype=np.int64)
        lane, day = np.nonzero(variables.packs != ABSENT)
        self.pack_lane[variables.packs[lane, day]] = lane
        self.pack_day[variables.packs[lane, day]] = day
        # Idle blanks cost by what is on hand: what has come, less what was printed.
        idle = float(formulation.instance.costs.idle_blank_day)
        self.idle = idle / self.good  # per card and day
        objective = model.objective.copy()
        self.all_ready = printed_without_queues(arrays).sum(axis=1)  # (I, T)
        delay = arrays.processing_days
        extra = np.where(self.terminal, self.idle, 0.0)[:, None, None]
        self._add(objective, variables.waiting, extra)
        if delay < arrays.days:
            self._add(objective, variables.not_ingested[:, :, : arrays.days - delay], extra)
        self.objective = objective
        self.limits = trip_limits(arrays)
        costs = formulation.instance.costs
        once = np.ones(arrays.days)
        once[-1] += float(costs.end_days)
        weight = arrays.weight.astype(np.float64).max(axis=1, initial=0.0)
        self.full_worth = weight[:, None] * float(costs.waiting_day) * once + self.idle[:, None]
        self.most_printed = _most_printed(arrays)

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
        self, rows: Indices, columns: Indices, row_component: Indices, column_component: Indices
    ) -> Block:
        """The block made of these rows and columns of the model, given the components of all."""
        model, variables, arrays = self.formulation.model, self.formulation.variables, self.arrays
        days = arrays.days
        kept_rows = rows[~self.office_rows[rows]]
        kept = columns[~self.restocked[columns]]
        here = self.blank_office[columns]
        here = here[here != ABSENT]
        offices = here[self.terminal[here]]
        trip_columns = columns[self.pack_lane[columns] != ABSENT]
        trip_columns = trip_columns[self.restocked[trip_columns]]
        lane, day = self.pack_lane[trip_columns], self.pack_day[trip_columns]
        destination = arrays.lane_destination_office[lane]
        arrival = day + arrays.lead_days[lane]
        order = np.lexsort((lane, arrival, destination))
        lane, day, trip_columns = lane[order], day[order], trip_columns[order]
        destination, arrival = destination[order], arrival[order]
        place = np.full(len(arrays.max_blanks), ABSENT, dtype=np.int64)
        place[offices] = np.arange(len(offices))
        # Links: sum over streams of R = all that could be ready - V - W <= what restocking prints.
        printing = (arrays.print_capacity[offices] > 0) & (self.all_ready[offices] > 0)
        linked = np.full((len(offices), days), ABSENT, dtype=np.int64)
        linked[printing] = len(kept_rows) + np.arange(int(printing.sum()))
        position = np.full(model.shape[1], ABSENT, dtype=np.int64)
        position[kept] = np.arange(len(kept))
        link_entries = self._link_entries(offices, linked, position)
        links = int(printing.sum())
        link_matrix = sp.csr_array(
            (np.full(len(link_entries[0]), -1.0), (link_entries[0] - len(kept_rows), link_entries[1])),
            shape=(links, len(kept)),
        )
        matrix = short_indices(sp.vstack([model.matrix[kept_rows][:, kept], link_matrix], format="csr"))
        ready = self.all_ready[offices]
        records = MilpModel(
            name="records",
            objective=self.objective[kept],
            offset=0.0,
            matrix=matrix,
            row_lower=np.concatenate([model.row_lower[kept_rows], np.full(links, -np.inf)]),
            row_upper=np.concatenate([model.row_upper[kept_rows], -ready[printing].astype(np.float64)]),
            column_lower=model.column_lower[kept],
            column_upper=self.upper[kept],
            integer=model.integer[kept],
        )
        good = self.good[offices]
        stock = good[:, None] * arrays.blanks[offices]
        trip_office = place[destination]
        costs = self.formulation.instance.lanes
        cost_per_pack = np.array([float(costs[each].cost_per_pack) for each in lane])
        fixed = np.array([float(costs[each].fixed_cost) for each in lane])
        idle_blank = self.idle[destination] * self.good[destination]
        unlimited = np.where(arrays.max_blanks[offices] == NO_LIMIT, np.inf, arrays.max_blanks[offices])
        room = np.minimum(
            arrays.max_packs[lane],
            np.append(arrays.depot_max_packs, NO_LIMIT)[arrays.lane_origin_depot[lane]],
        )
        office_component = column_component[variables.blanks[offices, 0]]
        components = (
            int(max(column_component[columns].max(initial=-1), row_component[rows].max(initial=-1))) + 1
        )
        constant = self.idle[offices] * (stock - ready).sum(axis=1)
        return Block(
            offices=offices,
            columns=kept,
            ingest=np.nonzero(self.ingest[kept])[0],
            sent=np.nonzero(self.shipped[kept])[0],
            records=records,
            linked=linked,
            depletion=Depletion(
                stock=stock,
                pack=good * arrays.pack_size,
                printers=arrays.print_capacity[offices].astype(np.float64),
                applicants=self.most_printed[offices],
                store=good * unlimited,
            ),
            trips=Opportunities(
                office=trip_office,
                lane=lane,
                arrival=arrival,
                least=arrays.min_packs[lane],
                most=self.limits[lane, day],
                room=room,
            ),
            trip_columns=trip_columns,
            fixed=fixed,
            price=cost_per_pack + idle_blank * arrays.pack_size * (days - arrival),
            full_worth=self.full_worth[offices],
            office_constant=constant,
            constant=np.bincount(office_component, constant, components).astype(np.float64),
            use=self.couplings.use[:, kept],
            trip_use=self.couplings.use[:, trip_columns],
            trip_rows=sp.csr_array(
                sp.vstack(
                    [
                        model.matrix[kept_rows][:, trip_columns],
                        sp.csr_array((links, len(trip_columns))),
                    ],
                    format="csr",
                )
            ),
            sender_rows=np.append(self.stock_rows[kept_rows], np.zeros(links, dtype=np.bool_)),
            components=components,
            row_component=np.concatenate(
                [row_component[kept_rows], np.repeat(office_component, printing.sum(axis=1))]
            ),
            column_component=column_component[kept],
            office_component=office_component,
            trip_component=office_component[trip_office],
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
