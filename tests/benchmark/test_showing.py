"""Tables, page and pictures from fixed results."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from allocator.benchmark.page import refresh, section
from allocator.benchmark.pictures import draw_all
from allocator.benchmark.results import Result
from allocator.benchmark.tables import provenance, suite_tables

Make = Callable[..., Result]


def test_one_case(result: Make) -> None:
    runs = [
        result(),
        result(contender="/somewhere/slow.py", status="timeout", message="killed after 90 s", cost=None,
               bound=None, first_plan_seconds=None),
        result(contender="peer:wrong", cost=102.5, bound=101.0),
    ]  # fmt: skip
    (table,) = suite_tables(runs)
    assert table.title == "a: 4 offices, 10 days, 60 s, costs in IDR"
    assert table.rows == (
        ("decompose", "1.0", "100.00", "90.00", "10.00 %", "4.76 %", "10.0", "200"),
        ("peer:wrong", "1.0", "102.50", "101.00", "1.46 %", "0.754 %", "10.0", "200"),
        ("peer:slow", "–", "–", "–", "–", "–", "timeout", "200"),
    )
    assert "peer:slow on a, 60 s: timeout, killed after 90 s" in table.notes
    assert any("peer:wrong" in note and "it is wrong" in note for note in table.notes)
    assert "A CPU, 2 logical cores, 8 GiB, An OS" in table.notes[-1]
    assert "commit 0123456789" in table.notes[-1]


def test_headline_has_both_limits_beside_each_other(result: Make) -> None:
    runs = [result(), result(time_limit=600.0, cost=95.0), result(contender="peer:late", time_limit=600.0)]
    head, *details = suite_tables(runs)
    assert [cell for cell in head.head if cell.startswith("gap")] == ["gap at 60 s", "gap at 600 s"]
    assert head.rows[0] == (
        "decompose", "1.0", "100", "90", "10.00 %", "1.0", "95", "90", "5.26 %",
    )  # fmt: skip
    assert head.rows[1][1:5] == ("–", "–", "–", "–")
    assert len(details) == 2


def test_many_cases(result: Make) -> None:
    runs = [result(case=case, contender=name) for case in "abc" for name in ("decompose", "peer:even")]
    runs[-1] = result(case="c", contender="peer:even", cost=None, status="crash", message="exit code 1")
    (table,) = suite_tables(runs)
    by_name = {row[0]: row[1:] for row in table.rows}
    assert by_name["decompose"] == ("3 of 3", "0", "3", "5.0", "4.76 %", "4.76 %", "200")
    assert by_name["peer:even"][:3] == ("2 of 3", "0", "2")
    assert by_name["peer:even"][4] == "–", "a mean over the cases it can do would flatter it"


def test_markdown_cells_cannot_break_the_table(result: Make) -> None:
    (table,) = suite_tables([result(contender="a|b")])
    assert "| a\\|b |" in table.markdown()


def test_page_keeps_its_prose(tmp_path: Path, result: Make) -> None:
    page = tmp_path / "README.md"
    page.write_text(
        "Before\n<!-- results: tiny -->\nold\n<!-- end -->\n"
        "after <!-- results: other -->\nkept\n<!-- end -->\n"
    )
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "tiny-profile.svg").touch()
    parts = {"tiny": section("tiny", [result()], tmp_path / "pictures"), "lost": "nowhere"}
    assert refresh(page, parts) == ["lost"]
    text = page.read_text()
    assert text.startswith("Before\n<!-- results: tiny -->\n")
    assert text.endswith("after <!-- results: other -->\nkept\n<!-- end -->\n")
    assert "| decompose | 1.0 |" in text
    assert "![tiny: profile](pictures/tiny-profile.svg)\n\n```sh\nallocator bench tiny\n" in text
    assert "old" not in text
    refresh(page, parts)
    assert page.read_text() == text


def _all_kinds(result: Make) -> dict[str, list[Result]]:
    contenders = ("decompose", "direct:highs", "policy:equal", "policy:tiers", "policy:empty")
    return {
        "tiny": [result(case=case, contender=name) for case in "abc" for name in contenders],
        "sizes": [
            result(
                case=f"{offices}x{days}", offices=offices, days=days, bound=99.5, peak_bytes=offices * 10**7
            )
            for offices, days in ((40, 90), (80, 90), (160, 90), (100, 30), (100, 60))
        ],
    }


def test_every_picture_and_each_time_the_same(tmp_path: Path, result: Make) -> None:
    written = draw_all(_all_kinds(result), tmp_path / "pictures")
    assert {path.name for path in written} == {
        "tiny-gap-over-time-60s.svg",
        "tiny-phases.svg",
        "tiny-profile.svg",
        "tiny-policies.svg",
        "sizes-with-offices.svg",
        "sizes-with-days.svg",
    }
    for path in written:
        assert ElementTree.parse(path).getroot().tag.endswith("svg")
    again = draw_all(_all_kinds(result), tmp_path / "again")
    assert [path.read_bytes() for path in written] == [path.read_bytes() for path in again]


def test_pictures_where_nobody_has_a_plan(tmp_path: Path, result: Make) -> None:
    none = {"status": "timeout", "cost": None, "bound": None, "trajectory": (), "first_plan_seconds": None}
    runs = [result(case=case, contender=name, **none) for case in "abc" for name in ("auto", "decompose")]
    assert draw_all({"tiny": runs}, tmp_path)
    assert suite_tables(runs)


@pytest.mark.parametrize(
    ("measured", "said", "busy"),
    [
        ({"other_load": 0.04}, "Other work kept up to 0.0 cores busy.", False),
        ({"other_load": 1.26}, "Other work kept up to 1.3 cores busy.", True),
        ({"load_average": 2.7}, "Load average before a run, the one before it included: up to 2.7.", False),
        ({"load_average": 13.6}, "Load average before a run, the one before it included: up to 13.6.", True),
        ({}, "", False),
    ],
)
def test_what_ran_beside_is_told(result: Make, measured: dict[str, float], said: str, busy: bool) -> None:
    text = provenance([result(other_load=None, load_average=None), result(**measured)])
    assert said in text
    assert ("The machine was busy" in text) == busy
