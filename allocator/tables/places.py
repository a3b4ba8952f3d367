"""Where in the tables each part of an instance came from, for messages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from allocator.tables.days import DayRow
from allocator.tables.records import Record

Location = tuple[str | int, ...]
_COLUMNS = {"origin": "from", "destination": "to"}
_TAGS = frozenset({"<every day>", "<per day>", "[key]"})


class Places:
    """Sheet, row and column of locations in the document."""

    def __init__(self) -> None:
        self._named: dict[Location, str] = {}
        self._records: dict[Location, Record] = {}
        self._days: dict[Location, DayRow] = {}
        self._told: set[str] = set()

    def set(self, location: Location, place: str) -> None:
        self._named[location] = place

    def set_default(self, location: Location, place: str) -> None:
        self._named.setdefault(location, place)

    def set_record(self, location: Location, record: Record) -> None:
        self._records[location] = record

    def set_days(self, location: Location, row: DayRow) -> None:
        self._days[location] = row

    def record(self, location: Location) -> Record | None:
        return self._records.get(location)

    def told(self, place: str) -> None:
        """There is a message about this place already."""
        self._told.add(_without_name(place))

    def was_told(self, place: str) -> bool:
        return _without_name(place) in self._told

    def find(self, location: Sequence[str | int]) -> str | None:
        """The place that is nearest to a location."""
        parts = tuple(_COLUMNS.get(str(part), part) for part in location if part not in _TAGS)
        for end in range(len(parts), 0, -1):
            head, rest = parts[:end], parts[end:]
            if head in self._days:
                day = rest[0] if rest else None
                return self._days[head].place_of(day) if isinstance(day, int) else self._days[head].place
            if head in self._records:
                record = self._records[head]
                return record.place_of(str(rest[0])) if rest else record.place
            if head in self._named:
                return self._named[head]
        return None


def _without_name(place: str) -> str:
    """A place without the name of the column, which not every message has beside the letter."""
    return re.sub(r" \([^,]*\)$", "", place)
