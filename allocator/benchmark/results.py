"""The results file: JSON Lines, one run a line, only ever appended to."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from allocator.documents import validation_problems
from allocator.errors import InputError, OutputError, Problem
from allocator.verdict import avoidable_gap, gap

Status = Literal["plan", "no plan", "invalid plan", "timeout", "crash"]
"""`timeout`: killed after limit and grace; `crash`: ended without an answer."""


class Key(NamedTuple):
    """What makes two runs the same run."""

    case: str
    contender: str
    time_limit: float
    seed: int
    version: str


class Point(NamedTuple):
    """What was known at a time; a peer's cost here is its own word, the run's cost is checked."""

    seconds: float
    cost: float | None
    bound: float | None


class Result(BaseModel):
    """One run of one contender on one case."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    schema_version: Literal[1] = 1
    suite: str
    case: str
    contender: str
    time_limit: float
    seed: int
    version: str
    gap_asked: float
    status: Status
    message: str | None = None
    offices: int
    days: int
    lanes: int
    first_plan_seconds: float | None = None
    cost: float | None = None
    bound: float | None = None
    empty_cost: float
    currency: str = ""
    seconds: dict[str, float]
    """`load`, `build`, `hand over`, `solve`, `check` as far as known; `answer`: process start to answer."""
    peak_bytes: int
    trajectory: tuple[Point, ...] = ()
    versions: dict[str, str]
    machine: dict[str, Any]
    other_load: float | None = None
    """Cores that anything else kept busy during the run."""
    load_average: float | None = None
    """Of the minute before the run, in files from before `other_load`: the run before is in it."""
    commit: dict[str, Any] | None = None
    date: str

    @property
    def key(self) -> Key:
        """What it is a run of."""
        return Key(self.case, self.contender, self.time_limit, self.seed, self.version)

    @property
    def gap(self) -> float | None:
        """(cost - bound) / |cost|, by the contender's own bound."""
        return None if self.cost is None else gap(self.cost, self.proven)

    @property
    def avoidable_gap(self) -> float | None:
        """(cost - bound) / (cost of the empty plan - bound), by the contender's own bound."""
        return None if self.cost is None else avoidable_gap(self.cost, self.proven, self.empty_cost)

    @property
    def proven(self) -> float | None:
        """The bound, never above the cost: solvers prove to tolerances."""
        if self.bound is None or self.cost is None:
            return self.bound
        return min(self.bound, self.cost)

    def line(self) -> str:
        """As it stands in the file, both gaps written out."""
        document = self.model_dump() | {"gap": self.gap, "avoidable_gap": self.avoidable_gap}
        return json.dumps(document, ensure_ascii=False, allow_nan=False)


def read_results(path: Path) -> list[Result]:
    """All runs in a file, none where there is no file. A half line at its end is no run.

    Raises InputError with every other line that is not a run.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError([Problem("", error.strerror or str(error), "a readable file")], str(path)) from None
    found, problems = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(Result.model_validate_json(line))
        except ValidationError as error:
            if number < len(lines):
                problems += [
                    Problem(
                        f"line {number}" + (f" {each.path}" if each.path else ""),
                        each.found[:60],
                        each.expected,
                    )
                    for each in validation_problems(error)
                ]
    if problems:
        raise InputError(problems, str(path))
    return found


def latest(results: Iterable[Result]) -> list[Result]:
    """One run for each case, contender, limit and seed: the last one in the file."""
    kept = {result.key._replace(version=""): result for result in results}
    return list(kept.values())


def mend_end(path: Path) -> None:
    """Take a half line off the end of the file, which a kill has left. Raises OutputError."""
    try:
        with path.open("r+b") as stream:
            data = stream.read()
            whole = data.rfind(b"\n") + 1
            tail = data[whole:]
            if not tail:
                return
            try:
                json.loads(tail)
            except ValueError:
                stream.truncate(whole)
            else:
                stream.write(b"\n")
    except FileNotFoundError:
        return
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error


def append_result(path: Path, result: Result) -> None:
    """Add a run in one write, on the disk when this returns. Raises OutputError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab", buffering=0) as stream:
            stream.write(result.line().encode("utf-8") + b"\n")
            os.fsync(stream.fileno())
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
