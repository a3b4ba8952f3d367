"""The label-setting search for one office's cheapest trips, compiled: see `restocking` for what it solves.

In pieces, and arrays element by element: one long function, arrays of indices and rows assigned at once
take much longer to compile.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from allocator.methods.decompose.completion import SLACK, saved_on
from allocator.methods.decompose.stockouts import StreamSavings, saved_meanwhile

Vector = NDArray[np.float64]
Indices = NDArray[np.int64]
_MERGE = 1.5  # how much coarser labels are merged from one attempt to the next


class Stock(NamedTuple):
    """An office's blanks and what it can do with them; days T."""

    stock: Vector  # (T,) cards for which there are blanks by the end of each day, without trips
    pack: float  # cards of a pack
    printers: Vector  # (T,) cards
    applicants: Vector  # (T,) who could have a card by then
    store: float  # cards for which there may be blanks on a day on which some come


class Trips(NamedTuple):
    """Its opportunities (E,), in the order of arrival: see `restocking`."""

    arrival: Indices
    least: Indices  # packs
    most: Indices
    fixed: Vector
    price: Vector
    lasting: Indices  # arrival of the next trip that is no dearer; -1 without one
    later: Indices  # (16, E) arrivals of the next trips with cheaper packs; -1 at the end
    paying: Vector  # (16, E) packs that must be left over to pay for them


class _Labels(NamedTuple):
    """What is known of the ways to come to a day."""

    packs: Indices  # so far
    printed: Vector  # cards so far
    cost: Vector  # so far
    node: Indices  # of the last trip, -1 without one
    received: NDArray[np.bool_]  # whether packs came on the day
    since: Indices  # day from which on there have been so many cards
    saved: Vector  # what these have saved since then


class _Children(NamedTuple):
    """Labels after a trip, with what chooses among them."""

    labels: _Labels  # the node is that of before
    sent: Indices  # packs
    hope: Vector  # what it costs in all, at least
    bucket: Indices  # the same for those that have the same packs, and of which some came on the day or none


class _Best(NamedTuple):
    """Of each bucket, the cheapest label so far."""

    cost: Vector  # of those that are settled up to the day
    place: Indices  # of that one among all
    waiting_cost: Vector  # of the others, of those with as many cards as the last one
    waiting_cards: Vector  # which has so many


@numba.njit(cache=True)
def search(
    office: Stock,
    trips: Trips,
    amount_saving: Vector,
    rate_saving: Vector,
    streams: StreamSavings,
    useful: int,
    known: float,
    full: Vector,
    follows: Vector,
    width: float,
    beam: int,
    most_labels: int,
    answers: int,
) -> tuple[Vector, Indices]:
    """(A,) lower bounds on the cost of all trips, (A, E) packs of each opportunity, the best first.

    At most `answers` that differ in the packs sent in all. The first bound is the cost of the best
    trips unless labels were merged, for being more than `most_labels`; with a `beam` it is the cost of
    good trips only. No answer if nothing costs less than `known`. `follows` is what `completions` gives,
    at levels of `width` cards behind `full`. With `streams` cards stay with theirs while nothing is printed.
    """
    days, count = len(office.stock), len(trips.arrival)
    capacity = np.zeros(days + 1)
    for day in range(days):
        capacity[day + 1] = capacity[day] + office.printers[day]
    buckets = 2 * follows.shape[2]
    labels = _Labels(
        np.zeros(1, np.int64),
        np.zeros(1),
        np.zeros(1),
        np.full(1, -1, np.int64),
        np.zeros(1, np.bool_),
        np.zeros(1, np.int64),
        np.zeros(1),
    )
    nodes = np.empty((1024, 3), np.int64)  # the node before, the trip and its packs
    size = np.int64(0)  # a plain 0 is a type of its own, for which functions are compiled once more
    for day in range(days):
        begin, end = np.searchsorted(trips.arrival, day), np.searchsorted(trips.arrival, day + 1)
        if len(streams.sizes) > 0:
            _end_stockouts(office, day, labels, streams)
        if begin < end:
            # Most cards (whole ones) first, of as many the last printed, and so are labels made of these:
            # what is no cheaper than one before is beaten.
            labels = _some(np.argsort(-(days * labels.printed + labels.since)), labels)
        for label in range(len(labels.received)):
            labels.received[label] = False
        for trip in range(begin, end):
            highest = _most_sensible(office, trips, trip, day, labels, capacity, useful)
            children = _extended(
                trips,
                trip,
                day,
                labels,
                highest,
                known,
                full,
                follows[trip],
                width,
                beam > 0,
                buckets,
                streams,
            )
            if len(children.bucket) == 0:
                return np.empty(0), np.zeros((0, count), np.int64)
            kept = np.arange(len(children.bucket))
            coarse = office.pack / 64
            while len(kept) > most_labels:
                kept = _merged(kept, children, buckets, coarse, day)
                coarse *= _MERGE
            if beam > 0 and len(kept) > beam:
                kept = most_promising(kept, children.hope, beam)
            labels = _some(kept, children.labels)
            nodes, size = _recorded(nodes, size, trip, kept, children, labels)
        labels = _after(office, day, labels, amount_saving, rate_saving)
    for label in range(len(labels.packs)):
        labels.cost[label] += _overstated(streams, labels, label, days)
    return _cheapest(labels, nodes, follows.shape[2], count, answers)


@numba.njit(cache=True)
def _some(kept: Indices, labels: _Labels) -> _Labels:
    """The labels kept, in their order."""
    count = len(kept)
    some = _Labels(
        np.empty(count, np.int64),
        np.empty(count),
        np.empty(count),
        np.empty(count, np.int64),
        np.empty(count, np.bool_),
        np.empty(count, np.int64),
        np.empty(count),
    )
    for place in range(count):
        label = kept[place]
        some.packs[place], some.node[place] = labels.packs[label], labels.node[label]
        some.printed[place], some.cost[place] = labels.printed[label], labels.cost[label]
        some.received[place] = labels.received[label]
        some.since[place], some.saved[place] = labels.since[label], labels.saved[label]
    return some


@numba.njit(cache=True)
def _overstated(streams: StreamSavings, labels: _Labels, label: int, day: int) -> float:
    """By how much cards that are the same since some day have saved less until a day than each day apart."""
    if len(streams.sizes) == 0 or day - labels.since[label] < 2:
        return 0.0
    together = saved_meanwhile(streams, labels.since[label], day, labels.printed[label])
    return max(0.0, labels.saved[label] - together)


@numba.njit(cache=True)
def _end_stockouts(office: Stock, day: int, labels: _Labels, streams: StreamSavings) -> None:
    """Settle what cards have saved for those that print on the day, with a trip or without."""
    for label in range(len(labels.packs)):
        blanks = np.floor(office.stock[day] + office.pack * labels.packs[label] + SLACK)
        cards = min(labels.printed[label] + office.printers[day], office.applicants[day], blanks)
        if cards > labels.printed[label]:
            labels.cost[label] += _overstated(streams, labels, label, day)
            labels.since[label], labels.saved[label] = day, 0.0


@numba.njit(cache=True)
def _most_sensible(
    office: Stock, trips: Trips, trip: int, day: int, labels: _Labels, capacity: Vector, useful: int
) -> Indices:
    """(labels,) the most packs a trip can sensibly bring: fewer than its least where it should not go."""
    count, least = len(labels.packs), trips.least[trip]
    highest = np.empty(count, np.int64)
    for label in range(count):
        # Those who still miss a pack may have to take the least load, beyond what they can use.
        left = useful - labels.packs[label]
        top = min(trips.most[trip], max(left, least)) if left > 0 else 0
        on_hand = office.stock[day] + office.pack * labels.packs[label]
        begun = labels.printed[label] - capacity[day]
        if trips.lasting[trip] >= 0:
            until = max(trips.lasting[trip], 1)
            if on_hand >= min(begun + capacity[until], office.applicants[until - 1]):
                top = 0
        for look in range(trips.later.shape[0]):
            if trips.later[look, trip] < 0:
                break
            until = max(trips.later[look, trip], 1)
            need = min(begun + capacity[until], office.applicants[until - 1])
            sensible = np.floor((need - on_hand) / office.pack + trips.paying[look, trip] + 1 + SLACK)
            if least <= top and sensible < top:
                top = int(max(sensible, least))
        highest[label] = top
    return highest


@numba.njit(cache=True)
def _extended(
    trips: Trips,
    trip: int,
    day: int,
    labels: _Labels,
    highest: Indices,
    known: float,
    full: Vector,
    follows: Vector,
    width: float,
    smooth: bool,
    buckets: int,
    streams: StreamSavings,
) -> _Children:
    """Labels with each number of packs of a trip, or none, without those that others beat or `known` does.

    `follows` (levels, packs) is what comes after the trip at least; `smooth` interpolates between levels.

    With `streams`, what cards have saved since they are the same may turn out to be less the longer they
    are. So an exact search lets a label beat those with no more cards only if it is settled up to the day:
    then its cards can do whatever those of others do, who keep them to their streams as well. One that is not
    beats those that have as many cards for longer.
    """
    least, fixed, price = trips.least[trip], trips.fixed[trip], trips.price[trip]
    size = len(labels.packs)
    for label in range(len(labels.packs)):
        size += max(0, highest[label] - least + 1)
    packs, printed, cost = np.empty(size, np.int64), np.empty(size), np.empty(size)
    node, received = np.empty(size, np.int64), np.empty(size, np.bool_)
    since, saved = np.empty(size, np.int64), np.empty(size)
    sent, hopes, bucket_of = np.empty(size, np.int64), np.empty(size), np.empty(size, np.int64)
    best = _Best(
        np.full(buckets, np.inf),
        np.empty(buckets, np.int64),
        np.full(buckets, np.inf),
        np.full(buckets, -1.0),
    )
    levels = follows.shape[0]
    at = 0
    for label in range(len(labels.packs)):
        behind = max(full[day] - labels.printed[label], 0.0) / width
        level = min(int(behind), levels - 1)
        share = behind - level if smooth and level + 1 < levels else 0.0
        reach, further = follows[level], follows[min(level + 1, levels - 1)]
        settled = smooth or len(streams.sizes) == 0 or labels.since[label] == day
        overstated = _overstated(streams, labels, label, day) if highest[label] >= least else 0.0
        for amount in range(-1, highest[label] + 1):
            # The first is nothing at all.
            if 0 <= amount < least:
                continue
            brought = max(amount, 0)
            charged = labels.cost[label]
            if brought > 0:
                charged = labels.cost[label] + overstated + fixed + price * brought
            after = labels.packs[label] + brought
            comes = labels.received[label] or brought > 0
            bucket = 2 * after + (1 if comes else 0)
            waits = not settled and brought == 0
            if _is_beaten(best, bucket, charged, labels.printed[label], waits):
                continue
            hope = charged + reach[after]
            if smooth:
                hope += share * (further[after] - reach[after])
            if hope > known:
                continue
            place = _placed(best, bucket, charged, labels.printed[label], waits, printed, at)
            at = max(at, place + 1)
            since[place] = day if brought > 0 else labels.since[label]
            saved[place] = 0.0 if brought > 0 else labels.saved[label]
            packs[place], printed[place], cost[place] = after, labels.printed[label], charged
            node[place], received[place] = labels.node[label], comes
            sent[place], hopes[place], bucket_of[place] = brought, hope, bucket
    found = _Labels(packs[:at], printed[:at], cost[:at], node[:at], received[:at], since[:at], saved[:at])
    return _Children(found, sent[:at], hopes[:at], bucket_of[:at])


@numba.njit(cache=True)
def _is_beaten(best: _Best, bucket: int, cost: float, cards: float, waits: bool) -> bool:
    """Whether a label is no cheaper than one before, which has as many cards or more."""
    if waits and best.waiting_cards[bucket] == cards and cost >= best.waiting_cost[bucket]:
        return True
    return bool(cost >= best.cost[bucket])


@numba.njit(cache=True)
def _placed(
    best: _Best, bucket: int, cost: float, cards: float, waits: bool, printed: Vector, behind: int
) -> int:
    """Where to put a label that is not beaten: in place of one with as many cards, or behind all."""
    if waits:
        best.waiting_cost[bucket], best.waiting_cards[bucket] = cost, cards
        return behind
    place = behind
    if best.cost[bucket] < np.inf and printed[best.place[bucket]] == cards:
        place = best.place[bucket]
    best.cost[bucket], best.place[bucket] = cost, place
    return place


@numba.njit(cache=True)
def _merged(kept: Indices, children: _Children, buckets: int, width: float, day: int) -> Indices:
    """Labels of which those of a bucket within `width` cards become one, as good as the best of them.

    In the order of cards, most first. The costs are changed, and what they saved before the day is settled.
    """
    printed, cost = children.labels.printed, children.labels.cost
    latest = np.full(buckets, -1, np.int64)
    fewer = np.empty(len(kept), np.int64)
    size = 0
    for label in kept:
        before = latest[children.bucket[label]]
        if before >= 0 and printed[before] - printed[label] < width:
            cost[before] = min(cost[before], cost[label])
            children.labels.since[before], children.labels.saved[before] = day, 0.0
            continue
        latest[children.bucket[label]] = label
        fewer[size] = label
        size += 1
    return fewer[:size]


@numba.njit(cache=True)
def most_promising(kept: Indices, hope: Vector, beam: int) -> Indices:
    """So many of the labels kept that promise the most, and those that promise as much."""
    hopes = np.empty(len(kept))
    for place in range(len(kept)):
        hopes[place] = hope[kept[place]]
    worst = hopes[np.argsort(hopes)[beam - 1]]  # to partition takes 11 s to compile
    fewer = np.empty(len(kept), np.int64)
    size = 0
    for place in range(len(kept)):
        if hopes[place] <= worst:
            fewer[size] = kept[place]
            size += 1
    return fewer[:size]


@numba.njit(cache=True)
def _recorded(
    nodes: Indices, size: int, trip: int, kept: Indices, children: _Children, labels: _Labels
) -> tuple[Indices, int]:
    """Nodes (longer if need be), and how many they are, with those of a trip, to which the labels lead."""
    if size + len(kept) > len(nodes):
        longer = np.empty((2 * len(nodes) + len(kept), 3), np.int64)
        for place in range(size):
            for item in range(3):
                longer[place, item] = nodes[place, item]
        nodes = longer
    for place in range(len(kept)):
        label = kept[place]
        if children.sent[label] > 0:
            nodes[size, 0], nodes[size, 1] = children.labels.node[label], trip
            nodes[size, 2] = children.sent[label]
            labels.node[place] = size
            size += 1
    return nodes, size


@numba.njit(cache=True)
def _after(office: Stock, day: int, labels: _Labels, amount_saving: Vector, rate_saving: Vector) -> _Labels:
    """Labels at the end of a day, on which cards are printed, but for those beyond the store."""
    packs, printed, cost, node, received, since, saved = labels
    size = 0
    for label in range(len(packs)):
        blanks = office.stock[day] + office.pack * packs[label]
        cards = min(printed[label] + office.printers[day], office.applicants[day], np.floor(blanks + SLACK))
        if received[label] and blanks - cards > office.store + SLACK:
            continue
        today = saved_on(cards, day, amount_saving, rate_saving)
        since[size], saved[size] = since[label], saved[label] + today
        if cards > printed[label]:
            since[size], saved[size] = day, today
        packs[size], printed[size], node[size] = packs[label], cards, node[label]
        cost[size] = cost[label] - today
        received[size] = received[label]
        size += 1
    return _Labels(
        packs[:size],
        printed[:size],
        cost[:size],
        node[:size],
        received[:size],
        since[:size],
        saved[:size],
    )


@numba.njit(cache=True)
def _cheapest(
    labels: _Labels, nodes: Indices, packs: int, trips: int, answers: int
) -> tuple[Vector, Indices]:
    """What `search` finds: the cheapest label for each number of packs, then the cheapest of these."""
    cheapest, least = np.full(packs, -1, np.int64), np.full(packs, np.inf)
    found = 0
    for label in range(len(labels.cost)):
        count = labels.packs[label]
        if cheapest[count] < 0:
            found += 1
        if cheapest[count] < 0 or labels.cost[label] < least[count]:
            cheapest[count], least[count] = label, labels.cost[label]
    order = np.argsort(least)
    found = min(found, answers)
    bounds, sent = np.empty(found), np.zeros((found, trips), np.int64)
    for rank in range(found):
        bounds[rank] = least[order[rank]]
        at = labels.node[cheapest[order[rank]]]
        while at >= 0:
            sent[rank, nodes[at, 1]] = nodes[at, 2]
            at = nodes[at, 0]
    return bounds, sent
