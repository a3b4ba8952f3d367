"""Allocates a national ingestion quota and blank-card shipments across regional offices, day by day."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from allocator.errors import AllocatorError, InputError, OutputError
    from allocator.explanation import Explanation, explain
    from allocator.instance.files import dump_instance, parse_instance
    from allocator.instance.generate import FAMILIES, generate_instance
    from allocator.instance.models import Instance
    from allocator.plan.files import dump_plan, parse_plan, save_plan
    from allocator.plan.models import Plan
    from allocator.solving import Outcome, solve
    from allocator.tables.files import load_instance, save_instance
    from allocator.tables.plan_files import load_plan
    from allocator.verdict import Verdict, verify

__version__ = "0.1.0"

_HOMES = {
    "AllocatorError": "allocator.errors",
    "InputError": "allocator.errors",
    "OutputError": "allocator.errors",
    "Explanation": "allocator.explanation",
    "explain": "allocator.explanation",
    "Instance": "allocator.instance.models",
    "load_instance": "allocator.tables.files",
    "parse_instance": "allocator.instance.files",
    "dump_instance": "allocator.instance.files",
    "save_instance": "allocator.tables.files",
    "FAMILIES": "allocator.instance.generate",
    "generate_instance": "allocator.instance.generate",
    "Plan": "allocator.plan.models",
    "load_plan": "allocator.tables.plan_files",
    "parse_plan": "allocator.plan.files",
    "dump_plan": "allocator.plan.files",
    "save_plan": "allocator.plan.files",
    "Outcome": "allocator.solving",
    "solve": "allocator.solving",
    "Verdict": "allocator.verdict",
    "verify": "allocator.verdict",
}

__all__ = [
    "FAMILIES",
    "AllocatorError",
    "Explanation",
    "InputError",
    "Instance",
    "Outcome",
    "OutputError",
    "Plan",
    "Verdict",
    "__version__",
    "dump_instance",
    "dump_plan",
    "explain",
    "generate_instance",
    "load_instance",
    "load_plan",
    "parse_instance",
    "parse_plan",
    "save_instance",
    "save_plan",
    "solve",
    "verify",
]


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for: `import allocator` takes no time (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
