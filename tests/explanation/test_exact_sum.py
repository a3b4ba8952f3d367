"""The charges add up to the cost of the plan, as exact fractions, whatever instance and plan."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from allocator.errors import InputError
from allocator.explanation import Bottleneck, Charge, Explanation, explain
from allocator.explanation.bottlenecks import QUEUE
from allocator.explanation.missing import missing_things, overdue_by_bottleneck
from allocator.instance.generate import FAMILIES, generate_instance
from allocator.instance.models import Instance
from allocator.methods.policies import POLICIES
from allocator.plan.arrays import PlanArrays, plan_to_arrays
from allocator.plan.models import Plan
from allocator.verdict import Curves, is_valid, verify
from tests.tools.random_instances import random_document
from tests.tools.strategies import cases, instances


def assert_exact(instance: Instance, plan: Plan | PlanArrays) -> Explanation:
    """Per office, per bottleneck and for the nation."""
    explanation, verdict = explain(instance, plan), verify(instance, plan)
    arrays = plan_to_arrays(plan, instance) if isinstance(plan, Plan) else plan
    assert explanation.cost == verdict.cost.total
    assert total(explanation.charges) == verdict.cost.total
    assert total(explanation.national_charges) + sum(o.cost for o in explanation.offices) == explanation.cost
    for bottleneck in Bottleneck:
        parts = [*explanation.national_charges, *(c for o in explanation.offices for c in o.charges)]
        assert only(parts, bottleneck) == only(explanation.charges, bottleneck)
    assert only(explanation.charges, Bottleneck.FREIGHT) == verdict.cost.freight
    assert only(explanation.charges, Bottleneck.TARGETS) == verdict.cost.targets
    assert only(explanation.charges, Bottleneck.IDLE_BLANKS) == verdict.cost.idle_blanks
    for i, office in enumerate(explanation.offices):
        assert total(office.charges) == office.cost
        elsewhere = (Bottleneck.FREIGHT, Bottleneck.TARGETS)
        at_office = sum((c.cost for c in office.charges if c.bottleneck not in elsewhere), Fraction(0))
        assert at_office == verdict.office_costs.total[i]
        freight = Fraction(0)
        for lane, packs in zip(instance.lanes, arrays.packs, strict=True):
            if lane.destination == office.office:
                freight += Fraction(lane.fixed_cost) * int((packs > 0).sum())
                freight += Fraction(lane.cost_per_pack) * int(packs.sum())
        assert only(office.charges, Bottleneck.FREIGHT) == freight
        assert all(0 <= c.first_day <= c.last_day < instance.days for c in office.charges)
        assert all(c.cost > 0 and 0 <= c.end <= c.cost for c in office.charges)
    return explanation


def total(charges: Iterable[Charge]) -> Fraction:
    return sum((charge.cost for charge in charges), Fraction(0))


def only(charges: Iterable[Charge], bottleneck: Bottleneck) -> Fraction:
    return sum((c.cost for c in charges if c.bottleneck is bottleneck), Fraction(0))


@given(cases(careful=True))
def test_random_plans(case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    assume(is_valid(instance, plan))
    assert_exact(instance, plan)


@pytest.mark.parametrize("name", POLICIES)
@settings(max_examples=20)
@given(instance=instances())
def test_plans_of_policies(name: str, instance: Instance) -> None:
    assert_exact(instance, POLICIES[name].plan(instance))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family(family: str) -> None:
    instance = generate_instance(family, offices=8, days=30)
    explanation = assert_exact(instance, POLICIES["proportional"].plan(instance))
    assert len({charge.bottleneck for charge in explanation.charges}) >= 3


@given(cases(careful=True))
def test_everybody_without_a_card_lacks_exactly_one_thing(case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    assume(is_valid(instance, plan))
    curves = Curves(instance, plan_to_arrays(plan, instance))
    missing = missing_things(curves)
    assert set(missing) == set(QUEUE)
    assert all((records >= 0).all() for records in missing.values())
    waiting = [missing[b] for b in (Bottleneck.BLANK, Bottleneck.PRINTER, Bottleneck.UNUSED_PRINTER)]
    assert (sum(waiting) == curves.waiting).all()
    unprintable = [records for b, records in missing.items() if b not in QUEUE[:3]]
    assert (sum(unprintable) == curves.unprintable).all()
    for overdue in curves.overdue:
        parts = overdue_by_bottleneck(overdue, missing)
        assert (sum(parts.values()) == overdue).all()
        assert all((parts[b] <= missing[b]).all() for b in QUEUE)


def test_numbers_beyond_64_bits() -> None:
    """Sums of such a plan leave 64 bits; Python's integers take over."""
    big = 10**12
    document = {
        "schema_version": 1,
        "name": "big",
        "start": "2024-01-01",
        "days": 60,
        "pack_size": 1,
        "quota": big,
        "streams": [{"id": "first", "needs_ingestion": True, "weight": 0.123456789}],
        "costs": {
            "unprintable_day": 3.3,
            "waiting_day": 1.7,
            "overdue": [{"after_days": 2, "per_day": 0.1}],
            "idle_blank_day": 0.7,
            "end_days": 2.5,
        },
        "depots": [],
        "lanes": [],
        "offices": [
            {"id": "a", "print_capacity": big, "blanks": big, "demand": {"first": {"arrivals": big}}}
        ],
    }
    instance = Instance.model_validate(document)
    plan = PlanArrays.empty(instance)
    plan.ingest[0, 0, 1:] = big
    plan.cards[0, 0, 1] = big - 7
    assert not Curves(instance, plan).fits_int64
    assert_exact(instance, plan)


def test_a_plan_that_breaks_rules_is_refused(full_instance: Instance) -> None:
    plan = PlanArrays.empty(full_instance)
    plan.cards[0, 0, 0] = 10**6
    with pytest.raises(InputError, match="a valid plan") as error:
        explain(full_instance, plan)
    assert "broken rule" in str(error.value)


@settings(max_examples=30)
@given(st.randoms(use_true_random=False))
def test_plenty_is_never_missing(rng: Random) -> None:
    """With plenty of everything nothing is charged but the plan's own choices."""
    many = 10**6
    document = random_document(rng) | {"quota": many, "storage": None}
    for office in document["offices"]:
        office |= {"print_capacity": many, "ingest_capacity": None, "blanks": many, "max_blanks": None}
    rich = Instance.model_validate(document)
    plan = PlanArrays.empty(rich)
    found = {charge.bottleneck for charge in explain(rich, plan).charges}
    scarce = {
        Bottleneck.SLOT,
        Bottleneck.STORAGE,
        Bottleneck.LINK,
        Bottleneck.BLANK,
        Bottleneck.PRINTER,
    }
    assert not found & scarce
