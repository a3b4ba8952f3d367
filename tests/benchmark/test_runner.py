"""Every run leaves a result, whatever the contender does, and none is done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

import allocator
from allocator.benchmark.results import Result, read_results
from allocator.benchmark.runner import Run, perform, perform_one, runs_of, unfinished
from allocator.benchmark.suites import load_suites
from allocator.instance.files import load_instance
from allocator.methods.rounding import print_all
from allocator.plan.arrays import PlanArrays
from allocator.verdict import cost_of, empty_cost

ROOT = Path(__file__).parents[2]


@pytest.fixture
def own(folder: Path) -> Run:
    """A run of a policy."""
    return runs_of("tiny", load_suites(folder / "suites.toml")["tiny"], folder)[0]


@pytest.fixture
def race(own: Run, tmp_path: Path) -> Callable[..., Result]:
    """Run a peer."""

    def run(path: Path, **changes: float) -> Result:
        started = replace(own, contender=str(path), peer=path, **changes)
        return perform_one(started, own.case.file(tmp_path))

    return run


def test_own_method_is_measured_and_checked(own: Run, tmp_path: Path) -> None:
    found = perform_one(own, own.case.file(tmp_path))
    instance = load_instance(own.case.file(tmp_path))
    again = allocator.solve(instance, method="policy:proportional")
    assert (found.status, found.message) == ("plan", None)
    assert found.cost == again.objective
    assert found.empty_cost == float(empty_cost(instance).total)
    assert found.first_plan_seconds is not None
    assert 0 < found.first_plan_seconds <= found.seconds["answer"]
    assert {"load", "build", "solve", "check", "answer"} <= set(found.seconds)
    assert found.versions["python"].startswith("3.")
    assert found.machine["memory_bytes"] > 0


def test_peer_is_rounded_and_checked(
    own: Run, race: Callable[..., Result], peer: Callable[[str], Path], tmp_path: Path
) -> None:
    found = race(peer("phases.improved(5.0, None)"))
    instance = load_instance(own.case.file(tmp_path))
    # Nothing ingested, nothing sent; what is on hand is printed.
    expected = cost_of(instance, print_all(instance, PlanArrays.empty(instance)))
    assert found.status == "plan"
    assert found.cost == float(expected.total), "the cost is the check's, not the 5 that the peer claims"
    assert [(point.cost, point.bound) for point in found.trajectory] == [(5.0, None)]
    assert "numpy" in found.versions
    assert found.seconds["build"] >= 0


def test_memory_is_that_of_all_processes(race: Callable[..., Result], peer: Callable[[str], Path]) -> None:
    hog = "import sys, time; kept = bytearray(150_000_000); kept[::4096] = kept[::4096]; time.sleep(1)"
    idle = race(peer("pass")).peak_bytes
    busy = race(peer(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hog!r}])")).peak_bytes
    assert idle > 10_000_000
    assert busy > idle + 120_000_000


def test_hung_peer_is_killed_with_its_children(
    race: Callable[..., Result], peer: Callable[[str], Path]
) -> None:
    body = (
        "import subprocess, sys; phases.improved(7.0, 3.0); "
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(654.25)']); time.sleep(600)"
    )
    found = race(peer(body), time_limit=2.0, grace=0.5)
    assert found.status == "timeout"
    assert (found.cost, found.bound) == (None, 3.0)
    assert found.trajectory[0].cost == 7.0, "what it said before is kept"
    assert 2.5 <= found.seconds["answer"] < 10
    deadline = time.monotonic() + 5
    while _alive("654.25") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive("654.25")


def _alive(text: str) -> bool:
    return any(
        text in " ".join(process.info["cmdline"] or []) and process.status() != psutil.STATUS_ZOMBIE
        for process in psutil.process_iter(["cmdline"])
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("raise ValueError('no licence')", "exit code 1: ValueError: no licence"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", f"signal {int(signal.SIGSEGV)}"),
    ],
)
def test_crash_is_a_result(
    race: Callable[..., Result], peer: Callable[[str], Path], body: str, told: str
) -> None:
    found = race(peer(body))
    assert found.status == "crash"
    assert found.message == told
    assert found.cost is None


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ("ingest = None", "no plan", None),
        ("packs = packs[:, 1:]", "invalid plan", "packs has shape"),
        ("cards = cards + np.nan", "invalid plan", "cards holds what is no number"),
    ],
)
def test_no_use_in_an_answer(
    race: Callable[..., Result], peer: Callable[[str], Path], body: str, status: str, told: str | None
) -> None:
    found = race(peer(body))
    assert found.status == status
    assert found.cost is None
    assert found.message is None if told is None else told in str(found.message)


def test_finished_runs_are_not_done_again(folder: Path, own: Run) -> None:
    path = folder / "results" / "tiny.jsonl"
    runs = runs_of("tiny", load_suites(folder / "suites.toml")["tiny"], folder)
    perform(runs[:1], path)
    assert [run.contender for run in unfinished(runs, path)] == ["policy:equal"]
    perform(unfinished(runs, path), path, jobs=2)
    assert unfinished(runs, path) == []
    assert [result.contender for result in read_results(path)] == ["policy:proportional", "policy:equal"]


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_goes_on_after_a_kill(folder: Path, peer: Callable[[str], Path], tmp_path: Path) -> None:
    """Killed while a contender works: the contender ends too, and only what was not finished is done."""
    slow = peer("open(r'{}', 'w').close() or time.sleep(300)".format(tmp_path / "begun"))
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    command = [
        sys.executable, "-m", "allocator", "bench", "tiny", "--folder", str(folder),
        "--contender", "policy:equal", "--contender", str(slow),
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not (tmp_path / "begun").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    _, left = psutil.wait_procs(children, timeout=10)
    assert children
    assert left == [], "nobody waits for them any more"
    path = folder / "results" / "tiny.jsonl"
    assert [result.contender for result in read_results(path)] == ["policy:equal"]
    path.write_bytes(path.read_bytes() + b'{"suite": "tiny", "ca')
    peer("pass")
    done = subprocess.run([*command, "--json"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "1 of 2 runs are done already" in done.stderr
    assert [result.contender for result in read_results(path)] == ["policy:equal", str(slow)]
