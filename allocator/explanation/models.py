"""An explanation, as other programs and the screens read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from allocator.explanation.bottlenecks import Bottleneck


@dataclass(frozen=True)
class Charge:
    """What one bottleneck costs at one office, or in the nation."""

    bottleneck: Bottleneck
    cost: Fraction
    """Currency, exact; with what the queue at the end is charged."""
    end: Fraction
    """The part of it for the queue at the end of the horizon."""
    first_day: int
    last_day: int
    """Of the days on which it costs something; there may be others in between on which it does not."""
    record_days: int
    """Records kept waiting, summed over the days; 0 for what keeps nobody waiting."""
    most_records: int
    """Records kept waiting on the worst day."""
    worst_day: int
    """The first of the days with most records, or with the highest cost where it keeps nobody waiting."""

    def as_dict(self, total: Fraction) -> dict[str, Any]:
        """For JSON; `share` is of the total given."""
        return {
            "bottleneck": self.bottleneck.value,
            "cost": float(self.cost),
            "share": float(self.cost / total) if total else 0.0,
            "end_cost": float(self.end),
            "first_day": self.first_day,
            "last_day": self.last_day,
            "record_days": self.record_days,
            "most_records": self.most_records,
            "worst_day": self.worst_day,
        }


@dataclass(frozen=True)
class Extra:
    """One more slot, or one more pack, at an office on a day: what it would save, and what it costs."""

    what: str
    """`slot` or `pack`."""
    day: int
    """The day of the slot, or the day on which the pack would arrive: the first on which one is missing."""
    gain: Fraction
    """Currency that the office would save, exact: its cost as followed with and without it."""
    price: float | None
    """What it is worth elsewhere that day, currency, and the freight of the pack; None if not known."""
    own: int
    """Slots that the office has that day, or packs sent to it from the depot on the day of dispatch."""
    others: int
    """Those of all other places together."""
    other_places: int
    """How many other places have any."""
    depot: str | None = None
    """Where the pack would come from."""
    lane: str | None = None
    dispatch_day: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        place = {"depot": self.depot, "lane": self.lane, "dispatch_day": self.dispatch_day}
        return {
            "day": self.day,
            "gain": float(self.gain),
            "price": self.price,
            "own": self.own,
            "others": self.others,
            "other_places": self.other_places,
            **({} if self.what == "slot" else place),
        }


@dataclass(frozen=True)
class OfficeExplanation:
    """Why one office costs what it costs."""

    office: str
    name: str
    cost: Fraction
    """Currency: the sum of the charges."""
    charges: tuple[Charge, ...]
    """Dearest first; none that costs nothing."""
    slots: int
    """Records ingested."""
    packs: int
    """Packs that reach the office by a lane."""
    one_more_slot: Extra | None
    """None where no slot is missing on any day."""
    one_more_pack: Extra | None
    """None where no blank is missing on any day on which a lane could bring one."""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "office": self.office,
            "name": self.name,
            "cost": float(self.cost),
            "charges": [charge.as_dict(self.cost) for charge in self.charges],
            "slots": self.slots,
            "packs": self.packs,
            "one_more_slot": self.one_more_slot.as_dict() if self.one_more_slot else None,
            "one_more_pack": self.one_more_pack.as_dict() if self.one_more_pack else None,
        }


@dataclass(frozen=True)
class Explanation:
    """Why a plan costs what it costs."""

    cost: Fraction
    """Of the plan: exactly what the verdict says."""
    charges: tuple[Charge, ...]
    """Of the whole nation, dearest first; they add up to `cost`."""
    national_charges: tuple[Charge, ...]
    """Those of them that are no office's: freight to depots, promises to more than one office."""
    offices: tuple[OfficeExplanation, ...]
    """In the order of the instance; their costs and `national_charges` add up to `cost`."""
    prices_known: bool
    """Whether the plan keeps the prices of slots and blanks. Not every method has them."""

    def office(self, identifier: str) -> OfficeExplanation:
        """The explanation of one office. Raises KeyError."""
        for office in self.offices:
            if office.office == identifier:
                return office
        raise KeyError(identifier)

    def as_dict(self, offices: Sequence[OfficeExplanation] | None = None) -> dict[str, Any]:
        """For JSON, with all offices or those given."""
        shown = self.offices if offices is None else offices
        return {
            "cost": float(self.cost),
            "charges": [charge.as_dict(self.cost) for charge in self.charges],
            "national_charges": [charge.as_dict(self.cost) for charge in self.national_charges],
            "prices_known": self.prices_known,
            "offices": [office.as_dict() for office in shown],
        }
