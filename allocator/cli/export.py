"""`allocator export`: a plan as tables that people work by."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, get_args

import typer

from allocator.cli import errors, options, output
from allocator.cli.files import read_both
from allocator.cli.options import Debug, InstancePath, JsonOutput, MaxFileSize
from allocator.errors import InputError, Problem

_Format = Literal["excel", "csv", "parquet"]


def export_command(
    instance: InstancePath,
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="The plan.", show_default=False)],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="PATH",
            help="Where to write it: a name ending in .xlsx, or a folder for CSV or Parquet.",
            show_default=False,
        ),
    ],
    kind: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="[excel|csv|parquet]",
            help="excel for .xlsx, csv for a folder unless told otherwise.",
            autocompletion=lambda incomplete: [n for n in get_args(_Format) if n.startswith(incomplete)],
        ),
    ] = None,
    json_output: JsonOutput = False,
    max_file_size: MaxFileSize = options.DEFAULT_MEGABYTES,
    debug: Debug = False,
) -> None:
    """Write a plan as tables: dispatch list, slots and printing by office and day, key figures.

    The plan is checked first. Commands that take a plan read what is written as Excel or CSV, too.

    Example: allocator export instances/kepri-2017.json kepri-2017.plan.json -o orders.xlsx

    Exit codes: 0 written; 1 the plan is not valid, nothing is written; 2 bad usage or input; 4 it
    could not be written.
    """
    with errors.answering(json_output=json_output, debug=debug):
        chosen = _format(out, kind)
        from allocator.cli.tables import require_place
        from allocator.report.wording import plural
        from allocator.tables.plan_files import export_plan
        from allocator.verdict import verify

        require_place(out, instance, plan)
        asked, answered = read_both(instance, plan, options.in_bytes(max_file_size))
        try:
            verdict = verify(asked, answered)
        except InputError as error:
            raise InputError(error.problems, str(plan)) from None
        if not verdict.valid:
            broken = plural(len(verdict.violations), "violation")
            message = (
                f"{plan} is not valid ({broken}); nothing was written. See: allocator check {instance} {plan}"
            )
            output.complain(f"Error: {message}")
            if json_output:
                output.emit_json({"exit_code": errors.VIOLATIONS, "errors": [{"message": message}]})
            raise typer.Exit(errors.VIOLATIONS)
        names = export_plan(asked, answered, verdict, out, chosen)
        if json_output:
            output.emit_json({"instance": asked.name, "path": str(out), "format": chosen, "tables": names})
        else:
            output.emit(f"Wrote {out}: {', '.join(names)}\n")


def _format(out: Path, kind: str | None) -> _Format:
    """What to write, by option or name. Raises InputError."""
    book = out.suffix.casefold() == ".xlsx" and not out.is_dir()
    if kind is None:
        if out.suffix and not book and not out.is_dir():
            expected = "a name ending in .xlsx, or a folder for CSV files; --format parquet for Parquet"
            raise InputError([Problem("--out", str(out), expected)])
        return "excel" if book else "csv"
    for name in get_args(_Format):
        if name == kind:
            if book != (name == "excel"):
                expected = "a name ending in .xlsx" if name == "excel" else "a folder"
                raise InputError([Problem("--out", str(out), f"{expected}, with --format {name}")])
            chosen: _Format = name
            return chosen
    raise InputError([Problem("--format", kind, "one of " + ", ".join(get_args(_Format)))])
