"""A verdict beside the reference, number by number."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction

from allocator.instance.models import Instance
from allocator.plan.models import Plan
from allocator.verdict import CostBreakdown, Verdict
from tests.tools.reference import Broken, Reference, nearest_rank


def broken_places(verdict: Verdict) -> set[Broken]:
    """The violations in the terms of the reference."""
    places = set()
    for found in verdict.violations:
        ids = (found.office, found.stream, found.lane, found.depot)
        place = tuple(part for part in ids if part is not None)
        places.add((found.rule, place, found.day, Fraction(found.amount)))
    assert len(places) == len(verdict.violations), "each violated place and day is one violation"
    return places


def assert_same_rules_and_cost(verdict: Verdict, reference: Reference) -> None:
    """The same violations, and every term of the cost the same fraction."""
    assert broken_places(verdict) == reference.violations()
    terms = reference.cost_terms()
    assert {field.name: getattr(verdict.cost, field.name) for field in fields(CostBreakdown)} == {
        field.name: terms[field.name] for field in fields(CostBreakdown)
    }


def assert_same_kpis(verdict: Verdict, reference: Reference) -> None:
    """The same counts, for any plan."""
    kpis, last = verdict.kpis, reference.instance.days - 1
    each = [(i, s, t) for i, s in reference.queues for t in reference.days]
    assert kpis.unprintable_record_days == sum(reference.unprintable(*place) for place in each)
    assert kpis.waiting_record_days == sum(reference.waiting(*place) for place in each)
    assert kpis.ingested == sum(reference.x.values())
    assert kpis.cards == sum(reference.r.values())
    assert kpis.still_unprintable == sum(reference.unprintable(i, s, last) for i, s in reference.queues)
    assert kpis.still_waiting == sum(reference.waiting(i, s, last) for i, s in reference.queues)
    assert kpis.interim_certificates_end == kpis.still_unprintable + kpis.still_waiting


def assert_same_waits(verdict: Verdict, reference: Reference) -> None:
    """The same waits card by card; for plans that keep rules 4 and 5."""
    waits, waiting = reference.waits(), verdict.waiting
    counted = [
        wait
        for wait, cards in zip(waiting.days.tolist(), waiting.cards.tolist(), strict=True)
        for _ in range(cards)
    ]
    assert counted == waits.all
    assert waiting.mean_days == _mean(waits.all)
    assert waiting.p90_days == nearest_rank(waits.all, 90)
    assert waiting.oldest_days == waits.oldest
    assert waiting.office_mean_days == tuple(_mean(own) for own in waits.by_office.values())
    assert waiting.office_p90_days == tuple(nearest_rank(own, 90) for own in waits.by_office.values())


def assert_same_verdict(instance: Instance, plan: Plan, verdict: Verdict) -> None:
    """All of it, as far as the contract defines it for the plan."""
    reference = Reference(instance, plan)
    assert_same_rules_and_cost(verdict, reference)
    assert_same_kpis(verdict, reference)
    if not {4, 5} & {found.rule for found in verdict.violations}:
        assert_same_waits(verdict, reference)


def _mean(values: list[int]) -> float | None:
    return float(Fraction(sum(values), len(values))) if values else None
