"""`allocator what-if`: a changed copy of an instance, solved and compared."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allocator.cli import errors, options, output, runs
from allocator.cli.files import Files, not_a_plan
from allocator.cli.options import Debug, InstancePath, JsonOutput, MaxFileSize
from allocator.cli.tables import require_place
from allocator.errors import InputError, Problem

if TYPE_CHECKING:
    from allocator.analysis.what_if import WhatIf


def what_if_command(
    instance: InstancePath,
    edits: Annotated[
        list[str],
        typer.Option(
            "--set", metavar="PATH=CHANGE", help="A change; may be given often.", show_default=False
        ),
    ],
    start: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="PLAN",
            help="Compare with this plan of the unchanged instance, instead of solving it too.",
        ),
    ] = None,
    keep_instance: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Write the changed instance: .json, .xlsx or a folder."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="PATH", help="Write the plan of the changed instance."),
    ] = None,
    method: runs.Method = "auto",
    backend: runs.Backend = None,
    solver: runs.Solver = None,
    time_limit: runs.TimeLimit = 300.0,
    gap: runs.Gap = 0.001,
    threads: runs.Threads = None,
    workers: runs.Workers = None,
    cluster: runs.Cluster = None,
    rounds: runs.Rounds = None,
    seed: runs.Seed = None,
    all_offices: Annotated[
        bool, typer.Option("--all-offices", help="Show every office that has a change.")
    ] = False,
    quiet: runs.Quiet = False,
    json_output: JsonOutput = False,
    max_file_size: MaxFileSize = options.DEFAULT_MEGABYTES,
    debug: Debug = False,
) -> None:
    """Solve a changed copy of an instance and say what the change does.

    A path goes from field to field, in lists by id, `*` for all: quota, storage.free,
    offices.21.72.print_capacity, offices.*.blanks. Days follow in brackets where there is a value per
    day: quota[3..9], quota[2017-09-01..2017-09-30]. Changes: +10%, -500, x1.5, or a value: 300.

    Example: allocator what-if instances/kepri-2017.json --set quota=+10% --set
    offices.21.72.print_capacity=300 --time-limit 10

    Exit codes: 0 done; 2 bad usage or input; 3 a backend is missing or failed, 4 a file could not be
    written, 130 interrupted: with the best plans found by then.
    """
    with errors.answering(json_output=json_output, debug=debug):
        _require_room(keep_instance, out, instance, start)
        files = Files(instance, start, None, None, options.in_bytes(max_file_size))
        with runs.running(
            method=method,
            cluster=cluster,
            quiet=quiet,
            backend=backend,
            solver=solver,
            time_limit=time_limit,
            gap=gap,
            threads=threads,
            workers=workers,
            rounds=rounds,
            seed=seed,
        ) as run:
            from allocator.analysis.what_if import what_if

            loaded, plan = files.read()
            found = what_if(loaded, edits, plan=plan, solve_with=run.solve)
        written = _save(found, keep_instance, out)
        _show(found, json_output, all_offices, written, run)
        raise typer.Exit(run.exit_code)


def _require_room(keep_instance: Path | None, out: Path | None, instance: Path, start: Path | None) -> None:
    """Find out before the long work whether its results can be written, and over what."""
    inputs = [instance] if start is None else [instance, start]
    if keep_instance is not None:
        require_place(keep_instance, *inputs)
    if out is not None:
        problems = [
            Problem("--out", str(out), "another file than those that are read")
            for read in inputs
            if out.is_file() and read.exists() and os.path.samefile(out, read)
        ]
        if problems := [*problems, *not_a_plan(out)]:
            raise InputError(problems)
        output.require_writable(out)


def _save(found: WhatIf, keep_instance: Path | None, out: Path | None) -> dict[str, str]:
    from allocator.plan.files import save_plan
    from allocator.tables.files import save_instance

    written = {}
    if keep_instance is not None:
        save_instance(found.changed, keep_instance)
        written["instance"] = str(keep_instance)
    if out is not None:
        save_plan(found.outcome.plan, out)
        written["plan"] = str(out)
    return written


def _show(
    found: WhatIf, json_output: bool, all_offices: bool, written: dict[str, str], run: runs.Runs
) -> None:
    from allocator.report.difference import difference_screen, difference_sentences

    if json_output:
        output.emit_json(
            {"instance": found.changed.name, "words": difference_sentences(found.difference)}
            | found.as_dict()
            | {"written": written, "exit_code": run.exit_code}
        )
    else:
        from rich.text import Text

        output.show(
            lambda width: [
                Text("What if " + ", ".join(found.edits), style="bold"),
                *difference_screen(
                    found.difference, ("As it is", "Changed"), width=width, every_office=all_offices
                ),
                *(Text(f"The {what} was written to {path}") for what, path in written.items()),
            ]
        )
    for failure in run.failures:
        output.complain(f"Error: {failure}\nThe plans are the best known without it.")
    if run.exit_code == errors.INTERRUPTED:
        output.complain("Interrupted: the plans are the best found by then.")
