"""How far the master's prices may go from the best ones known: a box that learns from each step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocator.methods.decompose.couplings import Couplings
from allocator.milp.model import Vector

Indices = NDArray[np.int64]
NO_RUN = -1
_PART_DAYS = 15  # at most in a part of a run
_PAUSE = 3  # days without slots, after which there is another part
_PART_REACH = 0.01  # of the reach of a level: what parts of a run may take of it each for itself
_DAY_REACH = 0.001  # of the reach of a run's level: what a single day may differ by besides
_LEVEL_SHORTER = 0.8
_SHORTEST, _SHORTER, _LONGER = 0.25, 0.6, 1.6
_NOISE = 1e-7  # of the bound: a promise of no more says nothing
_GOOD = 0.3  # of what the master promised, where a step was as good as could be hoped


@dataclass(frozen=True)
class Region:
    """Where prices may be: each in a range of its own, which moves with the level of its run if in one."""

    lowest: Vector  # (resources,)
    highest: Vector  # (resources,)
    part: Indices  # (resources,) number of the part of a run, NO_RUN if there is none
    run_of_part: Indices  # (parts,)
    runs: int
    level_reach: float  # what the level of a run may go up or down
    part_reach: float  # what that of a part may besides
    width: Vector  # (resources,) how much of the range on either side is strain, where it is used

    @property
    def parts(self) -> int:
        """How many there are."""
        return len(self.run_of_part)

    def has_parts_of(self, other: Region) -> bool:
        """Whether runs have the same parts, of the same days."""
        same = np.array_equal(self.part, other.part) and self.runs == other.runs
        return same and np.array_equal(self.run_of_part, other.run_of_part)


class Box:
    """The reach of each price (resources,), and of the common level of slots' prices in a run of days.

    While records wait for slots, their prices move together: a slot a day earlier is worth a day's
    waiting more, whatever the level, while columns say little of single days. So the box is narrow
    for single days and wide for the level of a run of days on which slots are scarce, in the spirit
    of the dual-optimal inequalities of Ben Amor, Desrosiers and Valério de Carvalho (2006). Between
    runs nothing waits, so that each has a level of its own. Where there are no slots for days a run has
    parts, of half a month or up to such days, which may take a hundredth of the reach each for itself: what
    a day's waiting is worth to those who wait differs then. Where a run ends is left open by a day: its
    last price may be anything up to that of the day before, and so may the next. Otherwise a level could
    fall no further than its last price, and a run never become longer.

    Sizes follow the trust-region rule: by what a step brought of what it promised.
    """

    def __init__(self, reach: Vector, slots: NDArray[np.bool_], level_reach: float) -> None:
        """`reach` (resources,) of single prices, `level_reach` of those of `slots` (resources,) in a run."""
        self.reach, self.level_reach = reach, level_reach
        self.days = np.nonzero(slots)[0]  # on which there are slots
        self.parted = _parted(self.days)

    @classmethod
    def open(cls, resources: int) -> Box:
        """A box that leaves prices free."""
        return cls(np.full(resources, np.inf), np.zeros(resources, dtype=np.bool_), 0.0)

    @classmethod
    def around(cls, couplings: Couplings, prices: Vector, reach: float) -> Box:
        """`reach` is a share of the greatest price of a kind: how wrong the prices (resources,) may be.

        A kind without a price may have one as well: it is taken to be worth as much as the dearest one.
        """
        kinds = np.array(couplings.kind)
        width = np.zeros(len(prices))
        members = {kind: kinds == kind for kind in dict.fromkeys(couplings.kind)}
        worth = max((float(prices[at] @ couplings.limit[at]) for at in members.values()), default=0.0)
        for kind, at in members.items():
            greatest = float(prices[at].max()) or worth / max(1.0, float(np.abs(couplings.limit[at]).sum()))
            width[at] = reach * greatest * (_DAY_REACH if kind == "quota" else 1.0)
            finite = at & np.isfinite(couplings.ceiling)
            width[finite] = np.maximum(width[finite], reach * couplings.ceiling[finite])
        slots = kinds == "quota"
        level_reach = reach * float(np.max(prices[slots], initial=0.0))
        return cls(width, slots & (couplings.limit > 0), level_reach)

    def region(self, center: Vector, ceiling: Vector, least: float) -> Region:
        """Around a `center` (resources,): no price above `ceiling` (resources,), no reach below `least`."""
        reach, level_reach = np.maximum(self.reach, least), max(self.level_reach, least)
        lowest, highest = np.maximum(center - reach, 0.0), np.minimum(center + reach, ceiling)
        width = self.reach.copy()
        width[self.days] = 0.0  # slots can nearly always change days
        part = np.full(len(center), NO_RUN)
        scarce = center[self.days] > 0
        begins = scarce & ~np.append(False, scarce[:-1])
        run = np.cumsum(begins) - 1
        parts = begins | (scarce & self.parted)
        part[self.days[scarce]] = (np.cumsum(parts) - 1)[scarce]
        for last in np.nonzero(scarce & ~np.append(scarce[1:], True))[0].tolist():
            # The last day on which slots are scarce, and the next.
            end, after = self.days[last], self.days[last + 1]
            before = center[self.days[last - 1]] if not begins[last] else center[end] + level_reach
            part[end] = NO_RUN
            lowest[end], highest[end] = 0.0, min(max(before, highest[end]), ceiling[end])
            highest[after] = min(max(center[end], highest[after]), ceiling[after])
        return Region(
            lowest,
            highest,
            part,
            run[parts],
            int(begins.sum()),
            (1.0 - _PART_REACH) * level_reach,
            _PART_REACH * level_reach,
            width,
        )

    def learn(self, before: float, promised: float, came: float, strain: float) -> None:
        """Take what a step came to, from where it began and what the master promised at most.

        `strain` is how much of the promise is only due to the width of the box.
        """
        hoped = promised - before
        if hoped <= _NOISE * abs(before):
            return
        part = (came - before) / hoped
        if part > _GOOD or (part > 0 and strain > _GOOD * hoped):
            factor = _LONGER
        elif part >= 0:
            factor = 1.0
        else:
            factor = max(_SHORTEST, min(_SHORTER, -1.0 / part))
        self.reach = factor * self.reach
        self.level_reach *= max(factor, _LEVEL_SHORTER)


def _parted(days: Indices) -> NDArray[np.bool_]:
    """(days,) which of these days with slots begin a part of a run, wherever runs begin.

    None where slots are never away for long: there a run's shape is known, and parts cost rounds.
    """
    parted = np.zeros(len(days), dtype=np.bool_)
    if not (np.diff(days) > _PAUSE).any():
        return parted
    begun = before = -_PART_DAYS
    for number, day in enumerate(days.tolist()):
        parted[number] = day - before > _PAUSE or day - begun >= _PART_DAYS
        begun, before = day if parted[number] else begun, day
    return parted
