"""Small changes for the better whose worth is asked: more slots, packs and printing, deliveries sooner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allocator.instance.models import Delivery, Instance


@dataclass(frozen=True)
class Amounts:
    """How much more is asked for."""

    slots: int = 1000
    """Ingestion slots a day, on days that have any."""
    packs: int = 1
    printed: int = 100
    """Cards a day that one more printer prints, on days on which the office prints."""


@dataclass(frozen=True)
class Change:
    """One change for the better."""

    kind: str
    """`slots`, `pack`, `printer` or `delivery`"""
    place: str | None
    """Id of a depot or office; None for the whole nation."""
    name: str
    """Of the place."""
    first: int
    """First day on which there is more."""
    last: int
    """Last such day: with a pack or a delivery the horizon's, as what has come stays."""
    amount: int
    """Slots or cards a day, packs, or the cards of the delivery."""
    delivery: int | None = None
    """Which of the deliveries of the place comes a day sooner."""

    @property
    def steady(self) -> bool:
        """Whether it could be asked for single periods too."""
        return self.kind in ("slots", "printer", "pack")

    def apply(self, instance: Instance) -> Instance:
        """The instance with the change."""
        if self.kind == "slots":
            return instance.model_copy(update={"quota": self._more(instance.quota, instance.days)})
        kind = "depots" if any(depot.id == self.place for depot in instance.depots) else "offices"
        places = tuple(
            self._changed(place, instance) if place.id == self.place else place
            for place in getattr(instance, kind)
        )
        return instance.model_copy(update={kind: places})

    def _changed(self, place: Any, instance: Instance) -> Any:
        if self.kind == "printer":
            capacity = self._more(place.print_capacity, instance.days)
            return place.model_copy(update={"print_capacity": capacity})
        field = "deliveries" if hasattr(place, "deliveries") else "in_transit"
        rows: tuple[Delivery, ...] = getattr(place, field)
        if self.kind == "pack":
            cards = self.amount * instance.pack_size
            return place.model_copy(update={field: (*rows, Delivery(day=self.first, cards=cards))})
        assert self.delivery is not None
        moved = rows[self.delivery].model_copy(update={"day": rows[self.delivery].day - 1})
        rows = (*rows[: self.delivery], moved, *rows[self.delivery + 1 :])
        return place.model_copy(update={field: rows})

    def _more(self, daily: int | tuple[int, ...], days: int) -> tuple[int, ...]:
        """More within the days of the change; days without any stay so, unless all are."""
        values = [daily] * days if isinstance(daily, int) else list(daily)
        closed = any(values)
        return tuple(
            value + self.amount if self.first <= day <= self.last and (value or not closed) else value
            for day, value in enumerate(values)
        )


def whole_changes(instance: Instance, amounts: Amounts) -> Iterator[Change]:
    """The changes from day 0 on, and each delivery a day sooner."""
    end = instance.days - 1
    yield Change("slots", None, "whole nation", 0, end, amounts.slots)
    for depot in instance.depots:
        yield Change("pack", depot.id, depot.name, 0, end, amounts.packs)
    for office in instance.offices:
        yield Change("printer", office.id, office.name, 0, end, amounts.printed)
    expected = [(depot.id, depot.name, depot.deliveries) for depot in instance.depots]
    expected += [(office.id, office.name, office.in_transit) for office in instance.offices]
    for place, name, rows in expected:
        for number, row in enumerate(rows):
            if 1 <= row.day <= end and row.cards:
                yield Change("delivery", place, name, row.day - 1, end, row.cards, number)


def in_periods(change: Change, days: int, every: int) -> Iterator[Change]:
    """The same change, in each period of so many days by itself; a pack comes at its beginning."""
    if not change.steady or every >= days:
        return
    for first in range(0, days, every):
        last = days - 1 if change.kind == "pack" else min(first + every, days) - 1
        if (first, last) != (change.first, change.last):
            yield Change(change.kind, change.place, change.name, first, last, change.amount)
