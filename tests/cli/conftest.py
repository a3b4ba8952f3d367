"""Commands run in this process, or in one of their own where the process itself is what is tested."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from allocator import solve
from allocator.cli.main import app
from allocator.instance.files import save_instance
from allocator.instance.generate import generate_instance
from tests.tools.instances import full_document

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run a command in this process, in an empty directory, and return its result."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def invoke(*arguments: object) -> Any:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return invoke


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Start the command as a process of its own, in an empty directory."""

    def launch(*arguments: object, **settings: Any) -> subprocess.Popen[str]:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "80", "PYTHONUTF8": "1"}
        environment |= settings.pop("env", {})
        return subprocess.Popen(
            [sys.executable, "-m", "allocator", *map(str, arguments)],
            cwd=settings.pop("cwd", tmp_path),
            env=environment,
            text=True,
            preexec_fn=_hear_signals,  # noqa: PLW1509 - it takes no lock
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | settings,
        )

    return launch


def _hear_signals() -> None:
    """A shell that runs the tests in the background, or nohup, may have its children ignore them."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A file with a small instance that uses every feature; solved in no time."""
    path = tmp_path / "small.json"
    path.write_text(json.dumps(full_document()))
    return path


@pytest.fixture(scope="session")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with an instance that no solver proves optimal while a test runs."""
    path = tmp_path_factory.mktemp("instances") / "hard.json"
    save_instance(generate_instance("lending", offices=16, days=40), path)
    return path


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with an instance of as many offices as `auto` decomposes; the engine is compiled by then."""
    solve(generate_instance("blanks", offices=8, days=20), method="decompose", rounds=1, workers=1)
    path = tmp_path_factory.mktemp("instances") / "large.json"
    save_instance(generate_instance("blanks", offices=40, days=60), path)
    return path
