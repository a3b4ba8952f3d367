"""The solvers under test, written out: `test_registry` fails when one that is registered is missing here."""

from __future__ import annotations

import pytest

from allocator.backends import Backend, Capabilities, get_backend

SOLVERS = (
    ("highs", "highs"),
    ("highs", "simplex"),
    ("highs", "ipm"),
    ("ortools", "glop"),
    ("ortools", "scip"),
    ("ortools", "cp-sat"),
    ("ortools", "pdlp"),
    ("pulp", "cbc"),
    ("pulp", "highs"),
)
FIRST_ORDER = ("pdlp",)  # meets its tolerances, no more
NO_LINEAR = ("cp-sat",)  # thinks in whole numbers, so continuous optima are not its trade


def able(pair: tuple[str, str]) -> Capabilities:
    return get_backend(pair[0]).solvers()[pair[1]]


def backend(pair: tuple[str, str]) -> Backend:
    return get_backend(pair[0])


def those(*, integer: bool = False, linear: bool = False, **claims: bool) -> pytest.MarkDecorator:
    """Parametrise `pair` over the solvers that claim all this."""
    chosen = [
        pair
        for pair in SOLVERS
        if (able(pair).integer or not integer)
        and (pair[1] not in NO_LINEAR or not linear)
        and all(getattr(able(pair), name) == value for name, value in claims.items())
    ]
    return pytest.mark.parametrize("pair", chosen, ids="-".join)
