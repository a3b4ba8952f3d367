"""Fixtures that all tests share, and how hard hypothesis tries."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from allocator.instance.models import Instance
from tests.tools import instances

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


@pytest.fixture(scope="session")
def full_instance() -> Instance:
    """An instance that uses every feature of the contract."""
    return instances.full_instance()
