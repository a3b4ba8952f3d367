"""What a family is named for is short in it, the rest suffices, and a trip every two to four weeks pays."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import median

import numpy as np
import pytest

from allocator.instance.generate import FAMILIES, generate_instance
from allocator.instance.generate.calendar import is_working_day
from allocator.instance.models import Instance

FIRST_TIME = 1  # index of the stream that needs ingestion

both_seeds = pytest.mark.parametrize("seed", [0, 11])


@dataclass(frozen=True)
class Totals:
    """Sums over all offices and the whole horizon."""

    applied: int
    to_ingest: int
    slots: int
    cards: int
    blanks: int


def totals(instance: Instance) -> Totals:
    arrays = instance.arrays
    return Totals(
        applied=int(arrays.applied[:, :, -1].sum()),
        to_ingest=int(arrays.applied[:, FIRST_TIME, -1].sum()),
        slots=int(arrays.quota.sum()),
        cards=int(arrays.print_capacity.sum()),
        blanks=int(arrays.blanks[:, -1].sum() + (arrays.depot_supply[:, -1] - arrays.depot_reserve).sum()),
    )


@both_seeds
def test_quota(seed: int) -> None:
    total = totals(generate_instance("quota", seed=seed))
    assert total.slots < 0.65 * total.to_ingest
    printable = total.applied - total.to_ingest + total.slots
    assert total.cards > 1.5 * printable
    assert total.blanks > 1.5 * printable


@both_seeds
def test_blanks(seed: int) -> None:
    total = totals(generate_instance("blanks", seed=seed))
    assert total.blanks < 0.65 * total.applied
    assert total.slots > 2 * total.to_ingest
    assert total.cards > total.applied


@both_seeds
def test_printers(seed: int) -> None:
    total = totals(generate_instance("printers", seed=seed))
    assert total.cards < 0.35 * total.applied
    assert total.blanks > 1.2 * total.applied
    assert total.slots > 2 * total.to_ingest


@both_seeds
def test_outages(seed: int) -> None:
    instance = generate_instance("outages", seed=seed)
    total = totals(instance)
    assert 0.2 < (instance.arrays.quota == 0).mean() < 0.6
    assert total.slots < 0.85 * total.to_ingest
    assert min(total.cards, total.blanks) > total.applied - total.to_ingest + total.slots


@both_seeds
def test_islands(seed: int) -> None:
    instance, usual = generate_instance("islands", seed=seed), generate_instance("quota", seed=seed)
    weekly = [lane for lane in instance.lanes if np.sum(lane.open) <= instance.days / 7 + 1]
    assert 0.5 < len(weekly) / len(instance.lanes) < 0.95
    assert median(lane.fixed_cost for lane in weekly) > 1.5 * float(
        median(lane.fixed_cost for lane in usual.lanes)
    )
    assert all(lane.lead_days >= 2 and lane.max_packs == 12 for lane in weekly)
    total = totals(instance)
    assert total.slots > 2 * total.to_ingest
    assert min(total.cards, total.blanks) > total.applied


@both_seeds
def test_hubs(seed: int) -> None:
    instance = generate_instance("hubs", seed=seed)
    hubs = {depot.id for depot in instance.depots[1:]}
    assert len(hubs) == len({office.province for office in instance.offices}) == 34
    province = {office.id: office.province for office in instance.offices}
    for lane in instance.lanes:
        if lane.destination in hubs:
            assert lane.origin == instance.depots[0].id
        else:
            assert lane.origin == f"hub:{province[lane.destination]}"
    total = totals(instance)
    assert 0.5 * total.applied < total.blanks < 0.9 * total.applied


@both_seeds
def test_quota_step(seed: int) -> None:
    instance = generate_instance("quota-step", seed=seed)
    quota, total = instance.arrays.quota, totals(instance)
    before = quota[: instance.days // 3]
    assert 6.5 < quota[-1] / quota[0] < 6.6
    assert before.sum() < 0.5 * total.to_ingest < total.slots
    assert instance.storage is not None
    assert instance.storage.free < before.sum()  # the database is full before it gets room
    assert instance.arrays.storage[-1] > total.to_ingest


@both_seeds
def test_election(seed: int) -> None:
    instance = generate_instance("election", seed=seed)
    arrays = instance.arrays
    asked, possible = [], []
    for target, scope in zip(instance.targets, arrays.target_scope, strict=True):
        asked.append(float(target.share) * arrays.applied[scope][:, target.day].sum())
        possible.append(arrays.print_capacity[scope.any(axis=1), : target.day + 1].sum())
    reachable = np.mean(np.array(asked) < possible)
    assert len(asked) == 34
    assert 0.2 < reachable < 0.8  # with every printer at work from day 0 on
    assert sum(asked) > 0.75 * sum(possible)


@both_seeds
def test_lending(seed: int) -> None:
    instance = generate_instance("lending", seed=seed)
    arrays = instance.arrays
    lenders = sorted({int(office) for office in arrays.lane_origin_office if office >= 0})
    assert len(lenders) >= 5
    can_print = arrays.print_capacity.sum(axis=1)
    assert arrays.blanks[lenders, -1].sum() > 1.5 * can_print[lenders].sum()
    others = np.setdiff1d(np.arange(len(instance.offices)), lenders)
    assert can_print[others].sum() > 1.5 * arrays.blanks[others, -1].sum()
    for lane, origin, destination in zip(
        instance.lanes, arrays.lane_origin_office, arrays.lane_destination_office, strict=True
    ):
        if origin >= 0:
            assert instance.offices[origin].province == instance.offices[destination].province, lane.id
    total = totals(instance)
    assert total.blanks < 0.5 * min(total.applied, total.cards)


@both_seeds
def test_links(seed: int) -> None:
    instance = generate_instance("links", seed=seed)
    links, total = instance.arrays.ingest_capacity, totals(instance)
    down = (links == 0).any(axis=1)
    assert 0.3 < down.mean() < 0.7
    assert ((links[down] == 0).sum(axis=1) >= 14).all()
    assert links.sum() < 0.95 * total.to_ingest
    assert total.slots > 2 * total.to_ingest
    assert min(total.cards, total.blanks) > total.applied


@both_seeds
@pytest.mark.parametrize("family", FAMILIES)
def test_a_trip_every_two_to_four_weeks_pays_for_the_median_office(family: str, seed: int) -> None:
    cycles = economic_cycles(generate_instance(family, seed=seed))
    assert 14 <= median(cycles) <= 28


def economic_cycles(instance: Instance) -> list[float]:
    """Days between trips at the economic order quantity, by office, from nothing but the instance."""
    arrays, total = instance.arrays, totals(instance)
    ingested = min(1.0, total.slots / total.to_ingest)
    wanted = arrays.applied[:, :, -1].sum(axis=1) - (1 - ingested) * arrays.applied[:, FIRST_TIME, -1]
    use = np.minimum(arrays.print_capacity.sum(axis=1), wanted)
    daily = use * min(1.0, total.blanks / use.sum()) / instance.days
    idle = float(instance.costs.idle_blank_day)
    depots = {depot.id for depot in instance.depots}
    return [
        sqrt(2 * float(lane.fixed_cost) / (idle * daily[arrays.office_index[lane.destination]]))
        for lane in instance.lanes
        if lane.origin in depots and lane.destination not in depots
    ]


def test_offices_work_five_or_six_days_a_week() -> None:
    instance = generate_instance("quota")
    saturdays = [day for day in range(instance.days) if (instance.start.weekday() + day) % 7 == 5]
    open_saturdays = instance.arrays.print_capacity[:, saturdays].any(axis=1)
    assert 0.1 < open_saturdays.mean() < 0.5
    mondays = [day for day in range(instance.days) if (instance.start.weekday() + day) % 7 == 0]
    assert instance.arrays.print_capacity[:, mondays].all()
    assert is_working_day(instance.start)
