"""Prices by day and name, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from allocator.instance.models import Instance
from allocator.methods.decompose.couplings import Couplings, find_couplings
from allocator.methods.decompose.prices import describe_prices, recall_prices
from allocator.milp.builder import ABSENT
from allocator.milp.formulation import formulate
from allocator.milp.model import Vector
from allocator.plan.files import dump_plan, parse_plan
from allocator.plan.models import Plan, Prices, Solution
from tests.tools.instances import full_document, full_instance


def changed(**fields: Any) -> Instance:
    return Instance.model_validate(full_document() | fields)


def some_prices(couplings: Couplings, seed: int = 0) -> Vector:
    """Some are 0, none is above its ceiling."""
    draw = np.random.default_rng(seed)
    prices = draw.uniform(-1, 3, len(couplings.limit))
    return np.clip(prices, 0.0, couplings.ceiling)


@pytest.fixture(scope="module")
def couplings() -> Couplings:
    return find_couplings(formulate(full_instance()))


def test_the_way_back_is_exact_through_a_file(couplings: Couplings) -> None:
    prices = some_prices(couplings)
    solution = Solution(prices=describe_prices(full_instance(), couplings, prices))
    read = parse_plan(dump_plan(Plan(schema_version=1, instance="full", solution=solution)))
    assert read.solution.prices is not None
    assert recall_prices(full_instance(), couplings, read.solution.prices).tolist() == prices.tolist()


def test_a_slot_pays_for_the_quota_of_the_day_and_the_storage_from_then_on(couplings: Couplings) -> None:
    prices = np.zeros(len(couplings.limit))
    kinds = np.array(couplings.kind)
    day = couplings.place[:, 0]
    prices[(kinds == "quota") & (day == 1)] = 10.0
    prices[(kinds == "storage") & (day == 2)] = 1.0
    prices[(kinds == "storage") & (day == 5)] = 0.5
    assert describe_prices(full_instance(), couplings, prices).slot == (1.5, 11.5, 1.5, 0.5, 0.5, 0.5)


def test_a_blank_costs_what_packs_are_charged(couplings: Couplings) -> None:
    instance, formulation = full_instance(), formulate(full_instance())
    prices = some_prices(couplings)
    described = describe_prices(instance, couplings, prices)
    charged = couplings.use.T @ prices
    depots = [depot.id for depot in instance.depots]
    origin = instance.arrays.lane_origin_depot
    compared = 0
    for lane, day in np.argwhere(formulation.variables.packs != ABSENT):
        by_day = described.blank.get(depots[origin[lane]]) if origin[lane] >= 0 else None
        if by_day is not None:
            column = formulation.variables.packs[lane, day]
            assert by_day[day] * instance.pack_size == pytest.approx(charged[column])
            compared += 1
    assert compared > 5


def test_a_moved_delivery_takes_its_price_along(couplings: Couplings) -> None:
    """What stock is worth before the first delivery stays as it was."""
    prices = some_prices(couplings)
    before = describe_prices(full_instance(), couplings, prices)
    document = full_document()
    document["depots"][0]["deliveries"] = [{"day": 4, "cards": 11}]
    later = Instance.model_validate(document)
    theirs = find_couplings(formulate(later))
    after = describe_prices(later, theirs, recall_prices(later, theirs, before))
    assert after.supply["hub"] != before.supply["hub"]
    assert sum(after.supply["hub"]) == pytest.approx(sum(before.supply["hub"]))
    assert after.blank["hub"][:2] == pytest.approx(before.blank["hub"][:2])
    assert (after.quota, after.storage, after.targets) == (before.quota, before.storage, before.targets)


def test_a_longer_horizon_goes_on_at_the_last_price(couplings: Couplings) -> None:
    before = describe_prices(full_instance(), couplings, some_prices(couplings, 1))
    document = full_document() | {"days": 8, "quota": 6}
    document["offices"] = [{**office, "ingest_capacity": 4} for office in document["offices"]]
    for office in document["offices"]:
        office["print_capacity"] = 3
        for demand in office["demand"].values():
            demand.pop("arrivals", None)
    for lane in document["lanes"]:
        lane.pop("open", None)
    longer = Instance.model_validate(document)
    theirs = find_couplings(formulate(longer))
    after = describe_prices(longer, theirs, recall_prices(longer, theirs, before))
    assert len(after.slot) == 8
    assert after.quota[:6] == before.quota
    assert set(after.quota[6:]) <= {before.quota[5], 0.0}
    assert sum(after.storage) == pytest.approx(sum(before.storage))
    assert sum(after.supply["hub"]) == pytest.approx(sum(before.supply["hub"]))


def test_what_is_new_begins_at_nothing_and_nothing_exceeds_its_ceiling(couplings: Couplings) -> None:
    before = describe_prices(full_instance(), couplings, np.minimum(couplings.ceiling, 5.0))
    targets = [
        {"id": "nation", "day": 5, "share": 0.9, "penalty_per_record": 1},
        {"id": "another", "day": 2, "share": 0.5, "penalty_per_record": 9},
    ]
    instance = changed(targets=targets)
    theirs = find_couplings(formulate(instance))
    recalled = recall_prices(instance, theirs, before)
    assert recalled[np.array(theirs.kind) == "target"].tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    "odd",
    [
        Prices(),
        Prices(slot=(1.0,)),
        Prices(quota=(-1.0, 1e300), storage=(1.0,) * 99, supply={"nowhere": (1.0,), "hub": ()}),
        Prices(targets={"nation": 1e300, "x": 1.0}, handling={"hub": (2.0,) * 50}),
    ],
)
def test_prices_of_somebody_else_are_brought_into_their_range(couplings: Couplings, odd: Prices) -> None:
    recalled = recall_prices(full_instance(), couplings, odd)
    assert np.isfinite(recalled).all()
    assert (recalled >= 0).all()
    assert (recalled <= couplings.ceiling).all()


def test_without_limits_there_are_no_prices() -> None:
    instance = changed(storage=None, targets=[])
    couplings = find_couplings(formulate(instance))
    described = describe_prices(instance, couplings, np.zeros(len(couplings.limit)))
    assert (described.storage, described.targets) == ((), {})
    assert set(described.slot) == {0.0}
