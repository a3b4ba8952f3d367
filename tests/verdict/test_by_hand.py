"""An example small enough to be worked out by hand: two offices, four days, every number explained.

Office a has first-time applicants, who need ingestion: 2 ingested long ago (applied on day -5), 6 in the
backlog (applied on day -2), 1 who applies on day 0. Office b replaces cards: 2 apply on day 0, 1 on day 1;
of 1000 blanks 200 spoil there, so that each card takes 1.25.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from allocator.instance.models import Instance
from allocator.plan.models import Plan
from allocator.verdict import Verdict, cost_of, empty_cost, is_valid, verify
from tests.tools.brute_force import find_optimum
from tests.tools.plans import make_plan


@pytest.fixture(scope="module")
def instance() -> Instance:
    return Instance.model_validate(
        {
            "schema_version": 1,
            "name": "by hand",
            "start": "2024-02-28",
            "days": 4,
            "pack_size": 10,
            "processing_days": 1,
            "quota": 5,
            "streams": [
                {"id": "first", "needs_ingestion": True},
                {"id": "replacement", "weight": 2},
            ],
            "costs": {
                "unprintable_day": 10,
                "waiting_day": 4,
                "overdue": [{"after_days": 3, "per_day": 1}],
                "idle_blank_day": 0.5,
                "end_days": 2,
            },
            "depots": [{"id": "depot", "stock": 20, "reserve": 10}],
            "offices": [
                {
                    "id": "a",
                    "blanks": 2,
                    "print_capacity": 10,
                    "demand": {
                        "first": {
                            "backlog": [{"age_days": 2, "records": 6}],
                            "arrivals": [1, 0, 0, 0],
                            "ingested": [{"ready_day": 0, "age_days": 5, "records": 2}],
                        }
                    },
                },
                {
                    "id": "b",
                    "priority": 0.5,
                    "blanks": 8,
                    "spoiled_per_thousand": 200,
                    "print_capacity": 10,
                    "demand": {"replacement": {"arrivals": [2, 1, 0, 0]}},
                },
            ],
            "lanes": [{"from": "depot", "to": "a", "lead_days": 1, "fixed_cost": 100, "cost_per_pack": 3}],
            "targets": [{"id": "soon", "day": 1, "share": 0.75, "penalty_per_record": 7}],
        }
    )


@pytest.fixture(scope="module")
def plan(instance: Instance) -> Plan:
    return make_plan(
        instance,
        ingest={("a", "first", 0): 5, ("a", "first", 1): 2},
        packs={("depot>a", 0): 1},
        cards={
            ("a", "first", 0): 2,
            ("a", "first", 1): 4,
            ("a", "first", 2): 3,
            ("b", "replacement", 0): 1,
            ("b", "replacement", 1): 1,
        },
    )


@pytest.fixture(scope="module")
def verdict(instance: Instance, plan: Plan) -> Verdict:
    return verify(instance, plan)


def test_the_plan_is_valid(instance: Instance, plan: Plan, verdict: Verdict) -> None:
    assert verdict.valid
    assert verdict.violations == ()
    assert is_valid(instance, plan)


def test_cost_by_term(verdict: Verdict) -> None:
    # a/first            day  0   1   2   3
    #   A                     9   9   9   9    2 + 6 + 1
    #   X                     5   7   7   7
    #   G = 2 + X(t - 1)      2   7   9   9
    #   R                     2   6   9   9
    #   U = A - G             7   2   0   0    9 record-days, weight 1, 10 each
    #   W = G - R             0   1   0   0    1 record-day, weight 1, 4 each
    #   A(t - 3)              2   8   8   9
    #   O = A(t - 3) - R      0   2   0   0    2 record-days, weight 1, 1 each
    # b/replacement
    #   A = G                 2   3   3   3
    #   R                     1   2   2   2
    #   W                     1   1   1   1    4 record-days, weight 2 x 0.5 = 1, 4 each
    #   A(t - 3)              0   0   0   2
    #   O                     0   0   0   0
    # blanks
    #   a: B                  2  12  12  12
    #   a: H = B - R          0   6   3   3    12 blank-days
    #   b: H = 8 - 1.25 R    6.75 5.5 5.5 5.5  23.25 blank-days
    cost = verdict.cost
    assert cost.unprintable == 90
    assert cost.waiting == 4 + 16
    assert cost.overdue == 2
    assert cost.end == 2 * 4 * 1  # two days, 4 each, for the one left at b; nobody is left at a
    assert cost.idle_blanks == Fraction(1, 2) * (12 + Fraction(93, 4))  # 17.625
    assert cost.trips == 100
    assert cost.packs == 3
    assert cost.targets == 7  # 0.75 x (9 + 3) = 9 cards promised by day 1, 6 + 2 printed
    assert cost.total == Fraction("247.625")
    assert cost.freight == 103


def test_cost_by_office(verdict: Verdict) -> None:
    offices = verdict.office_costs
    assert offices.unprintable.tolist() == [90, 0]
    assert offices.waiting.tolist() == [4, 16]
    assert offices.overdue.tolist() == [2, 0]
    assert offices.end.tolist() == [0, 8]
    assert offices.idle_blanks.tolist() == [6, Fraction("11.625")]
    assert offices.total.tolist() == [102, Fraction("35.625")]


def test_kpis(verdict: Verdict) -> None:
    kpis = verdict.kpis
    assert kpis.unprintable_record_days == 9
    assert kpis.waiting_record_days == 1 + 4
    assert kpis.ingested == 7
    assert kpis.cards == 11
    assert kpis.still_unprintable == 0
    assert kpis.still_waiting == 1
    assert kpis.interim_certificates_end == 1
    assert kpis.freight_cost == 103
    assert kpis.quota_used_share == 7 / 20


def test_waits(verdict: Verdict) -> None:
    # a, day 0: the two who applied on day -5 waited 5 days.
    # a, day 1: four of those who applied on day -2 waited 3.
    # a, day 2: the other two waited 4, the one who applied on day 0 waited 2.
    # b: the two who applied on day 0 waited 0 and 1.
    waiting = verdict.waiting
    assert waiting.days.tolist() == [0, 1, 2, 3, 4, 5]
    assert waiting.cards.tolist() == [1, 1, 1, 4, 2, 2]
    assert verdict.kpis.mean_wait_days == 33 / 11
    assert verdict.kpis.p90_wait_days == 5  # the 10th of 11
    assert verdict.kpis.oldest_wait_days == 2  # applied at b on day 1, day 3 is the last
    assert waiting.office_mean_days == (32 / 9, 0.5)
    assert waiting.office_p90_days == (5, 1)


def test_doing_nothing(instance: Instance) -> None:
    # a: U = 7 and W = 2 for 4 days, O = 2, 8, 8, 9. b: W = 2, 3, 3, 3, O = 0, 0, 0, 2.
    cost = empty_cost(instance)
    assert cost.unprintable == 10 * 28
    assert cost.waiting == 4 * (8 + 11)
    assert cost.overdue == 27 + 2
    assert cost.end == 2 * (10 * 7 + 4 * 2 + 9) + 2 * (4 * 3 + 2)
    assert cost.idle_blanks == Fraction(1, 2) * (4 * 2 + 4 * 8)
    assert cost.targets == 7 * 9
    assert cost.trips == cost.packs == 0
    assert cost.total == 280 + 76 + 29 + 202 + 20 + 63
    assert cost == cost_of(instance, make_plan(instance))


def test_the_best_plan(instance: Instance) -> None:
    # As above, but b prints whoever comes, at once: its queue is empty at the end of each day and its H
    # is 5.5, 4.25, 4.25, 4.25, 18.25 blank-days; by day 1 it has printed 3, which keeps the promise. And
    # a prints on day 1 all 5 who are print-ready: 7 cards so far for the 8 who applied by day -2 leave
    # one overdue, and its H is 0, 5, 3, 3.
    optimum = find_optimum(instance)
    assert optimum.cost == 10 * 9 + 1 + Fraction(1, 2) * (11 + Fraction(73, 4)) + 103
    assert verify(instance, optimum.plan).cost.total == optimum.cost
