"""The shipments to dispatch first, as orders that can be given."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from allocator.instance.models import Instance
from allocator.plan.models import Plan, ShipmentRow
from allocator.report.tables import Column, fitted_table, names
from allocator.report.wording import clean, count, short_date

MOST_ROWS = 8


def first_shipments(instance: Instance, plan: Plan, width: int) -> RenderableType:
    """The first eight dispatches; of a day the large ones first."""
    dispatches = sorted(
        (row for row in plan.shipments if row.packs), key=lambda row: (row.day, -row.packs, row.lane)
    )
    if not dispatches:
        return Text("No shipments.")
    shown = dispatches[:MOST_ROWS]
    title = f"The first {len(shown)} of {len(dispatches):,} shipments; the plan file has all of them"
    if len(shown) == len(dispatches):
        title = "All shipments"
    return fitted_table(title, _columns(instance, shown), width)


def _columns(instance: Instance, rows: list[ShipmentRow]) -> list[Column]:
    places = {depot.id: depot.name for depot in instance.depots}
    places |= {office.id: office.name for office in instance.offices}
    lanes = {lane.id: lane for lane in instance.lanes}
    ways = [lanes[row.lane] for row in rows]
    arrivals = [row.day + way.lead_days for row, way in zip(rows, ways, strict=True)]
    return [
        Column("Leaves", [short_date(instance, row.day) for row in rows], align="left"),
        names("From", [clean(places[way.origin]) for way in ways]),
        names("To", [clean(places[way.destination]) for way in ways]),
        Column("Packs", [count(row.packs) for row in rows]),
        Column("Blanks", [count(row.packs * instance.pack_size) for row in rows], yields=2),
        Column("Arrives", [short_date(instance, day) for day in arrivals], align="left", yields=1),
    ]
