"""A solve comes to its end while there is time for it."""

from __future__ import annotations

import time

import pytest

from allocator.methods.clock import Clock
from allocator.methods.decompose.pace import Pace


def pace_with(left: float, *, rounds: int = 2, has_senders: bool = False, **seconds: float) -> Pace:
    """With so many seconds left of 100, so many rounds done, and steps that took so long."""
    pace = Pace(Clock(100.0, started=time.monotonic() - (100.0 - left)), has_senders=has_senders)
    for _ in range(rounds):
        with pace.measured("round"):
            pass
    pace.took.update(seconds)
    return pace


def test_without_a_limit_there_is_no_end() -> None:
    pace = Pace(Clock())
    with pace.measured("plan"):
        pass
    assert not pace.is_ending
    assert not pace.allows_a_plan(0.0)
    assert pace.has_time(1000)


@pytest.mark.parametrize(("left", "ending"), [(41.0, False), (38.0, True)])
def test_the_end_leaves_time_for_a_proof_and_plans(left: float, ending: bool) -> None:
    assert pace_with(left, round=5.0, exact=10.0, plan=15.0).is_ending == ending


@pytest.mark.parametrize(
    ("left", "ahead", "allowed"),
    [
        (55.0, 0.0, False),
        (55.0, 1e-2, False),
        (45.0, 1e-3, False),
        (45.0, 2e-4, True),
        (45.0, 1e-2, True),
        (35.0, 1e-3, True),
    ],
)
def test_a_first_plan_waits_for_prices_that_are_not_far_but_not_for_long(
    left: float, ahead: float, allowed: bool
) -> None:
    assert pace_with(left).allows_a_plan(ahead) == allowed


def test_the_first_round_does_not_tell_that_prices_will_not_be_near() -> None:
    assert not pace_with(45.0, rounds=1).allows_a_plan(1e-2)
    assert pace_with(45.0, rounds=1).allows_a_plan(2e-4)


def test_a_plan_that_takes_twice_as_long_leaves_time_for_a_proof() -> None:
    assert not pace_with(90.0, round=5.0).has_time_to_prove_later
    assert pace_with(92.0, round=5.0).has_time_to_prove_later
    assert pace_with(60.0, round=5.0, exact=10.0, plan=15.0).has_time_to_prove_later


def test_there_is_time_for_so_many_plans() -> None:
    pace = pace_with(50.0, round=5.0, exact=10.0, plan=15.0)
    assert pace.has_time(2)
    assert not pace.has_time(3)


def test_what_a_plan_takes_is_guessed_before_there_is_one() -> None:
    assert pace_with(33.0, round=5.0).has_time(1)
    assert not pace_with(32.0, round=5.0).has_time(1)


def test_what_was_never_done_is_guessed_from_rounds() -> None:
    assert pace_with(58.0, round=5.0).is_ending
    assert not pace_with(59.0, round=5.0).is_ending


def test_what_rounds_take_is_guessed_from_an_earlier_plan_before_there_is_one() -> None:
    assert pace_with(58.0, rounds=0, plan=25.0).is_ending
    assert not pace_with(59.0, rounds=0, plan=25.0).is_ending


def test_where_blanks_are_sent_on_proofs_and_plans_take_fewer_rounds() -> None:
    assert pace_with(52.0, round=5.0, has_senders=True).is_ending
    assert not pace_with(53.0, round=5.0, has_senders=True).is_ending


def test_where_blanks_are_sent_on_the_first_round_takes_six_times_as_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = iter([0.0, 9.0])
    pace = Pace(Clock(100.0), has_senders=True)
    monkeypatch.setattr(time, "monotonic", lambda: next(now))
    with pace.measured("round"):
        pass
    assert pace.took["round"] == 1.5


def test_the_first_round_takes_longer_and_the_quickest_other_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 9.0, 10.0, 14.0, 20.0, 22.0, 30.0, 36.0])
    pace = Pace(Clock(100.0))
    monkeypatch.setattr(time, "monotonic", lambda: next(now))
    known = []
    for _ in range(4):
        with pace.measured("round"):
            pass
        known.append(pace.took["round"])
    assert known == [3.0, 4.0, 2.0, 2.0]
