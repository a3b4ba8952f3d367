"""The choice of trips where blanks are sent on: within limits, never dearer, the same for any workers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from allocator import generate_instance
from allocator.backends import SolveOptions
from allocator.methods.clock import Clock
from allocator.methods.decompose.choice import choose
from allocator.methods.decompose.couplings import Couplings
from allocator.methods.decompose.joint_choice import JointChoice
from allocator.methods.decompose.programme import Choice, Option, Programme
from allocator.methods.decompose.workers import Workers
from allocator.milp.model import Vector
from tests.methods.decompose.test_programme import idle_senders
from tests.methods.decompose.test_trunk_trips import options_of

EXACT = SolveOptions(gap=1e-9)
ENOUGH = SolveOptions(gap=1e-5, time_limit=20.0)


def joint(
    options: list[Option], couplings: Couplings, *, turn: int = 1, workers: int = 1, lends: bool = False
) -> tuple[JointChoice, list[Choice]]:
    """The choice, and one to begin with that uses as little as there can be used."""
    programme = Programme(options, couplings.limit, couplings.ceiling)
    least = choose(
        Programme(options, couplings.limit, couplings.ceiling),
        None,
        "highs",
        EXACT,
        np.full(len(couplings.limit), 1e9),
    )
    assert least is not None
    worth = programme.worth("highs", EXACT)
    crew = Workers(Clock(math.inf), workers)
    return JointChoice(programme, worth, couplings, crew, "highs", turn, lends), least


def block(values: list[list[float]], packs: list[list[float]]) -> Option:
    """Offices with a plan for nothing, and others of these values that use so many packs of one depot."""
    office = [k for k, own in enumerate(values) for _ in range(len(own) + 1)]
    value = [each for own in values for each in (0.0, *own)]
    used = [each for own in packs for each in (0.0, *own)]
    return Option(
        np.array(office),
        np.array(value),
        sp.csr_array(np.array([used])),
        sp.csr_array((1, len(office))),
        idle_senders(1, rows=1),
    )


def one_depot(limit: float) -> Couplings:
    return Couplings(
        use=sp.csr_array((1, 0)),
        limit=np.array([limit]),
        ceiling=np.array([np.inf]),
        kind=("depot",),
        place=np.zeros((1, 2), dtype=np.int64),
        owner=("hub",),
        rows=np.zeros(0, dtype=np.bool_),
        columns=np.zeros(0, dtype=np.bool_),
        sooner=0.0,
    )


def used(programme: Programme, choices: list[Choice]) -> Vector:
    return programme.use(choices).sum(axis=1)


@pytest.mark.parametrize("turn", [1, 2, 3])
@pytest.mark.parametrize(("family", "seed"), [("hubs", 3), ("hubs", 4), ("lending", 5), ("lending", 8)])
def test_a_choice_keeps_limits_and_is_no_dearer(family: str, seed: int, turn: int) -> None:
    couplings, _, _, options = options_of(generate_instance(family, offices=20, days=30, seed=seed))
    choice, now = joint(options, couplings, turn=turn, lends=family == "lending")
    programme = choice.programme
    found = choice.improve(now, ENOUGH)
    assert programme.value(found) < programme.value(now)
    hard = np.isinf(couplings.ceiling)
    assert (used(programme, found) <= couplings.limit + 1e-6)[hard].all()
    exact = choose(Programme(options, couplings.limit, couplings.ceiling), now, "highs", EXACT)
    assert exact is not None
    assert programme.value(found) <= 0.8 * programme.value(exact)  # both below 0


def test_a_block_has_what_others_leave_of_packs_that_do_not_divide() -> None:
    # The relaxation gives each block of one office half a trip, all the same: 9 packs for three of 6 each.
    options = [block([[-60.0 - k]], [[6.0]]) for k in range(3)]
    choice, now = joint(options, one_depot(9.0))
    found = choice.improve(now, ENOUGH)
    assert choice.programme.value(found) == pytest.approx(-62.0)
    assert used(choice.programme, found) == pytest.approx([6.0])


def test_those_that_do_not_fit_choose_again_within_what_is_left() -> None:
    draw = np.random.default_rng(2)
    options = [
        block(
            [[-value, -0.45 * value] for value in draw.uniform(40.0, 60.0, offices)], [[4.0, 2.0]] * offices
        )
        for offices in (3, 2, 2)
    ]
    choice, now = joint(options, one_depot(17.0))
    own = choice._allotted()
    hoped = choice._alone(choice._hoped_for(own), now, EXACT)
    assert choice._fitting(hoped, own)[1] == [0]  # with what all hope for it would take from others
    found = choice.improve(now, ENOUGH)
    assert used(choice.programme, found)[0] <= 17.0
    exact = choose(choice.programme, now, "highs", EXACT)
    assert exact is not None
    assert choice.programme.value(found) == pytest.approx(choice.programme.value(exact))


def test_where_offices_lend_those_furthest_from_the_relaxation_choose_first() -> None:
    options = [block([[-value]], [[2.0]]) for value in (10.0, 30.0, 20.0)]
    choice, now = joint(options, one_depot(5.0), lends=True)
    # A pack is worth 5, what the last half of a trip saves: chosen are the worst, and all wait so far.
    assert choice.worth.prices == pytest.approx([5.0])
    assert choice._furthest(now, 2.9) == [[1], [2]]
    assert choice._furthest(now, math.inf) == [[1], [2], [0]]
    *_, found = choice._in_groups(now, ENOUGH)
    assert choice.programme.value(found) == pytest.approx(-50.0)
    alone = replace(options[2], senders=idle_senders(1), of_senders=sp.csr_array((0, 2)))
    choice, now = joint([options[0], alone, options[1]], one_depot(5.0), lends=True)
    assert choice._furthest(now, math.inf) == [[1], [2], [0]]


def test_the_number_of_workers_makes_no_difference() -> None:
    couplings, _, _, options = options_of(generate_instance("hubs", offices=20, days=30, seed=3))
    found = []
    for workers in (1, 2):
        choice, now = joint(options, couplings, workers=workers)
        found.append(choice.programme.value(choice.improve(now, SolveOptions(gap=1e-5, time_limit=1e6))))
    assert found[0] == found[1]
