"""R, the cards printed so far, in terms of the states: R(t) = all that could be ready - V - W."""

from __future__ import annotations

import numpy as np

from allocator.instance.arrays import Counts, InstanceArrays
from allocator.milp.builder import MilpBuilder
from allocator.milp.variables import Variables


def add_printed(
    builder: MilpBuilder,
    arrays: InstanceArrays,
    variables: Variables,
    rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    days: slice = slice(None),
) -> None:
    """Add R(t) = printed_without_queues(t) - V(t - processing_days) - W(t) to rows (I, S, days)."""
    chosen = np.arange(arrays.days)[days]
    builder.entries(rows, variables.waiting[:, :, chosen], -1.0)
    ingested_on = chosen - arrays.processing_days
    past = ingested_on >= 0
    builder.entries(rows[:, :, past], variables.not_ingested[:, :, ingested_on[past]], -1.0)


def printed_without_queues(arrays: InstanceArrays) -> Counts:
    """(I, S, T) R(t) if V and W were 0: all that could be print-ready by then."""
    delayed = np.zeros(arrays.shape, dtype=np.int64)
    delay = min(arrays.processing_days, arrays.days)
    delayed[:, :, delay:] = arrays.ingestible[:, :, : arrays.days - delay]
    ready = arrays.ready_from_before + delayed
    return np.where(arrays.needs_ingestion[None, :, None], ready, arrays.applied)
