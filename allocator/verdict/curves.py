"""The cumulative curves of the contract, for one instance and one plan, exact.

Axes are those of the instance arrays: office (I), stream (S), lane (L), depot (D), day (T). Curves hold
int64 where that is provably wide enough, and Python integers (dtype object) where it is not: a plan
file of a stranger may hold any count.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from allocator.instance.arrays import NOWHERE, Counts, Flags, InstanceArrays
from allocator.instance.models import Instance
from allocator.plan.arrays import PlanArrays

ExactCounts = NDArray[Any]
"""Whole numbers, as int64 or as Python integers."""

_WIDE_ENOUGH: Final = 2**62


@dataclass(frozen=True)
class Curves:
    """Curves of a plan, each computed when first asked for; letters as in the contract.

    Raises ValueError when the arrays of the plan are not of the instance's shape, or hold anything but
    whole numbers >= 0.
    """

    instance: Instance
    plan: PlanArrays

    def __post_init__(self) -> None:
        offices, streams, days = self.given.shape
        self._require_counts("ingest", self.plan.ingest, (offices, streams, days))
        self._require_counts("packs", self.plan.packs, (len(self.instance.lanes), days))
        self._require_counts("cards", self.plan.cards, (offices, streams, days))

    @property
    def given(self) -> InstanceArrays:
        """The arrays of the instance."""
        return self.instance.arrays

    @cached_property
    def ingest(self) -> ExactCounts:
        """(I, S, T) x, records ingested on the day."""
        return self.exact(self.plan.ingest)

    @cached_property
    def packs(self) -> ExactCounts:
        """(L, T) y, packs dispatched on the day."""
        return self.exact(self.plan.packs)

    @cached_property
    def cards(self) -> ExactCounts:
        """(I, S, T) r, cards printed on the day."""
        return self.exact(self.plan.cards)

    @cached_property
    def applied(self) -> ExactCounts:
        """(I, S, T) A, applied so far."""
        return self.exact(self.given.applied)

    @cached_property
    def ingested(self) -> ExactCounts:
        """(I, S, T) X, ingested by the plan so far."""
        return np.cumsum(self.ingest, axis=2)

    @cached_property
    def printed(self) -> ExactCounts:
        """(I, S, T) R, cards so far."""
        return np.cumsum(self.cards, axis=2)

    @cached_property
    def ready(self) -> ExactCounts:
        """(I, S, T) G, print-ready so far."""
        after_ingestion = self.given.ready_from_before + delay(self.ingested, self.given.processing_days)
        return np.where(self.given.needs_ingestion[None, :, None], after_ingestion, self.applied)

    @cached_property
    def unprintable(self) -> ExactCounts:
        """(I, S, T) U = A - G."""
        return self.applied - self.ready

    @cached_property
    def waiting(self) -> ExactCounts:
        """(I, S, T) W = G - R."""
        return self.ready - self.printed

    @cached_property
    def overdue(self) -> tuple[ExactCounts, ...]:
        """(I, S, T) for each tier: O_k, records without a card that have waited at least `after_days`."""
        return tuple(
            np.maximum(self.exact(self.given.applied_at_least(tier.after_days)) - self.printed, 0)
            for tier in self.instance.costs.overdue
        )

    @cached_property
    def waiting_end(self) -> ExactCounts:
        """(I, S) W at the end, what is ingested counting as ready."""
        ready = self.given.ingested_before + self.ingested[:, :, -1]
        ready = np.where(self.given.needs_ingestion[None, :], ready, self.applied[:, :, -1])
        waiting: ExactCounts = ready - self.printed[:, :, -1]
        return waiting

    @cached_property
    def unprintable_end(self) -> ExactCounts:
        """(I, S) U at the end, what is ingested counting as ready."""
        without_card: ExactCounts = self.applied[:, :, -1] - self.printed[:, :, -1]
        return without_card - self.waiting_end

    @cached_property
    def arriving(self) -> ExactCounts:
        """(L, T) packs that arrive on the day."""
        result = np.zeros_like(self.packs)
        for lead in np.unique(self.given.lead_days).tolist():
            lanes = self.given.lead_days == lead
            result[lanes] = delay(self.packs[lanes], lead)
        return result

    @cached_property
    def packs_into_offices(self) -> ExactCounts:
        """(I, T) packs that arrive by a lane on the day."""
        return self._gather(self.arriving, self.given.lane_destination_office, self.given.shape[0])

    @cached_property
    def blanks(self) -> ExactCounts:
        """(I, T) B, blanks received less blanks sent on, before printing."""
        sent = self._gather(self.packs, self.given.lane_origin_office, self.given.shape[0])
        moved = np.cumsum(self.packs_into_offices - sent, axis=1)
        blanks: ExactCounts = self.exact(self.given.blanks) + self.given.pack_size * moved
        return blanks

    @cached_property
    def on_hand_scaled(self) -> ExactCounts:
        """(I, T) H times `good_per_thousand`, which is whole: spoilage makes H itself a fraction."""
        used: ExactCounts = self.printed.sum(axis=1)
        scaled: ExactCounts = self.exact(self.given.good_per_thousand)[:, None] * self.blanks - 1000 * used
        return scaled

    @cached_property
    def packs_out_of_depots(self) -> ExactCounts:
        """(D, T) packs dispatched on the day."""
        return self._gather(self.packs, self.given.lane_origin_depot, len(self.instance.depots))

    @cached_property
    def depot_stock(self) -> ExactCounts:
        """(D, T) blanks at the end of the day, cards."""
        arrived = self._gather(self.arriving, self.given.lane_destination_depot, len(self.instance.depots))
        moved = np.cumsum(arrived - self.packs_out_of_depots, axis=1)
        stock: ExactCounts = self.exact(self.given.depot_supply) + self.given.pack_size * moved
        return stock

    def exact(self, values: Counts) -> ExactCounts:
        """The values in the type in which sums of these curves cannot overflow."""
        return values if self.fits_int64 else values.astype(object)

    @cached_property
    def fits_int64(self) -> bool:
        """Whether no number of the verdict can leave 64 bits: any curve, summed over places and days."""
        given, plan = self.given, self.plan
        records = (given.applied[:, :, -1], plan.ingest, plan.cards)
        blanks = (given.blanks[:, -1], given.depot_supply[:, -1])
        total = sum(_at_most(values) for values in (*records, *blanks))
        total += given.pack_size * _at_most(plan.packs)
        # 1000 for spoilage, days for sums of a cumulative curve over the days, 4 for differences of curves.
        return 4 * 1000 * given.days * total < _WIDE_ENOUGH

    def _gather(self, by_lane: ExactCounts, place: Counts, places: int) -> ExactCounts:
        """(places, T) sums of an (L, T) array over the lanes of each place."""
        result = np.zeros((places, self.given.days), dtype=by_lane.dtype)
        lanes = place != NOWHERE
        np.add.at(result, place[lanes], by_lane[lanes])
        return result

    @staticmethod
    def _require_counts(name: str, values: Counts, shape: tuple[int, ...]) -> None:
        if values.shape != shape:
            raise ValueError(f"{name} has shape {values.shape}, the instance needs {shape}")
        if not np.issubdtype(values.dtype, np.integer):
            raise ValueError(f"{name} holds {values.dtype}, a plan holds whole numbers")
        if values.size and values.min() < 0:
            raise ValueError(f"{name} holds {values.min()}, a plan holds numbers >= 0")


def delay(values: ExactCounts, days: int) -> ExactCounts:
    """The same curve `days` later along the last axis, 0 before."""
    horizon = values.shape[-1]
    result = np.zeros_like(values)
    if days < horizon:
        result[..., days:] = values[..., : horizon - days]
    return result


def positive(excess: ExactCounts) -> Flags:
    """Where the values are above 0."""
    return np.asarray(excess > 0, dtype=np.bool_)


def _at_most(values: Counts) -> int:
    """A bound on the sum of the values that cannot overflow itself."""
    return int(values.max()) * values.size if values.size else 0
