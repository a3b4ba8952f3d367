"""The choice of one plan for each office, and of the senders' trips, within the nation's hard limits.

A mixed-integer programme over the plans found. Slots remain at their prices. What senders have on hand
is kept as it is in the model, with the cards they print at most those of the mixture, and worth what
its duals say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import SolveOptions, choose_solver, get_backend
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.pricing import Mixture, Plans
from allocator.methods.decompose.variants import Variants
from allocator.milp.model import MilpModel, Vector
from allocator.milp.sparse import short_indices, single_entries

Indices = NDArray[np.int64]
_SEARCHED = 4  # plans of an office, on average, that the search goes over besides those of the relaxation


@dataclass(frozen=True)
class Option:
    """What there is to choose from in a block."""

    variants: Variants
    packs: sp.csr_array  # (V, E) of the plans
    trip_use: sp.csr_array  # (resources, E)
    senders: Senders

    def use(self, choice: Choice) -> Vector:
        """(resources,) what the trips of a choice use."""
        used: Vector = self.trip_use @ choice.packs + self.senders.use @ choice.sent
        return used

    def nothing(self) -> Choice:
        """No trips at all; the rest of the senders' columns is left open."""
        columns = self.senders.columns
        return Choice(np.zeros(self.packs.shape[1]), columns, np.zeros(len(columns)))


@dataclass(frozen=True)
class Senders:
    """Stocks and trips of a block's senders (c,), and how plans (V,) change them."""

    columns: Indices  # (c,) of the block's records
    cost: Vector  # (c,)
    lower: Vector  # (c,)
    upper: Vector  # (c,)
    integer: NDArray[np.bool_]  # (c,)
    use: sp.csr_array  # (resources, c)
    matrix: sp.csr_array  # (q, c)
    row_lower: Vector  # (q,)
    row_upper: Vector  # (q,)
    of_plans: sp.csr_array  # (q, V)
    plan_price: Vector  # (V,) what plans pay for senders' packs in the value of their variants


@dataclass(frozen=True)
class Choice:
    """Trips of a block."""

    packs: Vector  # (E,) of terminal offices
    columns: Indices  # (c,) of the records, those of senders
    sent: Vector  # (c,) values of these columns


def options_of(block: Block, plans: Plans, mixture: Mixture, variants: Variants) -> Option:
    """The variants of a block, with its senders."""
    rows = np.nonzero(block.sender_rows)[0]
    records = block.records
    inside = sp.csr_array(records.matrix[rows])
    columns = np.unique(inside.indices).astype(np.int64)
    others = np.where(block.sender_rows, 0.0, mixture.duals)
    cost = (records.objective - records.matrix.T @ others)[columns]
    # Cards are no more than in the mixture, since only then their records are print-ready.
    cards = np.asarray(abs(records.matrix[~block.sender_rows][:, columns]).sum(axis=0)).ravel() > 0
    point = mixture.point[columns]
    of_trips = sp.csr_array(block.trip_rows[rows])
    variants_price = of_trips.T @ mixture.duals[rows]
    return Option(
        variants,
        plans.packs,
        block.trip_use,
        Senders(
            columns=columns,
            cost=cost,
            lower=records.column_lower[columns],
            upper=np.where(
                cards, np.maximum(point, records.column_lower[columns]), records.column_upper[columns]
            ),
            integer=records.integer[columns],
            use=sp.csr_array(block.use[:, columns]),
            matrix=sp.csr_array(inside[:, columns]),
            row_lower=records.row_lower[rows],
            row_upper=records.row_upper[rows],
            of_plans=sp.csr_array(of_trips @ plans.packs.T),
            plan_price=plans.packs @ variants_price,
        ),
    )


def choose_trips(
    options: list[Option],
    limit: Vector,
    ceiling: Vector,
    prices: Vector,
    start: list[Indices] | None,
    backend: str,
    solve_options: SolveOptions,
) -> list[Choice] | None:
    """For each block its trips, together of least cost within the limits (resources,); None without any.

    Of the resources only those count that trips use, and targets; slots remain at their prices.
    `start` is a choice (J,) of one plan for each office that keeps the limits, if one is known.
    """
    programme = _Programme(options, limit, ceiling, prices)
    vector = programme.solve(start, backend, solve_options)
    return None if vector is None else programme.trips(vector)


class _Programme:
    """The model: columns are plans, senders' columns, and what exceeds soft limits."""

    def __init__(self, options: list[Option], limit: Vector, ceiling: Vector, prices: Vector) -> None:
        self.options = options
        variants = [each.variants for each in options]
        senders = [each.senders for each in options]
        self.plan_starts = np.cumsum([0, *(len(each.office) for each in variants)])
        self.sender_starts = np.cumsum([0, *(len(each.columns) for each in senders)])
        places = np.cumsum([0, *(int(each.office.max(initial=-1)) + 1 for each in variants)])
        place = np.concatenate([each.office + first for each, first in zip(variants, places, strict=False)])
        use = sp.hstack([each.use for each in variants] + [each.use for each in senders], format="csr")
        rows = np.nonzero(np.diff(use.indptr))[0]
        plans, sent, offices = int(self.plan_starts[-1]), int(self.sender_starts[-1]), int(places[-1])
        value = np.concatenate([each.value for each in variants]) - use[:, :plans].T @ prices
        value += np.concatenate([each.plan_price for each in senders])
        soft = np.nonzero(np.isfinite(ceiling[rows]))[0]
        excess = single_entries(-np.ones(len(soft)), soft, len(rows))
        convexity = sp.csr_array((np.ones(plans), (place, np.arange(plans))), shape=(offices, plans))
        used = use[rows]
        matrix = short_indices(
            sp.block_array(
                [
                    [used[:, :plans], used[:, plans:], excess],
                    [convexity, None, None],
                    [_diagonal(senders, "of_plans"), _diagonal(senders, "matrix"), None],
                ],
                format="csr",
            )
        )
        self.model = MilpModel(
            name="choice of trips",
            objective=np.concatenate([value, *(each.cost for each in senders), ceiling[rows][soft]]),
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

    def solve(self, start: list[Indices] | None, backend: str, options: SolveOptions) -> Vector | None:
        """The best choice found, the start at the worst.

        In the linear relaxation all but a few offices have a whole plan, since it has few rows besides
        one for each office. The search goes over what it uses (relaxation-induced neighbourhood, Danna,
        Rothberg and Le Pape 2005) and what could still be part of something better by its reduced cost,
        the nearest first; and over everything only where that finds nothing.
        """
        solver = get_backend(backend)
        able = choose_solver(backend, solver.solvers(), self.model, options.solver)[1]
        known = [] if start is None else [self._start(start)]
        relaxed = solver.solve(self.model.relaxed(), replace(options, solver=None, gap=None))
        if relaxed.vector is not None:
            kept = np.ones(len(self.model.objective), dtype=np.bool_)
            kept[: self.plans] = relaxed.vector[: self.plans] > 1e-6
            if not self.sent:
                known.append(self._rounded(relaxed.vector))
                kept |= min(known, key=self.model.value) > 0.5
            if relaxed.reduced_costs is not None:
                kept[: self.plans] |= self._near(relaxed.reduced_costs[: self.plans], relaxed.vector, known)
            columns = np.nonzero(kept)[0]
            first = min(known, key=self.model.value)[columns] if not self.sent and able.start else None
            result = solver.solve(_of_columns(self.model, columns), replace(options, start=first))
            if result.vector is not None:
                vector = np.zeros(len(kept))
                vector[columns] = result.vector
                known.append(vector)
            if known:
                return min(known, key=self.model.value)
        first = known[0] if known and able.start else None
        result = solver.solve(self.model, replace(options, start=first))
        if result.vector is not None:
            known.append(result.vector)
        return min(known, key=self.model.value, default=None)

    def _near(self, reduced: Vector, relaxed: Vector, known: list[Vector]) -> NDArray[np.bool_]:
        """(plans,) those whose reduced cost leaves hope for a better choice than known, not too many."""
        room = min(map(self.model.value, known), default=np.inf) - self.model.value(relaxed)
        most = min(_SEARCHED * (int(self.place.max(initial=-1)) + 1), self.plans - 1)
        return reduced <= min(room, np.partition(reduced, most)[most]) if self.plans else reduced < 0

    def _rounded(self, relaxed: Vector) -> Vector:
        """A choice near the relaxation's: of each office the plan with the largest share, then repaired.

        While a limit is broken, one office changes to the plan that costs the least for what it mends.
        Sending nothing is among the plans of each office, so this comes to an end.
        """
        share, place, value = relaxed[: self.plans], self.place, self.model.objective[: self.plans]
        order = np.lexsort((value, -share, place))
        chosen = order[np.searchsorted(place[order], np.arange(int(place.max(initial=-1)) + 1))]
        hard = np.ones(len(self.limit), dtype=np.bool_)
        hard[self.soft] = False
        used = self.used[np.nonzero(hard)[0]][:, : self.plans].tocsc()
        limit = self.limit[hard]
        needs = np.asarray(used.sum(axis=0)).ravel()
        candidates = np.nonzero((share > 1e-6) | (needs == 0))[0]
        dense = used[:, candidates].toarray()
        total = np.asarray(used[:, chosen].sum(axis=1)).ravel()
        while (total > limit + 1e-6).any():
            own = used[:, chosen].toarray()
            after = total[:, None] + dense - own[:, place[candidates]]
            broken = np.maximum(total - limit, 0.0).sum()
            mended = broken - np.maximum(after - limit[:, None], 0.0).sum(axis=0)
            dearer = value[candidates] - value[chosen[place[candidates]]]
            rate = np.where(mended > 1e-9, np.maximum(dearer, 0.0) / np.maximum(mended, 1e-9), np.inf)
            best = int(np.argmin(rate))
            if not np.isfinite(rate[best]):
                break
            total = after[:, best]
            chosen[place[candidates[best]]] = candidates[best]
        return self._vector(chosen)

    def _start(self, chosen: list[Indices]) -> Vector:
        return self._vector(
            np.concatenate([each + first for each, first in zip(chosen, self.plan_starts, strict=False)])
        )

    def _vector(self, chosen: Indices) -> Vector:
        """The vector that chooses these plans (offices,), and nothing of senders."""
        vector = np.zeros(len(self.model.objective))
        vector[chosen] = 1.0
        inside = self.plans + self.sent
        vector[inside:] = np.maximum((self.used @ vector[:inside] - self.limit)[self.soft], 0.0)
        return vector

    def trips(self, vector: Vector) -> list[Choice]:
        """What a vector of the model says for each block."""
        sent = vector[self.plans :]
        result = []
        for k, option in enumerate(self.options):
            packs = option.packs.T @ np.rint(vector[self.plan_starts[k] : self.plan_starts[k + 1]])
            own = sent[self.sender_starts[k] : self.sender_starts[k + 1]]
            result.append(Choice(packs, option.senders.columns, own))
        return result


def _diagonal(senders: list[Senders], name: str) -> sp.csr_array:
    """The blocks' own matrices along the diagonal."""
    return sp.csr_array(sp.block_diag([getattr(each, name) for each in senders], format="csr"))


def _of_columns(model: MilpModel, columns: Indices) -> MilpModel:
    """The model in which all other columns are 0."""
    matrix = sp.csr_array(model.matrix[:, columns])
    rows = np.nonzero(np.diff(matrix.indptr))[0]
    matrix = short_indices(matrix[rows])
    return MilpModel(
        name=model.name,
        objective=model.objective[columns],
        offset=model.offset,
        matrix=matrix,
        row_lower=model.row_lower[rows],
        row_upper=model.row_upper[rows],
        column_lower=model.column_lower[columns],
        column_upper=model.column_upper[columns],
        integer=model.integer[columns],
    )
