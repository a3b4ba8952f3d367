"""Which offices an instance has: invented ones in the 34 provinces, or rows of an office table."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Protocol, TypeVar

from allocator.instance.generate.draws import Draws
from allocator.instance.generate.tables import Site


class _Populated(Protocol):
    @property
    def population(self) -> int: ...


P = TypeVar("P", bound=_Populated)


@dataclass(frozen=True)
class Province:
    """A province in 2017: mid-year population, number of real offices, its capital and where that is."""

    name: str
    capital: str
    population: int
    offices: int
    lat: Decimal
    lon: Decimal


@cache
def provinces() -> tuple[Province, ...]:
    """The 34 provinces of 2017, from `data/provinces.csv`, in the order of the official area codes.

    Populations of 2017 in thousands; offices (416 kabupaten and 98 kota) after Permendagri 137/2017;
    coordinates of the capital to a tenth of a degree.
    """
    text = files(__package__).joinpath("data", "provinces.csv").read_text(encoding="utf-8")
    return tuple(
        Province(
            name=row["name"],
            capital=row["capital"],
            population=int(row["population"]),
            offices=int(row["offices"]),
            lat=Decimal(row["lat"]),
            lon=Decimal(row["lon"]),
        )
        for row in csv.DictReader(text.splitlines())
    )


def invent_sites(count: int, per_province: int, draws: Draws) -> list[Site]:
    """`count` offices, `per_province` of them on average, by province in the order of the area codes.

    The first of a province lies in its capital. An office has the population of a mean office of its
    province times 40–160 %, drawn; it is the same office however many others there are.
    """
    chosen = spread_by_population(provinces(), min(len(provinces()), -(-count // per_province)))
    seats = {province.name: 1 for province in chosen}
    for _ in range(count - len(chosen)):
        # Highest averages (D'Hondt): nobody has fewer offices because there is one more to give.
        most = max(chosen, key=lambda province: Fraction(province.offices, seats[province.name]))
        seats[most.name] += 1
    return [
        _invent_site(province, code, number, draws.of("site", province.name, number))
        for code, province in enumerate(provinces(), start=1)
        for number in range(1, seats.get(province.name, 0) + 1)
    ]


def spread_by_population(places: Sequence[P], count: int) -> list[P]:
    """`count` of the places, at even steps down the list by population, in the order they came in."""
    by_population = sorted(range(len(places)), key=lambda index: (-places[index].population, index))
    taken = {by_population[(2 * step + 1) * len(places) // (2 * count)] for step in range(count)}
    return [place for index, place in enumerate(places) if index in taken]


def _invent_site(province: Province, code: int, number: int, draws: Draws) -> Site:
    mean = province.population // province.offices
    reach = 0 if number == 1 else 80  # hundredths of a degree from the capital
    return Site(
        code=f"{code:02d}.{number:02d}",
        name=province.capital if number == 1 else f"{province.name} {number}",
        province=province.name,
        population=mean * draws.integer(40, 160, "population") // 100,
        lat=province.lat + Decimal(draws.integer(-reach, reach, "lat")).scaleb(-2),
        lon=province.lon + Decimal(draws.integer(-reach, reach, "lon")).scaleb(-2),
    )
