"""A plan with its instance and the exact verdict on it: what analyses compare."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from allocator.analysis.figures import OfficeFigures, office_figures
from allocator.instance.models import Instance
from allocator.plan.arrays import PlanArrays, plan_to_arrays
from allocator.plan.models import Plan
from allocator.solving import Outcome
from allocator.verdict import Curves, Verdict, verify


@dataclass(frozen=True)
class Judged:
    """A plan, priced and checked for the instance it is looked at with."""

    instance: Instance
    plan: Plan
    decisions: PlanArrays
    verdict: Verdict
    bound: float | None
    """Proven lower bound on the cost of every plan of the instance, where there is one."""

    @property
    def cost(self) -> float:
        """Cost of the plan, in the instance's currency."""
        return float(self.verdict.cost.total)

    @property
    def trips(self) -> int:
        """Dispatches, on whatever lane."""
        return int((self.decisions.packs > 0).sum())

    @property
    def packs(self) -> int:
        """Packs dispatched; one that is sent on counts twice."""
        return int(self.decisions.packs.sum())

    @cached_property
    def offices(self) -> tuple[OfficeFigures, ...]:
        """The figures of each office, in the order of the instance."""
        return office_figures(Curves(self.instance, self.decisions), self.verdict)


def judge(instance: Instance, plan: Plan) -> Judged:
    """Price and check a plan. The bound is unknown: what a file claims is not taken for proven.

    Raises InputError for a plan of another instance.
    """
    decisions = plan_to_arrays(plan, instance)
    return Judged(instance, plan, decisions, verify(instance, decisions), None)


def judged(outcome: Outcome) -> Judged:
    """The result of a solve, which is judged already."""
    return Judged(outcome.instance, outcome.plan, outcome.decisions, outcome.verdict, outcome.bound)
