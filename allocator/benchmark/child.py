"""The process of one contender: loads the instance, lets the contender work, hands over what it found.

    python -m allocator.benchmark.child TASK.json

It judges nothing. The plan goes into a file as the contender left it; whoever started the process
rounds, checks and prices it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from allocator.benchmark.contenders import Method, load_peer, own_method
from allocator.benchmark.phases import Phases
from allocator.instance.files import load_instance

if TYPE_CHECKING:
    from allocator.instance.models import Instance
    from allocator.methods.record import Report


def main(task_file: Path) -> None:
    """Work on the task; the answer is in `notes.jsonl` and `plan.npz` beside it."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    task = json.loads(task_file.read_text(encoding="utf-8"))
    phases = Phases(task_file.with_name("notes.jsonl"), task["started"])
    with phases.measured("load"):
        instance = load_instance(task["instance"])
    method = own_method(task["contender"])
    plan_file = task_file.with_name("plan.npz")
    if method is None:
        answer = _peer(instance, task, phases, plan_file)
    else:
        answer = _own(instance, method, task, phases, plan_file)
    phases.ended(**answer)


def _own(
    instance: Instance, method: Method, task: dict[str, Any], phases: Phases, plan: Path
) -> dict[str, Any]:
    from allocator.solving import solve

    def on_report(report: Report) -> None:
        nothing_yet = report.source == "policy:empty"
        known = (None if nothing_yet else report.cost, report.bound)
        if known != seen[-1]:
            seen.append(known)
            phases.improved(*known)

    seen: list[tuple[float | None, float | None]] = [(None, None)]
    outcome = solve(
        instance,
        method=method.method,
        backend=method.backend,
        solver=method.solver,
        time_limit=task["time_limit"],
        gap=task["gap"],
        seed=task["seed"] if _takes_seed(method) else None,
        on_report=on_report,
        started=time.monotonic() - phases.seconds,
    )
    for phase in ("build", "solve"):
        phases.spent(phase, outcome.seconds[phase])
    found = outcome.decisions
    np.savez(plan, ingest=found.ingest, packs=found.packs, cards=found.cards)
    return {"bound": outcome.bound, "failure": outcome.failure, "libraries": {}, "whole": True}


def _takes_seed(method: Method) -> bool:
    """Some solvers have no seed, and refuse one."""
    from allocator.backends import get_backend
    from allocator.solving import DEFAULT_BACKEND

    if method.method != "direct":
        return True
    solvers = get_backend(method.backend or DEFAULT_BACKEND).solvers()
    able = {name: capabilities for name, capabilities in solvers.items() if capabilities.integer}
    chosen = able.get(method.solver) if method.solver else next(iter(able.values()), None)
    return chosen is not None and chosen.seed


def _peer(instance: Instance, task: dict[str, Any], phases: Phases, plan: Path) -> dict[str, Any]:
    peer = load_peer(Path(task["peer"]))
    left = max(0.0, task["time_limit"] - phases.seconds)
    answer = peer.solve(instance, left, task["seed"], phases)
    parts = {"ingest": answer.ingest, "packs": answer.packs, "cards": answer.cards}
    if all(part is not None for part in parts.values()):
        values = {name: np.asarray(part, dtype=np.float64) for name, part in parts.items()}
        np.savez(plan, ingest=values["ingest"], packs=values["packs"], cards=values["cards"])
    bound = answer.bound
    return {
        "bound": float(bound) if bound is not None and np.isfinite(bound) else None,
        "failure": None,
        "libraries": {name: _version(name) for name in peer.LIBRARIES},
        "whole": False,
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"


def _end_with_parent() -> None:
    """Whoever started this process holds the other end of stdin: when that is gone, nobody waits."""
    while os.read(0, 1):  # not sys.stdin, whose lock would be held when the interpreter ends
        pass
    os._exit(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
