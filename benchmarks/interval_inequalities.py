"""How far below the best plan the relaxation lies, without and with the interval inequalities.

    python benchmarks/interval_inequalities.py instances/kepri-2017.json
    python benchmarks/interval_inequalities.py --families --offices 8 --days 60

Gaps are (cost of the plan found in `--time-limit` - bound) / cost.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from allocator import FAMILIES, Instance, generate_instance, load_instance, solve
from allocator.backends import SolveOptions, get_backend
from allocator.methods.clock import Clock
from allocator.methods.record import Record
from allocator.methods.strengthening import strengthen
from allocator.milp.formulation import formulate


def row(instance: Instance, time_limit: float) -> str:
    """One line of the table."""
    backend = get_backend("highs")
    formulation = formulate(instance)
    plain = backend.solve(formulation.model.relaxed(), SolveOptions())
    begun = time.monotonic()
    record = Record(instance, Clock())
    stronger = strengthen(formulation, record, Clock(), backend, SolveOptions())
    seconds = time.monotonic() - begun
    cost = solve(instance, time_limit=time_limit).objective
    if plain.bound is None or record.bound is None:
        raise SystemExit(f"{instance.name}: HiGHS solved no relaxation")
    cuts = stronger.shape[0] - formulation.model.shape[0]
    before, after = (100 * (cost - bound) / cost for bound in (plain.bound, record.bound))
    return f"| {instance.name} | {before:.3f} % | {after:.3f} % | {cuts} | {seconds:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("instances", nargs="*", type=Path)
    parser.add_argument("--families", action="store_true")
    parser.add_argument("--offices", type=int, default=8)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--time-limit", type=float, default=30.0)
    arguments = parser.parse_args()
    chosen = [load_instance(path) for path in arguments.instances]
    if arguments.families:
        chosen += [
            generate_instance(family, offices=arguments.offices, days=arguments.days) for family in FAMILIES
        ]
    print("| instance | gap of the relaxation | with inequalities | rows added | seconds |")
    print("|---|---:|---:|---:|---:|")
    for instance in chosen:
        print(row(instance, arguments.time_limit), flush=True)


if __name__ == "__main__":
    main()
