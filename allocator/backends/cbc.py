"""The CBC that comes with PuLP, run as a child process that can be listened to and stopped.

PuLP provides the program, its options and the reading of its status. Three of its steps are
replaced, because they build one Python object per entry or hide the process: the model goes out as
bulk MPS, the solution comes back from CBC's binary file with all digits, and the process is ours,
so that its log is heard while it works and SIGINT makes it write the best solution it has.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from allocator.backends.cbc_log import CbcLog
from allocator.backends.interface import BackendError, SolveResult, StopReason
from allocator.backends.mps import write_mps
from allocator.backends.outcome import conclude
from allocator.backends.session import Session
from allocator.backends.worker import GRACE, POLL
from allocator.milp.model import Vector

CAN_INTERRUPT = os.name == "posix"  # elsewhere there is no signal that CBC takes as "stop and tell"


def solve_with_cbc(pulp: Any, session: Session) -> SolveResult:
    """Write, run, read; files live in a private directory that is always removed."""
    stop = session.cut_short()
    if stop is not None:
        return conclude(session, stop)
    with tempfile.TemporaryDirectory(prefix="allocator-cbc-") as name:
        folder = Path(name)
        rows = write_mps(session.model, folder / "model.mps")
        if session.start is not None and session.model.integer.any():
            _write_start(session.start, folder / "start.mst")
        session.handed_over()
        stop = session.cut_short()
        if stop is not None:
            return conclude(session, stop)
        solver, command = _command(pulp, session, folder)
        log = CbcLog()
        stopped = _run(session, command, log)
        if not (folder / "model.sol").exists() or not (folder / "model.bin").exists():
            if stopped is None:
                raise BackendError("CBC ended without writing a solution; its log tells why")
            session.note("CBC did not stop in time and was killed")
            return conclude(session, stopped, bound=log.bound)
        return _result(solver, session, folder, rows, log, stopped)


def _write_start(start: Vector, path: Path) -> None:
    with path.open("w", encoding="ascii", newline="\n") as file:
        file.write("Stopped on time - objective value 0\n")
        file.writelines(f"{i} C{i} {value!r} 0\n" for i, value in enumerate(start.tolist()))


def _command(pulp: Any, session: Session, folder: Path) -> tuple[Any, list[str]]:
    options = session.options
    integer = bool(session.model.integer.any())
    extra: list[str] = []
    if options.seed is not None:
        extra += [f"randomSeed {options.seed}", f"randomCbcSeed {options.seed}"]
    solver = pulp.COIN_CMD(
        path=pulp.PULP_CBC_CMD.pulp_cbc_path,
        mip=integer,
        msg=False,
        gapRel=options.gap,
        threads=options.threads if (options.threads or 1) > 1 else None,
        options=extra,
        timeMode="elapsed",
    )
    if not solver.available():
        raise BackendError(f"the CBC in PuLP cannot be run: {solver.path}")
    command = [solver.path, str(folder / "model.mps")]
    if (folder / "start.mst").exists():
        command += ["-mipstart", str(folder / "start.mst")]
    for option in solver.options + solver.getOptions():
        command += f"-{option}".split()
    if np.isfinite(session.remaining):
        command += ["-sec", f"{session.remaining:.3f}"]
    command += ["-solve" if integer else "-initialSolve"]
    command += ["-printingOptions", "all", "-solution", str(folder / "model.sol")]
    command += ["-saveSolution", str(folder / "model.bin"), "-quit"]
    return solver, command


def _run(session: Session, command: list[str], log: CbcLog) -> StopReason | None:
    """Run CBC; why it was told to stop, None when it came to its own end."""
    with _output() as (reading, writing):
        # In a session of its own a Ctrl-C at the terminal reaches CBC only through us: a second one ends it.
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            start_new_session=CAN_INTERRUPT,
        )
        writing.close()
        listener = threading.Thread(target=_listen, args=(session, reading, log), name="CBC log")
        listener.start()
        try:
            return _wait(session, process)
        finally:
            if process.poll() is None:  # an exception on its way, Ctrl-C for instance
                process.kill()
                process.wait()
            listener.join()


def _wait(session: Session, process: subprocess.Popen[bytes]) -> StopReason | None:
    """Wait for the end; past the limit or an interrupt first ask CBC to stop, then make it."""
    reason: StopReason | None = None
    asked = 0.0
    while True:
        try:
            process.wait(POLL)
            return reason
        except subprocess.TimeoutExpired:
            pass  # still at work
        limit = session.options.time_limit
        if reason is not None:
            if session.seconds > asked + GRACE:
                process.kill()
                process.wait()
                return reason
        elif session.stopping or (limit is not None and session.seconds > limit + GRACE / 2):
            # CBC looks at its time limit only between the phases of its root node.
            reason = StopReason.INTERRUPTED if session.stopping else StopReason.TIME_LIMIT
            asked = session.seconds
            if CAN_INTERRUPT:
                process.send_signal(signal.SIGINT)
            else:
                process.kill()


@contextmanager
def _output() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Two ends for the log. A terminal where there are some: into a pipe CBC writes 4 KiB at a time."""
    ends = os.pipe() if sys.platform == "win32" else os.openpty()
    reading, writing = os.fdopen(ends[0], "rb", buffering=0), os.fdopen(ends[1], "wb", buffering=0)
    try:
        yield reading, writing
    finally:
        reading.close()
        writing.close()


def _listen(session: Session, reading: IO[bytes], log: CbcLog) -> None:
    rest = b""
    while True:
        try:
            chunk = reading.read(65536)
        except OSError:  # how a terminal says that its other end is closed
            chunk = b""
        *lines, rest = (rest + (chunk or b"\n")).split(b"\n")
        for raw in lines:
            line = raw.decode("ascii", "replace").rstrip()
            session.log(line + "\n")
            if log.read(line):
                session.progress(log.objective, log.bound)
        if not chunk:
            return


def _result(
    solver: Any, session: Session, folder: Path, rows: Any, log: CbcLog, stopped: StopReason | None
) -> SolveResult:
    """Status by its words, numbers from the binary file: rows, columns, objective, then four vectors."""
    words = (folder / "model.sol").read_text(encoding="ascii", errors="replace").partition("\n")[0]
    raw = (folder / "model.bin").read_bytes()
    integer = bool(session.model.integer.any())
    count, columns = (int(n) for n in np.frombuffer(raw, np.int32, 2))
    if (count, columns) != (rows.size, session.model.shape[1]):
        raise BackendError(f"CBC wrote a solution of {count} rows and {columns} columns")
    values = np.frombuffer(raw, np.float64, offset=16)
    stop = _reason(session, words, stopped)
    vector: Vector | None = None
    # PuLP calls such a relaxation's vector a solution; CBC's own words tell.
    if stop not in (StopReason.INFEASIBLE, StopReason.UNBOUNDED) and "no integer solution" not in words:
        vector = values[2 * count : 2 * count + columns].copy()
    duals: Vector | None = None
    if not integer:
        duals = np.zeros(session.model.shape[0])
        duals[rows] = values[count : 2 * count]
        if stop is not StopReason.OPTIMAL:
            vector = None  # where Clp happened to be, seldom feasible
    bound = log.bound
    if stop is StopReason.OPTIMAL and "gap" not in words and vector is not None and integer:
        bound = session.model.value(vector)  # the tree was searched to its end
    return conclude(session, stop, vector=vector, bound=bound if integer else None, duals=duals)


def _reason(session: Session, words: str, stopped: StopReason | None) -> StopReason:
    first = words.split(maxsplit=1)[0] if words else ""
    known = {
        "Optimal": StopReason.OPTIMAL,
        "Infeasible": StopReason.INFEASIBLE,
        "Integer": StopReason.INFEASIBLE,  # "Integer infeasible"
        "Unbounded": StopReason.UNBOUNDED,
    }
    if first in known:
        return known[first]
    if stopped is not None:
        return stopped
    if session.options.time_limit is not None and session.remaining <= 0.1:
        return StopReason.TIME_LIMIT
    session.note(f"CBC: {words}")
    return StopReason.FAILED
