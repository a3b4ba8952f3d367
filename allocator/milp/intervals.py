"""Interval inequalities: what is printed between two trips must have been brought by somebody.

Let S be an office, or a hub with the places it serves. For days k <= l, with everything in blanks,

    printed in S on k..l  <=  stock of S at the end of k-1  +  what else comes in on k..l
                              + sum over trips q into S that arrive on a day of k..l of
                                    min( pack_size y_q,  P_q(l) z_q ),

where P_q(l) is what the printers of S can use up from the arrival of q to l. Each term of the sum may
be taken either way, so the inequality that a fractional point breaks most is found by inspection.
These are the (l,S) inequalities of lot sizing (Barany, Van Roy and Wolsey 1984, Strong formulations
for multi-item capacitated lot sizing, Management Science 30) with demand that is itself decided, and
for hubs in echelon stocks (Federgruen, Meissner and Tzur 2007). Without them a tenth of a full trip
pays a tenth of its price.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components, dijkstra

from allocator.instance.arrays import Counts, InstanceArrays
from allocator.milp.builder import ABSENT
from allocator.milp.formulation import Formulation
from allocator.milp.limits import arrival_days
from allocator.milp.model import Block, MilpModel, Vector

Values = NDArray[np.float64]

_LEAST_VIOLATION = 1e-3  # of what the printers can do in the interval


@dataclass(frozen=True)
class Group:
    """Places between which blanks move without being counted: one office, or a hub and what it serves.

    A place is an office i or, beyond the offices, a depot I + d.
    """

    offices: Counts
    depots: Counts
    trip_lane: Counts  # (Q,) trips into the group from outside: lane,
    trip_day: Counts  # (Q,) day of dispatch,
    trip_arrival: Counts  # (Q,) day of arrival
    usable: Values  # (Q, T) blanks that the group's printers can use up from the arrival to the day
    moving_lane: Counts  # (M,) trips within the group that take at least a day: lane,
    moving_day: Counts  # (M,) day of dispatch


@dataclass(frozen=True)
class IntervalCuts:
    """Rows `matrix` v <= `upper`; `places` (cuts, 3) holds group, k and l."""

    matrix: sp.csr_array
    upper: Vector
    places: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.upper)


def find_groups(arrays: InstanceArrays) -> list[Group]:
    """Every office that can receive packs, and every set of places that only one kind of trip reaches.

    The sets are a hub with its direct customers, and what is connected without the depots that
    receive nothing themselves.
    """
    offices, places = arrays.shape[0], arrays.shape[0] + len(arrays.depot_reserve)
    origin, destination = arrays.lane_ends
    used = arrays.dispatchable.any(axis=1)
    sets: dict[tuple[int, ...], None] = {}
    for office in np.unique(destination[used & (destination < offices)]):
        sets[(int(office),)] = None
    receives = np.unique(destination[used])
    for hub in receives[receives >= offices]:
        sets[tuple(sorted({int(hub), *destination[used & (origin == hub)].tolist()}))] = None
    inner = used & np.isin(origin, receives)
    graph = sp.csr_array((np.ones(int(inner.sum())), (origin[inner], destination[inner])), (places, places))
    _, component = connected_components(graph, directed=False)
    for label in np.unique(component[receives]):
        sets[tuple(np.nonzero((component == label) & np.isin(np.arange(places), receives))[0].tolist())] = (
            None
        )
    return [_group(arrays, np.array(members, dtype=np.int64)) for members in sets]


def find_cuts(formulation: Formulation, groups: list[Group], vector: Vector) -> IntervalCuts:
    """For each group and first day of an interval, the inequality that `vector` breaks most, if any."""
    columns = formulation.model.shape[1]
    rows: list[tuple[Counts, Values]] = []
    upper: list[float] = []
    places: list[tuple[int, int, int]] = []
    for number, group in enumerate(groups):
        point = _Point(formulation, group, vector)
        for first, last in point.most_violated():
            row, limit = point.inequality(first, last)
            rows.append(row)
            upper.append(limit)
            places.append((number, first, last))
    lengths = [len(row[0]) for row in rows]
    matrix = sp.csr_array(
        (
            np.concatenate([row[1] for row in rows]) if rows else np.zeros(0),
            (
                np.repeat(np.arange(len(rows)), lengths),
                np.concatenate([row[0] for row in rows]) if rows else np.zeros(0, dtype=np.int64),
            ),
        ),
        shape=(len(rows), columns),
    )
    return IntervalCuts(matrix, np.array(upper), np.array(places, dtype=np.int64).reshape(-1, 3))


def with_cuts(model: MilpModel, cuts: IntervalCuts) -> MilpModel:
    """The model with the cuts as further rows."""
    named = Block("interval", model.shape[0], ("group", "first", "last"), cuts.places)
    return replace(model.limited(cuts.matrix, cuts.upper), rows=(*model.rows, named))


def tight_cuts(cuts: IntervalCuts, vector: Vector) -> IntervalCuts:
    """Those of the cuts that the vector satisfies with (nearly) nothing to spare."""
    spare = cuts.upper - cuts.matrix @ vector
    kept = spare <= 1e-6 * np.maximum(1.0, abs(cuts.matrix) @ np.abs(vector))
    return IntervalCuts(sp.csr_array(cuts.matrix[kept]), cuts.upper[kept], cuts.places[kept])


def join_cuts(first: IntervalCuts, second: IntervalCuts) -> IntervalCuts:
    """Both, one after the other."""
    return IntervalCuts(
        sp.csr_array(sp.vstack([first.matrix, second.matrix], format="csr")),
        np.append(first.upper, second.upper),
        np.concatenate([first.places, second.places]),
    )


class _Point:
    """A group at a fractional point of the model; everything in blanks."""

    def __init__(self, formulation: Formulation, group: Group, vector: Vector) -> None:
        arrays, variables = formulation.instance.arrays, formulation.variables
        self.arrays, self.variables, self.group = arrays, variables, group
        self.pack_size = float(arrays.pack_size)
        self.packs_column = variables.packs[group.trip_lane, group.trip_day]
        self.trip_column = variables.trip[group.trip_lane, group.trip_day]
        brought = self.pack_size * _take(vector, self.packs_column)
        trip = _take(vector, self.trip_column)
        # (Q, T) the smaller of both ways to count a trip, and whether that is by z
        by_trip = group.usable * trip[:, None]
        self.counts_trip = (by_trip < brought[:, None]) & (self.trip_column != ABSENT)[:, None]
        self.counted = np.where(self.counts_trip, by_trip, brought[:, None])
        self.per_card = 1000.0 / arrays.good_per_thousand[group.offices]
        self.cards_columns = variables.cards[group.offices]
        printed = _take(vector, self.cards_columns).sum(axis=1)
        self.printed = (self.per_card[:, None] * printed).sum(axis=0)
        self.moving_columns = variables.packs[group.moving_lane, group.moving_day]
        moving = self.pack_size * _take(vector, self.moving_columns)
        self.moving_arrival = group.moving_day + arrays.lead_days[group.moving_lane]
        self.stock = (
            _take(vector, variables.blanks[group.offices]).sum(axis=0)
            + _take(vector, variables.depot_stock[group.depots]).sum(axis=0)
            + np.array([moving[self._on_the_way(day)].sum() for day in range(arrays.days)])
        )
        supply = arrays.blanks[group.offices].sum(axis=0) + arrays.depot_supply[group.depots].sum(axis=0)
        self.inflow = np.diff(supply, prepend=0).astype(np.float64)

    def _on_the_way(self, day: int) -> NDArray[np.bool_]:
        """Which trips within the group are under way at the end of the day."""
        on_the_way: NDArray[np.bool_] = (self.group.moving_day <= day) & (self.moving_arrival > day)
        return on_the_way

    def most_violated(self) -> Iterator[tuple[int, int]]:
        """(k, l): an interval can as well begin on a day of arrival, so only those are looked at."""
        days = self.arrays.days
        by_arrival = np.zeros((days, days))
        np.add.at(by_arrival, self.group.trip_arrival, self.counted)
        by_arrival = np.triu(by_arrival)
        brought = by_arrival[::-1].cumsum(axis=0)[::-1]
        before = np.append(0.0, self.stock[:-1])
        outflow = (self.printed - self.inflow).cumsum()
        need = outflow[None, :] - np.append(0.0, outflow[:-1])[:, None]
        violation = need - before[:, None] - brought
        first = np.unique(self.group.trip_arrival)
        usable = np.zeros((days, days))
        np.maximum.at(usable, self.group.trip_arrival, self.group.usable)
        relative = np.where(
            np.triu(np.ones((days, days), dtype=np.bool_)), violation / np.maximum(usable, 1.0), -np.inf
        )
        for k in first:
            last = int(relative[k].argmax())
            if relative[k, last] > _LEAST_VIOLATION and violation[k, last] > 1e-3:
                yield int(k), last

    def inequality(self, first: int, last: int) -> tuple[tuple[Counts, Values], float]:
        """(columns, coefficients) and upper limit."""
        inside = (self.group.trip_arrival >= first) & (self.group.trip_arrival <= last)
        by_trip = self.counts_trip[:, last]
        parts = [
            _entries(
                self.cards_columns[:, :, first : last + 1],
                np.broadcast_to(
                    self.per_card[:, None, None], self.cards_columns[:, :, first : last + 1].shape
                ),
            ),
            _entries(self.trip_column[inside & by_trip], -self.group.usable[inside & by_trip, last]),
            _entries(self.packs_column[inside & ~by_trip], -self.pack_size),
        ]
        limit = float(self.inflow[first : last + 1].sum())
        if first > 0:
            on_the_way = self._on_the_way(first - 1)
            parts += [
                _entries(self.variables.blanks[self.group.offices, first - 1], -1.0),
                _entries(self.variables.depot_stock[self.group.depots, first - 1], -1.0),
                _entries(self.moving_columns[on_the_way], -self.pack_size),
            ]
        columns = np.concatenate([part[0] for part in parts])
        return (columns, np.concatenate([part[1] for part in parts])), limit


def _group(arrays: InstanceArrays, members: Counts) -> Group:
    offices_in_all = arrays.shape[0]
    offices, depots = members[members < offices_in_all], members[members >= offices_in_all] - offices_in_all
    origin, destination = arrays.lane_ends
    lane, day, arrival = arrival_days(arrays)
    into = np.isin(destination[lane], members)
    within = into & np.isin(origin[lane], members)
    entering = into & ~within
    moving = within & (arrays.lead_days[lane] > 0)
    return Group(
        offices=offices,
        depots=depots,
        trip_lane=lane[entering],
        trip_day=day[entering],
        trip_arrival=arrival[entering],
        usable=_usable(arrays, members, offices, destination[lane[entering]], arrival[entering]),
        moving_lane=lane[moving],
        moving_day=day[moving],
    )


def _usable(
    arrays: InstanceArrays, members: Counts, offices: Counts, entry: Counts, arrival: Counts
) -> Values:
    """(Q, T) what the group's printers can use up from an arrival at `entry` to the end of the day."""
    origin, destination = arrays.lane_ends
    capacity = arrays.print_capacity[offices] * (1000.0 / arrays.good_per_thousand[offices])[:, None]
    so_far = np.zeros((len(offices), arrays.days + 1))
    so_far[:, 1:] = capacity.cumsum(axis=1)
    lead = _travel_days(arrays, members, origin, destination)
    usable = np.zeros((len(arrival), arrays.days))
    for position, office in enumerate(offices):
        days_to = lead[np.searchsorted(members, entry), np.searchsorted(members, office)]
        begins = np.minimum(arrival + np.minimum(days_to, arrays.days), arrays.days).astype(np.int64)
        usable += np.maximum(so_far[position, 1:] - so_far[position, begins][:, None], 0.0)
    return usable


def _travel_days(
    arrays: InstanceArrays, members: Counts, origin: Counts, destination: Counts
) -> NDArray[np.float64]:
    """(members, members) shortest lead time over lanes within the group; inf where there is no way."""
    if len(members) == 1:
        return np.zeros((1, 1))
    inner = np.isin(origin, members) & np.isin(destination, members) & arrays.dispatchable.any(axis=1)
    size = len(members)
    # A lead time of 0 would be no edge of a sparse graph, so all are one day longer, and less so at the end.
    small = 1e-6
    lead = np.full((size, size), np.inf)
    np.minimum.at(
        lead,
        (np.searchsorted(members, origin[inner]), np.searchsorted(members, destination[inner])),
        arrays.lead_days[inner] + small,
    )
    lead[~np.isfinite(lead)] = 0.0
    days: NDArray[np.float64] = np.floor(dijkstra(sp.csr_array(lead)))
    return days


def _entries(columns: Counts, coefficients: Values | float) -> tuple[Counts, Values]:
    present = columns != ABSENT
    values = np.broadcast_to(np.asarray(coefficients, dtype=np.float64), columns.shape)
    return columns[present], values[present]


def _take(vector: Vector, columns: Counts) -> Values:
    values: Values = np.where(columns == ABSENT, 0.0, vector[np.maximum(columns, 0)])
    return values
