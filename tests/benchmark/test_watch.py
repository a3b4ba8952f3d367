"""What a run is watched for: its end, its memory, and what ran beside it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from allocator.benchmark import watch as watching
from allocator.benchmark.watch import watch

_WORK = "import time\nwhile time.process_time() < {seconds}: pass"


def command(seconds: float) -> list[str]:
    """A process that works for so long."""
    return [sys.executable, "-c", _WORK.format(seconds=seconds)]


def test_other_work_is_what_the_run_did_not_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the three seconds that the machine worked the run itself did one."""
    busy = iter([10.0, 13.0])
    monkeypatch.setattr(watching, "_busy_seconds", lambda: next(busy))
    child = f"import subprocess, sys; subprocess.run({command(1.0)!r})"
    watched = watch([sys.executable, "-c", child], tmp_path / "log", 30.0)
    assert watched.exit_code == 0
    assert 1.2 < watched.other_load * watched.seconds < 2.1


def test_other_work_is_noticed(tmp_path: Path) -> None:
    with subprocess.Popen(command(30.0)) as other:
        try:
            watched = watch([sys.executable, "-c", "import time; time.sleep(1.5)"], tmp_path / "log", 30.0)
        finally:
            other.kill()
    assert watched.other_load > 0.2
