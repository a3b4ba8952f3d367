"""Pyomo with HiGHS: indexed sets, variables and rules in a ConcreteModel."""

from __future__ import annotations

import math
from typing import Any

from allocator.instance.models import Instance
from benchmarks.peers.data import Data, describe
from benchmarks.peers.interface import THREADS, Deadline, PeerAnswer, Phases

NAME = "Pyomo, HiGHS"
LIBRARIES = ("pyomo", "highspy")


def solve(instance: Instance, time_limit: float, seed: int, phases: Phases) -> PeerAnswer:
    deadline = Deadline(time_limit)
    with phases.measured("build"):
        from pyomo.contrib.solver.common.results import SolutionStatus
        from pyomo.contrib.solver.solvers.highs import Highs

        data = describe(instance)
        m = _model(data)

    with phases.measured("hand over"):
        solver = Highs()
        solver.set_instance(m)

    with phases.measured("solve"):
        results = solver.solve(
            m,
            time_limit=deadline.remaining,
            threads=THREADS,
            rel_gap=0.0,
            solver_options={"random_seed": seed},
            load_solutions=False,
            raise_exception_on_nonoptimal_result=False,
        )
        found = results.solution_status in (SolutionStatus.feasible, SolutionStatus.optimal)
        bound = results.objective_bound
    if bound is not None and not math.isfinite(bound):
        bound = None
    if not found:
        phases.improved(None, bound)
        return PeerAnswer.without_plan(bound)
    phases.improved(results.incumbent_objective, bound)
    results.solution_loader.load_vars()
    return data.answer(
        {key: variable.value or 0.0 for key, variable in m.x.items()},
        [m.y[n].value or 0.0 for n in m.trips],
        {key: variable.value or 0.0 for key, variable in m.r.items()},
        bound,
    )


def _model(data: Data) -> Any:
    import pyomo.environ as pyo
    from pyomo.core.expr.numeric_expr import LinearExpression

    def total(terms: Any) -> Any:
        """A linear sum of (coefficient, variable): several times faster to build and read than `quicksum`."""
        pairs = [(coefficient, variable) for coefficient, variable in terms if variable is not None]
        return LinearExpression(
            linear_coefs=[coefficient for coefficient, _ in pairs],
            linear_vars=[variable for _, variable in pairs],
        )

    m = pyo.ConcreteModel()
    queues, stores, hubs, trips = data.queues, data.stores, data.hubs, data.trips
    records = pyo.NonNegativeIntegers if data.whole_records else pyo.NonNegativeReals
    m.days = pyo.RangeSet(0, data.days - 1)
    m.queues = pyo.RangeSet(0, len(queues) - 1)
    m.ingesting = pyo.Set(initialize=data.ingesting)
    m.stores = pyo.RangeSet(0, len(stores) - 1)
    m.hubs = pyo.RangeSet(0, len(hubs) - 1)
    m.trips = pyo.RangeSet(0, len(trips) - 1)
    m.late = pyo.Set(
        dimen=3,
        initialize=[
            (q, k, t)
            for q, queue in enumerate(queues)
            for k, tier in enumerate(queue.tiers)
            for t in range(data.days)
            if tier.applied[t] > 0
        ],
    )
    m.promises = pyo.RangeSet(0, len(data.promises) - 1)

    m.x = pyo.Var(m.ingesting, m.days, domain=records)
    m.X = pyo.Var(m.ingesting, m.days, bounds=lambda m, q, t: (0, queues[q].ingestible[t]))
    m.r = pyo.Var(m.queues, m.days, domain=records)
    m.R = pyo.Var(m.queues, m.days, bounds=lambda m, q, t: (0, queues[q].applied[t]))
    m.O = pyo.Var(m.late, domain=pyo.NonNegativeReals)
    m.y = pyo.Var(m.trips, domain=pyo.NonNegativeIntegers, bounds=lambda m, n: (0, trips[n].max_packs))
    m.z = pyo.Var(m.trips, domain=pyo.Binary)
    m.H = pyo.Var(m.stores, m.days, domain=pyo.NonNegativeReals)
    m.S = pyo.Var(m.hubs, m.days, bounds=lambda m, d, t: (hubs[d].reserve, None))
    m.F = pyo.Var(m.promises, domain=pyo.NonNegativeReals)

    def before(variable: Any, place: int, t: int, days: int = 1) -> Any:
        return variable[place, t - days] if t >= days else None

    def packs(place: str, t: int) -> list[tuple[int, Any]]:
        """What trips bring (negative) and take, in blanks."""
        brought = [(-data.pack_size, m.y[n]) for n in data.arriving.get((place, t), [])]
        return brought + [(data.pack_size, m.y[n]) for n in data.leaving.get((place, t), [])]

    @m.Constraint(m.ingesting, m.days)
    def records_add_up(m: Any, q: int, t: int) -> Any:
        return total([(1, m.X[q, t]), (-1, before(m.X, q, t)), (-1, m.x[q, t])]) == 0

    @m.Constraint(m.queues, m.days)
    def cards_add_up(m: Any, q: int, t: int) -> Any:
        return total([(1, m.R[q, t]), (-1, before(m.R, q, t)), (-1, m.r[q, t])]) == 0

    @m.Constraint(m.days)
    def quota(m: Any, t: int) -> Any:
        if not data.ingesting:
            return pyo.Constraint.Skip
        return total([(1, m.x[q, t]) for q in data.ingesting]) <= data.quota[t]

    @m.Constraint(data.room_days)
    def storage(m: Any, t: int) -> Any:
        if not data.ingesting or data.room is None:
            return pyo.Constraint.Skip
        return total([(1, m.X[q, t]) for q in data.ingesting]) <= data.room[t]

    @m.Constraint(m.stores, m.days)
    def office_link(m: Any, i: int, t: int) -> Any:
        linked = [(1, m.x[q, t]) for q in stores[i].queues if queues[q].needs_ingestion]
        capacity = stores[i].ingest_capacity
        return pyo.Constraint.Skip if capacity is None or not linked else total(linked) <= capacity[t]

    @m.Constraint(m.queues, m.days)
    def readiness(m: Any, q: int, t: int) -> Any:
        if not queues[q].needs_ingestion:
            return pyo.Constraint.Skip  # the bound of R
        return total([(1, m.R[q, t]), (-1, before(m.X, q, t, data.processing_days))]) <= queues[q].ready[t]

    @m.Constraint(m.stores, m.days)
    def blanks(m: Any, i: int, t: int) -> Any:
        used = [(stores[i].blanks_per_card, m.r[q, t]) for q in stores[i].queues]
        kept = [(1, m.H[i, t]), (-1, before(m.H, i, t))]
        return total([*kept, *used, *packs(stores[i].id, t)]) == stores[i].received[t]

    @m.Constraint(m.stores, m.days)
    def printers(m: Any, i: int, t: int) -> Any:
        if not stores[i].queues:
            return pyo.Constraint.Skip
        return total([(1, m.r[q, t]) for q in stores[i].queues]) <= stores[i].print_capacity[t]

    places = {store.id: i for i, store in enumerate(stores)}

    @m.Constraint(m.trips)
    def store_limit(m: Any, n: int) -> Any:
        i, t = places.get(trips[n].destination), trips[n].arrival
        if i is None or stores[i].max_blanks is None:
            return pyo.Constraint.Skip
        slack = stores[i].slack[t]
        return total([(1, m.H[i, t]), (slack, m.z[n])]) <= stores[i].max_blanks + slack

    @m.Constraint(m.trips)
    def largest_load(m: Any, n: int) -> Any:
        return total([(1, m.y[n]), (-trips[n].max_packs, m.z[n])]) <= 0

    @m.Constraint(m.trips)
    def least_load(m: Any, n: int) -> Any:
        if trips[n].min_packs == 1:
            return pyo.Constraint.Skip
        return total([(1, m.y[n]), (-trips[n].min_packs, m.z[n])]) >= 0

    @m.Constraint(m.hubs, m.days)
    def stock(m: Any, d: int, t: int) -> Any:
        kept = [(1, m.S[d, t]), (-1, before(m.S, d, t))]
        return total([*kept, *packs(hubs[d].id, t)]) == hubs[d].received[t]

    @m.Constraint(m.hubs, m.days)
    def dispatch(m: Any, d: int, t: int) -> Any:
        leaving = data.leaving.get((hubs[d].id, t), [])
        if hubs[d].max_packs is None or not leaving:
            return pyo.Constraint.Skip
        return total([(1, m.y[n]) for n in leaving]) <= hubs[d].max_packs

    @m.Constraint(m.late)
    def overdue(m: Any, q: int, k: int, t: int) -> Any:
        return total([(1, m.O[q, k, t]), (1, m.R[q, t])]) >= queues[q].tiers[k].applied[t]

    @m.Constraint(m.promises)
    def promised(m: Any, j: int) -> Any:
        promise = data.promises[j]
        return total([(1, m.F[j]), *((1, m.R[q, promise.day]) for q in promise.queues)]) >= promise.needed

    terms = [(queues[q].ingest_price[t], m.X[q, t]) for q in m.ingesting for t in m.days]
    terms += [(queues[q].card_price[t], m.R[q, t]) for q in m.queues for t in m.days]
    terms += [(queues[q].tiers[k].price[t], m.O[q, k, t]) for q, k, t in m.late]
    terms += [(data.idle_blank_price, variable) for variable in m.H.values()]
    terms += [(trips[n].fixed_cost, m.z[n]) for n in m.trips]
    terms += [(trips[n].cost_per_pack, m.y[n]) for n in m.trips]
    terms += [(data.promises[j].penalty, m.F[j]) for j in m.promises]
    m.cost = pyo.Objective(expr=total(terms) + data.constant, sense=pyo.minimize)
    return m
