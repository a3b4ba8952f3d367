"""What a solve gives: a checked plan, and everything known of how good it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from allocator.instance.models import Instance
from allocator.plan.arrays import PlanArrays, plan_from_arrays
from allocator.plan.models import Plan, Prices, Solution
from allocator.verdict import Verdict, avoidable_gap, gap


@dataclass(frozen=True)
class Outcome:
    """A plan that passed the exact check, and everything known of how good it is."""

    instance: Instance
    plan: Plan
    decisions: PlanArrays
    """The plan day by day."""
    verdict: Verdict
    status: str
    """`optimal`: the gap is at most the one asked for; `feasible`; `interrupted`."""
    empty_cost: float
    bound: float | None
    method: str
    backend: str | None
    solver: str | None
    """None where several did it, or none."""
    seconds: dict[str, float]
    """`load`, `build`, `solve`, `total`"""
    workers: int | None = None
    """Processes that `decompose` spread its work over."""
    rounds: int | None = None
    """Rounds of pricing that `decompose` made."""
    policy_costs: dict[str, float] = field(default_factory=dict)
    """Cost of the plan of each simple policy that was tried, by name."""
    policy_plan: PlanArrays | None = None
    """The plan of `best_policy`."""
    source: str = ""
    """What found the plan."""
    failure: str | None = None
    """Why the backend could not do its work, if so; the plan is the best known all the same."""
    start_cost: float | None = None
    """Cost of the plan to start from, cut down to what is valid here; None without one."""

    @property
    def objective(self) -> float:
        """Cost of the plan, in the instance's currency."""
        return float(self.verdict.cost.total)

    @property
    def gap(self) -> float | None:
        """(cost - bound) / |cost|; None without a bound."""
        return gap(self.objective, self.bound)

    @property
    def avoidable_gap(self) -> float | None:
        """(cost - bound) / (cost of the empty plan - bound)"""
        return avoidable_gap(self.objective, self.bound, self.empty_cost)

    @property
    def best_policy(self) -> str | None:
        """The simple policy with the cheapest plan."""
        return min(self.policy_costs, key=self.policy_costs.__getitem__, default=None)

    def as_dict(self) -> dict[str, Any]:
        """What `solve --json` prints, but for the path of the plan."""
        return {
            "instance": self.instance.name,
            "status": self.status,
            "objective": self.objective,
            "bound": self.bound,
            "gap": self.gap,
            "avoidable_gap": self.avoidable_gap,
            "empty_cost": self.empty_cost,
            "policy_costs": self.policy_costs,
            "start_cost": self.start_cost,
            "method": self.method,
            "backend": self.backend,
            "solver": self.solver,
            "workers": self.workers,
            "rounds": self.rounds,
            "source": self.source,
            "failure": self.failure,
            "seconds": self.seconds,
            "cost_terms": self.verdict.cost.as_dict(),
            "kpis": self.verdict.kpis.as_dict(),
        }


def conclude(
    instance: Instance,
    decisions: PlanArrays,
    verdict: Verdict,
    *,
    status: str,
    bound: float | None,
    empty_cost: float,
    method: str,
    backend: str | None,
    solver: str | None,
    seed: int | None,
    seconds: dict[str, float],
    source: str,
    failure: str | None,
    start_cost: float | None = None,
    workers: int | None = None,
    rounds: int | None = None,
    prices: Prices | None = None,
    policy_costs: dict[str, float] | None = None,
    policy_plan: PlanArrays | None = None,
) -> Outcome:
    """The outcome of a solve, and in its plan how it was found."""
    cost = float(verdict.cost.total)
    solution = Solution(
        status=status,
        objective=cost,
        bound=bound,
        gap=gap(cost, bound),
        avoidable_gap=avoidable_gap(cost, bound, empty_cost),
        method=method,
        backend=backend,
        solver=solver,
        seed=seed,
        workers=workers,
        rounds=rounds,
        seconds=seconds,
        prices=prices,
    )
    return Outcome(
        instance=instance,
        plan=plan_from_arrays(decisions, instance, solution),
        decisions=decisions,
        verdict=verdict,
        status=status,
        empty_cost=empty_cost,
        bound=bound,
        method=method,
        backend=backend,
        solver=solver,
        seconds=seconds,
        workers=workers,
        rounds=rounds,
        policy_costs=policy_costs or {},
        policy_plan=policy_plan,
        source=source,
        failure=failure,
        start_cost=start_cost,
    )
