"""Office tables: read as they come out of a spreadsheet, refused with every problem at once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from allocator.errors import InputError
from allocator.instance.generate import FAMILIES, generate_instance
from allocator.instance.generate.tables import parse_office_table, read_office_table

HEADER = "code,name,province,population,lat,lon\n"
GOOD = HEADER + 'A,"Alpha, city",North,1000,1.5,100.25\nB,Beta,North,0,-0.0,-3e1\n\n,,,,,\n'


def problems_of(data: str | bytes) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_office_table(data.encode() if isinstance(data, str) else data)
    return [str(problem) for problem in caught.value.problems]


def test_reads_quotes_byte_order_marks_windows_lines_and_further_columns() -> None:
    sites = parse_office_table(GOOD.encode())
    assert [site.name for site in sites] == ["Alpha, city", "Beta"]
    assert [str(site.lat) for site in sites] == ["1.5", "0"]
    assert str(sites[1].lon) == "-30"
    assert parse_office_table(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()) == sites
    further = 'Lon,Notes,LAT,population,province,name,code\n100.25,x,1.5,1000,North,"Alpha, city",A\n'
    assert parse_office_table(further.encode()) == sites[:1]


def test_reports_every_problem_with_row_and_column() -> None:
    found = problems_of(
        HEADER
        + "A,Alpha,North,1000,1.5,100\n"
        + "A,Alpha,North,-5,1.5,100\n"
        + ",Gamma,,1.071.231,91,abc\n"
        + "D,Delta,South,12\n"
        + "E,Epsilon,South,12.5,nan,1_0\n"
    )
    assert [line.split(":")[0] for line in found] == [
        "row 3, column population",
        "row 3, column code",
        "row 4, column code",
        "row 4, column province",
        "row 4, column population",
        "row 4, column lat",
        "row 4, column lon",
        "row 5, column lat",
        "row 5, column lon",
        "row 6, column population",
        "row 6, column lat",
        "row 6, column lon",
    ]
    assert (
        found[0]
        == "row 3, column population: found -5, expected a whole number, 0 to 10000000000, digits only"
    )
    assert found[1] == "row 3, column code: found A, expected a code of its own (row 2 has it too)"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", ["nothing"]),
        ("\ufeff", ["nothing"]),
        (HEADER, ["a header only"]),
        ("code,name,population,lat,lat\n", ["column province", "column lon", "column lat"]),
        (b"PK\x03\x04\0\0", ["a binary file"]),
        (b"code\xff", ["not UTF-8 at 4"]),
        (HEADER + 'A,"open,North,1,1,1\n', ["no CSV"]),
        (HEADER + "national-warehouse,W,North,1,1,1\n", ["row 2, column code"]),
        (HEADER + "hub:North,W,North,1,1,1\n", ["row 2, column code"]),
    ],
)
def test_refuses_what_is_no_table(data: str | bytes, words: list[str]) -> None:
    found = problems_of(data)
    assert len(found) == len(words)
    for line, word in zip(found, words, strict=True):
        assert word in line


def test_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.csv: .*readable CSV"):
        read_office_table(tmp_path / "none.csv")
    with pytest.raises(InputError, match="readable CSV"):
        read_office_table(tmp_path)
    table = tmp_path / "table.csv"
    table.write_text("code\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        generate_instance("quotas", offices=0, office_table=table)
    assert len(caught.value.problems) == 2 + 5
    assert all("table.csv" in problem.path for problem in caught.value.problems[2:])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "offices.csv"
    rows = [f"{n},Office {n},Province {n % 3},{n * 10_000},{n % 7},{100 + n % 5}.5" for n in range(30)]
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_takes_a_table(family: str, table: Path) -> None:
    instance = generate_instance(family, days=14, office_table=table)
    assert [office.id for office in instance.offices] == [str(n) for n in range(30)]
    assert instance.offices[8].lat == Decimal(1)
    assert instance.offices[8].lon == Decimal("103.5")


def test_fewer_offices_than_rows_are_spread_over_large_and_small_ones(table: Path) -> None:
    instance = generate_instance("quota", offices=5, days=7, office_table=table)
    assert [office.id for office in instance.offices] == ["2", "8", "14", "20", "26"]
    with pytest.raises(InputError, match="at most 30"):
        generate_instance("quota", offices=31, office_table=table)


@pytest.mark.parametrize("family", FAMILIES)
def test_offices_without_people_are_no_obstacle(family: str, tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.write_text(HEADER + "A,Alpha,North,0,1,1\nB,Beta,North,0,1,1\n", encoding="utf-8")
    assert len(generate_instance(family, days=30, office_table=path).offices) == 2
