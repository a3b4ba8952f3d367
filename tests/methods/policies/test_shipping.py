"""When packs are sent, where from, and how many, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from allocator.instance.models import Instance
from allocator.methods.policies import POLICIES
from allocator.plan.arrays import PlanArrays
from allocator.verdict import verify
from tests.tools.instances import tiny_document, tiny_instance

FREE = {"lead_days": 0, "fixed_cost": 0, "cost_per_pack": 0}
SHIPPING = [name for name in POLICIES if name != "empty"]


def _instance(
    offices: dict[str, dict[str, Any]],
    lanes: list[dict[str, Any]],
    depots: list[dict[str, Any]],
    days: int = 12,
    **changes: Any,
) -> Instance:
    """Offices with `waiting` print-ready records on day 0, and packs of 10."""
    return tiny_instance(
        days=days,
        pack_size=10,
        streams=[{"id": "ready"}],
        costs={"unprintable_day": 10, "waiting_day": 10, "end_days": 5},
        depots=depots,
        offices=[
            {
                "id": name,
                "print_capacity": fields.get("print_capacity", 100),
                "demand": {
                    "ready": {
                        "backlog": [{"age_days": fields.get("age", 1), "records": fields.get("waiting", 0)}],
                        "arrivals": fields.get("arrivals", 0),
                    }
                },
                **{key: value for key, value in fields.items() if key in ("blanks", "max_blanks")},
            }
            for name, fields in offices.items()
        ],
        lanes=[{**FREE, **lane} for lane in lanes],
        **changes,
    )


def _plan(policy: str, instance: Instance) -> PlanArrays:
    plan = POLICIES[policy].plan(instance)
    assert verify(instance, plan).violations == ()
    return plan


def _lane(origin: str, destination: str, **fields: Any) -> dict[str, Any]:
    return {"from": origin, "to": destination, **fields}


@pytest.mark.parametrize("policy", SHIPPING)
class TestEveryPolicy:
    def test_depot_to_office(self, policy: str) -> None:
        plan = _plan(
            policy,
            _instance({"a": {"waiting": 30}}, [_lane("d", "a", lead_days=2)], [{"id": "d", "stock": 100}]),
        )
        assert plan.cards.sum() >= 10

    def test_hub(self, policy: str) -> None:
        instance = _instance(
            {"a": {"waiting": 30}, "b": {"waiting": 30}},
            [_lane("d", "hub", lead_days=1), _lane("hub", "a", lead_days=1), _lane("hub", "b")],
            [{"id": "d", "stock": 100}, {"id": "hub"}],
        )
        assert (_plan(policy, instance).cards.sum(axis=(1, 2)) >= 10).all()

    @pytest.mark.parametrize("lead", [0, 1])
    def test_chain_of_depots(self, policy: str, lead: int) -> None:
        # In reverse file order, so that nothing depends on it.
        instance = _instance(
            {"a": {"waiting": 30}},
            [
                _lane("h3", "a", lead_days=lead),
                _lane("h2", "h3", lead_days=lead),
                _lane("d", "h2", lead_days=lead),
            ],
            [{"id": "h3"}, {"id": "h2"}, {"id": "d", "stock": 100}],
        )
        assert _plan(policy, instance).cards.sum() >= 10

    @pytest.mark.parametrize("lead", [0, 1])
    def test_office_behind_offices(self, policy: str, lead: int) -> None:
        instance = _instance(
            {"c": {"waiting": 30}, "b": {}, "a": {"waiting": 5}},
            [
                _lane("b", "c", lead_days=lead),
                _lane("a", "b", lead_days=lead, open=[day % 3 == 2 for day in range(12)]),
                _lane("d", "a", lead_days=lead),
            ],
            [{"id": "d", "stock": 100}],
        )
        cards = _plan(policy, instance).cards.sum(axis=(1, 2))
        assert cards[0] >= 10
        assert cards[2] == 5

    def test_depot_behind_an_office(self, policy: str) -> None:
        instance = _instance(
            {"a": {}, "b": {"waiting": 20}},
            [_lane("hub", "b"), _lane("a", "hub", lead_days=1), _lane("d", "a", lead_days=1)],
            [{"id": "hub"}, {"id": "d", "stock": 50}],
        )
        assert _plan(policy, instance).cards.sum() >= 10

    def test_lending_between_offices(self, policy: str) -> None:
        instance = _instance(
            {"a": {"waiting": 5, "blanks": 47}, "b": {"waiting": 50}},
            [_lane("a", "b"), _lane("b", "a")],
            [],
        )
        plan = _plan(policy, instance)
        assert plan.packs[0].sum() == 4
        assert plan.cards[0].sum() == 5
        assert plan.packs[1].sum() == 0  # nothing goes back

    def test_spoiled_rest_of_a_pack_does_not_go_back_and_forth(self, policy: str) -> None:
        # Two blanks make one card, so that an office with one blank is short and has one too many.
        document = tiny_document(
            days=3,
            streams=[{"id": "ready"}],
            depots=[{"id": "d", "stock": 3}],
            offices=[
                {
                    "id": "a",
                    "print_capacity": 9,
                    "spoiled_per_thousand": 333,
                    "demand": {"ready": {"backlog": [{"age_days": 1, "records": 9}]}},
                }
            ],
            lanes=[_lane("d", "a", **FREE), _lane("a", "d", **FREE)],
        )
        plan = _plan(policy, Instance.model_validate(document))
        assert plan.packs[1].sum() == 0
        assert plan.cards.sum() == 2

    def test_closed_lanes(self, policy: str) -> None:
        opened = [day == 4 for day in range(12)]
        instance = _instance(
            {"a": {"waiting": 20}}, [_lane("d", "a", open=opened)], [{"id": "d", "stock": 100}]
        )
        assert _plan(policy, instance).packs[0].nonzero()[0].tolist() == [4]

    def test_nothing_leaves_too_late_to_arrive(self, policy: str) -> None:
        instance = _instance(
            {"a": {"waiting": 20}}, [_lane("d", "a", lead_days=12)], [{"id": "d", "stock": 100}]
        )
        assert not _plan(policy, instance).packs.any()

    def test_full_store_takes_nothing_until_it_has_room(self, policy: str) -> None:
        instance = _instance(
            {"a": {"waiting": 100, "print_capacity": 8, "blanks": 30, "max_blanks": 12}},
            [_lane("d", "a")],
            [{"id": "d", "stock": 100}],
        )
        # 30 - 8 a day: on day 2 6 + 10 would be left, on day 3 (6 left over) 10 - 2 = 8.
        assert _plan(policy, instance).packs[0].nonzero()[0][0] == 3

    @pytest.mark.parametrize("lead", [0, 3])
    def test_store_smaller_than_a_pack(self, policy: str, lead: int) -> None:
        instance = _instance(
            {"a": {"waiting": 100, "print_capacity": 7, "max_blanks": 3}},
            [_lane("d", "a", lead_days=lead)],
            [{"id": "d", "stock": 100}],
        )
        assert _plan(policy, instance).cards.sum() >= 40

    def test_store_that_a_pack_never_fits_in(self, policy: str) -> None:
        instance = _instance(
            {"a": {"waiting": 100, "print_capacity": 7, "max_blanks": 2}},
            [_lane("d", "a")],
            [{"id": "d", "stock": 100}],
        )
        assert not _plan(policy, instance).packs.any()

    def test_least_load_beyond_the_stock(self, policy: str) -> None:
        lanes = [_lane("d", "a", min_packs=11), _lane("d", "b", min_packs=10**12)]
        instance = _instance({"a": {"waiting": 30}, "b": {"waiting": 30}}, lanes, [{"id": "d", "stock": 100}])
        assert not _plan(policy, instance).packs.any()

    def test_least_load_when_there_is_too_little_for_all(self, policy: str) -> None:
        offices = {name: {"waiting": 200} for name in "abcd"}
        lanes = [_lane("depot", name, min_packs=6, max_packs=8) for name in offices]
        instance = _instance(offices, lanes, [{"id": "depot", "stock": 130}], days=1)
        packs = _plan(policy, instance).packs[:, 0]
        # First come, first served in full: 8, and the 5 left are too few for anybody.
        assert sorted(packs.tolist()) == ([0, 0, 0, 8] if policy == "first-come" else [0, 0, 6, 7])

    def test_most_packs_a_day_and_reserve(self, policy: str) -> None:
        offices = {name: {"waiting": 200} for name in "abc"}
        depot = {"id": "d", "stock": 119, "reserve": 30, "max_packs_per_day": 3}
        instance = _instance(offices, [_lane("d", name) for name in offices], [depot])
        packs = _plan(policy, instance).packs.sum(axis=0).tolist()
        assert packs[:3] == [3, 3, 2]
        assert not any(packs[3:])

    def test_trips_that_cannot_pay_are_not_made(self, policy: str) -> None:
        # One card, 17 days earlier than never, at 10: worth 170.
        for price, packs in ((170, 1), (171, 0)):
            lanes = [_lane("d", "a", fixed_cost=price)]
            instance = _instance({"a": {"waiting": 1}}, lanes, [{"id": "d", "stock": 100}])
            assert _plan(policy, instance).packs.sum() == packs

    def test_depots_with_blanks_of_their_own_never_swap_them(self, policy: str) -> None:
        instance = _instance(
            {"a": {"arrivals": 9}, "b": {"arrivals": 9}},
            [_lane("d", "e"), _lane("e", "d"), _lane("d", "a"), _lane("e", "b")],
            [{"id": "d", "stock": 60}, {"id": "e", "stock": 150}],
        )
        plan = _plan(policy, instance)
        assert plan.packs[0].sum() == 0
        assert plan.packs.sum(axis=1)[1] <= 9
        assert plan.cards.sum() >= 190

    def test_late_delivery_to_another_depot(self, policy: str) -> None:
        instance = _instance(
            {"a": {"waiting": 60}},
            [_lane("d", "a"), _lane("e", "a", lead_days=1)],
            [{"id": "d", "stock": 10}, {"id": "e", "deliveries": [{"day": 5, "cards": 50}]}],
        )
        assert _plan(policy, instance).cards.sum() >= 40


def test_asks_five_days_before_it_runs_out_for_25_days() -> None:
    # 4 cards a day; 40 blanks last through day 9, so on day 10 it is short. The next trip but the one of
    # day 3 would arrive on day 5; five days later it would have run out.
    instance = _instance(
        {"a": {"arrivals": 4, "blanks": 40}},
        [_lane("d", "a", lead_days=1)],
        [{"id": "d", "stock": 1000}],
        days=60,
    )
    packs = _plan("equal", instance).packs[0]
    assert packs.nonzero()[0][0] == 3
    # 4 x 30 cards by day 29, less 40 blanks: 80 cards.
    assert packs[3] == 8


def test_sharing_a_shortage() -> None:
    offices = {"a": {"waiting": 30, "age": 2}, "b": {"waiting": 90, "age": 5}, "c": {"waiting": 180}}
    instance = _instance(offices, [_lane("d", name) for name in offices], [{"id": "d", "stock": 105}], days=1)
    shares = {policy: _plan(policy, instance).packs[:, 0].tolist() for policy in SHIPPING}
    assert shares["equal"] == [3, 3, 4]  # one over to the longest queue
    assert shares["proportional"] == [1, 3, 6]  # 10 in 30 : 90 : 180
    assert shares["first-come"] == [1, 9, 0]  # b's 9, then a's
    # Mean 100: tenths 3, 4 and 6 ask for 3, 4 and 6 packs; 10 in 3 : 4 : 6 = 2.3, 3.1, 4.6.
    assert shares["tiers"] == [2, 3, 5]


def test_the_lane_that_saves_most_after_its_price() -> None:
    slow, fast = _lane("d", "a", id="slow", lead_days=6), _lane("d", "a", id="fast", fixed_cost=1000)
    for waiting, lane in ((10, "slow"), (30, "fast")):
        instance = _instance({"a": {"waiting": waiting}}, [slow, fast], [{"id": "d", "stock": 100}])
        packs = _plan("equal", instance).packs[:, 0]
        assert packs[instance.arrays.lane_index[lane]] == waiting // 10
        assert packs.sum() == waiting // 10


def test_no_packs_for_less_than_the_remaining_need() -> None:
    instance = _instance({"a": {"waiting": 14}}, [_lane("d", "a")], [{"id": "d", "stock": 100}])
    assert _plan("equal", instance).packs.sum() == 2  # 14 is one pack; the 4 left are worth a second trip
