"""What is known so far of an instance: the best valid plan found and the best bound proven."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from allocator.instance.models import Instance
from allocator.methods.clock import Clock
from allocator.plan.arrays import PlanArrays
from allocator.verdict import avoidable_gap, cost_of, gap, is_valid


@dataclass(frozen=True)
class Report:
    """Where a solve stands, for a person who waits; costs and bound in the instance's currency."""

    phase: str
    seconds: float
    cost: float
    bound: float | None
    gap: float | None
    avoidable_gap: float | None
    source: str
    """What found the best plan."""
    plan: PlanArrays
    """The best plan, checked: for whoever has to go on without the end of the solve."""


class InvalidPlanError(Exception):
    """A method offered a plan that breaks a rule: a bug of this program, never kept."""


class Record:
    """Best plan and best bound. Begins with the empty plan, so that there is always one.

    Plans are judged here by the exact verdict, whatever the method thinks of them. Safe to use from
    several threads.
    """

    def __init__(
        self, instance: Instance, clock: Clock, on_report: Callable[[Report], None] | None = None
    ) -> None:
        self.instance = instance
        self.clock = clock
        self.plan = PlanArrays.empty(instance)
        self.source = "policy:empty"
        self.empty_cost = float(cost_of(instance, self.plan).total)
        self.cost = self.empty_cost
        self.bound: float | None = None
        self.phase = "start"
        self.judging_seconds = 0.0  # the longest it took to judge one plan
        self._on_report = on_report
        self._lock = threading.RLock()

    def enter(self, phase: str) -> None:
        """Say what is being worked on."""
        self.phase = phase
        self.report()

    def offer_plan(self, plan: PlanArrays, source: str) -> float:
        """Keep the plan if it is the best so far; returns its cost.

        Raises InvalidPlanError if it breaks a rule.
        """
        begun = time.monotonic()
        if not is_valid(self.instance, plan):
            raise InvalidPlanError(f"the plan of {source} breaks a rule")
        cost = float(cost_of(self.instance, plan).total)
        with self._lock:
            self.judging_seconds = max(self.judging_seconds, time.monotonic() - begun)
            if cost < self.cost:
                self.plan, self.cost, self.source = plan, cost, source
                self.report()
        return cost

    def offer_bound(self, bound: float | None) -> None:
        """Keep the bound if it is the best so far."""
        with self._lock:
            if bound is not None and (self.bound is None or bound > self.bound):
                self.bound = bound
                self.report()

    @property
    def proven_bound(self) -> float | None:
        """The bound, never above the cost of the plan.

        Solvers work to tolerances, so that their bound on an optimum can lie a hair above it.
        """
        return None if self.bound is None else min(self.bound, self.cost)

    @property
    def gap(self) -> float | None:
        """(cost - bound) / |cost|"""
        return gap(self.cost, self.proven_bound)

    def report(self) -> None:
        """Tell the listener where things stand."""
        if self._on_report is None:
            return
        with self._lock:
            bound = self.proven_bound
            self._on_report(
                Report(
                    phase=self.phase,
                    seconds=self.clock.seconds,
                    cost=self.cost,
                    bound=bound,
                    gap=gap(self.cost, bound),
                    avoidable_gap=avoidable_gap(self.cost, bound, self.empty_cost),
                    source=self.source,
                    plan=self.plan,
                )
            )
