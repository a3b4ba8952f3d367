"""The command as a process: signals, pipes, full disks, purity of stdout, the time it takes to start."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from allocator.instance.files import load_instance
from allocator.plan.files import load_plan
from allocator.verdict import verify

Start = Callable[..., "subprocess.Popen[str]"]

COMMANDS = ["solve", "check", "generate", "schema", "backends"]


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=90)
    assert "Traceback" not in err
    return process.returncode, out or "", err or ""


@pytest.mark.parametrize("command", COMMANDS)
def test_help(start: Start, command: str) -> None:
    code, out, _ = finish(start(command, "--help"))
    assert code == 0
    assert f"Usage: allocator {command}" in out
    assert max(len(line) for line in out.splitlines()) <= 80


def test_help_names_every_command_and_imports_nothing_heavy(start: Start) -> None:
    code, out, err = finish(start("--help", env={"PYTHONPROFILEIMPORTTIME": "1"}))
    assert code == 0
    assert all(f" {command} " in out for command in COMMANDS)
    imported = {line.rpartition("|")[2].strip() for line in err.splitlines()}
    assert "typer" in imported
    assert not imported & {"numpy", "scipy", "pydantic", "highspy", "ortools", "pulp"}


def test_version(start: Start) -> None:
    assert finish(start("--version"))[:2] == (0, "allocator 0.1.0\n")


@pytest.mark.parametrize(
    "arguments",
    [[], ["nosuch"], ["solve"], ["solve", "x", "--gap", "y"], ["check", "x"], ["solve", "x", "--nosuch"]],
)
def test_bad_usage(start: Start, arguments: list[str]) -> None:
    assert finish(start(*arguments))[0] == 2


def test_bad_usage_in_json(start: Start) -> None:
    code, out, err = finish(start("solve", "--json"))
    assert code == 2
    assert "INSTANCE" in json.loads(out)["errors"][0]["message"]
    assert "allocator solve --help" in err


@pytest.mark.parametrize("backend", ["highs", "ortools", "pulp"])
def test_stdout_holds_one_json_object(start: Start, small: Path, backend: str) -> None:
    code, out, _ = finish(start("solve", small, "--json", "--backend", backend, "--log"))
    assert code == 0
    assert json.loads(out)["status"] == "optimal"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_search_and_keeps_the_plan(
    start: Start, hard: Path, tmp_path: Path, number: signal.Signals
) -> None:
    process = start("solve", hard, "--gap", "0", "--out", "p.json", "--json")
    assert process.stderr is not None
    process.stderr.readline()  # it has begun
    process.send_signal(number)
    code, out, err = finish(process)
    assert code == 130
    assert json.loads(out)["status"] == "interrupted"
    assert "best checked plan so far was written to p.json" in err
    assert verify(load_instance(hard), load_plan(tmp_path / "p.json")).valid


def test_two_signals_end_it_at_once_and_keep_the_plan(start: Start, hard: Path, tmp_path: Path) -> None:
    process = start("solve", hard, "--gap", "0", "--out", "p.json", "--log")
    assert process.stderr is not None
    assert any("MIP" in line for line in process.stderr)  # the solver works
    process.send_signal(signal.SIGINT)
    assert any("once more" in line for line in process.stderr)  # it has heard
    process.send_signal(signal.SIGINT)
    code, out, _ = finish(process)
    assert code == 130
    assert "Plan, checked and valid, written to p.json" in out
    assert verify(load_instance(hard), load_plan(tmp_path / "p.json")).valid


@pytest.mark.parametrize(("number", "signals"), [(signal.SIGINT, 1), (signal.SIGINT, 2), (signal.SIGTERM, 1)])
def test_a_signal_reaches_all_processes_of_decompose_and_keeps_the_plan(
    start: Start, large: Path, tmp_path: Path, number: signal.Signals, signals: int
) -> None:
    """A terminal, `timeout` and a cluster send it to the workers too, which leave it to this process."""
    options = ["--method", "decompose", "--workers", "2", "--gap", "0", "--log", "--out", "p.json", "--json"]
    process = start("solve", large, *options, start_new_session=True)
    assert process.stderr is not None
    assert any("round" in line for line in process.stderr)  # it prices
    begun = time.monotonic()
    os.killpg(process.pid, number)
    assert any("once more" in line for line in process.stderr)  # it has heard
    if signals == 2:
        os.killpg(process.pid, number)
        out, err = process.communicate(timeout=90)
    else:
        _, out, err = finish(process)
    assert time.monotonic() - begun < 20.0
    assert process.returncode == 130
    assert "Warning" not in err
    document = json.loads(out)
    assert (document["status"], document["method"]) == ("interrupted", "decompose")
    assert verify(load_instance(large), load_plan(tmp_path / "p.json")).valid


def test_the_time_limit_ends_the_search(start: Start, hard: Path, tmp_path: Path) -> None:
    process = start("solve", hard, "--gap", "0", "--time-limit", "2", "--out", "p.json", "--json")
    code, out, _ = finish(process)
    assert code == 0
    document = json.loads(out)
    assert document["status"] == "feasible"
    assert verify(load_instance(hard), load_plan(tmp_path / "p.json")).valid


def test_a_reader_that_goes_away_is_no_error(start: Start) -> None:
    process = start("schema", stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    code, _, err = finish(process)
    assert (code, err) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [["schema"], ["backends"], ["backends", "--json"]])
def test_a_full_stdout(start: Start, arguments: list[str]) -> None:
    with open("/dev/full", "w") as full:
        code, _, err = finish(start(*arguments, stdout=full))
    assert code == 4
    assert "No space left" in err


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_stdout_does_not_hide_that_the_plan_is_written(
    start: Start, small: Path, tmp_path: Path
) -> None:
    with open("/dev/full", "w") as full:
        code, _, err = finish(start("solve", small, "--out", "p.json", stdout=full))
    assert code == 4
    assert "the plan was written to p.json" in err
    assert load_plan(tmp_path / "p.json").cards


def test_a_plan_does_not_go_to_stdout(start: Start, small: Path, tmp_path: Path) -> None:
    code, _, err = finish(start("solve", small, "--out", "-"))
    assert code == 2
    assert "standard output is for the report" in err
    assert not (tmp_path / "-").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_device(start: Start, small: Path, tmp_path: Path) -> None:
    code, out, err = finish(
        start("solve", small, "--out", "/dev/full", "--json", env={"TMPDIR": str(tmp_path)})
    )
    assert code == 4
    saved = Path(json.loads(out)["plan"])
    assert str(saved) in err
    assert verify(load_instance(small), load_plan(saved)).valid


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_any_encoding_of_stdout(start: Start, small: Path, encoding: str) -> None:
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    text = small.read_text().replace('"name": "full"', '"name": "日本"', 1)
    small.write_text(text)
    code, out, _ = finish(start("solve", small, "--json", "-o", "p.json", env=environment))
    assert code == 0
    assert json.loads(out)["instance"] == "日本"
    process = start("solve", small, "-q", "-o", "p.json", env=environment, stdout=subprocess.DEVNULL)
    assert finish(process)[0] == 0


def test_no_colour_and_no_control_characters_in_a_pipe(start: Start, small: Path) -> None:
    small.write_text(small.read_text().replace('"description": "', '"description": "\\u001b[31mred '))
    for environment in ({}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1", "NO_COLOR": "1"}):
        code, out, _ = finish(start("solve", small, env=environment))
        assert code == 0
        assert "\x1b[3" not in out


def test_closed_streams(start: Start, small: Path, tmp_path: Path) -> None:
    script = f"exec {sys.executable} -m allocator solve {small} -o p.json >&- 2>&-"
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, env=environment, timeout=60, check=False)
    assert done.returncode == 4
    assert verify(load_instance(small), load_plan(tmp_path / "p.json")).valid


def test_completion(start: Start) -> None:
    environment = {"_ALLOCATOR_COMPLETE": "complete_bash", "COMP_CWORD": "3"}
    for words, expected in (
        ("allocator solve --method pol", "policy:proportional"),
        ("allocator solve --backend o", "ortools"),
        ("allocator solve --solver c", "cp-sat"),
    ):
        _, out, _ = finish(start(env={**environment, "COMP_WORDS": words}))
        assert expected in out.split()
    _, out, _ = finish(start(env={**environment, "COMP_WORDS": "allocator generate is", "COMP_CWORD": "2"}))
    assert "islands" in out
