"""Run one peer by hand.

python -m benchmarks.peers linopy instances/kepri-2017.json --time-limit 60 --out linopy.plan.json
python -m benchmarks.peers pulp instances/kepri-2017.json --json
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from allocator.errors import AllocatorError
from allocator.instance.files import load_instance
from allocator.plan.files import save_plan
from benchmarks.peers.interface import PEERS, Stopwatch, load_peer
from benchmarks.peers.judging import judge


def main() -> int:
    arguments = _arguments()
    peer = load_peer(arguments.peer)
    try:
        instance = load_instance(arguments.instance)
    except AllocatorError as error:
        print(error, file=sys.stderr)
        return 2
    stopwatch = Stopwatch()
    try:
        answer = peer.solve(instance, arguments.time_limit, arguments.seed, stopwatch)
    except ImportError as error:
        print(f"{peer.NAME}: {error}; install it with: pip install '.[bench]'", file=sys.stderr)
        return 3
    total = time.monotonic() - stopwatch.begun
    judged = judge(instance, answer)
    row: dict[str, Any] = {
        "peer": arguments.peer,
        "name": peer.NAME,
        "versions": {library: version(library) for library in peer.LIBRARIES},
        "instance": instance.name,
        "seconds": {**stopwatch.seconds, "total": total},
        "improvements": stopwatch.improvements,
        "cost": None if judged is None else judged.cost,
        "bound": answer.bound,
        "gap": None if judged is None else judged.gap,
        "valid": None if judged is None else judged.verdict.valid,
    }
    if judged is not None and judged.verdict.valid and arguments.out is not None:
        try:
            save_plan(judged.plan, arguments.out)
        except AllocatorError as error:
            print(error, file=sys.stderr)
            return 4
    print(json.dumps(row) if arguments.json else _screen(row))
    return 0 if judged is None or judged.verdict.valid else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("peer", choices=list(PEERS))
    parser.add_argument("instance", type=Path)
    parser.add_argument(
        "--time-limit", type=_positive, default=60.0, metavar="S", help="building included (60)"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="write the rounded plan, if it passes the check")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    return parser.parse_args()


def _positive(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError("a number of seconds above 0")
    return seconds


def _screen(row: dict[str, Any]) -> str:
    versions = ", ".join(f"{library} {number}" for library, number in row["versions"].items())
    lines = [f"{row['name']} ({versions}) on {row['instance']}"]
    lines += [f"  {phase:<10} {seconds:12.2f} s" for phase, seconds in row["seconds"].items()]
    lines.append(f"  {'cost':<10} {_number(row['cost'])}")
    lines.append(f"  {'bound':<10} {_number(row['bound'])}")
    share = "none" if row["gap"] is None else f"{100 * row['gap']:.4f} %"
    lines.append(f"  {'gap':<10} {share:>18}")
    check = {None: "no plan", True: "valid", False: "NOT VALID"}[row["valid"]]
    lines.append(f"  {'check':<10} {check:>18}")
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return f"{'none' if value is None else f'{value:,.2f}':>18}"


if __name__ == "__main__":
    sys.exit(main())
