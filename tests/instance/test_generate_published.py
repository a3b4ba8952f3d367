"""The published instances are what their scripts make, to the byte, and say what is known."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from allocator.instance.files import dump_instance, load_instance
from allocator.instance.generate import generate_instance, nation
from allocator.instance.generate.sites import provinces
from allocator.instance.generate.tables import read_office_table
from allocator.instance.models import Instance

INSTANCES = Path(__file__).parents[2] / "instances"


def build(name: str) -> Instance:
    """The instance as its script makes it."""
    specification = importlib.util.spec_from_file_location(name, INSTANCES / f"build_{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    # A dataclass in the script looks its module up while it is made.
    import sys

    sys.modules[name] = module
    specification.loader.exec_module(module)
    instance: Instance = module.build()
    return instance


@pytest.mark.parametrize("name", ["kepri_2017", "national_2017"])
def test_the_script_makes_the_file(name: str) -> None:
    path = INSTANCES / f"{name.replace('_', '-')}.json"
    assert dump_instance(build(name)).encode() == path.read_bytes()
    assert path.stat().st_size < 3_000_000


def test_kepri_holds_the_known_facts() -> None:
    instance = load_instance(INSTANCES / "kepri-2017.json")
    arrays = instance.arrays
    assert (len(instance.offices), instance.days, str(instance.start)) == (7, 90, "2017-08-28")
    assert instance.quota == 387
    without_card = arrays.applied[:, :, -1].sum() - arrays.arrivals.sum()
    assert without_card == 180_000
    tanjungpinang = arrays.office_index["21.72"]
    office = instance.offices[tanjungpinang]
    assert office.blanks == 4_000
    assert sum(row.records for queue in office.demand.values() for row in queue.backlog) == 58_000
    assert arrays.print_capacity[tanjungpinang, 0] == 60
    assert arrays.print_capacity[tanjungpinang, 44] == 60  # 11 October
    assert arrays.print_capacity[tanjungpinang, 45] == 110
    assert set(arrays.arrivals[tanjungpinang, 1]) == {0, 50}
    assert [(row.day, row.cards) for row in office.in_transit] == [(39, 2_000)]


def test_national_holds_the_known_facts() -> None:
    instance = load_instance(INSTANCES / "national-2017.json")
    arrays = instance.arrays
    before = arrays.applied[:, :, -1] - arrays.arrivals.sum(axis=2)
    assert (len(instance.offices), instance.days) == (514, 90)
    assert instance.quota == 50_000
    assert before[:, 1].sum() == 4_520_307
    assert 5_950_000 < before[:, 0].sum() < 6_100_000  # 6 million, and Bekasi's own figure
    bekasi = arrays.office_index["32.75"]
    assert 111_990 <= before[bekasi, 0] <= 112_000
    assert arrays.print_capacity[bekasi].max() == 4_000
    tanjungpinang = arrays.office_index["21.72"]
    assert instance.offices[tanjungpinang].blanks == 4_000
    assert arrays.print_capacity[tanjungpinang].max() == 60


def test_the_office_table_is_the_nation() -> None:
    sites = read_office_table(INSTANCES / "offices-2017.csv")
    assert len(sites) == 514
    assert sum(site.population for site in sites) == nation.POPULATION
    names = {province.name for province in provinces()}
    assert {site.province for site in sites} == names
    assert len(names) == 34
    assert sum(province.offices for province in provinces()) == 514
    instance = generate_instance("quota", offices=20, days=7, office_table=INSTANCES / "offices-2017.csv")
    assert len(instance.offices) == 20
