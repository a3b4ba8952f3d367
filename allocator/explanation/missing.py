"""How many records without a card each thing keeps waiting, by office, stream and day.

For every office the plan's curves are compared with how far its queue could have come with a thing in
plenty. What lies between two such curves is what that thing kept back. Whole numbers throughout.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from allocator.explanation.bottlenecks import INGESTION, PRINTING, QUEUE, Bottleneck
from allocator.instance.arrays import NO_LIMIT
from allocator.verdict import Curves
from allocator.verdict.curves import ExactCounts

Missing = dict[Bottleneck, ExactCounts]
"""(I, S, T) records at the end of the day."""


def missing_things(curves: Curves) -> Missing:
    """Every record without a card, in the place of the first thing that it lacked. For valid plans."""
    needing = curves.given.needs_ingestion[None, :, None]
    ingested = np.where(
        needing, curves.exact(curves.given.ingested_before)[:, :, None] + curves.ingested, curves.applied
    )
    line = dearest_first(curves)
    return {
        **_along_the_line(_printing_curves(curves), curves.waiting, PRINTING, line),
        Bottleneck.PROCESSING: ingested - curves.ready,
        **_along_the_line(_ingestion_curves(curves), curves.applied - ingested, INGESTION, line),
    }


def overdue_by_bottleneck(overdue: ExactCounts, missing: Missing) -> Missing:
    """Those of a tier are the longest-waiting: they stand at the head of the line of `QUEUE`."""
    result: Missing = {}
    left = overdue
    for bottleneck in QUEUE:
        result[bottleneck] = np.minimum(left, missing[bottleneck])
        left = left - result[bottleneck]
    return result


def dearest_first(curves: Curves) -> list[int]:
    """Streams by falling weight; equals in the order of the file."""
    weights = [stream.weight for stream in curves.instance.streams]
    return sorted(range(len(weights)), key=lambda s: (-weights[s], s))


def usable_blanks(curves: Curves) -> ExactCounts:
    """(I, T) cards that can have been printed by the day; what is sent on later was never for printing."""
    kept = np.minimum.accumulate(curves.blanks[:, ::-1], axis=1)[:, ::-1]
    cards: ExactCounts = curves.exact(curves.given.good_per_thousand)[:, None] * kept // 1000
    return cards


def as_soon_as_possible(
    ready: ExactCounts, per_day: ExactCounts, at_most: ExactCounts | None = None
) -> ExactCounts:
    """(I, T) cumulative, from cumulative `ready`, with so many a day, and never more than `at_most`."""
    result = np.zeros_like(ready)
    done = np.zeros_like(ready[:, 0])
    for day in range(ready.shape[1]):
        done = np.minimum(ready[:, day], done + per_day[:, day])
        if at_most is not None:
            done = np.minimum(done, at_most[:, day])
        result[:, day] = done
    return result


def _ingestion_curves(curves: Curves) -> list[ExactCounts]:
    """(I, T) each: ingested; in reach with what was left over; with storage; with slots; applied."""
    given = curves.given
    ingestible = curves.exact(given.ingestible).sum(axis=1)
    by_day, so_far = curves.ingest.sum(axis=1), curves.ingested.sum(axis=1)
    link = np.minimum(curves.exact(given.ingest_capacity), np.maximum(ingestible[:, -1:], by_day))
    spare = np.maximum(curves.exact(given.quota) - by_day.sum(axis=0), 0)
    with_slots = as_soon_as_possible(ingestible, link)
    with_storage = as_soon_as_possible(ingestible, np.minimum(link, by_day + spare))
    in_reach = with_storage
    if (given.storage < NO_LIMIT).any():
        room = np.maximum(curves.exact(given.storage) - so_far.sum(axis=0), 0)
        kept = np.minimum.accumulate(room[::-1])[::-1]
        in_reach = as_soon_as_possible(ingestible, np.minimum(link, by_day + spare), so_far + kept)
    return [so_far, in_reach, with_storage, with_slots, ingestible]


def _printing_curves(curves: Curves) -> list[ExactCounts]:
    """(I, T) each: printed; in reach with the blanks there were; with blanks in plenty; print-ready."""
    ready, printers = curves.ready.sum(axis=1), curves.exact(curves.given.print_capacity)
    in_reach = as_soon_as_possible(ready, printers, usable_blanks(curves))
    return [curves.printed.sum(axis=1), in_reach, as_soon_as_possible(ready, printers), ready]


def _along_the_line(
    steps: Sequence[ExactCounts], queue: ExactCounts, things: Sequence[Bottleneck], streams: Sequence[int]
) -> Missing:
    """Split the queues of an office's streams, standing in one line, where the curves divide it."""
    result = {thing: np.zeros_like(queue) for thing in things}
    start = np.zeros_like(queue[:, 0])
    for stream in streams:
        end = start + queue[:, stream]
        for thing, lower, upper in zip(things, steps, steps[1:], strict=False):
            overlap = np.minimum(end, upper - steps[0]) - np.maximum(start, lower - steps[0])
            result[thing][:, stream] = np.maximum(overlap, 0)
        start = end
    return result
