"""Runs every solver on the same instances, one process each, and prints a Markdown table.

    python benchmarks/compare_solvers.py instances/kepri-2017.json --time-limit 120
    python benchmarks/compare_solvers.py --families --offices 8 --days 60 --time-limit 20

Each line of the results file (`--results`, JSON Lines) holds what `allocator solve --json` printed, with
versions and machine. Seconds are wall clock of the whole process, loading and writing included.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from allocator import FAMILIES, generate_instance, save_instance
from allocator.backends import backend_versions

Row = dict[str, Any]


def solvers() -> list[tuple[str, str]]:
    """(backend, solver) of all installed that take integer models."""
    return [
        (version.backend, solver)
        for version in backend_versions()
        for solver, able in version.solvers.items()
        if able.integer
    ]


def run(instance: Path, backend: str, solver: str, arguments: argparse.Namespace, plan: Path) -> Row:
    """One solve in a process of its own."""
    command = [
        sys.executable, "-m", "allocator", "solve", str(instance),
        "--backend", backend, "--solver", solver,
        "--time-limit", str(arguments.time_limit), "--gap", str(arguments.gap),
        "--out", str(plan), "--json", "--quiet",
    ]  # fmt: skip
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - begun
    try:
        answer: Row = json.loads(done.stdout)
    except json.JSONDecodeError:
        answer = {"status": "failed", "failure": done.stderr[-500:]}
    return {"backend": backend, "solver": solver, "exit": done.returncode, "wall_seconds": seconds} | answer


def instances(arguments: argparse.Namespace, folder: Path) -> Iterator[tuple[str, Path]]:
    """(name, file) of everything to solve."""
    for path in arguments.instances:
        yield path.stem, path
    if arguments.families:
        for family in FAMILIES:
            instance = generate_instance(
                family, offices=arguments.offices, days=arguments.days, seed=arguments.seed
            )
            path = folder / f"{family}.json"
            save_instance(instance, path)
            yield family, path


def table(rows: list[Row]) -> str:
    """One line per run."""
    lines = [
        "| instance | backend | solver | seconds | status | gap | avoidable gap |",
        "|---|---|---|---:|---|---:|---:|",
    ]
    lines += [
        f"| {row['instance_name']} | {row['backend']} | {row['solver']} | {row['wall_seconds']:.1f} "
        f"| {row['status']} | {percent(row.get('gap'))} | {percent(row.get('avoidable_gap'))} |"
        for row in rows
    ]
    return "\n".join(lines)


def summary(rows: list[Row], time_limit: float) -> str:
    """Per solver over all instances: how often the gap was reached, and how far off it was."""
    lines = [
        "| backend | solver | gap reached | mean seconds | mean gap | mean avoidable gap | cheapest plan |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    cheapest = {
        name: min(row.get("objective", math.inf) for row in rows if row["instance_name"] == name)
        for name in {row["instance_name"] for row in rows}
    }
    for backend, solver in dict.fromkeys((row["backend"], row["solver"]) for row in rows):
        mine = [row for row in rows if (row["backend"], row["solver"]) == (backend, solver)]
        reached = sum(row["status"] == "optimal" for row in mine)
        best = sum(
            row.get("objective", math.inf) <= cheapest[row["instance_name"]] * (1 + 1e-6) for row in mine
        )
        seconds = sum(min(row["wall_seconds"], time_limit) for row in mine) / len(mine)
        lines.append(
            f"| {backend} | {solver} | {reached} of {len(mine)} | {seconds:.1f} "
            f"| {percent(mean(mine, 'gap'))} | {percent(mean(mine, 'avoidable_gap'))} "
            f"| {best} of {len(mine)} |"
        )
    return "\n".join(lines)


def mean(rows: list[Row], key: str) -> float | None:
    """None where a run has no value: a mean over the others would flatter it."""
    values = [row.get(key) for row in rows]
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if len(known) == len(values) else None


def percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.3f} %"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("instances", nargs="*", type=Path)
    parser.add_argument("--families", action="store_true", help="also one generated instance per family")
    parser.add_argument("--offices", type=int, default=8)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--gap", type=float, default=0.001)
    parser.add_argument("--only", nargs="*", metavar="BACKEND/SOLVER", help="leave the other solvers out")
    parser.add_argument("--results", type=Path, help="append each run as a line of JSON")
    arguments = parser.parse_args()
    machine = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "versions": {version.backend: version.versions for version in backend_versions()},
    }
    chosen = [pair for pair in solvers() if not arguments.only or "/".join(pair) in arguments.only]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, path in instances(arguments, Path(folder)):
            for backend, solver in chosen:
                print(f"{name}: {backend} {solver}", file=sys.stderr, flush=True)
                row = run(path, backend, solver, arguments, Path(folder) / "plan.json")
                rows.append(row | {"instance_name": name})
                if arguments.results:
                    with arguments.results.open("a", encoding="utf-8") as stream:
                        stream.write(json.dumps(rows[-1] | machine) + "\n")
    print(table(rows))
    if len({row["instance_name"] for row in rows}) > 1:
        print()
        print(summary(rows, arguments.time_limit))


if __name__ == "__main__":
    main()
