"""Numbers, money, shares, dates and names as people read them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from allocator.instance.models import Instance

Amount = int | float | Fraction

UNKNOWN = "–"

_SCALES = ((10**15, 10**12, "trillion"), (10**12, 10**9, "billion"), (10**9, 10**6, "million"))
"""From which amount on, the unit and its name. Smaller amounts are written out."""


@dataclass(frozen=True)
class Money:
    """One unit for all amounts of a screen, so that they compare at a glance."""

    unit: str
    """As in "million IDR", or just "IDR"."""
    scale: int
    decimals: int

    @classmethod
    def fitting(cls, currency: str, amounts: Iterable[Amount | None]) -> Money:
        """The unit in which the largest of the amounts has at most six digits before the point."""
        known = [abs(Fraction(amount)) for amount in amounts if amount is not None]
        largest = max(known, default=Fraction(0))
        for least, scale, name in _SCALES:
            if largest >= least:
                return cls(f"{name} {clean(currency)}".strip(), scale, 1)
        whole = largest >= 100_000 or all(amount == int(amount) for amount in known)
        return cls(clean(currency), 1, 0 if whole else 2)

    def amount(self, value: Amount | None) -> str:
        """The number alone: "7,117.7"."""
        if value is None:
            return UNKNOWN
        text = f"{float(Fraction(value) / self.scale):,.{self.decimals}f}"
        return text[1:] if text.startswith("-") and not text.strip("-0.,") else text

    def with_unit(self, value: Amount | None) -> str:
        """The number and its unit: "7,117.7 million IDR"."""
        return UNKNOWN if value is None else f"{self.amount(value)} {self.unit}".rstrip()


def count(value: int | None) -> str:
    """As in "12,500"."""
    return UNKNOWN if value is None else f"{value:,}"


def days_long(value: float | None) -> str:
    """A length in days, with one decimal where it is not a whole number by nature."""
    if value is None:
        return UNKNOWN
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def share(value: float | None) -> str:
    """A share in per cent with at least two digits that count: "27.4 %", "1.0 %", "0.092 %"."""
    if value is None:
        return UNKNOWN
    if value != 0 and abs(value) < 1e-5:
        return "under 0.001 %"
    return f"{100 * value:,.0f} %" if value in (0, 1) else f"{100 * value:,.{_digits(100 * value)}f} %"


def share_at_most(value: float) -> str:
    """A share of which "at most" or "more than" is said: rounded up, so that it stays true: "0.1 %"."""
    if 0 < value < 1e-5:
        return "0.001 %"
    step = 10 ** _digits(100 * value)
    # A hair less than a step up, or 0.1 % would become 0.11 % by the way floats are held.
    percent = math.ceil(100 * value * step - 1e-9) / step
    return f"{percent:,.10g} %"


def _digits(percent: float) -> int:
    return 1 if abs(percent) >= 1 else 2 if abs(percent) >= 0.1 else 3


def seconds(value: float) -> str:
    """As in "0.42 s", "19.8 s", "5 min 12 s"."""
    if value >= 120:
        minutes, rest = divmod(round(value), 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{value:.0f} s" if value == int(value) else f"{value:.1f} s" if value >= 1 else f"{value:.2f} s"


def date_of(instance: Instance, day: int) -> datetime.date:
    """The date of a day."""
    return instance.start + datetime.timedelta(days=day)


def long_date(instance: Instance, day: int) -> str:
    """As in "Mon 28 Aug 2017"."""
    date = date_of(instance, day)
    return f"{date:%a} {date.day} {date:%b} {date.year}"


def short_date(instance: Instance, day: int) -> str:
    """As in "Mon 28 Aug"."""
    date = date_of(instance, day)
    return f"{date:%a} {date.day:2d} {date:%b}"


def clean(text: str) -> str:
    """A name without control characters: what stands in a file must not steer a terminal."""
    return "".join(character if character.isprintable() else " " for character in text)


def plural(number: int, one: str, many: str | None = None) -> str:
    """As in "1 office", "1,200 offices"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listing(words: Sequence[str]) -> str:
    """As in "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
