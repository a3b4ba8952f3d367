"""An instance from tables. Every fault is told where it stands: sheet, row, column."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from allocator.documents import format_path, located_problems
from allocator.errors import InputError, Problem
from allocator.instance.models import Instance
from allocator.tables.cells import ByDay
from allocator.tables.days import read_day_columns
from allocator.tables.layout import COSTS, LAYOUTS, REQUIRED, SETTINGS
from allocator.tables.places import Places
from allocator.tables.records import Reader, Record
from allocator.tables.sheets import Sheets

Document = dict[str, Any]
Location = tuple[str | int, ...]
Homes = dict[tuple[object, ...], tuple[Document, Location]]
Entry = tuple[tuple[object, ...], Record | None, Document, Location]
"""What names a row, the row, its document, and where that stands in the instance."""


def instance_from_sheets(sheets: Sheets) -> Instance:
    """Raises InputError with everything that is wrong."""
    return _Building(sheets).instance()


class _Building:
    def __init__(self, sheets: Sheets) -> None:
        self.sheets = sheets
        self.problems = list(sheets.problems)
        self.places = Places()
        self.reader = Reader(sheets, self.problems)
        self.document: Document = {}
        self.start: datetime.date | None = None
        self.no_offices = "offices" not in sheets.by_name
        """It is told once, and nothing that follows from it."""

    def instance(self) -> Instance:
        for name in REQUIRED:
            if name not in self.sheets.by_name:
                self.problems.append(
                    Problem(self.sheets.label.format(name), "", "this sheet, it is required")
                )
        self._settings()
        self._plain_lists()
        self._depots()
        self._offices()
        self._lanes()
        return self._validated()

    def _settings(self) -> None:
        document, costs = self.document, dict[str, Any]()
        quota: Record | None = None
        for record in self.reader.settings(SETTINGS):
            name = record.name
            if name == "start" and isinstance(record.value, datetime.date):
                self.start = self.reader.start = record.value
            if name == "days" and record.value > 0:
                self.reader.days = record.value
            if name == "quota":
                quota = record.as_record()
            elif name == "storage_free":
                document["storage"] = {"free": record.value}
                self.places.set(("storage", "free"), record.place)
                continue
            elif name in COSTS:
                costs[name] = record.value
                self.places.set(("costs", name), record.place)
                continue
            document[name] = record.value
            self.places.set((name,), record.place)
        document["costs"] = costs
        for name in (column.name for column in SETTINGS):
            location = ("costs", name) if name in COSTS else (name,)
            self.places.set_default(location, self.reader.setting_place(name))
        self.places.set_default(("storage",), self.reader.setting_place("storage_free"))
        self.places.set_default(("costs",), self.sheets.label.format("settings"))
        if quota is not None:
            self._fill_daily("quota", [((), quota, document, ())], "quota")
        elif "quota" in self.sheets.by_name:
            self._fill_daily("quota", [], "quota")

    def _plain_lists(self) -> None:
        for name, location in (
            ("streams", ("streams",)),
            ("targets", ("targets",)),
            ("overdue", ("costs", "overdue")),
            ("storage", ("storage", "expansions")),
        ):
            rows = self._rows(name, location)
            if rows or name == "streams":
                home = self.document
                for part in location[:-1]:
                    home = home.setdefault(part, {})
                home[location[-1]] = rows

    def _rows(self, sheet: str, location: Location) -> list[Document]:
        """The rows of a sheet, in order, each a document."""
        rows = []
        for index, record in enumerate(self.reader.records(sheet)):
            self.places.set_record((*location, index), record)
            rows.append(dict(record.values))
        self.places.set_default(location, self.sheets.label.format(sheet))
        return rows

    def _depots(self) -> None:
        self.document["depots"] = depots = self._rows("depots", ("depots",))
        self._attach("deliveries", _by_id(depots, "depots"), "deliveries", "depot")

    def _offices(self) -> None:
        self.document["offices"] = offices = self._rows("offices", ("offices",))
        by_id = _by_id(offices, "offices")
        for name in ("ingest_capacity", "print_capacity"):
            entries: list[Entry] = [
                ((row.get("id"),), self.places.record(("offices", index)), row, ("offices", index))
                for index, row in enumerate(offices)
            ]
            self._fill_daily(name, entries, "offices")
        self._attach("in_transit", by_id, "in_transit", "office")
        queues: Homes = {}
        queue_entries: list[Entry] = []
        for record in self.reader.records("demand"):
            office, stream = record.values.get("office"), record.values.get("stream")
            home = by_id.get((office,))
            if not self._known(record, home is not None, "office", office) or stream is None:
                continue
            assert home is not None
            if (office, stream) in queues:
                self.problems.append(
                    Problem(record.place, f"{office} and {stream} for the second time", "each queue once")
                )
                continue
            row, location = home
            demand = {key: value for key, value in record.values.items() if key == "arrivals"}
            row.setdefault("demand", {})[stream] = demand
            where = (*location, "demand", stream)
            self.places.set_record(where, record)
            queues[office, stream] = (demand, where)
            queue_entries.append(((office, stream), record, demand, where))
        self._fill_daily("arrivals", queue_entries, "demand")
        self._attach("backlog", queues, "backlog", "queue")
        self._attach("ingested", queues, "ingested", "queue")

    def _lanes(self) -> None:
        self.document["lanes"] = lanes = self._rows("lanes", ("lanes",))
        entries: list[Entry] = []
        for index, row in enumerate(lanes):
            name = row.get("id", f"{row.get('from', '')}>{row.get('to', '')}")
            entries.append(((name,), self.places.record(("lanes", index)), row, ("lanes", index)))
        self._fill_daily("open", entries, "lanes")

    def _attach(self, sheet: str, homes: Homes, field: str, what: str) -> None:
        """Give each row of a sheet to the place or queue that its first columns name."""
        keys = [column.name for column in LAYOUTS[sheet].columns[: LAYOUTS[sheet].keys]]
        for record in self.reader.records(sheet):
            named = tuple(record.values.get(key) for key in keys)
            home = homes.get(named)
            if None in named or (self.no_offices and what == "queue"):
                continue
            shown = " and ".join(map(str, named))
            if what == "queue":
                if home is None:
                    found, expected = f"{shown}", "an office and stream of the sheet demand"
                    self.problems.append(Problem(record.place, found, expected))
                    continue
            elif not self._known(record, home is not None, what, shown):
                continue
            assert home is not None
            document, location = home
            rows = document.setdefault(field, [])
            self.places.set_record((*location, field, len(rows)), record)
            rows.append({key: value for key, value in record.values.items() if key not in keys})

    def _known(self, record: Record, known: bool, column: str, name: object) -> bool:
        if name is None or (self.no_offices and column == "office"):
            return False  # told already
        if not known:
            expected = f"the id of one of the {column}s of the sheet {column}s"
            self.problems.append(Problem(record.place_of(column), f'"{name}"', expected))
        return known

    def _fill_daily(
        self,
        field: str,
        entries: Sequence[Entry],
        home: str,
    ) -> None:
        """Put the values by day where their cell says "by day", and tell of those that miss each other."""
        table = read_day_columns(self.reader, field, self.start, self.document.get("days"))
        asked, told = {}, {problem.path for problem in self.problems}
        for key, record, document, location in entries:
            if document.get(field) is not ByDay:
                wrong = record is not None and record.place_of(field) in told
                if key in table and None not in key and key not in asked and not wrong:
                    where = "settings" if field == "quota" else home
                    expected = f'"by day" in the column {field} of the sheet {where}, or no such row'
                    self.problems.append(Problem(table[key].place, "values by day", expected))
                asked[key] = True
                continue
            asked[key] = True
            if key not in table:
                del document[field]
                place = record.place_of(field) if record else ""
                wanted = f"a row for it in the sheet {field}" if None not in key else "an id beside it"
                self.problems.append(Problem(place, '"by day"', wanted))
                self.places.told(self.places.find((*location, field)) or place)
                continue
            if table[key].broken:
                del document[field]
                self.places.told(self.places.find((*location, field)) or "")
                continue
            self.places.set_days((*location, field), table[key])
            document[field] = table[key].values
        for key, row in table.items():
            if (
                key not in asked
                and None not in key
                and not (self.no_offices and home in {"offices", "demand"})
            ):
                shown = " and ".join(map(str, key)) or "values by day"
                self.problems.append(Problem(row.place, shown, f"a row of the sheet {home} that asks for it"))

    def _validated(self) -> Instance:
        for problem in self.problems:
            self.places.told(problem.path)
        try:
            instance = Instance.model_validate(self.document)
        except ValidationError as error:
            raise InputError([*self.problems, *self._from_model(error)]) from None
        if self.problems:
            raise InputError(self.problems)
        return instance

    def _from_model(self, error: ValidationError) -> Iterator[Problem]:
        """What the model complains of, without what follows from a cell that was told of already."""
        for location, problem in located_problems(error):
            if self.no_offices and location[0] in {"lanes", "targets"} and len(location) > 2:
                continue
            place = self.places.find(location)
            if place is None:
                place = format_path(location)
            if not self.places.was_told(place):
                yield Problem(place, problem.found, problem.expected)


def _by_id(rows: Sequence[Document], kind: str) -> Homes:
    """The first row of each id."""
    return {(row.get("id"),): (row, (kind, index)) for index, row in reversed([*enumerate(rows)])}
