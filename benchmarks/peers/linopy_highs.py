"""linopy with HiGHS: labelled arrays over queues, offices, lanes and days, handed over directly."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from allocator.instance.models import Instance
from benchmarks.peers.data import Data, describe
from benchmarks.peers.interface import THREADS, Deadline, PeerAnswer, Phases

NAME = "linopy, HiGHS"
LIBRARIES = ("linopy", "highspy")


def solve(instance: Instance, time_limit: float, seed: int, phases: Phases) -> PeerAnswer:
    deadline = Deadline(time_limit)
    with phases.measured("build"), warnings.catch_warnings():
        import highspy
        import linopy
        from linopy.semantics import LinopySemanticsWarning

        # What a shift or a mask leaves without a variable counts as 0, which is what is wanted here; linopy
        # announces that this will have to be said.
        warnings.simplefilter("ignore", LinopySemanticsWarning)

        data = describe(instance)
        model = linopy.Model()
        costs: list[Any] = []
        x, r, R = _add_queues(model, data, costs)  # noqa: N806  R of the model
        arriving, leaving, y = _add_trips(model, data, costs)
        _add_offices(model, data, costs, x, r, arriving, leaving)
        _add_depots(model, data, arriving, leaving)
        _add_promises(model, data, costs, R)
        if not costs:
            raise RuntimeError("linopy has no models without variables")
        model.add_objective(linopy.merge(costs) if len(costs) > 1 else costs[0])

    with phases.measured("solve"):
        model.solve(
            "highs",
            io_api="direct",
            progress=False,
            log_to_console=False,
            threads=THREADS,
            random_seed=seed,
            mip_rel_gap=0.0,
            time_limit=deadline.remaining,
        )
        information = model.solver_model.getInfo()
        # linopy keeps values also where there is no plan: the status of the point tells.
        feasible = int(highspy.SolutionStatus.kSolutionStatusFeasible)
        found = int(information.primal_solution_status) == feasible
        whole = bool(data.trips) or data.whole_records
        dual = float(information.mip_dual_bound if whole else information.objective_function_value)
    bound = dual + data.constant if math.isfinite(dual) else None
    if not found:
        phases.improved(None, bound)
        return PeerAnswer.without_plan(bound)
    phases.improved(float(information.objective_function_value) + data.constant, bound)
    days = range(data.days)
    ingest = _values(x, "queue")
    cards = _values(r, "queue")
    packs = _values(y, "lane")
    return data.answer(
        {(q, t): ingest[row, t] for row, q in enumerate(data.ingesting) for t in days},
        [packs[trip.lane, trip.day] for trip in data.trips],
        {(q, t): cards[q, t] for q in range(len(data.queues)) for t in days},
        bound,
    )


def _values(variable: Any, places: str) -> Any:
    """(places, day) what the solver found; the order of dimensions is linopy's affair."""
    return None if variable is None else variable.solution.transpose(places, "day").to_numpy()


def _array(values: Any, *dims: str) -> Any:
    """Data with labels 0, 1, ... along each dimension."""
    import xarray

    values = np.asarray(values)
    return xarray.DataArray(
        values, dims=dims, coords={d: np.arange(n) for d, n in zip(dims, values.shape, strict=True)}
    )


def _add_queues(model: Any, data: Data, costs: list[Any]) -> tuple[Any, Any, Any]:
    """x, r and R with rules 1, 2, 4, 5 and the price of waiting; None where there are none."""
    if not data.queues:
        return None, None, None
    applied = _array([queue.applied for queue in data.queues], "queue", "day")
    r = model.add_variables(lower=0, upper=applied, integer=data.whole_records, name="cards")
    R = model.add_variables(lower=0, upper=applied, name="cards so far")  # noqa: N806
    model.add_constraints(R - R.shift(day=1) - r == 0, name="cards add up")
    costs.append((R * _array([queue.card_price for queue in data.queues], "queue", "day")).sum())
    straight = [q for q, queue in enumerate(data.queues) if not queue.needs_ingestion]
    if straight:
        ready = _array([data.queues[q].ready for q in straight], "queue", "day").assign_coords(queue=straight)
        model.add_constraints(R.sel(queue=straight) <= ready, name="cards of those in the database")
    late = [(q, tier) for q, queue in enumerate(data.queues) for tier in queue.tiers]
    if late:
        waited = _array([tier.applied for _, tier in late], "late", "day")
        O = model.add_variables(lower=0, coords=waited.coords, name="overdue")  # noqa: N806, E741
        printed = 1 * R.sel(queue=_array([q for q, _ in late], "late"))
        model.add_constraints(O + printed >= waited, name="overdue")
        costs.append((O * _array([tier.price for _, tier in late], "late", "day")).sum())
    ingesting = data.ingesting
    if not ingesting:
        return None, r, R
    chosen_queues = [data.queues[q] for q in ingesting]
    limit = _array([queue.ingestible for queue in chosen_queues], "queue", "day").assign_coords(
        queue=ingesting
    )
    x = model.add_variables(lower=0, upper=limit, integer=data.whole_records, name="ingest")
    X = model.add_variables(lower=0, upper=limit, name="ingested so far")  # noqa: N806
    model.add_constraints(X - X.shift(day=1) - x == 0, name="records add up")
    price = _array([queue.ingest_price for queue in chosen_queues], "queue", "day").assign_coords(
        queue=ingesting
    )
    costs.append((X * price).sum())
    ready = _array([queue.ready for queue in chosen_queues], "queue", "day").assign_coords(queue=ingesting)
    model.add_constraints(
        R.sel(queue=ingesting) - X.shift(day=data.processing_days) <= ready, name="cards of ready records"
    )
    model.add_constraints(x.sum("queue") <= _array(data.quota, "day"), name="quota")
    if data.room is not None:
        room = _array(data.room, "day").sel(day=data.room_days)
        model.add_constraints(X.sum("queue").sel(day=data.room_days) <= room, name="storage")
    return x, r, R


def _add_trips(model: Any, data: Data, costs: list[Any]) -> tuple[Any, Any, Any]:
    """Rule 9 and freight; packs and trips by lane and day of arrival, packs by day of dispatch, y."""
    if not data.trips:
        return None, None, None
    shape = (data.lanes, data.days)
    most, least, fixed, variable = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape)
    lead = np.zeros(data.lanes, dtype=int)
    for trip in data.trips:
        place = trip.lane, trip.day
        most[place], least[place] = trip.max_packs, trip.min_packs
        fixed[place], variable[place] = trip.fixed_cost, trip.cost_per_pack
        lead[trip.lane] = trip.arrival - trip.day
    exists = _array(most > 0, "lane", "day")
    most_packs = _array(most, "lane", "day")
    y = model.add_variables(lower=0, upper=most_packs, mask=exists, integer=True, name="packs")
    z = model.add_variables(coords=exists.coords, mask=exists, binary=True, name="trip")
    model.add_constraints(y - most_packs * z <= 0, mask=exists, name="largest load")
    loaded = _array(least > 1, "lane", "day")
    if loaded.any():
        model.add_constraints(y - _array(least, "lane", "day") * z >= 0, mask=loaded, name="least load")
    costs.append((y * _array(variable, "lane", "day") + z * _array(fixed, "lane", "day")).sum())

    import linopy

    def on_arrival(decision: Any) -> Any:
        parts = []
        for days in np.unique(lead):
            lanes = np.nonzero(lead == days)[0]
            parts.append((1 * decision.sel(lane=lanes)).shift(day=int(days)))
        joined = parts[0] if len(parts) == 1 else linopy.merge(parts, dim="lane")
        return joined.sel(lane=np.arange(data.lanes))

    return (on_arrival(y), on_arrival(z)), 1 * y, y


def _add_offices(
    model: Any, data: Data, costs: list[Any], x: Any, r: Any, arriving: Any, leaving: Any
) -> None:
    """H with rules 3, 6, 7, 8 and the price of idle blanks."""
    stores = data.stores
    office = _array(range(len(stores)), "office")
    received = _array([store.received for store in stores], "office", "day")
    H = model.add_variables(lower=0, coords=received.coords, name="blanks")  # noqa: N806
    balance = H - H.shift(day=1)
    if r is not None:
        of_queue = _array([queue.office for queue in data.queues], "queue").rename("office")
        printed = r.groupby(of_queue).sum()
        some = printed.coords["office"].to_numpy()
        capacity = _array([store.print_capacity for store in stores], "office", "day")
        model.add_constraints(printed <= capacity.sel(office=some), name="printers")
        used = printed * _array([store.blanks_per_card for store in stores], "office").sel(office=some)
        balance = balance + used.reindex(office=office)
    if x is not None:
        of_queue = _array([data.queues[q].office for q in data.ingesting], "queue").rename("office")
        of_queue = of_queue.assign_coords(queue=data.ingesting)
        ingested = x.groupby(of_queue).sum()
        linked = [int(i) for i in ingested.coords["office"] if stores[int(i)].ingest_capacity is not None]
        if linked:
            capacity = _array([stores[i].ingest_capacity for i in linked], "office", "day").assign_coords(
                office=linked
            )
            model.add_constraints(ingested.sel(office=linked) <= capacity, name="office link")
    places = {store.id: i for i, store in enumerate(stores)}
    balance = _with_packs(balance, data, places, "office", arriving, leaving)
    model.add_constraints(balance == received, name="blanks")
    if data.idle_blank_price:
        costs.append((data.idle_blank_price * H).sum())
    limited = [trip for trip in data.trips if trip.destination in places]
    limited = [trip for trip in limited if stores[places[trip.destination]].max_blanks is not None]
    if limited:
        _, z_in = arriving
        lanes = sorted({trip.lane for trip in limited})
        to = {trip.lane: places[trip.destination] for trip in limited}
        arrives = np.zeros((len(lanes), data.days), dtype=bool)
        for trip in limited:
            arrives[lanes.index(trip.lane), trip.arrival] = True
        slack = _array([stores[to[lane]].slack for lane in lanes], "lane", "day").assign_coords(lane=lanes)
        limit = _array([stores[to[lane]].max_blanks for lane in lanes], "lane").assign_coords(lane=lanes)
        destination = _array([to[lane] for lane in lanes], "lane").assign_coords(lane=lanes)
        on_hand = (1 * H.sel(office=destination)).drop_vars("office")
        mask = _array(arrives, "lane", "day").assign_coords(lane=lanes)
        model.add_constraints(
            on_hand + slack * z_in.sel(lane=lanes) <= limit + slack, mask=mask, name="store"
        )


def _add_depots(model: Any, data: Data, arriving: Any, leaving: Any) -> None:
    """Rules 10 and 11."""
    if not data.hubs:
        return
    received = _array([hub.received for hub in data.hubs], "depot", "day")
    reserve = _array([hub.reserve for hub in data.hubs], "depot")
    S = model.add_variables(lower=reserve, coords=received.coords, name="stock")  # noqa: N806
    places = {hub.id: d for d, hub in enumerate(data.hubs)}
    balance = _with_packs(S - S.shift(day=1), data, places, "depot", arriving, leaving)
    model.add_constraints(balance == received, name="stock")
    for d, hub in enumerate(data.hubs):
        lanes = sorted({trip.lane for trip in data.trips if trip.origin == hub.id})
        if hub.max_packs is not None and lanes:
            model.add_constraints(leaving.sel(lane=lanes).sum("lane") <= hub.max_packs, name=f"dispatch {d}")


def _with_packs(
    balance: Any, data: Data, places: dict[str, int], dim: str, arriving: Any, leaving: Any
) -> Any:
    """A balance of blanks, less what lanes bring to the places and plus what they take."""
    for end, flows, sign in (("destination", arriving and arriving[0], -1), ("origin", leaving, 1)):
        at = {trip.lane: places[getattr(trip, end)] for trip in data.trips if getattr(trip, end) in places}
        if not at:
            continue
        lanes = sorted(at)
        key = _array([at[lane] for lane in lanes], "lane").assign_coords(lane=lanes).rename(dim)
        moved = (sign * data.pack_size * flows.sel(lane=lanes)).groupby(key).sum()
        balance = balance + moved.reindex({dim: np.arange(len(places))})
    return balance


def _add_promises(model: Any, data: Data, costs: list[Any], R: Any) -> None:  # noqa: N803
    """Targets."""
    for j, promise in enumerate(data.promises):
        if promise.queues:
            short = model.add_variables(lower=0, name=f"short of promise {j}")
            printed = R.sel(day=promise.day, queue=promise.queues).sum()
            model.add_constraints(short + printed >= promise.needed, name=f"promise {j}")
            costs.append(promise.penalty * short)
