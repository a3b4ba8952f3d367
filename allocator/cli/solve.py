"""`allocator solve`: the best plan that can be found, checked and written in the time."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allocator.cli import errors, options, output
from allocator.cli.cluster import on_cluster
from allocator.cli.files import Files
from allocator.cli.options import Debug, InstancePath, JsonOutput, MaxFileSize
from allocator.cli.signals import Interruption
from allocator.errors import AllocatorError, OutputError

if TYPE_CHECKING:
    from allocator.instance.models import Instance
    from allocator.solving import Outcome


def solve_command(
    instance: InstancePath,
    method: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help=(
                "auto: by size; direct: the whole problem in one solver; decompose: prices for what"
                " offices share, for many of them; policy:NAME: a simple rule, see above."
            ),
            autocompletion=options.complete_method,
        ),
    ] = "auto",
    backend: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Solver library: highs, ortools or pulp; see `allocator backends`.",
            autocompletion=options.complete_backend,
        ),
    ] = None,
    solver: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="One of the backend's solvers, instead of its first; not with decompose.",
            autocompletion=options.complete_solver,
        ),
    ] = None,
    time_limit: Annotated[
        float,
        typer.Option(metavar="S", help="Seconds in all, from start to written plan; inf for no limit."),
    ] = 300.0,
    gap: Annotated[
        float,
        typer.Option(metavar="G", help="Stop when no plan can be cheaper by more than this share."),
    ] = 0.001,
    threads: Annotated[
        int | None, typer.Option(metavar="N", help="Threads of the solver, instead of its own choice.")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="With decompose: processes; all cores unless told otherwise, 1 for this process alone.",
        ),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="With decompose: let the dask workers of this scheduler do the work, as in tcp://host:8786.",
        ),
    ] = None,
    rounds: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help=(
                "With decompose: rounds of pricing at most; where these end it, and not the time limit, the"
                " plan is the same with any workers."
            ),
        ),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="PLAN",
            help="Start from this plan, of this instance or one much like it, and from the prices it keeps.",
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Seed of the solver.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="PATH",
            help="Where to write the plan: <instance name>.plan.json here, unless told otherwise.",
        ),
    ] = None,
    write_model: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH", help="Write the MILP too, without cuts, as .mps or .lp (.gz: packed), then solve."
        ),
    ] = None,
    all_offices: Annotated[
        bool, typer.Option("--all-offices", help="Show every office, however many there are.")
    ] = False,
    log: Annotated[bool, typer.Option("--log", help="Show the solver's own log on stderr.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")] = False,
    json_output: JsonOutput = False,
    max_file_size: MaxFileSize = options.DEFAULT_MEGABYTES,
    debug: Debug = False,
) -> None:
    """Find the best plan for an instance, check it, and write it.

    Shows how good the plan is, what each office gets, how long people wait. On Ctrl-C, at the time
    limit and when a solver fails, the best checked plan so far is written.

    Exit codes: 0 done; 2 bad usage or input; 3 a backend is missing or failed, the best plan is
    written all the same; 4 the plan could not be written; 130 interrupted, the best plan is written.
    """
    started = options.begin()
    with errors.answering(json_output=json_output, debug=debug):
        request = {
            "method": method,
            "backend": backend,
            "solver": solver,
            "time_limit": time_limit,
            "gap": gap,
            "threads": threads,
            "seed": seed,
            "workers": workers,
            "rounds": rounds,
        }
        files = Files(instance, start, out, write_model, options.in_bytes(max_file_size))
        with on_cluster(cluster, method):
            outcome, written, unwritten, replaces = _solve_and_save(files, request, started, quiet, log)
        code = _exit_code(outcome, unwritten)
        try:
            if json_output:
                output.emit_json(_document(outcome, written, unwritten, code))
            else:
                told = f"{written}, in place of the one there" if replaces else f"{written}"
                known = told if written and not unwritten else None
                _show(outcome, gap, time_limit, rounds, all_offices, known)
        except OutputError as error:
            where = f"the plan was written to {written}" if written else "nor the plan"
            raise OutputError(f"{error}; {where}") from error
        _complain(outcome, written, unwritten)
        raise typer.Exit(code)


def _solve_and_save(
    files: Files, request: dict[str, Any], started: float, quiet: bool, log: bool
) -> tuple[Outcome, Path | None, OutputError | None, bool]:
    """Everything from the first byte read to the last one written, during which no signal ends the process.

    Returns what `_save` says of the plan, and whether it took the place of a file.
    """
    from allocator.cli.progress import choose_progress

    progress = choose_progress(quiet=quiet, started=started, time_limit=request["time_limit"])
    with Interruption(progress.stopping) as interruption:
        progress.open(f"solving {files.instance}")
        try:
            from allocator.cli.attempt import attempt

            begun = time.monotonic()
            loaded, start = files.read()
            load_seconds = time.monotonic() - begun
            progress.instance(loaded)
            if start is not None and start.instance != loaded.name:
                progress.log(
                    f"allocator: the plan to start from is of {start.instance}: what is valid here is kept"
                )
            path = files.out or Path(output.file_name(loaded.name))
            files.require_room(path)
            replaces = path.exists()
            if files.model is not None:
                _write_model(loaded, files.model)
            outcome = attempt(
                loaded,
                request | {"start": start},
                started=started,
                load_seconds=load_seconds,
                progress=progress,
                interruption=interruption,
                log=log,
            )
            interruption.settle()
            return outcome, *_save(outcome, path), replaces
        finally:
            progress.close()


def _write_model(instance: Instance, path: Path) -> None:
    from allocator.backends import BackendMissingError, write_model
    from allocator.methods.direct import formulate_directly

    try:
        write_model(formulate_directly(instance).model, path)
    except BackendMissingError:
        raise
    except (OSError, AllocatorError) as error:
        raise OutputError(f"cannot write the model {path}: {error}") from error


def _save(outcome: Outcome, path: Path) -> tuple[Path | None, OutputError | None]:
    """Where the plan was written, and why not where it was to be: a plan is too dear to lose."""
    from allocator.plan.files import save_plan

    try:
        save_plan(outcome.plan, path)
    except OutputError as error:
        return output.save_elsewhere(lambda other: save_plan(outcome.plan, other), path.name), error
    return path, None


def _exit_code(outcome: Outcome, unwritten: OutputError | None) -> int:
    if unwritten is not None:
        return errors.UNWRITABLE
    if outcome.status == "interrupted":
        return errors.INTERRUPTED
    return errors.DONE if outcome.failure is None else errors.FAILED


def _document(
    outcome: Outcome, path: Path | None, unwritten: OutputError | None, code: int
) -> dict[str, Any]:
    """What `--json` prints."""
    from allocator.report.offices import office_rows

    rows = office_rows(outcome.instance, outcome.decisions, outcome.verdict)
    messages = [str(problem) for problem in (unwritten, outcome.failure) if problem is not None]
    document = outcome.as_dict()
    document["plan"] = None if path is None else str(path)
    document["offices"] = [row.as_dict() for row in rows]
    document["exit_code"] = code
    if messages:
        document["errors"] = [{"message": message} for message in messages]
    return document


def _show(
    outcome: Outcome,
    gap: float,
    time_limit: float,
    rounds: int | None,
    every_office: bool,
    where: str | None,
) -> None:
    from rich.text import Text

    from allocator.report.screens import solve_screen

    output.show(
        lambda width: [
            *solve_screen(
                outcome,
                gap_asked=gap,
                time_limit=time_limit,
                rounds_asked=rounds,
                width=width,
                every_office=every_office,
            ),
            *([Text(f"Plan, checked and valid, written to {where}", style="bold")] if where else []),
        ]
    )


def _complain(outcome: Outcome, path: Path | None, unwritten: OutputError | None) -> None:
    """What the user has to know besides the screen, where they will see it last."""
    if outcome.failure is not None:
        from allocator.cli.progress import source_in_words

        source = source_in_words(outcome.source)
        output.complain(f"Error: {outcome.failure}\nThe plan is the best known without it, {source}.")
    if unwritten is not None:
        where = f"The plan was saved to {path} instead." if path else "The plan could not be saved elsewhere."
        output.complain(f"Error: {unwritten}\n{where}")
    elif outcome.status == "interrupted":
        output.complain(f"Interrupted. The best checked plan so far was written to {path}.")
    elif outcome.rounds == 0 and outcome.status == "feasible" and outcome.failure is None:
        output.complain(
            "The time was over before anything was priced: give it more, --time-limit. The first solve after"
            " installation also compiles the engine, once."
        )
