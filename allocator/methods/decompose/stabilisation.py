"""How far the master's prices may go from the best ones known: a box that learns from each step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocator.methods.decompose.couplings import Couplings
from allocator.milp.model import Vector

Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]
_SLOT_REACH = 0.001  # of the reach of a kind: a single day's price of slots where they are not scarce
_FALL_REACH = 0.03  # of the reach of a level: how else prices may fall from one day to the next, at first
_LEVEL_SHORTER = 0.8
_SHORTEST, _SHORTER, _LONGER = 0.25, 0.6, 1.6
_FALL_LONGER = 2.5
_NOISE = 1e-7  # of the bound: a promise of no more says nothing
_GOOD = 0.3  # of what the master promised, where a step was as good as could be hoped
_BY_FALLS = 0.15  # of the promise: so much of it for want of room for falls, and they may be others sooner


@dataclass(frozen=True)
class Falls:
    """How prices of slots may fall from a day with slots to the next such day."""

    before: Indices  # (falls,) resource of the day
    after: Indices  # (falls,) of the next
    least: Vector  # (falls,) -inf where it is not limited
    most: Vector  # (falls,) inf where it is not limited
    width: Vector  # (falls,) how much of `most` is strain, where it is used
    width_down: Vector  # (falls,) of `least`


@dataclass(frozen=True)
class Region:
    """Where prices may be: each in a range of its own, and how they may fall within a run of days."""

    lowest: Vector  # (resources,)
    highest: Vector  # (resources,) inf where only falls say how far it may go up
    width: Vector  # (resources,) how much of the range on either side is strain, where it is used
    falls: Falls


class Box:
    """The reach of each price (resources,), and of level and falls of slots' prices in a run of days.

    While records wait for slots, a slot a day earlier is worth a day's waiting more at least, whatever the
    level: whoever uses one later could as well use it sooner. So in a run of days on which slots are scarce
    no single price is limited, but the level of the last day, and how prices fall from day to day: by what
    waiting costs at least, as dual-optimal inequalities (Ben Amor, Desrosiers and Valério de Carvalho 2006),
    and not much otherwise than they do. Between runs nothing waits, so that each has a level of its own.
    Where a run ends is left open by a day: its last price may be anything up to that of the day before, and
    so may the next. Otherwise a level could fall no further than its last price, and a run never become
    longer.

    Sizes follow the trust-region rule: by what a step brought of what it promised. Falls get more room sooner
    where that is what the promise is due to.
    """

    def __init__(self, reach: Vector, slots: Flags, level_reach: float, sooner: float = 0.0) -> None:
        """`reach` (resources,) of single prices, `level_reach` of those of `slots` (resources,) in a run.

        `sooner` is what a scarce slot is worth more at least for each day that it comes sooner.
        """
        self.reach, self.level_reach, self.fall_reach = reach, level_reach, _FALL_REACH * level_reach
        self.sooner = sooner
        self.days = np.nonzero(slots)[0]  # on which there are slots

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
            width[at] = reach * greatest * (_SLOT_REACH if kind == "quota" else 1.0)
            finite = at & np.isfinite(couplings.ceiling)
            width[finite] = np.maximum(width[finite], reach * couplings.ceiling[finite])
        slots = kinds == "quota"
        level_reach = reach * float(np.max(prices[slots], initial=0.0))
        return cls(width, slots & (couplings.limit > 0), level_reach, couplings.sooner)

    def region(self, center: Vector, ceiling: Vector, least: float) -> Region:
        """Around a `center` (resources,): no price above `ceiling` (resources,), no reach below `least`."""
        reach, level_reach = np.maximum(self.reach, least), max(self.level_reach, least)
        lowest, highest = np.maximum(center - reach, 0.0), np.minimum(center + reach, ceiling)
        width, days = self.reach.copy(), self.days
        width[days] = 0.0  # slots can nearly always change days
        scarce = center[days] > 0
        begins = scarce & ~np.append(False, scarce[:-1])
        ends = scarce & ~np.append(scarce[1:], True)
        for last in np.nonzero(ends)[0].tolist():
            # The last day on which slots are scarce, and the next.
            end, after = days[last], days[last + 1]
            before = center[days[last - 1]] if not begins[last] else center[end] + level_reach
            lowest[end], highest[end] = 0.0, min(max(before, highest[end]), ceiling[end])
            highest[after] = min(max(center[end], highest[after]), ceiling[after])
        inside = scarce & ~ends
        lowest[days[inside]], highest[days[inside]] = 0.0, ceiling[days[inside]]
        level = days[inside & ~np.append(inside[1:], False)]
        lowest[level] = np.maximum(center[level] - level_reach, 0.0)
        highest[level] = np.minimum(center[level] + level_reach, ceiling[level])
        width[level] = level_reach
        return Region(lowest, highest, width, self._falls(center, inside, max(self.fall_reach, least)))

    def _falls(self, center: Vector, inside: Flags, reach: float) -> Falls:
        """Those around a center, limited where both days are `inside` a run (days,)."""
        before, after = self.days[:-1], self.days[1:]
        fall, waiting = center[before] - center[after], self.sooner * (after - before)
        limited = inside[:-1] & inside[1:]
        least = np.minimum(fall, np.maximum(fall - reach, waiting))
        return Falls(
            before,
            after,
            np.where(limited, least, -np.inf),
            np.where(limited, fall + reach, np.inf),
            np.where(limited, reach, 0.0),
            np.where(limited & (fall - reach >= waiting), reach, 0.0),
        )

    def learn(self, before: float, promised: float, came: float, strain: float, by_falls: float) -> None:
        """Take what a step came to, from where it began and what the master promised at most.

        `strain` is how much of the promise is only due to the width of the box, `by_falls` to that of falls.
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
        self.fall_reach *= _FALL_LONGER if part > 0 and by_falls > _BY_FALLS * hoped else factor
