"""The cost as an objective: one function per term of the contract, with the rows that a term needs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from allocator.instance.arrays import Counts, InstanceArrays
from allocator.instance.models import Instance
from allocator.milp.builder import ABSENT, MilpBuilder
from allocator.milp.model import Vector
from allocator.milp.printed import add_printed, printed_without_queues
from allocator.milp.variables import Variables


def add_costs(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """All terms of the cost."""
    add_unprintable_days(builder, instance, variables)
    add_waiting_days(builder, instance, variables)
    add_overdue_days(builder, instance, variables)
    add_end_of_horizon(builder, instance, variables)
    add_idle_blanks(builder, instance, variables)
    add_freight(builder, instance, variables)
    add_targets(builder, instance, variables)


def add_unprintable_days(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """v x unprintable_day x U, where U(t) = V(t - processing_days) + what is being processed."""
    arrays = instance.arrays
    price = float(instance.costs.unprintable_day) * _weights(arrays)[:, :, None]
    delay = min(arrays.processing_days, arrays.days)
    builder.cost(variables.not_ingested[:, :, : arrays.days - delay], price)
    builder.constant_cost(float((price * _unprintable_without_queue(arrays)).sum()))


def add_waiting_days(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """v x waiting_day x W."""
    price = float(instance.costs.waiting_day) * _weights(instance.arrays)[:, :, None]
    builder.cost(variables.waiting, price)


def add_overdue_days(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """v x per_day x O for each tier, with O(t) >= A(t - after_days) - R(t).

    The last day counts 1 + end_days times.
    """
    arrays = instance.arrays
    days = np.ones(arrays.days)
    days[-1] += float(instance.costs.end_days)
    for tier, overdue in zip(instance.costs.overdue, variables.overdue, strict=True):
        builder.cost(overdue, float(tier.per_day) * _weights(arrays)[:, :, None] * days)
        due = arrays.applied_at_least(tier.after_days) - printed_without_queues(arrays)
        rows = builder.rows(
            f"overdue_{tier.after_days}_days", ("office", "stream", "day"), overdue != ABSENT, lower=due
        )
        builder.entries(rows, overdue, 1.0)
        add_printed(builder, arrays, variables, rows)


def add_end_of_horizon(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """end_days x v x (unprintable_day x U~ + waiting_day x W~), where what is ingested counts as ready.

    With needs_ingestion, U~ = V(T-1) and U~ + W~ = A - R at T-1; without, U~ = 0.
    """
    arrays = instance.arrays
    costs = instance.costs
    weight = float(costs.end_days) * _weights(arrays)
    waiting = weight * float(costs.waiting_day)
    builder.cost(variables.not_ingested[:, :, -1], weight * float(costs.unprintable_day - costs.waiting_day))
    # A - R = (A - what R is without queues) + V(T-1-delay) + W(T-1)
    outstanding = (arrays.applied - printed_without_queues(arrays))[:, :, -1]
    builder.constant_cost(float((waiting * outstanding).sum()))
    builder.cost(variables.waiting[:, :, -1], waiting)
    if arrays.processing_days < arrays.days:
        builder.cost(variables.not_ingested[:, :, -1 - arrays.processing_days], waiting)


def add_idle_blanks(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """idle_blank_day x H."""
    builder.cost(variables.blanks, float(instance.costs.idle_blank_day))


def add_freight(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """fixed_cost x z + cost_per_pack x y."""
    builder.cost(variables.trip, _column([lane.fixed_cost for lane in instance.lanes]))
    builder.cost(variables.packs, _column([lane.cost_per_pack for lane in instance.lanes]))


def add_targets(builder: MilpBuilder, instance: Instance, variables: Variables) -> None:
    """penalty_per_record x shortfall, with shortfall >= share x A_scope(day) - R_scope(day)."""
    if not instance.targets:
        return
    arrays = instance.arrays
    builder.cost(
        variables.shortfall, np.array([float(target.penalty_per_record) for target in instance.targets])
    )
    printed = printed_without_queues(arrays)
    due = np.zeros(len(instance.targets))
    for k, target in enumerate(instance.targets):
        scope = arrays.target_scope[k]
        applied = int(arrays.applied[:, :, target.day][scope].sum())
        due[k] = float(Fraction(target.share) * applied - int(printed[:, :, target.day][scope].sum()))
    rows = builder.rows("target", ("target",), variables.shortfall != ABSENT, lower=due)
    builder.entries(rows, variables.shortfall, 1.0)
    for k, target in enumerate(instance.targets):
        chosen = np.where(arrays.target_scope[k], rows[k], ABSENT)[:, :, None]
        add_printed(builder, arrays, variables, chosen, slice(target.day, target.day + 1))


def _unprintable_without_queue(arrays: InstanceArrays) -> Counts:
    """(I, S, T) U(t) if V were 0: what is being processed, ingested before or within the horizon."""
    return arrays.applied - printed_without_queues(arrays)


def _weights(arrays: InstanceArrays) -> Vector:
    return arrays.weight.astype(np.float64)


def _column(values: list[object]) -> Vector:
    return np.array([float(value) for value in values])[:, None]  # type: ignore[arg-type]
