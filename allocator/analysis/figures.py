"""What a plan does at each office and what it leaves people there to bear, as numbers that compare."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from allocator.instance.arrays import NOWHERE
from allocator.verdict import Curves, Verdict


@dataclass(frozen=True)
class OfficeFigures:
    """One office under one plan."""

    slots: int
    """Records ingested."""
    packs_in: int
    packs_out: int
    trips: int
    """Dispatches to the office."""
    cards: int
    unprintable_record_days: int
    waiting_record_days: int
    without_card: int
    """Records without a card at the end of the last day."""
    mean_wait_days: float | None
    """Over the cards printed in the horizon."""
    applied: int
    """Records that were open on day 0 or have come since: whose wait the plan decides."""
    cost_terms: dict[str, float]
    """What arises at the office, currency: queues and idle blanks."""

    @property
    def cost(self) -> float:
        """The sum of the terms."""
        return sum(self.cost_terms.values())

    @property
    def record_days(self) -> int:
        """Days waited by all together, within the horizon."""
        return self.unprintable_record_days + self.waiting_record_days

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"cost": self.cost}


NOTHING = OfficeFigures(0, 0, 0, 0, 0, 0, 0, 0, None, 0, {})
"""The figures of an office that an instance does not have."""

_TERMS = ("unprintable", "waiting", "overdue", "end", "idle_blanks")


def office_figures(curves: Curves, verdict: Verdict) -> tuple[OfficeFigures, ...]:
    """The figures of each office, in the order of the instance."""
    given = curves.given
    offices = given.shape[0]
    inbound = given.lane_destination_office != NOWHERE
    outbound = given.lane_origin_office != NOWHERE
    trips = np.zeros(offices, dtype=np.int64)
    packs_out = np.zeros(offices, dtype=curves.packs.dtype)
    np.add.at(trips, given.lane_destination_office[inbound], (curves.packs > 0).sum(axis=1)[inbound])
    np.add.at(packs_out, given.lane_origin_office[outbound], curves.packs.sum(axis=1)[outbound])
    slots, cards = curves.ingest.sum(axis=(1, 2)), curves.cards.sum(axis=(1, 2))
    packs_in = curves.packs_into_offices.sum(axis=1)
    unprintable, waiting = curves.unprintable.sum(axis=(1, 2)), curves.waiting.sum(axis=(1, 2))
    without = (curves.applied - curves.printed)[:, :, -1].sum(axis=1)
    applied = curves.applied[:, :, -1].sum(axis=1)
    costs = {term: getattr(verdict.office_costs, term) for term in _TERMS}
    return tuple(
        OfficeFigures(
            slots=int(slots[i]),
            packs_in=int(packs_in[i]),
            packs_out=int(packs_out[i]),
            trips=int(trips[i]),
            cards=int(cards[i]),
            unprintable_record_days=int(unprintable[i]),
            waiting_record_days=int(waiting[i]),
            without_card=int(without[i]),
            mean_wait_days=verdict.waiting.office_mean_days[i],
            applied=int(applied[i]),
            cost_terms={term: float(values[i]) for term, values in costs.items()},
        )
        for i in range(offices)
    )
