"""`allocator check`: is a plan valid, what does it cost, how long do people wait."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allocator.cli import errors, options, output
from allocator.cli.files import read_both
from allocator.cli.options import Debug, InstancePath, JsonOutput, MaxFileSize
from allocator.errors import InputError

if TYPE_CHECKING:
    from allocator.instance.models import Instance
    from allocator.plan.models import Plan
    from allocator.verdict import Verdict


def check_command(
    instance: InstancePath,
    plan: Annotated[
        Path,
        typer.Argument(metavar="PLAN", help="The plan: JSON, or as export writes it.", show_default=False),
    ],
    json_output: JsonOutput = False,
    max_file_size: MaxFileSize = options.DEFAULT_MEGABYTES,
    debug: Debug = False,
) -> None:
    """Check a plan against every rule, in exact arithmetic, and price it.

    Lists each violation with its rule, place, day and amount; people see the first twenty, --json
    has them all.

    Example: allocator check instances/kepri-2017.json instances/kepri-2017.best.plan.json

    Exit codes: 0 valid; 1 not valid; 2 bad usage or input.
    """
    with errors.answering(json_output=json_output, debug=debug):
        asked, answered, verdict = judge(instance, plan, options.in_bytes(max_file_size))
        if json_output:
            output.emit_json(document_of(asked, verdict))
        else:
            from allocator.report.screens import check_screen

            output.show(lambda width: check_screen(asked, answered, verdict, width=width))
        raise typer.Exit(errors.DONE if verdict.valid else errors.VIOLATIONS)


def judge(instance_path: Path, plan_path: Path, max_bytes: int) -> tuple[Instance, Plan, Verdict]:
    """The files and what is to be said of the plan. Raises BadInputsError or InputError."""
    from allocator.verdict import verify

    instance, plan = read_both(instance_path, plan_path, max_bytes)
    try:
        return instance, plan, verify(instance, plan)
    except InputError as error:
        raise InputError(error.problems, str(plan_path)) from None


def document_of(instance: Instance, verdict: Verdict) -> dict[str, Any]:
    """What `--json` prints."""
    from allocator.report.wording import date_of

    document = verdict.as_dict()
    for record in document["violations"]:
        record["date"] = date_of(instance, record["day"]).isoformat()
    return document
