"""Loading a solver library when it is first used, with an error that says how to get it."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from allocator.backends.interface import BackendMissingError


def load(module: str, package: str) -> Any:
    """Import `module`. Raises BackendMissingError naming the pip package when it cannot be."""
    try:
        return import_module(module)
    except ImportError as error:
        raise BackendMissingError(
            f"the package {package} is not usable here ({error}); install it with: pip install '{package}'"
        ) from error


def package_version(package: str) -> str:
    """The installed version of a pip package, "unknown" where it was installed without metadata."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
