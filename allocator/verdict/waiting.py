"""How long people wait: each card goes to the longest-waiting print-ready record of its office and stream.

Why counting is enough. The applicants of an office and stream, in the order in which they applied, are
those in `ingested` first (they are at least as old as everyone in `backlog`), then the others. Within
each of the two parts whoever applied earlier is print-ready no later: in the first the contract says
so, in the second records are ingested in the order of application and all take `processing_days`. So
within a part the n-th card is the n-th applicant's. The second part may overtake the first, if
`ready_day` is late; as everyone in the first is at least as old, a card goes to the second part only
when the first has nobody print-ready left.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from allocator.instance.arrays import Counts
from allocator.verdict.curves import Curves, ExactCounts, delay

_NO_CARD = -1


@dataclass(frozen=True)
class WaitingTimes:
    """Days from application to card, over the cards printed in the horizon.

    In a plan that breaks rules, cards for which there is no print-ready record count nowhere.
    """

    days: ExactCounts
    """The waits that occur, days, ascending."""
    cards: ExactCounts
    """The number of cards with each of these waits."""
    mean_days: float | None
    """None when there is no card."""
    p90_days: int | None
    """Nearest rank: the shortest wait that at least nine in ten cards do not exceed; None when no card."""
    oldest_days: int
    """Age at the end of the last day of the oldest record without a card; 0 if none."""
    office_mean_days: tuple[float | None, ...]
    """(I,) the mean at each office."""
    office_p90_days: tuple[int | None, ...]
    """(I,) the nearest-rank 90th percentile at each office."""


def waiting_times(curves: Curves) -> WaitingTimes:
    """The waits under the plan of these curves."""
    spans = _match(curves)
    served = spans.printed != _NO_CARD
    offices, _, days = curves.given.shape
    office, cards = spans.office[served], spans.records[served]
    wait = spans.printed[served] - spans.applied[served]
    order = np.lexsort((wait, office))
    by_office = _split(office[order], wait[order], cards[order], offices)
    waits, group = np.unique(wait, return_inverse=True)
    counts = np.zeros(len(waits), dtype=cards.dtype)
    np.add.at(counts, group, cards)
    return WaitingTimes(
        days=waits,
        cards=counts,
        mean_days=_mean(waits, counts),
        p90_days=_nearest_rank(waits, counts),
        oldest_days=int(days - 1 - spans.applied[~served].min()) if not served.all() else 0,
        office_mean_days=tuple(_mean(*part) for part in by_office),
        office_p90_days=tuple(_nearest_rank(*part) for part in by_office),
    )


class _Spans(NamedTuple):
    """Runs of applicants who applied on one day and have their cards printed on one day."""

    office: Counts
    applied: Counts  # day of application
    printed: Counts  # day of the card, or _NO_CARD
    records: ExactCounts


def _match(curves: Curves) -> _Spans:
    """Number all applicants through, by office, stream and age, and cut where either day changes."""
    given = curves.given
    offices, streams, days = given.shape
    early = curves.exact(given.ingested_before)[:, :, None]
    later_ready = np.where(
        given.needs_ingestion[None, :, None],
        np.minimum(delay(curves.ingested, given.processing_days), curves.applied - early),
        curves.applied,
    )
    to_early = _served(curves.printed, curves.exact(given.ready_from_before))
    to_later = _served(curves.printed - to_early, later_ready)

    total = curves.applied[:, :, -1:]
    ends = np.concatenate([to_early, early, early + to_later, total], axis=2)
    ends = ends + (total.ravel().cumsum() - total.ravel()).reshape(total.shape)
    printed = np.broadcast_to(np.append(np.arange(days), _NO_CARD), (offices * streams, 2, days + 1)).ravel()
    card_end, printed = _without_empty(ends.ravel(), printed)

    queue, applied, records = _applications(curves)
    queue, applied, records = (column[records > 0] for column in (queue, applied, records))
    application_end = records.cumsum()

    end = _without_repetition(np.concatenate([application_end, card_end]))
    start = np.concatenate([np.zeros(1, dtype=end.dtype), end[:-1]])[: len(end)]
    application = np.searchsorted(application_end, start, side="right")
    card = np.searchsorted(card_end, start, side="right")
    return _Spans(queue[application] // streams, applied[application], printed[card], end - start)


def _served(printed: ExactCounts, ready: ExactCounts) -> ExactCounts:
    """Cumulative cards that found a print-ready record; each of the others is lost on its day."""
    return printed + np.minimum.accumulate(np.minimum(ready - printed, 0), axis=2)


def _applications(curves: Curves) -> tuple[Counts, Counts, ExactCounts]:
    """(queue, day, records) of all applications of the horizon and before, by queue and then by day."""
    given = curves.given
    _, streams, days = given.shape
    arrivals = given.arrivals.reshape(-1, days)
    queue, day = np.nonzero(arrivals)
    queues = np.concatenate([given.before.office * streams + given.before.stream, queue])
    applied = np.concatenate([given.before.day, day])
    records = np.concatenate([given.before.records, arrivals[queue, day]])
    order = np.lexsort((applied, queues))
    return queues[order], applied[order], curves.exact(records[order])


def _without_empty(ends: ExactCounts, labels: Counts) -> tuple[ExactCounts, Counts]:
    """Ends of consecutive spans, and their labels, without those of length 0."""
    filled = np.diff(ends, prepend=0) > 0
    return ends[filled], labels[filled]


def _without_repetition(values: ExactCounts) -> ExactCounts:
    """Ascending, each value once; several times as quick as np.unique on two sorted runs."""
    values = np.sort(values, kind="stable")
    return values[np.diff(values, prepend=-1) > 0]


def _split(
    office: Counts, wait: Counts, cards: ExactCounts, offices: int
) -> list[tuple[ExactCounts, ExactCounts]]:
    """(waits, cards) of each office; the arrays are sorted by office."""
    cuts = np.searchsorted(office, np.arange(offices + 1))
    return [(wait[a:b], cards[a:b]) for a, b in pairwise(cuts.tolist())]


def _mean(waits: ExactCounts, cards: ExactCounts) -> float | None:
    # Python integers: ages and counts may each be large.
    number = sum(cards.tolist())
    if number == 0:
        return None
    days = sum(wait * n for wait, n in zip(waits.tolist(), cards.tolist(), strict=True))
    return float(Fraction(days, number))


def _nearest_rank(waits: ExactCounts, cards: ExactCounts) -> int | None:
    """The 90th percentile; `waits` ascend."""
    number = sum(cards.tolist())
    if number == 0:
        return None
    rank = (9 * number + 9) // 10
    return int(waits[np.searchsorted(cards.cumsum(), rank)])
