"""One peer on many small instances, in a process of its own: PEER TIME_LIMIT CASE... as arguments.

Several peers bring a HiGHS of their own, and two of those in one process crash it.
"""

from __future__ import annotations

import json
import sys

import numpy as np

from allocator import FAMILIES, Instance, generate_instance
from benchmarks.peers.interface import Stopwatch, load_peer
from benchmarks.peers.judging import judge
from tests.tools.instances import full_instance
from tests.tools.random_instances import random_instance


def instance_of(case: str) -> Instance:
    """`full`, the name of a family, or the seed of a random instance."""
    if case == "full":
        return full_instance()
    if case in FAMILIES:
        return generate_instance(case, offices=4, days=10, seed=1)
    return random_instance(int(case))


def main() -> None:
    name, time_limit, *cases = sys.argv[1:]
    answers = {}
    for case in cases:
        instance = instance_of(case)
        answer = load_peer(name).solve(instance, float(time_limit), 0, Stopwatch())
        judged = judge(instance, answer)
        answers[case] = {
            "bound": answer.bound,
            "cost": None if judged is None else judged.cost,
            "valid": judged is None or judged.verdict.valid,
            "packs_rounded": 0.0
            if judged is None or answer.packs is None
            else float(np.abs(answer.packs - judged.packs).max(initial=0.0)),
        }
    print(json.dumps(answers))  # the last line: highspy prints a banner


if __name__ == "__main__":
    main()
