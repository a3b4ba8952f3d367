"""The tools themselves: the enumeration finds what is best, the generators reach every feature."""

from __future__ import annotations

from collections import Counter
from itertools import product
from random import Random

import pytest

from allocator.verdict import is_valid, verify
from tests.tools.brute_force import TooLargeError, find_optimum
from tests.tools.instances import tiny_instance
from tests.tools.plans import make_plan
from tests.tools.random_instances import TINY, random_instance
from tests.tools.random_plans import random_plan


def test_no_valid_plan_beats_the_optimum() -> None:
    shipped = 0
    for seed in range(60):
        instance = random_instance(seed, TINY)
        try:
            optimum = find_optimum(instance, most_steps=40_000)
        except TooLargeError:
            continue
        verdict = verify(instance, optimum.plan)
        assert verdict.valid
        assert verdict.cost.total == optimum.cost
        shipped += bool(optimum.plan.shipments)
        rng = Random(seed)
        for _ in range(10):
            other = verify(instance, random_plan(instance, rng, careful=True))
            assert not other.valid or other.cost.total >= optimum.cost
    assert shipped > 5, "the instances are such that shipments pay"


def test_every_plan_tried_one_by_one() -> None:
    instance = tiny_instance(
        days=2,
        pack_size=2,
        quota=1,
        costs={"unprintable_day": 3, "waiting_day": 2, "end_days": 1.5, "idle_blank_day": 0.25},
        depots=[{"id": "d", "stock": 4}],
        offices=[
            {
                "id": "a",
                "print_capacity": [1, 2],
                "max_blanks": 3,
                "demand": {"first": {"backlog": [{"age_days": 1, "records": 2}], "arrivals": [0, 1]}},
            }
        ],
        lanes=[{"from": "d", "to": "a", "lead_days": 0, "fixed_cost": 0.5, "cost_per_pack": 0.1}],
    )
    costs = []
    for x0, x1, y0, y1, r0, r1 in product(range(2), range(2), range(3), range(3), range(2), range(3)):
        plan = make_plan(
            instance,
            ingest={("a", "first", 0): x0, ("a", "first", 1): x1},
            packs={("d>a", 0): y0, ("d>a", 1): y1},
            cards={("a", "first", 0): r0, ("a", "first", 1): r1},
        )
        if is_valid(instance, plan):
            costs.append(verify(instance, plan).cost.total)
    assert len(costs) > 10
    assert find_optimum(instance).cost == min(costs)


def test_too_large_is_said() -> None:
    with pytest.raises(TooLargeError):
        find_optimum(random_instance(3), most_steps=10)


def test_random_plans_keep_and_break_every_rule() -> None:
    broken: Counter[int] = Counter()
    valid = 0
    for seed in range(150):
        instance = random_instance(seed)
        broken.update(
            {v.rule for v in verify(instance, random_plan(instance, seed, careful=False)).violations}
        )
        careful = verify(instance, random_plan(instance, seed, careful=True))
        assert {v.rule for v in careful.violations} <= {8}
        valid += careful.valid
    assert sorted(broken) == list(range(1, 12))
    assert valid > 75
