"""PuLP with CBC: a plain Python model, variables in dictionaries, sums with lpSum."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from allocator.instance.models import Instance
from benchmarks.peers.data import describe
from benchmarks.peers.interface import THREADS, Deadline, PeerAnswer, Phases

NAME = "PuLP, CBC"
LIBRARIES = ("pulp",)


def solve(instance: Instance, time_limit: float, seed: int, phases: Phases) -> PeerAnswer:
    deadline = Deadline(time_limit)
    with phases.measured("build"):
        import pulp
        from pulp import LpAffineExpression, LpInteger, LpVariable, lpSum

        data = describe(instance)
        days, pack, delay = range(data.days), data.pack_size, data.processing_days
        records = LpInteger if data.whole_records else pulp.LpContinuous
        problem = pulp.LpProblem("allocation", pulp.LpMinimize)
        x, X, r, R, cost = {}, {}, {}, {}, []  # noqa: N806  X and R of the model

        for q, queue in enumerate(data.queues):
            for t in days:
                r[q, t] = LpVariable(f"r_{q}_{t}", 0, None, records)
                R[q, t] = LpVariable(f"R_{q}_{t}", 0, queue.applied[t])
                before = R[q, t - 1] if t else 0
                problem += R[q, t] == before + r[q, t]
                cost.append((R[q, t], queue.card_price[t]))
                if queue.needs_ingestion:
                    x[q, t] = LpVariable(f"x_{q}_{t}", 0, None, records)
                    X[q, t] = LpVariable(f"X_{q}_{t}", 0, queue.ingestible[t])
                    before = X[q, t - 1] if t else 0
                    problem += X[q, t] == before + x[q, t]
                    cost.append((X[q, t], queue.ingest_price[t]))
                    ingested = X[q, t - delay] if t >= delay else 0
                    problem += R[q, t] - ingested <= queue.ready[t]
                for k, tier in enumerate(queue.tiers):
                    if tier.applied[t] > 0:
                        overdue = LpVariable(f"O_{q}_{t}_{k}", 0)
                        problem += overdue + R[q, t] >= tier.applied[t]
                        cost.append((overdue, tier.price[t]))

        for t in days:
            problem += lpSum(x[q, t] for q in data.ingesting) <= data.quota[t]
        for t in data.room_days:
            problem += lpSum(X[q, t] for q in data.ingesting) <= data.room[t]

        y = [LpVariable(f"y_{n}", 0, trip.max_packs, LpInteger) for n, trip in enumerate(data.trips)]
        z = [LpVariable(f"z_{n}", 0, 1, LpInteger) for n in range(len(data.trips))]
        for n, trip in enumerate(data.trips):
            problem += y[n] <= trip.max_packs * z[n]
            if trip.min_packs > 1:
                problem += y[n] >= trip.min_packs * z[n]
            cost += [(z[n], trip.fixed_cost), (y[n], trip.cost_per_pack)]

        for i, store in enumerate(data.stores):
            H = [LpVariable(f"H_{i}_{t}", 0) for t in days]  # noqa: N806
            for t in days:
                arriving, leaving = data.arriving.get((store.id, t), []), data.leaving.get((store.id, t), [])
                problem += H[t] == (
                    (H[t - 1] if t else 0)
                    + store.received[t]
                    + pack * (lpSum(y[n] for n in arriving) - lpSum(y[n] for n in leaving))
                    - store.blanks_per_card * lpSum(r[q, t] for q in store.queues)
                )
                problem += lpSum(r[q, t] for q in store.queues) <= store.print_capacity[t]
                if store.ingest_capacity is not None:
                    linked = [x[q, t] for q in store.queues if (q, t) in x]
                    problem += lpSum(linked) <= store.ingest_capacity[t]
                if store.max_blanks is not None:
                    for n in arriving:
                        problem += H[t] + store.slack[t] * z[n] <= store.max_blanks + store.slack[t]
                cost.append((H[t], data.idle_blank_price))

        for d, hub in enumerate(data.hubs):
            S = [LpVariable(f"S_{d}_{t}", hub.reserve) for t in days]  # noqa: N806
            for t in days:
                arriving, leaving = data.arriving.get((hub.id, t), []), data.leaving.get((hub.id, t), [])
                problem += S[t] == (
                    (S[t - 1] if t else 0)
                    + hub.received[t]
                    + pack * (lpSum(y[n] for n in arriving) - lpSum(y[n] for n in leaving))
                )
                if hub.max_packs is not None:
                    problem += lpSum(y[n] for n in leaving) <= hub.max_packs

        for j, promise in enumerate(data.promises):
            short = LpVariable(f"F_{j}", 0)
            problem += short + lpSum(R[q, promise.day] for q in promise.queues) >= promise.needed
            cost.append((short, promise.penalty))
        # One expression from pairs: adding term to term would copy the sum every time. The constant stays
        # outside, because the numbers in CBC's log leave it out.
        problem += LpAffineExpression(cost)

    with phases.measured("solve"), tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "cbc.log"
        problem.solve(
            pulp.PULP_CBC_CMD(
                msg=False,
                timeLimit=deadline.remaining,
                threads=min(THREADS, os.cpu_count() or 1),
                gapRel=0.0,
                logPath=str(log),
                options=[f"RandomS {seed + 1}", f"randomC {seed + 1}"],
            )
        )
        # The status says "Optimal" of a time limit too: what was found is in sol_status.
        found = problem.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible)
        proven = problem.sol_status == pulp.LpSolutionOptimal
        bound = _bound(log.read_text(errors="replace") if log.exists() else "")
    if not found:
        phases.improved(None, None if bound is None else bound + data.constant)
        return PeerAnswer.without_plan(None if bound is None else bound + data.constant)
    value = float(pulp.value(problem.objective) or 0.0)
    if proven:
        bound = value
    bound = None if bound is None else bound + data.constant
    phases.improved(value + data.constant, bound)
    return data.answer(
        {key: variable.value() or 0.0 for key, variable in x.items()},
        [variable.value() or 0.0 for variable in y],
        {key: variable.value() or 0.0 for key, variable in r.items()},
        bound,
    )


def _bound(log: str) -> float | None:
    """The bound that CBC reports with its result, without which PuLP tells of none."""
    found = re.findall(r"^Lower bound:\s+(\S+)", log, re.MULTILINE)
    if not found:
        return None
    bound = float(found[-1]) - 5e-4  # it prints three decimals
    return bound if abs(bound) < 1e40 else None
