"""Instances written by hand, as the documents that stand in files."""

from __future__ import annotations

import copy
from typing import Any

from allocator.instance.models import Instance

Document = dict[str, Any]


def tiny_document(**changes: Any) -> Document:
    """The smallest instance there is: one office, one day, nothing to do; with some fields replaced."""
    document: Document = {
        "schema_version": 1,
        "name": "tiny",
        "start": "2024-02-28",
        "days": 1,
        "pack_size": 1,
        "quota": 0,
        "streams": [{"id": "first", "needs_ingestion": True}],
        "costs": {"unprintable_day": 1, "waiting_day": 1, "end_days": 0},
        "depots": [],
        "offices": [{"id": "a", "print_capacity": 0}],
        "lanes": [],
    }
    return document | changes


def tiny_instance(**changes: Any) -> Instance:
    """`tiny_document` as an instance."""
    return Instance.model_validate(tiny_document(**changes))


def full_document() -> Document:
    """An instance that uses every field and every feature of the contract, with something to decide."""
    return copy.deepcopy(_FULL)


def full_instance() -> Instance:
    """`full_document` as an instance."""
    return Instance.model_validate(full_document())


_FULL: Document = {
    "schema_version": 1,
    "name": "full",
    "description": "Every feature of the contract in one small instance",
    "start": "2016-02-27",
    "days": 6,
    "currency": "IDR",
    "pack_size": 4,
    "processing_days": 1,
    "quota": [6, 6, 0, 6, 6, 5],
    "storage": {"free": 10, "expansions": [{"day": 3, "records": 4}, {"day": 4, "records": 2}]},
    "streams": [
        {"id": "first", "needs_ingestion": True, "weight": 1.5},
        {"id": "ready"},
        {"id": "replacement", "needs_ingestion": False, "weight": 0.75},
    ],
    "costs": {
        "unprintable_day": 10.1,
        "waiting_day": 3.3,
        "overdue": [{"after_days": 3, "per_day": 0.7}, {"after_days": 30, "per_day": 2}],
        "idle_blank_day": 0.01,
        "end_days": 2.5,
    },
    "depots": [
        {
            "id": "hub",
            "name": "National hub",
            "lat": -6.2,
            "lon": 106.8,
            "stock": 30,
            "reserve": 6,
            "deliveries": [{"day": 2, "cards": 8}, {"day": 2, "cards": 3}],
            "max_packs_per_day": 3,
        },
        {"id": "east", "stock": 5, "reserve": 1, "deliveries": [{"day": 4, "cards": 4}]},
    ],
    "offices": [
        {
            "id": "city",
            "name": "City",
            "province": "West",
            "lat": -6.9,
            "lon": 107.6,
            "priority": 2,
            "blanks": 5,
            "max_blanks": 12,
            "spoiled_per_thousand": 20,
            "ingest_capacity": [4, 4, 4, 0, 4, 4],
            "print_capacity": [3, 3, 3, 3, 0, 4],
            "in_transit": [{"day": 1, "cards": 2}],
            "demand": {
                "first": {
                    "backlog": [{"age_days": 40, "records": 2}, {"age_days": 2, "records": 3}],
                    "arrivals": [1, 0, 2, 0, 1, 1],
                    "ingested": [
                        {"ready_day": 0, "age_days": 60, "records": 1},
                        {"ready_day": 3, "age_days": 40, "records": 1},
                    ],
                },
                "ready": {"backlog": [{"age_days": 28, "records": 2}]},
            },
        },
        {
            "id": "coast",
            "province": "West",
            "priority": 0.5,
            "ingest_capacity": 2,
            "print_capacity": 2,
            "max_blanks": 6,
            "demand": {
                "first": {"backlog": [{"age_days": 5, "records": 3}], "arrivals": 1},
                "replacement": {"arrivals": [0, 1, 0, 1, 0, 0]},
            },
        },
        {
            "id": "isle",
            "province": "East",
            "blanks": 9,
            "print_capacity": 5,
            "spoiled_per_thousand": 333,
            "demand": {
                "first": {"arrivals": [2, 0, 0, 0, 2, 0]},
                "ready": {"backlog": [{"age_days": 1, "records": 1}]},
            },
        },
    ],
    "lanes": [
        {
            "from": "hub",
            "to": "city",
            "lead_days": 1,
            "fixed_cost": 5.5,
            "cost_per_pack": 1.25,
            "max_packs": 2,
        },
        {"from": "hub", "to": "east", "lead_days": 2, "fixed_cost": 9, "cost_per_pack": 0.5, "min_packs": 2},
        {
            "from": "east",
            "to": "isle",
            "lead_days": 1,
            "fixed_cost": 4,
            "cost_per_pack": 2,
            "open": [True, False, True, True, False, True],
        },
        {"from": "hub", "to": "coast", "lead_days": 0, "fixed_cost": 7, "cost_per_pack": 1},
        {"id": "lend", "from": "isle", "to": "coast", "lead_days": 1, "fixed_cost": 2, "cost_per_pack": 0.1},
        {
            "id": "closed",
            "from": "city",
            "to": "coast",
            "lead_days": 0,
            "fixed_cost": 0,
            "cost_per_pack": 0,
            "open": False,
        },
    ],
    "targets": [
        {"id": "nation", "day": 5, "share": 0.8, "penalty_per_record": 4.5},
        {"id": "city", "day": 3, "share": 0.5, "penalty_per_record": 3, "office": "city"},
        {"id": "west", "day": 4, "share": 1, "penalty_per_record": 0.5, "province": "West"},
        {"id": "ready", "day": 0, "share": 0.25, "penalty_per_record": 2, "stream": "ready"},
        {
            "id": "narrow",
            "day": 2,
            "share": 0.333,
            "penalty_per_record": 1,
            "office": "coast",
            "province": "West",
            "stream": "first",
        },
    ],
}
