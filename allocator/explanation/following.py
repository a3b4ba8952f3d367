"""An office followed once more with something added: what it would ingest and print."""

from __future__ import annotations

import numpy as np

from allocator.explanation.missing import dearest_first, usable_blanks
from allocator.plan.arrays import PlanArrays
from allocator.verdict import Curves
from allocator.verdict.cost import price_offices
from allocator.verdict.curves import ExactCounts
from allocator.verdict.queue_charges import OfficeAmounts


def followed_cost(
    curves: Curves, ingest: ExactCounts | None = None, more_blanks: ExactCounts | None = None
) -> OfficeAmounts:
    """(I,) of Fraction: what each office costs if it prints what the plan says and, with what is left
    over, as much more as it can, dearest stream first.

    `ingest` (I, S, T) replaces what the plan ingests. `more_blanks` (I, T) is how many more blanks have
    come by the day than in the plan; as they lie in no store of the plan, they are not charged as idle.
    """
    # What a plan does on one day fits 64 bits, even where sums of it do not.
    ingest = curves.plan.ingest if ingest is None else ingest.astype(np.int64)
    changed = Curves(curves.instance, PlanArrays(ingest, curves.plan.packs, curves.plan.cards))
    blanks = usable_blanks(curves) if more_blanks is None else _usable(curves, more_blanks)
    cards = followed_cards(curves, changed.ready, blanks)
    followed = Curves(curves.instance, PlanArrays(ingest, curves.plan.packs, cards.astype(np.int64)))
    return price_offices(followed).total


def one_more_slot(curves: Curves, stream: ExactCounts, day: ExactCounts) -> ExactCounts:
    """(I, S, T) what is ingested with one more slot at each office, for a stream and on a day of its own.

    Once everybody who has applied is ingested, the plan has a slot less to give. Day -1: none more.
    """
    ingest = curves.ingest.copy()
    room = curves.exact(curves.given.ingestible) - curves.ingested
    for office in np.flatnonzero(day >= 0).tolist():
        s, first = int(stream[office]), int(day[office])
        ingest[office, s, first] += 1
        full = np.flatnonzero(room[office, s, first:] <= 0)
        if len(full):
            ingest[office, s, first + int(full[0])] -= 1
    return ingest


def _usable(curves: Curves, more: ExactCounts) -> ExactCounts:
    """(I, T) cards that can have been printed by the day, with more blanks."""
    kept = np.minimum.accumulate((curves.blanks + more)[:, ::-1], axis=1)[:, ::-1]
    cards: ExactCounts = curves.exact(curves.given.good_per_thousand)[:, None] * kept // 1000
    return cards


def followed_cards(curves: Curves, ready: ExactCounts, usable: ExactCounts) -> ExactCounts:
    """(I, S, T) cards: those of the plan first, then what else printers and blanks allow."""
    cards = np.zeros_like(curves.cards)
    printed = np.zeros_like(curves.cards[:, :, 0])
    line = dearest_first(curves)
    for day in range(curves.given.days):
        left = np.minimum(
            curves.exact(curves.given.print_capacity)[:, day], usable[:, day] - printed.sum(axis=1)
        )
        for wanted in (curves.printed[:, :, day], ready[:, :, day]):
            for s in line:
                more = np.minimum(np.minimum(wanted[:, s], ready[:, s, day]) - printed[:, s], left)
                more = np.maximum(more, 0)
                cards[:, s, day] += more
                printed[:, s] += more
                left = left - more
    return cards
