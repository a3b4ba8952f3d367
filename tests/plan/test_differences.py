"""The raw differences of two plans."""

from __future__ import annotations

from allocator.plan.differences import plan_differences
from allocator.plan.models import Plan


def plan(**rows: object) -> Plan:
    return Plan.model_validate({"schema_version": 1, "instance": "tiny", **rows})


def test_rows_that_only_one_plan_has_count_nothing_in_the_other() -> None:
    before = plan(ingest=[{"office": "a", "stream": "s", "day": 1, "records": 3}], shipments=[], cards=[])
    after = plan(shipments=[{"lane": "l", "day": 0, "packs": 2}])
    found = plan_differences(before, after).as_dict()
    assert found["ingest"] == [{"office": "a", "stream": "s", "day": 1, "before": 3, "after": 0}]
    assert found["shipments"] == [{"lane": "l", "day": 0, "before": 0, "after": 2}]
    assert found["cards"] == []


def test_repeated_rows_add_up_and_order_is_free() -> None:
    row = {"office": "a", "stream": "s", "day": 0, "cards": 1}
    other = {"office": "b", "stream": "s", "day": 0, "cards": 4}
    once = plan(cards=[other, {**row, "cards": 2}])
    assert plan_differences(plan(cards=[row, other, row]), once).none
