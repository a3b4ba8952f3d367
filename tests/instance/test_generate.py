"""Every family at every size is a valid instance, and the same one for ever."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from allocator.errors import InputError
from allocator.instance.files import dump_instance, parse_instance
from allocator.instance.generate import FAMILIES, generate_instance
from allocator.instance.generate.calendar import is_working_day, public_holidays

SIZES = [(1, 1), (1, 365), (7, 14), (40, 90), (514, 1)]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("offices", "days"), SIZES)
def test_every_family_at_every_size_is_valid(family: str, offices: int, days: int) -> None:
    instance = generate_instance(family, offices=offices, days=days, seed=3)  # validates itself
    assert (len(instance.offices), instance.days) == (offices, days)
    assert instance.arrays.shape == (offices, 3, days)
    assert instance.name == f"{family}-{offices}x{days}-s3"


def test_a_nation_for_a_year() -> None:
    instance = generate_instance("links", offices=514, days=365)
    assert sum(instance.arrays.arrivals[:, 2, :].sum(axis=1) > 0) == 514


@pytest.mark.parametrize("family", FAMILIES)
def test_default_size_and_description(family: str) -> None:
    instance = generate_instance(family)
    assert len(instance.offices) == FAMILIES[family].default_offices
    assert instance.days == 90
    assert instance.description is not None
    assert f"family {family}" in instance.description
    assert "seed 0" in instance.description
    assert "\n" not in FAMILIES[family].description
    assert parse_instance(dump_instance(instance)) == instance


def test_34_offices_are_one_a_province() -> None:
    instance = generate_instance("quota", offices=34)
    assert len({office.province for office in instance.offices}) == 34


def test_seeds_differ() -> None:
    one, two = (generate_instance("quota", offices=3, days=7, seed=seed) for seed in (1, 2))
    assert one.offices != two.offices


def test_an_office_keeps_its_draws_when_others_join_or_the_horizon_grows() -> None:
    few, many = (generate_instance("quota", offices=count, days=7) for count in (40, 80))
    longer = generate_instance("quota", offices=40, days=30)
    of_many = {office.id: office for office in many.offices}
    for office, later in zip(few.offices, longer.offices, strict=True):
        other = of_many[office.id]
        for stream in ("first-time", "replacement"):
            arrivals = office.demand[stream].arrivals
            assert other.demand[stream].arrivals == arrivals
            assert later.demand[stream].arrivals[:7] == arrivals  # type: ignore[index]
        assert other.print_capacity == office.print_capacity


@pytest.mark.parametrize("days", [1, 3, 90, 200])
def test_the_election_falls_at_two_thirds_and_the_step_at_one_third(days: int) -> None:
    election = generate_instance("election", offices=2, days=days)
    assert {target.day for target in election.targets} == {days * 2 // 3}
    assert election.start.toordinal() + days * 2 // 3 == date(2018, 6, 27).toordinal()
    step = generate_instance("quota-step", offices=2, days=days)
    quota = step.arrays.quota
    assert (quota[: days // 3] < quota[-1]).all()
    assert (quota[days // 3 :] == quota[-1]).all()


def test_nothing_is_printed_or_applied_for_on_holidays_and_nothing_leaves_the_warehouse() -> None:
    instance = generate_instance("blanks", offices=10)
    arrays = instance.arrays
    for day in range(instance.days):
        if not is_working_day(date.fromordinal(instance.start.toordinal() + day), saturdays=True):
            assert not arrays.print_capacity[:, day].any()
            assert not arrays.arrivals[:, :, day].any()
            assert not arrays.dispatchable[:, day].any()


def test_the_calendar_knows_weekends_holidays_and_election_days() -> None:
    assert is_working_day(date(2017, 8, 28))
    assert not is_working_day(date(2017, 9, 2))  # a Saturday
    assert is_working_day(date(2017, 9, 2), saturdays=True)
    assert not is_working_day(date(2017, 9, 3), saturdays=True)
    assert not is_working_day(date(2017, 9, 1))  # Eid al-Adha
    assert not is_working_day(date(2018, 6, 27))  # local elections
    assert {day.year for day in public_holidays()} == {2017, 2018, 2019, 2020, 2021}


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        ({"family": "quotas"}, ["family"]),
        ({"family": "quota", "offices": 0}, ["offices"]),
        ({"family": "quota", "days": 0}, ["days"]),
        ({"family": "", "offices": -1, "days": 10**9}, ["family", "offices", "days"]),
        ({"family": "quota", "offices": 10**9}, ["offices and days"]),
    ],
)
def test_bad_arguments_are_all_reported(arguments: dict[str, object], paths: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        generate_instance(**arguments)  # type: ignore[arg-type]
    assert [problem.path for problem in caught.value.problems] == paths


PINNED = {
    ("quota", 12, 30, 0): "1215dd6c1647664137a96994e0199e633fa092fa6c029f5a460c89db2d575046",
    ("blanks", 12, 30, 0): "cb14b9017417eb2db921ea0d2db9a0151096c78524b27aa7a3300b7ead3e8453",
    ("printers", 12, 30, 0): "53802e87b6f3d997bc45e92de66e5caf7ba4160ea2442f35578e93309a1d7023",
    ("outages", 12, 30, 0): "043b90d04b144bd8305a816cdfd87a6c4c4faf52b94017839ee350a2f9a3fb4f",
    ("islands", 12, 30, 0): "65fe3a81f311319872716726ebf3b781c9fea44bb4f629176690e7d2dc8d2cb4",
    ("hubs", 12, 30, 0): "c7fbd6fd8fe5bc6d03b8a3fd6de90cb91a94c1744eb9fd92b77eecd61decfe86",
    ("quota-step", 12, 30, 0): "923a122dd8db4528cbc314b1e343b23b5c5c9c35b691eff031427a5b9387d3cc",
    ("election", 12, 30, 0): "17e29af368110464192fe7b394f83414ac3f6fe4efe68f018f41641380417ffc",
    ("lending", 12, 30, 0): "77b008a5b8f3959227040382f1af415fa5165c41b1bd4bfdf388ad81f4be31e9",
    ("links", 12, 30, 0): "32035a4fe8db412cfa57a2cd4fe06b03e44f724628fbfcc40ac50ff488eef17e",
    ("hubs", 60, 100, 7): "0c48b99676be4021efa25960cfc8ec8a616249873df6ab42c63384d5a72a649f",
}


@pytest.mark.parametrize(("family", "offices", "days", "seed"), PINNED)
def test_files_are_the_same_to_the_byte(family: str, offices: int, days: int, seed: int) -> None:
    text = dump_instance(generate_instance(family, offices=offices, days=days, seed=seed))
    assert hashlib.sha256(text.encode()).hexdigest() == PINNED[family, offices, days, seed]
