"""`allocator value`: what more slots, packs, printers and sooner deliveries are worth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli import errors, options, output, runs
from allocator.cli.files import Files
from allocator.cli.options import Debug, InstancePath, JsonOutput, MaxFileSize


def value_command(
    instance: InstancePath,
    plan: Annotated[
        Path | None,
        typer.Argument(metavar="[PLAN]", help="A plan to start from, and whose prices to use."),
    ] = None,
    resolve: Annotated[
        int, typer.Option(metavar="N", help="Answer the N dearest estimates by solving again.")
    ] = 0,
    estimate: Annotated[
        str,
        typer.Option(
            metavar="FROM",
            help="relaxation: the linear relaxation's prices; prices: those in the plan; auto: by size.",
        ),
    ] = "auto",
    slots: Annotated[int, typer.Option(metavar="N", help="More slots a day.")] = 1000,
    packs: Annotated[int, typer.Option(metavar="N", help="More packs at a depot.")] = 1,
    printer: Annotated[
        int, typer.Option(metavar="N", help="Cards a day that one more printer prints.")
    ] = 100,
    every: Annotated[int, typer.Option(metavar="DAYS", help="Length of the periods to look at.")] = 30,
    method: runs.Method = "auto",
    backend: runs.Backend = None,
    solver: runs.Solver = None,
    time_limit: runs.TimeLimit = 60.0,
    gap: runs.Gap = 0.001,
    threads: runs.Threads = None,
    workers: runs.Workers = None,
    cluster: runs.Cluster = None,
    rounds: runs.Rounds = None,
    seed: runs.Seed = None,
    show_all: Annotated[bool, typer.Option("--all", help="Show all that is worth something.")] = False,
    quiet: runs.Quiet = False,
    json_output: JsonOutput = False,
    max_file_size: MaxFileSize = options.DEFAULT_MEGABYTES,
    debug: Debug = False,
) -> None:
    """Say what more slots, one more pack or printer, and a delivery a day sooner are worth, where and when.

    Estimates are from prices; --resolve N solves again with each of the N dearest changes, and
    shows that answer beside the estimate.

    Example: allocator value instances/kepri-2017.json --resolve 2 --time-limit 10

    Exit codes: 0 done; 2 bad usage or input; 3 a backend is missing or failed; 130 interrupted.
    """
    with errors.answering(json_output=json_output, debug=debug):
        files = Files(instance, plan, None, None, options.in_bytes(max_file_size))
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
            from allocator.analysis.changes import Amounts
            from allocator.analysis.value import value

            loaded, start = files.read()
            found = value(
                loaded,
                start,
                amounts=Amounts(slots, packs, printer),
                every=every,
                resolve=resolve,
                estimate=estimate,
                backend=backend,
                time_limit=None if time_limit == float("inf") else time_limit,
                solve_with=run.solve,
            )
        if json_output:
            output.emit_json(found.as_dict() | {"exit_code": run.exit_code})
        else:
            from allocator.report.value import value_screen

            output.show(lambda width: value_screen(found, width=width, every=show_all))
        for failure in run.failures:
            output.complain(f"Error: {failure}\nThe figures are those of the best plans known without it.")
        raise typer.Exit(run.exit_code)
