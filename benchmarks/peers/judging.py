"""A peer's answer as a plan: rounded and judged exactly, for every contender alike."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.instance.arrays import Counts
from allocator.instance.models import Instance
from allocator.methods.rounding import round_plan
from allocator.milp.formulation import FractionalPlan
from allocator.plan.arrays import plan_from_arrays
from allocator.plan.models import Plan
from allocator.verdict import Verdict, gap, verify
from benchmarks.peers.interface import PeerAnswer


@dataclass(frozen=True)
class Judged:
    """A whole plan, what the exact check says of it, and how far it is from the bound."""

    plan: Plan
    packs: Counts
    """(L, T) of the plan."""
    verdict: Verdict
    cost: float
    bound: float | None
    gap: float | None


def judge(instance: Instance, answer: PeerAnswer) -> Judged | None:
    """None where the peer has no plan."""
    if answer.ingest is None or answer.packs is None or answer.cards is None:
        return None
    fractional = FractionalPlan(ingest=answer.ingest, packs=answer.packs, cards=answer.cards)
    rounded = round_plan(instance, fractional)
    plan = plan_from_arrays(rounded, instance)
    verdict = verify(instance, plan)
    cost = float(verdict.cost.total)
    return Judged(plan, rounded.packs, verdict, cost, answer.bound, gap(cost, answer.bound))
