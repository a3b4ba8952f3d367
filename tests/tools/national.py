"""An instance of national size, and a plan for it that uses everything."""

from __future__ import annotations

from random import Random

import numpy as np

from allocator.instance.models import Instance
from allocator.plan.arrays import PlanArrays
from tests.tools.instances import Document

OFFICES, DAYS, STREAMS, DEPOTS = 514, 90, 3, 8


def national_document() -> Document:
    """514 offices, 90 days, 3 streams, 8 depots."""
    rng = Random(2011)
    return {
        "schema_version": 1,
        "name": "national",
        "start": "2024-01-01",
        "days": DAYS,
        "pack_size": 500,
        "processing_days": 1,
        "quota": 60_000,
        "storage": {"free": 4_000_000, "expansions": [{"day": 45, "records": 1_000_000}]},
        "streams": [
            {"id": "first", "needs_ingestion": True, "weight": 1.5},
            {"id": "ready"},
            {"id": "replacement", "weight": 0.7},
        ],
        "costs": {
            "unprintable_day": 3.25,
            "waiting_day": 1.1,
            "overdue": [{"after_days": 14, "per_day": 0.5}, {"after_days": 60, "per_day": 1}],
            "idle_blank_day": 0.001,
            "end_days": 30,
        },
        "depots": [{"id": f"depot{n}", "stock": 1_000_000, "reserve": 5_000} for n in range(DEPOTS)],
        "offices": [
            {
                "id": f"office{n}",
                "province": f"province{n % 34}",
                "priority": rng.choice((1, 1.5, 2)),
                "blanks": 5_000,
                "max_blanks": 100_000,
                "spoiled_per_thousand": rng.choice((0, 5, 20)),
                "ingest_capacity": 400,
                "print_capacity": [rng.randint(200, 400) for _ in range(DAYS)],
                "demand": {
                    "first": {
                        "backlog": [{"age_days": age, "records": 50} for age in range(1, 61)],
                        "arrivals": [rng.randint(0, 200) for _ in range(DAYS)],
                    },
                    "ready": {"backlog": [{"age_days": age, "records": 50} for age in range(1, 61)]},
                    "replacement": {"arrivals": [rng.randint(0, 20) for _ in range(DAYS)]},
                },
            }
            for n in range(OFFICES)
        ],
        "lanes": [
            {
                "from": f"depot{n % DEPOTS}",
                "to": f"office{n}",
                "lead_days": 1 + n % 5,
                "fixed_cost": 1000.5,
                "cost_per_pack": 2.25,
            }
            for n in range(OFFICES)
        ],
        "targets": [
            {"id": f"target{n}", "day": 60, "share": 0.9, "penalty_per_record": 2, "province": f"province{n}"}
            for n in range(34)
        ],
    }


def national_plan(instance: Instance) -> PlanArrays:
    """Cards for every queue on every day, as many as blanks and records allow, and a pack a week."""
    plan = PlanArrays.empty(instance)
    plan.ingest[:, 0, :] = 100
    plan.packs[:, : DAYS - 5 : 7] = 1
    plan.cards[:, 0, 1:] = 30
    plan.cards[:, 1, : DAYS - 5] = 20
    plan.cards[:, 2, 1:] = np.minimum(instance.arrays.arrivals[:, 2, :-1], 5)
    return plan
