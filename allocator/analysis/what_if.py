"""What if: a changed copy of an instance, solved and compared with the instance as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from allocator.analysis.difference import Difference, diff
from allocator.analysis.edits import edit_instance
from allocator.analysis.judged import judge, judged
from allocator.instance.models import Instance
from allocator.plan.models import Plan
from allocator.solving import Outcome, solve


class Solve(Protocol):
    """How to solve: `allocator.solve`, with whatever options bound to it."""

    def __call__(self, instance: Instance, *, start: Plan | None) -> Outcome: ...


@dataclass(frozen=True)
class WhatIf:
    """The instance as it is and changed, each with its plan, and what differs."""

    edits: tuple[str, ...]
    changed: Instance
    base: Outcome | None
    """Of the unchanged instance; None where its plan was given."""
    outcome: Outcome
    """Of the changed instance."""
    difference: Difference

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "edits": list(self.edits),
            "base": None if self.base is None else self.base.as_dict(),
            "changed": self.outcome.as_dict(),
            "difference": self.difference.as_dict(),
        }


def what_if(
    instance: Instance,
    edits: Sequence[str],
    *,
    plan: Plan | None = None,
    solve_with: Solve = solve,
    start: bool = True,
) -> WhatIf:
    """Solve a changed copy and compare it with the unchanged instance: with `plan`, or solved too.

    The changed copy starts from the plan of the unchanged one, as far as that is valid there, so that
    what differs is due to the change and not to chance; `start=False` is for methods that can't.
    Raises InputError for edits that can't be made.
    """
    changed = edit_instance(instance, edits)
    base = None if plan is not None else solve_with(instance, start=None)
    before = judge(instance, plan) if plan is not None else judged(base) if base is not None else None
    assert before is not None
    outcome = solve_with(changed, start=before.plan if start else None)
    return WhatIf(tuple(edits), changed, base, outcome, diff(before, judged(outcome)))
