"""What cards save while they stay with their streams, against linear models and all ways of restocking."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from allocator.methods.decompose.printing import full_speed
from allocator.methods.decompose.restocking import Depletion, Opportunities, Savings, restock
from allocator.methods.decompose.stockouts import saved_in_all, saved_meanwhile, stream_savings

Vector = NDArray[np.float64]
STREAMS, DAYS, STEPS = 2, 5, 2
seeds = st.integers(0, 10**6)


def random_steps(draw: np.random.Generator) -> tuple[Vector, Vector]:
    """(S, T, K) cards, and what each of them saves on the day, the dearest first."""
    amount = draw.integers(0, 6, (STREAMS, DAYS, STEPS)).astype(np.float64)
    rate = np.sort(draw.choice([0.0, 0.5, 1.0, 2.0, 3.0], (STREAMS, DAYS, STEPS)), axis=2)[..., ::-1]
    return amount, np.ascontiguousarray(rate)


def by_day(amount: Vector, rate: Vector) -> Savings:
    """The same as `restock` takes it, for one office, streams together and apart."""
    together = [values.transpose(1, 0, 2).reshape(1, DAYS, -1) for values in (amount, rate)]
    order = np.argsort(-together[1], axis=2, kind="stable")
    steps = [np.ascontiguousarray(np.take_along_axis(values, order, 2)) for values in together]
    return Savings(steps[0], steps[1], amount[None], rate[None])


def most_saved(amount: Vector, rate: Vector, cards: Vector) -> float:
    """By cards (T,) in all by the end of a day, if those of each stream never become fewer."""
    used = np.arange(STREAMS * DAYS * STEPS).reshape(STREAMS, DAYS, STEPS)
    rows, limits = [], []
    for day in range(DAYS):
        row = np.zeros(2 * used.size)
        row[used.size + used[:, day, 0]] = 1.0
        rows.append(row)
        limits.append(cards[day])
        for stream in range(STREAMS):
            # Cards that save are some of the stream's cards, and these no fewer than the day before.
            of_stream = used.size + used[stream, day, 0]
            row = np.zeros(2 * used.size)
            row[used[stream, day]] = 1.0
            row[of_stream] = -1.0
            rows.append(row)
            limits.append(0.0)
            if day:
                row = np.zeros(2 * used.size)
                row[used.size + used[stream, day - 1, 0]], row[of_stream] = 1.0, -1.0
                rows.append(row)
                limits.append(0.0)
    bounds = [(0, most) for most in amount.ravel()] + [(0, None)] * used.size
    found = linprog(np.append(-rate.ravel(), np.zeros(used.size)), np.array(rows), limits, bounds=bounds)
    assert found.success
    return -float(found.fun)


@given(seed=seeds, begin=st.integers(0, DAYS - 1), length=st.integers(1, DAYS), cards=st.integers(0, 25))
def test_savings_meanwhile_are_those_of_a_linear_model(
    seed: int, begin: int, length: int, cards: int
) -> None:
    amount, rate = random_steps(np.random.default_rng(seed))
    end = min(begin + length, DAYS)
    amount[:, :begin], amount[:, end:] = 0.0, 0.0
    saved = saved_meanwhile(stream_savings(amount, rate), begin, end, float(cards))
    assert saved == pytest.approx(most_saved(amount, rate, np.full(DAYS, float(cards))), abs=1e-6)


@given(seed=seeds)
def test_cards_save_no_less_than_they_can_and_no_more_than_on_each_day_apart(seed: int) -> None:
    draw = np.random.default_rng(seed)
    amount, rate = random_steps(draw)
    printed = np.sort(draw.choice([0.0, 3.0, 3.0, 8.0, 12.0, 20.0], DAYS))
    savings = by_day(amount, rate)
    saved = saved_in_all(stream_savings(amount, rate), printed[None])[0]
    assert saved == savings.of(np.zeros(1, np.int64), printed[None])[0]
    apart = Savings(savings.amount, savings.rate).of(np.zeros(1, np.int64), printed[None])[0]
    assert most_saved(amount, rate, printed) - 1e-6 <= saved <= apart + 1e-6


def test_cards_cannot_go_to_another_stream_while_nothing_is_printed() -> None:
    """On each day apart 10 cards save 10 x 2, on both together 10 x (2 + 1)."""
    amount = np.full((2, 2, 1), 10.0)
    rate = np.array([[[2.0], [1.0]], [[1.0], [2.0]]])
    streams = stream_savings(amount, rate)
    assert saved_meanwhile(streams, 0, 1, 10.0) == pytest.approx(20.0)
    assert saved_meanwhile(streams, 0, 2, 10.0) == pytest.approx(30.0)
    assert saved_in_all(streams, np.array([[10.0, 10.0], [10.0, 11.0]])) == pytest.approx([30.0, 41.0])


@settings(max_examples=150)
@given(seed=seeds, known=st.sampled_from([np.inf, 5.0, 0.0]))
def test_no_trips_cost_less_than_the_bound_of_the_search(seed: int, known: float) -> None:
    draw = np.random.default_rng(seed)
    amount, rate = random_steps(draw)
    days = np.sort(draw.choice(DAYS, 3, replace=False))
    none = np.zeros(3, dtype=np.int64)
    trips = Opportunities(none, none, days, none + 1, none + 3, none + 3)
    depletion = Depletion(
        stock=np.full((1, DAYS), float(draw.choice([0, 4]))),
        pack=np.array([float(draw.choice([3, 5]))]),
        printers=draw.choice([0.0, 2.0, 4.0, 9.0], (1, DAYS)),
        applicants=np.cumsum(draw.integers(0, 12, (1, DAYS)), axis=1).astype(np.float64),
        store=np.array([np.inf]),
    )
    fixed, price = draw.uniform(0, 6, 3), draw.uniform(0, 3, 3)
    savings = by_day(amount, rate)
    apart = Savings(savings.amount, savings.rate)
    limit = np.array([known])
    found = restock(depletion, trips, fixed, price, savings, limit)
    assert found.value[0] >= restock(depletion, trips, fixed, price, apart, limit).value[0] - 1e-6
    least = known
    for packs in itertools.product(range(4), repeat=3):
        sent = np.array(packs, dtype=np.float64)
        printed = full_speed(depletion, trips, np.zeros(1, np.int64), sp.csr_array(sent[None]))[0]
        least = min(least, sent @ price + (sent > 0) @ fixed - most_saved(amount, rate, printed))
    assert found.value[0] <= least + 1e-5
    good = restock(depletion, trips, fixed, price, savings, limit, exact=False)
    for value, office, row in zip(good.value, good.office, good.packs, strict=False):
        sent = np.asarray(row.todense()).ravel()
        printed = full_speed(depletion, trips, np.array([office]), sp.csr_array(sent[None]))
        costs = [
            sent @ price + (sent > 0) @ fixed - each.of(np.array([office]), printed)[0]
            for each in (apart, savings)
        ]
        # A trip may come on a day without printing, up to which cards are settled.
        assert costs[0] - 1e-5 <= value <= costs[1] + 1e-5
