"""A bare instance in which one rule at a time can be broken."""

from __future__ import annotations

from typing import Any

from allocator.instance.models import Instance
from allocator.plan.models import Plan
from allocator.verdict import Violation, is_valid, verify
from tests.tools.instances import tiny_document


def build(**changes: Any) -> Instance:
    """Three days, two offices with 9 applicants in each of two streams, and no bound but the changes.

    A change is the path to a field, joined by two underscores, and its value.
    """
    demand = {"backlog": [{"age_days": 1, "records": 9}]}
    demands = {"first": demand, "ready": demand}
    offices = [
        {"id": "a", "print_capacity": 99, "blanks": 99, "demand": demands},
        {"id": "b", "print_capacity": 99, "blanks": 99, "demand": demands},
    ]
    document = tiny_document(
        days=3,
        quota=99,
        pack_size=10,
        streams=[{"id": "first", "needs_ingestion": True}, {"id": "ready"}],
        offices=offices,
        depots=[{"id": "hub", "stock": 90}, {"id": "east"}],
        lanes=[
            {"from": "hub", "to": "a", "lead_days": 1, "fixed_cost": 0, "cost_per_pack": 0},
            {"from": "hub", "to": "east", "lead_days": 1, "fixed_cost": 0, "cost_per_pack": 0},
            {"from": "east", "to": "b", "lead_days": 0, "fixed_cost": 0, "cost_per_pack": 0},
            {"from": "b", "to": "a", "lead_days": 1, "fixed_cost": 0, "cost_per_pack": 0},
        ],
    )
    for path, value in changes.items():
        target: Any = document
        *parents, last = path.split("__")
        for part in parents:
            target = target[int(part)] if part.isdigit() else target[part]
        target[int(last) if last.isdigit() else last] = value
    return Instance.model_validate(document)


def violations(instance: Instance, plan: Plan) -> list[Violation]:
    """What the verdict finds, which `is_valid` must agree with."""
    found = list(verify(instance, plan).violations)
    assert is_valid(instance, plan) == (not found)
    return found


def the_violation(instance: Instance, plan: Plan) -> Violation:
    """The only violation there is."""
    (only,) = violations(instance, plan)
    assert only.amount == abs(only.found - only.limit)
    return only
