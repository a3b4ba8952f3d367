"""The rules of sharing: equally, in proportion, in order, by size class."""

from __future__ import annotations

import numpy as np

from allocator.instance.arrays import Counts
from allocator.methods.policies.apportionment import apportion, serve_in_order
from allocator.methods.policies.rule import Amounts, PackRequests, SlotDay, positions, share_by_weight

TIER_WEIGHTS = (3, 4, 5, 6, 7)
"""Allotments by size class, in tenths of the mean queue (Sleman 2017: 300, 400, 500, 600, 700 blanks)."""


class _NeedBased:
    """Requests of the size of the need."""

    def allotments(self, queues: Counts) -> Amounts | None:
        return None


class EqualRule(_NeedBased):
    """The same for everybody.

    Slots: each office gets the same number, but never more than it can use; what that leaves is split
    equally among the others. A remainder goes out one each, the largest backlog first.

    Blanks: where requests to one depot on one day exceed what it can send, each gets the same number of
    packs, but no less than the least and no more than the most it can use, with the longest queue first
    when a least load or a remainder has to be decided on.
    """

    def share_slots(self, day: SlotDay) -> Counts:
        return _share_slots_by_weight(day, np.ones_like(day.backlog))

    def share_packs(self, packs: int, requests: PackRequests) -> Counts:
        return share_by_weight(packs, requests, np.ones_like(requests.queue), requests.by_queue())


class ProportionalRule(_NeedBased):
    """In proportion to the queue.

    Slots: by largest remainder, in proportion to the records that have applied and are not ingested. What
    an office's link can't take goes to the others in the same proportion.

    Blanks: where requests to one depot on one day exceed what it can send, by largest remainder, in
    proportion to the print-ready records without a card, but no less than the least and no more than the
    most each can use. Ties go to the longer queue.
    """

    def share_slots(self, day: SlotDay) -> Counts:
        return _share_slots_by_weight(day, day.backlog)

    def share_packs(self, packs: int, requests: PackRequests) -> Counts:
        return share_by_weight(packs, requests, requests.queue, requests.by_queue())


class FirstComeRule(_NeedBased):
    """The nationally longest-waiting record first.

    Slots: records are ingested in the order of application over the whole nation, as far as the links of
    their offices take them. Slots that are too few for all records of one day of application are shared
    out in proportion to these.

    Blanks: where requests to one depot on one day exceed what it can send, they are met in full, one after
    the other, the one with the longest-waiting print-ready record first; ties: the longer queue.
    """

    def share_slots(self, day: SlotDay) -> Counts:
        offices = np.arange(len(day.backlog))

        def wanted_up_to(rank: int) -> Counts:
            """Slots for all who applied by the day of that rank, as far as the links take them."""
            applied = day.seniority.applied_up_to(np.full(len(offices), rank), offices)
            waiting = np.clip(applied, day.start, day.end) - day.start
            slots: Counts = np.minimum(waiting.sum(axis=1), day.usable)
            return slots

        low, high = -1, day.seniority.ranks - 1
        while high - low > 1:
            middle = (low + high) // 2
            if wanted_up_to(middle).sum() >= day.slots:
                high = middle
            else:
                low = middle
        served = wanted_up_to(low)
        of_last_day = wanted_up_to(high) - served
        rest = day.slots - int(served.sum())
        return np.add(
            served, apportion(rest, of_last_day, np.zeros_like(served), of_last_day, _by_backlog(day))
        )

    def share_packs(self, packs: int, requests: PackRequests) -> Counts:
        order = positions(np.lexsort((requests.place, -requests.queue, requests.oldest())))
        return serve_in_order(packs, requests.least, requests.most, order)


class TiersRule:
    """A fixed allotment by size class, whatever the exact need (a rule of Sleman, 2017).

    The classes are queues below 1/2, 1, 3/2 and 2 times the mean of all queues that are not empty, and
    above; their allotments are as 3 : 4 : 5 : 6 : 7.

    Slots: shared in these proportions, by class of the records that have applied and are not ingested,
    but never more than the office can use; what that leaves goes to the others by the same rule.

    Blanks: an office asks for 3, 4, 5, 6 or 7 tenths of the mean queue of print-ready records, by class,
    rounded to packs; at least one, and at most what it can use up to the end of the horizon. Where requests
    to one depot on one day exceed what it can send, they are cut in the proportions of the classes.
    """

    def share_slots(self, day: SlotDay) -> Counts:
        return _share_slots_by_weight(day, np.where(day.backlog > 0, _weights(day.backlog, day.backlog), 0))

    def allotments(self, queues: Counts) -> Amounts | None:
        mean = queues.sum() / max(1, int((queues > 0).sum()))
        return np.asarray(_weights(queues, queues) * (mean / 10), dtype=np.float64)

    def share_packs(self, packs: int, requests: PackRequests) -> Counts:
        weights = _weights(requests.queue, requests.all_queues)
        order = positions(np.lexsort((requests.place, -requests.queue, -weights)))
        return share_by_weight(packs, requests, weights, order)


def _share_slots_by_weight(day: SlotDay, weights: Counts) -> Counts:
    return apportion(day.slots, weights, np.zeros_like(day.usable), day.usable, _by_backlog(day))


def _by_backlog(day: SlotDay) -> Counts:
    return positions(np.argsort(-day.backlog, kind="stable"))


def _weights(queue: Counts, all_queues: Counts) -> Counts:
    """The class of a queue: below 1/2, 1, 3/2 and 2 times the mean of all that are not empty, or above.

    In Sleman the mean was 1,000 print-ready records in a subdistrict (17,371 in 17), and the classes
    changed at 500, 1,000, 1,500 and 2,000.
    """
    waiting = all_queues[all_queues > 0]
    if not waiting.size:
        return np.full(queue.shape, TIER_WEIGHTS[0], dtype=np.int64)
    halves = 2 * queue * waiting.size // waiting.sum()
    weights: Counts = np.array(TIER_WEIGHTS, dtype=np.int64)[np.minimum(halves, len(TIER_WEIGHTS) - 1)]
    return weights
