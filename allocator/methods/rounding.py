"""From a solver's vector to a valid plan of whole numbers, whatever way the vector was rounded off.

Shipments are rounded first, then slots, then cards, each day after day along the cumulative curves of
the vector, so that no queue is ever more than about one record off. Every limit of the contract is
applied in whole numbers on the way: what the vector overstepped by a tolerance is cut back.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from allocator.instance.arrays import NO_LIMIT, NOWHERE, Counts, InstanceArrays
from allocator.instance.models import Instance
from allocator.milp.formulation import FractionalPlan
from allocator.milp.states import stocks
from allocator.plan.arrays import PlanArrays
from allocator.verdict import cost_of

_NEARLY_WHOLE = 1e-5
Fractions = NDArray[np.float64]
Mend = Callable[[InstanceArrays, Counts, int, int, int], int]
"""(arrays, trips of a lane, lane, day, packs too many) -> packs that no longer arrive then."""


def round_plan(instance: Instance, fractional: FractionalPlan) -> PlanArrays:
    """A valid plan near to the vector's. Its cost is near too if the vector's shipments are whole.

    With spoilage part of a blank is left where the vector has none: a store that a trip would have
    filled to the brim is then too full. Such a trip carries less, or leaves later: of the ways to mend
    it the cheapest is taken, for all trips alike.
    """
    arrays = instance.arrays
    ingest = _round_ingest(arrays, np.maximum(fractional.ingest, 0.0))
    cards = np.maximum(fractional.cards, 0.0)
    packs = _cut_shipments(arrays, np.rint(np.maximum(fractional.packs, 0.0)).astype(np.int64))
    plan, excess = _with_shipments(arrays, packs, ingest, cards)
    if not excess.any():
        return print_all(instance, plan)
    mended = [
        _mend_stores(arrays, plan, excess, cards, mend) for mend in (_carry_less, _carry_next_time, _postpone)
    ]
    return print_all(instance, min(mended, key=lambda candidate: cost_of(instance, candidate).total))


def print_all(instance: Instance, plan: PlanArrays) -> PlanArrays:
    """The plan, with whatever else its blanks, printers and print-ready records allow printed too.

    Its own cards come first; of the others those of the streams of highest weight. A card sooner never
    costs more by itself, but may take the blank of a dearer one later: then the plan stays as it was.
    """
    arrays = instance.arrays
    ready, printable = (
        print_ready(arrays, plan.ingest),
        printable_cards(arrays, stocks(arrays, plan.packs)[0]),
    )
    wanted = plan.cards.cumsum(axis=2)
    dearest_first = np.argsort(-arrays.weight.astype(np.float64), axis=1, kind="stable")
    offices = np.arange(len(wanted))
    cards = np.zeros_like(plan.cards)
    done = np.zeros_like(wanted[:, :, 0])
    for day in range(arrays.days):
        left = np.minimum(arrays.print_capacity[:, day], printable[:, day] - done.sum(axis=1))
        for most in (np.minimum(wanted[:, :, day], ready[:, :, day]), ready[:, :, day]):
            for stream in dearest_first.T:
                amount = np.minimum(most[offices, stream] - done[offices, stream], left)
                amount = np.maximum(amount, 0)
                cards[offices, stream, day] += amount
                done[offices, stream] += amount
                left = left - amount
    filled = PlanArrays(ingest=plan.ingest, packs=plan.packs, cards=cards)
    return min(plan, filled, key=lambda candidate: cost_of(instance, candidate).total)


def _with_shipments(
    arrays: InstanceArrays, packs: Counts, ingest: Counts, cards: Fractions
) -> tuple[PlanArrays, Counts]:
    """The plan with these shipments, and by how much each store is too full when packs arrive."""
    blanks, _ = stocks(arrays, packs)
    plan = PlanArrays(ingest=ingest, packs=packs, cards=_round_cards(arrays, cards, ingest, blanks))
    return plan, _overfull_stores(arrays, packs, blanks, plan.cards)


def _mend_stores(
    arrays: InstanceArrays, plan: PlanArrays, excess: Counts, cards: Fractions, mend: Mend
) -> PlanArrays:
    """Rule 8: change trips to full stores until none is too full."""
    while excess.any():
        packs = plan.packs.copy()
        for office, arrival in np.argwhere(excess > 0):
            too_many = -(-int(excess[office, arrival]) // arrays.pack_size)
            for lane in np.nonzero(arrays.lane_destination_office == office)[0][::-1]:
                day = int(arrival - arrays.lead_days[lane])
                if day >= 0 and packs[lane, day] > 0 and too_many > 0:
                    too_many -= mend(arrays, packs[lane], int(lane), day, too_many)
        plan, excess = _with_shipments(arrays, _cut_shipments(arrays, packs), plan.ingest, cards)
    return plan


def _carry_less(arrays: InstanceArrays, trips: Counts, lane: int, day: int, too_many: int) -> int:
    """Leave packs behind; returns how many."""
    amount = min(too_many, int(trips[day]))
    trips[day] -= amount
    return amount


def _carry_next_time(arrays: InstanceArrays, trips: Counts, lane: int, day: int, too_many: int) -> int:
    """Put packs on the lane's next trip, as far as it takes them, and leave the rest behind."""
    later = np.nonzero(trips[day + 1 :])[0]
    amount = _carry_less(arrays, trips, lane, day, too_many)
    if len(later):
        next_trip = day + 1 + int(later[0])
        trips[next_trip] = min(int(trips[next_trip]) + amount, int(arrays.max_packs[lane]))
    return amount


def _postpone(arrays: InstanceArrays, trips: Counts, lane: int, day: int, too_many: int) -> int:
    """Let the whole trip leave on the next day on which it can, or else leave packs behind."""
    later = np.nonzero(arrays.dispatchable[lane, day + 1 :])[0]
    if len(later) and trips[day] + trips[day + 1 + later[0]] <= arrays.max_packs[lane]:
        amount = int(trips[day])
        trips[day + 1 + later[0]] += amount
        trips[day] = 0
        return amount
    return _carry_less(arrays, trips, lane, day, too_many)


def _round_ingest(arrays: InstanceArrays, wanted: Fractions) -> Counts:
    """Rules 1 to 4: slots along the wanted curves, the largest remainders first."""
    result = np.zeros(wanted.shape, dtype=np.int64)
    curve = wanted.cumsum(axis=2)
    done = np.zeros(wanted.shape[:2], dtype=np.int64)
    for day in range(arrays.days):
        total = int(done.sum())
        room = min(int(arrays.quota[day]), int(arrays.storage[day]) - total)
        amount = _round_day(
            curve[:, :, day] - done,
            np.where(arrays.needs_ingestion, arrays.ingestible[:, :, day] - done, 0),
            arrays.ingest_capacity[:, day],
            max(0, room),
        )
        result[:, :, day] = amount
        done += amount
    return result


def _round_cards(arrays: InstanceArrays, wanted: Fractions, ingest: Counts, blanks: Counts) -> Counts:
    """Rules 5 to 7: cards along the wanted curves."""
    result = np.zeros(wanted.shape, dtype=np.int64)
    curve = wanted.cumsum(axis=2)
    ready, printable = print_ready(arrays, ingest), printable_cards(arrays, blanks)
    done = np.zeros(wanted.shape[:2], dtype=np.int64)
    for day in range(arrays.days):
        left = np.maximum(printable[:, day] - done.sum(axis=1), 0)
        amount = _round_day(
            curve[:, :, day] - done,
            ready[:, :, day] - done,
            np.minimum(arrays.print_capacity[:, day], left),
            NO_LIMIT,
        )
        result[:, :, day] = amount
        done += amount
    return result


def print_ready(arrays: InstanceArrays, ingest: Counts) -> Counts:
    """(I, S, T) G of the plan."""
    ready = arrays.ready_from_before.copy()
    delay = min(arrays.processing_days, arrays.days)
    ready[:, :, delay:] += ingest.cumsum(axis=2)[:, :, : arrays.days - delay]
    return np.where(arrays.needs_ingestion[None, :, None], ready, arrays.applied)


def printable_cards(arrays: InstanceArrays, blanks: Counts) -> Counts:
    """(I, T) cards that can have been printed by the day: what is sent on later must still be there then."""
    kept = np.minimum.accumulate(blanks[:, ::-1], axis=1)[:, ::-1]
    return kept * arrays.good_per_thousand[:, None] // 1000


def _round_day(wanted: Fractions, available: Counts, office_limit: Counts, national_limit: int) -> Counts:
    """(I, S) whole amounts of one day: up to what is wanted, largest remainders rounded up first.

    An office rounds up as long as its own total stays within the wanted total, itself rounded up.
    """
    wanted = np.clip(wanted + _NEARLY_WHOLE, 0.0, available)
    amount = np.floor(wanted).astype(np.int64)
    remainder = wanted - amount
    remainder[remainder <= 2 * _NEARLY_WHOLE] = 0.0
    total = np.minimum(np.ceil(amount.sum(axis=1) + remainder.sum(axis=1) - _NEARLY_WHOLE), office_limit)
    if national_limit < NO_LIMIT:
        fair = int(min(np.ceil(amount.sum() + remainder.sum() - _NEARLY_WHOLE), national_limit))
    else:
        fair = NO_LIMIT
    # Cut what oversteps an office's limit or the nation's, from the last stream and office on.
    amount = np.diff(np.minimum(amount.cumsum(axis=1), office_limit[:, None]), axis=1, prepend=0)
    flat: Counts = np.diff(np.minimum(amount.reshape(-1).cumsum(), fair), prepend=0)
    amount = flat.reshape(amount.shape)
    spare = (total - amount.sum(axis=1)).astype(np.int64)
    left = fair - int(amount.sum())
    office, stream = np.nonzero((remainder > 0.0) & (amount < available) & (spare[:, None] > 0))
    for place in np.argsort(-remainder[office, stream], kind="stable"):
        i, s = office[place], stream[place]
        if left > 0 and spare[i] > 0:
            amount[i, s] += 1
            spare[i] -= 1
            left -= 1
    return amount


def _cut_shipments(arrays: InstanceArrays, wanted: Counts) -> Counts:
    """Rules 6 and 9 to 11: the dispatches wanted, less what the places they leave from do not have."""
    packs = np.where(arrays.dispatchable, np.minimum(wanted, arrays.max_packs[:, None]), 0)
    for depot, limit in enumerate(arrays.depot_max_packs):
        lanes = np.nonzero(arrays.lane_origin_depot == depot)[0]
        total = np.minimum(packs[lanes].cumsum(axis=0), limit)
        packs[lanes] = np.diff(total, axis=0, prepend=0)
    while True:
        packs[packs < arrays.min_packs[:, None]] = 0
        offices, depots = stocks(arrays, packs)
        depots -= arrays.depot_reserve[:, None]
        short = [
            (day, origin, place, missing[place, day])
            for origin, missing in (
                (arrays.lane_origin_office, -offices),
                (arrays.lane_origin_depot, -depots),
            )
            for place, day in np.argwhere(missing > 0)
        ]
        if not short:
            return packs
        # The first shortage only: later ones may be its consequence.
        day, origin, place, missing_cards = min(short, key=lambda item: item[0])
        _take_back(packs, np.nonzero(origin == place)[0], day, -(-int(missing_cards) // arrays.pack_size))


def _take_back(packs: Counts, lanes: Counts, day: int, too_many: int) -> None:
    """Cancel packs dispatched on these lanes up to the day, the latest first; at least one."""
    for earlier in range(day, -1, -1):
        for lane in lanes[::-1]:
            cut = min(too_many, int(packs[lane, earlier]))
            packs[lane, earlier] -= cut
            too_many -= cut
            if too_many == 0:
                return


def _overfull_stores(arrays: InstanceArrays, packs: Counts, blanks: Counts, cards: Counts) -> Counts:
    """(I, T) rule 8: cards beyond the store's limit on days on which packs arrive."""
    lane, day = np.nonzero(packs)
    office = arrays.lane_destination_office[lane]
    arrives = np.zeros(blanks.shape, dtype=np.bool_)
    kept = office != NOWHERE
    arrives[office[kept], (day + arrays.lead_days[lane])[kept]] = True
    good = arrays.good_per_thousand[:, None]
    on_hand = good * blanks - 1000 * cards.sum(axis=1).cumsum(axis=1)
    limited = (arrays.max_blanks != NO_LIMIT)[:, None] & arrives
    limit = np.where(limited, arrays.max_blanks[:, None], 0)
    excess = -((good * limit - on_hand) // good)
    return np.where(limited, np.maximum(excess, 0), 0)
