"""Plans written down by hand."""

from __future__ import annotations

from collections.abc import Mapping

from allocator.instance.models import Instance
from allocator.plan.models import CardsRow, IngestRow, Plan, ShipmentRow


def make_plan(
    instance: Instance,
    *,
    ingest: Mapping[tuple[str, str, int], int] | None = None,
    packs: Mapping[tuple[str, int], int] | None = None,
    cards: Mapping[tuple[str, str, int], int] | None = None,
) -> Plan:
    """A plan; keys are (office, stream, day), for `packs` (lane, day)."""
    return Plan(
        schema_version=1,
        instance=instance.name,
        ingest=tuple(
            IngestRow(office=office, stream=stream, day=day, records=records)
            for (office, stream, day), records in (ingest or {}).items()
        ),
        shipments=tuple(
            ShipmentRow(lane=lane, day=day, packs=number) for (lane, day), number in (packs or {}).items()
        ),
        cards=tuple(
            CardsRow(office=office, stream=stream, day=day, cards=number)
            for (office, stream, day), number in (cards or {}).items()
        ),
    )
