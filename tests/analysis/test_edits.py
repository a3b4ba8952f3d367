"""The language in which changes of an instance are written."""

from __future__ import annotations

import types
import typing
from decimal import Decimal
from typing import Any

import pytest

from allocator.analysis.edits import DAILY_FIELDS, edit_instance
from allocator.errors import InputError
from allocator.instance import models
from allocator.instance.models import Instance
from tests.tools.instances import tiny_instance


def offices_with_dots() -> Instance:
    offices = [
        {"id": name, "name": label, "print_capacity": 100}
        for name, label in (("21", "Province"), ("21.72", "Kota Tanjungpinang"), ("21.7", "Other"))
    ]
    return tiny_instance(days=5, quota=25, offices=offices)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ("quota=+10%", 28),  # 27.5, halves up
        ("quota=-10%", 23),  # 22.5
        ("quota=+500", 525),
        ("quota=-5", 20),
        ("quota=x1.5", 38),
        ("quota=300", 300),
        ("quota==7", 7),
        ("quota[1]=+5", (25, 30, 25, 25, 25)),
        ("quota[1..3]=0", (25, 0, 0, 0, 25)),
        ("quota[2024-02-29..2024-03-01]=x2", (25, 50, 50, 25, 25)),
        ("quota=[1,2,3,4,5]", (1, 2, 3, 4, 5)),
    ],
)
def test_changes(edit: str, expected: object) -> None:
    assert edit_instance(offices_with_dots(), [edit]).quota == expected


def test_ids_may_hold_dots_and_the_longest_is_meant() -> None:
    changed = edit_instance(
        offices_with_dots(),
        ["offices.21.72.print_capacity=300", "offices.21.print_capacity=1", "offices.21.7.print_capacity=+1"],
    )
    assert [office.print_capacity for office in changed.offices] == [1, 300, 101]


def test_stars_mean_all_and_edits_are_made_in_order() -> None:
    changed = edit_instance(
        offices_with_dots(), ["offices.*.print_capacity=x2", "offices.21.print_capacity=+1"]
    )
    assert [office.print_capacity for office in changed.offices] == [201, 200, 200]


def test_every_part_of_an_instance_can_be_reached(full_instance: Instance) -> None:
    changed = edit_instance(
        full_instance,
        [
            "storage.free=+5",
            "costs.overdue.1.per_day=x1.5",
            "depots.hub.deliveries.*.day=-1",
            "offices.city.demand.first.arrivals[0]=9",
            "offices.*.demand.replacement.arrivals=+1",
            "lanes.hub>city.lead_days=0",
            "lanes.closed.open[2]=true",
            "targets.nation.share=0.9",
            "name=other",
        ],
    )
    assert changed.storage is not None
    assert changed.storage.free == 15
    assert changed.costs.overdue[1].per_day == Decimal(3)
    assert [row.day for row in changed.depots[0].deliveries] == [1, 1]
    assert changed.offices[0].demand["first"].arrivals == (9, 0, 2, 0, 1, 1)
    assert changed.offices[1].demand["replacement"].arrivals == (1, 2, 1, 2, 1, 1)
    assert changed.lanes[0].lead_days == 0
    assert changed.lanes[5].open == (False, False, True, False, False, False)
    assert changed.targets[0].share == Decimal("0.9")
    assert changed.name == "other"


def test_no_edit_changes_nothing(full_instance: Instance) -> None:
    assert edit_instance(full_instance, []) == full_instance


def test_everything_wrong_is_told_at_once_with_what_could_be_meant() -> None:
    edits = [
        "qota=3",
        "offices.21.72.print_capacitty=300",
        "offices.Kota Tanjungpinang.blanks=1",
        "offices.22.72.print_capacity=1",
        "quota[9]=1",
        "pack_size[1]=1",
        "quota",
        "storage.free=3",
        "name=+5%",
    ]
    with pytest.raises(InputError) as caught:
        edit_instance(offices_with_dots(), edits)
    text = [str(problem) for problem in caught.value.problems]
    assert len(text) == len(edits)
    assert "quota" in text[0]
    assert "a part of offices.21.72: print_capacity" in text[1]
    assert "21.72 (Kota Tanjungpinang)" in text[2]
    assert "found `22.72`, expected a part of offices: 21.72" in text[3]
    assert "a day from 0 to 4" in text[4]
    assert "not per day" in text[5]


def test_what_makes_no_sense_is_told_with_the_place() -> None:
    with pytest.raises(InputError, match=r"offices\.21\.72\.print_capacity.*at least 0"):
        edit_instance(offices_with_dots(), ["offices.21.72.print_capacity=-500"])


def test_no_limit_has_no_share() -> None:
    with pytest.raises(InputError, match="changed by"):
        edit_instance(offices_with_dots(), ["offices.21.ingest_capacity=+10%"])
    with pytest.raises(InputError, match="no limit"):
        edit_instance(offices_with_dots(), ["offices.*.ingest_capacity=+10%"])


def test_daily_fields_are_those_of_the_models() -> None:
    daily = set()
    for model in vars(models).values():
        if isinstance(model, type) and issubclass(model, models.Document):
            daily |= {name for name, field in model.model_fields.items() if _per_day(field.annotation)}
    assert daily == DAILY_FIELDS


def _per_day(annotation: Any) -> bool:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        kinds = [typing.get_origin(_bare(part)) or _bare(part) for part in typing.get_args(annotation)]
        return any(_per_day(part) for part in typing.get_args(annotation)) or (
            tuple in kinds and any(kind in (int, bool) for kind in kinds)
        )
    return typing.get_origin(annotation) is typing.Annotated and _per_day(_bare(annotation))


def _bare(annotation: Any) -> Any:
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    return annotation
