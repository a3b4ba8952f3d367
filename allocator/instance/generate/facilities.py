"""What an office has: working days, printers, a store of blanks, a link to the data centre."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Final

from allocator.instance.generate import nation
from allocator.instance.generate.calendar import SATURDAY
from allocator.instance.generate.draws import Draws
from allocator.instance.generate.families import Family

SATURDAY_OFFICES_PERCENT: Final = 30  # of the offices; assumed
PEOPLE_PER_PRINTER: Final = 300_000  # beyond the first one; assumed, gives one to seven nearly everywhere
NEW_CARDS: Final = (100, 300)  # a printer and day
WORN_CARDS: Final = (50, 70)


def cards_per_day(family: Family, population: int, draws: Draws) -> int:
    """Cards a full working day gives: the sum over the office's printers."""
    people = population * draws.integer(50, 150, "people per printer") // 100
    printers = max(1, (PEOPLE_PER_PRINTER + people) * family.printers_percent // (100 * PEOPLE_PER_PRINTER))
    cards = 0
    for printer in range(printers):
        low, high = WORN_CARDS if draws.chance(family.worn_percent, "worn", printer) else NEW_CARDS
        cards += draws.integer(low, high, "cards", low, printer)
    return cards


def print_capacity(cards: int, dates: Sequence[datetime.date], works: Sequence[bool]) -> list[int]:
    """Cards by day: half a day's on Saturdays, none when the office is closed."""
    return [
        0 if not open_today else cards // 2 if date.weekday() == SATURDAY else cards
        for date, open_today in zip(dates, works, strict=True)
    ]


def link_capacity(population: int, days: int, draws: Draws) -> list[int]:
    """Records by day over a slow link; at half of the offices it fails for two to five weeks at a time."""
    share = nation.QUOTA_2017 * population * draws.integer(60, 160, "link")
    records = -(-share // (100 * nation.POPULATION))
    daily = [records] * days
    if draws.chance(50, "fails"):
        day = draws.integer(0, 20, "first failure")
        failure = 0
        while day < days:
            length = draws.integer(14, 35, "failure", failure)
            daily[day : day + length] = [0] * len(daily[day : day + length])
            day += length + draws.integer(14, 35, "repaired", failure)
            failure += 1
    return daily


def outage_days(days: int, draws: Draws) -> list[bool]:
    """Days on which the data centre is down: stretches of one to three weeks, four days of ten."""
    down = [False] * days
    day = draws.integer(0, 6, "first outage")
    outage = 0
    while day < days:
        length = draws.integer(7, 21, "outage", outage)
        down[day : day + length] = [True] * len(down[day : day + length])
        # As long up as makes four of ten: length x 6/4.
        day += length + length * 3 // 2
        outage += 1
    return down
