"""What is written as tables is read as it was, whatever the texts and numbers."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from allocator.errors import OutputError
from allocator.instance.models import Instance
from allocator.tables.files import load_instance, save_instance
from allocator.tables.template import template_instance
from allocator.tables.text import protect, unprotect
from tests.tools.instances import full_document, tiny_document
from tests.tools.random_instances import random_document
from tests.tools.strategies import instances

FORMATS = ["tables", "book.xlsx", "document.json"]
ROOT = Path(__file__).parents[2]
TEXTS = st.text(max_size=12) | st.sampled_from(
    [
        *("", " ", "21.10", "0021", "=1+1", "+1", "-1", "@x", "\tx", "\rx", "'x", '"x"', '"', "1e5", "TRUE"),
        *("by day", "1-2", "Mar 1", "3 May", "a\nb", "a\r\nb", "x ", "\u00a0x", "_x000D_", "#note", "a,b;c"),
        *("1.234", "1,234", "2017-08-28", "\u200b", "＝1", "null", "office"),
    ]
)


def again(instance: Instance, name: str) -> Instance:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        save_instance(instance, path)
        return load_instance(path)


@pytest.mark.parametrize("name", FORMATS)
def test_every_feature(name: str, full_instance: Instance) -> None:
    assert again(full_instance, name) == full_instance
    assert again(template_instance(), name) == template_instance()


@pytest.mark.parametrize("name", FORMATS[:2])
@settings(max_examples=10)
@given(instance=instances())
def test_random_instances(name: str, instance: Instance) -> None:
    assert again(instance, name) == instance


@pytest.mark.parametrize("name", FORMATS[:2])
@settings(max_examples=20)
@given(data=st.data())
def test_any_text(name: str, data: st.DataObject) -> None:
    document = random_document(Random(data.draw(st.integers(0, 50))))
    ids = data.draw(
        st.lists(TEXTS.filter(bool), min_size=len(document["offices"]), max_size=99, unique=True).filter(
            lambda texts: not {depot["id"] for depot in document["depots"]} & set(texts)
        )
    )
    renamed = {
        office["id"]: text
        for office, text in zip(document["offices"], ids[: len(document["offices"])], strict=True)
    }
    for office in document["offices"]:
        office["id"] = renamed[office["id"]]
        office["name"] = data.draw(TEXTS)
    for lane in document["lanes"]:
        for end in ("from", "to"):
            lane[end] = renamed.get(lane[end], lane[end])
    for target in document["targets"]:
        if "office" in target:
            target["office"] = renamed[target["office"]]
    document["description"], document["currency"] = data.draw(TEXTS), data.draw(TEXTS)
    instance = Instance.model_validate(document)
    assert again(instance, name) == instance


@pytest.mark.parametrize("name", FORMATS[:2])
@given(price=st.decimals(0, 10**15, places=12) | st.decimals(0, 1, allow_nan=False, places=30))
@example(price=Decimal("0.015624999999999999999999999995"))  # rounds to fewer digits at 28
@settings(max_examples=8)
def test_any_price_is_kept_digit_for_digit(name: str, price: Decimal) -> None:
    costs = {"unprintable_day": 10**15, "waiting_day": 0, "end_days": price, "idle_blank_day": Decimal("0.1")}
    instance = Instance.model_validate(tiny_document(costs=costs))
    assert again(instance, name).costs.end_days == price


@given(text=TEXTS, loose=st.booleans())
@settings(max_examples=300)
def test_no_text_is_a_formula_and_none_is_lost(text: str, loose: bool) -> None:
    cell = protect(text, loose=loose)
    assert cell[0] not in "=+-@\t\r\n＝＋－＠ "
    assert unprotect(cell) == text
    assert unprotect(f"  {cell} \u00a0") == text


@pytest.mark.parametrize(
    "text", ["21.10", "21.1", "1e5", "1/2", "3-4", "Mar 1", "1 Agustus", "TRUE", "007", "12:30"]
)
def test_what_a_spreadsheet_would_convert_stands_in_quotes_in_csv(text: str) -> None:
    assert protect(text, loose=True) == json.dumps(text)
    assert protect(text, loose=False) == text


@pytest.mark.parametrize(
    "text", ["Kota Batam", "21.71>21.72", "store", "office-1", "description", "marketing"]
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert protect(text, loose=True) == text


def test_a_demand_without_anything_is_kept() -> None:
    document = full_document()
    document["offices"][0]["demand"]["replacement"] = {}
    instance = Instance.model_validate(document)
    for name in FORMATS:
        assert again(instance, name).offices[0].demand.keys() == instance.offices[0].demand.keys()


def test_a_text_longer_than_a_cell_of_excel(tmp_path: Path) -> None:
    instance = Instance.model_validate(tiny_document(description="x" * 200_000))
    assert again(instance, "tables") == instance
    with pytest.raises(OutputError, match="a cell takes 32,767"):
        save_instance(instance, tmp_path / "book.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.national
def test_the_nation(tmp_path: Path) -> None:
    instance = load_instance(ROOT / "instances" / "national-2017.json")
    save_instance(instance, tmp_path / "nation.xlsx")
    assert load_instance(tmp_path / "nation.xlsx") == instance
