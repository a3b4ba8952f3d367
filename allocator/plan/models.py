"""A plan: what is answered. Immutable pydantic models, field for field as in the files."""

from __future__ import annotations

from typing import Annotated, Any, Literal

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


Price = Annotated[float, Field(allow_inf_nan=False)]


class Prices(Document):
    """Marginal values by day, in currency, from the dual of a relaxation; an estimate, not a promise.

    `slot` and `blank` are for people. The others are what they are made of, from which another solve
    can start: limits on a day, and limits on a total up to a day, whose price stands on that day.
    """

    slot: tuple[Price, ...] = ()
    """Currency per ingestion slot, by day."""
    blank: dict[str, tuple[Price, ...]] = Field(default_factory=dict)
    """Currency per blank at each depot, by day."""
    quota: tuple[Price, ...] = ()
    """Currency per slot, by day: the quota's part of `slot`."""
    storage: tuple[Price, ...] = ()
    """Currency per record of room in the national database up to the day."""
    handling: dict[str, tuple[Price, ...]] = Field(default_factory=dict)
    """Currency per pack that each depot may dispatch on the day."""
    supply: dict[str, tuple[Price, ...]] = Field(default_factory=dict)
    """Currency per pack that each depot has up to the day."""
    targets: dict[str, Price] = Field(default_factory=dict)
    """Currency per record of each promise, by id, or `targets[n]` for one without."""


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
    workers: int | None = None
    """Processes that the work was spread over."""
    rounds: int | None = None
    """Rounds of pricing."""
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
