"""Linear models of the pieces, solved again and again with small changes."""

from __future__ import annotations

from dataclasses import replace

from allocator.backends import Basis, SolveOptions, SolveResult, get_backend, usable
from allocator.milp.model import MilpModel


def solve_piece(model: MilpModel, backend: str, options: SolveOptions, basis: Basis | None) -> SolveResult:
    """Solve from a basis, where there is one and the backend takes it."""
    result = get_backend(backend).solve(model, usable(replace(options, basis=basis), backend, model))
    if result.vector is None and basis is not None:
        # From a basis HiGHS may end outside its tolerance, and from nothing not.
        result = get_backend(backend).solve(model, options)
    return result
