"""Solver libraries and what their solvers can do."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from allocator.backends import BackendVersion
from allocator.report.tables import Column, fitted_table, names

_ABILITIES = (
    ("integer", "Whole\nnumbers"),
    ("bound", "Bound"),
    ("start", "Start"),
    ("progress", "Pro-\ngress"),
    ("interrupt", "Inter-\nrupt"),
    ("duals", "Duals"),
    ("threads", "Threads"),
    ("seed", "Seed"),
)
_LEGEND = """\
Whole numbers: solves plans with whole packs; the others solve relaxations only. Bound: proves how good
a plan is when it stops early. Start: begins from a known plan. Progress: tells of plans and bounds while
it works. Interrupt: stops when asked to. Duals: prices. Threads, Seed: takes --threads, --seed."""


def backend_parts(found: Sequence[BackendVersion], default: str, width: int) -> list[RenderableType]:
    """What is installed, what is not and how to get it, and the table of the solvers' abilities."""
    lines = []
    for item in found:
        versions = ", ".join(f"{name} {version}" for name, version in item.versions.items())
        state = versions if item.installed else f"not installed: {item.message}"
        lines.append(f"{item.backend}{' (default)' if item.backend == default else ''}: {state}")
    rows = [(item.backend, solver, able) for item in found for solver, able in item.solvers.items()]
    parts: list[RenderableType] = [Text("\n".join(lines)), Text("")]
    if rows:
        columns = [
            names("Backend", [backend for backend, _, _ in rows]),
            names("Solver", [solver for _, solver, _ in rows]),
            *(
                Column(
                    header, ["yes" if getattr(able, ability) else "-" for _, _, able in rows], align="left"
                )
                for ability, header in _ABILITIES
            ),
        ]
        parts += [fitted_table("Solvers", columns, width), Text(""), Text(_LEGEND.replace("\n", " "))]
    return parts
