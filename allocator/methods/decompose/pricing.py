"""Blocks at given prices: the best records and mixture of trips, and a bound that is proven.

Within a block the records and the restocking of offices are kept apart once more by
Dantzig-Wolfe decomposition: a small linear model mixes the ways of restocking found so far, its duals
say what a card is worth on each day, and restocking at that worth gives the bound and better ways.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from allocator.backends import (
    Basis,
    SolveOptions,
    dual_bounds,
    reduced_cost_errors,
    reduced_costs,
    usable_duals,
)
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.mixtures import Mixture, mix, waiting_basis
from allocator.methods.decompose.plans import Plans, beyond, plans_of, trips_made
from allocator.methods.decompose.rebates import Twins
from allocator.methods.decompose.restocking import Restocking, Savings, restock
from allocator.milp.builder import ABSENT
from allocator.milp.model import MilpModel, Vector

_ANSWERS = 8  # plans of an office at a time
_ROUNDING = 1e-11  # relative; above what sums of some thousand doubles can lose


@dataclass(frozen=True)
class Priced:
    """What came of pricing a block."""

    bound: Vector  # (C,) no valid decisions of the component cost less at the prices; -inf if not asked for
    estimate: Vector  # (C,) the same, taken from good trips instead of the best
    mixture: Mixture
    plans: Plans  # those before, and new ones that would lower the mixture's value


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
    rebate: Vector  # at least 0: for a pack beyond the usual load

    def costs(self, block: Block, plans: Plans) -> Vector:
        """(P,) of plans, beyond what is gained at most."""
        gained = np.bincount(block.trips.office, self.gained, len(block.offices))
        costs: Vector = trips_made(plans.packs) @ self.fixed + plans.packs @ self.price - gained[plans.office]
        costs -= beyond(plans.packs, block.usual) @ self.rebate
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
        twins = Twins.of(block.trips, block.usual, self.rebate > 0.0)
        rebate = np.where(twins.is_twin, self.rebate[twins.trip], 0.0)
        found = restock(
            block.depletion,
            twins.opportunities,
            np.maximum(self.fixed[twins.trip] + rebate * block.usual[twins.trip], 0.0),
            np.maximum(self.price[twins.trip] - rebate, 0.0),
            savings,
            known,
            exact=exact,
            answers=_ANSWERS,
        )
        return replace(found, packs=twins.together(found.packs, block.trips.most))


def charge(block: Block, prices: Vector, duals: Vector) -> Charge:
    """Charge trips for what they use, at prices of resources and duals of the records' rows."""
    price = block.price + block.trip_use.T @ prices - block.trip_rows.T @ duals
    fixed = block.fixed - block.open_rows.T @ duals
    rebate = np.maximum(block.excess_rows.T @ duals, 0.0)
    gained = np.minimum(price, 0.0) * block.trips.most + np.minimum(fixed, 0.0)
    of_twin = np.minimum(price - rebate, 0.0) * block.trips.most + np.minimum(
        fixed + rebate * block.usual, 0.0
    )
    return Charge(fixed, price, np.minimum(gained, of_twin), rebate)


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
    basis = basis or waiting_basis(block, plans)
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
    return base, waiting.savings(tied=True)
