"""A plan to start from: of this instance, or of one much like it."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.instance.models import Instance
from allocator.methods.record import InvalidPlanError, Record
from allocator.methods.rounding import round_plan
from allocator.milp.formulation import FractionalPlan
from allocator.plan.arrays import PlanArrays, plan_to_arrays
from allocator.plan.models import Plan, Prices

STARTING_PLAN = "start"
"""The source of the plan given, in reports and outcomes."""


@dataclass(frozen=True)
class Start:
    """What there is to begin with."""

    plan: PlanArrays
    prices: Prices | None


def starting_plan(plan: Plan, instance: Instance) -> Start:
    """The plan in the terms of the instance, whatever the name of the instance it was made for.

    Raises InputError, all at once, for an office, stream, lane or day that the instance does not have.
    """
    same_name = plan.model_copy(update={"instance": instance.name})
    return Start(plan_to_arrays(same_name, instance), plan.solution.prices)


def offer_start(record: Record, start: Start) -> float:
    """Offer the plan to the record, cut down to what is valid if it is not; returns what it costs."""
    record.enter("starting plan")
    try:
        return record.offer_plan(start.plan, STARTING_PLAN)
    except InvalidPlanError:
        return record.offer_plan(_made_valid(record.instance, start.plan), STARTING_PLAN)


def _made_valid(instance: Instance, plan: PlanArrays) -> PlanArrays:
    values = (array.astype(float) for array in (plan.ingest, plan.packs, plan.cards))
    return round_plan(instance, FractionalPlan(*values))
