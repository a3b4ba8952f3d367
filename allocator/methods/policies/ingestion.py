"""Slots, day by day: what can be used is cut to what there is, by a policy's rule.

Ingestion depends on nothing else in a plan, so it is settled first, for the whole horizon.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from allocator.instance.arrays import Counts, InstanceArrays
from allocator.methods.policies.rule import Rule, SlotDay
from allocator.methods.policies.seniority import Seniority


def allot_slots(
    arrays: InstanceArrays, rule: Rule, seniority: Seniority, out_of_time: Callable[[], bool]
) -> Counts:
    """(I, S, T) records ingested, by rules 1 to 4; nothing more once `out_of_time`.

    No slot is left unused as long as anybody can use it. Within an office the record that applied first
    is ingested first, whatever its stream.
    """
    ingest = np.zeros(arrays.shape, dtype=np.int64)
    start = arrays.ingested_before.copy()
    ingestible = np.where(arrays.needs_ingestion[:, None], arrays.applied, arrays.ingested_before[:, :, None])
    used = 0
    for day in range(arrays.days):
        if out_of_time():
            break
        end = ingestible[:, :, day]
        backlog = (end - start).sum(axis=1)
        usable = np.minimum(backlog, arrays.ingest_capacity[:, day])
        slots = min(int(arrays.quota[day]), int(arrays.storage[day]) - used)
        if usable.sum() <= slots:
            granted = usable
        elif slots > 0:
            granted = rule.share_slots(SlotDay(slots, backlog, usable, start, end, seniority))
        else:
            continue
        ingest[:, :, day] = seniority.split(granted, start, end)
        start += ingest[:, :, day]
        used += int(granted.sum())
    return ingest


def print_ready(arrays: InstanceArrays, ingest: Counts) -> Counts:
    """(I, S, T) G: print-ready by the end of the day."""
    delay = min(arrays.processing_days, arrays.days)
    ready = arrays.ready_from_before.copy()
    ready[:, :, delay:] += ingest.cumsum(axis=2)[:, :, : arrays.days - delay]
    return np.where(arrays.needs_ingestion[:, None], ready, arrays.applied)
