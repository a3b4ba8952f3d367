"""One broken rule at one place on one day."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Amount = int | Fraction


@dataclass(frozen=True)
class Violation:
    """A rule that a plan breaks at a place on a day; places that do not apply are None."""

    rule: int
    """1 to 11, as in the contract."""
    message: str
    """The same in words."""
    day: int
    found: Amount
    """The value that breaks the rule: records, cards, blanks or packs."""
    limit: Amount
    """The nearest value that would not."""
    office: str | None = None
    stream: str | None = None
    lane: str | None = None
    depot: str | None = None

    @property
    def amount(self) -> Amount:
        """By how much the rule is broken, > 0."""
        difference = self.found - self.limit
        return difference if difference > 0 else -difference

    def as_dict(self) -> dict[str, Any]:
        """For JSON: without the places that do not apply; fractions as floats."""
        places = {name: getattr(self, name) for name in ("office", "stream", "lane", "depot")}
        return {
            "rule": self.rule,
            "message": self.message,
            "day": self.day,
            **{name: place for name, place in places.items() if place is not None},
            "amount": plain(self.amount),
            "found": plain(self.found),
            "limit": plain(self.limit),
        }


def plain(value: Amount) -> int | float:
    """A whole number as int, a fraction as the nearest float."""
    return int(value) if value == int(value) else float(value)


def in_words(value: Amount) -> str:
    """12,500 or 12.34: for messages."""
    return f"{int(value):,}" if value == int(value) else f"{float(value):,.2f}"
