"""The offices' stores of blanks and what they print, for the rest of the horizon.

An office prints all it can: as many cards as printers, print-ready records and blanks allow. Records
become print-ready on days that are known once the slots are settled, so what is printed follows from the
blanks alone: R(t) = min(R(t-1) + capacity(t), G(t), cards that the blanks make). Whatever is sent to or
from an office is tried on that curve first, to the end of the horizon, and kept only if it breaks no
promise: no blank is used that is to be sent on later (rule 6), and the store holds all that is on hand
on each day on which packs arrive, also by trips that are under way (rule 8).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.instance.arrays import NO_LIMIT, Counts
from allocator.instance.models import Instance
from allocator.methods.policies.worth import card_values


@dataclass(frozen=True)
class Trial:
    """What would come of a change of an office's blanks."""

    printed: Counts
    """(T - day,) cards printed up to each day from today on."""
    possible: Counts
    """(T - day,) cards that the blanks known by the day can make, beside those sent on later."""
    excess_packs: int
    """Packs beyond what the store holds on the day of arrival on which most are too many."""


class Stores:
    """Blanks and cards of every office, as known today."""

    def __init__(self, instance: Instance, ready: Counts) -> None:
        """`ready` (I, T): records print-ready up to the day, over all streams."""
        arrays = instance.arrays
        self.day = 0
        self.ready = ready
        self.blanks = arrays.blanks.copy()
        """(I, T) B: blanks that reached the office by the day, less those sent on."""
        self.arrives = np.zeros(self.blanks.shape, dtype=np.bool_)
        """(I, T) whether packs arrive by a lane."""
        self._capacity = np.minimum(arrays.print_capacity, ready[:, -1:])
        self._work = self._capacity.cumsum(axis=1)
        self._good = arrays.good_per_thousand
        self._pack = arrays.pack_size
        self._limit = arrays.max_blanks
        self._days = np.arange(arrays.days)
        self.card_value, self.last_card_value = card_values(instance)
        self.possible = _never_less_later(self._cards(self.blanks, self._good[:, None]))
        """(I, T) cards that the blanks known by the day can make, beside those sent on later."""
        self.printed = _printed(ready, self.possible, self._work, 0)
        """(I, T) R: cards printed up to the day, over all streams."""
        self.next_shortage = np.zeros_like(self.blanks)
        """(I, T) the first day from then on on which only blanks are missing for more cards; T: none."""
        self.lendable = np.zeros_like(self.blanks)
        """(I, T) packs that can leave from then on without one card less by the end of the horizon."""
        for office in range(len(ready)):
            self._refresh(office)

    def cards_per_pack(self, office: int) -> float:
        """Cards that a pack makes after spoilage."""
        return float(self._pack * self._good[office] / 1000)

    def printed_before(self, day: int) -> Counts:
        """(I,) cards printed before the day."""
        return self.printed[:, day - 1] if day > 0 else np.zeros(len(self.ready), dtype=np.int64)

    def try_packs(self, office: int, packs: int, arrival: int, leave: int | None = None) -> Trial:
        """What comes of packs that arrive, and leave again on day `leave` if they are for others."""
        blanks = self.blanks[office, self.day :].copy()
        blanks[arrival - self.day :] += packs * self._pack
        if leave is not None:
            blanks[leave - self.day :] -= packs * self._pack
        possible = _never_less_later(self._cards(blanks, self._good[office]))
        printed = self._print(office, possible)
        return Trial(printed, possible, self._excess_packs(office, blanks, printed, arrival))

    def print_freely(self, office: int, arrival: int) -> Counts:
        """(T - day,) cards printed up to each day if blanks were no limit from the arrival on."""
        possible = self.possible[office, self.day :].copy()
        possible[arrival - self.day :] = NO_LIMIT
        return self._print(office, possible)

    def add_packs(self, office: int, packs: int, arrival: int, leave: int | None = None) -> None:
        """Packs arrive by a lane, and leave again on day `leave` if they are for others."""
        self.blanks[office, arrival:] += packs * self._pack
        if leave is not None:
            self.blanks[office, leave:] -= packs * self._pack
        self.arrives[office, arrival] = True
        self._refresh(office)

    def remove_packs(self, office: int, packs: int, day: int) -> None:
        """Packs leave."""
        self.blanks[office, day:] -= packs * self._pack
        self._refresh(office)

    def saving(self, office: int, printed: Counts) -> float:
        """Currency that printing (T - day,) instead of what is printed now would save."""
        more = printed - self.printed[office, self.day :]
        return float(more @ self.card_value[office, self.day :] + more[-1] * self.last_card_value[office])

    def _print(self, office: int, possible: Counts) -> Counts:
        day = self.day
        if day == 0:
            return _printed(self.ready[office], possible, self._work[office], 0)
        work = self._work[office, day:] - self._work[office, day - 1]
        return _printed(self.ready[office, day:], possible, work, self.printed[office, day - 1])

    def _refresh(self, office: int) -> None:
        """Everything that follows from the office's blanks, from today on."""
        day = self.day
        blanks, good = self.blanks[office, day:], self._good[office]
        possible = _never_less_later(self._cards(blanks, good))
        printed = self._print(office, possible)
        self.possible[office, day:], self.printed[office, day:] = possible, printed
        most = self._capacity[office, day:].copy()
        most[1:] += printed[:-1]
        if day > 0:
            most[0] += self.printed[office, day - 1]
        short = (printed == possible) & (printed < np.minimum(self.ready[office, day:], most))
        end = self.blanks.shape[1]
        days = np.where(short, self._days[day:], end)
        self.next_shortage[office, day:] = _never_less_later(days)
        spare = (blanks * good - 1000 * printed) // (self._pack * good)
        # Blanks that make no whole card, or come too early for the lack of them, are not spare.
        spare[self.next_shortage[office, day:] < end] = 0
        self.lendable[office, day:] = _never_less_later(spare)

    def _excess_packs(self, office: int, blanks: Counts, printed: Counts, arrival: int) -> int:
        limit = int(self._limit[office])
        if limit == NO_LIMIT:
            return 0
        good = int(self._good[office])
        arrives = self.arrives[office, self.day :].copy()
        arrives[arrival - self.day] = True
        most = int((blanks * good - 1000 * printed)[arrives].max())
        return max(0, -((limit * good - most) // (self._pack * good)))

    @staticmethod
    def _cards(blanks: Counts, good: Counts | np.int64) -> Counts:
        return blanks * good // 1000


def _never_less_later(values: Counts) -> Counts:
    """The least of each value and those after it, along the last axis."""
    return np.minimum.accumulate(values[..., ::-1], axis=-1)[..., ::-1]


def _printed(ready: Counts, possible: Counts, work: Counts, before: int | np.int64) -> Counts:
    """R over some days: `work` is the capacity up to each day, `before` what was printed before them.

    The recursion R(t) = min(R(t-1) + capacity(t), G(t), possible(t)), solved for all days at once:
    what is printed is held up last on some day s <= t, and by printers only from then on.
    """
    held_up = np.minimum.accumulate(np.minimum(ready, possible) - work, axis=-1)
    return work + np.minimum(before, held_up)
