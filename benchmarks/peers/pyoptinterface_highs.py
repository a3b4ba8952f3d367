"""PyOptInterface with HiGHS: variables go straight to the solver, rows from expression builders."""

from __future__ import annotations

import math
from typing import Any

from allocator.instance.models import Instance
from benchmarks.peers.data import describe
from benchmarks.peers.interface import THREADS, Deadline, PeerAnswer, Phases

NAME = "PyOptInterface, HiGHS"
LIBRARIES = ("pyoptinterface", "highsbox")


def solve(instance: Instance, time_limit: float, seed: int, phases: Phases) -> PeerAnswer:
    deadline = Deadline(time_limit)
    with phases.measured("build"):
        import pyoptinterface as poi
        from pyoptinterface import highs

        if not highs.is_library_loaded():
            raise ImportError("PyOptInterface finds no HiGHS; package highsbox brings one")
        data = describe(instance)
        days, pack, delay = range(data.days), data.pack_size, data.processing_days
        model = highs.Model()
        integer, real = poi.VariableDomain.Integer, poi.VariableDomain.Continuous
        records = integer if data.whole_records else real
        infinity = math.inf
        cost = poi.ExprBuilder()
        x, X, r, R = {}, {}, {}, {}  # noqa: N806  X and R of the model

        for q, queue in enumerate(data.queues):
            for t in days:
                r[q, t] = model.add_variable(lb=0, ub=infinity, domain=records)
                R[q, t] = model.add_variable(lb=0, ub=queue.applied[t], domain=real)
                _row(poi, model, [(1, R[q, t]), (-1, r[q, t]), (-1, R.get((q, t - 1)))], poi.Eq, 0)
                cost.add_affine_term(R[q, t], queue.card_price[t])
                if queue.needs_ingestion:
                    x[q, t] = model.add_variable(lb=0, ub=infinity, domain=records)
                    X[q, t] = model.add_variable(lb=0, ub=queue.ingestible[t], domain=real)
                    _row(poi, model, [(1, X[q, t]), (-1, x[q, t]), (-1, X.get((q, t - 1)))], poi.Eq, 0)
                    cost.add_affine_term(X[q, t], queue.ingest_price[t])
                    _row(poi, model, [(1, R[q, t]), (-1, X.get((q, t - delay)))], poi.Leq, queue.ready[t])
                for tier in queue.tiers:
                    if tier.applied[t] > 0:
                        overdue = model.add_variable(lb=0, ub=infinity, domain=real)
                        _row(poi, model, [(1, overdue), (1, R[q, t])], poi.Geq, tier.applied[t])
                        cost.add_affine_term(overdue, tier.price[t])

        if data.ingesting:
            for t in days:
                _row(poi, model, [(1, x[q, t]) for q in data.ingesting], poi.Leq, data.quota[t])
            for t in data.room_days:
                _row(poi, model, [(1, X[q, t]) for q in data.ingesting], poi.Leq, data.room[t])

        y = [model.add_variable(lb=0, ub=trip.max_packs, domain=integer) for trip in data.trips]
        z = [model.add_variable(lb=0, ub=1, domain=integer) for _ in data.trips]
        for n, trip in enumerate(data.trips):
            _row(poi, model, [(1, y[n]), (-trip.max_packs, z[n])], poi.Leq, 0)
            if trip.min_packs > 1:
                _row(poi, model, [(1, y[n]), (-trip.min_packs, z[n])], poi.Geq, 0)
            cost.add_affine_term(z[n], trip.fixed_cost)
            cost.add_affine_term(y[n], trip.cost_per_pack)

        for store in data.stores:
            H = [model.add_variable(lb=0, ub=infinity, domain=real) for _ in days]  # noqa: N806
            for t in days:
                arriving, leaving = data.arriving.get((store.id, t), []), data.leaving.get((store.id, t), [])
                balance = [(1, H[t]), (-1, H[t - 1] if t else None)]
                balance += [(-pack, y[n]) for n in arriving] + [(pack, y[n]) for n in leaving]
                balance += [(store.blanks_per_card, r[q, t]) for q in store.queues]
                _row(poi, model, balance, poi.Eq, store.received[t])
                if store.queues:
                    _row(poi, model, [(1, r[q, t]) for q in store.queues], poi.Leq, store.print_capacity[t])
                linked = [(1, x[q, t]) for q in store.queues if (q, t) in x]
                if store.ingest_capacity is not None and linked:
                    _row(poi, model, linked, poi.Leq, store.ingest_capacity[t])
                if store.max_blanks is not None:
                    slack = store.slack[t]
                    for n in arriving:
                        _row(poi, model, [(1, H[t]), (slack, z[n])], poi.Leq, store.max_blanks + slack)
                cost.add_affine_term(H[t], data.idle_blank_price)

        for hub in data.hubs:
            S = [model.add_variable(lb=hub.reserve, ub=infinity, domain=real) for _ in days]  # noqa: N806
            for t in days:
                arriving, leaving = data.arriving.get((hub.id, t), []), data.leaving.get((hub.id, t), [])
                balance = [(1, S[t]), (-1, S[t - 1] if t else None)]
                balance += [(-pack, y[n]) for n in arriving] + [(pack, y[n]) for n in leaving]
                _row(poi, model, balance, poi.Eq, hub.received[t])
                if hub.max_packs is not None and leaving:
                    _row(poi, model, [(1, y[n]) for n in leaving], poi.Leq, hub.max_packs)

        for promise in data.promises:
            short = model.add_variable(lb=0, ub=infinity, domain=real)
            printed = [(1, R[q, promise.day]) for q in promise.queues]
            _row(poi, model, [(1, short), *printed], poi.Geq, promise.needed)
            cost.add_affine_term(short, promise.penalty)
        cost += data.constant
        model.set_objective(cost, poi.ObjectiveSense.Minimize)

    with phases.measured("solve"):
        model.set_model_attribute(poi.ModelAttribute.Silent, True)
        model.set_raw_parameter("threads", THREADS)
        model.set_raw_parameter("random_seed", seed)
        model.set_raw_parameter("mip_rel_gap", 0.0)
        model.set_raw_parameter("time_limit", deadline.remaining)
        model.optimize()
        # Not ModelAttribute.RelativeGap, which is the gap asked for.
        dual = float(model.get_raw_info_double("mip_dual_bound"))
        status = model.get_model_attribute(poi.ModelAttribute.TerminationStatus)
        point = model.get_model_attribute(poi.ModelAttribute.PrimalStatus)
        found = point == poi.ResultStatusCode.FEASIBLE_POINT
    # Where nothing is whole it is a linear programme: optimal, or without a bound.
    whole = bool(data.trips) or data.whole_records
    bound = dual if whole and math.isfinite(dual) else None
    if not found:
        phases.improved(None, bound)
        return PeerAnswer.without_plan(bound)
    value = float(model.get_raw_info_double("objective_function_value"))
    if not whole and status == poi.TerminationStatusCode.OPTIMAL:
        bound = value
    phases.improved(value, bound)
    return data.answer(
        {key: float(model.get_value(variable)) for key, variable in x.items()},
        [float(model.get_value(variable)) for variable in y],
        {key: float(model.get_value(variable)) for key, variable in r.items()},
        bound,
    )


def _row(poi: Any, model: Any, terms: list[tuple[float, Any]], sense: Any, right: float) -> None:
    """A constraint; terms without a variable are of a day before day 0 and left out."""
    row = poi.ExprBuilder()
    for coefficient, variable in terms:
        if variable is not None:
            row.add_affine_term(variable, coefficient)
    model.add_linear_constraint(row, sense, right)
