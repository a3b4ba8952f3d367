"""The files of a command, with everything that is wrong in any of them told at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from allocator.cli import output
from allocator.cli.errors import BadInputsError
from allocator.errors import InputError, Problem

if TYPE_CHECKING:
    from allocator.analysis import Judged
    from allocator.instance.models import Instance
    from allocator.plan.models import Plan


@dataclass(frozen=True)
class Files:
    """What `solve` reads and writes."""

    instance: Path
    start: Path | None
    """A plan to start from."""
    out: Path | None
    model: Path | None
    max_bytes: int

    def read(self) -> tuple[Instance, Plan | None]:
        """The instance and the plan to start from, whose ids and days are those of the instance.

        Raises InputError or BadInputsError.
        """
        from allocator.tables.files import load_instance

        if self.start is None:
            return load_instance(self.instance, self.max_bytes), None
        from allocator.solving.warm_start import starting_plan

        instance, plan = read_both(self.instance, self.start, self.max_bytes)
        try:
            starting_plan(plan, instance)
        except InputError as error:
            raise InputError(error.problems, str(self.start)) from None
        return instance, plan

    def require_room(self, path: Path) -> None:
        """Find out before the long work whether results can be written, the plan to `path`, and over what.

        Raises InputError and OutputError.
        """
        model_path = self.model
        targets = [("--out", path)] + ([("--write-model", model_path)] if model_path is not None else [])
        problems = [
            Problem(option, str(target), "another file than the instance")
            for option, target in targets
            if target.is_file() and os.path.samefile(target, self.instance)
        ]
        start = self.start if self.out is None and path.is_file() else None
        if start is not None and os.path.samefile(path, start):
            expected = "a name: without one the plan to start from would be replaced"
            problems.append(Problem("--out", "nothing", expected))
        problems += [
            Problem(option, "-", "a file: standard output is for the report")
            for option, target in targets
            if str(target) == "-"
        ]
        problems += not_a_plan(path)
        if model_path is not None and not model_path.name.endswith((".mps", ".lp", ".mps.gz", ".lp.gz")):
            problems.append(
                Problem("--write-model", str(model_path), "a name ending in .mps, .lp or those and .gz")
            )
        if problems:
            raise InputError(problems)
        for _, target in targets:
            output.require_writable(target)


def read_both(instance_path: Path, plan_path: Path, max_bytes: int) -> tuple[Instance, Plan]:
    """An instance and a plan. Raises BadInputsError with what is wrong in either."""
    from allocator.tables.files import load_instance
    from allocator.tables.plan_files import load_plan

    faults: list[InputError] = []
    instance: Instance | None = None
    plan: Plan | None = None
    try:
        instance = load_instance(instance_path, max_bytes)
    except InputError as error:
        faults.append(error)
    try:
        plan = load_plan(plan_path, max_bytes)
    except InputError as error:
        faults.append(error)
    if instance is None or plan is None:
        raise BadInputsError(faults)
    return instance, plan


def read_judged(files: Sequence[tuple[Path, Path]], max_bytes: int) -> list[Judged]:
    """Plans, each judged by its instance; an instance that several share is read once.

    Raises BadInputsError with what is wrong in any of them.
    """
    from allocator.analysis import judge
    from allocator.tables.files import load_instance
    from allocator.tables.plan_files import load_plan

    faults: list[InputError] = []
    instances: dict[Path, Instance | None] = {}
    result: list[Judged] = []
    for instance_path, plan_path in files:
        if instance_path not in instances:
            instances[instance_path] = None
            try:
                instances[instance_path] = load_instance(instance_path, max_bytes)
            except InputError as error:
                faults.append(error)
        instance = instances[instance_path]
        try:
            plan = load_plan(plan_path, max_bytes)
            if instance is not None:
                result.append(judge(instance, plan))
        except InputError as error:
            faults.append(InputError(error.problems, str(plan_path)))
    if faults:
        raise BadInputsError(faults)
    return result


def not_a_plan(out: Path) -> list[Problem]:
    """What is wrong with the name of a plan that is to be written: plans are JSON."""
    if out.suffix.casefold() not in {".xlsx", ".csv", ".parquet"}:
        return []
    return [Problem("--out", str(out), "a name ending in .json; allocator export makes tables of it")]
