"""All numbers of the report as one JSON document; nothing is priced here that the verdict has not priced."""

from __future__ import annotations

from math import isfinite
from typing import Any

from allocator.instance.models import Instance
from allocator.plan.arrays import plan_to_arrays
from allocator.plan.models import Plan
from allocator.report.html.contenders import contender_data
from allocator.report.html.dispatch import dispatch_data
from allocator.report.html.lacks import LACKS, find_lacks
from allocator.report.html.nation import limits_used, national_series
from allocator.report.html.places import depot_data, office_data, province_data
from allocator.verdict import Curves, Verdict, avoidable_gap, empty_cost, gap


def report_data(instance: Instance, plan: Plan, verdict: Verdict) -> dict[str, Any]:
    """What the page is made of. `verdict` is the plan's."""
    arrays = plan_to_arrays(plan, instance)
    curves = Curves(instance, arrays)
    lacks = find_lacks(curves)
    offices = office_data(instance, arrays, verdict, curves, lacks)
    return {
        "instance": {
            "name": instance.name,
            "description": instance.description,
            "start": instance.start.isoformat(),
            "days": instance.days,
            "currency": instance.currency,
            "pack_size": instance.pack_size,
            "overdue_days": [tier.after_days for tier in instance.costs.overdue],
        },
        "proof": proof(instance, plan, verdict),
        "contenders": contender_data(instance, verdict),
        "nation": national_series(curves, lacks),
        "lacks": list(LACKS),
        "limits": limits_used(curves),
        "waits": [verdict.waiting.days.tolist(), verdict.waiting.cards.tolist()],
        "offices": offices,
        "provinces": province_data(offices),
        "depots": depot_data(instance),
        "dispatch": dispatch_data(instance, curves),
    }


def proof(instance: Instance, plan: Plan, verdict: Verdict) -> dict[str, Any]:
    """How good the plan is proven to be: the bound that its file keeps, the gaps recomputed from the cost."""
    solution, cost, nothing = plan.solution, verdict.cost.total, empty_cost(instance).total
    bound = _finite(solution.bound)
    return {
        "cost": float(cost),
        "bound": bound,
        "gap": gap(cost, bound),
        "avoidable_gap": avoidable_gap(cost, bound, nothing),
        "empty": float(nothing),
        "method": solution.method,
        "solver": solution.solver or solution.backend,
        "seconds": _finite((solution.seconds or {}).get("total")),
    }


def _finite(value: float | None) -> float | None:
    """None for what a file may hold and JSON has no number for."""
    return value if value is not None and isfinite(value) else None
