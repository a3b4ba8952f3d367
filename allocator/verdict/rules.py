"""The eleven rules of the contract, one function each, in its order.

Each yields a violation for each place and day at which the plan breaks the rule; a cumulative rule
stays broken on later days until the plan makes up for it, and each of those days is a violation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Final

import numpy as np

from allocator.instance.arrays import NO_LIMIT, Counts, Flags
from allocator.verdict.curves import Curves, ExactCounts, positive
from allocator.verdict.violations import Violation, in_words

Rule = Callable[[Curves], Iterator[Violation]]


def check_quota(curves: Curves) -> Iterator[Violation]:
    """1. The slots used on a day are at most the quota of the day."""
    used, quota = curves.ingest.sum(axis=(0, 1)), curves.given.quota
    for (day,) in _places(_above(used, quota)):
        found, limit = int(used[day]), int(quota[day])
        message = f"{in_words(found)} records ingested, the quota is {in_words(limit)}"
        yield Violation(1, message, day, found, limit)


def check_storage(curves: Curves) -> Iterator[Violation]:
    """2. All that was ingested so far fits in the national database."""
    stored, room = curves.ingested.sum(axis=(0, 1)), curves.given.storage
    for (day,) in _places(_above(stored, room)):
        found, limit = int(stored[day]), int(room[day])
        message = f"{in_words(found)} records ingested so far, the storage has room for {in_words(limit)}"
        yield Violation(2, message, day, found, limit)


def check_office_link(curves: Curves) -> Iterator[Violation]:
    """3. What an office ingests on a day, all streams together, passes through its link."""
    used, capacity = curves.ingest.sum(axis=1), curves.given.ingest_capacity
    for i, day in _places(_above(used, capacity)):
        found, limit = int(used[i, day]), int(capacity[i, day])
        message = f"{in_words(found)} records ingested, the link of the office takes {in_words(limit)}"
        yield Violation(3, message, day, found, limit, office=_office(curves, i))


def check_ingested_once(curves: Curves) -> Iterator[Violation]:
    """4. No record is ingested before it applied, nor twice, nor where no ingestion is needed."""
    needed = curves.given.needs_ingestion[None, :, None]
    room = curves.exact(curves.given.ingestible)
    # Where ingestion is not needed each day stands for itself: nothing cumulates that was never to be.
    found_all = np.where(needed, curves.ingested, curves.ingest)
    for i, s, day in _places(positive(found_all - room)):
        found, limit = int(found_all[i, s, day]), int(room[i, s, day])
        if curves.given.needs_ingestion[s]:
            message = f"{in_words(found)} records ingested so far, only {in_words(limit)} were to ingest"
        else:
            message = f"{in_words(found)} records ingested of a stream that needs no ingestion"
        place = {"office": _office(curves, i), "stream": curves.instance.streams[s].id}
        yield Violation(4, message, day, found, limit, **place)


def check_print_ready(curves: Curves) -> Iterator[Violation]:
    """5. No card is printed before its record is print-ready."""
    for i, s, day in _places(positive(-curves.waiting)):
        found, limit = int(curves.printed[i, s, day]), int(curves.ready[i, s, day])
        message = f"{in_words(found)} cards printed so far, only {in_words(limit)} records were print-ready"
        place = {"office": _office(curves, i), "stream": curves.instance.streams[s].id}
        yield Violation(5, message, day, found, limit, **place)


def check_blanks(curves: Curves) -> Iterator[Violation]:
    """6. No card is printed and no pack leaves an office without blanks for it."""
    for i, day in _places(positive(-curves.on_hand_scaled)):
        found = _on_hand(curves, i, day)
        message = f"blanks used and sent away exceed those the office had by {in_words(-found)}"
        yield Violation(6, message, day, found, 0, office=_office(curves, i))


def check_printers(curves: Curves) -> Iterator[Violation]:
    """7. The printers of an office print the cards of a day, all streams together."""
    printed, capacity = curves.cards.sum(axis=1), curves.given.print_capacity
    for i, day in _places(_above(printed, capacity)):
        found, limit = int(printed[i, day]), int(capacity[i, day])
        message = f"{in_words(found)} cards printed, the printers of the office print {in_words(limit)}"
        yield Violation(7, message, day, found, limit, office=_office(curves, i))


def check_office_store(curves: Curves) -> Iterator[Violation]:
    """8. On a day on which packs arrive by a lane, the blanks left at its end fit in the store."""
    given = curves.given
    limited = given.max_blanks < NO_LIMIT
    room = np.where(limited, given.max_blanks, 0) * given.good_per_thousand
    too_many = positive(curves.on_hand_scaled - curves.exact(room)[:, None])
    delivered = positive(curves.packs_into_offices)
    for i, day in _places(too_many & delivered & limited[:, None]):
        found, limit = _on_hand(curves, i, day), int(given.max_blanks[i])
        message = f"packs arrive and {in_words(found)} blanks are left, the store holds {in_words(limit)}"
        yield Violation(8, message, day, found, limit, office=_office(curves, i))


def check_lanes(curves: Curves) -> Iterator[Violation]:
    """9. A trip is of a size the lane takes, on a day on which it is open, and arrives within the horizon."""
    given = curves.given
    least, most = given.min_packs[:, None], given.max_packs[:, None]
    refused = ~given.dispatchable | positive(least - curves.packs) | _above(curves.packs, most)
    for index, day in _places(positive(curves.packs) & refused):
        lane, found = curves.instance.lanes[index], int(curves.packs[index, day])
        if day + lane.lead_days >= given.days:
            limit, reason = 0, f"they would arrive after the last day, {given.days - 1}"
        elif not given.dispatchable[index, day]:
            limit, reason = 0, "the lane is not open"
        elif found < lane.min_packs:
            limit, reason = lane.min_packs, f"a trip takes at least {in_words(lane.min_packs)}"
        else:
            limit = int(given.max_packs[index])
            reason = f"a trip takes at most {in_words(limit)}"
        message = f"{in_words(found)} packs dispatched, {reason}"
        yield Violation(9, message, day, found, limit, lane=lane.id)


def check_depot_reserve(curves: Curves) -> Iterator[Violation]:
    """10. The stock of a depot never falls below its reserve."""
    reserve = curves.exact(curves.given.depot_reserve)[:, None]
    for d, day in _places(positive(reserve - curves.depot_stock)):
        depot = curves.instance.depots[d]
        found, limit = int(curves.depot_stock[d, day]), depot.reserve
        message = f"the stock is {in_words(found)} blanks, the reserve is {in_words(limit)}"
        yield Violation(10, message, day, found, limit, depot=depot.id)


def check_depot_dispatch(curves: Curves) -> Iterator[Violation]:
    """11. A depot dispatches no more packs on a day than it can."""
    packs, most = curves.packs_out_of_depots, curves.given.depot_max_packs
    for d, day in _places(_above(packs, most[:, None])):
        found, limit = int(packs[d, day]), int(most[d])
        message = f"{in_words(found)} packs dispatched, the depot dispatches at most {in_words(limit)}"
        yield Violation(11, message, day, found, limit, depot=curves.instance.depots[d].id)


RULES: Final[tuple[Rule, ...]] = (
    check_quota,
    check_storage,
    check_office_link,
    check_ingested_once,
    check_print_ready,
    check_blanks,
    check_printers,
    check_office_store,
    check_lanes,
    check_depot_reserve,
    check_depot_dispatch,
)


def _above(found: ExactCounts, limit: Counts) -> Flags:
    """Where a limit that exists is exceeded; Python integers may lie above the mark for "no limit"."""
    return np.asarray((limit < NO_LIMIT) & (found > limit), dtype=np.bool_)


def _places(broken: Flags) -> Iterator[tuple[int, ...]]:
    """Indices of the places and days at which a rule is broken."""
    yield from zip(*(axis.tolist() for axis in np.nonzero(broken)), strict=True)


def _on_hand(curves: Curves, office: int, day: int) -> Fraction:
    """H of one office at the end of one day."""
    scaled, good = curves.on_hand_scaled[office, day], curves.given.good_per_thousand[office]
    return Fraction(int(scaled), int(good))


def _office(curves: Curves, index: int) -> str:
    return curves.instance.offices[index].id
