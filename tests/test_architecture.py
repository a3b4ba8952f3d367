"""The shape of the package: who imports whom, and what an import loads and costs."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import allocator
from allocator.plan.files import save_plan
from allocator.plan.models import Plan

PACKAGE = Path(allocator.__file__).parent
ROOT = Path(__file__).parents[1]
INSTANCE = ROOT / "instances" / "kepri-2017.json"
SOLVER_LIBRARIES = {"highspy", "ortools", "pulp"}
ENGINE_LIBRARIES = {"numba", "llvmlite", "joblib", "distributed", "dask"}


def _run(program: str, *arguments: str) -> str:
    """What a fresh interpreter prints, with the package that is tested here."""
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


def _loaded(program: str, *arguments: str) -> set[str]:
    """Names of all modules that a fresh interpreter has loaded when the program is over."""
    report = "\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    return set(json.loads(_run(program + report, *arguments).splitlines()[-1]))


def test_import_contracts() -> None:
    """The contracts of pyproject.toml."""
    pytest.importorskip("importlinter")
    command = shutil.which("lint-imports", path=sysconfig.get_path("scripts"))
    if command is None:
        pytest.skip("import-linter has no script here")
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, encoding="utf-8", env=environment, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_outside_backends_names_a_solver_library() -> None:
    """Neither as an import nor as a text that could be imported: contracts see only the first."""
    found = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if "backends" not in path.relative_to(PACKAGE).parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _imports_a_solver_library(node)
    ]
    assert found == []


def _imports_a_solver_library(node: ast.AST) -> bool:
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.level == 0:
        names = [node.module or ""]
    elif isinstance(node, ast.Call):
        function = node.func
        called = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        if called in {"import_module", "__import__", "load", "find_spec"}:
            names = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    return any(str(name).split(".")[0] in SOLVER_LIBRARIES for name in names)


def test_importing_the_package_loads_none_of_its_rooms() -> None:
    loaded = _loaded("import allocator")
    assert {name for name in loaded if name.startswith("allocator.")} == set()
    assert loaded & {*SOLVER_LIBRARIES, *ENGINE_LIBRARIES, "numpy", "scipy", "pydantic"} == set()


def test_importing_the_package_takes_no_time() -> None:
    """Hundredths of a second; the limit leaves room for a machine that is busy with other tests."""
    program = "import time; begun = time.process_time(); import allocator; print(time.process_time() - begun)"
    assert min(float(_run(program)) for _ in range(3)) < 0.1


def test_reading_and_verifying_loads_no_solver(tmp_path: Path) -> None:
    plan = tmp_path / "empty.plan.json"
    save_plan(Plan(schema_version=1, instance=allocator.load_instance(INSTANCE).name), plan)
    program = (
        "import sys\n"
        "from allocator import load_instance, load_plan, verify\n"
        "assert verify(load_instance(sys.argv[1]), load_plan(sys.argv[2])).valid\n"
    )
    loaded = _loaded(program, str(INSTANCE), str(plan))
    assert "allocator.verdict.rules" in loaded
    strangers = ("allocator.milp", "allocator.backends", "allocator.methods", "allocator.solving")
    assert {name for name in loaded if name.startswith(strangers)} == set()
    assert loaded & {*SOLVER_LIBRARIES, *ENGINE_LIBRARIES, "scipy"} == set()


def test_the_front_door_loads_no_solver_before_it_is_used() -> None:
    assert _loaded("from allocator import solve") & (SOLVER_LIBRARIES | ENGINE_LIBRARIES) == set()


@pytest.mark.parametrize("name", allocator.__all__)
def test_every_public_name_can_be_had(name: str) -> None:
    assert getattr(allocator, name) is not None
    assert name in dir(allocator)
