"""The registry, the kit's completeness, and what importing loads."""

from __future__ import annotations

import importlib.util
import itertools
import subprocess
import sys

import pytest

from allocator.backends import (
    BACKENDS,
    BackendMissingError,
    SolveOptions,
    UnsupportedError,
    backend_versions,
    get_backend,
)
from tests.conformance.cases import LINEAR
from tests.conformance.solvers import SOLVERS

LIBRARIES = {"highs": "highspy", "ortools": "ortools", "pulp": "pulp"}


def run_python(code: str) -> str:
    """What a fresh interpreter prints; a crash shows in its return code."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_registered_solver_is_in_the_kit() -> None:
    registered = {(name, solver) for name in BACKENDS for solver in get_backend(name).solvers()}
    assert registered == set(SOLVERS)


def test_backends_carry_their_names() -> None:
    assert {name: get_backend(name).name for name in BACKENDS} == {name: name for name in BACKENDS}
    assert next(iter(BACKENDS)) == "highs"


def test_unknown_backend_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnsupportedError, match=r"cplex.*highs.*ortools.*pulp"):
        get_backend("cplex")


@pytest.mark.parametrize("name", list(BACKENDS))
def test_unknown_solver_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnsupportedError, match=r"highs|scip"):
        get_backend(name).solve(LINEAR[0].model, SolveOptions(solver="xpress"))


def test_versions_name_libraries_and_solvers() -> None:
    for entry in backend_versions():
        assert entry.installed
        assert all(version[0].isdigit() for version in entry.versions.values())
        assert set(entry.solvers) == {solver for name, solver in SOLVERS if name == entry.backend}


def test_importing_the_backends_loads_no_solver() -> None:
    printed = run_python(
        "import sys, allocator.backends as b; [b.get_backend(n) for n in b.BACKENDS];"
        "print([m for m in ('highspy', 'ortools', 'pulp') if m in sys.modules])"
    )
    assert printed.strip() == "[]"


@pytest.mark.parametrize("name", list(BACKENDS))
def test_missing_library_is_an_error_that_says_what_to_install(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = LIBRARIES[name]
    for module in [m for m in sys.modules if m == library or m.startswith(f"{library}.")]:
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(BackendMissingError, match=f"pip install .*{library}"):
        get_backend(name).solvers()
    with pytest.raises(BackendMissingError):
        get_backend(name).solve(LINEAR[0].model, SolveOptions())
    (entry,) = (entry for entry in backend_versions() if entry.backend == name)
    assert not entry.installed
    assert library in entry.message


@pytest.mark.parametrize("order", list(itertools.permutations(LIBRARIES)), ids="-".join)
def test_any_order_of_loading_works_and_prints_nothing(order: tuple[str, ...]) -> None:
    """Solver libraries have crashed beside each other; banners would spoil JSON on stdout."""
    root = importlib.util.find_spec("allocator")
    assert root is not None
    assert not run_python(
        "from allocator.backends import get_backend, SolveOptions\n"
        "import numpy as np, scipy.sparse as sp\n"
        "from allocator.milp.model import MilpModel\n"
        "one = np.ones(2)\n"
        "model = MilpModel('m', one, 0.0, sp.csr_array(np.ones((1, 2))), one[:1] * 1.5, one[:1] * 9,\n"
        "                  0 * one, 9 * one, np.ones(2, dtype=bool))\n"
        f"for name in {order!r}:\n"
        "    for solver, able in get_backend(name).solvers().items():\n"
        "        case = model if able.integer else model.relaxed()\n"
        "        result = get_backend(name).solve(case, SolveOptions(solver=solver))\n"
        "        assert abs(result.objective - (2.0 if able.integer else 1.5)) < 1e-5, (solver, result)\n"
    )
