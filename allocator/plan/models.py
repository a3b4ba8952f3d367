"""A plan: what is answered. Immutable pydantic models, field for field as in the files."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field, StrictStr

from allocator.instance.fields import Count, Document, Identifier


class IngestRow(Document):
    """Slots: records of one office and stream ingested on one day."""

    office: Identifier
    stream: Identifier
    day: Count
    records: Count


class ShipmentRow(Document):
    """A trip: packs dispatched on one lane on one day."""

    lane: Identifier
    day: Count
    packs: Count


class CardsRow(Document):
    """Cards printed for one office and stream on one day."""

    office: Identifier
    stream: Identifier
    day: Count
    cards: Count


class Prices(Document):
    """Marginal values by day, in currency, from the dual of a relaxation; an estimate, not a promise."""

    slot: tuple[float, ...] = ()
    """Currency per ingestion slot, by day."""
    blank: dict[str, tuple[float, ...]] = Field(default_factory=dict)
    """Currency per blank at each depot, by day."""


class Solution(Document):
    """How a plan was found and how good it was proven to be. Other programs may keep more here."""

    model_config = ConfigDict(extra="allow")

    status: StrictStr | None = None
    objective: float | None = None
    """Cost of the plan, currency."""
    bound: float | None = None
    """Proven lower bound on the cost of every valid plan, currency."""
    gap: float | None = None
    avoidable_gap: float | None = None
    method: StrictStr | None = None
    backend: StrictStr | None = None
    solver: StrictStr | None = None
    seed: int | None = None
    versions: dict[str, Any] | None = None
    seconds: dict[str, float] | None = None
    prices: Prices | None = None


class Plan(Document):
    """Slots, shipments and cards, day by day. Valid only when the verdict says so."""

    schema_version: Literal[1]
    instance: Identifier
    """Name of the instance the plan is for."""
    ingest: tuple[IngestRow, ...] = ()
    shipments: tuple[ShipmentRow, ...] = ()
    cards: tuple[CardsRow, ...] = ()
    solution: Solution = Field(default_factory=Solution)
