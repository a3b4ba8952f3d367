"""The best known cost and bound of each published instance: who has a better one puts it in here.

    python -m benchmarks.best
    python -m benchmarks.best --check
    python -m benchmarks.best instances/kepri-2017.json my.plan.json --evidence "allocator solve ..."
    python -m benchmarks.best instances/kepri-2017.json --prove

Beside `instances/NAME.json` stand `NAME.best.plan.json`, the cheapest plan known, and `NAME.best.json`: what
it costs and how it was found, and the best proven bound on the cost of any plan. A plan is taken if it passes
the exact check and is cheaper than the one known. A bound is what a solver claims: the one in the plan's
`solution` is taken with `--evidence`, the command that proves it again, and must not pass the cost of the
plan. `--prove` runs the recorded command and takes what it finds, plan and bound.

Exit codes: 0 done; 1 a record does not hold (--check), or nothing better was brought; 2 bad usage or input.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from allocator import Instance, Plan, __version__, load_instance, load_plan, save_plan, verify
from allocator.documents import write_text
from allocator.errors import AllocatorError
from allocator.verdict import avoidable_gap, empty_cost, gap

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "instances"
Record = dict[str, Any]


class RefusedError(AllocatorError):
    """What was brought is not good enough, or not complete; the message says why."""


def record_path(instance: Path) -> Path:
    """Where the record of an instance stands."""
    return instance.with_name(f"{instance.name.removesuffix('.json')}.best.json")


def plan_path(instance: Path) -> Path:
    """Where the cheapest plan of an instance stands."""
    return instance.with_name(f"{instance.name.removesuffix('.json')}.best.plan.json")


def published(folder: Path = FOLDER) -> list[Path]:
    """The instances of the folder."""
    return sorted(path for path in folder.glob("*.json") if ".best." not in path.name)


def fingerprint(path: Path) -> str:
    """SHA-256 of a file: a record is of these very bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def problems(instance_path: Path) -> list[str]:
    """What does not hold of a record: every claim is computed again from instance and plan."""
    record = json.loads(record_path(instance_path).read_text(encoding="utf-8"))
    instance, plan = load_instance(instance_path), load_plan(plan_path(instance_path))
    verdict = verify(instance, plan)
    cost, empty = float(verdict.cost.total), float(empty_cost(instance).total)
    expected = {
        "instance": instance.name,
        "instance_sha256": fingerprint(instance_path),
        "cost": cost,
        "empty_cost": empty,
        "gap": gap(cost, record["bound"]),
        "avoidable_gap": avoidable_gap(cost, record["bound"], empty),
    }
    found = [f"{key} is {record.get(key)}, computed {value}" for key, value in expected.items()
             if record.get(key) != value]  # fmt: skip
    if not verdict.valid:
        found.append(f"the plan is not valid: {verdict.violations[0]}")
    if record["bound"] is not None:
        if record["bound"] > cost:
            found.append(f"the bound {record['bound']} is above the cost {cost}")
        if not record["bound_found"].get("command"):
            found.append("no command proves the bound again")
    return found


def take(
    instance_path: Path, plan_file: Path, evidence: str | None, *, reproduced: bool = False
) -> list[str]:
    """Put a plan, its bound, or both into the record. Returns what was taken, in words.

    Raises RefusedError for a plan that is not valid and for a bound that cannot be one; InputError for
    files that cannot be read.
    """
    instance, plan = load_instance(instance_path), load_plan(plan_file)
    verdict = verify(instance, plan)
    if not verdict.valid:
        raise RefusedError(
            f"{plan_file}: not valid, {len(verdict.violations)} violations; see allocator check"
        )
    old = _old(instance_path)
    cost, bound = float(verdict.cost.total), plan.solution.bound
    record, taken = dict(old), []
    if not old or cost < old["cost"]:
        record |= {"cost": cost, "cost_found": _found(plan, evidence)}
        taken.append(f"cost {cost:,.2f}")
    if bound is not None and evidence and (old.get("bound") is None or bound > old["bound"]):
        record |= {"bound": bound, "bound_found": _found(plan, evidence) | {"reproduced": reproduced}}
        taken.append(f"bound {bound:,.2f}")
    if record.get("bound") is not None and record["bound"] > record["cost"]:
        raise RefusedError(
            f"the bound {record['bound']} is above {record['cost']}, the cost of a valid plan: it is none"
        )
    if taken:
        _write(instance_path, instance, record, plan if taken[0].startswith("cost") else None)
    return taken


def _old(instance_path: Path) -> Record:
    """The record as it stands, of this very instance."""
    path = record_path(instance_path)
    if not path.exists():
        return {}
    record: Record = json.loads(path.read_text(encoding="utf-8"))
    if record["instance_sha256"] != fingerprint(instance_path):
        raise RefusedError(f"{path}: is of another version of the instance; remove it to begin anew")
    return record


def _found(plan: Plan, command: str | None) -> Record:
    """How a plan or a bound was found."""
    from allocator.backends import backend_versions

    solution = plan.solution
    versions = {"allocator": __version__}
    for version in backend_versions():
        if version.backend == solution.backend:
            versions |= version.versions
    return {
        "method": solution.method,
        "backend": solution.backend,
        "solver": solution.solver,
        "seed": solution.seed,
        "seconds": None if solution.seconds is None else round(solution.seconds.get("total", 0.0), 1),
        "versions": solution.versions or versions,
        "recorded": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "command": command,
    }


def _write(instance_path: Path, instance: Instance, record: Record, plan: Plan | None) -> None:
    """Plan first: a record without its plan would be a claim."""
    cost, bound, empty = record["cost"], record.get("bound"), float(empty_cost(instance).total)
    document = {
        "instance": instance.name,
        "instance_sha256": fingerprint(instance_path),
        "plan": plan_path(instance_path).name,
        "currency": instance.currency,
        "cost": cost,
        "bound": bound,
        "gap": gap(cost, bound),
        "avoidable_gap": avoidable_gap(cost, bound, empty),
        "empty_cost": empty,
        "cost_found": record["cost_found"],
        "bound_found": record.get("bound_found"),
    }
    if plan is not None:
        save_plan(plan, plan_path(instance_path))
    write_text(record_path(instance_path), json.dumps(document, indent=1) + "\n")


def prove(instance_path: Path) -> list[str]:
    """Run the command that proves the recorded bound, and take what it finds."""
    record = _old(instance_path)
    command = (record.get("bound_found") or {}).get("command")
    if not command:
        raise RefusedError(f"{record_path(instance_path)}: no command is recorded that proves a bound")
    words = shlex.split(command)
    if words[:2] != ["allocator", "solve"]:
        raise RefusedError(f"only allocator solve is run here; by hand: {command}")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "plan.json"
        print(command, file=sys.stderr, flush=True)
        done = subprocess.run(
            [sys.executable, "-m", *words, "--out", str(out), "--quiet", "--json"],
            cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise RefusedError(f"the command ended with exit code {done.returncode}: {command}")
        bound = load_plan(out).solution.bound
        print(f"proven here: {bound}, recorded: {record['bound']}")
        return take(instance_path, out, command, reproduced=True)


def table(folder: Path = FOLDER) -> str:
    """All records as a Markdown table."""
    lines = ["| instance | cost | bound | gap | avoidable gap | found by |", "|---|---:|---:|---:|---:|---|"]
    for path in published(folder):
        if not record_path(path).exists():
            lines.append(f"| `{path.stem}` | – | – | – | – | |")
            continue
        record = json.loads(record_path(path).read_text(encoding="utf-8"))
        shares = [record["gap"], record["avoidable_gap"]]
        cells = [f"{record['cost']:,.0f}", "–" if record["bound"] is None else f"{record['bound']:,.0f}"]
        cells += ["–" if share is None else f"{100 * share:.3f} %" for share in shares]
        how = record["cost_found"]
        by = f"{how['method']}, {how['seconds']:g} s" if how["seconds"] else str(how["method"])
        lines.append(f"| `{record['instance']}` | {' | '.join(cells)} | {by}, {how['recorded']} |")
    return "\n".join(lines)


def _check() -> int:
    bad = 0
    for path in published():
        found = problems(path) if record_path(path).exists() else ["no record"]
        bad += bool(found)
        print(f"{path.stem}: {'holds' if not found else '; '.join(found)}")
    return 1 if bad else 0


def _arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.best",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("instance", nargs="?", type=Path, metavar="INSTANCE")
    parser.add_argument("plan", nargs="?", type=Path, metavar="PLAN")
    parser.add_argument(
        "--evidence", metavar="COMMAND", help="that finds the plan and proves its bound again"
    )
    parser.add_argument("--prove", action="store_true", help="run the recorded command, take what it finds")
    parser.add_argument("--check", action="store_true", help="compute every record again from its plan")
    arguments = parser.parse_args(given)
    if arguments.instance is not None and (arguments.plan is None) != arguments.prove:
        parser.error("with INSTANCE comes either PLAN or --prove")
    if arguments.instance is None and (arguments.prove or arguments.evidence):
        parser.error("which INSTANCE?")
    return arguments


def main(given: list[str] | None = None) -> int:
    arguments = _arguments(given)
    if arguments.check:
        return _check()
    if arguments.instance is None:
        print(table())
        return 0
    try:
        if arguments.prove:
            taken = prove(arguments.instance)
        else:
            taken = take(arguments.instance, arguments.plan, arguments.evidence)
    except (AllocatorError, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    print(f"{record_path(arguments.instance)}: " + (", ".join(taken) if taken else "nothing better"))
    return 0 if taken or arguments.prove else 1


if __name__ == "__main__":
    sys.exit(main())
