"""The choice of one plan for each office, with the senders' trips, within the nation's limits.

A linear or mixed-integer programme over plans of offices at their true value. Slots are fixed before, or
have their price in that value.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import (
    Backend,
    BackendError,
    Basis,
    BasisStatus,
    SolveOptions,
    SolveResult,
    StopReason,
    choose_solver,
    get_backend,
)
from allocator.methods.decompose.annealing import Alternatives, anneal, mend
from allocator.methods.decompose.pieces import solve_piece
from allocator.methods.decompose.senders import Senders
from allocator.milp.model import MilpModel, Vector
from allocator.milp.sparse import short_indices, single_entries

Indices = NDArray[np.int64]
_SHARE = 1e-6  # of a plan: less is nothing
_ANNEALED = 40  # plans of an office, the best by reduced cost
_MOVES_A_SECOND = 3e6
_NEARLY = 4  # the rank of a plan that is nearly as good as the best of its office
_COLDEST = 1e-6  # of what an office costs
_SEARCHED = 4  # plans of an office, on average, that the search goes over besides those of the relaxation
_AT_FIRST, _ANNEALING = 0.25, 0.45  # of the time: what the search has then, and what comes after it
_LINEAR = 3.0  # times what the search may take: the relaxation, without which that finds nothing
_NOTHING = np.zeros(0, dtype=np.int8)
# Nothing is chosen, every row is basic: with so many columns presolve takes longer than the simplex method.
_SLACKS = Basis(columns=_NOTHING, rows=_NOTHING)


@dataclass(frozen=True)
class Option:
    """What there is to choose from in a block."""

    office: Indices  # (V,) each has at least one plan
    value: Vector  # (V,) freight of the plan, less what its cards save
    use: sp.csr_array  # (resources, V)
    of_senders: sp.csr_array  # (q, V) what plans take from senders
    senders: Senders

    def uses(self, choice: Choice) -> Vector:
        """(resources,) what a choice uses."""
        used: Vector = self.use[:, choice.plans].sum(axis=1) + self.senders.use @ choice.sent
        return used


@dataclass(frozen=True)
class Choice:
    """Plans of a block's offices, and what its senders do."""

    plans: Indices  # (J,) one for each office, of the option
    sent: Vector  # (c,) values of the senders' columns


@dataclass(frozen=True)
class Worth:
    """What the linear relaxation of the choice says of packs."""

    prices: Vector  # (resources,) 0 where no plan uses any
    sender_duals: list[Vector]  # (q,) of each block's senders
    reduced: list[Vector]  # (V,) reduced costs of each block's plans
    use: Vector  # (resources, blocks)


@dataclass(frozen=True)
class Relaxation:
    """What the linear relaxation says of the choice itself."""

    vector: Vector  # (n,)
    reduced: Vector  # (n,) reduced costs
    value: float


class Programme:
    """The model: columns are plans, senders' columns, and what exceeds soft limits."""

    def __init__(self, options: list[Option], limit: Vector, ceiling: Vector) -> None:
        """`limit` (resources,) is what there is for plans and senders; hard where `ceiling` is inf."""
        self.options = options
        senders = [each.senders for each in options]
        self.plan_starts = np.cumsum([0, *(len(each.office) for each in options)])
        self.sender_starts = np.cumsum([0, *(len(each.columns) for each in senders)])
        self.sender_row_starts = np.cumsum([0, *(len(each.row_lower) for each in senders)])
        places = np.cumsum([0, *(int(each.office.max(initial=-1)) + 1 for each in options)])
        place = np.concatenate([each.office + first for each, first in zip(options, places, strict=False)])
        use = sp.hstack([each.use for each in options] + [each.use for each in senders], format="csr")
        rows = np.nonzero(np.diff(use.indptr))[0]
        plans, sent, offices = int(self.plan_starts[-1]), int(self.sender_starts[-1]), int(places[-1])
        soft = np.nonzero(np.isfinite(ceiling[rows]))[0]
        excess = single_entries(-np.ones(len(soft)), soft, len(rows))
        convexity = sp.csr_array((np.ones(plans), (place, np.arange(plans))), shape=(offices, plans))
        used = use[rows]
        matrix = short_indices(
            sp.block_array(
                [
                    [used[:, :plans], used[:, plans:], excess],
                    [convexity, None, None],
                    [
                        _diagonal([each.of_senders for each in options]),
                        _diagonal([each.matrix for each in senders]),
                        None,
                    ],
                ],
                format="csr",
            )
        )
        self.model = MilpModel(
            name="choice of trips",
            objective=np.concatenate(
                [*(each.value for each in options), *(each.cost for each in senders), ceiling[rows][soft]]
            ),
            offset=0.0,
            matrix=matrix,
            row_lower=np.concatenate(
                [np.full(len(rows), -np.inf), np.ones(offices), *(each.row_lower for each in senders)]
            ),
            row_upper=np.concatenate([limit[rows], np.ones(offices), *(each.row_upper for each in senders)]),
            column_lower=np.concatenate(
                [np.zeros(plans), *(each.lower for each in senders), np.zeros(len(soft))]
            ),
            column_upper=np.concatenate(
                [np.ones(plans), *(each.upper for each in senders), np.full(len(soft), np.inf)]
            ),
            integer=np.concatenate(
                [
                    np.ones(plans, dtype=np.bool_),
                    *(each.integer for each in senders),
                    np.zeros(len(soft), dtype=np.bool_),
                ]
            ),
        )
        self.plans, self.sent, self.place = plans, sent, place
        self.used, self.limit, self.soft = used, limit[rows], soft
        self.rows, self.resources = rows, len(limit)
        self._relaxed: SolveResult | None = None

    def worth(self, backend: str, options: SolveOptions, earlier: Programme | None = None) -> Worth:
        """Prices at which the linear relaxation uses what there is.

        Goes on from an `earlier` programme whose plans are the first of each block. Raises BackendError if
        the solver has no answer.
        """
        basis = _SLACKS if earlier is None else self._basis_of(earlier)
        result = self._relaxed = solve_piece(self.model.relaxed(), backend, options, basis)
        if result.duals is None or result.vector is None:
            raise BackendError(
                f"{backend} did not solve the choice of trips: {result.message or result.stop}"
            )
        prices = np.zeros(self.resources)
        prices[self.rows] = np.maximum(-result.duals[: len(self.rows)], 0.0)
        first = self.model.shape[0] - int(self.sender_row_starts[-1])
        reduced = (self.model.objective - self.model.matrix.T @ result.duals)[: self.plans]
        return Worth(
            prices,
            [
                duals[: len(option.senders.rows)]
                for duals, option in zip(
                    np.split(result.duals[first:], self.sender_row_starts[1:-1]), self.options, strict=True
                )
            ],
            np.split(reduced, self.plan_starts[1:-1]),
            self._use(result.vector),
        )

    def _basis_of(self, earlier: Programme) -> Basis:
        """Where the relaxation of the earlier programme ended; slacks where senders' rows are others."""
        known = None if earlier._relaxed is None else earlier._relaxed.basis
        as_before = np.array_equal(self.sender_row_starts, earlier.sender_row_starts)
        if known is None or known.point is None or not as_before:
            return _SLACKS
        rows, columns = self.model.shape
        old_plans = np.arange(earlier.plans)
        block = np.searchsorted(earlier.plan_starts, old_plans, side="right") - 1
        limits = np.searchsorted(self.rows, earlier.rows)
        # In the order of the earlier programme, where each of its columns and rows is in this one.
        column = np.concatenate(
            [
                old_plans - earlier.plan_starts[block] + self.plan_starts[block],
                self.plans + np.arange(self.sent),
                self.plans + self.sent + np.searchsorted(self.soft, limits[earlier.soft]),
            ]
        )
        row = np.append(limits, np.arange(len(self.rows), rows))
        of_columns = np.full(columns, BasisStatus.LOWER, dtype=np.int8)
        of_rows = np.full(rows, BasisStatus.BASIC, dtype=np.int8)
        point = np.zeros(columns)
        of_columns[column], of_rows[row], point[column] = known.columns, known.rows, known.point
        return Basis(of_columns, of_rows, point)

    def _use(self, vector: Vector) -> Vector:
        """(resources, blocks) what plans and senders of each block use."""
        result = np.zeros((self.resources, len(self.options)))
        for k, option in enumerate(self.options):
            first = self.plans + self.sender_starts[k]
            own = vector[first : first + len(option.senders.columns)]
            shares = vector[self.plan_starts[k] : self.plan_starts[k + 1]]
            result[:, k] = option.use @ shares + option.senders.use @ own
        return result

    def solve(
        self, start: list[Choice] | None, backend: str, options: SolveOptions, prices: Vector | None = None
    ) -> list[Choice] | None:
        """The best choice found, the start at the worst; None without any.

        With `prices` (resources,) what is used costs that besides. In the linear relaxation all
        but a few offices have a whole plan, since it has few rows besides one for each office. The search
        goes over what it uses (relaxation-induced neighbourhood, Danna, Rothberg and Le Pape 2005) and what
        could still be part of something better by its reduced cost, the nearest first; and over everything
        only where that finds nothing. Where a quarter of the time does not end it, `annealing` goes on from
        what there is: unless senders or soft limits have a say.
        """
        model = self.model if prices is None else self._charged(prices)
        solver = get_backend(backend)
        known = [] if start is None else [self._start(start)]
        relaxed = self._relaxed if prices is None else None
        relaxed = relaxed or solve_piece(model.relaxed(), backend, _for_relaxation(options), _SLACKS)
        if relaxed.vector is None or relaxed.duals is None:
            return self._searched(model, known, None, solver, options)[0]
        reduced = model.objective - model.matrix.T @ relaxed.duals
        relaxation = Relaxation(relaxed.vector, reduced, model.value(relaxed.vector))
        alone = not (self.sent or len(self.soft))
        if not self.sent:
            known.append(self._rounded(relaxed.vector))
        if not alone or options.time_limit is None:
            return self._searched(model, known, relaxation, solver, options)[0]
        seconds = options.time_limit
        at_first = replace(options, time_limit=_AT_FIRST * seconds)
        choices, stop = self._searched(model, known, relaxation, solver, at_first)
        if choices is None or stop is StopReason.OPTIMAL:
            return choices
        worth = np.maximum(-relaxed.duals[: len(self.limit)], 0.0)
        found = self._annealed(model.objective, self._start(choices), relaxation, worth, _ANNEALING * seconds)
        return self._choices(found)

    def _searched(
        self,
        model: MilpModel,
        known: list[Vector],
        relaxation: Relaxation | None,
        solver: Backend,
        options: SolveOptions,
    ) -> tuple[list[Choice] | None, StopReason | None]:
        """The best choice by branch and cut, those known at the worst, and why it stopped."""
        able = choose_solver(solver.name, solver.solvers(), model, options.solver)[1]
        kept = np.ones(len(model.objective), dtype=np.bool_)
        if relaxation is not None:
            kept[: self.plans] = relaxation.vector[: self.plans] > _SHARE
            if known:
                kept |= min(known, key=model.value) > 0.5
            room = min(map(model.value, known), default=np.inf) - relaxation.value
            kept[: self.plans] |= self._near(relaxation.reduced[: self.plans], room)
        for columns in (np.nonzero(kept)[0], np.arange(len(kept))):
            first = min(known, key=model.value)[columns] if known and able.start else None
            result = solver.solve(model.part(columns), replace(options, start=first))
            if result.vector is not None:
                vector = np.zeros(len(kept))
                vector[columns] = result.vector
                known = [*known, vector]
            if known:
                return self._choices(min(known, key=model.value)), result.stop
        return None, None

    def _annealed(
        self, objective: Vector, found: Vector, relaxation: Relaxation, worth: Vector, seconds: float
    ) -> Vector:
        """A choice no dearer than the one found: over the best plans of each office by reduced cost.

        `worth` (limits,) are the duals of the limits. As long as `seconds` allow on an ordinary machine:
        the clock would not give the same twice.
        """
        place, plans = self.place, self.plans
        reduced = relaxation.reduced[:plans]
        order = np.lexsort((reduced, place))
        starts = np.searchsorted(place[order], np.arange(int(place.max(initial=-1)) + 2))
        rank = np.empty(plans, dtype=np.int64)
        rank[order] = np.arange(plans) - starts[place[order]]
        used = self.used[:, :plans].tocsc()
        kept = (rank < _ANNEALED) | (np.diff(used.indptr) == 0)
        kept |= (relaxation.vector[:plans] > _SHARE) | (found[:plans] > 0.5)
        some = np.nonzero(kept)[0]
        some = some[np.argsort(place[some], kind="stable")]
        alternatives = Alternatives(
            place[some],
            objective[some],
            sp.csc_array(used[:, some]),
            self.limit,
            np.maximum(worth, np.median(worth[worth > 0.0]) if (worth > 0.0).any() else 1.0),
        )
        first = np.searchsorted(place[some], np.arange(len(starts) - 1))
        share = np.lexsort((-relaxation.vector[some], place[some]))[first]
        known = np.nonzero(found[some] > 0.5)[0]
        nearly = np.minimum(starts[:-1] + _NEARLY, starts[1:] - 1)
        warm = max(float(np.median(reduced[order[nearly]])), _COLDEST * abs(relaxation.value) / len(first))
        chosen = anneal(alternatives, share, known, warm, int(seconds * _MOVES_A_SECOND), seed=0)
        return self._vector(some[chosen], np.zeros(self.sent))

    def _charged(self, prices: Vector) -> MilpModel:
        objective = self.model.objective.copy()
        objective[: self.plans + self.sent] += self.used.T @ prices[self.rows]
        return replace(self.model, objective=objective)

    def _near(self, reduced: Vector, room: float) -> NDArray[np.bool_]:
        """(plans,) those whose reduced cost leaves hope for a better choice than known, not too many."""
        most = min(_SEARCHED * (int(self.place.max(initial=-1)) + 1), self.plans - 1)
        return reduced <= min(room, np.partition(reduced, most)[most]) if self.plans else reduced < 0

    def _rounded(self, relaxed: Vector) -> Vector:
        """A choice near the relaxation's: of each office the plan with the largest share, then repaired.

        While a limit is broken, one office changes to the plan that costs the least for what it mends.
        Sending nothing is among the plans of each office, so this comes to an end.
        """
        place = self.place
        share = relaxed[: self.plans]
        hard = np.ones(len(self.limit), dtype=np.bool_)
        hard[self.soft] = False
        used = self.used[np.nonzero(hard)[0]][:, : self.plans].tocsc()
        some = np.nonzero((share > _SHARE) | (np.diff(used.indptr) == 0))[0]
        some = some[np.lexsort((self.model.objective[some], -share[some], place[some]))]
        first = np.searchsorted(place[some], np.arange(int(place.max(initial=-1)) + 1))
        limit = self.limit[hard]
        alternatives = Alternatives(
            place[some], self.model.objective[some], sp.csc_array(used[:, some]), limit, np.ones(len(limit))
        )
        return self._vector(some[mend(alternatives, first)], np.zeros(self.sent))

    def value(self, choices: list[Choice]) -> float:
        """What the choices cost."""
        return self.model.value(self._start(choices))

    def use(self, choices: list[Choice]) -> Vector:
        """(resources, blocks) what the choices use."""
        return self._use(self._start(choices))

    def _start(self, choices: list[Choice]) -> Vector:
        plans = [each.plans + first for each, first in zip(choices, self.plan_starts, strict=False)]
        return self._vector(np.concatenate(plans), np.concatenate([each.sent for each in choices]))

    def _vector(self, chosen: Indices, sent: Vector) -> Vector:
        """The vector that chooses these plans (offices,), and these values of senders."""
        vector = np.zeros(len(self.model.objective))
        vector[chosen] = 1.0
        inside = self.plans + self.sent
        vector[self.plans : inside] = sent
        vector[inside:] = np.maximum((self.used @ vector[:inside] - self.limit)[self.soft], 0.0)
        return vector

    def _choices(self, vector: Vector) -> list[Choice]:
        """What a vector of the model says for each block."""
        result = []
        for k, option in enumerate(self.options):
            own = slice(self.plan_starts[k], self.plan_starts[k + 1])
            plans = np.nonzero(vector[own] > 0.5)[0]
            first = self.plans + self.sender_starts[k]
            sent = vector[first : first + len(option.senders.columns)]
            result.append(Choice(plans[np.argsort(option.office[plans])], sent))
        return result


def _for_relaxation(options: SolveOptions) -> SolveOptions:
    """With time enough for what the search is nothing without."""
    limit = options.time_limit
    return replace(options, solver=None, gap=None, time_limit=None if limit is None else _LINEAR * limit)


def _diagonal(parts: list[sp.csr_array]) -> sp.csr_array:
    """The blocks' own matrices along the diagonal."""
    return sp.csr_array(sp.block_diag(parts, format="csr"))
