"""The label-setting search for one office's cheapest trips, compiled: see `restocking` for what it solves."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

_SLACK = 1e-6  # cards: comparisons of stocks in doubles err on the side of allowing more
_MERGE = 1.5  # how much coarser labels are merged from one attempt to the next


@numba.njit(cache=True)
def completion(
    day: int,
    packs: int,
    printed: float,
    stock: NDArray[np.float64],
    pack: float,
    printers: NDArray[np.float64],
    applicants: NDArray[np.float64],
    earned: NDArray[np.float64],
    gain: NDArray[np.float64],
) -> float:
    """A lower bound on what follows: blanks bought one by one, each when it is cheapest.

    A card of the blanks on hand earns what it does at full speed; the others at best, on that day or
    later, less the cheapest blank that can be there by then. Blanks in transit count as there.
    """
    days = len(stock)
    own_stock = stock[days - 1] + pack * packs
    result = -earned[day] * printed
    reached = printed
    capacity = printed
    own = min(printed, own_stock)
    for then in range(day, days):
        capacity += printers[then]
        now = max(reached, min(capacity, applicants[then]))
        now_own = min(now, own_stock)
        result -= earned[then] * (now_own - own) + gain[then] * ((now - now_own) - (reached - own))
        reached = now
        own = now_own
    return result


@numba.njit(cache=True)
def gains(
    day: int,
    arrival: NDArray[np.int64],
    each: NDArray[np.float64],
    pack: float,
    earned: NDArray[np.float64],
    gain: NDArray[np.float64],
) -> None:
    """(T,) the most that a card can earn whose blank is bought from `day` on, if printed no sooner."""
    days = len(earned)
    for then in range(days):
        gain[then] = np.inf
    for trip in range(len(arrival)):
        if arrival[trip] >= day and each[trip] < gain[arrival[trip]]:
            gain[arrival[trip]] = each[trip]
    cheapest = np.inf
    for then in range(day, days):
        cheapest = min(cheapest, gain[then])
        gain[then] = max(earned[then] - cheapest / pack, 0.0)
    for then in range(days - 2, day - 1, -1):
        gain[then] = max(gain[then], gain[then + 1])


@numba.njit(cache=True)
def undominated(
    packs: NDArray[np.int64],
    received: NDArray[np.bool_],
    printed: NDArray[np.float64],
    cost: NDArray[np.float64],
    useful: int,
    width: float,
) -> NDArray[np.int64]:
    """Labels that none of as many packs beats in cards and cost, in the order of packs.

    With `width` > 0 those within so many cards of each other become one, as good as the best of them.
    """
    count = len(packs)
    starts = np.zeros(2 * useful + 3, np.int64)
    for label in range(count):
        starts[2 * packs[label] + received[label] + 1] += 1
    starts = np.cumsum(starts)
    position = starts[:-1].copy()
    order = np.empty(count, np.int64)
    for label in range(count):
        bucket = 2 * packs[label] + received[label]
        order[position[bucket]] = label
        position[bucket] += 1
    kept = np.empty(count, np.int64)
    size = 0
    for bucket in range(2 * useful + 2):
        first, last = starts[bucket], starts[bucket + 1]
        if last == first:
            continue
        here = order[first:last]
        here = here[np.argsort(-printed[here])]
        group = size
        for label in here:
            # Sorted by cards, most first: what comes later must be cheaper.
            if size > group:
                before = kept[size - 1]
                if printed[label] == printed[before]:
                    if cost[label] < cost[before]:
                        kept[size - 1] = label
                    continue
                if cost[label] >= cost[before]:
                    continue
                if printed[before] - printed[label] < width:
                    cost[before] = cost[label]
                    continue
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
    each: NDArray[np.float64],
    lasting: NDArray[np.int64],
    later: NDArray[np.int64],
    paying: NDArray[np.float64],
    worth: NDArray[np.float64],
    amount_saving: NDArray[np.float64],
    rate_saving: NDArray[np.float64],
    useful: int,
    known: float,
    beam: int,
    most_labels: int,
    answers: int,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(A,) lower bounds on the cost of all trips, (A, E) packs of each opportunity, the best first.

    At most `answers` that differ in the packs sent in all. The first bound is the cost of the best
    trips unless labels were merged, for being more than `most_labels`; with a `beam` it is the cost of
    good trips only. No answer if nothing costs less than `known`.
    """
    days, trips = len(stock), len(arrival)
    earned = np.empty(days)
    total = 0.0
    for day in range(days - 1, -1, -1):
        total += worth[day]
        earned[day] = total
    capacity = np.zeros(days + 1)
    for day in range(days):
        capacity[day + 1] = capacity[day] + printers[day]
    gain = np.empty(days)
    most_packs = useful
    for trip in range(trips):
        most_packs = max(most_packs, useful + least[trip])
    packs = np.zeros(1, np.int64)
    printed = np.zeros(1)
    cost = np.zeros(1)
    node = np.full(1, -1, np.int64)
    node_count = 0
    node_parent = np.empty(1024, np.int64)
    node_trip = np.empty(1024, np.int64)
    node_amount = np.empty(1024, np.int64)
    trip = 0
    for day in range(days):
        received = np.zeros(len(packs), np.bool_)
        while trip < trips and arrival[trip] == day:
            # Those without hope go, then those that remain branch.
            gains(day, arrival, each, pack, earned, gain)
            hope = np.empty(len(packs))
            for label in range(len(packs)):
                hope[label] = cost[label] + completion(
                    day, packs[label], printed[label], stock, pack, printers, applicants, earned, gain
                )
            limit = known
            if beam > 0 and len(hope) > beam:
                limit = min(limit, np.partition(hope, beam)[beam])
            alive = np.nonzero(hope <= limit)[0]
            if len(alive) == 0:
                return np.empty(0), np.zeros((0, trips), np.int64)
            highest = np.empty(len(alive), np.int64)
            branches = 0
            for index in range(len(alive)):
                label = alive[index]
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
                    sensible = np.floor((need - on_hand) / pack + paying[look, trip] + 1 + _SLACK)
                    if least[trip] <= top and sensible < top:
                        top = int(max(sensible, least[trip]))
                highest[index] = top
                if top >= least[trip]:
                    branches += top - least[trip] + 1
            count = len(alive)
            size = count + branches
            new_packs = np.empty(size, np.int64)
            new_printed = np.empty(size)
            new_cost = np.empty(size)
            new_node = np.empty(size, np.int64)
            new_amount = np.zeros(size, np.int64)
            new_received = np.zeros(size, np.bool_)
            at = count
            for index in range(count):
                label = alive[index]
                new_packs[index] = packs[label]
                new_printed[index] = printed[label]
                new_cost[index] = cost[label]
                new_node[index] = node[label]
                new_received[index] = received[label]
                for amount in range(least[trip], highest[index] + 1):
                    new_packs[at] = packs[label] + amount
                    new_printed[at] = printed[label]
                    new_cost[at] = cost[label] + fixed[trip] + price[trip] * amount
                    new_node[at] = node[label]
                    new_amount[at] = amount
                    new_received[at] = True
                    at += 1
            kept = undominated(new_packs, new_received, new_printed, new_cost, most_packs, 0.0)
            width = pack / 64
            while len(kept) > most_labels:
                merged_cost = new_cost[kept]
                again = undominated(
                    new_packs[kept], new_received[kept], new_printed[kept], merged_cost, most_packs, width
                )
                new_cost[kept] = merged_cost
                kept = kept[again]
                width *= _MERGE
            packs, printed, cost = new_packs[kept], new_printed[kept], new_cost[kept]
            received, parent, amounts = new_received[kept], new_node[kept], new_amount[kept]
            node = np.empty(len(kept), np.int64)
            for index in range(len(kept)):
                amount = amounts[index]
                if amount == 0:
                    node[index] = parent[index]
                    continue
                if node_count == len(node_parent):
                    node_parent = np.concatenate((node_parent, np.empty_like(node_parent)))
                    node_trip = np.concatenate((node_trip, np.empty_like(node_trip)))
                    node_amount = np.concatenate((node_amount, np.empty_like(node_amount)))
                node_parent[node_count] = parent[index]
                node_trip[node_count] = trip
                node_amount[node_count] = amount
                node[index] = node_count
                node_count += 1
            trip += 1
        for label in range(len(packs)):
            on_hand = np.floor(stock[day] + pack * packs[label] + _SLACK)
            printed[label] = min(printed[label] + printers[day], applicants[day], on_hand)
            left = printed[label]
            for step in range(amount_saving.shape[1]):
                part = min(left, amount_saving[day, step])
                cost[label] -= rate_saving[day, step] * part
                left -= part
                if left <= 0.0:
                    break
        if store < np.inf and received.any():
            on_hand = stock[day] + pack * packs - printed
            fits = np.nonzero(~received | (on_hand <= store + _SLACK))[0]
            packs, printed, cost, node = packs[fits], printed[fits], cost[fits], node[fits]
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
            sent[rank, node_trip[at]] = node_amount[at]
            at = node_parent[at]
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
