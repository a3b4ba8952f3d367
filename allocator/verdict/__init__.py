"""Is a plan valid, what does it cost, how long do people wait: exact, and written against the contract alone.

Nothing here knows a formulation or a solver, so it can be trusted to judge them.
"""

from allocator.verdict.cost import CostBreakdown, OfficeCosts
from allocator.verdict.curves import Curves
from allocator.verdict.gaps import avoidable_gap, gap
from allocator.verdict.kpis import Kpis
from allocator.verdict.rules import RULES
from allocator.verdict.verdict import Verdict, cost_of, empty_cost, is_valid, verify
from allocator.verdict.violations import Violation
from allocator.verdict.waiting import WaitingTimes

__all__ = [
    "RULES",
    "CostBreakdown",
    "Curves",
    "Kpis",
    "OfficeCosts",
    "Verdict",
    "Violation",
    "WaitingTimes",
    "avoidable_gap",
    "cost_of",
    "empty_cost",
    "gap",
    "is_valid",
    "verify",
]
