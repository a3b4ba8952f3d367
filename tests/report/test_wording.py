"""Numbers, money, shares and names in words."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocator.report.wording import (
    Money,
    clean,
    days_long,
    long_date,
    plural,
    seconds,
    share,
    share_at_most,
    short_date,
)
from tests.tools.instances import tiny_instance


@pytest.mark.parametrize(
    ("amounts", "text"),
    [
        ([7_117_747_246.9, 9_692_832_000], "7,117.7 million IDR"),
        ([1_234_567.8], "1,234,568 IDR"),
        ([12, 7], "12 IDR"),
        ([Fraction(1, 3)], "0.33 IDR"),
        ([338_428_123_456_789], "338,428.1 billion IDR"),
        ([5 * 10**15], "5,000.0 trillion IDR"),
        ([0], "0 IDR"),
        ([None], "–"),
        ([-0.0000001, 1.5], "0.00 IDR"),
    ],
)
def test_money_has_one_unit_that_fits_the_largest(amounts: list[float | None], text: str) -> None:
    assert Money.fitting("IDR", amounts).with_unit(amounts[0]) == text


def test_money_without_a_currency() -> None:
    assert Money.fitting("", [5]).with_unit(5) == "5"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.264, "26.4 %"),
        (0.0102, "1.0 %"),
        (0.00135, "0.14 %"),
        (0.0000921, "0.009 %"),
        (0.000001, "under 0.001 %"),
        (0, "0 %"),
        (1.0, "100 %"),
        (-0.05, "-5.0 %"),
        (12.345, "1,234.5 %"),
        (None, "–"),
    ],
)
def test_share(value: float | None, text: str) -> None:
    assert share(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.001, "0.1 %"),
        (0.00135, "0.14 %"),
        (0.0131, "1.4 %"),
        (1e-9, "0.001 %"),
        (0.1, "10 %"),
        (0.25, "25 %"),
    ],
)
def test_share_at_most(value: float, text: str) -> None:
    assert share_at_most(value) == text


@given(st.floats(min_value=0, max_value=50))
def test_share_at_most_never_says_too_little(value: float) -> None:
    assert float(share_at_most(value).removesuffix(" %").replace(",", "")) >= 100 * value * (1 - 1e-9)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.421, "0.42 s"), (19.81, "19.8 s"), (10.0, "10 s"), (300, "5 min"), (312.2, "5 min 12 s")],
)
def test_seconds(value: float, text: str) -> None:
    assert seconds(value) == text


def test_days_and_plurals() -> None:
    assert [days_long(263.04), days_long(12), days_long(None)] == ["263.0", "12", "–"]
    assert [plural(1, "office"), plural(1200, "office")] == ["1 office", "1,200 offices"]


def test_dates() -> None:
    instance = tiny_instance(start="2017-08-28", days=5)
    assert long_date(instance, 0) == "Mon 28 Aug 2017"
    assert short_date(instance, 4) == "Fri  1 Sep"


def test_names_cannot_steer_a_terminal() -> None:
    assert clean("a\x1b[31mb\n\tc\u202e") == "a [31mb  c "
    assert clean("Bāndung 万") == "Bāndung 万"
