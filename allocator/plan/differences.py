"""What one plan decides otherwise than another, row by row; no instance is needed for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from allocator.plan.models import Plan


@dataclass(frozen=True)
class Change:
    """One decision that differs; what is not in a plan counts 0 there."""

    place: tuple[str, ...]
    """(office, stream), or (lane,)"""
    day: int
    before: int
    after: int

    @property
    def difference(self) -> int:
        """after - before"""
        return self.after - self.before


@dataclass(frozen=True)
class PlanDifferences:
    """Every decision in which two plans differ, by place and then by day."""

    ingest: tuple[Change, ...]
    """Records ingested, at (office, stream)."""
    shipments: tuple[Change, ...]
    """Packs dispatched, on (lane,)."""
    cards: tuple[Change, ...]
    """Cards printed, at (office, stream)."""

    @property
    def none(self) -> bool:
        """Whether the plans decide the same."""
        return not (self.ingest or self.shipments or self.cards)

    def as_dict(self) -> dict[str, list[dict[str, Any]]]:
        """For JSON: rows as in plan files, with `before` and `after`."""
        return {
            "ingest": [_row(("office", "stream"), change) for change in self.ingest],
            "shipments": [_row(("lane",), change) for change in self.shipments],
            "cards": [_row(("office", "stream"), change) for change in self.cards],
        }


def plan_differences(before: Plan, after: Plan) -> PlanDifferences:
    """The decisions that differ. Repeated rows add up, as everywhere."""
    return PlanDifferences(
        ingest=_changes(
            (((row.office, row.stream), row.day, row.records) for row in before.ingest),
            (((row.office, row.stream), row.day, row.records) for row in after.ingest),
        ),
        shipments=_changes(
            (((row.lane,), row.day, row.packs) for row in before.shipments),
            (((row.lane,), row.day, row.packs) for row in after.shipments),
        ),
        cards=_changes(
            (((row.office, row.stream), row.day, row.cards) for row in before.cards),
            (((row.office, row.stream), row.day, row.cards) for row in after.cards),
        ),
    )


def _changes(
    before: Iterable[tuple[tuple[str, ...], int, int]], after: Iterable[tuple[tuple[str, ...], int, int]]
) -> tuple[Change, ...]:
    first, second = _summed(before), _summed(after)
    return tuple(
        Change(place, day, first[place, day], second[place, day])
        for place, day in sorted(first.keys() | second.keys())
        if first[place, day] != second[place, day]
    )


def _summed(rows: Iterable[tuple[tuple[str, ...], int, int]]) -> Counter[tuple[tuple[str, ...], int]]:
    total: Counter[tuple[tuple[str, ...], int]] = Counter()
    for place, day, amount in rows:
        total[place, day] += amount
    return total


def _row(names: tuple[str, ...], change: Change) -> dict[str, Any]:
    place = dict(zip(names, change.place, strict=True))
    return {**place, "day": change.day, "before": change.before, "after": change.after}
