"""The programme of the choice of trips: one plan for each office, with the senders' trips, within the limits.

Plans are at their true value. Slots are fixed before, or have their price in that value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import BackendError, Basis, BasisStatus, SolveOptions, SolveResult
from allocator.methods.decompose.pieces import solve_piece
from allocator.methods.decompose.senders import Senders
from allocator.milp.model import MilpModel, Vector
from allocator.milp.sparse import short_indices, single_entries

Indices = NDArray[np.int64]
_NOTHING = np.zeros(0, dtype=np.int8)
# Nothing is chosen, every row is basic: with so many columns presolve takes longer than the simplex method.
SLACKS = Basis(columns=_NOTHING, rows=_NOTHING)


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
        self.relaxed: SolveResult | None = None  # once it was worth something

    def worth(self, backend: str, options: SolveOptions, earlier: Programme | None = None) -> Worth:
        """Prices at which the linear relaxation uses what there is.

        Goes on from an `earlier` programme whose plans are the first of each block. Raises BackendError if
        the solver has no answer.
        """
        basis = SLACKS if earlier is None else self._basis_of(earlier)
        result = self.relaxed = solve_piece(self.model.relaxed(), backend, options, basis)
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

    @property
    def relaxed_vector(self) -> Vector:
        """(n,) of the linear relaxation, once it was worth something."""
        assert self.relaxed is not None
        assert self.relaxed.vector is not None
        return self.relaxed.vector

    @property
    def relaxed_shares(self) -> list[Vector]:
        """(V,) of each block's plans in the linear relaxation, once it was worth something."""
        return np.split(self.relaxed_vector[: self.plans], self.plan_starts[1:-1])

    def _basis_of(self, earlier: Programme) -> Basis:
        """Where the relaxation of the earlier programme ended; slacks where senders' rows are others."""
        known = None if earlier.relaxed is None else earlier.relaxed.basis
        as_before = np.array_equal(self.sender_row_starts, earlier.sender_row_starts)
        if known is None or known.point is None or not as_before:
            return SLACKS
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

    def value(self, choices: list[Choice]) -> float:
        """What the choices cost."""
        return self.model.value(self.vector_of(choices))

    def values(self, vector: Vector) -> Vector:
        """(blocks,) what plans and senders of each block cost in a vector of the model."""
        inside = self.plans + self.sent
        cost = self.model.objective[:inside] * vector[:inside]
        of_plans = np.append(0.0, cost[: self.plans].cumsum())[self.plan_starts]
        of_senders = np.append(0.0, cost[self.plans :].cumsum())[self.sender_starts]
        values: Vector = np.diff(of_plans) + np.diff(of_senders)
        return values

    def use(self, choices: list[Choice]) -> Vector:
        """(resources, blocks) what the choices use."""
        return self._use(self.vector_of(choices))

    def vector_of(self, choices: list[Choice]) -> Vector:
        """The vector of the model in which these are chosen."""
        plans = [each.plans + first for each, first in zip(choices, self.plan_starts, strict=False)]
        return self.vector(np.concatenate(plans), np.concatenate([each.sent for each in choices]))

    def vector(self, chosen: Indices, sent: Vector) -> Vector:
        """The vector that chooses these plans (offices,), and these values of senders."""
        vector = np.zeros(len(self.model.objective))
        vector[chosen] = 1.0
        inside = self.plans + self.sent
        vector[self.plans : inside] = sent
        vector[inside:] = np.maximum((self.used @ vector[:inside] - self.limit)[self.soft], 0.0)
        return vector

    def choices(self, vector: Vector) -> list[Choice]:
        """What a vector of the model says for each block."""
        result = []
        for k, option in enumerate(self.options):
            own = slice(self.plan_starts[k], self.plan_starts[k + 1])
            plans = np.nonzero(vector[own] > 0.5)[0]
            first = self.plans + self.sender_starts[k]
            sent = vector[first : first + len(option.senders.columns)]
            result.append(Choice(plans[np.argsort(option.office[plans])], sent))
        return result


def _diagonal(parts: list[sp.csr_array]) -> sp.csr_array:
    """The blocks' own matrices along the diagonal."""
    return sp.csr_array(sp.block_diag(parts, format="csr"))
