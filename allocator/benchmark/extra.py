"""Libraries of the extra `bench`, loaded when they are used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from allocator.errors import AllocatorError


class ExtraMissingError(AllocatorError):
    """A library of the extra is not installed."""


def load(module: str) -> Any:
    """Import `module`. Raises ExtraMissingError with what to do when it cannot be."""
    try:
        return import_module(module)
    except ImportError as error:
        raise ExtraMissingError(
            f"benchmarks need the package {module.partition('.')[0]}, which is not usable here ({error});"
            " install it with: pip install '.[bench]'"
        ) from error
