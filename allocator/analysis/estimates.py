"""What a small change is worth, from prices: of the linear relaxation, or those that a plan keeps.

The relaxation's least cost is a convex function of the instance's limits, and the prices at its optimum
are a slope of it. So by them the relaxation saves *at most* so much by a change. That may be far too
much: the first slots are the dearest, and where limits meet, several slopes fit. So where prices
promise something the relaxation is solved again with the change, from where it stood, which takes
a moment. For the exact problem with its whole packs and trips that is an estimate all the same.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from allocator.analysis.changes import Change
from allocator.backends import (
    BackendError,
    Basis,
    SolveOptions,
    SolveResult,
    StopReason,
    choose_solver,
    dual_bound,
    get_backend,
)
from allocator.instance.models import Instance
from allocator.milp.formulation import formulate
from allocator.milp.model import Block, MilpModel, Vector
from allocator.plan.models import Prices
from allocator.solving import DEFAULT_BACKEND

_DUAL_TOLERANCE = 1e-6  # what solvers call dual feasible
_NOTHING = 1e-9  # of the cost: within what solvers leave open


class Estimator(Protocol):
    """Something that knows prices."""

    source: str
    """`relaxation` or `prices`"""

    def worth(self, change: Change) -> float | None:
        """The cost that the change saves, currency; None where the prices don't tell."""
        ...


class RelaxationEstimator:
    """Prices of all limits, from the linear relaxation of the instance. Raises BackendError."""

    source = "relaxation"

    def __init__(
        self, instance: Instance, *, backend: str | None = None, time_limit: float | None = None
    ) -> None:
        self._instance = instance
        self._backend = get_backend(backend or DEFAULT_BACKEND)
        self._time_limit = time_limit
        self._model = formulate(instance).model.relaxed()
        result = self._solve(self._model, None)
        self._basis = result.basis
        self._cost = result.objective
        self._duals: Vector | None = result.duals
        if self._cost is None or self._duals is None:
            raise BackendError(
                f"the linear relaxation was not solved ({result.message or result.stop}), so that there are"
                " no prices; give more time, or a plan of method decompose, which keeps prices"
            )
        self._base = dual_bound(self._model, self._duals, _DUAL_TOLERANCE)

    def worth(self, change: Change) -> float | None:
        """What the relaxation saves by the change; at most what its prices promise."""
        model = formulate(change.apply(self._instance)).model.relaxed()
        promised = self._promised(model)
        if promised == 0.0:
            return 0.0
        result = self._solve(model, self._basis if model.shape == self._model.shape else None)
        if result.stop is not StopReason.OPTIMAL or result.objective is None or self._cost is None:
            return promised
        return max(0.0, self._cost - result.objective)

    def _promised(self, model: MilpModel) -> float | None:
        """The cost, less what the same prices prove of the changed model; 0 where that is as good as 0."""
        if self._duals is None or self._base is None:
            return None
        proven = dual_bound(model, _carry(self._model, self._duals, model), _DUAL_TOLERANCE)
        if proven is None:
            return None
        promised = self._base - proven
        return promised if promised > _NOTHING * max(1.0, abs(self._base)) else 0.0

    def _solve(self, model: MilpModel, basis: Basis | None) -> SolveResult:
        name, able = choose_solver(self._backend.name, self._backend.solvers(), model, None)
        options = SolveOptions(solver=name, time_limit=self._time_limit, basis=basis if able.basis else None)
        return self._backend.solve(model, options)


class PriceEstimator:
    """The prices that a plan keeps of what offices share; of printers they know nothing."""

    source = "prices"

    def __init__(self, instance: Instance, prices: Prices) -> None:
        self._instance = instance
        self._prices = prices

    def worth(self, change: Change) -> float | None:
        """The prices of the limits that the change raises, each as often as it raises them."""
        days = self._instance.days
        if change.kind == "slots":
            quota = _daily(self._prices.quota, days)
            if quota is None:
                return None
            return float(quota @ (change.apply(self._instance).arrays.quota - self._instance.arrays.quota))
        supply = _daily(self._prices.supply.get(change.place or "", ()), days)
        if supply is None or change.kind == "printer":
            return None
        if change.kind == "pack":
            return float(change.amount * supply[change.first :].sum())
        return float(self._usable_packs(change) * supply[change.first])

    def _usable_packs(self, change: Change) -> float:
        """What the depot can dispatch of a delivery on the day by which it comes sooner.

        From the next day on nothing is different, so that the rest had as well come then.
        """
        depot = next(depot for depot in self._instance.depots if depot.id == change.place)
        packs = change.amount / self._instance.pack_size
        return packs if depot.max_packs_per_day is None else min(packs, depot.max_packs_per_day)


def _daily(values: tuple[float, ...], days: int) -> Vector | None:
    """(T,) as the plan has them; None where it has them not, or for other days."""
    return np.array(values) if len(values) == days else None


def _carry(model: MilpModel, duals: Vector, other: MilpModel) -> Vector:
    """The duals on the rows of another model: by block and place, 0 on rows that are new."""
    carried = np.zeros(other.shape[0])
    known = {block.name: block for block in model.rows}
    for block in other.rows:
        old = known.get(block.name)
        if old is None or not (old.size and block.size):
            continue
        position = {place: number for number, place in enumerate(_places(old))}
        number = np.array([position.get(place, -1) for place in _places(block)], dtype=np.int64)
        values = duals[old.start : old.stop][np.maximum(number, 0)]
        carried[block.start : block.stop] = np.where(number >= 0, values, 0.0)
    return carried


def _places(block: Block) -> list[tuple[int, ...]]:
    return [tuple(place) for place in block.places.tolist()]
