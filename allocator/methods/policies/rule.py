"""What tells one policy from another: who gets slots and who gets blanks when there are too few."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from allocator.instance.arrays import Counts
from allocator.methods.policies.apportionment import admit_in_order, apportion
from allocator.methods.policies.seniority import Seniority

Amounts = NDArray[np.float64]


@dataclass(frozen=True)
class SlotDay:
    """The offices' claims to the slots of one day on which there are too few for all."""

    slots: int
    """Records that can be ingested in the nation today."""
    backlog: Counts
    """(I,) records that have applied and are not ingested."""
    usable: Counts
    """(I,) slots the office can use today: its backlog, or what its link takes if that is less."""
    start: Counts
    """(I, S) records of each queue ingested so far."""
    end: Counts
    """(I, S) records of each queue that can be ingested by the end of the day."""
    seniority: Seniority


@dataclass(frozen=True)
class PackRequests:
    """The requests to one depot (or lending office) on one day, one entry each."""

    least: Counts
    """(n,) packs below which the trip isn't made."""
    most: Counts
    """(n,) packs asked for."""
    place: Counts
    """(n,) the file order of the places that ask."""
    queue: Counts
    """(n,) print-ready records without a card, at the place and those that it supplies."""
    all_queues: Counts
    """(I,) print-ready records without a card, at every office of the nation."""
    oldest: Callable[[], Counts]
    """(n,) the order of application of the longest-waiting of these records."""

    def by_queue(self) -> Counts:
        """(n,) position when the longest queue comes first; ties in file order."""
        return positions(np.lexsort((self.place, -self.queue)))


class Rule(Protocol):
    """The two decisions in which policies differ."""

    def share_slots(self, day: SlotDay) -> Counts:
        """(I,) slots for each office, at most `usable`, that add up to `slots`."""

    def allotments(self, queues: Counts) -> Amounts | None:
        """(I,) cards that each office asks for; None: its need for the cover period.

        `queues` (I,): the print-ready records without a card.
        """

    def share_packs(self, packs: int, requests: PackRequests) -> Counts:
        """(n,) packs for each request: 0, or from `least` to `most`; at most `packs` together."""


def share_by_weight(packs: int, requests: PackRequests, weights: Counts, order: Counts) -> Counts:
    """Let in, by `order`, whose least loads fit together; share all packs among them by weight."""
    shares = np.zeros_like(requests.most)
    admitted = np.flatnonzero(admit_in_order(packs, requests.least, order))
    shares[admitted] = apportion(
        packs, weights[admitted], requests.least[admitted], requests.most[admitted], order[admitted]
    )
    return shares


def positions(ranking: Counts) -> Counts:
    """The position of each claimant in a ranking that lists claimants, best first."""
    order = np.empty_like(ranking)
    order[ranking] = np.arange(len(ranking))
    return order
