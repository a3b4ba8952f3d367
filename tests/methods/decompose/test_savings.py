"""What cards save is what the exact verdict says they save."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

from allocator import FAMILIES, Instance, generate_instance
from allocator.methods.decompose.savings import CardSavings
from allocator.methods.policies import POLICIES
from allocator.methods.rounding import print_ready
from allocator.plan.arrays import PlanArrays
from allocator.verdict import cost_of, is_valid
from tests.tools.strategies import instances


def savings_of(instance: Instance, plan: PlanArrays) -> CardSavings:
    ready = print_ready(instance.arrays, plan.ingest)
    return CardSavings.of(instance, ready, np.zeros(len(instance.targets)))


@pytest.mark.parametrize("family", FAMILIES)
def test_cards_save_what_the_verdict_says(family: str) -> None:
    instance = generate_instance(family, offices=6, days=40, seed=2)
    plan = POLICIES["tiers"].plan(instance)
    savings = savings_of(instance, plan)
    printed = plan.cards.sum(axis=1).cumsum(axis=1).astype(np.float64)
    saved, by_stream = savings.spread(np.arange(len(printed)), printed)
    assert by_stream.sum(axis=1) == pytest.approx(printed)
    spread = np.diff(np.rint(by_stream).astype(np.int64), axis=2, prepend=0)
    with_cards = cost_of(instance, PlanArrays(plan.ingest, plan.packs, spread))
    without = cost_of(instance, PlanArrays(plan.ingest, plan.packs, np.zeros_like(spread)))
    difference = without.total - without.targets - (with_cards.total - with_cards.targets)
    assert saved.sum() == pytest.approx(float(difference), rel=1e-9)


@given(instance=instances())
def test_what_is_printed_at_once_is_valid_and_leaves_nothing(instance: Instance) -> None:
    plan = POLICIES["first-come"].plan(instance)
    savings = savings_of(instance, plan)
    cards = savings.print_all(instance, plan.packs)
    assert is_valid(instance, PlanArrays(plan.ingest, plan.packs, cards))
    assert (cards.cumsum(axis=2).sum(axis=1) >= plan.cards.cumsum(axis=2).sum(axis=1)).all()


def test_the_eldest_go_first_where_all_save_the_same() -> None:
    """Two streams of equal weight: of the cards of day 0 those that will be overdue sooner."""
    instance = generate_instance("blanks", offices=3, days=30, seed=0)
    assert instance.costs.overdue
    plan = PlanArrays.empty(instance)
    savings = savings_of(instance, plan)
    tier = min(each.after_days for each in instance.costs.overdue)
    due = instance.arrays.applied_at_least(tier - 15)
    ready = print_ready(instance.arrays, plan.ingest)
    soon = np.minimum(due, ready)[:, :, 0].sum(axis=1)
    printed = np.repeat(soon[:, None], 30, axis=1).astype(np.float64)
    cards = savings.spread(np.arange(3), printed)[1]
    assert cards[:, :, 0] == pytest.approx(np.minimum(due, ready)[:, :, 0])
    assert Fraction(instance.costs.waiting_day) > 0
