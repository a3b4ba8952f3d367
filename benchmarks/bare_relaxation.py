"""How long HiGHS takes for the linear relaxation alone, by each of its algorithms.

What `decompose` must beat with a whole plan:

    python benchmarks/bare_relaxation.py instances/national-2017.json --time-limit 120
"""

from __future__ import annotations

import argparse
import time

from allocator import load_instance
from allocator.backends import SolveOptions, get_backend
from allocator.milp.formulation import formulate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("instance")
    parser.add_argument("--time-limit", type=float, default=120.0, help="seconds for each algorithm")
    arguments = parser.parse_args()
    begun = time.monotonic()
    model = formulate(load_instance(arguments.instance)).model.relaxed()
    rows, columns = model.shape
    print(f"{rows:,} rows, {columns:,} columns, built in {time.monotonic() - begun:.1f} s")
    for solver in ("simplex", "ipm"):
        begun = time.monotonic()
        result = get_backend("highs").solve(
            model, SolveOptions(solver=solver, time_limit=arguments.time_limit)
        )
        seconds = time.monotonic() - begun
        value = "no value" if result.objective is None else f"{result.objective:.6g}"
        print(f"{solver:8} {seconds:7.1f} s  {result.stop}  {value}", flush=True)


if __name__ == "__main__":
    main()
