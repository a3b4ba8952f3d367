"""What one more slot, and one more pack, would save each office, against what it is worth elsewhere."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np

from allocator.explanation.bottlenecks import Bottleneck
from allocator.explanation.following import followed_cost, one_more_slot
from allocator.explanation.missing import Missing, dearest_first
from allocator.explanation.models import Extra
from allocator.instance.arrays import NOWHERE, Counts, Flags
from allocator.plan.models import Prices
from allocator.verdict import Curves
from allocator.verdict.curves import ExactCounts, positive
from allocator.verdict.queue_charges import OfficeAmounts

_NEVER = -1


class _Trip(NamedTuple):
    """The next trip that could bring a pack."""

    arrival: int
    price: float | None
    lane: int
    dispatch: int


def extras(
    curves: Curves, missing: Missing, prices: Prices | None, from_day: int = 0
) -> tuple[list[Extra | None], list[Extra | None]]:
    """(I,) one more slot and (I,) one more pack, each on the first day from then on that lacks one."""
    as_it_is = followed_cost(curves)
    slot = positive(missing[Bottleneck.SLOT] + missing[Bottleneck.STORAGE])
    blank = positive(missing[Bottleneck.BLANK].sum(axis=1))
    slot[:, :, :from_day] = blank[:, :from_day] = False
    return _slots(curves, slot, prices, as_it_is), _packs(curves, blank, prices, as_it_is)


def _slots(
    curves: Curves, lacking: Flags, prices: Prices | None, as_it_is: OfficeAmounts
) -> list[Extra | None]:
    free_link = positive(curves.exact(curves.given.ingest_capacity) - curves.ingest.sum(axis=1))
    usable = lacking & free_link[:, None, :]
    day = _first(np.asarray(usable.any(axis=1)))
    stream = np.zeros_like(day)
    for s in reversed(dearest_first(curves)):
        stream[usable[np.arange(len(day)), s, day] & (day != _NEVER)] = s
    saved = as_it_is - followed_cost(curves, ingest=one_more_slot(curves, stream, day))
    given = curves.ingest.sum(axis=1)
    return [
        None
        if first == _NEVER
        else Extra(
            "slot",
            first,
            saved[office],
            None if prices is None else _on(prices.slot, first),
            *_shared(given[:, first], office),
        )
        for office, first in enumerate(day.tolist())
    ]


def _packs(
    curves: Curves, lacking: Flags, prices: Prices | None, as_it_is: OfficeAmounts
) -> list[Extra | None]:
    trips = _next_trips(curves, lacking, prices)
    days, pack = curves.given.days, curves.given.pack_size
    more = np.zeros_like(curves.blanks)
    for office, trip in trips.items():
        more[office, trip.arrival :] = pack
    saved = as_it_is - followed_cost(curves, more_blanks=more)
    idle = Fraction(curves.instance.costs.idle_blank_day)
    result: list[Extra | None] = [None] * len(lacking)
    for office, trip in trips.items():
        lane = curves.instance.lanes[trip.lane]
        result[office] = Extra(
            "pack",
            trip.arrival,
            # Blanks that are not used lie idle; those that are used were taken off with the cards.
            saved[office] - idle * pack * (days - trip.arrival),
            trip.price,
            *_sent(curves, trip, office),
            depot=lane.origin,
            lane=lane.id,
            dispatch_day=trip.dispatch,
        )
    return result


def _shared(amounts: ExactCounts, own: int) -> tuple[int, int, int]:
    """Of amounts by place: that of one, that of all others, and how many others have any."""
    mine = int(amounts[own])
    return mine, int(amounts.sum()) - mine, int((amounts > 0).sum()) - (mine > 0)


def _sent(curves: Curves, trip: _Trip, office: int) -> tuple[int, int, int]:
    """Packs that leave the depot of the trip on its day, to the office and to other places."""
    from_depot = curves.given.lane_origin_depot == curves.given.lane_origin_depot[trip.lane]
    _, destinations = curves.given.lane_ends
    amounts = np.zeros(len(curves.instance.offices) + len(curves.instance.depots), dtype=curves.packs.dtype)
    np.add.at(amounts, destinations[from_depot], curves.packs[from_depot, trip.dispatch])
    return _shared(amounts, office)


def _next_trips(curves: Curves, lacking: Flags, prices: Prices | None) -> dict[int, _Trip]:
    """For each office that lacks a blank: the first arrival from a depot while it does, the cheapest lane."""
    given = curves.given
    days = np.arange(given.days)
    result: dict[int, _Trip] = {}
    for number, lane in enumerate(curves.instance.lanes):
        office, depot = int(given.lane_destination_office[number]), int(given.lane_origin_depot[number])
        if NOWHERE in (office, depot) or not lacking[office].any():
            continue
        arrivals = np.minimum(days + min(lane.lead_days, given.days), given.days - 1)
        useful = np.flatnonzero(given.dispatchable[number] & lacking[office][arrivals])
        if not len(useful):
            continue
        dispatch = int(useful[0])
        arrival = dispatch + lane.lead_days
        freight = float(lane.cost_per_pack)
        if curves.packs[number, dispatch] == 0:
            freight += float(lane.fixed_cost)
        price: float | None = None
        if prices is not None:
            # A depot that the plan has no price for limits nothing: its blanks cost nothing elsewhere.
            known = prices.blank.get(lane.origin, (0.0,) * given.days)
            blank = _on(known, dispatch)
            price = None if blank is None else blank * given.pack_size + freight
        trip = _Trip(arrival, price, number, dispatch)
        best = result.get(office)
        if best is None or _rank(trip) < _rank(best):
            result[office] = trip
    return result


def _rank(trip: _Trip) -> tuple[int, float, int]:
    return trip.arrival, trip.price or 0.0, trip.lane


def _first(days: Flags) -> Counts:
    """(I,) the first day marked in each row, or _NEVER."""
    return np.where(days.any(axis=1), days.argmax(axis=1), _NEVER)


def _on(prices: tuple[float, ...], day: int) -> float | None:
    return prices[day] if day < len(prices) else None
