"""The sheets of an instance, with their columns: what is read, written, and explained in the guide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["text", "count", "number", "flag", "day", "day_or_later", "date", "daily", "daily_flag"]


@dataclass(frozen=True)
class Column:
    """A column, or a row of the sheet `settings`."""

    name: str
    kind: Kind
    meaning: str
    field: str | None = None
    """Where the value goes in the instance, if not to a field of the column's name."""


@dataclass(frozen=True)
class Layout:
    """A sheet: what one row of it is, and its columns. The first `keys` columns say whose row it is."""

    meaning: str
    columns: tuple[Column, ...]
    keys: int = 0
    by_day: bool = False
    """Whether a column for each day follows."""


OFFICE: Final = Column("office", "text", "id of the office")
STREAM: Final = Column("stream", "text", "id of the stream")

SETTINGS: Final = (
    Column("schema_version", "count", "version of this format: 1"),
    Column("name", "text", "name of the instance; plans are for a name"),
    Column("description", "text", "in your words; may be empty"),
    Column("start", "date", "date of day 0"),
    Column("days", "count", "length of the horizon"),
    Column("currency", "text", "empty: IDR"),
    Column("pack_size", "count", "blanks in a pack, cards"),
    Column("processing_days", "count", "days from ingestion to print-ready; empty: 0"),
    Column("quota", "daily", "national ingestion slots, records a day; by day: see sheet quota"),
    Column("storage_free", "count", "records that still fit in the national database; empty: no limit"),
    Column("unprintable_day", "number", "cost of a record and day in the unprintable backlog"),
    Column("waiting_day", "number", "cost of a print-ready record and day without a card"),
    Column("idle_blank_day", "number", "cost of a blank on hand at an office at the end of a day; empty: 0"),
    Column("end_days", "number", "days for which the queues at the end are charged once more"),
)
COSTS: Final = ("unprintable_day", "waiting_day", "idle_blank_day", "end_days")

LAYOUTS: Final[dict[str, Layout]] = {
    "settings": Layout(
        "one row for each setting of the whole instance",
        (Column("field", "text", "which setting"), Column("value", "text", "its value")),
    ),
    "streams": Layout(
        "kinds of applicants, each with a queue of its own in every office",
        (
            Column("id", "text", "unique"),
            Column("needs_ingestion", "flag", "whether records must be ingested before printing; empty: no"),
            Column("weight", "number", "factor on waiting costs; empty: 1"),
        ),
    ),
    "overdue": Layout(
        "extra costs of long waits, which add up",
        (
            Column("after_days", "count", "days since application from which on it counts"),
            Column("per_day", "number", "cost of a record and day"),
        ),
    ),
    "storage": Layout(
        "room added to the national database",
        (Column("day", "day", "first day of use"), Column("records", "count", "room added")),
    ),
    "quota": Layout("national ingestion slots, records a day, where they differ by day", (), by_day=True),
    "depots": Layout(
        "stores of blanks that serve offices or other depots",
        (
            Column("id", "text", "unique among depots and offices"),
            Column("name", "text", "empty: the id"),
            Column("lat", "number", "degrees north; may be empty"),
            Column("lon", "number", "degrees east; may be empty"),
            Column("stock", "count", "blanks on day 0; empty: 0"),
            Column("reserve", "count", "blanks never to be dispatched; empty: 0"),
            Column("max_packs_per_day", "count", "packs dispatched a day; empty: no limit"),
        ),
    ),
    "deliveries": Layout(
        "blanks that reach a depot from outside",
        (
            Column("depot", "text", "id of the depot"),
            Column("day", "day", "arrival"),
            Column("cards", "count", "blanks"),
        ),
        keys=1,
    ),
    "offices": Layout(
        "regional offices",
        (
            Column(
                "id", "text", "unique among depots and offices; a text, also where it looks like a number"
            ),
            Column("name", "text", "empty: the id"),
            Column("province", "text", "may be empty"),
            Column("lat", "number", "degrees north; may be empty"),
            Column("lon", "number", "degrees east; may be empty"),
            Column("priority", "number", "factor on waiting costs; empty: 1"),
            Column("blanks", "count", "blanks on hand on day 0; empty: 0"),
            Column("max_blanks", "count", "blanks that the store takes; empty: no limit"),
            Column("spoiled_per_thousand", "count", "of 1000 blanks, how many are spoiled; empty: 0"),
            Column("ingest_capacity", "daily", "records a day that the office's link takes; empty: no limit"),
            Column("print_capacity", "daily", "cards a day"),
        ),
    ),
    "ingest_capacity": Layout("records a day, where they differ by day", (OFFICE,), keys=1, by_day=True),
    "print_capacity": Layout("cards a day, where they differ by day", (OFFICE,), keys=1, by_day=True),
    "in_transit": Layout(
        "blanks on their way to an office since before day 0",
        (OFFICE, Column("day", "day", "arrival"), Column("cards", "count", "blanks")),
        keys=1,
    ),
    "demand": Layout(
        "the queues: one row for each office and stream that has one",
        (OFFICE, STREAM, Column("arrivals", "daily", "applicants a day; empty: 0")),
        keys=2,
    ),
    "arrivals": Layout("applicants a day, where they differ by day", (OFFICE, STREAM), keys=2, by_day=True),
    "backlog": Layout(
        "who applied before day 0 and, where ingestion is needed, is not ingested",
        (
            OFFICE,
            STREAM,
            Column("age_days", "count", "days before day 0 on which they applied, from 1 on"),
            Column("records", "count", "how many"),
        ),
        keys=2,
    ),
    "ingested": Layout(
        "who was ingested before day 0 and has no card yet",
        (
            OFFICE,
            STREAM,
            Column("ready_day", "day_or_later", "day from which on they are print-ready"),
            Column("age_days", "count", "days before day 0 on which they applied, from 1 on"),
            Column("records", "count", "how many"),
        ),
        keys=2,
    ),
    "lanes": Layout(
        "ways for packs, from a depot or office to another",
        (
            Column("id", "text", "unique; empty: from>to"),
            Column("from", "text", "id of a depot or office"),
            Column("to", "text", "id of a depot or office"),
            Column("lead_days", "count", "days from dispatch to arrival"),
            Column("fixed_cost", "number", "cost of a trip"),
            Column("cost_per_pack", "number", "cost of a pack"),
            Column("min_packs", "count", "packs on a trip at least; empty: 1"),
            Column("max_packs", "count", "packs on a trip at most; empty: no limit"),
            Column("open", "daily_flag", "whether a trip can start; empty: always"),
        ),
    ),
    "open": Layout(
        "days on which a trip can start (1) or not (0), where they differ",
        (Column("lane", "text", "id of the lane"),),
        keys=1,
        by_day=True,
    ),
    "targets": Layout(
        "promises: a share of all who applied has a card by the end of a day",
        (
            Column("id", "text", "may be empty"),
            Column("day", "day", "by when"),
            Column("share", "number", "0 to 1"),
            Column("penalty_per_record", "number", "cost of a record short of the promise"),
            Column("office", "text", "empty: all"),
            Column("province", "text", "empty: all"),
            Column("stream", "text", "empty: all"),
        ),
    ),
}
REQUIRED: Final = ("settings", "streams", "offices")
