"""A smaller nation: some of the offices, with their share of all that offices share.

With many offices and few shared resources a price hardly depends on any single office, so that a
systematic sample, as surveys draw it (Cochran 1977, ch. 8), has nearly the prices of the whole, and
takes its share of the time. Offices between which blanks move stay together if they are few; of
larger groups some offices are drawn, and what serves the group gets their share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocator.instance.arrays import InstanceArrays
from allocator.instance.models import Depot, Instance, Lane, Storage
from allocator.methods.decompose.components import connected

Indices = NDArray[np.int64]
Vector = NDArray[np.float64]
_SMALL_GROUP = 6  # offices that stay together
_FIRST, _GROWTH = 24, 3  # offices of the first sample at 90 days, and how much larger the next ones are
_LEAST_SAVING = 2.0  # of the nation to its last sample


def sample_sizes(offices: int, days: int) -> list[int]:
    """Offices of the samples, ascending; the first is the one whose linear relaxation is solved.

    Fewer where there are more days. A nation so small that it saves nothing has only the first.
    """
    first = max(10, min(offices, _FIRST, _FIRST * 90 // days))
    sizes = [first]
    size = 5 * first // 2
    while size * _LEAST_SAVING <= offices:
        sizes.append(size)
        size *= _GROWTH
    return sizes


def smaller_nation(instance: Instance, offices: int, phase: float = 0.5) -> Instance:
    """An instance of about so many of the offices, and their share of slots, storage, depots and trunks.

    Shares are by need: of slots by the records to be ingested, of blanks by the cards that could be
    printed, with a share of the slots, and have no blank yet. Targets in whose scope no office is left are
    dropped. Samples of another `phase` (0 to 1) are of other offices: where in each step down the list one
    is drawn.
    """
    arrays = instance.arrays
    needs = _needs(arrays)
    group = _groups(arrays)
    chosen = _draw(instance, group, needs, offices, phase)
    inside = np.zeros(len(instance.offices), dtype=np.bool_)
    inside[chosen] = True
    slots = _share(needs.slots, inside)
    blanks = _share(needs.blanks, inside)
    group_need = np.bincount(group[: len(inside)], needs.blanks, len(group))
    group_inside = np.bincount(group[: len(inside)], needs.blanks * inside, len(group))
    of_group = np.where(group_need > 0, group_inside / np.where(group_need > 0, group_need, 1.0), blanks)
    depot_share = np.where(arrays.source_depots, blanks, of_group[group[len(inside) :]])
    kept = {instance.offices[office].id for office in chosen}
    depots = {depot.id: share for depot, share in zip(instance.depots, depot_share, strict=True)}
    places = kept | set(depots)
    return instance.model_copy(
        update={
            "offices": tuple(instance.offices[office] for office in chosen),
            "quota": tuple(_scaled(value, slots) for value in arrays.quota.tolist()),
            "storage": _storage(instance.storage, slots),
            "depots": tuple(_depot(depot, depots[depot.id]) for depot in instance.depots),
            "lanes": tuple(
                _lane(lane, depots)
                for lane in instance.lanes
                if lane.origin in places and lane.destination in places
            ),
            "targets": tuple(
                target
                for target, scope in zip(instance.targets, arrays.target_scope, strict=True)
                if scope[chosen].any()
            ),
        }
    )


def strata(instance: Instance, samples: Sequence[Instance]) -> Indices:
    """(I,) the number of the first of the samples in which an office is; how many there are if in none."""
    drawn = [{office.id for office in sample.offices} for sample in samples]
    return np.array(
        [
            next((k for k, those in enumerate(drawn) if office.id in those), len(drawn))
            for office in instance.offices
        ],
        dtype=np.int64,
    )


@dataclass(frozen=True)
class _Needs:
    """Per office (I,)."""

    slots: Vector  # records
    blanks: Vector  # cards


def _needs(arrays: InstanceArrays) -> _Needs:
    slots = arrays.ingestible[:, :, -1].sum(axis=1).astype(np.float64)
    granted = min(1.0, float(arrays.quota.sum()) / max(1.0, float(slots.sum())))
    ready = arrays.applied[:, :, -1].sum(axis=1) - (1.0 - granted) * slots
    printable = np.minimum(ready, arrays.print_capacity.sum(axis=1))
    blanks = np.maximum(printable - arrays.blanks[:, -1], 0.05 * printable).astype(np.float64)
    return _Needs(slots, blanks)


def _groups(arrays: InstanceArrays) -> Indices:
    """(I + D,) group of every office and depot: lanes connect, but not those that leave a source."""
    offices = len(arrays.max_blanks)
    origin, destination = arrays.lane_ends
    inner = ~np.append(np.zeros(offices, dtype=np.bool_), arrays.source_depots)[origin]
    return connected(origin[inner], destination[inner], offices + len(arrays.depot_reserve))[1]


def _draw(instance: Instance, group: Indices, needs: _Needs, offices: int, phase: float) -> Indices:
    """(chosen,) offices in the order of the instance: at even steps down the list of groups by need."""
    count = len(instance.offices)
    step = max(1.0, count / max(1, offices))
    need = needs.slots / max(1.0, needs.slots.sum()) + needs.blanks / max(1.0, needs.blanks.sum())
    members: dict[int, list[int]] = {}
    for office in np.argsort(-need, kind="stable").tolist():
        members.setdefault(int(group[office]), []).append(office)
    chosen: list[int] = []
    small: list[list[int]] = []
    for each in members.values():
        if len(each) <= _SMALL_GROUP:
            small.append(each)
        else:
            chosen += [each[place] for place in _steps(len(each), step, phase)]
    if instance.targets:
        small.sort(key=lambda each: (instance.offices[each[0]].province or "", -need[each].sum()))
    else:
        small.sort(key=lambda each: -float(need[each].sum()))
    for place in _steps(len(small), step, phase):
        chosen += small[place]
    return np.array(sorted(chosen), dtype=np.int64)


def _steps(count: int, step: float, phase: float) -> list[int]:
    """Places at even steps: one in each of about count / step parts, at least one."""
    parts = max(1, round(count / step)) if count else 0
    return [int((part + phase) * count / parts) for part in range(parts)]


def _share(need: Vector, inside: NDArray[np.bool_]) -> float:
    total = float(need.sum())
    return float(need[inside].sum()) / total if total > 0 else float(inside.mean()) if len(inside) else 1.0


def _scaled(amount: int, share: float) -> int:
    return round(amount * share)


def _storage(storage: Storage | None, share: float) -> Storage | None:
    if storage is None:
        return None
    expansions = tuple(
        each.model_copy(update={"records": _scaled(each.records, share)}) for each in storage.expansions
    )
    return storage.model_copy(update={"free": _scaled(storage.free, share), "expansions": expansions})


def _depot(depot: Depot, share: float) -> Depot:
    limit = depot.max_packs_per_day
    deliveries = tuple(
        each.model_copy(update={"cards": _scaled(each.cards, share)}) for each in depot.deliveries
    )
    return depot.model_copy(
        update={
            "stock": _scaled(depot.stock, share),
            "reserve": _scaled(depot.reserve, share),
            "deliveries": deliveries,
            "max_packs_per_day": None if limit is None else max(1, _scaled(limit, share)),
        }
    )


def _lane(lane: Lane, depots: dict[str, float]) -> Lane:
    """A trunk to a depot carries its share, at its share of the price of a trip."""
    share = depots.get(lane.destination)
    if share is None:
        return lane
    most = None if lane.max_packs is None else max(1, _scaled(lane.max_packs, share))
    least = max(1, _scaled(lane.min_packs, share))
    return lane.model_copy(
        update={
            "max_packs": None if most is None else max(most, least),
            "min_packs": least,
            "fixed_cost": type(lane.fixed_cost)(round(float(lane.fixed_cost) * share)),
        }
    )
