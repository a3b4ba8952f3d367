"""The screens: they fit, they are complete, and they add up."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from allocator.instance.files import dump_instance, load_instance, parse_instance
from allocator.instance.generate import generate_instance
from allocator.instance.models import Instance
from allocator.plan.arrays import PlanArrays, plan_from_arrays, plan_to_arrays
from allocator.report.offices import by_province, office_rows, sum_rows
from allocator.report.screens import check_screen, solve_screen
from allocator.solving import Outcome, solve
from allocator.verdict import verify
from tests.cli.conftest import ROOT

WIDTHS = [80, 100, 120, 200]


def rendered(parts: Sequence[RenderableType], width: int) -> str:
    page = io.StringIO()
    console = Console(file=page, width=width, markup=False, highlight=False, emoji=False)
    for part in parts:
        console.print(part)
    return page.getvalue()


def screen(outcome: Outcome, width: int = 80, *, every_office: bool = False) -> str:
    parts = solve_screen(outcome, gap_asked=0.001, time_limit=300, width=width, every_office=every_office)
    return rendered(parts, width)


def with_long_names(instance: Instance) -> Instance:
    """The same with names as long as people make them."""
    document = json.loads(dump_instance(instance))
    document["name"] = "a name that somebody made up " * 6
    for office in document["offices"]:
        office["name"] = f"Kantor Dinas Kependudukan dan Pencatatan Sipil Kabupaten {office['id']} 事務所"
        office["province"] = f"Daerah Istimewa dengan nama yang sangat panjang {office.get('province')}"
    return parse_instance(json.dumps(document))


@pytest.fixture(scope="module")
def kepri() -> Outcome:
    return solve(load_instance(ROOT / "instances" / "kepri-2017.json"), method="policy:proportional")


@pytest.fixture(scope="module")
def hundred() -> Outcome:
    instance = with_long_names(generate_instance("lending", offices=100, days=30))
    return solve(instance, method="policy:equal")


@pytest.mark.parametrize("width", WIDTHS)
def test_fits_the_terminal(kepri: Outcome, hundred: Outcome, width: int) -> None:
    for outcome in (kepri, hundred):
        for every in (False, True):
            lines = screen(outcome, width, every_office=every).splitlines()
            assert max(map(cell_len, lines)) <= width


def test_numbers_are_never_cut(hundred: Outcome) -> None:
    cut = re.findall(r"\d…", screen(hundred, every_office=True))
    assert not cut


def test_kepri_shows_every_office_and_what_matters(kepri: Outcome) -> None:
    text = screen(kepri)
    assert all(office.name in text for office in kepri.instance.offices)
    for words in (
        "million IDR",
        "Doing",
        "Without a card at the end",
        "No plan costs less than",
        "Proven: no plan",
    ):
        assert words in text
    kpis = kepri.verdict.kpis
    for number in (kpis.cards, kpis.ingested, kpis.still_waiting, kpis.interim_certificates_end):
        assert f"{number:,}" in text


def test_compares_with_the_best_policy(full_instance: Instance) -> None:
    outcome = solve(full_instance)
    text = screen(outcome)
    assert outcome.best_policy != "empty"
    assert f"{outcome.best_policy}" in text
    assert "Done: the gap asked for, 0.1 %, is reached." in text


def test_many_offices_are_shown_by_province_or_by_need(hundred: Outcome) -> None:
    text = screen(hundred, 200)
    assert "What each province gets, and what is left there at the end: 100 offices" in text
    assert "The 5 offices with most people without a card at the end" in text
    document = json.loads(dump_instance(hundred.instance))
    for office in document["offices"]:
        office["province"] = "the only one"
    outcome = solve(parse_instance(json.dumps(document)), method="policy:equal")
    text = screen(outcome, 200)
    assert "The 15 of 100 offices with most people without a card at the end" in text
    assert "85 others" in text


def test_offices_add_up_to_the_key_figures(hundred: Outcome) -> None:
    rows = office_rows(hundred.instance, plan_to_arrays(hundred.plan, hundred.instance), hundred.verdict)
    kpis = hundred.verdict.kpis
    for total in (sum_rows("all", rows), sum_rows("all", by_province(rows))):
        assert total.slots == kpis.ingested
        assert total.cards == kpis.cards
        assert total.still_unprintable == kpis.still_unprintable
        assert total.still_waiting == kpis.still_waiting
        assert total.without_card == kpis.interim_certificates_end
        assert total.mean_wait_days == pytest.approx(kpis.mean_wait_days)
    assert sum(row.packs_in - row.packs_out for row in rows) > 0


def test_an_empty_plan_has_a_screen(full_instance: Instance) -> None:
    outcome = solve(full_instance, method="policy:empty")
    assert "No shipments." in screen(outcome)


def test_check_shows_runs_of_days_at_a_place(full_instance: Instance) -> None:
    arrays = PlanArrays.empty(full_instance)
    arrays.cards[0, 1, 1:4] = 100
    plan = plan_from_arrays(arrays, full_instance)
    text = rendered(check_screen(full_instance, plan, verify(full_instance, plan), width=80), 80)
    assert re.search(r"7 printers +city City +day 1, Sun 28 Feb +3 +97 cards", text)
    assert max(map(cell_len, text.splitlines())) <= 80


def test_check_cuts_long_lists(hundred: Outcome) -> None:
    instance = hundred.instance
    arrays = PlanArrays.empty(instance)
    arrays.cards[:, 0, 0] = 10**6
    plan = plan_from_arrays(arrays, instance)
    text = rendered(check_screen(instance, plan, verify(instance, plan), width=80), 80)
    assert re.search(r"and \d+ more such places; --json lists every day of each", text)
    assert max(map(cell_len, text.splitlines())) <= 80
