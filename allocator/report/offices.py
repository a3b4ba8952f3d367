"""What a plan does at each office, and what it leaves there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from allocator.instance.arrays import NOWHERE
from allocator.instance.models import Instance
from allocator.plan.arrays import PlanArrays
from allocator.verdict import Curves, Verdict


@dataclass(frozen=True)
class OfficeRow:
    """One office, one province or the whole nation."""

    office: str | None
    """Id; None for a sum of several."""
    name: str
    province: str | None
    slots: int
    """Records ingested."""
    packs_in: int
    packs_out: int
    trips: int
    """Dispatches to the office."""
    cards: int
    still_unprintable: int
    still_waiting: int
    """Print-ready, at the end of the last day."""
    blanks_left: int
    """Whole ones on hand at the end of the last day."""
    mean_wait_days: float | None
    """Over the cards printed."""
    cost: float
    """What arises at the office: queues and idle blanks."""

    @property
    def without_card(self) -> int:
        """People with an interim certificate at the end of the last day."""
        return self.still_unprintable + self.still_waiting

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def office_rows(instance: Instance, plan: PlanArrays, verdict: Verdict) -> list[OfficeRow]:
    """A row for each office, in the order of the instance."""
    curves, given = Curves(instance, plan), instance.arrays
    offices = given.shape[0]
    trips = np.zeros(offices, dtype=np.int64)
    packs_out = np.zeros(offices, dtype=curves.packs.dtype)
    inbound = given.lane_destination_office != NOWHERE
    outbound = given.lane_origin_office != NOWHERE
    np.add.at(trips, given.lane_destination_office[inbound], (curves.packs > 0).sum(axis=1)[inbound])
    np.add.at(packs_out, given.lane_origin_office[outbound], curves.packs.sum(axis=1)[outbound])
    slots, cards = curves.ingest.sum(axis=(1, 2)), curves.cards.sum(axis=(1, 2))
    packs_in = curves.packs_into_offices.sum(axis=1)
    unprintable, waiting = curves.unprintable[:, :, -1].sum(axis=1), curves.waiting[:, :, -1].sum(axis=1)
    blanks, costs = curves.on_hand_scaled[:, -1], verdict.office_costs.total
    return [
        OfficeRow(
            office=office.id,
            name=office.name,
            province=office.province,
            slots=int(slots[i]),
            packs_in=int(packs_in[i]),
            packs_out=int(packs_out[i]),
            trips=int(trips[i]),
            cards=int(cards[i]),
            still_unprintable=int(unprintable[i]),
            still_waiting=int(waiting[i]),
            blanks_left=int(blanks[i]) // int(given.good_per_thousand[i]),
            mean_wait_days=verdict.waiting.office_mean_days[i],
            cost=float(costs[i]),
        )
        for i, office in enumerate(instance.offices)
    ]


def sum_rows(name: str, rows: Sequence[OfficeRow]) -> OfficeRow:
    """Several offices as one row; waits are averaged over their cards."""

    def total(value: Callable[[OfficeRow], int]) -> int:
        return sum(value(row) for row in rows)

    served = [(row.mean_wait_days, row.cards) for row in rows if row.mean_wait_days is not None]
    cards = sum(number for _, number in served)
    return OfficeRow(
        office=None,
        name=name,
        province=None,
        slots=total(lambda row: row.slots),
        packs_in=total(lambda row: row.packs_in),
        packs_out=total(lambda row: row.packs_out),
        trips=total(lambda row: row.trips),
        cards=total(lambda row: row.cards),
        still_unprintable=total(lambda row: row.still_unprintable),
        still_waiting=total(lambda row: row.still_waiting),
        blanks_left=sum(row.blanks_left for row in rows),
        mean_wait_days=sum(wait * number for wait, number in served) / cards if cards else None,
        cost=sum(row.cost for row in rows),
    )


def by_province(rows: Iterable[OfficeRow]) -> list[OfficeRow]:
    """A row for each province, in the order in which they first occur."""
    groups: dict[str, list[OfficeRow]] = {}
    for row in rows:
        groups.setdefault(row.province or "(no province)", []).append(row)
    return [sum_rows(name, group) for name, group in groups.items()]
