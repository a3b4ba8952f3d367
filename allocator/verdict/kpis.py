"""The figures by which plans are compared besides their cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from allocator.verdict.cost import CostBreakdown
from allocator.verdict.curves import Curves
from allocator.verdict.waiting import WaitingTimes


@dataclass(frozen=True)
class Kpis:
    """Key figures of a plan, unweighted."""

    unprintable_record_days: int
    """Records in the unprintable backlog at the end of a day, summed over the days."""
    waiting_record_days: int
    """Print-ready records without a card at the end of a day, summed over the days."""
    ingested: int
    """Records ingested in the horizon."""
    cards: int
    """Cards printed in the horizon."""
    still_unprintable: int
    """Records in the unprintable backlog at the end of the last day."""
    still_waiting: int
    """Print-ready records without a card at the end of the last day."""
    mean_wait_days: float | None
    """Over the cards printed in the horizon; None when there are none."""
    p90_wait_days: int | None
    """Nearest rank; None when no card is printed."""
    oldest_wait_days: int
    """Age of the oldest record without a card at the end of the last day; 0 if none."""
    interim_certificates_end: int
    """Records without a card at the end of the last day."""
    freight_cost: float
    """Trips and packs, in the instance's currency."""
    quota_used_share: float | None
    """Slots used of all slots of the horizon; None when there are none."""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def compute_kpis(curves: Curves, cost: CostBreakdown, waiting: WaitingTimes) -> Kpis:
    """The figures of the plan of these curves."""
    ingested = int(curves.ingest.sum())
    slots = sum(curves.given.quota.tolist())
    still_unprintable = int(curves.unprintable[:, :, -1].sum())
    still_waiting = int(curves.waiting[:, :, -1].sum())
    return Kpis(
        unprintable_record_days=int(curves.unprintable.sum()),
        waiting_record_days=int(curves.waiting.sum()),
        ingested=ingested,
        cards=int(curves.cards.sum()),
        still_unprintable=still_unprintable,
        still_waiting=still_waiting,
        mean_wait_days=waiting.mean_days,
        p90_wait_days=waiting.p90_days,
        oldest_wait_days=waiting.oldest_days,
        interim_certificates_end=still_unprintable + still_waiting,
        freight_cost=float(cost.freight),
        quota_used_share=ingested / slots if slots else None,
    )
