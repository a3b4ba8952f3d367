"""Components as whole mixed-integer models at prices: a higher bound than that of mixtures, if there is time.

The bound of a mixture lets an office send half of a plan. Branch and cut does not, but takes seconds for an
office and more for a group of them, so that this is for what time is left when nothing else helps.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allocator.backends import SolveOptions, get_backend, usable
from allocator.methods.clock import Clock
from allocator.methods.decompose.components import by_label, find_components
from allocator.methods.decompose.nation import Nation
from allocator.methods.decompose.workers import Workers
from allocator.milp.intervals import Group, IntervalCuts, find_cuts, find_groups, with_cuts
from allocator.milp.model import MilpModel, Vector

Indices = NDArray[np.int64]
_LEAST_SECONDS = 1.0  # for a component: with less, branch and cut has hardly begun
_MOST_SECONDS = 60.0  # for it, where nobody limits the time
_SHARE = 0.9  # of the time: solvers are not always punctual
_CUT_ROUNDS = 8
_GAP = 1e-5
_TRUSTED = 1e-6  # of a bound: what a solver's tolerances may have added to it


@dataclass(frozen=True)
class Found:
    """What a component costs at least at the prices."""

    block: int
    component: int  # of the block
    least: float  # -inf where nothing is proven


def prove_components(
    nation: Nation,
    prices: Vector,
    start: Vector,
    clock: Clock,
    workers: Workers,
    backend: str,
    options: SolveOptions,
) -> Iterator[Found]:
    """Bounds on components with offices at `prices` (resources,), the smallest first, as they are found.

    `start` is a valid vector of the model. Components share what time is left by their size, and the iterator
    ends when there is too little. Raises BackendError if a solver breaks, StoppedError when the time is over.
    """
    components = _Components(nation, prices)
    places = components.places()
    size = np.array([len(components.columns[label]) for label, _, _ in places])
    together = workers.count
    for first in range(0, len(places), together):
        # Small ones first, so that what they leave goes to large ones.
        some = places[first : first + together]
        share = size[first : first + together].max() / size[first::together].sum()
        seconds = min(max(_LEAST_SECONDS, _SHARE * clock.remaining * share), _MOST_SECONDS)
        if seconds > clock.remaining:
            return
        begun = time.monotonic()
        limited = replace(options, time_limit=seconds)
        models = components.strengthened([label for label, _, _ in some], workers, backend, limited)
        left = max(_LEAST_SECONDS, seconds - (time.monotonic() - begun))
        found = workers.map(
            _bound,
            [
                (
                    model,
                    backend,
                    replace(limited, gap=_GAP, time_limit=left, start=start[components.columns[label]]),
                )
                for (label, _, _), model in zip(some, models, strict=True)
            ],
        )
        for (_, block, component), least in zip(some, found, strict=True):
            yield Found(block, component, least)


class _Components:
    """The model at prices, component by component."""

    def __init__(self, nation: Nation, prices: Vector) -> None:
        self.blocks, self.formulation = nation.blocks, nation.formulation
        formulation = nation.formulation
        row_label, self.column_label, count = find_components(formulation, nation.couplings)
        self.rows, self.columns = by_label(row_label, count), by_label(self.column_label, count)
        self.objective = formulation.model.objective + nation.couplings.use.T @ prices
        blanks, stock = formulation.variables.blanks, formulation.variables.depot_stock
        self.groups: dict[int, list[Group]] = {}
        for group in find_groups(formulation.instance.arrays):
            column = blanks[group.offices[0], 0] if len(group.offices) else stock[group.depots[0], 0]
            self.groups.setdefault(int(self.column_label[column]), []).append(group)

    def places(self) -> list[tuple[int, int, int]]:
        """Label, block and number in the block of every component with offices, the smallest first."""
        result = []
        for number, block in enumerate(self.blocks):
            component, first = np.unique(block.office_component, return_index=True)
            label = self.column_label[self.formulation.variables.blanks[block.offices[first], 0]]
            result += [
                (own, number, each) for own, each in zip(label.tolist(), component.tolist(), strict=True)
            ]
        return sorted(result, key=lambda place: len(self.columns[place[0]]))

    def strengthened(
        self, labels: list[int], workers: Workers, backend: str, options: SolveOptions
    ) -> list[MilpModel]:
        """Components with the interval inequalities that their relaxations break, round after round."""
        models = [self._model(label) for label in labels]
        broken = list(range(len(labels)))
        for _ in range(_CUT_ROUNDS):
            points = workers.map(_relaxed_point, [(models[place], backend, options) for place in broken])
            found = [self._cuts(labels[place], point) for place, point in zip(broken, points, strict=True)]
            for place, cuts in zip(broken, found, strict=True):
                models[place] = with_cuts(models[place], cuts)
            broken = [place for place, cuts in zip(broken, found, strict=True) if len(cuts)]
            if not broken:
                break
        return models

    def _cuts(self, label: int, point: Vector | None) -> IntervalCuts:
        """The inequalities that a point of a component breaks, in its columns; none without a point."""
        columns = self.columns[label]
        vector = np.zeros(len(self.objective))
        if point is not None:
            vector[columns] = point
        groups = [] if point is None else self.groups.get(label, [])
        cuts = find_cuts(self.formulation, groups, vector)
        return replace(cuts, matrix=cuts.matrix[:, columns])

    def _model(self, label: int) -> MilpModel:
        model = self.formulation.model
        priced = replace(model, name="component", objective=self.objective, offset=0.0)
        return priced.part(self.columns[label], self.rows[label])


def _relaxed_point(model: MilpModel, backend: str, options: SolveOptions) -> Vector | None:
    """The best point of the linear relaxation, if it is found in time."""
    return get_backend(backend).solve(model.relaxed(), options).vector


def _bound(model: MilpModel, backend: str, options: SolveOptions) -> float:
    """What the model costs at least; -inf if that is not known by then."""
    result = get_backend(backend).solve(model, usable(options, backend, model))
    if result.bound is None:
        return -np.inf
    return result.bound - _TRUSTED * abs(result.bound)
