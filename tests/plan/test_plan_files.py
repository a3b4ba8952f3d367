"""Plans to and from JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given

from allocator.errors import InputError
from allocator.instance.files import dump_instance, parse_instance
from allocator.instance.models import Instance
from allocator.plan.files import dump_plan, load_plan, parse_plan, save_plan
from allocator.plan.models import Plan, Prices, Solution
from tests.tools.plans import make_plan
from tests.tools.strategies import cases


@given(cases())
def test_what_is_written_is_read_again(case: tuple[Instance, Plan]) -> None:
    _, plan = case
    assert parse_plan(dump_plan(plan)) == plan


def test_how_a_plan_was_found_is_kept(full_instance: Instance, tmp_path: Path) -> None:
    solution = Solution(
        status="feasible",
        objective=12.5,
        bound=None,
        seconds={"load": 0.25},
        prices=Prices(slot=(1.5, 0.0), blank={"hub": (0.1,)}),
        note="kept, though unknown here",
    )
    plan = make_plan(full_instance, cards={("city", "ready", 0): 1}).model_copy(update={"solution": solution})
    path = tmp_path / "plan.json"
    save_plan(plan, path)
    read = load_plan(path)
    assert read == plan
    assert read.solution.model_extra == {"note": "kept, though unknown here"}


@pytest.mark.parametrize("price", ["1e999", "-1e999", "NaN", '"high"'])
def test_a_price_is_a_finite_number(price: str) -> None:
    text = f'{{"schema_version": 1, "instance": "x", "solution": {{"prices": {{"slot": [{price}]}}}}}}'
    with pytest.raises(InputError):
        parse_plan(text)


def test_rows_stand_one_a_line(full_instance: Instance) -> None:
    plan = make_plan(full_instance, packs={("lend", day): 1 for day in range(3)})
    assert sum('"lane"' in line for line in dump_plan(plan).splitlines()) == 3


@pytest.mark.parametrize(
    ("change", "path", "found"),
    [
        ({"schema_version": 2}, "schema_version", "2"),
        ({"bogus": 1}, "bogus", "1"),
        ({"ingest": [{"office": "a", "stream": "s", "day": 0, "records": -1}]}, "ingest[0].records", "-1"),
        ({"ingest": [{"office": "a", "stream": "s", "day": 0, "records": 0.5}]}, "ingest[0].records", "0.5"),
        ({"ingest": [{"office": "a", "stream": "s", "day": -1, "records": 0}]}, "ingest[0].day", "-1"),
        ({"shipments": [{"lane": "a", "day": 0, "packs": 10**13}]}, "shipments[0].packs", str(10**13)),
        ({"cards": [{"office": "a", "stream": "s", "day": 0}]}, "cards[0].cards", ""),
        ({"cards": [{"office": 3, "stream": "s", "day": 0, "cards": 1}]}, "cards[0].office", "3"),
        ({"cards": [{"office": "a", "stream": "s", "day": 0, "cards": True}]}, "cards[0].cards", "true"),
    ],
)
def test_refused(change: dict[str, object], path: str, found: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_plan(json.dumps({"schema_version": 1, "instance": "x"} | change))
    assert [(problem.path, problem.found) for problem in caught.value.problems] == [(path, found)]


def test_a_plan_and_an_instance_the_wrong_way_round(full_instance: Instance) -> None:
    plan = Plan(schema_version=1, instance=full_instance.name)
    with pytest.raises(InputError) as caught:
        parse_instance(dump_plan(plan))
    assert str(caught.value) == "found a plan, expected an instance; are two files the wrong way round?"
    with pytest.raises(InputError) as caught:
        parse_plan(dump_instance(full_instance))
    assert str(caught.value) == "found an instance, expected a plan; are two files the wrong way round?"
