"""OR-Tools with CP-SAT: everything whole, blanks in thousandths of what a card uses."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, isfinite, lcm
from typing import Any

from allocator.instance.models import Instance
from benchmarks.peers.data import describe
from benchmarks.peers.interface import THREADS, Deadline, PeerAnswer, Phases

NAME = "OR-Tools, CP-SAT"
LIBRARIES = ("ortools",)


def solve(instance: Instance, time_limit: float, seed: int, phases: Phases) -> PeerAnswer:
    deadline = Deadline(time_limit)
    with phases.measured("build"):
        from ortools.sat.python import cp_model

        data = describe(instance)
        days, pack, delay = range(data.days), data.pack_size, data.processing_days
        model = cp_model.CpModel()
        total = cp_model.LinearExpr.sum
        everything = sum(sum(place.received) for place in [*data.stores, *data.hubs])
        x, X, r, R = {}, {}, {}, {}  # noqa: N806  X and R of the model
        priced: list[Any] = []
        prices: list[Fraction] = []
        limits: list[int] = []

        def charge(variable: Any, price: Fraction | float, limit: int) -> None:
            priced.append(variable)
            prices.append(price if isinstance(price, Fraction) else Fraction(price).limit_denominator(10**6))
            limits.append(limit)

        for q, queue in enumerate(data.queues):
            store = data.stores[queue.office]
            for t in days:
                r[q, t] = model.new_int_var(0, min(queue.applied[t], store.print_capacity[t]), "")
                R[q, t] = model.new_int_var(0, queue.applied[t], "")
                model.add(R[q, t] == (R[q, t - 1] if t else 0) + r[q, t])
                charge(R[q, t], queue.card_price[t], queue.applied[t])
                if queue.needs_ingestion:
                    x[q, t] = model.new_int_var(0, min(queue.ingestible[t], data.quota[t]), "")
                    X[q, t] = model.new_int_var(0, queue.ingestible[t], "")
                    model.add(X[q, t] == (X[q, t - 1] if t else 0) + x[q, t])
                    charge(X[q, t], queue.ingest_price[t], queue.ingestible[t])
                    ingested = X[q, t - delay] if t >= delay else 0
                    model.add(R[q, t] <= queue.ready[t] + ingested)
                for tier in queue.tiers:
                    if tier.applied[t] > 0:
                        overdue = model.new_int_var(0, tier.applied[t], "")
                        model.add(overdue + R[q, t] >= tier.applied[t])
                        charge(overdue, tier.price[t], tier.applied[t])

        if data.ingesting:
            for t in days:
                model.add(total([x[q, t] for q in data.ingesting]) <= data.quota[t])
            for t in data.room_days:
                model.add(total([X[q, t] for q in data.ingesting]) <= data.room[t])

        y = [model.new_int_var(0, trip.max_packs, "") for trip in data.trips]
        z = [model.new_bool_var("") for _ in data.trips]
        for n, trip in enumerate(data.trips):
            model.add(y[n] <= trip.max_packs * z[n])
            if trip.min_packs > 1:
                model.add(y[n] >= trip.min_packs * z[n])
            charge(z[n], trip.fixed_cost, 1)
            charge(y[n], trip.cost_per_pack, trip.max_packs)

        idle_blank_price = Fraction(data.idle_blank_price).limit_denominator(10**6)
        for store in data.stores:
            # H times the good cards of a thousand blanks: a card takes 1000, a blank brings `good`.
            good = store.good_per_thousand
            H = [model.new_int_var(0, good * everything, "") for _ in days]  # noqa: N806
            for t in days:
                arriving, leaving = data.arriving.get((store.id, t), []), data.leaving.get((store.id, t), [])
                model.add(
                    H[t]
                    == (H[t - 1] if t else 0)
                    + good * store.received[t]
                    + good * pack * (total([y[n] for n in arriving]) - total([y[n] for n in leaving]))
                    - 1000 * total([r[q, t] for q in store.queues])
                )
                if store.queues:
                    model.add(total([r[q, t] for q in store.queues]) <= store.print_capacity[t])
                linked = [x[q, t] for q in store.queues if (q, t) in x]
                if store.ingest_capacity is not None and linked:
                    model.add(total(linked) <= store.ingest_capacity[t])
                if store.max_blanks is not None:
                    for n in arriving:
                        model.add(H[t] <= good * store.max_blanks).only_enforce_if(z[n])
                charge(H[t], idle_blank_price / good, good * everything)

        for hub in data.hubs:
            S = [model.new_int_var(hub.reserve, everything, "") for _ in days]  # noqa: N806
            for t in days:
                arriving, leaving = data.arriving.get((hub.id, t), []), data.leaving.get((hub.id, t), [])
                model.add(
                    S[t]
                    == (S[t - 1] if t else 0)
                    + hub.received[t]
                    + pack * (total([y[n] for n in arriving]) - total([y[n] for n in leaving]))
                )
                if hub.max_packs is not None and leaving:
                    model.add(total([y[n] for n in leaving]) <= hub.max_packs)

        for promise in data.promises:
            # What is needed has decimals where `share` has: thousands suffice for shares of three digits.
            applied = sum(data.queues[q].applied[promise.day] for q in promise.queues)
            short = model.new_int_var(0, 1000 * applied, "")
            needed = round(1000 * promise.needed)
            model.add(short + 1000 * total([R[q, promise.day] for q in promise.queues]) >= needed)
            charge(short, Fraction(promise.penalty).limit_denominator(10**6) / 1000, 1000 * applied)

        # Of an objective with decimals CP-SAT gives only a weak bound: prices are made whole instead.
        whole, scale = _whole(prices, limits)
        model.minimize(cp_model.LinearExpr.weighted_sum(priced, whole))
        for decision in [*x.values(), *r.values(), *y, *z]:
            model.add_hint(
                decision, 0
            )  # doing nothing is allowed: without the hint minutes pass without a plan

    bounds: list[float] = []

    def money(value: float) -> float:
        return value / scale + data.constant

    def on_bound(bound: float) -> None:
        if isfinite(bound):
            bounds.append(money(bound))
            phases.improved(None, bounds[-1])

    class Incumbents(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            phases.improved(money(self.objective_value), None)

    with phases.measured("solve"):
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = deadline.remaining
        solver.parameters.num_workers = THREADS
        solver.parameters.random_seed = seed
        solver.parameters.relative_gap_limit = 0.0
        solver.best_bound_callback = on_bound
        status = solver.solve(model, Incumbents())
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        # Without a plan the solver's own number may be a 0 that nobody proved: only what it called is.
        return PeerAnswer.without_plan(bounds[-1] if bounds else None)
    bound = money(solver.best_objective_bound)
    phases.improved(money(solver.objective_value), bound)
    return data.answer(
        {key: float(solver.value(variable)) for key, variable in x.items()},
        [float(solver.value(variable)) for variable in y],
        {key: float(solver.value(variable)) for key, variable in r.items()},
        bound,
    )


def _whole(prices: list[Fraction], limits: list[int]) -> tuple[list[int], int]:
    """Prices times a scale, as whole numbers; exact if the largest total stays within 62 bits.

    Otherwise rounded down: no variable is negative, so that the bound holds all the same.
    """
    largest = sum(abs(price) * limit for price, limit in zip(prices, limits, strict=True))
    scale = max(1, min(lcm(*(price.denominator for price in prices)), 2**61 // max(1, ceil(largest))))
    return [floor(price * scale) for price in prices], scale
