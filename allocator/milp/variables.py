"""The columns of the formulation: decisions, and the states that follow from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocator.instance.arrays import NO_LIMIT, NOWHERE, Flags, InstanceArrays
from allocator.instance.models import Instance
from allocator.milp.builder import Index, MilpBuilder
from allocator.milp.limits import arrival_days, store_slack, trip_limits

Bounds = NDArray[np.float64]


@dataclass(frozen=True)
class Variables:
    """Column indices; ABSENT where there is none because its value is known to be 0.

    Decisions are x, y, r, z of the contract. States replace the cumulative curves, so that each
    row is short: V (not ingested yet) = A - `ingested` - X, W (waiting, print-ready), H (blanks on
    hand), the depots' stock, O (overdue) and what targets fall short of.
    """

    ingest: Index  # (I, S, T) x
    cards: Index  # (I, S, T) r
    packs: Index  # (L, T) y
    trip: Index  # (L, T) z, where something depends on it
    not_ingested: Index  # (I, S, T) V
    waiting: Index  # (I, S, T) W
    blanks: Index  # (I, T) H
    printed: Index  # (I, T) R of the office, whole, where part of a blank makes a difference
    depot_stock: Index  # (D, T)
    overdue: tuple[Index, ...]  # per tier (I, S, T) O
    shortfall: Index  # (K,)


def declare_variables(builder: MilpBuilder, instance: Instance, *, integer_records: bool) -> Variables:
    """Declare all columns with the bounds that the data give."""
    arrays = instance.arrays
    queue = arrays.applied[:, :, -1] > 0
    waits = np.repeat(queue[:, :, None], arrays.days, axis=2)
    ingests = waits & arrays.needs_ingestion[None, :, None]
    ingest_limit = np.minimum(np.minimum(arrays.ingest_capacity[:, None, :], arrays.quota), arrays.ingestible)
    card_limit = np.minimum(arrays.print_capacity[:, None, :], arrays.applied)
    packs_limit = trip_limits(arrays)
    return Variables(
        ingest=builder.columns(
            "ingest",
            ("office", "stream", "day"),
            ingests & (ingest_limit > 0),
            upper=ingest_limit,
            integer=integer_records,
        ),
        cards=builder.columns(
            "cards",
            ("office", "stream", "day"),
            waits & (card_limit > 0),
            upper=card_limit,
            integer=integer_records,
        ),
        packs=builder.columns("packs", ("lane", "day"), packs_limit > 0, upper=packs_limit, integer=True),
        trip=builder.columns(
            "trip", ("lane", "day"), _counts_trips(instance) & (packs_limit > 0), upper=1.0, integer=True
        ),
        not_ingested=builder.columns(
            "not_ingested", ("office", "stream", "day"), ingests, upper=arrays.ingestible
        ),
        waiting=builder.columns("waiting", ("office", "stream", "day"), waits),
        blanks=builder.columns(
            "blanks",
            ("office", "day"),
            np.ones(arrays.blanks.shape, dtype=np.bool_),
            upper=_blanks_limit(arrays),
        ),
        printed=builder.columns(
            "printed",
            ("office", "day"),
            _hinges_on_whole_cards(arrays) if not integer_records else np.zeros_like(arrays.blanks, np.bool_),
            integer=True,
        ),
        depot_stock=builder.columns(
            "depot_stock",
            ("depot", "day"),
            np.ones(arrays.depot_supply.shape, dtype=np.bool_),
            lower=arrays.depot_reserve[:, None],
        ),
        overdue=tuple(
            builder.columns(
                f"overdue_{tier.after_days}_days",
                ("office", "stream", "day"),
                arrays.applied_at_least(tier.after_days) > 0,
            )
            for tier in instance.costs.overdue
        ),
        shortfall=builder.columns("shortfall", ("target",), np.ones(len(instance.targets), dtype=np.bool_)),
    )


def _counts_trips(instance: Instance) -> Flags:
    """(L, T) whether it matters that there is a trip at all: its price, its least load, a full store."""
    arrays = instance.arrays
    counts = np.zeros(arrays.dispatchable.shape, dtype=np.bool_)
    for index, lane in enumerate(instance.lanes):
        counts[index] = lane.fixed_cost > 0 or lane.min_packs > 1
    lane_index, day, arrival = arrival_days(arrays)
    office = arrays.lane_destination_office[lane_index]
    kept = office != NOWHERE
    kept[kept] &= store_slack(arrays)[office[kept], arrival[kept]] > 0
    counts[lane_index[kept], day[kept]] = True
    return counts


def _hinges_on_whole_cards(arrays: InstanceArrays) -> Flags:
    """(I, T) at offices that spoil blanks: the last day, and days of arrival at a limited store.

    There a card takes more than a blank, so that whole cards leave part of a blank over. With cards as
    fractions an office would print from that part to the end, and a trip could fill the store to the
    brim that in truth has not room for its last pack.
    """
    lane, _, arrival = arrival_days(arrays)
    office = arrays.lane_destination_office[lane]
    kept = office != NOWHERE
    office, arrival = office[kept], arrival[kept]
    kept = (arrays.max_blanks[office] != NO_LIMIT) & (arrays.good_per_thousand[office] < 1000)
    hinges = np.zeros(arrays.blanks.shape, dtype=np.bool_)
    hinges[office[kept], arrival[kept]] = True
    hinges[(arrays.good_per_thousand < 1000) & arrays.print_capacity.any(axis=1), -1] = True
    return hinges


def _blanks_limit(arrays: InstanceArrays) -> Bounds:
    """(I, T) the store's limit on days on which it holds whether packs arrive or not (rule 8)."""
    limited = (arrays.max_blanks != NO_LIMIT)[:, None] & (store_slack(arrays) == 0)
    return np.where(limited, arrays.max_blanks[:, None].astype(np.float64), np.inf)
