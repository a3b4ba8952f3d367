"""What a solve says of how it ended, and of how good its plan is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from allocator import Outcome, load_instance, solve
from allocator.report.summary import origin, verdict_on_gap

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    instance = load_instance(ROOT / "instances" / "quota-8x60-s0.json")
    return replace(solve(instance, method="policy:equal"), method="decompose", source="decompose", rounds=3)


def test_says_which_limit_ended_the_search(outcome: Outcome) -> None:
    late = replace(outcome, seconds=outcome.seconds | {"total": 9.9})
    for found, rounds, ending in (
        (late, None, "Stopped by the time limit of 10 s, before"),
        (outcome, 3, "Stopped after 3 rounds, as asked, before"),
        (replace(outcome, rounds=1), 1, "Stopped after 1 round, as asked, before"),
        (outcome, 4, "The search ended before"),
        (outcome, None, "The search ended before"),
    ):
        said = verdict_on_gap(found, 0.001, 10.0, rounds)[0]
        assert said == f"{ending} the gap asked for, 0.1 %, was reached."


def test_says_what_is_saved_of_the_plan_to_start_from(outcome: Outcome) -> None:
    cost = outcome.objective
    dearer = verdict_on_gap(replace(outcome, start_cost=1.25 * cost), 0.001, None)
    assert (
        dearer[-1] == "The plan is 20.0 % cheaper than the one to start from, as far as that is valid here."
    )
    assert dearer[:-1] == verdict_on_gap(outcome, 0.001, None)
    same = replace(outcome, start_cost=cost, source="start")
    assert verdict_on_gap(same, 0.001, None) == verdict_on_gap(outcome, 0.001, None)
    assert origin(same).startswith("Nothing better than the plan to start from was found")
