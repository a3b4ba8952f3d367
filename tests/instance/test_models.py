"""Instances as models: what is filled in, what stays exact, what cannot be changed."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

import jsonschema
import pytest
from hypothesis import given
from pydantic import ValidationError

from allocator.instance.files import dump_instance, load_instance, parse_instance, save_instance
from allocator.instance.models import Instance
from tests.tools.instances import full_document, tiny_document, tiny_instance
from tests.tools.strategies import instances


def test_defaults_are_those_of_the_contract() -> None:
    document = tiny_document(
        depots=[{"id": "d"}],
        lanes=[{"from": "d", "to": "a", "lead_days": 0, "fixed_cost": 0, "cost_per_pack": 0}],
        offices=[{"id": "a", "print_capacity": 0, "demand": {"first": {}}}],
        targets=[{"day": 0, "share": 1, "penalty_per_record": 1}],
    )
    instance = Instance.model_validate(document)
    assert instance.start == date(2024, 2, 28)
    assert instance.description is None
    assert instance.currency == "IDR"
    assert instance.processing_days == 0
    assert instance.storage is None
    assert instance.streams[0].weight == 1
    assert instance.costs.overdue == ()
    assert instance.costs.idle_blank_day == 0
    depot, office, lane, target = (
        instance.depots[0],
        instance.offices[0],
        instance.lanes[0],
        instance.targets[0],
    )
    assert (depot.name, depot.stock, depot.reserve, depot.deliveries) == ("d", 0, 0, ())
    assert (depot.lat, depot.lon, depot.max_packs_per_day) == (None, None, None)
    assert (office.name, office.province, office.priority, office.blanks) == ("a", None, 1, 0)
    assert (office.max_blanks, office.spoiled_per_thousand, office.ingest_capacity) == (None, 0, None)
    assert (office.in_transit, office.demand["first"].backlog) == ((), ())
    assert (office.demand["first"].arrivals, office.demand["first"].ingested) == (0, ())
    assert (lane.id, lane.min_packs, lane.max_packs, lane.open) == ("d>a", 1, None, True)
    assert (target.id, target.office, target.province, target.stream) == (None, None, None, None)


def test_streams_need_no_ingestion_unless_told() -> None:
    assert tiny_instance(streams=[{"id": "ready"}]).streams[0].needs_ingestion is False


def test_money_means_its_decimal_text() -> None:
    text = json.dumps(tiny_document()).replace('"waiting_day": 1', '"waiting_day": 0.1')
    instance = parse_instance(text)
    assert instance.costs.waiting_day == Decimal("0.1")
    assert Fraction(instance.costs.waiting_day) == Fraction(1, 10)
    assert parse_instance(dump_instance(instance)).costs.waiting_day == Decimal("0.1")


def test_a_number_longer_than_a_float_keeps_its_digits() -> None:
    digits = "0.123456789012345678901234567891"
    text = json.dumps(tiny_document()).replace('"waiting_day": 1', f'"waiting_day": {digits}')
    instance = parse_instance(text)
    assert Fraction(instance.costs.waiting_day) == Fraction(digits)
    assert digits in dump_instance(instance)


@pytest.mark.parametrize("spelling", ["3", "3.0", "30e-1", "0.3e1"])
def test_a_whole_number_may_be_spelt_as_a_decimal(spelling: str) -> None:
    text = json.dumps(tiny_document()).replace('"quota": 0', f'"quota": {spelling}')
    assert parse_instance(text).quota == 3


def test_an_instance_cannot_be_changed(full_instance: Instance) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        full_instance.days = 7  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        full_instance.arrays.applied[0, 0, 0] = 1


def test_models_can_be_built_by_field_names() -> None:
    document = full_document()
    lane = document["lanes"][0]
    lane["origin"], lane["destination"] = lane.pop("from"), lane.pop("to")
    assert Instance.model_validate(document) == Instance.model_validate(full_document())


@given(instances())
def test_what_is_written_is_read_again(instance: Instance) -> None:
    again = parse_instance(dump_instance(instance))
    assert again == instance
    assert again.arrays.applied.tolist() == instance.arrays.applied.tolist()
    # A number may be spelt anew once (2.50, 25.0), but not each time that a file is saved.
    assert dump_instance(parse_instance(dump_instance(again))) == dump_instance(again)


def test_every_feature_is_written_and_read_again(full_instance: Instance, tmp_path) -> None:
    path = tmp_path / "instance.json"
    save_instance(full_instance, path)
    assert load_instance(path) == full_instance
    # One row a line, so that two files can be compared.
    assert sum('"id":"city"' in line for line in path.read_text().splitlines()) >= 1


def test_the_schema_knows_every_field_of_the_full_instance() -> None:
    jsonschema.validate(full_document(), Instance.model_json_schema(by_alias=True))
