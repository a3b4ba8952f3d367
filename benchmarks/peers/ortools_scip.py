"""OR-Tools with SCIP: pywraplp, variables in dictionaries, `solver.Add` with sums."""

from __future__ import annotations

import math

from allocator.instance.models import Instance
from benchmarks.peers.data import describe
from benchmarks.peers.interface import Deadline, PeerAnswer, Phases

NAME = "OR-Tools, SCIP"
LIBRARIES = ("ortools",)


def solve(instance: Instance, time_limit: float, seed: int, phases: Phases) -> PeerAnswer:
    deadline = Deadline(time_limit)
    with phases.measured("build"):
        from ortools.linear_solver import pywraplp

        data = describe(instance)
        days, pack, delay = range(data.days), data.pack_size, data.processing_days
        solver = pywraplp.Solver.CreateSolver("SCIP")
        if solver is None:
            raise RuntimeError("this build of OR-Tools has no SCIP")
        infinity = solver.infinity()
        objective = solver.Objective()
        objective.SetMinimization()
        objective.SetOffset(data.constant)
        record = solver.IntVar if data.whole_records else solver.NumVar
        x, X, r, R = {}, {}, {}, {}  # noqa: N806  X and R of the model

        for q, queue in enumerate(data.queues):
            for t in days:
                r[q, t] = record(0, infinity, "")
                R[q, t] = solver.NumVar(0, queue.applied[t], "")
                before = R[q, t - 1] if t else 0
                solver.Add(R[q, t] == before + r[q, t])
                objective.SetCoefficient(R[q, t], queue.card_price[t])
                if queue.needs_ingestion:
                    x[q, t] = record(0, infinity, "")
                    X[q, t] = solver.NumVar(0, queue.ingestible[t], "")
                    before = X[q, t - 1] if t else 0
                    solver.Add(X[q, t] == before + x[q, t])
                    objective.SetCoefficient(X[q, t], queue.ingest_price[t])
                    ingested = X[q, t - delay] if t >= delay else 0
                    solver.Add(R[q, t] - ingested <= queue.ready[t])
                for tier in queue.tiers:
                    if tier.applied[t] > 0:
                        overdue = solver.NumVar(0, infinity, "")
                        solver.Add(overdue + R[q, t] >= tier.applied[t])
                        objective.SetCoefficient(overdue, tier.price[t])

        if data.ingesting:
            for t in days:
                solver.Add(solver.Sum([x[q, t] for q in data.ingesting]) <= data.quota[t])
            for t in data.room_days:
                solver.Add(solver.Sum([X[q, t] for q in data.ingesting]) <= data.room[t])

        y = [solver.IntVar(0, trip.max_packs, "") for trip in data.trips]
        z = [solver.BoolVar("") for _ in data.trips]
        for n, trip in enumerate(data.trips):
            solver.Add(y[n] <= trip.max_packs * z[n])
            if trip.min_packs > 1:
                solver.Add(y[n] >= trip.min_packs * z[n])
            objective.SetCoefficient(z[n], trip.fixed_cost)
            objective.SetCoefficient(y[n], trip.cost_per_pack)

        for store in data.stores:
            H = [solver.NumVar(0, infinity, "") for _ in days]  # noqa: N806
            for t in days:
                arriving, leaving = data.arriving.get((store.id, t), []), data.leaving.get((store.id, t), [])
                printed = solver.Sum([r[q, t] for q in store.queues])
                solver.Add(
                    H[t]
                    == (H[t - 1] if t else 0)
                    + store.received[t]
                    + pack * solver.Sum([y[n] for n in arriving])
                    - pack * solver.Sum([y[n] for n in leaving])
                    - store.blanks_per_card * printed
                )
                if store.queues:
                    solver.Add(printed <= store.print_capacity[t])
                linked = [x[q, t] for q in store.queues if (q, t) in x]
                if store.ingest_capacity is not None and linked:
                    solver.Add(solver.Sum(linked) <= store.ingest_capacity[t])
                if store.max_blanks is not None:
                    for n in arriving:
                        solver.Add(H[t] + store.slack[t] * z[n] <= store.max_blanks + store.slack[t])
                objective.SetCoefficient(H[t], data.idle_blank_price)

        for hub in data.hubs:
            S = [solver.NumVar(hub.reserve, infinity, "") for _ in days]  # noqa: N806
            for t in days:
                arriving, leaving = data.arriving.get((hub.id, t), []), data.leaving.get((hub.id, t), [])
                sent = solver.Sum([y[n] for n in leaving])
                solver.Add(
                    S[t]
                    == (S[t - 1] if t else 0)
                    + hub.received[t]
                    + pack * solver.Sum([y[n] for n in arriving])
                    - pack * sent
                )
                if hub.max_packs is not None and leaving:
                    solver.Add(sent <= hub.max_packs)

        for promise in data.promises:
            short = solver.NumVar(0, infinity, "")
            solver.Add(short + solver.Sum([R[q, promise.day] for q in promise.queues]) >= promise.needed)
            objective.SetCoefficient(short, promise.penalty)

    with phases.measured("solve"):
        solver.SetTimeLimit(int(1000 * deadline.remaining) or 1)
        solver.SetSolverSpecificParametersAsString(f"randomization/randomseedshift = {seed}")
        parameters = pywraplp.MPSolverParameters()
        parameters.SetDoubleParam(parameters.RELATIVE_MIP_GAP, 0.0)
        status = solver.Solve(parameters)
        found = status in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE)
        # Asked for a bound without a plan, pywraplp logs an error and answers with an infinity.
        bound = float(objective.BestBound()) if found else None
        if bound is not None and not (math.isfinite(bound) and abs(bound) < 1e19):
            bound = None
    if not found:
        phases.improved(None, bound)
        return PeerAnswer.without_plan(bound)
    phases.improved(objective.Value(), bound)
    return data.answer(
        {key: variable.solution_value() for key, variable in x.items()},
        [variable.solution_value() for variable in y],
        {key: variable.solution_value() for key, variable in r.items()},
        bound,
    )
