"""What changed from one plan to another: in total, by term of the cost, and at each office."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allocator.analysis.figures import NOTHING, OfficeFigures
from allocator.analysis.judged import Judged
from allocator.plan.differences import PlanDifferences, plan_differences

_SAME = 1e-9  # of the larger cost: what the nearest floats of two exact amounts can differ by


@dataclass(frozen=True)
class OfficeDifference:
    """One office under both plans."""

    office: str
    name: str
    province: str | None
    before: OfficeFigures
    after: OfficeFigures
    decisions: int
    """Decisions that differ: slots and cards by stream and day."""

    @property
    def cost(self) -> float:
        """after - before, of what arises at the office; below 0 where people are better off."""
        return self.after.cost - self.before.cost

    @property
    def verdict(self) -> str:
        """`wins`: its people cost less waiting than before; `loses`; `same`."""
        if abs(self.cost) <= _SAME * max(abs(self.before.cost), abs(self.after.cost)):
            return "same"
        return "wins" if self.cost < 0 else "loses"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "office": self.office,
            "name": self.name,
            "province": self.province,
            "verdict": self.verdict,
            "decisions": self.decisions,
            "before": self.before.as_dict(),
            "after": self.after.as_dict(),
            "difference": _subtract(self.after.as_dict(), self.before.as_dict()),
        }


@dataclass(frozen=True)
class Difference:
    """Two judged plans, and where they differ."""

    before: Judged
    after: Judged
    plans: PlanDifferences
    offices: tuple[OfficeDifference, ...]
    """In the order of the first instance; those that only the second has come last."""

    @property
    def cost(self) -> float:
        """after - before; below 0 where the second plan is the cheaper one."""
        return float(self.after.verdict.cost.total - self.before.verdict.cost.total)

    @property
    def cost_range(self) -> tuple[float, float] | None:
        """Between what the difference of the two cheapest plans there are lies; None without both bounds."""
        if self.before.bound is None or self.after.bound is None:
            return None
        return self.after.bound - self.before.cost, self.after.cost - self.before.bound

    @property
    def cost_terms(self) -> dict[str, float]:
        """after - before, by term."""
        before, after = self.before.verdict.cost.as_dict(), self.after.verdict.cost.as_dict()
        return {term: after[term] - before[term] for term in after if term != "total"}

    @property
    def winners(self) -> list[OfficeDifference]:
        """Offices that are better off, the most so first."""
        return sorted((row for row in self.offices if row.verdict == "wins"), key=lambda row: row.cost)

    @property
    def losers(self) -> list[OfficeDifference]:
        """Offices that are worse off, the most so first."""
        return sorted((row for row in self.offices if row.verdict == "loses"), key=lambda row: -row.cost)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        before, after = _totals(self.before), _totals(self.after)
        return {
            "same_plan": self.plans.none,
            "before": before,
            "after": after,
            "difference": _subtract(after, before),
            "cost_range": self.cost_range,
            "winners": [row.office for row in self.winners],
            "losers": [row.office for row in self.losers],
            "offices": [row.as_dict() for row in self.offices],
            "decisions": self.plans.as_dict(),
        }


def diff(before: Judged, after: Judged) -> Difference:
    """Compare two plans: of one instance, or of two that are much alike; offices are matched by id."""
    plans = plan_differences(before.plan, after.plan)
    decisions: dict[str, int] = {}
    for change in (*plans.ingest, *plans.cards):
        decisions[change.place[0]] = decisions.get(change.place[0], 0) + 1
    first = dict(zip((office.id for office in before.instance.offices), before.offices, strict=True))
    second = dict(zip((office.id for office in after.instance.offices), after.offices, strict=True))
    known = {office.id: office for office in (*after.instance.offices, *before.instance.offices)}
    order = [*first, *(office for office in second if office not in first)]
    return Difference(
        before,
        after,
        plans,
        tuple(
            OfficeDifference(
                office,
                known[office].name,
                known[office].province,
                first.get(office, NOTHING),
                second.get(office, NOTHING),
                decisions.get(office, 0),
            )
            for office in order
        ),
    )


def _totals(plan: Judged) -> dict[str, Any]:
    """What a plan does and costs in all."""
    return {
        "valid": plan.verdict.valid,
        "cost": plan.cost,
        "bound": plan.bound,
        "cost_terms": plan.verdict.cost.as_dict(),
        "packs": plan.packs,
        "trips": plan.trips,
        "kpis": plan.verdict.kpis.as_dict(),
    }


def _subtract(after: Any, before: Any) -> Any:
    """after - before, number by number; None where one of the two is unknown."""
    if isinstance(after, dict):
        return {
            key: _subtract(after[key], before.get(key, 0))
            for key in after
            if not isinstance(after[key], bool | str)
        }
    return None if after is None or before is None else after - before
