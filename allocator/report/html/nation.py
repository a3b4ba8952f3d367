"""The nation day by day: queues, cards, blanks, and how far each limit is used."""

from __future__ import annotations

from typing import Any

import numpy as np

from allocator.instance.arrays import NO_LIMIT
from allocator.report.html.lacks import LACKS, Lacks, link_full, out_of_blanks, printers_full
from allocator.verdict import Curves
from allocator.verdict.curves import ExactCounts


def national_series(curves: Curves, lacks: Lacks) -> dict[str, list[int]]:
    """(T,) each: records, cards, slots and blanks of the whole nation at or on each day."""
    given = curves.given
    good = curves.exact(given.good_per_thousand)[:, None]
    return {
        "unprintable": curves.unprintable.sum(axis=(0, 1)).tolist(),
        "waiting": curves.waiting.sum(axis=(0, 1)).tolist(),
        "arrivals": given.arrivals.sum(axis=(0, 1)).tolist(),
        "ingested": curves.ingest.sum(axis=(0, 1)).tolist(),
        "quota": given.quota.tolist(),
        "cards": curves.cards.sum(axis=(0, 1)).tolist(),
        "print_capacity": given.print_capacity.sum(axis=0).tolist(),
        "office_blanks": (curves.on_hand_scaled // good).sum(axis=0).tolist(),
        "depot_blanks": curves.depot_stock.sum(axis=0).tolist(),
        "packs": curves.packs.sum(axis=0).tolist(),
        **{f"lack_{name}": row for name, row in zip(LACKS, lacks.national.tolist(), strict=True)},
    }


def limits_used(curves: Curves) -> list[dict[str, Any]]:
    """How far each kind of limit is used on each day: {kind, shares}, 1 where it binds fully.

    Quota, storage and depots: what is used of what there is. The others: the share of the offices, or of
    the trips, that are at their limit while somebody waits for it. None where there is nothing to use;
    limits that the instance does not have are left out.
    """
    given, packs = curves.given, curves.packs
    not_ingested = curves.unprintable.sum(axis=1) > 0
    waiting = curves.waiting.sum(axis=1) > 0
    blank = out_of_blanks(curves)
    offices = np.full(given.days, max(1, given.shape[0]))
    limits = [("quota", _ratio(curves.ingest.sum(axis=(0, 1)), given.quota))]
    if (given.storage < NO_LIMIT).any():
        limits.append(("storage", _ratio(curves.ingested.sum(axis=(0, 1)), given.storage)))
    if (given.ingest_capacity < NO_LIMIT).any():
        limits.append(("links", _ratio((link_full(curves) & not_ingested).sum(axis=0), offices)))
    limits.append(("blanks", _ratio((blank & waiting).sum(axis=0), offices)))
    limits.append(("printers", _ratio((printers_full(curves) & ~blank & waiting).sum(axis=0), offices)))
    limited = given.max_packs < NO_LIMIT
    if limited.any():
        full = (packs >= given.max_packs[:, None]) & limited[:, None] & (packs > 0)
        limits.append(("lanes", _ratio(full.sum(axis=0), (packs > 0).sum(axis=0))))
    handling = given.depot_max_packs < NO_LIMIT
    if handling.any():
        sent = curves.packs_out_of_depots[handling].sum(axis=0)
        room = np.full(given.days, int(given.depot_max_packs[handling].sum()))
        limits.append(("handling", _ratio(sent, room)))
    return [{"kind": kind, "shares": shares} for kind, shares in limits]


def _ratio(used: ExactCounts, limit: ExactCounts) -> list[float | None]:
    """Four digits are enough to draw; exactly 1 only where the limit is reached."""
    pairs = zip(used.tolist(), limit.tolist(), strict=True)
    return [
        None if not most else 1.0 if part >= most else min(0.9999, round(part / most, 4))
        for part, most in pairs
    ]
