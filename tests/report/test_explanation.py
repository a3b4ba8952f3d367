"""The sentences and the screen of an explanation."""

from __future__ import annotations

import io

from rich.console import Console

from allocator.explanation import explain
from allocator.instance.models import Instance
from allocator.plan.models import Plan, Prices, Solution
from allocator.report.explanation import explain_screen
from allocator.report.explanation_words import nation_sentences, office_sentences
from tests.explanation.test_by_hand import follow, one_office
from tests.explanation.test_extras import LANE

SHORT_OF_SLOTS = {"quota": [4, 0, 6]}


def short_of_slots(**changes: object) -> tuple[Instance, Plan]:
    """Four of ten on 28 Feb, the others on 1 Mar; with some fields replaced."""
    instance = one_office(**{**SHORT_OF_SLOTS, **changes})
    return instance, follow(instance, {0: 4, 2: 6}, {0: 4, 2: 6})


def shown(instance: Instance, plan: Plan, width: int = 80, *, office: bool = False) -> str:
    """The screen as text."""
    page = io.StringIO()
    explanation = explain(instance, plan)
    chosen = explanation.offices[:1] if office else None
    for part in explain_screen(instance, explanation, chosen, width=width):
        Console(file=page, width=width).print(part)
    return page.getvalue()


def test_an_offices_story() -> None:
    instance, plan = short_of_slots()
    explanation = explain(instance, plan)
    assert office_sentences(instance, explanation, explanation.offices[0]) == [
        "a costs 36 IDR, 100 % of the nation's cost. It got 10 slots and 0 packs in 3 days. Of its cost:",
        "100 % (36 IDR) is waiting for ingestion slots, of which the nation has too few, from 28 Feb to "
        "29 Feb; 6 people on the worst day, 28 Feb.",
        "One more slot on 28 Feb, a day on which one is missing, would save it 6 IDR; what it is worth "
        "elsewhere, the plan does not say. That day it got 4 slots, and no other office any.",
    ]


def test_years_are_told_where_there_are_two() -> None:
    instance, plan = short_of_slots(start="2023-12-29")
    explanation = explain(instance, plan)
    assert "from 29 Dec to 30 Dec;" in nation_sentences(instance, explanation)[1]
    instance, plan = short_of_slots(start="2023-12-31")
    explanation = explain(instance, plan)
    assert "from 31 Dec 2023 to 1 Jan 2024" in nation_sentences(instance, explanation)[1]


def test_the_gain_is_set_against_the_price() -> None:
    instance, plan = short_of_slots()
    for price, words in (
        (9.0, "so it does more good elsewhere"),
        (2.0, "by them it would do more good here"),
        (6.0, "about as much"),
        (6.05, "about as much"),
    ):
        kept = Solution(prices=Prices(slot=(price,) * 3))
        explanation = explain(instance, plan.model_copy(update={"solution": kept}))
        sentence = office_sentences(instance, explanation, explanation.offices[0])[-1]
        assert "a slot that day is worth " in sentence
        assert words in sentence


def test_a_pack_is_told_of_with_its_way() -> None:
    instance = one_office(pack_size=3, depots=[{"id": "d"}], lanes=[LANE], office={"blanks": 0})
    explanation = explain(instance, follow(instance, {0: 10}, {}))
    sentence = office_sentences(instance, explanation, explanation.offices[0])[-1]
    assert sentence == (
        "One more pack arriving on 29 Feb, a day on which it lacks blanks, would save it 12 IDR; what it is "
        "worth elsewhere, the plan does not say. From d on 28 Feb nobody got any."
    )


def test_no_lane_no_pack() -> None:
    instance = one_office(office={"blanks": 0})
    explanation = explain(instance, follow(instance, {0: 10}, {}))
    last = office_sentences(instance, explanation, explanation.offices[0])[-1]
    assert last == "No pack from a depot can reach it on a day on which it lacks a blank."


def test_what_costs_nothing_is_said_to() -> None:
    instance = one_office()
    plan = follow(instance, {0: 10}, {0: 10})
    assert "The plan costs nothing." in shown(instance, plan)
    assert "a costs nothing." in shown(instance, plan, office=True)


def test_names_in_files_do_not_steer_the_terminal() -> None:
    instance, plan = short_of_slots(office={"name": "bad\x1b[2Jname"})
    for office in (True, False):
        assert "\x1b" not in shown(instance, plan, office=office)


def test_the_screen_fits() -> None:
    instance, plan = short_of_slots(
        office={"name": "An office with a name that is far too long for any column"}
    )
    for width in (60, 80, 120):
        for office in (True, False):
            lines = shown(instance, plan, width, office=office).splitlines()
            assert max(len(line.rstrip()) for line in lines) <= width
