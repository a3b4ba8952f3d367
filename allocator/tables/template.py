"""A small instance to start from, which uses every sheet and can be solved as it stands."""

from __future__ import annotations

import datetime
from typing import Any

from allocator.instance.models import Instance

_DAYS = 28


def template_instance(name: str = "my-plan", start: datetime.date = datetime.date(2027, 1, 4)) -> Instance:
    """Three offices, one depot, four weeks; day 0 is a Monday."""
    document: dict[str, Any] = {
        "schema_version": 1,
        "name": name,
        "description": "An example to be changed: three offices, one depot, four weeks.",
        "start": start,
        "days": _DAYS,
        "currency": "IDR",
        "pack_size": 500,
        "processing_days": 1,
        "quota": _week([400, 400, 400, 400, 400, 200, 0]),
        "storage": {"free": 6000, "expansions": [{"day": 14, "records": 6000}]},
        "streams": [
            {"id": "print-ready"},
            {"id": "first-time", "needs_ingestion": True},
            {"id": "replacement", "weight": 0.5},
        ],
        "costs": {
            "unprintable_day": 400,
            "waiting_day": 250,
            "overdue": [{"after_days": 180, "per_day": 180}],
            "idle_blank_day": 13,
            "end_days": 30,
        },
        "depots": [
            {
                "id": "provincial-store",
                "name": "Provincial store",
                "lat": 0.89,
                "lon": 104.45,
                "stock": 6000,
                "reserve": 1000,
                "deliveries": [{"day": 10, "cards": 8000}],
                "max_packs_per_day": 10,
            }
        ],
        "offices": [
            _office("21.71", "Kota Batam", (1.05, 104.03), 300, 5200, 120, 2000),
            _office("21.72", "Kota Tanjungpinang", (0.92, 104.46), 120, 1400, 30, 500),
            {
                **_office("21.10", "Kab. Lingga", (-0.16, 104.61), 60, 900, 8, 100),
                "priority": 1.5,
                "max_blanks": 2000,
                "ingest_capacity": _week([60, 60, 0, 60, 60, 0, 0]),
                "in_transit": [{"day": 2, "cards": 500}],
            },
        ],
        "lanes": [
            _lane("provincial-store", "21.71", 1, 900000, 10),
            _lane("provincial-store", "21.72", 0, 150000, 10),
            {
                **_lane("provincial-store", "21.10", 3, 2400000, 4),
                "open": _week([1, 0, 0, 1, 0, 0, 0], flag=True),
            },
            _lane("21.71", "21.72", 1, 900000, 4),
        ],
        "targets": [
            {
                "id": "oldest-first",
                "day": 20,
                "share": 0.8,
                "penalty_per_record": 5000,
                "province": "Kepulauan Riau",
                "stream": "print-ready",
            }
        ],
    }
    return Instance.model_validate(document)


def _office(
    identifier: str,
    name: str,
    at: tuple[float, float],
    printed: int,
    waiting: int,
    arriving: int,
    blanks: int,
) -> dict[str, Any]:
    return {
        "id": identifier,
        "name": name,
        "province": "Kepulauan Riau",
        "lat": at[0],
        "lon": at[1],
        "blanks": blanks,
        "spoiled_per_thousand": 9,
        "print_capacity": _week([printed] * 5 + [0, 0]),
        "demand": {
            "print-ready": {
                "backlog": [
                    {"age_days": 200, "records": waiting // 4},
                    {"age_days": 60, "records": waiting // 4},
                ]
            },
            "first-time": {
                "backlog": [{"age_days": 30, "records": waiting // 2}],
                "arrivals": _week([arriving] * 5 + [arriving // 2, 0]),
                "ingested": [{"ready_day": 0, "age_days": 40, "records": arriving}],
            },
            "replacement": {"arrivals": arriving // 4},
        },
    }


def _lane(origin: str, destination: str, lead_days: int, cost: int, most: int) -> dict[str, Any]:
    return {
        "from": origin,
        "to": destination,
        "lead_days": lead_days,
        "fixed_cost": cost,
        "cost_per_pack": 20000,
        "max_packs": most,
    }


def _week(values: list[int], *, flag: bool = False) -> list[int] | list[bool]:
    """The same in every week of the horizon."""
    days = [values[day % 7] for day in range(_DAYS)]
    return [bool(value) for value in days] if flag else days
