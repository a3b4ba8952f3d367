"""What changed from one plan to another, in total and by office."""

from __future__ import annotations

import pytest

from allocator.analysis import Difference, diff, judge
from allocator.instance.models import Instance
from allocator.methods.policies import POLICIES
from allocator.plan.arrays import plan_from_arrays
from allocator.report.difference import difference_sentences


def difference(instance: Instance, first: str, second: str) -> Difference:
    plans = (plan_from_arrays(POLICIES[name].plan(instance), instance) for name in (first, second))
    return diff(*(judge(instance, plan) for plan in plans))


def test_a_plan_does_not_differ_from_itself(full_instance: Instance) -> None:
    found = difference(full_instance, "proportional", "proportional")
    assert found.plans.none
    assert found.cost == 0
    assert found.winners == found.losers == []
    assert difference_sentences(found) == ["Nothing changed: both plans decide the same and cost the same."]


def test_parts_add_up_to_the_whole(full_instance: Instance) -> None:
    found = difference(full_instance, "empty", "proportional")
    document = found.as_dict()
    assert not found.plans.none
    assert sum(found.cost_terms.values()) == pytest.approx(found.cost)
    at_offices = sum(row.cost for row in found.offices)
    elsewhere = sum(found.cost_terms[term] for term in ("trips", "packs", "targets"))
    assert at_offices + elsewhere == pytest.approx(found.cost)
    for name, kpi in (
        ("slots", "ingested"),
        ("cards", "cards"),
        ("without_card", "interim_certificates_end"),
    ):
        by_office = sum(row["difference"][name] for row in document["offices"])
        assert by_office == document["difference"]["kpis"][kpi]
    changes = (found.plans.cards, document["difference"]["kpis"]["cards"])
    assert sum(change.difference for change in changes[0]) == changes[1]


def test_the_other_way_round_everything_has_the_other_sign(full_instance: Instance) -> None:
    there = difference(full_instance, "empty", "proportional")
    back = difference(full_instance, "proportional", "empty")
    assert back.cost == -there.cost
    assert [row.office for row in back.losers] == [row.office for row in there.winners]
    assert "less" in difference_sentences(there)[0]
    assert "more" in difference_sentences(back)[0]
