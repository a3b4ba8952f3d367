"""Who gets the slots of a day on which there are too few, by hand."""

from __future__ import annotations

import pytest

from allocator.instance.models import Instance
from allocator.methods.policies import POLICIES
from tests.tools.instances import tiny_instance


def _instance(queues: dict[str, list[tuple[int, int]]], quota: int, **links: int) -> Instance:
    """Offices with backlogs [(age_days, records)] on one day."""
    return tiny_instance(
        quota=quota,
        offices=[
            {
                "id": name,
                "print_capacity": 0,
                "ingest_capacity": links.get(name),
                "demand": {
                    "first": {"backlog": [{"age_days": age, "records": records} for age, records in queue]}
                },
            }
            for name, queue in queues.items()
        ],
    )


def _slots(policy: str, instance: Instance) -> list[int]:
    return POLICIES[policy].plan(instance).ingest[:, 0, 0].tolist()


BACKLOGS = {"a": [(1, 15)], "b": [(3, 27)], "c": [(2, 58)]}


@pytest.mark.parametrize(
    ("policy", "slots"),
    [
        ("empty", [0, 0, 0]),
        ("equal", [3, 3, 4]),  # the one over to the largest backlog
        ("proportional", [1, 3, 6]),  # 1.5, 2.7, 5.8
        ("first-come", [0, 10, 0]),
        ("tiers", [2, 3, 5]),  # mean 33.3: classes 3, 4 and 6 of 13: 2.3, 3.1, 4.6
    ],
)
def test_ten_slots(policy: str, slots: list[int]) -> None:
    assert _slots(policy, _instance(BACKLOGS, quota=10)) == slots


@pytest.mark.parametrize(
    ("policy", "slots"),
    [
        ("equal", [15, 5, 30]),
        ("proportional", [9, 5, 36]),  # 45 in 15 : 58 = 9.2, 35.8
        ("first-come", [0, 5, 45]),
        ("tiers", [15, 5, 30]),  # 45 in 3 : 6 = 15, 30
    ],
)
def test_a_weak_link_leaves_its_share_to_others(policy: str, slots: list[int]) -> None:
    assert _slots(policy, _instance(BACKLOGS, quota=50, b=5)) == slots


@pytest.mark.parametrize("policy", [name for name in POLICIES if name != "empty"])
def test_no_slot_is_left_that_anybody_can_use(policy: str) -> None:
    assert _slots(policy, _instance(BACKLOGS, quota=99)) != [15, 27, 58]
    assert sum(_slots(policy, _instance(BACKLOGS, quota=99))) == 99
    assert _slots(policy, _instance(BACKLOGS, quota=100)) == [15, 27, 58]
    assert _slots(policy, _instance(BACKLOGS, quota=10**12, c=20)) == [15, 27, 20]


def test_first_come_goes_by_day_over_all_offices() -> None:
    instance = _instance({"a": [(9, 2), (4, 8)], "b": [(7, 3), (4, 4)], "c": [(1, 50)]}, quota=11)
    # 2 of day -9 and 3 of day -7; the 6 left go to the 8 and 4 of day -4, in proportion.
    assert _slots("first-come", instance) == [2 + 4, 3 + 2, 0]


def test_oldest_first_within_an_office() -> None:
    instance = tiny_instance(
        quota=7,
        streams=[{"id": "s", "needs_ingestion": True}, {"id": "t", "needs_ingestion": True}],
        offices=[
            {
                "id": "a",
                "print_capacity": 0,
                "demand": {
                    "s": {"backlog": [{"age_days": 5, "records": 2}, {"age_days": 1, "records": 9}]},
                    "t": {"backlog": [{"age_days": 3, "records": 4}, {"age_days": 1, "records": 9}]},
                },
            }
        ],
    )
    assert POLICIES["equal"].plan(instance).ingest[0, :, 0].tolist() == [2 + 1, 4]


def test_storage_limits_slots() -> None:
    instance = tiny_instance(
        days=3,
        quota=5,
        storage={"free": 7, "expansions": [{"day": 2, "records": 2}]},
        offices=[
            {
                "id": "a",
                "print_capacity": 0,
                "demand": {"first": {"backlog": [{"age_days": 1, "records": 50}]}},
            }
        ],
    )
    assert POLICIES["equal"].plan(instance).ingest[0, 0].tolist() == [5, 2, 2]
