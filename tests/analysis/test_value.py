"""What more is worth: signs, units, and estimates against answers."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest

from allocator.analysis.changes import Amounts, Change
from allocator.analysis.estimates import PriceEstimator
from allocator.analysis.value import Values, value
from allocator.errors import InputError
from allocator.instance.generate import generate_instance
from allocator.instance.models import Instance
from allocator.plan.models import Prices
from allocator.report.value import value_screen
from allocator.solving import Outcome, solve
from tests.tools.instances import tiny_instance

exactly = partial(solve, method="direct", gap=0.0, time_limit=20.0)


def queue(**changes: Any) -> Instance:
    """100 people who wait for a slot, a blank and a printer each, for 4 days; nothing costs but waiting."""
    office = {
        "id": "a",
        "print_capacity": 5,
        "demand": {"first": {"backlog": [{"age_days": 1, "records": 100}]}},
    }
    document: dict[str, Any] = {
        "days": 4,
        "quota": 5,
        "costs": {"unprintable_day": 3, "waiting_day": 1, "end_days": 0},
        "depots": [{"id": "hub", "stock": 10, "deliveries": [{"day": 2, "cards": 3}]}],
        "offices": [office],
        "lanes": [{"from": "hub", "to": "a", "lead_days": 0, "fixed_cost": 0, "cost_per_pack": 0}],
    }
    return tiny_instance(**(document | changes))


def by_kind(found: Values) -> dict[str, float | None]:
    """The estimates for the whole horizon."""
    return {
        worth.change.kind: worth.estimate
        for worth in found.worths
        if worth.change.first == 0 or worth.change.kind == "delivery"
    }


def test_worths_by_hand() -> None:
    # A slot more a day makes 1, 2, 3, 4 records printable, each saving 3 - 1 a day. Blanks are short:
    # 10 cards by day 1, 3 more on day 2, and none then. A pack more is used when the first run out.
    found = value(queue(), amounts=Amounts(slots=1, packs=1, printed=1), every=4)
    worth = by_kind(found)
    assert worth["slots"] == pytest.approx(2 * (1 + 2 + 3 + 4))
    # Cards by day: 5, 5, 3, 0: the 14th blank is there at the end of day 2, for 2 of the days.
    assert worth["pack"] == pytest.approx(2)
    # 3 blanks a day sooner: the printer is busy on day 1, so nothing comes of it.
    assert worth["delivery"] == pytest.approx(0)


def test_a_delivery_sooner_is_worth_a_day_of_each_card() -> None:
    found = value(queue(depots=[{"id": "hub", "stock": 0, "deliveries": [{"day": 2, "cards": 3}]}]))
    assert by_kind(found)["delivery"] == pytest.approx(3)


@pytest.mark.parametrize("amount", [1, 3, 50])
def test_estimates_are_never_below_the_answer_where_the_relaxation_is_exact(amount: int) -> None:
    amounts = Amounts(slots=amount, packs=amount, printed=amount)
    found = value(queue(), amounts=amounts, every=2, resolve=9, solve_with=exactly)
    answered = [worth for worth in found.worths if worth.resolved is not None]
    assert len(answered) == len(found.worths) >= 6
    for worth in answered:
        assert worth.resolved is not None
        assert worth.estimate is not None
        assert worth.proven is not None
        assert -1e-6 <= worth.resolved <= worth.estimate + 1e-6
        assert worth.proven[0] - 1e-6 <= worth.resolved <= worth.proven[1] + 1e-6
        if amount == 1 and worth.change.kind == "slots":
            assert worth.resolved == pytest.approx(worth.estimate)


def test_the_dearest_come_first_and_only_they_are_answered(full_instance: Instance) -> None:
    found = value(full_instance, amounts=Amounts(1, 1, 1), every=2, resolve=1, solve_with=exactly)
    estimates = [worth.estimate for worth in found.worths]
    assert None not in estimates
    assert estimates == sorted(estimates, reverse=True)
    assert [worth.resolved is not None for worth in found.worths[:2]] == [True, False]
    assert found.as_dict()["values"][0]["shown"] == "resolved"
    assert found.as_dict()["values"][1]["shown"] == "estimate"
    assert {worth.change.kind for worth in found.worths} == {"slots", "pack", "printer", "delivery"}


@pytest.mark.parametrize("answered", [0, 1, 2])
def test_what_an_interrupt_leaves_no_time_for_has_no_answer(full_instance: Instance, answered: int) -> None:
    interrupt = threading.Event()
    asked: list[Instance] = []

    def impatient(instance: Instance, **own: Any) -> Outcome:
        asked.append(instance)
        if len(asked) > answered:  # the first one is of the instance as it is
            interrupt.set()
        return solve(instance, method="policy:equal", interrupt=interrupt)

    found = value(full_instance, amounts=Amounts(1, 1, 1), every=2, resolve=2, solve_with=impatient)
    answers = max(0, answered - 1)
    assert [worth.resolved is not None for worth in found.worths[:3]] == [answers > 0, answers > 1, False]
    assert found.unanswered == found.as_dict()["unanswered"] == 2 - answers
    assert len(asked) == answered + 1
    lines = "".join(str(line) for line in value_screen(found, width=100))
    assert ("1 change that --resolve asks for was not solved again" in lines) == (answers == 1)
    assert ("2 changes that --resolve asks for were not solved again" in lines) == (answers == 0)


def test_kept_prices_by_hand() -> None:
    kept = Prices(quota=(1.0, 2.0, 0.0, 4.0), supply={"hub": (0.0, 3.0, 0.0, 5.0)})
    estimator = PriceEstimator(queue(quota=[5, 5, 5, 0]), kept)
    assert estimator.worth(Change("slots", None, "", 1, 3, 10)) == 20  # the day without slots stays so
    assert estimator.worth(Change("pack", "hub", "", 0, 3, 2)) == 16
    assert estimator.worth(Change("pack", "hub", "", 2, 3, 2)) == 10
    assert estimator.worth(Change("delivery", "hub", "", 1, 3, 3, 0)) == 9
    slow = [{"id": "hub", "stock": 10, "max_packs_per_day": 2, "deliveries": [{"day": 2, "cards": 3}]}]
    handled = PriceEstimator(queue(depots=slow), kept)
    assert handled.worth(Change("delivery", "hub", "", 1, 3, 3, 0)) == 6
    assert estimator.worth(Change("printer", "a", "", 0, 3, 1)) is None


def test_kept_prices_are_near_the_relaxation() -> None:
    instance = generate_instance("quota", offices=4, days=20)
    plan = solve(instance, method="decompose", workers=1, rounds=40, time_limit=300.0, gap=0.0).plan
    assert plan.solution.prices is not None
    amounts = Amounts(1, 1, 1)
    kept = by_kind(value(instance, plan, amounts=amounts, estimate="prices", every=20))
    relaxed = by_kind(value(instance, plan, amounts=amounts, estimate="relaxation", every=20))
    assert relaxed["slots"] is not None
    assert relaxed["slots"] > 0
    assert kept["slots"] == pytest.approx(relaxed["slots"], rel=0.2)


def test_numbers_without_meaning_are_refused_at_once() -> None:
    with pytest.raises(InputError) as caught:
        value(queue(), amounts=Amounts(0, 0, 0), every=0, resolve=-1, estimate="guess")
    assert len(caught.value.problems) == 6
