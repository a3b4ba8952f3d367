"""Who waits and who comes: the three queues of every office."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from allocator.instance.generate import nation
from allocator.instance.generate.calendar import SATURDAY
from allocator.instance.generate.draws import Draws, apportion
from allocator.instance.generate.families import Family
from allocator.instance.generate.tables import Site

PRINT_READY: Final = "print-ready"
FIRST_TIME: Final = "first-time"
REPLACEMENT: Final = "replacement"

STREAMS: Final[tuple[dict[str, Any], ...]] = (
    {"id": PRINT_READY},
    {"id": FIRST_TIME, "needs_ingestion": True},
    {"id": REPLACEMENT},
)

# Days since application, with weights: the data centre was down for half a year to mid-2017, and took
# 50,000 a day since, so many wait long. Assumed.
_AGES: Final = {
    PRINT_READY: {15: 3, 45: 4, 90: 5, 150: 5, 230: 3},
    FIRST_TIME: {10: 2, 30: 3, 70: 5, 120: 5, 200: 5},
    REPLACEMENT: {3: 2, 10: 3},
}
_WEEKDAY_PERCENT: Final = (120, 105, 100, 100, 75, 50)  # Monday to Saturday; assumed


def national_queue(stream: str) -> int:
    """Records without a card on day 0, nationwide."""
    replacements = nation.APPLICATIONS * (100 - nation.FIRST_CARDS_PERCENT) // 100
    return {
        PRINT_READY: nation.PRINT_READY,
        FIRST_TIME: nation.WAITING_FOR_INGESTION,
        REPLACEMENT: replacements * nation.REPLACEMENT_QUEUE_DAYS,
    }[stream]


def split_queue(stream: str, sites: Sequence[Site], draws: Draws) -> list[int]:
    """The national queue's share of these offices, by population times 60–140 %, drawn."""
    population = sum(site.population for site in sites)
    total = national_queue(stream) * population // nation.POPULATION
    weights = [site.population * draws.integer(60, 140, "queue", stream, site.code) for site in sites]
    return apportion(total, weights)


def backlog_rows(stream: str, records: int, draws: Draws) -> list[dict[str, int]]:
    """The queue of one office by age, oldest first; ages and their shares vary by office."""
    ages = {
        draws.integer(age * 8 // 10, age * 12 // 10, "age", age): weight
        * draws.integer(50, 150, "weight", age)
        for age, weight in _AGES[stream].items()
    }
    parts = apportion(records, ages.values())
    rows = [{"age_days": age, "records": part} for age, part in zip(ages, parts, strict=True) if part]
    return sorted(rows, key=lambda row: -row["age_days"])


def daily_applicants(family: Family, stream: str, population: int) -> Fraction:
    """Mean applicants on a working day."""
    national = {FIRST_TIME: family.first_cards, REPLACEMENT: family.replacements}.get(stream, 0)
    return Fraction(national * population, nation.POPULATION)


def arrivals(
    mean: Fraction, dates: Sequence[datetime.date], works: Sequence[bool], saturdays: bool, draws: Draws
) -> list[int]:
    """Applicants by day: `mean` a day in a week of five working days, none when the office is closed.

    Mondays are busy, Fridays short; each day varies by ±30 %. Keyed by date, so that another horizon
    finds the same applicants on the same day.
    """
    week = sum(_WEEKDAY_PERCENT[: SATURDAY + saturdays])
    result = []
    for date, open_today in zip(dates, works, strict=True):
        if not open_today or not mean:
            result.append(0)
            continue
        day = date.isoformat()
        percent = _WEEKDAY_PERCENT[date.weekday()] * draws.integer(70, 130, "rush", day)
        result.append(draws.round(mean * 5 * percent / (week * 100), "rounding", day))
    return result
