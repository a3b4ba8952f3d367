"""A named policy."""

from __future__ import annotations

import inspect
from dataclasses import dataclass

from allocator.instance.models import Instance
from allocator.methods.policies.rule import Rule
from allocator.methods.policies.simulation import simulate
from allocator.plan.arrays import PlanArrays


@dataclass(frozen=True)
class Policy:
    """A rule that turns an instance into a valid plan; the same instance always gives the same plan."""

    name: str
    summary: str
    """The rule in one line."""
    rule: Rule | None
    """None: nothing is done."""

    def plan(self, instance: Instance, deadline: float | None = None) -> PlanArrays:
        """The plan of this policy, valid for every valid instance.

        After `deadline`, a reading of time.monotonic(), nothing more is ingested and dispatched; the plan
        is valid all the same.
        """
        return PlanArrays.empty(instance) if self.rule is None else simulate(instance, self.rule, deadline)

    @property
    def description(self) -> str:
        """The rule in full: what is its own, then what all policies share."""
        if self.rule is None:
            return self.summary
        return f"{inspect.getdoc(type(self.rule))}\n\n{inspect.getdoc(simulate)}"
