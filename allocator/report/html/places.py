"""Offices, provinces and depots: who they are, what the plan does there, and their curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from allocator.instance.models import Instance
from allocator.plan.arrays import PlanArrays
from allocator.report.html.lacks import Lacks
from allocator.report.offices import OfficeRow, office_rows
from allocator.verdict import Curves, Verdict
from allocator.verdict.curves import ExactCounts


def office_data(
    instance: Instance, plan: PlanArrays, verdict: Verdict, curves: Curves, lacks: Lacks
) -> list[dict[str, Any]]:
    """One record for each office, in the order of the instance.

    `unprintable`, `waiting` and `blanks` are curves at the end of the day, written as differences from
    the day before, which are short; `ingested` and `cards_by_day` are by day; `lack` has one digit a day;
    `printers` is what the office can print by day, and `packs` pairs of day and packs that arrive.
    """
    good = curves.exact(curves.given.good_per_thousand)[:, None]
    unprintable, waiting = (
        _differences(curves.unprintable.sum(axis=1)),
        _differences(curves.waiting.sum(axis=1)),
    )
    blanks = _differences(curves.on_hand_scaled // good)
    ingested, cards = curves.ingest.sum(axis=1).tolist(), curves.cards.sum(axis=1).tolist()
    arrivals, printers = curves.given.arrivals.sum(axis=1).tolist(), curves.given.print_capacity.tolist()
    packs, main = curves.packs_into_offices, lacks.main.tolist()
    return [
        {
            **row_data(row),
            "id": office.id,
            "province": office.province,
            "lat": _degrees(office.lat),
            "lon": _degrees(office.lon),
            "p90": verdict.waiting.office_p90_days[i],
            "unprintable": unprintable[i],
            "waiting": waiting[i],
            "blanks": blanks[i],
            "ingested": ingested[i],
            "cards_by_day": cards[i],
            "arrivals": _same(arrivals[i]),
            "printers": _same(printers[i]),
            "packs": [[day, int(packs[i, day])] for day in np.flatnonzero(packs[i]).tolist()],
            "lack": "".join(map(str, main[i])),
        }
        for i, (office, row) in enumerate(
            zip(instance.offices, office_rows(instance, plan, verdict), strict=True)
        )
    ]


def row_data(row: OfficeRow) -> dict[str, Any]:
    """The figures of an office or a province over the whole horizon."""
    return {
        "name": row.name,
        "slots": row.slots,
        "packs_in": row.packs_in,
        "packs_out": row.packs_out,
        "cards": row.cards,
        "still_unprintable": row.still_unprintable,
        "still_waiting": row.still_waiting,
        "mean": row.mean_wait_days,
        "cost": row.cost,
    }


def province_data(offices: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """How the provinces fare beside each other: mean wait, its spread over their offices, who is left."""
    groups: dict[str | None, list[dict[str, Any]]] = {}
    for office in offices:
        groups.setdefault(office["province"], []).append(office)
    provinces = []
    for name, group in groups.items():
        served = [(office["mean"], office["cards"]) for office in group if office["mean"] is not None]
        cards = sum(number for _, number in served)
        left = sum(office["still_unprintable"] + office["still_waiting"] for office in group)
        provinces.append(
            {
                "name": name,
                "offices": len(group),
                "cards": cards,
                "left": left,
                "mean": sum(mean * number for mean, number in served) / cards if cards else None,
                "least": min((mean for mean, _ in served), default=None),
                "most": max((mean for mean, _ in served), default=None),
            }
        )
    return provinces


def depot_data(instance: Instance) -> list[dict[str, Any]]:
    """The depots on the map."""
    return [
        {"id": depot.id, "name": depot.name, "lat": _degrees(depot.lat), "lon": _degrees(depot.lon)}
        for depot in instance.depots
    ]


def _degrees(value: Any) -> float | None:
    return None if value is None else round(float(value), 3)


def _differences(curve: ExactCounts) -> list[list[int]]:
    differences: list[list[int]] = np.diff(curve, axis=1, prepend=np.zeros_like(curve[:, :1])).tolist()
    return differences


def _same(values: list[int]) -> list[int] | int:
    """One number where it is the same every day."""
    return values[0] if values and values.count(values[0]) == len(values) else values
