"""The backends by name. Naming one loads no solver library; using it does."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from allocator.backends.interface import (
    Backend,
    BackendMissingError,
    BackendVersion,
    SolveOptions,
    UnsupportedError,
)
from allocator.backends.request import choose_solver
from allocator.milp.model import MilpModel

BACKENDS: dict[str, tuple[str, str]] = {
    "highs": ("allocator.backends.highs", "HighsBackend"),
    "ortools": ("allocator.backends.ortools", "OrtoolsBackend"),
    "pulp": ("allocator.backends.pulp", "PulpBackend"),
}
"""Name -> module and class, the default backend first."""


def get_backend(name: str) -> Backend:
    """The backend of that name. Raises UnsupportedError, naming those there are, for any other."""
    if name not in BACKENDS:
        raise UnsupportedError(f"no backend {name!r}; there are {', '.join(BACKENDS)}")
    module, cls = BACKENDS[name]
    backend: Backend = getattr(import_module(module), cls)()
    return backend


def usable(options: SolveOptions, backend: str, model: MilpModel) -> SolveOptions:
    """The options without those hints, start and basis, that the solver they choose can't take.

    Hints change how long a solve takes, not what it may answer; all else stays, and is refused by
    `solve` where it can't be honoured. Raises UnsupportedError for an unknown backend or solver.
    """
    if options.start is None and options.basis is None:
        return options
    _, able = choose_solver(backend, get_backend(backend).solvers(), model, options.solver)
    return replace(
        options,
        start=options.start if able.start else None,
        basis=options.basis if able.basis and not model.integer.any() else None,
    )


def backend_versions() -> list[BackendVersion]:
    """What is installed behind each backend; a missing library is an entry with its message."""
    return [_version(name) for name in BACKENDS]


def _version(name: str) -> BackendVersion:
    backend = get_backend(name)
    try:
        return BackendVersion(name, True, backend.versions(), backend.solvers())
    except BackendMissingError as error:
        return BackendVersion(name, False, message=str(error))
