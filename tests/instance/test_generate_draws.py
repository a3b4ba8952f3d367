"""Draws are whole, unbiased and named; distances need no floating point."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from math import asin, cos, radians, sin, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.instance.generate.draws import Draws, apportion
from allocator.instance.generate.geography import distance_km, nearest
from allocator.instance.generate.sites import provinces, spread_by_population
from allocator.instance.generate.tables import Site


def test_the_first_draws_of_seed_0() -> None:
    draws = Draws("0")
    assert [draws.integer(1, 6, "die", throw) for throw in range(10)] == [2, 4, 6, 4, 4, 3, 4, 5, 5, 5]


def test_draws_are_named_by_their_words() -> None:
    draws = Draws("0")
    wide = 2**64 - 1
    assert draws.of("a").integer(0, wide, "b") == draws.integer(0, wide, "a", "b")
    assert draws.integer(0, wide, "a", "bc") != draws.integer(0, wide, "ab", "c")
    assert draws.integer(0, wide) != Draws("1").integer(0, wide)


@given(st.integers(-(10**12), 10**12), st.integers(0, 10**12), st.text())
def test_draws_stay_in_their_range(low: int, width: int, word: str) -> None:
    assert low <= Draws(word.encode("utf-8", "replace").decode()).integer(low, low + width) <= low + width


def test_draws_are_even() -> None:
    counts = Counter(Draws("even").integer(0, 9, throw) for throw in range(20_000))
    assert all(1_850 < counts[face] < 2_150 for face in range(10))  # 2,000 and 3.5 standard deviations


def test_rounding_at_random_keeps_the_mean() -> None:
    value = Fraction(7, 3)
    rounded = [Draws("round").round(value, index) for index in range(9_000)]
    assert set(rounded) == {2, 3}
    assert abs(sum(rounded) - 21_000) < 160


@pytest.mark.parametrize(("low", "high"), [(1, 0), (0, 2**64)])
def test_an_empty_or_endless_range_is_refused(low: int, high: int) -> None:
    with pytest.raises(ValueError, match="no range"):
        Draws("0").integer(low, high)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**7), min_size=1, max_size=30))
def test_apportioned_parts_add_up_and_are_within_one_of_their_share(total: int, weights: list[int]) -> None:
    parts = apportion(total, weights)
    if not sum(weights):
        assert parts == [0] * len(weights)
        return
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1


def site(lat: str, lon: str) -> Site:
    return Site("x", "x", "x", 0, Decimal(lat), Decimal(lon))


def great_circle_km(one: Site, other: Site) -> float:
    lat, lat_other = radians(one.lat), radians(other.lat)
    across = radians(other.lon - one.lon)
    half = sin((lat_other - lat) / 2) ** 2 + cos(lat) * cos(lat_other) * sin(across / 2) ** 2
    return 2 * 6371 * asin(sqrt(half))


def test_distances_are_within_one_percent_of_the_great_circle() -> None:
    places = [Site("x", province.name, "x", 0, province.lat, province.lon) for province in provinces()]
    places += [site("5.838", "95.306"), site("-10.5", "141.0")]
    for one in places:
        for other in places:
            assert distance_km(one, other) == distance_km(other, one)
            assert distance_km(one, other) == pytest.approx(great_circle_km(one, other), rel=0.01, abs=1.5)


def test_distances_cross_the_date_line() -> None:
    assert distance_km(site("0", "179.5"), site("0", "-179.5")) == 111


def test_nearest_leaves_the_origin_out() -> None:
    places = [site("0", str(lon)) for lon in (0, 5, 1, 2)]
    assert nearest(places[0], places, 2) == [places[2], places[3]]
    assert nearest(places[0], places[:1], 3) == []


def test_spread_takes_large_and_small() -> None:
    chosen = spread_by_population(provinces(), 3)
    ranks = sorted(provinces(), key=lambda province: -province.population)
    assert [ranks.index(province) for province in sorted(chosen, key=lambda p: -p.population)] == [5, 17, 28]
    assert spread_by_population(provinces(), 34) == list(provinces())
