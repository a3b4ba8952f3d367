"""The whole verdict on a plan, and cheap answers to parts of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allocator.instance.models import Instance
from allocator.plan.arrays import PlanArrays, plan_to_arrays
from allocator.plan.models import Plan
from allocator.verdict.cost import CostBreakdown, OfficeCosts, price_offices, price_plan
from allocator.verdict.curves import Curves
from allocator.verdict.kpis import Kpis, compute_kpis
from allocator.verdict.rules import RULES
from allocator.verdict.violations import Violation
from allocator.verdict.waiting import WaitingTimes, waiting_times


@dataclass(frozen=True)
class Verdict:
    """What can be said of a plan; cost and key figures are computed whether it is valid or not."""

    violations: tuple[Violation, ...]
    """By rule, then by place, then by day."""
    cost: CostBreakdown
    office_costs: OfficeCosts
    kpis: Kpis
    waiting: WaitingTimes

    @property
    def valid(self) -> bool:
        """Whether the plan breaks no rule."""
        return not self.violations

    def as_dict(self) -> dict[str, Any]:
        """For JSON: `valid`, `violations`, `cost` (the total), `cost_terms` and `kpis`."""
        return {
            "valid": self.valid,
            "violations": [violation.as_dict() for violation in self.violations],
            "cost": float(self.cost.total),
            "cost_terms": self.cost.as_dict(),
            "kpis": self.kpis.as_dict(),
        }


def verify(instance: Instance, plan: Plan | PlanArrays) -> Verdict:
    """Check every rule and compute the cost, the key figures and the waiting times, all exact.

    Raises InputError when a `Plan` is for another instance or names what the instance does not have,
    and ValueError when `PlanArrays` are of another shape or hold anything but whole numbers >= 0.
    """
    curves = _curves(instance, plan)
    cost, waiting = price_plan(curves), waiting_times(curves)
    return Verdict(
        violations=tuple(violation for rule in RULES for violation in rule(curves)),
        cost=cost,
        office_costs=price_offices(curves),
        kpis=compute_kpis(curves, cost, waiting),
        waiting=waiting,
    )


def is_valid(instance: Instance, plan: Plan | PlanArrays) -> bool:
    """Whether the plan breaks no rule; stops at the first it breaks. Raises as `verify` does."""
    curves = _curves(instance, plan)
    return all(next(rule(curves), None) is None for rule in RULES)


def cost_of(instance: Instance, plan: Plan | PlanArrays) -> CostBreakdown:
    """The exact cost alone, valid or not. Raises as `verify` does."""
    return price_plan(_curves(instance, plan))


def empty_cost(instance: Instance) -> CostBreakdown:
    """The cost of doing nothing, which is always valid."""
    return price_plan(Curves(instance, PlanArrays.empty(instance)))


def _curves(instance: Instance, plan: Plan | PlanArrays) -> Curves:
    return Curves(instance, plan_to_arrays(plan, instance) if isinstance(plan, Plan) else plan)
