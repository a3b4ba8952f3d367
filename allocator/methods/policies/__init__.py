"""The rules by which people allot slots and blanks today: baseline, fallback and starting point.

| name | who gets slots, and blanks where they are short |
|---|---|
| `empty` | nobody: nothing is ingested, shipped or printed |
| `equal` | everybody the same |
| `proportional` | everybody in proportion to the queue, by largest remainder |
| `first-come` | whoever has the nationally longest-waiting record |
| `tiers` | everybody the allotment of the size class of the queue |

Each `Policy.description` tells the whole rule; when and how much is shipped is the same for all of them
and told at `simulation.simulate`.
"""

from __future__ import annotations

from allocator.errors import InputError, Problem
from allocator.methods.policies.policy import Policy
from allocator.methods.policies.rules import EqualRule, FirstComeRule, ProportionalRule, TiersRule

POLICIES: dict[str, Policy] = {
    policy.name: policy
    for policy in (
        Policy("empty", "Nothing is ingested, shipped or printed.", None),
        Policy("equal", "Everybody gets the same, up to what they can use.", EqualRule()),
        Policy("proportional", "Everybody gets a share in proportion to the queue.", ProportionalRule()),
        Policy("first-come", "The nationally longest-waiting record comes first.", FirstComeRule()),
        Policy("tiers", "Everybody gets the allotment of the size class of the queue.", TiersRule()),
    )
}
"""All policies by name."""


def get_policy(name: str) -> Policy:
    """The policy of that name. Raises InputError, which lists the names, if there is none."""
    try:
        return POLICIES[name]
    except KeyError:
        raise InputError([Problem("policy", f'"{name}"', "one of " + ", ".join(POLICIES))]) from None


__all__ = ["POLICIES", "Policy", "get_policy"]
