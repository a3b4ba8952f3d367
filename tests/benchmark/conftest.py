"""A folder of benchmarks with a tiny suite, and peers of every kind of conduct."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from allocator.benchmark.results import Result

PEER = """
    import time
    from types import SimpleNamespace
    import numpy as np

    NAME = "idle"
    LIBRARIES = ("numpy",)

    def solve(instance, time_limit, seed, phases):
        shape = instance.arrays.shape
        packs = np.zeros((len(instance.lanes), instance.days))
        with phases.measured("build"):
            ingest, cards = np.zeros(shape), np.zeros(shape)
        {body}
        return SimpleNamespace(ingest=ingest, packs=packs, cards=cards, bound=0.0)
"""

SUITES = """
    [suites.tiny]
    description = "one case of four offices"
    contenders = ["policy:proportional", "policy:equal"]
    time_limits = [20]
    cases = [{ families = ["quota"], offices = [4], days = [10] }]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As `benchmarks/` of the project."""
    made = tmp_path / "benchmarks"
    (made / "peers").mkdir(parents=True)
    (made / "suites.toml").write_text(dedent(SUITES))
    return made


@pytest.fixture
def peer(tmp_path: Path) -> Callable[[str], Path]:
    """Write a peer that does this before it answers with the empty plan."""

    def write(body: str) -> Path:
        path = tmp_path / "own_peer.py"
        path.write_text(dedent(PEER).format(body=body))
        return path

    return write


@pytest.fixture
def result() -> Callable[..., Result]:
    """A result with some fields of its own."""

    def make(**fields: Any) -> Result:
        document: dict[str, Any] = {
            "suite": "tiny",
            "case": "a",
            "contender": "decompose",
            "time_limit": 60.0,
            "seed": 0,
            "version": "1",
            "gap_asked": 0.01,
            "status": "plan",
            "offices": 4,
            "days": 10,
            "lanes": 4,
            "first_plan_seconds": 1.0,
            "cost": 100.0,
            "bound": 90.0,
            "empty_cost": 300.0,
            "currency": "IDR",
            "seconds": {"load": 0.1, "build": 0.5, "solve": 8.0, "check": 0.1, "answer": 10.0},
            "peak_bytes": 200_000_000,
            "trajectory": ((1.0, 200.0, None), (5.0, 100.0, 90.0)),
            "versions": {"python": "3.11.7"},
            "machine": {"cpu": "A CPU", "logical_cores": 2, "memory_bytes": 2**33, "os": "An OS"},
            "commit": {"id": "0123456789abcdef", "dirty": False},
            "date": "2018-06-27T00:00:00+00:00",
        }
        return Result.model_validate(document | fields)

    return make
