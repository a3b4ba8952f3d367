"""`allocator explain`: the nation, one office, the same for programs, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def solved(run: Run, small: Path) -> Path:
    """The small instance, with a plan of a policy beside it."""
    assert run("solve", small, "--method", "policy:proportional").exit_code == 0
    return small


def test_the_nation_in_words_and_tables(run: Run, solved: Path) -> None:
    result = run("explain", solved, "full.plan.json")
    assert result.exit_code == 0
    assert "What the cost is for" in result.stdout
    assert "The plan costs" in result.stdout
    assert "waiting for" in result.stdout
    assert "The offices, and what they lack" in result.stdout
    assert "keeps no prices" in " ".join(result.stdout.split())
    assert max(len(line) for line in result.stdout.splitlines()) <= 80


def test_one_office(run: Run, solved: Path) -> None:
    result = run("explain", solved, "full.plan.json", "--office", "city")
    assert result.exit_code == 0
    assert "(city)" in result.stdout
    assert "of the nation's cost" in " ".join(result.stdout.split())
    assert "The offices, and what they lack" not in result.stdout


def test_json_says_the_same(run: Run, solved: Path) -> None:
    document = json.loads(run("explain", solved, "full.plan.json", "--json").stdout)
    cost = json.loads(run("check", solved, "full.plan.json", "--json").stdout)["cost"]
    assert document["cost"] == cost
    assert sum(charge["cost"] for charge in document["charges"]) == pytest.approx(cost)
    assert sum(charge["share"] for charge in document["charges"]) == pytest.approx(1)
    parts = [*document["national_charges"], *document["offices"]]
    assert sum(part["cost"] for part in parts) == pytest.approx(cost)
    assert document["prices_known"] is False
    assert document["words"][0].startswith("The plan costs")
    charge = document["charges"][0]
    assert charge.keys() >= {"bottleneck", "cost", "share", "first_date", "last_date", "record_days"}
    assert charge["first_date"] <= charge["last_date"]
    assert all(office["words"] for office in document["offices"])
    one = json.loads(run("explain", solved, "full.plan.json", "--office", "city", "--json").stdout)
    assert [office["office"] for office in one["offices"]] == ["city"]
    assert one["offices"][0] in document["offices"]


def test_prices_stand_beside_what_one_more_would_save(run: Run, solved: Path) -> None:
    plan = solved.parent / "full.plan.json"
    document = json.loads(plan.read_text())
    depots = [depot["id"] for depot in json.loads(solved.read_text())["depots"]]
    blank = dict.fromkeys(depots, [1000.0] * 6)
    document["solution"]["prices"] = {"slot": [1000.0] * 6, "blank": blank}
    plan.write_text(json.dumps(document))
    answer = json.loads(run("explain", solved, plan, "--json").stdout)
    assert answer["prices_known"] is True
    slots = [office["one_more_slot"] for office in answer["offices"] if office["one_more_slot"]]
    assert slots
    assert {slot["price"] for slot in slots} == {1000.0}
    words = " ".join(line for office in answer["offices"] for line in office["words"])
    assert "a slot that day is worth 1,000" in words
    assert "it does more good elsewhere" in words


def test_everything_unknown_is_told_of_at_once(run: Run, solved: Path) -> None:
    options = ("--office", "citi", "--office", "nowhere", "--from", "2016-03-09")
    result = run("explain", solved, "full.plan.json", *options, "--json")
    assert result.exit_code == 2
    problems = json.loads(result.stdout)["errors"]
    assert [problem["found"] for problem in problems] == ['"citi"', '"nowhere"', '"2016-03-09"']
    assert "city" in problems[0]["expected"]
    assert problems[2]["expected"] == "a date from 2016-02-27 to 2016-03-03"


def test_from_a_date_on(run: Run, solved: Path) -> None:
    """The answer is for that day or later; without it for the first day of all."""
    days = []
    for options in ((), ("--from", "2016-03-01")):
        document = json.loads(run("explain", solved, "full.plan.json", *options, "--json").stdout)
        extras = [office["one_more_slot"] for office in document["offices"] if office["one_more_slot"]]
        assert extras
        days.append(min(extra["date"] for extra in extras))
    assert days[0] < "2016-03-01" <= days[1]


def test_a_plan_that_breaks_rules_is_bad_input(run: Run, solved: Path) -> None:
    plan = solved.parent / "full.plan.json"
    document = json.loads(plan.read_text())
    document["ingest"].append({"office": "city", "stream": "first", "day": 0, "records": 100})
    plan.write_text(json.dumps(document))
    result = run("explain", solved, plan)
    assert result.exit_code == 2
    assert "full.plan.json" in result.stderr
    assert "a valid plan" in result.stderr
    assert "allocator check" in result.stderr


def test_the_example_of_the_help_runs(run: Run) -> None:
    root = Path(__file__).parents[2]
    text = " ".join(run("explain", "--help").stdout.replace("│", " ").split())
    assert "allocator explain instances/kepri-2017.json kepri-2017.plan.json --office 21.72" in text
    instance = root / "instances" / "kepri-2017.json"
    assert run("solve", instance, "--method", "policy:equal").exit_code == 0
    result = run("explain", instance, "kepri-2017.plan.json", "--office", "21.72")
    assert result.exit_code == 0
    assert "(21.72)" in result.stdout


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("natuna", "such as 21.03 (Kab. Natuna)"),
        ("21.71x", "such as 21.71 (Kota Batam)"),
        ("", "such as 21.71 (Kota Batam), 21.02 (Kab. Karimun)"),
    ],
)
def test_an_office_is_found_by_its_name(run: Run, asked: str, answer: str) -> None:
    folder = Path(__file__).parents[2] / "instances"
    files = (folder / "kepri-2017.json", folder / "kepri-2017.best.plan.json")
    result = run("explain", *files, "--office", asked)
    assert result.exit_code == 2
    assert answer in result.stderr
