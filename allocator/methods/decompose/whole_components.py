"""Components as whole mixed-integer models at prices: a higher bound than that of mixtures, if there is time.

The bound of a mixture lets an office send half of a plan. Branch and cut does not, but takes seconds for an
office and more for a group of them, so that this is for what time is left when nothing else helps.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import SolveOptions, get_backend, usable
from allocator.methods.clock import Clock
from allocator.methods.decompose.components import find_components
from allocator.methods.decompose.couplings import Couplings
from allocator.methods.decompose.workers import Workers
from allocator.milp.formulation import Formulation
from allocator.milp.intervals import Group, find_cuts, find_groups
from allocator.milp.model import MilpModel, Vector
from allocator.milp.sparse import short_indices

Indices = NDArray[np.int64]
_LEAST_SECONDS = 1.0  # for a component: with less, branch and cut has hardly begun
_MOST_SECONDS = 60.0  # for it, where nobody limits the time
_SHARE = 0.9  # of the time: solvers are not always punctual
_CUT_ROUNDS = 8
_GAP = 1e-5
_TRUSTED = 1e-6  # of a bound: what a solver's tolerances may have added to it


def prove_components(
    formulation: Formulation,
    couplings: Couplings,
    offices: Sequence[int],
    prices: Vector,
    start: Vector,
    clock: Clock,
    workers: Workers,
    backend: str,
    options: SolveOptions,
) -> Iterator[float]:
    """What components cost at least at `prices` (resources,), in the order of `offices`, as it is found.

    Each of `offices` stands for its component; -inf where nothing is proven. `start` is a valid vector of the
    model. Components share what time is left by size, and the iterator ends when there is too little.
    Raises BackendError if a solver breaks.
    """
    components = _Components(formulation, couplings, prices)
    label = components.column_label[formulation.variables.blanks[list(offices), 0]]
    size = np.array([len(components.columns[own]) for own in label.tolist()])
    together = workers.count
    for first in range(0, len(offices), together):
        # Small ones first, so that what they leave goes to large ones.
        own_size = size[first : first + together].max()
        left_size = size[first::together].sum()
        seconds = min(max(_LEAST_SECONDS, _SHARE * clock.remaining * own_size / left_size), _MOST_SECONDS)
        if seconds > clock.remaining:
            return
        begun = time.monotonic()
        some = label[first : first + together].tolist()
        models = components.strengthened(some, workers, backend, replace(options, time_limit=seconds))
        left = max(_LEAST_SECONDS, seconds - (time.monotonic() - begun))
        limited = replace(options, gap=_GAP, time_limit=left)
        yield from workers.map(
            _bound,
            [
                (part, backend, replace(limited, start=start[components.columns[own]]))
                for own, part in zip(some, models, strict=True)
            ],
        )


class _Components:
    """The model at prices, component by component."""

    def __init__(self, formulation: Formulation, couplings: Couplings, prices: Vector) -> None:
        self.formulation = formulation
        row_label, self.column_label, _ = find_components(formulation, couplings)
        self.rows, self.columns = _places(row_label), _places(self.column_label)
        self.objective = formulation.model.objective + couplings.use.T @ prices
        blanks, stock = formulation.variables.blanks, formulation.variables.depot_stock
        self.groups: dict[int, list[Group]] = {}
        for group in find_groups(formulation.instance.arrays):
            column = blanks[group.offices[0], 0] if len(group.offices) else stock[group.depots[0], 0]
            self.groups.setdefault(int(self.column_label[column]), []).append(group)

    def strengthened(
        self, labels: list[int], workers: Workers, backend: str, options: SolveOptions
    ) -> list[MilpModel]:
        """Components with the interval inequalities that their relaxations break, round after round."""
        models = [self._model(label) for label in labels]
        open_ones = list(range(len(labels)))
        for _ in range(_CUT_ROUNDS):
            points = workers.map(_relaxed_point, [(models[place], backend, options) for place in open_ones])
            for place, point in zip(tuple(open_ones), points, strict=True):
                columns = self.columns[labels[place]]
                found: Sequence[float] = ()
                if point is not None:
                    vector = np.zeros(len(self.objective))
                    vector[columns] = point
                    cuts = find_cuts(self.formulation, self.groups.get(labels[place], []), vector)
                    found = cuts.upper.tolist()
                    models[place] = _with_rows(models[place], cuts.matrix[:, columns], cuts.upper)
                if not found:
                    open_ones.remove(place)
            if not open_ones:
                break
        return models

    def _model(self, label: int) -> MilpModel:
        model = self.formulation.model
        rows, columns = self.rows.get(label, np.zeros(0, dtype=np.int64)), self.columns[label]
        return MilpModel(
            name="component",
            objective=self.objective[columns],
            offset=0.0,
            matrix=short_indices(sp.csr_array(model.matrix[rows][:, columns])),
            row_lower=model.row_lower[rows],
            row_upper=model.row_upper[rows],
            column_lower=model.column_lower[columns],
            column_upper=model.column_upper[columns],
            integer=model.integer[columns],
        )


def _places(labels: Indices) -> dict[int, Indices]:
    """Places of each label, ascending."""
    order = np.argsort(labels, kind="stable")
    names, starts = np.unique(labels[order], return_index=True)
    return dict(zip(names.tolist(), np.split(order, starts[1:]), strict=True))


def _with_rows(model: MilpModel, matrix: sp.csr_array, upper: Vector) -> MilpModel:
    """The model with rows that are at most `upper`."""
    return replace(
        model,
        matrix=short_indices(sp.vstack([model.matrix, matrix], format="csr")),
        row_lower=np.append(model.row_lower, np.full(len(upper), -np.inf)),
        row_upper=np.append(model.row_upper, upper),
    )


def _relaxed_point(model: MilpModel, backend: str, options: SolveOptions) -> Vector | None:
    """The best point of the linear relaxation, if it is found in time."""
    return get_backend(backend).solve(model.relaxed(), options).vector


def _bound(model: MilpModel, backend: str, options: SolveOptions) -> float:
    """What the model costs at least; -inf if that is not known by then."""
    result = get_backend(backend).solve(model, usable(options, backend, model))
    if result.bound is None:
        return -np.inf
    return result.bound - _TRUSTED * abs(result.bound)
