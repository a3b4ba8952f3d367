"""What a contender's answer is worth: rounded, checked and priced here, never by the contender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from allocator.instance.models import Instance
from allocator.methods.rounding import round_plan
from allocator.milp.formulation import FractionalPlan
from allocator.plan.arrays import PlanArrays
from allocator.verdict import verify


@dataclass(frozen=True)
class Judgement:
    """A plan's cost, or why it has none."""

    cost: float | None
    complaint: str | None = None


def judge(instance: Instance, plan_file: Path, *, whole: bool) -> Judgement | None:
    """The exact verdict on a plan file; None where there is none. `whole`: nothing is to be rounded."""
    if not plan_file.exists():
        return None
    with np.load(plan_file) as stored:
        parts = {name: stored[name] for name in ("ingest", "packs", "cards")}
    complaint = _complaint(instance, parts)
    if complaint is not None:
        return Judgement(None, complaint)
    plan = PlanArrays(**parts) if whole else round_plan(instance, FractionalPlan(**parts))
    verdict = verify(instance, plan)
    if not verdict.valid:
        first = verdict.violations[0].as_dict()["message"]
        return Judgement(None, f"{len(verdict.violations)} violations, the first: {first}")
    return Judgement(float(verdict.cost.total))


def _complaint(instance: Instance, parts: dict[str, Any]) -> str | None:
    """Arrays that cannot be a plan, whatever is in them."""
    expected = PlanArrays.empty(instance)
    for name, values in parts.items():
        shape: Sequence[int] = getattr(expected, name).shape
        if values.shape != shape:
            return f"{name} has shape {values.shape}, not {shape}"
        if not np.isfinite(values).all():
            return f"{name} holds what is no number"
    return None
