"""The shipments to dispatch first, as orders that can be given."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from allocator.instance.models import Instance
from allocator.plan.models import Plan, ShipmentRow
from allocator.report.tables import Column, fitted_table, names
from allocator.report.wording import clean, count, short_date

FIRST_DAYS = 7
MOST_ROWS = 8


def first_shipments(instance: Instance, plan: Plan, width: int) -> RenderableType:
    """At most eight dispatches of the first week, or the very first where that has none; large ones first."""
    dispatches = sorted(
        (row for row in plan.shipments if row.packs), key=lambda row: (row.day, -row.packs, row.lane)
    )
    if not dispatches:
        return Text("No shipments.")
    week = [row for row in dispatches if row.day < FIRST_DAYS]
    shown = (week or dispatches)[:MOST_ROWS]
    title = f"First shipments: {len(shown)} of {len(dispatches):,} in the plan"
    if week:
        title += f", {len(week):,} of them in the first {FIRST_DAYS} days"
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
