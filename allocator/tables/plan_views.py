"""A plan as people use it: orders for the warehouse, slots and printing by office and day, key figures."""

from __future__ import annotations

import datetime

from allocator.instance.models import Instance
from allocator.plan.arrays import PlanArrays
from allocator.plan.models import Plan
from allocator.tables.sheets import Cell, Table
from allocator.tables.write_instance import day_headers
from allocator.verdict import Verdict


def plan_views(instance: Instance, plan: Plan, arrays: PlanArrays, verdict: Verdict) -> list[Table]:
    """The tables named in `plan_layout.VIEWS`, in their order."""
    return [
        _kpis(instance, verdict),
        _dispatch(instance, plan),
        _by_office("quota_by_office", "records", instance, arrays.ingest.sum(axis=1).tolist()),
        _quota_by_day(instance, arrays),
        _by_office("printing", "cards", instance, arrays.cards.sum(axis=1).tolist()),
    ]


def long_views(instance: Instance, plan: Plan, arrays: PlanArrays, verdict: Verdict) -> list[Table]:
    """The same for programs: a row for each office, stream and day instead of a column for each day."""
    return [
        _kpis(instance, verdict),
        _dispatch(instance, plan),
        _quota_by_day(instance, arrays),
        _long(
            "quota_by_office",
            "records",
            instance,
            [(r.office, r.stream, r.day, r.records) for r in plan.ingest],
        ),
        _long("printing", "cards", instance, [(r.office, r.stream, r.day, r.cards) for r in plan.cards]),
    ]


def _kpis(instance: Instance, verdict: Verdict) -> Table:
    units = {"cost": instance.currency, "freight_cost": instance.currency, "quota_used_share": "of all slots"}
    terms = {f"cost_{name}": value for name, value in verdict.cost.as_dict().items() if name != "total"}
    figures = {"cost": float(verdict.cost.total), **terms, **verdict.kpis.as_dict()}
    rows: list[list[Cell]] = [
        [name, value, units.get(name, instance.currency if name in terms else _unit(name))]
        for name, value in figures.items()
    ]
    return Table("kpis", ["figure", "value", "unit"], rows)


def _unit(name: str) -> str:
    if name.endswith("record_days"):
        return "records x days"
    if name.endswith("days"):
        return "days"
    return "cards" if name == "cards" else "records"


def _dispatch(instance: Instance, plan: Plan) -> Table:
    """Tomorrow's orders: by day, then by where they leave."""
    names = {depot.id: depot.name for depot in instance.depots}
    names |= {office.id: office.name for office in instance.offices}
    lanes = {lane.id: lane for lane in instance.lanes}
    order = {lane.id: number for number, lane in enumerate(instance.lanes)}
    packs: dict[tuple[int, int, str], int] = {}
    for row in plan.shipments:
        key = (row.day, order[row.lane], row.lane)
        packs[key] = packs.get(key, 0) + row.packs
    rows: list[list[Cell]] = []
    for day, _, identifier in sorted(key for key, amount in packs.items() if amount):
        lane, amount = lanes[identifier], packs[day, order[identifier], identifier]
        arrival = day + lane.lead_days
        rows.append(
            [
                *(day, _date(instance, day), f"{_date(instance, day):%a}", lane.id),
                *(lane.origin, names[lane.origin], lane.destination, names[lane.destination]),
                *(amount, amount * instance.pack_size, arrival, _date(instance, arrival)),
                lane.fixed_cost + lane.cost_per_pack * amount,
            ]
        )
    header = ["day", "date", "weekday", "lane", "from", "from_name", "to", "to_name"]
    return Table("dispatch", [*header, "packs", "cards", "arrival_day", "arrival_date", "cost"], rows)


def _by_office(name: str, unit: str, instance: Instance, amounts: list[list[int]]) -> Table:
    rows: list[list[Cell]] = [
        [office.id, office.name, office.province, sum(row), *row]
        for office, row in zip(instance.offices, amounts, strict=True)
    ]
    header = ["office", "name", "province", f"total_{unit}"]
    return Table(name, header + day_headers(instance.start, instance.days), rows)


def _quota_by_day(instance: Instance, arrays: PlanArrays) -> Table:
    given = instance.arrays.quota.tolist()
    used = arrays.ingest.sum(axis=(0, 1)).tolist()
    rows: list[list[Cell]] = [
        [
            day,
            _date(instance, day),
            f"{_date(instance, day):%a}",
            given[day],
            used[day],
            given[day] - used[day],
        ]
        for day in range(instance.days)
    ]
    return Table("quota_by_day", ["day", "date", "weekday", "quota", "used", "unused"], rows)


def _long(name: str, unit: str, instance: Instance, amounts: list[tuple[str, str, int, int]]) -> Table:
    offices = {office.id: office for office in instance.offices}
    rows: list[list[Cell]] = [
        [office, offices[office].name, offices[office].province, stream, day, _date(instance, day), amount]
        for office, stream, day, amount in amounts
    ]
    return Table(name, ["office", "name", "province", "stream", "day", "date", unit], rows)


def _date(instance: Instance, day: int) -> datetime.date:
    return instance.start + datetime.timedelta(days=day)
