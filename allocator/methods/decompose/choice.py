"""The choice of one plan for each office: the best that is found of a `programme` in the time there is.

Branch and cut near its linear relaxation, and simulated annealing where that has no end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import Backend, SolveOptions, StopReason, choose_solver, get_backend
from allocator.methods.decompose.annealing import Alternatives, anneal, mend
from allocator.methods.decompose.pieces import solve_piece
from allocator.methods.decompose.programme import SLACKS, Choice, Programme
from allocator.milp.model import MilpModel, Vector

_SHARE = 1e-6  # of a plan: less is nothing
_ANNEALED = 40  # plans of an office, the best by reduced cost
_MOVES_A_SECOND = 3e6
_NEARLY = 4  # the rank of a plan that is nearly as good as the best of its office
_COLDEST = 1e-6  # of what an office costs
_SEARCHED = 4  # plans of an office, on average, that the search goes over besides those of the relaxation
_AT_FIRST, _ANNEALING = 0.25, 0.45  # of the time: what the search has then, and what comes after it
_LINEAR = 3.0  # times what the search may take: the relaxation, without which that finds nothing


@dataclass(frozen=True)
class _Relaxation:
    """What the linear relaxation says of the choice itself."""

    vector: Vector  # (n,)
    reduced: Vector  # (n,) reduced costs
    value: float
    worth: Vector  # (limits,) what more of each is worth


def choose(
    programme: Programme,
    start: list[Choice] | None,
    backend: str,
    options: SolveOptions,
    prices: Vector | None = None,
) -> list[Choice] | None:
    """The best choice found, the start at the worst; None without any.

    With `prices` (resources,) what is used costs that besides. In the linear relaxation all
    but a few offices have a whole plan, since it has few rows besides one for each office. The search
    goes over what it uses (relaxation-induced neighbourhood, Danna, Rothberg and Le Pape 2005) and what
    could still be part of something better by its reduced cost, the nearest first; and over everything
    only where that finds nothing. Where a quarter of the time does not end it, `annealing` goes on from
    what there is: unless senders or soft limits have a say.
    """
    model = programme.model if prices is None else _charged(programme, prices)
    known = [] if start is None else [programme.vector_of(start)]
    relaxed = programme.relaxed if prices is None else None
    relaxed = relaxed or solve_piece(model.relaxed(), backend, _for_relaxation(options), SLACKS)
    solver = get_backend(backend)
    if relaxed.vector is None or relaxed.duals is None:
        return _searched(programme, model, known, None, solver, options)[0]
    relaxation = _Relaxation(
        relaxed.vector,
        model.objective - model.matrix.T @ relaxed.duals,
        model.value(relaxed.vector),
        np.maximum(-relaxed.duals[: len(programme.limit)], 0.0),
    )
    if not programme.sent:
        known.append(_rounded(programme, relaxation.vector))
    alone = not (programme.sent or len(programme.soft))
    if not alone or options.time_limit is None:
        return _searched(programme, model, known, relaxation, solver, options)[0]
    seconds = options.time_limit
    at_first = replace(options, time_limit=_AT_FIRST * seconds)
    choices, stop = _searched(programme, model, known, relaxation, solver, at_first)
    if choices is None or stop is StopReason.OPTIMAL:
        return choices
    found = programme.vector_of(choices)
    # The search's own bound can be far below that of the relaxation, and the choice as good as asked for.
    if model.value(found) - relaxation.value <= (options.gap or 0.0) * abs(relaxation.value):
        return choices
    return programme.choices(_annealed(programme, model.objective, found, relaxation, _ANNEALING * seconds))


def _charged(programme: Programme, prices: Vector) -> MilpModel:
    """The model in which what is used costs prices (resources,) besides."""
    objective = programme.model.objective.copy()
    objective[: programme.plans + programme.sent] += programme.used.T @ prices[programme.rows]
    return replace(programme.model, objective=objective)


def _for_relaxation(options: SolveOptions) -> SolveOptions:
    """With time enough for what the search is nothing without."""
    limit = options.time_limit
    return replace(options, solver=None, gap=None, time_limit=None if limit is None else _LINEAR * limit)


def _rounded(programme: Programme, relaxed: Vector) -> Vector:
    """A choice near the relaxation's: of each office the plan with the largest share, then repaired.

    While a limit is broken, one office changes to the plan that costs the least for what it mends.
    Sending nothing is among the plans of each office, so this comes to an end.
    """
    place = programme.place
    share = relaxed[: programme.plans]
    hard = np.ones(len(programme.limit), dtype=np.bool_)
    hard[programme.soft] = False
    used = programme.used[np.nonzero(hard)[0]][:, : programme.plans].tocsc()
    some = np.nonzero((share > _SHARE) | (np.diff(used.indptr) == 0))[0]
    some = some[np.lexsort((programme.model.objective[some], -share[some], place[some]))]
    first = np.searchsorted(place[some], np.arange(int(place.max(initial=-1)) + 1))
    limit = programme.limit[hard]
    alternatives = Alternatives(
        place[some],
        programme.model.objective[some],
        sp.csc_array(used[:, some]),
        limit,
        np.ones(len(limit)),
        np.zeros(len(limit), dtype=np.bool_),
    )
    return programme.vector(some[mend(alternatives, first)], np.zeros(programme.sent))


def _searched(
    programme: Programme,
    model: MilpModel,
    known: list[Vector],
    relaxation: _Relaxation | None,
    solver: Backend,
    options: SolveOptions,
) -> tuple[list[Choice] | None, StopReason | None]:
    """The best choice by branch and cut, those known at the worst, and why it stopped."""
    able = choose_solver(solver.name, solver.solvers(), model, options.solver)[1]
    kept = np.ones(len(model.objective), dtype=np.bool_)
    if relaxation is not None:
        kept[: programme.plans] = relaxation.vector[: programme.plans] > _SHARE
        if known:
            kept |= min(known, key=model.value) > 0.5
        room = min(map(model.value, known), default=np.inf) - relaxation.value
        kept[: programme.plans] |= _near(programme, relaxation.reduced[: programme.plans], room)
    for columns in (np.nonzero(kept)[0], np.arange(len(kept))):
        first = min(known, key=model.value)[columns] if known and able.start else None
        result = solver.solve(model.part(columns), replace(options, start=first))
        if result.vector is not None:
            vector = np.zeros(len(kept))
            vector[columns] = result.vector
            known = [*known, vector]
        if known:
            return programme.choices(min(known, key=model.value)), result.stop
    return None, None


def _near(programme: Programme, reduced: Vector, room: float) -> NDArray[np.bool_]:
    """(plans,) those whose reduced cost leaves hope for a better choice than known, not too many."""
    most = min(_SEARCHED * (int(programme.place.max(initial=-1)) + 1), programme.plans - 1)
    return reduced <= min(room, np.partition(reduced, most)[most]) if programme.plans else reduced < 0


def _annealed(
    programme: Programme, objective: Vector, found: Vector, relaxation: _Relaxation, seconds: float
) -> Vector:
    """A choice no dearer than the one found: over the best plans of each office by reduced cost.

    As long as `seconds` allow on an ordinary machine: the clock would not give the same twice.
    """
    place, plans, worth = programme.place, programme.plans, relaxation.worth
    reduced = relaxation.reduced[:plans]
    order = np.lexsort((reduced, place))
    starts = np.searchsorted(place[order], np.arange(int(place.max(initial=-1)) + 2))
    rank = np.empty(plans, dtype=np.int64)
    rank[order] = np.arange(plans) - starts[place[order]]
    used = programme.used[:, :plans].tocsc()
    kept = (rank < _ANNEALED) | (np.diff(used.indptr) == 0)
    kept |= (relaxation.vector[:plans] > _SHARE) | (found[:plans] > 0.5)
    some = np.nonzero(kept)[0]
    some = some[np.argsort(place[some], kind="stable")]
    alternatives = Alternatives(
        place[some],
        objective[some],
        sp.csc_array(used[:, some]),
        programme.limit,
        np.maximum(worth, np.median(worth[worth > 0.0]) if (worth > 0.0).any() else 1.0),
        np.zeros(len(worth), dtype=np.bool_),
    )
    first = np.searchsorted(place[some], np.arange(len(starts) - 1))
    share = np.lexsort((-relaxation.vector[some], place[some]))[first]
    known = np.nonzero(found[some] > 0.5)[0]
    nearly = np.minimum(starts[:-1] + _NEARLY, starts[1:] - 1)
    warm = max(float(np.median(reduced[order[nearly]])), _COLDEST * abs(relaxation.value) / len(first))
    chosen = anneal(alternatives, share, known, warm, int(seconds * _MOVES_A_SECOND), seed=0)
    return programme.vector(some[chosen], np.zeros(programme.sent))
