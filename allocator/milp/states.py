"""The values of all columns that follow from the decisions of a plan."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from allocator.instance.arrays import NOWHERE, Counts, InstanceArrays
from allocator.instance.models import Instance
from allocator.milp.builder import Index
from allocator.milp.limits import arrival_days
from allocator.milp.variables import Variables
from allocator.plan.arrays import PlanArrays

Values = NDArray[np.float64]


def plan_states(instance: Instance, plan: PlanArrays, variables: Variables) -> Iterator[tuple[Index, Values]]:
    """(columns, values) for every block of columns."""
    arrays = instance.arrays
    ingested, printed = plan.ingest.cumsum(axis=2), plan.cards.cumsum(axis=2)
    delay = min(arrays.processing_days, arrays.days)
    ready = arrays.ready_from_before.copy()
    ready[:, :, delay:] += ingested[:, :, : arrays.days - delay]
    ready = np.where(arrays.needs_ingestion[None, :, None], ready, arrays.applied)
    yield variables.ingest, plan.ingest.astype(np.float64)
    yield variables.cards, plan.cards.astype(np.float64)
    yield variables.packs, plan.packs.astype(np.float64)
    yield variables.trip, (plan.packs > 0).astype(np.float64)
    yield variables.not_ingested, (arrays.ingestible - ingested).astype(np.float64)
    yield variables.waiting, (ready - printed).astype(np.float64)
    yield variables.printed, printed.sum(axis=1).astype(np.float64)
    office_blanks, depot_stock = stocks(arrays, plan.packs)
    used = printed.sum(axis=1) * (1000.0 / arrays.good_per_thousand)[:, None]
    yield variables.blanks, office_blanks - used
    yield variables.depot_stock, depot_stock.astype(np.float64)
    for tier, index in zip(instance.costs.overdue, variables.overdue, strict=True):
        late = arrays.applied_at_least(tier.after_days) - printed
        yield index, np.maximum(late, 0).astype(np.float64)
    yield variables.shortfall, _shortfalls(instance, printed)


def stocks(arrays: InstanceArrays, packs: Counts) -> tuple[Counts, Counts]:
    """Blanks that reached each office less those sent on, B (I, T), and each depot's stock (D, T)."""
    offices, depots = np.zeros_like(arrays.blanks), np.zeros_like(arrays.depot_supply)
    lane, day, arrival = arrival_days(arrays)
    cards = packs[lane, day] * arrays.pack_size
    for flows, place, at, sign in (
        (offices, arrays.lane_destination_office, arrival, 1),
        (offices, arrays.lane_origin_office, day, -1),
        (depots, arrays.lane_destination_depot, arrival, 1),
        (depots, arrays.lane_origin_depot, day, -1),
    ):
        kept = place[lane] != NOWHERE
        np.add.at(flows, (place[lane[kept]], at[kept]), sign * cards[kept])
    return arrays.blanks + offices.cumsum(axis=1), arrays.depot_supply + depots.cumsum(axis=1)


def _shortfalls(instance: Instance, printed: Counts) -> Values:
    arrays = instance.arrays
    shortfalls = np.zeros(len(instance.targets))
    for k, target in enumerate(instance.targets):
        scope = arrays.target_scope[k]
        applied = int(arrays.applied[:, :, target.day][scope].sum())
        shortfalls[k] = max(0.0, float(target.share * applied - int(printed[:, :, target.day][scope].sum())))
    return shortfalls
