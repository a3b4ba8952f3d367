"""Limits on single decisions that follow from the data, so that no row needs an arbitrary big number."""

from __future__ import annotations

import numpy as np

from allocator.instance.arrays import NO_LIMIT, NOWHERE, Counts, Flags, InstanceArrays


def trip_limits(arrays: InstanceArrays) -> Counts:
    """(L, T) packs on a trip at most; 0 where nothing can be dispatched.

    The least of: the lane's `max_packs`, the depot's packs a day, what the origin can have, what the
    destination can store, and what the destination can use. The last cuts off valid plans, but never
    all optimal ones: blanks that can't be used before the horizon ends only cost.
    """
    limit = np.minimum(arrays.max_packs[:, None], _origin_limits(arrays))
    limit = np.minimum(limit, _store_limits(arrays))
    useful = np.maximum(_useful_packs(arrays), arrays.min_packs[:, None])
    limit = np.where(arrays.dispatchable, np.minimum(limit, useful), 0)
    return np.where(limit >= arrays.min_packs[:, None], limit, 0)


def store_slack(arrays: InstanceArrays) -> Counts:
    """(I, T) by how much blanks on hand can exceed `max_blanks` on a day without an arrival by lane.

    Blanks grow without a lane only by what has been in transit since before day 0. 0 means that
    the store's limit holds every day, whatever arrives.
    """
    bounded = arrays.max_blanks != NO_LIMIT
    never_shipped = arrays.blanks - np.where(bounded, arrays.max_blanks, 0)[:, None]
    since_a_trip = arrays.blanks - arrays.blanks[:, :1]
    slack = np.maximum(np.maximum(never_shipped, since_a_trip), 0)
    return np.where(bounded[:, None], slack, 0)


def arrival_days(arrays: InstanceArrays) -> tuple[Counts, Counts, Counts]:
    """(lane, dispatch day, arrival day) of everything that can be dispatched."""
    lane, day = np.nonzero(arrays.dispatchable)
    return lane, day, day + arrays.lead_days[lane]


def _origin_limits(arrays: InstanceArrays) -> Counts:
    everything = (int(arrays.depot_supply[:, -1].sum()) + int(arrays.blanks[:, -1].sum())) // arrays.pack_size
    limit = np.full(arrays.dispatchable.shape, everything, dtype=np.int64)
    receives_depot = _with_lanes(arrays.lane_destination_depot, len(arrays.depot_reserve))
    receives_office = _with_lanes(arrays.lane_destination_office, len(arrays.max_blanks))
    for origin, receives, stock in (
        (arrays.lane_origin_depot, receives_depot, arrays.depot_supply - arrays.depot_reserve[:, None]),
        (arrays.lane_origin_office, receives_office, arrays.blanks),
    ):
        lanes = np.nonzero(origin != NOWHERE)[0]
        lanes = lanes[~receives[origin[lanes]]]
        limit[lanes] = np.minimum(limit[lanes], stock[origin[lanes]] // arrays.pack_size)
    lanes = np.nonzero(arrays.lane_origin_depot != NOWHERE)[0]
    daily = arrays.depot_max_packs[arrays.lane_origin_depot[lanes]]
    limit[lanes] = np.minimum(limit[lanes], daily[:, None])
    return limit


def _store_limits(arrays: InstanceArrays) -> Counts:
    """What is left of a trip after the arrival day's printing must fit into the store (rule 8)."""
    limit = np.full(arrays.dispatchable.shape, NO_LIMIT, dtype=np.int64)
    sends = _with_lanes(arrays.lane_origin_office, len(arrays.max_blanks))
    lane, day, arrival = arrival_days(arrays)
    office = arrays.lane_destination_office[lane]
    kept = office != NOWHERE
    kept[kept] &= (arrays.max_blanks[office[kept]] != NO_LIMIT) & ~sends[office[kept]]
    lane, day, arrival, office = lane[kept], day[kept], arrival[kept], office[kept]
    good = arrays.good_per_thousand[office]
    room = arrays.max_blanks[office] + (1000 * arrays.print_capacity[office, arrival]) // good
    limit[lane, day] = room // arrays.pack_size
    return limit


def _useful_packs(arrays: InstanceArrays) -> Counts:
    """What an office that sends nothing on can print from the arrival to the end of the horizon.

    Only for lanes from depots: what stays behind at an office can break its store's limit.
    """
    limit = np.full(arrays.dispatchable.shape, NO_LIMIT, dtype=np.int64)
    sends = _with_lanes(arrays.lane_origin_office, len(arrays.max_blanks))
    printable = np.minimum(arrays.print_capacity, NO_LIMIT // arrays.days)[:, ::-1].cumsum(axis=1)[:, ::-1]
    cards = np.minimum(printable, arrays.applied[:, :, -1].sum(axis=1)[:, None])
    blanks = -(-1000 * cards // arrays.good_per_thousand[:, None])
    packs = -(-blanks // arrays.pack_size)
    lane, day, arrival = arrival_days(arrays)
    office = arrays.lane_destination_office[lane]
    kept = (office != NOWHERE) & (arrays.lane_origin_depot[lane] != NOWHERE)
    kept[kept] &= ~sends[office[kept]]
    limit[lane[kept], day[kept]] = packs[office[kept], arrival[kept]]
    return limit


def _with_lanes(places: Counts, size: int) -> Flags:
    """(size,) whether a lane begins (or ends) there."""
    flags = np.zeros(size, dtype=np.bool_)
    flags[places[places != NOWHERE]] = True
    return flags
