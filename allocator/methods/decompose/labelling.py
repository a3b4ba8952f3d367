"""The label-setting search for one office's cheapest trips, compiled: see `restocking` for what it solves."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from allocator.methods.decompose.completion import SLACK, saved_on

_MERGE = 1.5  # how much coarser labels are merged from one attempt to the next


@numba.njit(cache=True)
def merged(
    labels: NDArray[np.int64],
    bucket: NDArray[np.int64],
    printed: NDArray[np.float64],
    cost: NDArray[np.float64],
    width: float,
) -> NDArray[np.int64]:
    """Labels of which those of a bucket within `width` cards become one, as good as the best of them.

    In the order of cards, most first, in which those of a bucket become cheaper. The costs are changed.
    """
    latest = np.full(bucket.max() + 1, -1, np.int64)
    kept = np.empty(len(labels), np.int64)
    size = 0
    for label in labels:
        before = latest[bucket[label]]
        if before >= 0 and printed[before] - printed[label] < width:
            cost[before] = cost[label]
            continue
        latest[bucket[label]] = label
        kept[size] = label
        size += 1
    return kept[:size]


@numba.njit(cache=True)
def search(  # noqa: PLR0912, PLR0915 - compiled in one piece
    stock: NDArray[np.float64],
    pack: float,
    printers: NDArray[np.float64],
    applicants: NDArray[np.float64],
    store: float,
    arrival: NDArray[np.int64],
    least: NDArray[np.int64],
    most: NDArray[np.int64],
    fixed: NDArray[np.float64],
    price: NDArray[np.float64],
    lasting: NDArray[np.int64],
    later: NDArray[np.int64],
    paying: NDArray[np.float64],
    amount_saving: NDArray[np.float64],
    rate_saving: NDArray[np.float64],
    useful: int,
    known: float,
    full: NDArray[np.float64],
    follows: NDArray[np.float64],
    width: float,
    beam: int,
    most_labels: int,
    answers: int,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(A,) lower bounds on the cost of all trips, (A, E) packs of each opportunity, the best first.

    At most `answers` that differ in the packs sent in all. The first bound is the cost of the best
    trips unless labels were merged, for being more than `most_labels`; with a `beam` it is the cost of
    good trips only. No answer if nothing costs less than `known`. `follows` is what `completions` gives,
    at levels of `width` cards behind `full`.
    """
    days, trips = len(stock), len(arrival)
    capacity = np.zeros(days + 1)
    for day in range(days):
        capacity[day + 1] = capacity[day] + printers[day]
    _, levels, packs_told_apart = follows.shape
    most_packs = packs_told_apart - 1
    packs = np.zeros(1, np.int64)
    printed = np.zeros(1)
    cost = np.zeros(1)
    node = np.full(1, -1, np.int64)
    node_count = 0
    nodes = np.empty((1024, 3), np.int64)  # the node before, the trip and its packs
    trip = 0
    for day in range(days):
        if trip < trips and arrival[trip] == day:
            # Most cards first, and so are labels made of these: what is no cheaper than one before is beaten.
            order = np.argsort(-printed)
            packs, printed, cost, node = packs[order], printed[order], cost[order], node[order]
        received = np.zeros(len(packs), np.bool_)
        while trip < trips and arrival[trip] == day:
            count = len(packs)
            level = np.empty(count, np.int64)
            share = np.zeros(count)
            highest = np.empty(count, np.int64)
            size = 0
            for label in range(count):
                # Those who still miss a pack may have to take the least load, beyond what they can use.
                left = useful - packs[label]
                top = min(most[trip], max(left, least[trip])) if left > 0 else 0
                on_hand = stock[day] + pack * packs[label]
                begun = printed[label] - capacity[day]
                if lasting[trip] >= 0:
                    until = max(lasting[trip], 1)
                    if on_hand >= min(begun + capacity[until], applicants[until - 1]):
                        top = 0
                for look in range(later.shape[0]):
                    if later[look, trip] < 0:
                        break
                    until = max(later[look, trip], 1)
                    need = min(begun + capacity[until], applicants[until - 1])
                    sensible = np.floor((need - on_hand) / pack + paying[look, trip] + 1 + SLACK)
                    if least[trip] <= top and sensible < top:
                        top = int(max(sensible, least[trip]))
                highest[label] = top
                place = max(full[day] - printed[label], 0.0) / width
                level[label] = min(int(place), levels - 1)
                if beam > 0 and level[label] + 1 < levels:
                    share[label] = place - level[label]
                size += 1
                if least[trip] <= top:
                    size += top - least[trip] + 1
            new_packs = np.empty(size, np.int64)
            new_printed = np.empty(size)
            new_cost = np.empty(size)
            new_node = np.empty(size, np.int64)
            new_amount = np.empty(size, np.int64)
            new_received = np.empty(size, np.bool_)
            new_hope = np.empty(size)
            new_bucket = np.empty(size, np.int64)
            # Of labels so far, by packs and whether any came today.
            least_cost = np.full(2 * most_packs + 2, np.inf)
            latest = np.empty(2 * most_packs + 2, np.int64)
            at = 0
            for label in range(count):
                reach = follows[trip, level[label]]
                further = follows[trip, min(level[label] + 1, levels - 1)]
                for amount in range(-1, highest[label] + 1):
                    # The first is nothing at all.
                    if 0 <= amount < least[trip]:
                        continue
                    brought = max(amount, 0)
                    charged = cost[label]
                    if amount >= 0:
                        charged = cost[label] + fixed[trip] + price[trip] * amount
                    after = packs[label] + brought
                    comes = received[label] or brought > 0
                    bucket = 2 * after + (1 if comes else 0)
                    if charged >= least_cost[bucket]:
                        continue
                    hope = charged + reach[after]
                    if beam > 0:
                        hope += share[label] * (further[after] - reach[after])
                    if hope > known:
                        continue
                    place = at
                    if least_cost[bucket] < np.inf and new_printed[latest[bucket]] == printed[label]:
                        place = latest[bucket]
                    else:
                        at += 1
                    least_cost[bucket] = charged
                    latest[bucket] = place
                    new_packs[place] = after
                    new_printed[place] = printed[label]
                    new_cost[place] = charged
                    new_node[place] = node[label]
                    new_amount[place] = brought
                    new_received[place] = comes
                    new_hope[place] = hope
                    new_bucket[place] = bucket
            if at == 0:
                return np.empty(0), np.zeros((0, trips), np.int64)
            kept = np.arange(at)
            coarse = pack / 64
            while len(kept) > most_labels:
                kept = merged(kept, new_bucket[:at], new_printed, new_cost, coarse)
                coarse *= _MERGE
            if beam > 0 and len(kept) > beam:
                hopes = np.empty(len(kept))
                for index in range(len(kept)):
                    hopes[index] = new_hope[kept[index]]
                least_hope = hopes[np.argsort(hopes)[beam - 1]]  # to partition takes 11 s to compile
                size = 0
                for index in range(len(kept)):
                    if hopes[index] <= least_hope:
                        kept[size] = kept[index]
                        size += 1
                kept = kept[:size]
            # One by one: arrays of indices take long to compile.
            count = len(kept)
            packs, printed, cost = np.empty(count, np.int64), np.empty(count), np.empty(count)
            received, node = np.empty(count, np.bool_), np.empty(count, np.int64)
            for index in range(count):
                label = kept[index]
                packs[index], printed[index], cost[index] = (
                    new_packs[label],
                    new_printed[label],
                    new_cost[label],
                )
                received[index], node[index] = new_received[label], new_node[label]
                if new_amount[label] == 0:
                    continue
                if node_count == len(nodes):
                    nodes = np.concatenate((nodes, np.empty_like(nodes)))
                nodes[node_count, 0] = new_node[label]
                nodes[node_count, 1] = trip
                nodes[node_count, 2] = new_amount[label]
                node[index] = node_count
                node_count += 1
            trip += 1
        for label in range(len(packs)):
            on_hand = np.floor(stock[day] + pack * packs[label] + SLACK)
            printed[label] = min(printed[label] + printers[day], applicants[day], on_hand)
            cost[label] -= saved_on(printed[label], day, amount_saving, rate_saving)
        if store < np.inf:
            size = 0
            for label in range(len(packs)):
                on_hand = stock[day] + pack * packs[label] - printed[label]
                if not received[label] or on_hand <= store + SLACK:
                    packs[size], printed[size], cost[size] = packs[label], printed[label], cost[label]
                    node[size] = node[label]
                    size += 1
            packs, printed, cost, node = packs[:size], printed[:size], cost[:size], node[:size]
    # The cheapest label for each number of packs, then the cheapest of these.
    cheapest = np.full(most_packs + 1, -1, np.int64)
    for label in range(len(cost)):
        if cheapest[packs[label]] < 0 or cost[label] < cost[cheapest[packs[label]]]:
            cheapest[packs[label]] = label
    leading = cheapest[cheapest >= 0]
    leading = leading[np.argsort(cost[leading])][:answers]
    sent = np.zeros((len(leading), trips), np.int64)
    for rank in range(len(leading)):
        at = node[leading[rank]]
        while at >= 0:
            sent[rank, nodes[at, 1]] = nodes[at, 2]
            at = nodes[at, 0]
    return cost[leading], sent


@numba.njit(cache=True)
def spread_cards(
    office: NDArray[np.int64],
    printed: NDArray[np.float64],
    level: NDArray[np.float64],
    amount: NDArray[np.float64],
    rate: NDArray[np.float64],
    stream: NDArray[np.int64],
    streams: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(P,) what `printed` (P, T) cards save, and (P, S, T) whose they are by the day: see `savings`."""
    plans, days = printed.shape
    steps = level.shape[2]
    saved = np.zeros(plans)
    cards = np.zeros((plans, streams, days))
    done = np.empty(streams)
    for plan in range(plans):
        i = office[plan]
        done[:] = 0.0
        before = 0.0
        for day in range(days):
            left = printed[plan, day] - before
            before = printed[plan, day]
            for step in range(steps):
                s = stream[i, day, step]
                taken = min(left, level[i, day, step] - done[s])
                if taken > 0.0:
                    done[s] += taken
                    left -= taken
                start = level[i, day, step] - amount[i, day, step]
                saved[plan] += rate[i, day, step] * min(max(done[s] - start, 0.0), amount[i, day, step])
            for s in range(streams):
                cards[plan, s, day] = done[s]
    return saved, cards
