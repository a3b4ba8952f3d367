"""Runs every MPS file of a folder, and compares what comes out with the published optima.

    python -m benchmarks.strangers FOLDER --solu FILE --time-limit 60
    python -m benchmarks.strangers FOLDER --solu FILE --backend ortools --solver scip --results runs.jsonl

FOLDER holds .mps and .mps.gz files, such as those of MIPLIB or of lot-sizing collections; the optima come
from a .solu file as MIPLIB writes it: lines `=opt= NAME VALUE`, `=best= NAME VALUE`, `=inf= NAME`,
`=unbd= NAME`, `=unkn= NAME`. Each file is solved by `allocator mps` in a process of its own.

What contradicts: a solution that passed the exact check, better than a published optimum; a bound that cuts a
published solution off; a claim of infeasibility where there is a solution, or a solution where there is none.

Exit codes: 0 nothing contradicts; 1 something does; 2 bad usage or input; 3 a run failed.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KINDS = ("opt", "best", "inf", "unbd", "unkn")
DEFAULT_TOLERANCE = 1e-6  # relative to max(1, |published|); MIPLIB prints few digits of some


@dataclass(frozen=True)
class Published:
    """What is known of an instance."""

    kind: str  # one of KINDS
    value: float | None = None


@dataclass(frozen=True)
class Judgement:
    """How a run compares with what is published."""

    agreement: str  # agrees, consistent, contradicts, failed
    reason: str
    difference: float | None  # of the objective from the published one, in the file's own sense


def read_solu(text: str) -> dict[str, Published]:
    """The published answers by name. Raises ValueError with every line that is wrong."""
    found: dict[str, Published] = {}
    wrong = []
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        kind = words[0].strip("=")
        valued = kind in ("opt", "best")
        if words[0] != f"={kind}=" or kind not in KINDS or len(words) < 2 + valued:
            wrong.append(
                f"line {number}: found {line.strip()!r}, expected =opt= NAME VALUE or another of {KINDS}"
            )
            continue
        if words[1] in found:
            wrong.append(f"line {number}: found {words[1]} a second time, expected each name once")
        try:
            found[words[1]] = Published(kind, float(words[2]) if valued else None)
        except ValueError:
            wrong.append(f"line {number}: found {words[2]}, expected a number")
    if wrong:
        raise ValueError("\n".join(wrong))
    return found


def judge(run: dict[str, Any], known: Published, tolerance: float) -> Judgement:
    """Compare the answer of `allocator mps --json` with what is published."""
    status = run.get("status", "failed")
    if run.get("exit_code") != 0 or status == "failed":
        told = [error["message"] for error in run.get("errors", [])] or [run.get("message", "")]
        return Judgement("failed", "; ".join(map(str, told)), None)
    if known.kind in ("opt", "best"):
        if status in ("infeasible", "unbounded"):
            return Judgement("contradicts", f"{status}, but a solution is published", None)
        return _compare(run["objective"], run["bound"], run["sense"], known, tolerance)
    reason = _impossible(known.kind, status, run["objective"], run["bound"])
    if reason:
        return Judgement("contradicts", reason, None)
    proven = {"inf": "infeasible", "unbd": "unbounded"}.get(known.kind)
    return Judgement("agrees" if status == proven else "consistent", "", None)


def _impossible(kind: str, status: str, objective: float | None, bound: float | None) -> str:
    """Why an answer cannot be right where no solution, or no best one, is published; empty if it can."""
    if kind == "inf" and (objective is not None or status == "unbounded"):
        return "a solution, of what is published as infeasible"
    if kind == "unbd" and (status == "infeasible" or bound is not None):
        return f"{'infeasible' if status == 'infeasible' else 'a bound'}, of what is published as unbounded"
    return ""


def _compare(
    objective: float | None, bound: float | None, sense: str, known: Published, tolerance: float
) -> Judgement:
    """Objective and bound against a published value, which every valid bound must leave possible."""
    value = known.value
    assert value is not None  # read_solu sees to it
    sign = -1.0 if sense == "maximise" else 1.0
    slack = tolerance * max(1.0, abs(value))
    difference = None if objective is None else objective - value
    if bound is not None and sign * (bound - value) > slack:
        return Judgement("contradicts", f"the bound {bound:.10g} cuts the published solution off", difference)
    if difference is None:
        return Judgement("consistent", "", None)
    if known.kind == "opt" and sign * difference < -slack:
        return Judgement("contradicts", "better than the published optimum", difference)
    if known.kind == "best" and sign * difference < -slack:
        return Judgement("agrees", "better than the best published", difference)
    return Judgement("agrees" if abs(difference) <= slack else "consistent", "", difference)


def solve(file: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """One run of `allocator mps` in a process of its own."""
    command = [sys.executable, "-m", "allocator", "mps", str(file), "--json"]
    for option in ("backend", "solver", "time_limit", "gap", "threads", "seed"):
        value = getattr(arguments, option)
        if value is not None:
            command += [f"--{option.replace('_', '-')}", str(value)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        run: dict[str, Any] = json.loads(done.stdout)
    except json.JSONDecodeError:
        run = {"status": "failed", "exit_code": done.returncode, "message": done.stderr[-500:].strip()}
    return run


def names(folder: Path) -> dict[str, Path]:
    """The files of a folder by the name they have in a .solu file."""
    files = sorted([*folder.glob("*.mps"), *folder.glob("*.mps.gz")])
    return {file.name.removesuffix(".gz").removesuffix(".mps"): file for file in files}


def line(name: str, run: dict[str, Any], known: Published, judgement: Judgement) -> str:
    """What people see of a run."""
    published = known.kind if known.value is None else f"{known.value:.10g}"
    cells = [_number(run.get("objective")), _number(run.get("bound")), _percent(run.get("gap")), published]
    cells.append("–" if judgement.difference is None else f"{judgement.difference:+.3g}")
    verdict = f"{judgement.agreement}{f': {judgement.reason}' if judgement.reason else ''}"
    return f"{name[:24]:<24}" + "".join(f"{cell:>17}" for cell in cells) + f"  {verdict}"


def _number(value: float | None) -> str:
    return "–" if value is None or not math.isfinite(value) else f"{value:.10g}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.3f} %"


def _arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.strangers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--solu", type=Path, metavar="FILE", help="published answers")
    parser.add_argument("--backend", default="highs", metavar="NAME")
    parser.add_argument("--solver", metavar="NAME")
    parser.add_argument("--time-limit", type=float, default=60.0, metavar="S", help="for each file (60)")
    parser.add_argument("--gap", type=float, default=1e-6, metavar="G", help="at which to stop (1e-6)")
    parser.add_argument("--threads", type=int, metavar="N")
    parser.add_argument("--seed", type=int, metavar="N")
    parser.add_argument("--tolerance", type=float, default=DEFAULT_TOLERANCE, metavar="T",
                        help="relative to max(1, |published|) (1e-6)")  # fmt: skip
    parser.add_argument("--results", type=Path, metavar="PATH", help="append each run as a line of JSON")
    parser.add_argument("--json", action="store_true", help="print JSON Lines instead of a table")
    return parser.parse_args(given)


def main(given: list[str] | None = None) -> int:
    arguments = _arguments(given)
    files = names(arguments.folder)
    if not files:
        print(f"{arguments.folder}: found no .mps or .mps.gz file", file=sys.stderr)
        return 2
    try:
        published = read_solu(arguments.solu.read_text(encoding="utf-8")) if arguments.solu else {}
    except (OSError, ValueError) as error:
        print("\n".join(f"{arguments.solu}: {text}" for text in str(error).splitlines()), file=sys.stderr)
        return 2
    head = f"{'instance':<24}" + "".join(
        f"{title:>17}" for title in ("objective", "bound", "gap", "published", "difference")
    )
    if not arguments.json:
        print(head, flush=True)
    agreements = []
    for name, file in files.items():
        known = published.get(name, Published("unkn"))
        run = solve(file, arguments)
        judgement = judge(run, known, arguments.tolerance)
        agreements.append(judgement.agreement)
        record = {
            "instance": name,
            "published": {"kind": known.kind, "value": known.value},
            "difference": judgement.difference,
            "agreement": judgement.agreement,
            "reason": judgement.reason,
            "run": run,
        }
        text = json.dumps(record)
        if arguments.results:
            with arguments.results.open("a", encoding="utf-8") as stream:
                stream.write(text + "\n")
        print(text if arguments.json else line(name, run, known, judgement), flush=True)
    if "contradicts" in agreements:
        return 1
    return 3 if "failed" in agreements else 0


if __name__ == "__main__":
    sys.exit(main())
