"""Which days an office works: weekends and Indonesian public holidays, kept in the package.

`data/holidays.csv` holds public holidays, joint-leave days and election days of 2017–2021. It was made
once from the PyPI package `holidays` 0.109 (country ID, categories public and government), so that a
later version of that package changes no instance. Other years have weekends only.
"""

from __future__ import annotations

import csv
import datetime
from functools import cache
from importlib.resources import files
from typing import Final

MONDAY: Final = 0
SATURDAY: Final = 5
SUNDAY: Final = 6


@cache
def public_holidays() -> frozenset[datetime.date]:
    """The holidays in the package."""
    text = files(__package__).joinpath("data", "holidays.csv").read_text(encoding="utf-8")
    return frozenset(datetime.date.fromisoformat(row["date"]) for row in csv.DictReader(text.splitlines()))


def horizon(start: datetime.date, days: int) -> list[datetime.date]:
    """The dates of days 0 to `days` − 1."""
    return [start + datetime.timedelta(days=day) for day in range(days)]


def is_working_day(date: datetime.date, *, saturdays: bool = False) -> bool:
    """Monday–Friday, or Monday–Saturday, except public holidays."""
    last = SATURDAY if saturdays else SATURDAY - 1
    return date.weekday() <= last and date not in public_holidays()
