"""Prices of what offices share as a plan file keeps them, and back, to start another solve from.

What is shared has its limit on a day, or up to a day. A slot on a day uses the quota of the day and
the storage up to that day and to every later one, so its price is the sum of theirs; likewise a blank
that leaves a depot uses what the depot dispatches on the day and its stock from then on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from allocator.instance.models import Instance
from allocator.methods.decompose.couplings import Couplings
from allocator.milp.model import Vector
from allocator.plan.models import Prices


def describe_prices(instance: Instance, couplings: Couplings, prices: Vector) -> Prices:
    """The prices (resources,) by day and by the names of the instance."""
    days = instance.days
    slots = _by_day(couplings, prices, "quota", None, days)
    storage = _by_day(couplings, prices, "storage", None, days)
    handling: dict[str, tuple[float, ...]] = {}
    supply: dict[str, tuple[float, ...]] = {}
    blank: dict[str, tuple[float, ...]] = {}
    for number, depot in enumerate(instance.depots):
        dispatch = _by_day(couplings, prices, "handling", number, days)
        stock = _by_day(couplings, prices, "depot", number, days)
        if dispatch is not None:
            handling[depot.id] = _tuple(dispatch)
        if stock is not None:
            supply[depot.id] = _tuple(stock)
        if dispatch is not None or stock is not None:
            blank[depot.id] = _tuple(
                (_or_zero(dispatch, days) + _from_then_on(_or_zero(stock, days))) / instance.pack_size
            )
    targets = {
        _target_key(instance, int(number)): float(prices[resource])
        for resource, number in zip(*_resources(couplings, "target"), strict=True)
    }
    return Prices(
        slot=_tuple(_or_zero(slots, days) + _from_then_on(_or_zero(storage, days))),
        blank=blank,
        quota=() if slots is None else _tuple(slots),
        storage=() if storage is None else _tuple(storage),
        handling=handling,
        supply=supply,
        targets=targets,
    )


def recall_prices(instance: Instance, couplings: Couplings, prices: Prices) -> Vector:
    """Prices (resources,) to start from, within 0 and the ceiling; exact where nothing has changed.

    The instance may have changed since. What limits a total up to a day keeps its price on the next
    day that has such a limit now; days beyond the last known have the price of that one; what has no
    price yet, such as a new depot or target, begins at 0.
    """
    result = np.zeros(len(couplings.limit))
    depots = [depot.id for depot in instance.depots]
    for kind, by_depot in (("handling", prices.handling), ("depot", prices.supply)):
        resources, numbers = _resources(couplings, kind)
        for number in np.unique(numbers):
            own = resources[numbers == number]
            days = couplings.place[own, 0]
            known = by_depot.get(depots[number], ())
            result[own] = _on_same_day(known, days) if kind == "handling" else _on_next_day(known, days)
    resources, _ = _resources(couplings, "quota")
    result[resources] = _on_same_day(prices.quota or prices.slot, couplings.place[resources, 0])
    resources, _ = _resources(couplings, "storage")
    result[resources] = _on_next_day(prices.storage, couplings.place[resources, 0])
    for resource, number in zip(*_resources(couplings, "target"), strict=True):
        result[resource] = prices.targets.get(_target_key(instance, int(number)), 0.0)
    return np.clip(result, 0.0, couplings.ceiling)


def _resources(couplings: Couplings, kind: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The resources of a kind, and of each its depot or target."""
    chosen = np.flatnonzero(np.array([each == kind for each in couplings.kind], dtype=np.bool_))
    return chosen, couplings.place[chosen, 1]


def _by_day(couplings: Couplings, prices: Vector, kind: str, number: int | None, days: int) -> Vector | None:
    """(T,) prices of the resources of a kind, of one depot if given; None if there is no such limit."""
    chosen, place = _resources(couplings, kind)
    if number is not None:
        chosen = chosen[place == number]
    if not len(chosen):
        return None
    result = np.zeros(days)
    result[couplings.place[chosen, 0]] = prices[chosen]
    return result


def _on_same_day(known: tuple[float, ...], days: NDArray[np.int64]) -> Vector:
    """(rows,) what is known of each row's day, or of the last day before it."""
    if not known:
        return np.zeros(len(days))
    return np.array(known, dtype=np.float64)[np.minimum(days, len(known) - 1)]


def _on_next_day(known: tuple[float, ...], days: NDArray[np.int64]) -> Vector:
    """(rows,) each known price on the first row of its day or later, on the last row if there is none."""
    result = np.zeros(len(days))
    order = np.argsort(days, kind="stable")
    for day in np.flatnonzero(known):
        row = min(int(np.searchsorted(days[order], day)), len(days) - 1)
        result[order[row]] += known[day]
    return result


def _from_then_on(by_day: Vector) -> Vector:
    """(T,) of each day the sum from it on."""
    total: Vector = np.cumsum(by_day[::-1])[::-1]
    return total


def _or_zero(by_day: Vector | None, days: int) -> Vector:
    return np.zeros(days) if by_day is None else by_day


def _tuple(by_day: Vector) -> tuple[float, ...]:
    return tuple(by_day.tolist())


def _target_key(instance: Instance, number: int) -> str:
    """A target's id, or its place in the list."""
    return instance.targets[number].id or f"targets[{number}]"
