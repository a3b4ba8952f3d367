"""Blocks at given prices: the best records and mixture of trips, and a bound that is proven.

Within a block the records and the restocking of offices are kept apart once more by
Dantzig-Wolfe decomposition: a small linear model mixes the ways of restocking found so far, its duals
say what a card is worth on each day, and restocking at that worth gives the bound and better ways.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import (
    BackendError,
    Basis,
    SolveOptions,
    dual_bounds,
    reduced_cost_errors,
    reduced_costs,
    usable_duals,
)
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.pieces import solve_piece
from allocator.methods.decompose.restocking import Restocking, Savings, arrivals, full_speed, restock
from allocator.milp.builder import ABSENT
from allocator.milp.model import MilpModel, Vector
from allocator.milp.sparse import short_indices

Indices = NDArray[np.int64]
WHOLE = 1000.0  # what a share of 1 is in linear models: near the cards of a plan, so that all is of one size
_OVERFULL = 10.0  # times the worth of a card: the price of what a store has no room for
_ANSWERS = 8  # plans of an office at a time
_ROUNDING = 1e-11  # relative; above what sums of some thousand doubles can lose
_NEARLY_WHOLE = 1e-6  # cards
_NEARLY_NOTHING = 1e-6  # of a plan
_OF_SLACKS = Basis(np.zeros(0, np.int8), np.zeros(0, np.int8))  # presolve takes longer than it saves


@dataclass(frozen=True)
class Plans:
    """Ways of restocking found so far for the offices of a block (P,)."""

    office: Indices  # (P,)
    packs: sp.csr_array  # (P, E) those that the office keeps
    printed: Vector  # (P, T) R at full speed
    cost: Vector  # (P,) freight, and the idle cost of what it brings

    def joined(self, other: Plans) -> Plans:
        return Plans(
            np.concatenate([self.office, other.office]),
            sp.csr_array(sp.vstack([self.packs, other.packs], format="csr")),
            np.concatenate([self.printed, other.printed]),
            np.concatenate([self.cost, other.cost]),
        )

    def packs_of(self, chosen: Indices) -> Vector:
        """(E,) packs of plans chosen, one for each office."""
        return np.asarray(self.packs[chosen].sum(axis=0), dtype=np.float64)

    def some(self, chosen: Indices) -> Plans:
        """Those chosen, in their order."""
        return Plans(self.office[chosen], self.packs[chosen], self.printed[chosen], self.cost[chosen])


@dataclass(frozen=True)
class Mixture:
    """The best records and mixture of plans of a block."""

    value: Vector  # (C,) cost plus use at prices, of each component
    cost: Vector  # (C,) true cost
    use: sp.csr_array  # (resources, C)
    shares: Vector  # (P,) of each plan
    point: Vector  # (n,) the records' columns
    duals: Vector  # (m,) of the records' rows, signs as the bounds call for
    basis: Basis | None  # of the restricted model

    def used(self, plans: Plans) -> Plans:
        """The plans that have a share, of those that were mixed and others behind them."""
        return plans.some(np.nonzero(self.shares > _NEARLY_NOTHING)[0])


@dataclass(frozen=True)
class Priced:
    """What came of pricing a block."""

    bound: Vector  # (C,) no valid decisions of the component cost less at the prices; -inf if not asked for
    estimate: Vector  # (C,) the same, taken from good trips instead of the best
    mixture: Mixture
    plans: Plans  # those before, and new ones that would lower the mixture's value


def plans_of(block: Block, office: Indices, packs: sp.csr_array) -> Plans:
    """Plans of offices (P,) that keep packs (P, E) and print at full speed."""
    printed = full_speed(block.depletion, block.trips, office, packs)
    return Plans(office, packs, printed, trips_made(packs) @ block.fixed + packs @ block.price)


def trips_made(packs: sp.csr_array) -> sp.csr_array:
    """(P, E) 1 for trips that bring packs (P, E)."""
    made = (packs.data > 0.5).astype(np.float64)
    return sp.csr_array((made, packs.indices, packs.indptr), shape=packs.shape)


def one_plan_each(block: Block, packs: Vector) -> Plans:
    """For each office a plan: to keep the packs given (E,)."""
    offices = np.arange(len(block.offices))
    used = np.nonzero(packs)[0]
    matrix = sp.csr_array(
        (packs[used].astype(np.float64), (block.trips.office[used], used)),
        shape=(len(offices), len(block.trips.office)),
    )
    return plans_of(block, offices, matrix)


def first_plans(block: Block, prices: Vector) -> Plans:
    """For each office: nothing kept, and the best trips if every card had its full worth."""
    price = np.maximum(block.price + block.trip_use.T @ prices, 0.0)
    worth = Savings.steady(block.full_worth)
    best = restock(block.depletion, block.trips, block.fixed, price, worth, exact=False)
    return one_plan_each(block, np.zeros(len(block.trips.office))).joined(
        plans_of(block, best.office, best.packs)
    )


def restricted_model(block: Block, plans: Plans, prices: Vector) -> MilpModel:
    """Records at prices, and for each office a mixture of its plans: (n + P) columns.

    The columns of an office's plans add up to `WHOLE`.
    """
    records = block.records
    rows, columns = records.shape
    count, offices = len(plans.office), len(block.offices)
    linked = block.linked[plans.office]
    plan, day = np.nonzero(linked != ABSENT)
    entries = sp.csr_array(
        (-plans.printed[plan, day] / WHOLE, (linked[plan, day], plan)), shape=(rows, count)
    ) + sp.csr_array(of_senders(block, plans) / WHOLE)
    convexity = sp.csr_array((np.ones(count), (plans.office, np.arange(count))), shape=(offices, count))
    matrix = sp.block_array([[records.matrix, sp.csr_array(entries)], [None, convexity]], format="csr")
    return MilpModel(
        name="restricted",
        objective=np.concatenate(
            [
                records.objective + block.use.T @ prices,
                (plans.cost + plans.packs @ (block.trip_use.T @ prices)) / WHOLE,
            ]
        ),
        offset=0.0,
        matrix=short_indices(matrix),
        row_lower=np.concatenate([records.row_lower, np.full(offices, WHOLE)]),
        row_upper=np.concatenate([records.row_upper, np.full(offices, WHOLE)]),
        column_lower=np.concatenate([records.column_lower, np.zeros(count)]),
        column_upper=np.concatenate([records.column_upper, np.full(count, WHOLE)]),
        integer=np.zeros(columns + count, np.bool_),
    )


def of_senders(block: Block, plans: Plans) -> sp.csr_array:
    """(m, P) entries of plans in the rows of what is sent on."""
    return sp.csr_array(block.trip_rows @ plans.packs.T + block.open_rows @ trips_made(plans.packs).T)


def chosen_model(block: Block, plans: Plans, prices: Vector, chosen: Indices) -> MilpModel:
    """The restricted model with one plan for each office, and stores limited at a price.

    Rule 8 at offices that do not lend: what a trip finds in the store and what it brings must have room.
    Plans keep it at full speed, but records may not be ready as fast. With R = all that could be ready -
    V - W, R >= N - `max_blanks` on days of arrival, rounded up since cards are whole.
    """
    model = restricted_model(block, plans, prices)
    columns = block.records.shape[1]
    model.column_upper[columns:] = 0.0
    model.column_upper[columns + chosen] = WHOLE
    office = plans.office[chosen]
    brought = arrivals(block.depletion, block.trips, office, sp.csr_array(plans.packs[chosen]))
    store = block.depletion.store[office][:, None]
    links = block.linked[office]
    stock = block.depletion.stock[office] + brought.cumsum(axis=1)
    at = np.nonzero((brought > 0) & (stock > store) & (links != ABSENT))
    if not len(at[0]):
        return model
    rows, needed = links[at], np.ceil((stock - store)[at] - _NEARLY_WHOLE)
    printed = sp.csr_array(-block.records.matrix[rows])
    extra = len(rows)
    matrix = short_indices(
        sp.block_array(
            [
                [model.matrix, sp.csr_array((model.shape[0], extra))],
                [sp.hstack([printed, sp.csr_array((extra, len(plans.office)))]), -sp.eye_array(extra)],
            ],
            format="csr",
        )
    )
    price = _OVERFULL * float(block.full_worth.max(initial=0.0))
    return replace(
        model,
        name="chosen",
        objective=np.append(model.objective, np.full(extra, price)),
        matrix=matrix,
        row_lower=np.append(model.row_lower, np.full(extra, -np.inf)),
        row_upper=np.append(model.row_upper, -block.records.row_upper[rows] - needed),
        column_lower=np.append(model.column_lower, np.zeros(extra)),
        column_upper=np.append(model.column_upper, np.full(extra, np.inf)),
        integer=np.append(model.integer, np.zeros(extra, dtype=np.bool_)),
    )


def mix(
    block: Block,
    plans: Plans,
    prices: Vector,
    backend: str,
    options: SolveOptions,
    basis: Basis | None = None,
    chosen: Indices | None = None,
) -> Mixture:
    """Solve the restricted model of a block, from a basis if there is one; of plans `chosen` if given.

    Raises BackendError if the solver has no answer.
    """
    if chosen is None:
        model = restricted_model(block, plans, prices)
    else:
        model = chosen_model(block, plans, prices, chosen)
    result = solve_piece(model, backend, options, basis)
    if result.duals is None or result.vector is None:
        raise BackendError(f"{backend} did not solve a block's linear model: {result.message or result.stop}")
    rows, columns = block.records.shape
    point = result.vector[:columns]
    shares = result.vector[columns : columns + len(plans.office)] / WHOLE
    plan_component = block.office_component[plans.office]
    cost = block.constant + np.bincount(
        block.column_component, block.records.objective * point, block.components
    )
    cost += np.bincount(plan_component, plans.cost * shares, block.components)
    use = by_component(block.use, point, block.column_component, block.components)
    use = use + by_component(block.trip_use, plans.packs.T @ shares, block.trip_component, block.components)
    duals = result.duals[:rows].copy()
    linked = block.linked[block.linked != ABSENT]
    duals[linked] = np.where(duals[linked] < -1e-9, duals[linked], 0.0)
    value = cost + use.T @ prices
    overfull = result.vector[columns + len(plans.office) :]
    if overfull.any():
        # The last rows are those of stores; what is too much there counts as cost of its office.
        store_rows = model.matrix[-len(overfull) :, :columns].tocoo()
        component = np.zeros(len(overfull), dtype=np.int64)
        component[store_rows.row] = block.column_component[store_rows.col]
        value += np.bincount(component, model.objective[-len(overfull) :] * overfull, block.components)
    return Mixture(value, cost, sp.csr_array(use), shares, point, duals, result.basis)


def card_worth(block: Block, duals: Vector) -> Vector:
    """(J, T) what one more card printed by a day saves on that day, by the duals of the records' rows."""
    present = block.linked != ABSENT
    worth = np.zeros(block.linked.shape)
    worth[present] = -duals[block.linked[present]]
    return worth


def savings(block: Block, prices: Vector, duals: Vector) -> Savings:
    """What cards save by day, if records move from day to day at the duals (m,) of the other rows."""
    records = _at_prices(block, prices)
    costs = reduced_costs(records, _of_moves(block, duals))
    return block.queues.savings(costs, records.column_upper)


def _of_moves(block: Block, duals: Vector) -> Vector:
    """The duals (m,) of the rows that move records from day to day; 0 for those of each day apart."""
    moves = duals.copy()
    for rows in (block.linked, block.queues.overdue_rows):
        moves[rows[rows != ABSENT]] = 0.0
    return moves


def _at_prices(block: Block, prices: Vector) -> MilpModel:
    """The records, which pay for what they use."""
    return replace(block.records, objective=block.records.objective + block.use.T @ prices)


@dataclass(frozen=True)
class Charge:
    """What trips of a block cost (E,) at prices and duals."""

    fixed: Vector  # for the trip
    price: Vector  # for a pack kept
    gained: Vector  # at most 0: what the trip brings in where either is less than 0

    def costs(self, block: Block, plans: Plans) -> Vector:
        """(P,) of plans, beyond what is gained at most."""
        gained = np.bincount(block.trips.office, self.gained, len(block.offices))
        costs: Vector = trips_made(plans.packs) @ self.fixed + plans.packs @ self.price - gained[plans.office]
        return costs

    def restock(
        self,
        block: Block,
        savings: Savings,
        known: Vector | None = None,
        *,
        exact: bool,
    ) -> Restocking:
        """The best trips, beyond what is gained at most: see `restocking.restock`."""
        return restock(
            block.depletion,
            block.trips,
            np.maximum(self.fixed, 0.0),
            np.maximum(self.price, 0.0),
            savings,
            known,
            exact=exact,
            answers=_ANSWERS,
        )


def charge(block: Block, prices: Vector, duals: Vector) -> Charge:
    """Charge trips for what they use, at prices of resources and duals of the records' rows."""
    price = block.price + block.trip_use.T @ prices - block.trip_rows.T @ duals
    fixed = block.fixed - block.open_rows.T @ duals
    return Charge(fixed, price, np.minimum(price, 0.0) * block.trips.most + np.minimum(fixed, 0.0))


def price_block(
    block: Block,
    plans: Plans,
    prices: Vector,
    rounds: int,
    close: float,
    exact: bool,
    backend: str,
    options: SolveOptions,
    basis: Basis | None = None,
) -> Priced:
    """Mix, and add plans that are better at the worth that the mixture gives to cards.

    Until the mixture's value and its estimated bound are within `close` (relative), but no more than
    so many rounds. The plans come from a beam search, which misses little and takes a small part of
    the time; at the end an exact one proves the bound if it is asked for.

    Raises BackendError if the solver has no answer.
    """
    estimate = np.full(block.components, -np.inf)
    duals: Vector | None = None
    basis = basis or _OF_SLACKS
    while True:
        rounds -= 1
        mixture = mix(block, plans, prices, backend, options, basis)
        basis = mixture.basis
        found, plans, grown = _improve(block, plans, prices, mixture.duals, exact=False)
        duals, estimate = _better(block, duals, estimate, mixture.duals, found)
        apart = mixture.value.sum() - estimate.sum()
        if rounds <= 0 or apart <= close * abs(mixture.value.sum()) or not grown:
            break
    bound = np.full(block.components, -np.inf)
    if exact:
        bound, plans, _ = _improve(block, plans, prices, duals, exact=True)
    return Priced(bound, estimate, mixture, plans)


def _better(
    block: Block, center: Vector | None, estimate: Vector, duals: Vector, found: Vector
) -> tuple[Vector, Vector]:
    """For each component the duals with the better estimate, and that estimate."""
    if center is None:
        return duals, found
    better = found > estimate
    return np.where(better[block.row_component], duals, center), np.maximum(found, estimate)


def _improve(
    block: Block, plans: Plans, prices: Vector, duals: Vector, *, exact: bool
) -> tuple[Vector, Plans, bool]:
    """(C,) a bound by duals of the records' rows, the plans with better ones, and whether there were any.

    Without `exact` the bound is only an estimate.
    """
    base, saved = (_with_queues_apart if exact else _with_worth)(block, _at_prices(block, prices), duals)
    charged = charge(block, prices, duals)
    base += block.constant + np.bincount(block.trip_component, charged.gained, block.components)
    costs = charged.costs(block, plans) - saved.of(plans.office, plans.printed)
    least = np.full(len(block.offices), np.inf)
    np.minimum.at(least, plans.office, costs)
    best = charged.restock(block, saved, least - 1e-7 * np.abs(least) - 1e-3, exact=exact)
    values = np.bincount(block.office_component, best.value, block.components)
    size = np.abs(base) + np.abs(block.constant) + np.abs(values)
    earned = saved.of(np.arange(len(block.offices)), block.depletion.applicants)
    size += np.bincount(block.office_component, earned, block.components)
    bound = base + values - _ROUNDING * size
    if len(best.office):
        plans = plans.joined(plans_of(block, best.office, best.packs))
    return bound, plans, len(best.office) > 0


def _with_worth(block: Block, records: MilpModel, duals: Vector) -> tuple[Vector, Savings]:
    """(C,) what records cost at least at duals, without cards, and what these save: the same for each."""
    base = dual_bounds(records, duals, block.row_component, block.column_component, block.components)
    return base, Savings.steady(card_worth(block, duals))


def _with_queues_apart(block: Block, records: MilpModel, duals: Vector) -> tuple[Vector, Savings]:
    """The same with no duals for the rows of each day apart, which are kept instead (`queues`).

    Never less at the same duals, and more where plans print in steps around what a mixture prints.
    """
    moves = usable_duals(records, _of_moves(block, duals))
    costs = reduced_costs(records, moves)
    waiting = block.queues.without_cards(costs, records.column_upper)
    columns = block.queues.columns
    lost = np.zeros(len(costs))
    lost[columns] = reduced_cost_errors(records, moves)[columns] * records.column_upper[columns]
    lower, upper = records.column_lower.copy(), records.column_upper.copy()
    lower[columns] = upper[columns] = 0.0
    others = replace(records, column_lower=lower, column_upper=upper)
    base = dual_bounds(others, moves, block.row_component, block.column_component, block.components)
    base += np.bincount(block.office_component, waiting.cost - _ROUNDING * waiting.size, block.components)
    base -= np.bincount(block.column_component, lost, block.components)
    return base, waiting.savings


def by_component(use: sp.csr_array, amount: Vector, component: Indices, components: int) -> sp.csr_array:
    """(resources, C) of what columns use, by the component that they belong to."""
    used = np.nonzero(amount)[0]
    spread = sp.csr_array((amount[used], (used, component[used])), shape=(len(amount), components))
    return sp.csr_array(use @ spread)
