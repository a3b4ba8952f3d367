"""The rules of a valid plan as rows: one function per rule, in the order of the contract."""

from __future__ import annotations

import numpy as np

from allocator.instance.arrays import NO_LIMIT, NOWHERE
from allocator.instance.models import Instance
from allocator.milp.builder import ABSENT, MilpBuilder
from allocator.milp.limits import arrival_days, store_slack, trip_limits
from allocator.milp.printed import add_printed, printed_without_queues
from allocator.milp.variables import Variables


def add_rules(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """All eleven rules."""
    add_quota(builder, instance, variables)
    add_storage(builder, instance, variables)
    add_office_links(builder, instance, variables)
    add_ingestion(builder, instance, variables)
    add_readiness(builder, instance, variables)
    add_blanks(builder, instance, variables)
    add_printers(builder, instance, variables)
    add_stores(builder, instance, variables)
    add_lanes(builder, instance, variables)
    add_depots(builder, instance, variables)
    add_depot_handling(builder, instance, variables)


def add_quota(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """Rule 1: over all offices and streams, x(t) <= quota(t)."""
    used = (variables.ingest != ABSENT).any(axis=(0, 1))
    rows = builder.rows("1_quota", ("day",), used, upper=instance.arrays.quota)
    builder.entries(rows, variables.ingest, 1.0)


def add_storage(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """Rule 2: X(t) <= room(t), written with V = A - `ingested` - X.

    X never falls, so a row is needed only on the last day before more room comes, and at the end.
    """
    arrays = instance.arrays
    room = arrays.storage
    binds = (room != NO_LIMIT) & np.append(room[1:] > room[:-1], True)
    ingestible = arrays.ingestible.sum(axis=(0, 1))
    rows = builder.rows("2_storage", ("day",), binds, lower=ingestible - room)
    builder.entries(rows, variables.not_ingested, 1.0)


def add_office_links(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """Rule 3: over all streams of an office, x(t) <= ingest_capacity(t); for one stream it is a bound."""
    limit = instance.arrays.ingest_capacity
    several = (variables.ingest != ABSENT).sum(axis=1) > 1
    rows = builder.rows("3_office_link", ("office", "day"), several & (limit != NO_LIMIT), upper=limit)
    builder.entries(rows[:, None, :], variables.ingest, 1.0)


def add_ingestion(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """Rule 4: V(t) = V(t-1) + arrivals(t) - x(t), V >= 0."""
    state = variables.not_ingested
    inflow = np.diff(instance.arrays.ingestible, axis=2, prepend=0)
    rows = builder.rows(
        "4_ingestion", ("office", "stream", "day"), state != ABSENT, lower=inflow, upper=inflow
    )
    builder.entries(rows, state, 1.0)
    builder.entries(rows[:, :, 1:], state[:, :, :-1], -1.0)
    builder.entries(rows, variables.ingest, 1.0)


def add_readiness(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """Rule 5: W(t) = W(t-1) + newly print-ready(t) - r(t), W >= 0."""
    arrays = instance.arrays
    state = variables.waiting
    known = np.where(arrays.needs_ingestion[None, :, None], arrays.ready_from_before, arrays.applied)
    inflow = np.diff(known, axis=2, prepend=0)
    rows = builder.rows(
        "5_readiness", ("office", "stream", "day"), state != ABSENT, lower=inflow, upper=inflow
    )
    builder.entries(rows, state, 1.0)
    builder.entries(rows[:, :, 1:], state[:, :, :-1], -1.0)
    builder.entries(rows, variables.cards, 1.0)
    delay = arrays.processing_days
    if delay < arrays.days:
        builder.entries(rows[:, :, delay:], variables.ingest[:, :, : arrays.days - delay], -1.0)


def add_blanks(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """Rule 6: H(t) = H(t-1) + blanks in(t) - blanks out(t) - r(t) x 1000/good, H >= 0.

    The row is multiplied by good/1000: decimals of few digits instead of a fraction without end.
    """
    arrays = instance.arrays
    state = variables.blanks
    share = arrays.good_per_thousand / 1000.0
    inflow = share[:, None] * np.diff(arrays.blanks, axis=1, prepend=0)
    rows = builder.rows("6_blanks", ("office", "day"), state != ABSENT, lower=inflow, upper=inflow)
    builder.entries(rows, state, share[:, None])
    builder.entries(rows[:, 1:], state[:, :-1], -share[:, None])
    builder.entries(rows[:, None, :], variables.cards, 1.0)

    lane, day, arrival = arrival_days(arrays)
    packs = variables.packs[lane, day]
    for office, at, sign in (
        (arrays.lane_destination_office[lane], arrival, -1.0),
        (arrays.lane_origin_office[lane], day, 1.0),
    ):
        kept = office != NOWHERE
        builder.entries(
            rows[office[kept], at[kept]], packs[kept], sign * share[office[kept]] * arrays.pack_size
        )


def add_printers(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """Rule 7: over all streams of an office, r(t) <= print_capacity(t); for one stream it is a bound."""
    several = (variables.cards != ABSENT).sum(axis=1) > 1
    rows = builder.rows("7_printers", ("office", "day"), several, upper=instance.arrays.print_capacity)
    builder.entries(rows[:, None, :], variables.cards, 1.0)


def add_stores(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """Rule 8: H(t) <= max_blanks + slack x (1 - z) for each trip that arrives on day t.

    Only where the limit does not hold every day anyway, which is a bound of H. Where spoilage makes
    a difference, R(t) is a column of its own and whole.
    """
    arrays = instance.arrays
    _add_whole_cards(builder, instance, variables)
    lane, day, arrival = arrival_days(arrays)
    office = arrays.lane_destination_office[lane]
    trip = variables.trip[lane, day]
    kept = (office != NOWHERE) & (trip != ABSENT)
    slack = store_slack(arrays)
    kept[kept] &= slack[office[kept], arrival[kept]] > 0
    lane, day, arrival, office, trip = lane[kept], day[kept], arrival[kept], office[kept], trip[kept]
    present = np.zeros(arrays.dispatchable.shape, dtype=np.bool_)
    present[lane, day] = True
    limit = np.zeros(present.shape)
    limit[lane, day] = arrays.max_blanks[office] + slack[office, arrival]
    rows = builder.rows("8_store", ("lane", "day"), present, upper=limit)
    builder.entries(rows[lane, day], variables.blanks[office, arrival], 1.0)
    builder.entries(rows[lane, day], trip, slack[office, arrival])


def _add_whole_cards(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """The column `printed` is what the office has printed so far in all its streams."""
    column = variables.printed
    total = printed_without_queues(instance.arrays).sum(axis=1)
    rows = builder.rows("8_whole_cards", ("office", "day"), column != ABSENT, lower=-total, upper=-total)
    builder.entries(rows, column, -1.0)
    queues = np.repeat(rows[:, None, :], instance.arrays.shape[1], axis=1)
    add_printed(builder, instance.arrays, variables, queues)


def add_lanes(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """Rule 9: min_packs x z <= y <= limit x z; closed days and late arrivals have no column."""
    trip = variables.trip
    counted = trip != ABSENT
    least = instance.arrays.min_packs[:, None]
    most = builder.rows("9_trip", ("lane", "day"), counted, upper=0.0)
    builder.entries(most, variables.packs, 1.0)
    builder.entries(most, trip, -trip_limits(instance.arrays))
    enough = builder.rows("9_least_load", ("lane", "day"), counted & (least > 1), lower=0.0)
    builder.entries(enough, variables.packs, 1.0)
    builder.entries(enough, trip, -least)


def add_depots(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """Rule 10: stock(t) = stock(t-1) + deliveries(t) + packs in(t) - packs out(t), stock >= reserve."""
    arrays = instance.arrays
    state = variables.depot_stock
    inflow = np.diff(arrays.depot_supply, axis=1, prepend=0)
    rows = builder.rows("10_depot", ("depot", "day"), state != ABSENT, lower=inflow, upper=inflow)
    builder.entries(rows, state, 1.0)
    builder.entries(rows[:, 1:], state[:, :-1], -1.0)
    lane, day, arrival = arrival_days(arrays)
    packs = variables.packs[lane, day]
    for depot, at, sign in (
        (arrays.lane_destination_depot[lane], arrival, -1.0),
        (arrays.lane_origin_depot[lane], day, 1.0),
    ):
        kept = depot != NOWHERE
        builder.entries(rows[depot[kept], at[kept]], packs[kept], sign * arrays.pack_size)


def add_depot_handling(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """Rule 11: packs dispatched on t <= max_packs_per_day."""
    arrays = instance.arrays
    limit = np.repeat(arrays.depot_max_packs[:, None], arrays.days, axis=1)
    rows = builder.rows("11_depot_handling", ("depot", "day"), limit != NO_LIMIT, upper=limit)
    lanes = np.nonzero(arrays.lane_origin_depot != NOWHERE)[0]
    builder.entries(rows[arrays.lane_origin_depot[lanes]], variables.packs[lanes], 1.0)
