"""Who has waited longest: the order of application over all queues."""

from __future__ import annotations

import numpy as np

from allocator.instance.arrays import Counts, InstanceArrays


class Seniority:
    """The curves of applications by day of application, in every queue.

    Days of application are numbered by *rank*: 0, 1, ... for the distinct days before day 0 on which
    anybody applied, then one rank for each day of the horizon.
    """

    def __init__(self, arrays: InstanceArrays) -> None:
        before = arrays.before
        offices, streams, days = arrays.shape
        self._streams = streams
        self._applied = arrays.applied
        distinct, rank = np.unique(before.day, return_inverse=True)
        self.ranks_before = len(distinct)
        self.ranks = self.ranks_before + days
        # One sorted key per group, so that a count "queue q, up to rank k" is one binary search.
        queue = before.office * streams + before.stream
        self._keys = queue * (self.ranks_before + 1) + rank.reshape(-1)
        self._records = np.concatenate([[0], before.records.cumsum()]).astype(np.int64)
        queues = np.arange(offices * streams + 1, dtype=np.int64)
        self._first_group = np.searchsorted(self._keys, queues * (self.ranks_before + 1))

    def applied_up_to(self, rank: Counts, offices: Counts) -> Counts:
        """(n, S) records of each of n offices that applied up to the day of its `rank` (n,); -1: none."""
        queue = offices[:, None] * self._streams + np.arange(self._streams)
        in_horizon = rank >= self.ranks_before
        key = queue * (self.ranks_before + 1) + np.minimum(rank, self.ranks_before - 1)[:, None]
        group = np.searchsorted(self._keys, key, side="right")
        early = self._records[group] - self._records[self._first_group[queue]]
        late = self._applied[offices, :, np.maximum(rank - self.ranks_before, 0)]
        return np.where(in_horizon[:, None], late, np.where(rank[:, None] < 0, 0, early))

    def split(self, amount: Counts, start: Counts, end: Counts) -> Counts:
        """Take `amount` (I,) records in each office, longest-waiting first whatever their stream.

        The queues (I, S) are taken from in order of application, each from its `start`-th record, which
        is the first not taken yet, up to before its `end`-th. Records of the same day: streams in file
        order. Returns the records taken (I, S).
        """
        available = end - start
        taken = np.where((amount >= available.sum(axis=1))[:, None], available, 0)
        several = (available > 0).sum(axis=1) > 1
        choose_all = ~several & (amount < available.sum(axis=1))
        taken[choose_all] = np.minimum(available[choose_all], amount[choose_all, None])
        torn = np.flatnonzero(several & (amount > 0) & (amount < available.sum(axis=1)))
        if torn.size:
            taken[torn] = self._split_torn(torn, amount[torn], start[torn], end[torn])
        return taken

    def _split_torn(self, offices: Counts, amount: Counts, start: Counts, end: Counts) -> Counts:
        def taken_up_to(rank: Counts) -> Counts:
            applied: Counts = np.clip(self.applied_up_to(rank, offices), start, end)
            return applied - start

        # The first day of application up to which there are enough.
        low = np.full(len(offices), -1, dtype=np.int64)  # never enough: amount > 0
        high = np.full(len(offices), self.ranks - 1, dtype=np.int64)  # always enough
        while (high - low > 1).any():
            middle = (low + high) // 2
            enough = taken_up_to(middle).sum(axis=1) >= amount
            high = np.where(enough, middle, high)
            low = np.where(enough, low, middle)
        taken = taken_up_to(low)
        of_last_day = taken_up_to(high) - taken
        earlier_streams = of_last_day.cumsum(axis=1) - of_last_day
        rest = amount - taken.sum(axis=1)
        taken += np.clip(rest[:, None] - earlier_streams, 0, of_last_day)
        return taken

    def oldest(self, start: Counts, end: Counts) -> Counts:
        """(I,) rank of the longest-waiting record in start .. end-1 of each office's queues (I, S).

        Offices without such a record get `ranks`, later than every record.
        """
        offices, streams = start.shape
        queue = np.arange(offices * streams).reshape(offices, streams)
        group = np.searchsorted(self._records, self._records[self._first_group[queue]] + start, "right") - 1
        in_horizon = group >= self._first_group[queue + 1]
        late = self.ranks_before + (self._applied <= start[:, :, None]).sum(axis=2)
        # One entry more, so that there is something to look at where nobody applied before day 0.
        keys = np.append(self._keys, 0)
        early = keys[group] % (self.ranks_before + 1)
        rank = np.where(end > start, np.where(in_horizon, late, early), self.ranks)
        oldest: Counts = rank.min(axis=1)
        return oldest
