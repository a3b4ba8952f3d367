"""What the people without a card are short of, at each office at the end of each day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from allocator.instance.arrays import NO_LIMIT, Flags
from allocator.verdict import Curves
from allocator.verdict.curves import ExactCounts

LACKS: Final = ("slot", "link", "processing", "blank", "printer", "held")
"""In the order in which a record meets them; `held`: nothing is short, the plan waits all the same."""
NOTHING: Final = len(LACKS)


@dataclass(frozen=True)
class Lacks:
    """How many people lack what."""

    records: ExactCounts
    """(K, I, T) records without a card, by what they lack, in the order of `LACKS`."""
    main: ExactCounts
    """(I, T) what most of them lack, as an index of `LACKS`; NOTHING where nobody is without a card."""

    @property
    def national(self) -> ExactCounts:
        """(K, T) over all offices."""
        total: ExactCounts = self.records.sum(axis=1)
        return total


def find_lacks(curves: Curves) -> Lacks:
    """One lack for each record without a card.

    Not ingested: `link` where the office ingests all that its link takes, else `slot` where the quota of the
    day is used up or the storage full, else `held`. Ingested, not yet print-ready: `processing`. Print-ready:
    `blank` where the office has none left, else `printer` where it prints all it can, else `held`.
    """
    given = curves.given
    not_ingested = curves.unprintable.sum(axis=1) - _in_processing(curves)
    waiting = curves.waiting.sum(axis=1)
    link, slot = (
        link_full(curves),
        slots_gone(curves)[None, :] & np.ones_like(given.print_capacity, dtype=bool),
    )
    blank, printer = out_of_blanks(curves), printers_full(curves)
    none = np.zeros_like(waiting)
    records = np.stack(
        [
            np.where(~link & slot, not_ingested, none),
            np.where(link, not_ingested, none),
            _in_processing(curves),
            np.where(blank, waiting, none),
            np.where(~blank & printer, waiting, none),
            np.where(~link & ~slot, not_ingested, none) + np.where(~blank & ~printer, waiting, none),
        ]
    )
    main = np.where(records.sum(axis=0) > 0, records.argmax(axis=0), NOTHING)
    return Lacks(records, main)


def slots_gone(curves: Curves) -> Flags:
    """(T,) whether the quota of the day is used up, or the storage full."""
    used, stored = curves.ingest.sum(axis=(0, 1)), curves.ingested.sum(axis=(0, 1))
    return np.asarray((used >= curves.given.quota) | (stored >= curves.given.storage), dtype=np.bool_)


def link_full(curves: Curves) -> Flags:
    """(I, T) whether the office ingests all that its link takes; so too where the link is down."""
    capacity = curves.given.ingest_capacity
    return np.asarray((curves.ingest.sum(axis=1) >= capacity) & (capacity < NO_LIMIT), dtype=np.bool_)


def out_of_blanks(curves: Curves) -> Flags:
    """(I, T) whether what is left at the end of the day is not enough for one more card."""
    return np.asarray(curves.on_hand_scaled < 1000, dtype=np.bool_)


def printers_full(curves: Curves) -> Flags:
    """(I, T) whether the office prints all that it can; so too where it is closed."""
    return np.asarray(curves.cards.sum(axis=1) >= curves.given.print_capacity, dtype=np.bool_)


def _in_processing(curves: Curves) -> ExactCounts:
    """(I, T) records ingested but not yet print-ready."""
    given = curves.given
    ingested = given.ingested_before[:, :, None] + curves.ingested
    pending = np.where(given.needs_ingestion[None, :, None], ingested - curves.ready, 0)
    total: ExactCounts = pending.sum(axis=1)
    return total
