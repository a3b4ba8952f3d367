"""Runs contenders on cases, one process each, and keeps every result, also of those that fail."""

from __future__ import annotations

import datetime
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import allocator
from allocator.benchmark.contenders import is_peer, peer_file
from allocator.benchmark.judge import judge
from allocator.benchmark.machine import commit, machine, versions
from allocator.benchmark.phases import read_notes
from allocator.benchmark.results import Key, Point, Result, Status, append_result, mend_end, read_results
from allocator.benchmark.suites import Case, Suite
from allocator.benchmark.watch import Watched, watch
from allocator.errors import InputError, Problem
from allocator.instance.files import load_instance
from allocator.verdict import empty_cost


@dataclass(frozen=True)
class Run:
    """One contender on one case, to be done."""

    suite: str
    case: Case
    contender: str
    time_limit: float
    seed: int
    gap: float
    grace: float
    peer: Path | None

    @property
    def key(self) -> Key:
        """What its result will be a run of."""
        return Key(self.case.name, self.contender, self.time_limit, self.seed, allocator.__version__)


def runs_of(name: str, suite: Suite, folder: Path, *, check: bool = True) -> list[Run]:
    """All runs of a suite, case by case. Raises InputError for peers and files that are not there.

    Without `check` they are only to be counted, and need not be there.

    `folder` is that of the benchmarks; instance files are relative to the one it is in.
    """
    cases = [case for group in suite.cases for case in group.cases(folder.resolve().parent)]
    problems: list[Problem] = []
    peers: dict[str, Path | None] = dict.fromkeys(suite.contenders)
    for contender in filter(is_peer, suite.contenders):
        try:
            peers[contender] = peer_file(contender, folder)
        except InputError as error:
            problems += error.problems
    problems += [
        Problem(f"suites.{name}.cases", str(case.path), "an instance file")
        for case in cases
        if case.path is not None and not case.path.is_file()
    ]
    if problems and check:
        raise InputError(problems)
    return [
        Run(name, case, contender, limit, seed, suite.gap, suite.grace, peers[contender])
        for case, limit, contender, seed in product(cases, suite.time_limits, suite.contenders, suite.seeds)
    ]


def unfinished(runs: Iterable[Run], path: Path) -> list[Run]:
    """The runs that are not in the results file."""
    done = {result.key for result in read_results(path)}
    return [run for run in runs if run.key not in done]


def perform(
    runs: Sequence[Run],
    path: Path,
    *,
    jobs: int = 1,
    on_start: Callable[[Run], None] | None = None,
    on_result: Callable[[Result], None] | None = None,
) -> None:
    """Do the runs, `jobs` at a time, and append each result to the file as soon as it is there.

    Interrupted, it ends what runs and keeps what is finished.
    """
    mend_end(path)
    machine()  # tells of a missing library before any work is done
    interrupt = threading.Event()
    waiting = list(runs)[::-1]
    with tempfile.TemporaryDirectory(prefix="allocator-bench-") as scratch, ThreadPoolExecutor(jobs) as pool:
        instances = Path(scratch) / "instances"
        instances.mkdir()
        running: set[Future[Result]] = set()
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    run = waiting.pop()
                    file = run.case.file(instances)
                    if on_start is not None:
                        on_start(run)
                    running.add(pool.submit(perform_one, run, file, interrupt))
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    result = future.result()
                    append_result(path, result)
                    if on_result is not None:
                        on_result(result)
        finally:
            interrupt.set()


def perform_one(run: Run, instance_file: Path, interrupt: threading.Event | None = None) -> Result:
    """One run in a process of its own, and the verdict on what it left."""
    with tempfile.TemporaryDirectory(prefix="allocator-run-") as name:
        scratch = Path(name)
        task = {
            "instance": str(instance_file),
            "contender": run.contender,
            "peer": None if run.peer is None else str(run.peer),
            "time_limit": run.time_limit,
            "seed": run.seed,
            "gap": run.gap,
            "started": time.time(),
        }
        (scratch / "task.json").write_text(json.dumps(task), encoding="utf-8")
        command = [sys.executable, "-m", "allocator.benchmark.child", str(scratch / "task.json")]
        watched = watch(command, scratch / "log", run.time_limit + run.grace, interrupt)
        return _result(run, instance_file, scratch, watched)


def _result(run: Run, instance_file: Path, scratch: Path, watched: Watched) -> Result:
    instance = load_instance(instance_file)
    notes = read_notes(scratch / "notes.jsonl")
    answer: dict[str, Any] = next((note["ended"] for note in notes if "ended" in note), {})
    seconds = _seconds(notes, answer.get("time", watched.seconds))
    begun = time.monotonic()
    verdict = judge(instance, scratch / "plan.npz", whole=answer.get("whole", False)) if answer else None
    seconds["check"] = time.monotonic() - begun
    status, message = _status(watched, bool(answer), _last_words(scratch / "log"))
    cost = None if verdict is None else verdict.cost
    if answer:
        complaint = None if verdict is None else verdict.complaint
        status = "invalid plan" if complaint else "no plan" if verdict is None else "plan"
        message = complaint or answer["failure"]
    trajectory = tuple(Point(note["time"], note["cost"], note["bound"]) for note in notes if "time" in note)
    first = next((point.seconds for point in trajectory if point.cost is not None), None)
    return Result(
        suite=run.suite,
        **run.key._asdict(),
        gap_asked=run.gap,
        status=status,
        message=message,
        offices=len(instance.offices),
        days=instance.days,
        lanes=len(instance.lanes),
        first_plan_seconds=answer["time"] if first is None and cost is not None else first,
        cost=cost,
        bound=answer["bound"] if answer else _last_bound(trajectory),
        empty_cost=float(empty_cost(instance).total),
        currency=instance.currency,
        seconds=seconds,
        peak_bytes=watched.peak_bytes,
        trajectory=trajectory,
        versions=versions() | answer.get("libraries", {}),
        machine=machine(),
        other_load=watched.other_load,
        commit=commit(),
        date=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )


def _seconds(notes: list[dict[str, Any]], answered: float) -> dict[str, float]:
    total: dict[str, float] = {}
    for note in notes:
        if "phase" in note:
            total[note["phase"]] = total.get(note["phase"], 0.0) + note["seconds"]
    return total | {"answer": answered}


def _status(watched: Watched, answered: bool, last_words: str) -> tuple[Status, str | None]:
    if answered:
        return "plan", None
    if watched.exit_code is None:
        return "timeout", f"killed after {watched.seconds:.0f} s"
    how = f"signal {-watched.exit_code}" if watched.exit_code < 0 else f"exit code {watched.exit_code}"
    return "crash", f"{how}: {last_words}" if last_words else how


def _last_words(log: Path) -> str:
    """The last line that the process printed, where an error stands."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1][-300:] if lines else ""


def _last_bound(trajectory: tuple[Point, ...]) -> float | None:
    return max((point.bound for point in trajectory if point.bound is not None), default=None)
