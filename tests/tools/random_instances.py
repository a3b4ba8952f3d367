"""Random small instances over all features of the contract.

One generator serves both worlds: seeded `random.Random` for differential tests, and hypothesis, whose
`randoms` are shrinkable `random.Random`s, for properties.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from allocator.instance.models import Instance
from tests.tools.instances import Document

PRICES = (0, 1, 2, 5, 0.1, 0.75, 3.333, 12.5)


@dataclass(frozen=True)
class Size:
    """How large a random instance may be."""

    offices: int = 3
    days: int = 5
    streams: int = 3
    depots: int = 2
    lanes: int = 6
    records: int = 6
    """Records in a group, arrivals of a day, capacities: about this many."""
    packs: int = 4
    """Packs in stocks and capacities: about this many."""
    pack_size: int = 5


SMALL = Size()
TINY = Size(offices=2, days=3, streams=2, depots=1, lanes=3, records=3, packs=2, pack_size=2)
"""Few enough decisions to enumerate."""


def random_instance(seed: int, size: Size = SMALL) -> Instance:
    """A valid instance; the same for the same seed."""
    return Instance.model_validate(random_document(Random(seed), size))


def random_document(rng: Random, size: Size = SMALL) -> Document:
    """A valid instance as a document."""
    draw = _Draw(rng, size, max(rng.randint(1, size.days), rng.randint(1, size.days)))
    streams = [
        {"id": f"s{n}", "needs_ingestion": draw.chance(0.7), "weight": rng.choice((1, 1, 0.5, 1.25))}
        for n in range(rng.randint(1, size.streams))
    ]
    depots = [
        _depot(draw, f"depot{n}") for n in range(rng.randint(0 if draw.chance(0.2) else 1, size.depots))
    ]
    processing_days = rng.choice((0, 0, 1, 2))
    offices = [_office(draw, f"office{n}", streams) for n in range(rng.randint(1, size.offices))]
    waiting = rng.choice((0, *PRICES, *PRICES[1:]))
    document: Document = {
        "schema_version": 1,
        "name": "random",
        "start": "2023-12-30",
        "days": draw.days,
        "pack_size": rng.randint(1, size.pack_size),
        "processing_days": processing_days,
        "quota": draw.daily(2 * size.records),
        "streams": streams,
        "costs": {
            "unprintable_day": waiting + rng.choice(PRICES),
            "waiting_day": waiting,
            "overdue": [
                {"after_days": rng.randint(1, 6), "per_day": rng.choice(PRICES)}
                for _ in range(rng.choice((0, 1, 2)))
            ],
            "idle_blank_day": rng.choice((0, 0, 0.01, 0.3)),
            "end_days": rng.choice((0, 1, 2.5, 30)),
        },
        "depots": depots,
        "offices": offices,
        "lanes": _lanes(draw, [place["id"] for place in depots + offices]),
        "targets": [_target(draw, n, offices, streams) for n in range(rng.choice((0, 0, 1, 2)))],
    }
    if draw.chance(0.3):
        expansions = draw.events("records", size.records)
        document["storage"] = {"free": rng.randint(0, 2 * size.records), "expansions": expansions}
    return document


@dataclass(frozen=True)
class _Draw:
    rng: Random
    size: Size
    days: int

    def chance(self, probability: float) -> bool:
        return self.rng.randrange(100) < 100 * probability

    def count(self, most: int) -> int:
        return self.rng.randint(0, most)

    def daily(self, most: int) -> int | list[int]:
        """One number for every day, or one for each."""
        if self.chance(0.5):
            return self.count(most)
        return [self.count(most) for _ in range(self.days)]

    def events(self, amount: str, most: int) -> list[dict[str, int]]:
        return [
            {"day": self.rng.randrange(self.days), amount: self.count(most)}
            for _ in range(self.rng.choice((0, 0, 1, 2)))
        ]

    def maybe(self, probability: float, **fields: Any) -> dict[str, Any]:
        return fields if self.chance(probability) else {}


def _depot(draw: _Draw, identifier: str) -> Document:
    cards = draw.size.packs * draw.size.pack_size
    stock = max(draw.count(cards), draw.count(cards))
    return {
        "id": identifier,
        "stock": stock,
        "reserve": draw.rng.choice((0, 0, draw.count(stock))),
        "deliveries": draw.events("cards", cards),
        **draw.maybe(0.4, max_packs_per_day=draw.count(draw.size.packs)),
    }


def _office(draw: _Draw, identifier: str, streams: list[Document]) -> Document:
    rng, records = draw.rng, draw.size.records
    return {
        "id": identifier,
        "print_capacity": draw.daily(2 * records),
        "priority": rng.choice((1, 1, 2, 0.3)),
        "blanks": rng.choice((0, 0, draw.count(2 * records))),
        "spoiled_per_thousand": rng.choice((0, 0, 0, 20, 333, 500)),
        "in_transit": draw.events("cards", records),
        "demand": {stream["id"]: _demand(draw, stream) for stream in streams if draw.chance(0.8)},
        **draw.maybe(0.6, province=rng.choice(("north", "south"))),
        **draw.maybe(0.4, max_blanks=draw.count(2 * records)),
        **draw.maybe(0.5, ingest_capacity=draw.daily(records)),
    }


def _demand(draw: _Draw, stream: Document) -> Document:
    rng, records = draw.rng, draw.size.records
    backlog = [
        {"age_days": rng.choice((1, 2, 3, 5, 9)), "records": draw.count(records)}
        for _ in range(rng.choice((0, 1, 2)))
    ]
    demand: Document = {"backlog": backlog, "arrivals": draw.daily(records) if draw.chance(0.8) else 0}
    if stream["needs_ingestion"] and draw.chance(0.4):
        oldest = max((row["age_days"] for row in backlog), default=1)
        # The first in the list are the oldest, and ready first.
        ages = sorted((oldest + draw.count(8) for _ in range(rng.choice((1, 2)))), reverse=True)
        ready = sorted(draw.count(draw.days) for _ in ages)
        demand["ingested"] = [
            {"ready_day": day, "age_days": age, "records": draw.count(records)}
            for day, age in zip(ready, ages, strict=True)
        ]
    return demand


def _lanes(draw: _Draw, places: list[str]) -> list[Document]:
    rng = draw.rng
    lanes: list[Document] = []
    depots = [place for place in places if place.startswith("depot")]
    offices = [place for place in places if place.startswith("office")]
    most = draw.size.lanes
    for number in range(max(draw.count(most), draw.count(most)) if len(places) > 1 else 0):
        origin = rng.choice(depots if depots and draw.chance(0.6) else places)
        elsewhere = [place for place in places if place != origin]
        destination = rng.choice([place for place in elsewhere if place in offices] or elsewhere)
        if draw.chance(0.2):
            destination = rng.choice(elsewhere)
        least = rng.choice((1, 1, 1, 2))
        lanes.append(
            {
                "id": f"lane{number}",
                "from": origin,
                "to": destination,
                "lead_days": rng.choice((0, 0, 0, 1, 1, 2, 7)),
                "fixed_cost": rng.choice(PRICES),
                "cost_per_pack": rng.choice((0, *PRICES)),
                "min_packs": least,
                **draw.maybe(0.4, max_packs=least + draw.count(draw.size.packs)),
                **draw.maybe(0.3, open=[draw.chance(0.6) for _ in range(draw.days)]),
            }
        )
    return lanes


def _target(draw: _Draw, number: int, offices: list[Document], streams: list[Document]) -> Document:
    rng = draw.rng
    provinces = sorted({office["province"] for office in offices if "province" in office})
    return {
        "id": f"target{number}",
        "day": rng.randrange(draw.days),
        "share": rng.choice((0, 0.5, 0.333, 0.9, 1)),
        "penalty_per_record": rng.choice(PRICES),
        **draw.maybe(0.4, office=rng.choice(offices)["id"]),
        **(draw.maybe(0.3, province=rng.choice(provinces)) if provinces else {}),
        **draw.maybe(0.3, stream=rng.choice(streams)["id"]),
    }
