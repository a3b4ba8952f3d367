"""Every policy on every kind of instance: valid, not idle, repeatable, fast."""

from __future__ import annotations

import time
from random import Random

import numpy as np
import pytest
from hypothesis import given

from allocator.errors import InputError
from allocator.instance.generate import FAMILIES, generate_instance
from allocator.instance.models import Instance
from allocator.methods.policies import POLICIES, get_policy
from allocator.plan.arrays import PlanArrays
from allocator.verdict import empty_cost, verify
from tests.tools.random_instances import SMALL, Size, random_document
from tests.tools.strategies import instances

ACTIVE = [name for name in POLICIES if name != "empty"]
LONGER = Size(offices=6, days=20, streams=3, depots=4, lanes=14, records=15, packs=8)


def assert_valid_and_not_idle(instance: Instance, plan: PlanArrays) -> None:
    assert verify(instance, plan).violations == ()
    assert plan.ingest.any() == _can_ingest(instance)
    if _can_print_at_once(instance):
        assert plan.cards.any()


def _can_ingest(instance: Instance) -> bool:
    arrays = instance.arrays
    links = (arrays.ingestible.sum(axis=1) > 0) & (arrays.ingest_capacity > 0)
    return bool((links.any(axis=0) & (arrays.quota > 0) & (arrays.storage > 0)).any())


def _can_print_at_once(instance: Instance) -> bool:
    """With the blanks offices have, for records that need no slot."""
    arrays = instance.arrays
    ready = np.where(arrays.needs_ingestion[:, None], arrays.ready_from_before, arrays.applied).sum(axis=1)
    cards = arrays.blanks * arrays.good_per_thousand[:, None] // 1000
    return bool(((ready > 0) & (cards > 0) & (arrays.print_capacity > 0)).any())


@pytest.mark.parametrize("name", ACTIVE)
@given(instance=instances())
def test_small_instances(name: str, instance: Instance) -> None:
    assert_valid_and_not_idle(instance, POLICIES[name].plan(instance))


@pytest.mark.parametrize("name", ACTIVE)
@given(instance=instances(LONGER))
def test_longer_instances(name: str, instance: Instance) -> None:
    assert_valid_and_not_idle(instance, POLICIES[name].plan(instance))


@pytest.mark.parametrize("name", ACTIVE)
def test_ships_where_blanks_are_what_is_missing(name: str) -> None:
    tried = 0
    for seed in range(150):
        document = random_document(Random(seed), SMALL)
        document["costs"] |= {"unprintable_day": 1, "waiting_day": 1, "idle_blank_day": 0}
        for lane in document["lanes"]:
            lane |= {"fixed_cost": 0, "cost_per_pack": 0}
        instance = Instance.model_validate(document)
        if _can_ship(instance):
            tried += 1
            assert POLICIES[name].plan(instance).packs.any()
    assert tried > 10


def _can_ship(instance: Instance) -> bool:
    """A depot with packs from the first day, a lane, and an office that waits for them and has none."""
    arrays = instance.arrays
    ready = np.where(arrays.needs_ingestion[:, None], arrays.ready_from_before, arrays.applied).sum(axis=1)
    for lane in range(len(instance.lanes)):
        depot, office = arrays.lane_origin_depot[lane], arrays.lane_destination_office[lane]
        if depot < 0 or office < 0 or not arrays.dispatchable[lane].any():
            continue
        arrival = int(arrays.dispatchable[lane].argmax() + arrays.lead_days[lane])
        packs = (instance.depots[depot].stock - instance.depots[depot].reserve) // arrays.pack_size
        lots = min(packs, arrays.depot_max_packs[depot]) >= arrays.min_packs[lane]
        needs = arrays.blanks[office, -1] == 0 and ready[office, arrival] > 0
        prints = arrays.print_capacity[office, arrival] > 0 and arrays.good_per_thousand[office] == 1000
        if lots and needs and prints and instance.offices[office].max_blanks is None:
            return True
    return False


@pytest.mark.parametrize("family", list(FAMILIES))
def test_every_family(family: str) -> None:
    instance = generate_instance(family, offices=20, days=45, seed=3)
    nothing = float(empty_cost(instance).total)
    for name in ACTIVE:
        verdict = verify(instance, POLICIES[name].plan(instance))
        assert verdict.violations == ()
        assert float(verdict.cost.total) < 0.9 * nothing


@pytest.mark.parametrize("name", list(POLICIES))
def test_full_instance(name: str, full_instance: Instance) -> None:
    assert verify(full_instance, POLICIES[name].plan(full_instance)).violations == ()


def test_empty_does_nothing(full_instance: Instance) -> None:
    plan = POLICIES["empty"].plan(full_instance)
    assert not any(values.any() for values in vars(plan).values())


@pytest.mark.parametrize("name", ACTIVE)
def test_same_plan_every_time(name: str) -> None:
    instance = generate_instance("hubs", offices=24, days=30, seed=1)
    first, second = POLICIES[name].plan(instance), POLICIES[name].plan(instance)
    assert all(np.array_equal(getattr(first, field), getattr(second, field)) for field in vars(first))


@pytest.mark.parametrize("name", ACTIVE)
def test_valid_when_time_is_over(name: str) -> None:
    instance = generate_instance("lending", offices=20, days=30)
    plan = POLICIES[name].plan(instance, deadline=time.monotonic())
    assert verify(instance, plan).violations == ()
    assert not plan.ingest.any()
    assert not plan.packs.any()


def test_unknown_name_lists_the_known() -> None:
    with pytest.raises(InputError, match="empty, equal, proportional, first-come, tiers"):
        get_policy("best")
    assert get_policy("tiers") is POLICIES["tiers"]


def test_descriptions_tell_the_rule() -> None:
    for name in ACTIVE:
        description = POLICIES[name].description
        assert "Slots: " in description
        assert "When an office asks for blanks" in description


@pytest.mark.national
@pytest.mark.parametrize("family", ["quota", "blanks", "hubs", "lending"])
def test_national_size(family: str) -> None:
    instance = generate_instance(family, offices=514, days=90)
    for name in ACTIVE:
        begun = time.process_time()
        plan = POLICIES[name].plan(instance)
        assert time.process_time() - begun < 5
        assert verify(instance, plan).valid
