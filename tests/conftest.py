"""Fixtures that all tests share, and how hard hypothesis tries."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from allocator.instance.models import Instance
from allocator.methods.decompose.compiling import compile_all
from tests.tools import instances

# `pytest` alone does not look in the root of the repository, where `benchmarks` is. At the end of the
# path, so that an installed allocator is the one that is tested.
sys.path.append(str(Path(__file__).resolve().parents[1]))

settings.register_profile(
    "allocator",
    deadline=None,
    max_examples=60,
    # A change is judged on the same examples each time; new ones are looked for at the desk.
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", parent=settings.get_profile("allocator"), max_examples=2000)
settings.load_profile("allocator")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile what is compiled, once and before the clock of any test runs: twenty seconds the first time."""
    if not hasattr(session.config, "workerinput"):
        compile_all()


@pytest.fixture(scope="session")
def full_instance() -> Instance:
    """An instance that uses every feature of the contract."""
    return instances.full_instance()
