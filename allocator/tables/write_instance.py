"""An instance as tables."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from allocator.instance.models import Instance
from allocator.tables.cells import BY_DAY
from allocator.tables.layout import COSTS, LAYOUTS, SETTINGS
from allocator.tables.sheets import Cell, Table

Daily = int | bool | tuple[int, ...] | tuple[bool, ...] | None


def instance_tables(instance: Instance) -> list[Table]:
    """Every sheet of the layout that has something to say, in its order; nothing is lost."""
    offices, lanes = instance.offices, instance.lanes
    queues = [(office.id, stream, demand) for office in offices for stream, demand in office.demand.items()]
    rows: dict[str, list[list[Cell]]] = {
        "settings": _settings(instance),
        "streams": [[row.id, row.needs_ingestion, row.weight] for row in instance.streams],
        "overdue": [[row.after_days, row.per_day] for row in instance.costs.overdue],
        "storage": [
            [row.day, row.records] for row in (instance.storage.expansions if instance.storage else ())
        ],
        "quota": _by_day([((), instance.quota)]),
        "depots": [
            [row.id, row.name, row.lat, row.lon, row.stock, row.reserve, row.max_packs_per_day]
            for row in instance.depots
        ],
        "deliveries": [
            [depot.id, row.day, row.cards] for depot in instance.depots for row in depot.deliveries
        ],
        "offices": [
            [
                *(row.id, row.name, row.province, row.lat, row.lon, row.priority),
                *(row.blanks, row.max_blanks, row.spoiled_per_thousand),
                *(_daily(row.ingest_capacity), _daily(row.print_capacity)),
            ]
            for row in offices
        ],
        "ingest_capacity": _by_day(((row.id,), row.ingest_capacity) for row in offices),
        "print_capacity": _by_day(((row.id,), row.print_capacity) for row in offices),
        "in_transit": [[office.id, row.day, row.cards] for office in offices for row in office.in_transit],
        "demand": [[office, stream, _daily(demand.arrivals)] for office, stream, demand in queues],
        "arrivals": _by_day(((office, stream), demand.arrivals) for office, stream, demand in queues),
        "backlog": [
            [office, stream, row.age_days, row.records]
            for office, stream, demand in queues
            for row in demand.backlog
        ],
        "ingested": [
            [office, stream, row.ready_day, row.age_days, row.records]
            for office, stream, demand in queues
            for row in demand.ingested
        ],
        "lanes": [
            [
                *(row.id, row.origin, row.destination, row.lead_days, row.fixed_cost, row.cost_per_pack),
                *(row.min_packs, row.max_packs, _daily(row.open)),
            ]
            for row in lanes
        ],
        "open": _by_day(((row.id,), row.open) for row in lanes),
        "targets": [
            [row.id, row.day, row.share, row.penalty_per_record, row.office, row.province, row.stream]
            for row in instance.targets
        ],
    }
    dates = day_headers(instance.start, instance.days)
    tables = []
    for name, layout in LAYOUTS.items():
        if layout.by_day and not rows[name]:
            continue
        header = [column.name for column in layout.columns]
        if name == "settings":
            header.append("#meaning")
        tables.append(Table(name, header + (dates if layout.by_day else []), rows[name]))
    return tables


def day_headers(start: datetime.date, days: int) -> list[str]:
    """One header a day, as a person reads it and no spreadsheet converts it: 0 Mon 2017-08-28."""
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    dates = (start + datetime.timedelta(days=day) for day in range(days))
    return [f"{day} {names[date.weekday()]} {date.isoformat()}" for day, date in enumerate(dates)]


def _settings(instance: Instance) -> list[list[Cell]]:
    values: dict[str, Cell] = {
        name: getattr(instance.costs if name in COSTS else instance, name)
        for name in (column.name for column in SETTINGS)
        if name not in {"quota", "storage_free"}
    }
    values["quota"] = _daily(instance.quota)
    values["storage_free"] = instance.storage.free if instance.storage else None
    return [[column.name, values[column.name], column.meaning] for column in SETTINGS]


def _daily(value: Daily) -> Cell:
    return BY_DAY if isinstance(value, tuple) else value


def _by_day(rows: Iterable[tuple[Sequence[str], Daily]]) -> list[list[Cell]]:
    return [[*keys, *map(int, value)] for keys, value in rows if isinstance(value, tuple)]
