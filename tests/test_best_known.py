"""The best known costs and bounds: every record holds, and only what is better gets in."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from allocator.instance.files import load_instance, save_instance
from allocator.instance.generate import FAMILIES, generate_instance
from allocator.instance.models import Instance
from allocator.plan.files import load_plan, save_plan
from allocator.plan.models import Plan, Solution
from benchmarks import best

COMMAND = "allocator solve instance.json"


@pytest.mark.parametrize("instance", best.published(), ids=lambda path: path.stem)
def test_every_record_holds(instance: Path) -> None:
    """The plan passes the check, costs what is said, and no less than the bound; for each instance."""
    assert best.problems(instance) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_the_small_instances_are_what_the_generator_makes(family: str, tmp_path: Path) -> None:
    published = best.FOLDER / f"{family}-8x60-s0.json"
    save_instance(generate_instance(family, offices=8, days=60, seed=0), tmp_path / "made.json")
    assert (tmp_path / "made.json").read_bytes() == published.read_bytes()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """An instance with its record, to be changed."""
    for path in best.FOLDER.glob("printers-8x60-s0*.json"):
        shutil.copy(path, tmp_path)
    return tmp_path / "printers-8x60-s0.json"


def _record(instance: Path) -> dict[str, object]:
    record: dict[str, object] = json.loads(best.record_path(instance).read_text())
    return record


@pytest.mark.parametrize(
    ("field", "value"),
    [("cost", 1.0), ("bound", 1e12), ("gap", 0.5), ("avoidable_gap", 0.5), ("instance_sha256", "0")],
)
def test_a_false_claim_is_found(copy: Path, field: str, value: object) -> None:
    best.record_path(copy).write_text(json.dumps(_record(copy) | {field: value}))
    assert best.problems(copy)


def test_an_invalid_plan_in_the_record_is_found(copy: Path) -> None:
    plan = load_plan(best.plan_path(copy))
    save_plan(plan.model_copy(update={"shipments": ()}), best.plan_path(copy))
    assert any("not valid" in problem for problem in best.problems(copy))


def _empty(instance: Instance, bound: float | None = None) -> Plan:
    return Plan(schema_version=1, instance=instance.name, solution=Solution(bound=bound))


def test_a_dearer_plan_changes_nothing(copy: Path, tmp_path: Path) -> None:
    before = best.record_path(copy).read_bytes(), best.plan_path(copy).read_bytes()
    save_plan(_empty(load_instance(copy)), tmp_path / "empty.plan.json")
    assert best.main([str(copy), str(tmp_path / "empty.plan.json")]) == 1
    assert (best.record_path(copy).read_bytes(), best.plan_path(copy).read_bytes()) == before


def test_an_invalid_plan_is_refused(copy: Path, tmp_path: Path) -> None:
    plan = load_plan(best.plan_path(copy))
    save_plan(plan.model_copy(update={"shipments": ()}), tmp_path / "bad.plan.json")
    with pytest.raises(best.RefusedError, match="not valid"):
        best.take(copy, tmp_path / "bad.plan.json", None)


def test_a_bound_needs_evidence_and_leaves_the_plan(copy: Path, tmp_path: Path) -> None:
    record = _record(copy)
    better = (float(str(record["bound"])) + float(str(record["cost"]))) / 2
    save_plan(_empty(load_instance(copy), better), tmp_path / "bound.plan.json")
    assert best.take(copy, tmp_path / "bound.plan.json", None) == []
    plan = best.plan_path(copy).read_bytes()
    assert best.take(copy, tmp_path / "bound.plan.json", COMMAND)
    assert _record(copy)["bound"] == better
    assert best.plan_path(copy).read_bytes() == plan
    assert best.problems(copy) == []


def test_a_bound_above_a_plan_is_refused(copy: Path, tmp_path: Path) -> None:
    save_plan(_empty(load_instance(copy), float(str(_record(copy)["cost"])) * 1.01), tmp_path / "p.json")
    with pytest.raises(best.RefusedError, match="cost of a valid plan"):
        best.take(copy, tmp_path / "p.json", COMMAND)
    assert best.problems(copy) == []


def test_the_first_plan_makes_a_record_and_a_better_one_replaces_it(copy: Path, tmp_path: Path) -> None:
    good = tmp_path / "good.plan.json"
    shutil.move(best.plan_path(copy), good)
    best.record_path(copy).unlink()
    save_plan(_empty(load_instance(copy)), tmp_path / "empty.plan.json")
    assert best.take(copy, tmp_path / "empty.plan.json", None)
    assert best.problems(copy) == []
    assert len(best.take(copy, good, COMMAND)) == 2
    assert best.problems(copy) == []


def test_proving_runs_the_recorded_command(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = _record(copy)
    command = f"allocator solve '{copy}' --method direct --backend highs --time-limit 3"
    record["bound_found"] = {"command": command}
    record["bound"] = 0.0
    best.record_path(copy).write_text(json.dumps(record))
    assert best.main([str(copy), "--prove"]) == 0
    assert float(str(_record(copy)["bound"])) > 0.0
    assert _record(copy)["bound_found"]["reproduced"] is True  # type: ignore[index]
    assert best.problems(copy) == []


def test_the_published_table_is_that_of_the_records() -> None:
    assert best.table() in (best.FOLDER / "README.md").read_text(encoding="utf-8")
