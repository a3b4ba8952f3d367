"""An instance day by day, as numpy arrays.

Axes are always office (I), stream (S), lane (L), depot (D), target (K), day (T), in the order of the
file. Counts are int64; "no limit" is `NO_LIMIT`, to be compared with and never calculated with.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from allocator.instance.models import Instance, Lane, Office

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

NO_LIMIT: Final = 2**62
NOWHERE: Final = -1


@dataclass(frozen=True)
class Applications:
    """Who had applied before day 0 and had no card, oldest first within office and stream.

    One entry per group: `office`, `stream` (indices), `day` (of application, negative), `records`.
    """

    office: Counts
    stream: Counts
    day: Counts
    records: Counts


@dataclass(frozen=True)
class InstanceArrays:
    """All numbers of an instance, one value per day where the contract has one per day."""

    days: int
    pack_size: int
    processing_days: int
    office_index: dict[str, int]
    stream_index: dict[str, int]
    lane_index: dict[str, int]
    depot_index: dict[str, int]

    quota: Counts  # (T,) records
    storage: Counts  # (T,) room for records up to and including the day, cumulative; NO_LIMIT

    needs_ingestion: Flags  # (S,)
    weight: NDArray[np.object_]  # (I, S) Fraction: stream weight x office priority
    before: Applications
    arrivals: Counts  # (I, S, T) records
    applied: Counts  # (I, S, T) A: applied up to and including the day
    ingested_before: Counts  # (I, S) records ingested before day 0
    ready_from_before: Counts  # (I, S, T) of these, print-ready up to and including the day

    ingest_capacity: Counts  # (I, T) records; NO_LIMIT
    print_capacity: Counts  # (I, T) cards
    blanks: Counts  # (I, T) blanks on hand at day 0 and in transit since before, arrived by the day
    max_blanks: Counts  # (I,) cards; NO_LIMIT
    good_per_thousand: Counts  # (I,) cards from 1000 blanks

    depot_supply: Counts  # (D, T) stock and deliveries up to and including the day, cards
    depot_reserve: Counts  # (D,) cards
    depot_max_packs: Counts  # (D,) packs a day; NO_LIMIT

    lane_origin_depot: Counts  # (L,) index, or NOWHERE
    lane_origin_office: Counts  # (L,)
    lane_destination_depot: Counts  # (L,)
    lane_destination_office: Counts  # (L,)
    lead_days: Counts  # (L,)
    min_packs: Counts  # (L,)
    max_packs: Counts  # (L,) NO_LIMIT
    dispatchable: Flags  # (L, T) open, and what leaves then arrives within the horizon

    target_scope: Flags  # (K, I, S) whose cards the promise is about

    @property
    def shape(self) -> tuple[int, int, int]:
        """(offices, streams, days)"""
        return self.arrivals.shape

    @property
    def lane_ends(self) -> tuple[Counts, Counts]:
        """(L,) origin and destination of each lane as places: offices first, then depots."""
        offices = len(self.max_blanks)
        origin = np.where(
            self.lane_origin_office != NOWHERE, self.lane_origin_office, offices + self.lane_origin_depot
        )
        destination = np.where(
            self.lane_destination_office != NOWHERE,
            self.lane_destination_office,
            offices + self.lane_destination_depot,
        )
        return origin, destination

    @property
    def source_depots(self) -> Flags:
        """(D,) depots that nothing but deliveries fills."""
        source = np.ones(len(self.depot_reserve), dtype=np.bool_)
        source[self.lane_destination_depot[self.lane_destination_depot != NOWHERE]] = False
        return source

    @property
    def ingestible(self) -> Counts:
        """(I, S, T) records that can have been ingested by the end of the day at most (rule 4)."""
        room = self.applied - self.ingested_before[:, :, None]
        return np.where(self.needs_ingestion[None, :, None], room, 0)

    def applied_at_least(self, waited_days: int) -> Counts:
        """(I, S, T) records that by the end of the day have applied at least `waited_days` ago."""
        shift = min(waited_days, self.days)
        result = np.zeros(self.shape, dtype=np.int64)
        result[:, :, shift:] = self.applied[:, :, : self.days - shift]
        # Before day 0 the curve is made of the groups that had applied by then.
        early = np.zeros((*self.shape[:2], shift + 1), dtype=np.int64)
        day = np.clip(self.before.day + waited_days, 0, shift)
        np.add.at(early, (self.before.office, self.before.stream, day), self.before.records)
        result[:, :, :shift] = early[:, :, :shift].cumsum(axis=2)
        return result


def build_arrays(instance: Instance) -> InstanceArrays:
    """Expand an instance. Takes time linear in offices x streams x days."""
    days, offices, streams = instance.days, instance.offices, instance.streams
    office_index = {office.id: index for index, office in enumerate(offices)}
    stream_index = {stream.id: index for index, stream in enumerate(streams)}
    depot_index = {depot.id: index for index, depot in enumerate(instance.depots)}
    shape = (len(offices), len(streams), days)

    arrivals = np.zeros(shape, dtype=np.int64)
    ingested = np.zeros(shape[:2], dtype=np.int64)
    ready = np.zeros(shape, dtype=np.int64)
    groups: list[tuple[int, int, int, int]] = []
    for i, office in enumerate(offices):
        for stream, demand in office.demand.items():
            s = stream_index[stream]
            arrivals[i, s] = demand.arrivals
            groups.extend((i, s, -row.age_days, row.records) for row in demand.backlog)
            for early in demand.ingested:
                groups.append((i, s, -early.age_days, early.records))
                ingested[i, s] += early.records
                if early.ready_day < days:
                    ready[i, s, early.ready_day] += early.records
    table = np.array(sorted(groups), dtype=np.int64).reshape(-1, 4)
    before = Applications(*(np.ascontiguousarray(column) for column in table.T))
    total_before = np.zeros(shape[:2], dtype=np.int64)
    np.add.at(total_before, (before.office, before.stream), before.records)

    return _frozen(
        InstanceArrays(
            days=days,
            pack_size=instance.pack_size,
            processing_days=instance.processing_days,
            office_index=office_index,
            stream_index=stream_index,
            lane_index={lane.id: index for index, lane in enumerate(instance.lanes)},
            depot_index=depot_index,
            quota=_daily(instance.quota, days),
            storage=_storage(instance),
            needs_ingestion=np.array([stream.needs_ingestion for stream in streams], dtype=np.bool_),
            weight=_weights(instance),
            before=before,
            arrivals=arrivals,
            applied=total_before[:, :, None] + arrivals.cumsum(axis=2),
            ingested_before=ingested,
            ready_from_before=ready.cumsum(axis=2),
            ingest_capacity=_table([_daily(office.ingest_capacity, days) for office in offices], days),
            print_capacity=_table([_daily(office.print_capacity, days) for office in offices], days),
            blanks=_table([_office_blanks(office, days) for office in offices], days),
            max_blanks=_limits([office.max_blanks for office in offices]),
            good_per_thousand=_numbers([1000 - office.spoiled_per_thousand for office in offices]),
            depot_supply=_table(
                [
                    depot.stock + _cumulative([(row.day, row.cards) for row in depot.deliveries], days)
                    for depot in instance.depots
                ],
                days,
            ),
            depot_reserve=_numbers([depot.reserve for depot in instance.depots]),
            depot_max_packs=_limits([depot.max_packs_per_day for depot in instance.depots]),
            lane_origin_depot=_numbers([depot_index.get(lane.origin, NOWHERE) for lane in instance.lanes]),
            lane_origin_office=_numbers([office_index.get(lane.origin, NOWHERE) for lane in instance.lanes]),
            lane_destination_depot=_numbers(
                [depot_index.get(lane.destination, NOWHERE) for lane in instance.lanes]
            ),
            lane_destination_office=_numbers(
                [office_index.get(lane.destination, NOWHERE) for lane in instance.lanes]
            ),
            lead_days=_numbers([lane.lead_days for lane in instance.lanes]),
            min_packs=_numbers([lane.min_packs for lane in instance.lanes]),
            max_packs=_limits([lane.max_packs for lane in instance.lanes]),
            dispatchable=np.array(
                [_dispatchable(lane, days) for lane in instance.lanes], dtype=np.bool_
            ).reshape(-1, days),
            target_scope=_target_scopes(instance),
        )
    )


def _frozen(arrays: InstanceArrays) -> InstanceArrays:
    """Nobody who holds the arrays can change the instance through them."""
    for value in vars(arrays).values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return arrays


def _daily(value: int | tuple[int, ...] | None, days: int) -> Counts:
    if value is None:
        value = NO_LIMIT
    return np.broadcast_to(np.asarray(value, dtype=np.int64), (days,))


def _numbers(values: list[int]) -> Counts:
    return np.array(values, dtype=np.int64)


def _limits(values: list[int | None]) -> Counts:
    return _numbers([NO_LIMIT if value is None else value for value in values])


def _table(rows: list[Counts], days: int) -> Counts:
    return np.array(rows, dtype=np.int64).reshape(-1, days)


def _cumulative(events: list[tuple[int, int]], days: int) -> Counts:
    daily = np.zeros(days, dtype=np.int64)
    for day, amount in events:
        daily[day] += amount
    return daily.cumsum()


def _storage(instance: Instance) -> Counts:
    if instance.storage is None:
        return np.full(instance.days, NO_LIMIT, dtype=np.int64)
    expansions = [(row.day, row.records) for row in instance.storage.expansions]
    return instance.storage.free + _cumulative(expansions, instance.days)


def _office_blanks(office: Office, days: int) -> Counts:
    return office.blanks + _cumulative([(row.day, row.cards) for row in office.in_transit], days)


def _weights(instance: Instance) -> NDArray[np.object_]:
    streams = [Fraction(stream.weight) for stream in instance.streams]
    weights = np.empty((len(instance.offices), len(streams)), dtype=object)
    for i, office in enumerate(instance.offices):
        priority = Fraction(office.priority)
        weights[i] = [priority * weight for weight in streams]
    return weights


def _dispatchable(lane: Lane, days: int) -> Flags:
    opened = np.broadcast_to(np.asarray(lane.open, dtype=np.bool_), (days,))
    return opened & (np.arange(days) + min(lane.lead_days, days) < days)


def _target_scopes(instance: Instance) -> Flags:
    scopes = np.zeros((len(instance.targets), len(instance.offices), len(instance.streams)), dtype=np.bool_)
    for k, target in enumerate(instance.targets):
        offices = [
            target.office in (None, office.id) and target.province in (None, office.province)
            for office in instance.offices
        ]
        streams = [target.stream in (None, stream.id) for stream in instance.streams]
        scopes[k] = np.outer(offices, streams)
    return scopes
