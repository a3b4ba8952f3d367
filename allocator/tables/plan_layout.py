"""The sheets of a plan: those that hold it, and those made for people."""

from __future__ import annotations

from typing import Final

from allocator.tables.layout import OFFICE, STREAM, Column, Layout

PLAN_SETTINGS: Final = (
    Column("schema_version", "count", "1"),
    Column("instance", "text", "name of the instance that the plan is for"),
)
PLAN_LAYOUTS: Final[dict[str, Layout]] = {
    "settings": Layout(
        "one row for each setting",
        (Column("field", "text", "which setting"), Column("value", "text", "its value")),
    ),
    "ingest": Layout(
        "slots: records of an office and stream ingested on a day",
        (OFFICE, STREAM, Column("day", "count", "number"), Column("records", "count", "how many")),
    ),
    "shipments": Layout(
        "packs dispatched on a lane on a day",
        (
            Column("lane", "text", "id of the lane"),
            Column("day", "count", "number"),
            Column("packs", "count", "how many"),
        ),
    ),
    "cards": Layout(
        "cards printed for an office and stream on a day",
        (OFFICE, STREAM, Column("day", "count", "number"), Column("cards", "count", "how many")),
    ),
    "solution": Layout(
        "how the plan was found: JSON, in pieces, for programs",
        (Column("json", "text", "a piece of the text"),),
    ),
}
VIEWS: Final = {
    "kpis": "the cost of the plan and its key figures, as the check finds them",
    "dispatch": "what each warehouse packs: a row for each trip, by the day it leaves",
    "quota_by_office": "ingestion slots of each office, a column for each day",
    "quota_by_day": "ingestion slots of the nation, given and used",
    "printing": "cards that each office prints, a column for each day",
}
"""Made from the others, for people; they are not read."""
