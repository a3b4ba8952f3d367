"""A smaller nation is a nation: a valid instance with its share of everything."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator import FAMILIES, dump_instance, generate_instance, parse_instance
from allocator.instance.models import Instance
from allocator.methods.decompose.sampling import sample_sizes, smaller_nation, strata
from allocator.milp.formulation import formulate
from tests.tools.instances import full_document, tiny_instance
from tests.tools.strategies import instances

phases = st.sampled_from([0.0, 0.1, 0.5, 0.9, 0.999])


def assert_consistent(sample: Instance) -> None:
    """A file of it is read back as the same instance: every rule of the contract is kept."""
    again = Instance.model_validate(sample.model_dump(by_alias=True))
    assert parse_instance(dump_instance(sample)) == again
    assert again.arrays.quota.tolist() == sample.arrays.quota.tolist()
    formulate(sample)


@given(instance=instances(), offices=st.integers(1, 3), phase=phases)
def test_every_sample_is_a_valid_instance(instance: Instance, offices: int, phase: float) -> None:
    sample = smaller_nation(instance, offices, phase)
    assert_consistent(sample)
    kept = {office.id for office in sample.offices}
    assert 1 <= len(kept) <= len(instance.offices)
    places = kept | {depot.id for depot in sample.depots}
    wanted = [lane.id for lane in instance.lanes if {lane.origin, lane.destination} <= places]
    assert [lane.id for lane in sample.lanes] == wanted
    for target, scope in zip(instance.targets, instance.arrays.target_scope, strict=True):
        inside = any(
            queues.any() and office.id in kept for office, queues in zip(instance.offices, scope, strict=True)
        )
        assert (target in sample.targets) == inside


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("phase", [0.1, 0.5, 0.9])
def test_samples_of_every_family(family: str, phase: float) -> None:
    instance = generate_instance(family, offices=60, days=15)
    sample = smaller_nation(instance, 15, phase)
    assert_consistent(sample)
    assert 8 <= len(sample.offices) <= 30
    whole, part = instance.arrays, sample.arrays
    share = part.ingestible[:, :, -1].sum() / max(1, whole.ingestible[:, :, -1].sum())
    quota = part.quota.sum() / max(1, whole.quota.sum())
    assert quota == pytest.approx(share, rel=0.02, abs=0.01)
    if instance.storage is not None:
        assert sample.storage is not None
        assert sample.storage.free == pytest.approx(share * instance.storage.free, rel=0.02, abs=1)
    ids = [office.id for office in instance.offices]
    places = [ids.index(office.id) for office in sample.offices]
    assert places == sorted(places)
    for office in sample.offices:
        assert office == instance.offices[ids.index(office.id)]
    # What comes into the country for printing is there in about the share of the offices.
    supply = part.depot_supply[:, -1].sum() / max(1, whole.depot_supply[:, -1].sum())
    assert 0.3 * len(places) / len(ids) < supply < 3 * len(places) / len(ids)


@pytest.mark.parametrize("family", FAMILIES)
def test_all_offices_are_the_nation_itself(family: str) -> None:
    instance = generate_instance(family, offices=12, days=10)
    sample = smaller_nation(instance, 12)
    assert sample.offices == instance.offices
    assert sample.arrays.quota.tolist() == instance.arrays.quota.tolist()
    assert sample.arrays.depot_supply.tolist() == instance.arrays.depot_supply.tolist()
    assert sample.lanes == instance.lanes
    assert sample.targets == instance.targets


def test_blanks_are_shared_by_the_cards_that_slots_allow() -> None:
    # Both offices have 100 applicants. Those of a need a slot, and half of them get one.
    offices = [
        {
            "id": office,
            "print_capacity": 50,
            "demand": {stream: {"backlog": [{"age_days": 1, "records": 100}]}},
        }
        for office, stream in (("a", "first"), ("b", "renewal"))
    ]
    instance = tiny_instance(
        days=5,
        quota=10,
        streams=[{"id": "first", "needs_ingestion": True}, {"id": "renewal"}],
        depots=[{"id": "hub", "stock": 150}],
        offices=offices,
        lanes=[
            {"from": "hub", "to": office, "lead_days": 0, "fixed_cost": 0, "cost_per_pack": 0}
            for office in ("a", "b")
        ],
    )
    samples = [smaller_nation(instance, 1, phase) for phase in (0.1, 0.9)]
    found = [(sample.offices[0].id, sample.quota[0], sample.depots[0].stock) for sample in samples]
    assert found == [("a", 10, 50), ("b", 0, 100)]


def test_offices_that_lend_to_each_other_stay_together() -> None:
    usual = {"print_capacity": 5, "demand": {"first": {"arrivals": 3}}}
    offices = [{"id": f"o{n}", **usual} for n in range(20)]
    pairs = [(f"o{2 * n}", f"o{2 * n + 1}") for n in range(10)]
    lanes = [("depot", f"o{n}") for n in range(20)] + pairs
    document = full_document()
    instance = Instance.model_validate(
        {
            "schema_version": 1,
            "name": "pairs",
            "start": document["start"],
            "days": 5,
            "pack_size": 10,
            "quota": 30,
            "streams": [{"id": "first", "needs_ingestion": True}],
            "costs": document["costs"],
            "depots": [{"id": "depot", "stock": 1000}],
            "offices": offices,
            "lanes": [
                {"from": origin, "to": place, "lead_days": 0, "fixed_cost": 1, "cost_per_pack": 1}
                for origin, place in lanes
            ],
        }
    )
    sample = smaller_nation(instance, 6)
    kept = {office.id for office in sample.offices}
    assert len(kept) == 6
    for one, other in pairs:
        assert (one in kept) == (other in kept)
    assert sample.arrays.quota.tolist() == [9] * 5
    assert sample.depots[0].stock == 300


def test_targets_of_nobody_are_dropped() -> None:
    instance = generate_instance("election", offices=40, days=15)
    for phase in (0.1, 0.5, 0.9):
        sample = smaller_nation(instance, 5, phase)
        kept = {office.id for office in sample.offices}
        assert all(target.office is None or target.office in kept for target in sample.targets)
    document = json.loads(dump_instance(instance))
    document["targets"] = [
        {"id": office.id, "day": 3, "share": 0.5, "penalty_per_record": 1, "office": office.id}
        for office in instance.offices
    ]
    sample = smaller_nation(Instance.model_validate(document), 5)
    assert [target.office for target in sample.targets] == [office.id for office in sample.offices]


def test_other_phases_draw_other_offices() -> None:
    instance = generate_instance("quota", offices=40, days=10)
    drawn = [
        {office.id for office in smaller_nation(instance, 8, phase).offices} for phase in (0.1, 0.5, 0.9)
    ]
    assert not drawn[0] & drawn[1]
    assert not drawn[1] & drawn[2]
    assert all(len(each) == 8 for each in drawn)


@given(offices=st.integers(1, 10_000), days=st.integers(1, 400))
def test_sizes_ascend_and_stay_below_the_nation(offices: int, days: int) -> None:
    sizes = sample_sizes(offices, days)
    assert sizes == sorted(set(sizes))
    assert all(2 * size <= offices for size in sizes[1:])
    assert sizes[0] >= 1
    assert len(sizes) <= 1 + np.log(10_000) / np.log(2)


@pytest.mark.parametrize("family", ["blanks", "quota", "printers", "outages"])
def test_larger_samples_hold_the_smaller_ones(family: str) -> None:
    """Steps a third as wide meet in the middle of those before, so that what is known can be handed on."""
    instance = generate_instance(family, offices=180, days=10)
    samples = [smaller_nation(instance, offices) for offices in (10, 30, 90)]
    number = strata(instance, samples)
    assert np.bincount(number).tolist() == [10, 20, 60, 90]
    inside = {office.id for office in samples[0].offices}
    ids = np.array([office.id for office in instance.offices])
    assert set(ids[number == 0].tolist()) == inside
    assert strata(samples[1], samples).max() == 1
    assert strata(instance, []).tolist() == [0] * 180
