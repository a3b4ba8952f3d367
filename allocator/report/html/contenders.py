"""The plan beside the simple rules that people follow today, each judged by the same verdict."""

from __future__ import annotations

from typing import Any

from allocator.instance.models import Instance
from allocator.methods.policies import POLICIES
from allocator.verdict import Verdict, verify


def contender_data(instance: Instance, verdict: Verdict) -> list[dict[str, Any]]:
    """This plan first, then every policy, cheapest first; costs by term and key figures."""
    policies = [
        _figures(policy.name, verify(instance, policy.plan(instance))) for policy in POLICIES.values()
    ]
    return [_figures(None, verdict), *sorted(policies, key=lambda policy: policy["cost"]["total"])]


def _figures(policy: str | None, verdict: Verdict) -> dict[str, Any]:
    return {"policy": policy, "cost": verdict.cost.as_dict(), "kpis": verdict.kpis.as_dict()}
