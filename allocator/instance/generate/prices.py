"""What waiting, idle blanks and broken promises cost, in rupiah; where the figures come from.

Waiting. Whoever has no card holds an interim certificate, good for 180 days; a renewal takes half a day
(about 57,000 at a wage of 2.5 million a month) and about 20,000 of transport and copies. That is some
430 a day if every day without a card is worth as much as the renewal it leads to; 250 is charged for a
print-ready record, since part of the holders never come, and the rest from the 180th day on, when the
renewal is really due. A record that is not even ingested costs 400: nobody can say when its turn is, and
a duplicate among them is found the later.

Idle blanks. The capital bound in a blank (9,500–13,800 rupiah) costs about 3 rupiah a day. The rest is
the risk of theft and misuse and the guarding, for which no figure is published. So the price is set such
that the economic order quantity gives what the ministry asked for, fresh stock when the last is used up:
trips to the median office every three weeks (`Family.cycle_days`).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from statistics import median_low
from typing import Any, Final

UNPRINTABLE_DAY: Final = 400
WAITING_DAY: Final = 250
OVERDUE: Final = ({"after_days": 180, "per_day": 180},)
END_DAYS: Final = 30
TARGET_SHARE: Final = Decimal("0.65")
TARGET_PENALTY: Final = 25_000
"""A hundred days of waiting, for a vote that could not be cast without trouble."""


def idle_blank_day(trips: Sequence[int], uses: Sequence[Fraction], cycle_days: int) -> int:
    """Rupiah per blank and day at which the median office's economic cycle is `cycle_days`.

    With a trip at F rupiah, d blanks used a day and h rupiah per idle blank and day, trips every τ days
    cost F/τ + h·d·τ/2 a day, least at τ = √(2F / (h·d)). So h = 2F / (d·τ²) for the office that has the
    median F/d. At least 1, and at most what a waiting citizen costs: beyond it no blank would be sent
    to anyone before the day it is printed.
    """
    ratios = [Fraction(trip) / use for trip, use in zip(trips, uses, strict=True) if use]
    if not ratios:
        return 1
    return min(WAITING_DAY, max(1, round(2 * median_low(ratios) / cycle_days**2)))


def costs(idle: int) -> dict[str, Any]:
    """The field `costs` of an instance."""
    return {
        "unprintable_day": UNPRINTABLE_DAY,
        "waiting_day": WAITING_DAY,
        "overdue": OVERDUE,
        "idle_blank_day": idle,
        "end_days": END_DAYS,
    }
