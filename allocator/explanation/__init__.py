"""Why a plan costs what it costs: every unit of currency charged to the first thing that was missing.

Follows from the instance and the plan alone, in exact arithmetic; knows no solver and no method.
"""

from allocator.explanation.account import explain
from allocator.explanation.bottlenecks import Bottleneck
from allocator.explanation.charges import QueueCosts, queue_costs
from allocator.explanation.missing import missing_things
from allocator.explanation.models import Charge, Explanation, Extra, OfficeExplanation

__all__ = [
    "Bottleneck",
    "Charge",
    "Explanation",
    "Extra",
    "OfficeExplanation",
    "QueueCosts",
    "explain",
    "missing_things",
    "queue_costs",
]
