"""`allocator bench`: measure contenders on cases, and show what came out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allocator.cli import errors, output
from allocator.cli.options import Debug, JsonOutput

if TYPE_CHECKING:
    from allocator.benchmark.results import Result
    from allocator.benchmark.runner import Run
    from allocator.benchmark.suites import Suite


def bench_command(
    suites: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SUITE",
            help="What to run, by its name in suites.toml; none: only show or draw what was run before.",
            show_default=False,
        ),
    ] = None,
    folder: Annotated[
        Path,
        typer.Option(metavar="DIR", help="With suites.toml, peers/, results/, pictures/ and README.md."),
    ] = Path("benchmarks"),
    contender: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Instead of the suite's: decompose, direct:highs, direct:ortools/scip, policy:NAME,"
            " peer:NAME, a Python file; may be repeated.",
            show_default=False,
        ),
    ] = None,
    time_limit: Annotated[
        list[float] | None,
        typer.Option(metavar="S", help="Instead of the suite's; may be repeated.", show_default=False),
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Only the cases with this in their name.", show_default=False),
    ] = None,
    jobs: Annotated[
        int, typer.Option(metavar="N", min=1, help="Runs at a time; more than 1 disturbs what is measured.")
    ] = 1,
    list_suites: Annotated[
        bool, typer.Option("--list", help="Show the suites, and how much is done.")
    ] = False,
    tables: Annotated[
        bool, typer.Option("--tables", help="Bring the tables of README.md up to date with all results.")
    ] = False,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Draw all pictures anew from all results, as SVG.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")] = False,
    json_output: JsonOutput = False,
    debug: Debug = False,
) -> None:
    """Measure methods, solvers and peers on the same cases, each run in a process of its own.

    Results are appended to results/SUITE.jsonl as they come; what is in there is not run again, so a
    benchmark that was killed goes on where it was. Every plan is checked and priced here.

    Start with: allocator bench smoke

    All tables and pictures from the results: allocator bench --tables --pictures

    Exit codes: 0 done, also where a contender failed, which is a result; 2 bad usage or input; 3 a
    library is missing; 4 a result could not be written; 130 interrupted, what is finished is kept.
    """
    with errors.answering(json_output=json_output, debug=debug):
        from allocator.benchmark.suites import load_suites

        known = load_suites(folder / "suites.toml")
        chosen = _chosen(known, suites or [], contender, time_limit)
        if list_suites:
            _list(known, folder, json_output)
            return
        _run(chosen, folder, only, jobs, quiet)
        results = _results(folder, list(chosen) if chosen else list(known))
        written = _write(folder, list(known), tables=tables, pictures=pictures)
        if json_output:
            document: dict[str, Any] = {
                "results": [
                    run.model_dump() | {"gap": run.gap, "avoidable_gap": run.avoidable_gap}
                    for runs in results.values()
                    for run in runs
                ],
                "written": [str(path) for path in written],
            }
            output.emit_json(document)
        else:
            _show(results, written)


def _chosen(
    known: dict[str, Suite], names: list[str], contenders: list[str] | None, limits: list[float] | None
) -> dict[str, Suite]:
    """The suites by name with the options in place of their own. Raises InputError."""
    from allocator.benchmark.contenders import contender_problems
    from allocator.errors import InputError, Problem

    problems = [Problem("SUITE", name, "one of " + ", ".join(known)) for name in names if name not in known]
    problems += [problem for name in contenders or [] for problem in contender_problems(name, "--contender")]
    problems += [
        Problem("--time-limit", str(limit), "seconds, more than 0")
        for limit in limits or []
        if not 0 < limit < float("inf")
    ]
    if (contenders or limits) and not names:
        problems.append(Problem("SUITE", "none", "a suite to run, as --contender or --time-limit is given"))
    if problems:
        raise InputError(problems)
    changes: dict[str, Any] = {}
    if contenders:
        changes["contenders"] = tuple(contenders)
    if limits:
        changes["time_limits"] = tuple(limits)
    return {name: known[name].model_copy(update=changes) for name in names}


def _file(folder: Path, suite: str) -> Path:
    return folder / "results" / f"{suite}.jsonl"


def _run(chosen: dict[str, Suite], folder: Path, only: str | None, jobs: int, quiet: bool) -> None:
    """Everything that is not done yet, suite by suite."""
    from allocator.benchmark.runner import perform, runs_of, unfinished

    todo = {name: runs_of(name, suite, folder) for name, suite in chosen.items()}
    if only is not None:
        todo = {name: [run for run in runs if only in run.case.name] for name, runs in todo.items()}
        _require_some(todo, only)
    for name, wanted in todo.items():
        left = unfinished(wanted, _file(folder, name))
        progress = _Progress(len(wanted), len(wanted) - len(left), quiet)
        if len(left) < len(wanted):
            progress.say(f"{name}: {len(wanted) - len(left)} of {len(wanted)} runs are done already")
        perform(left, _file(folder, name), jobs=jobs, on_start=progress.started, on_result=progress.finished)


def _require_some(todo: dict[str, list[Run]], only: str) -> None:
    from allocator.errors import InputError, Problem

    if not any(todo.values()):
        expected = f"a part of the name of a case of {', '.join(todo) or 'a suite that is named too'}"
        raise InputError([Problem("--only", f'"{only}"', expected)])


class _Progress:
    """One line on stderr when a run starts and one when it ends."""

    def __init__(self, total: int, done: int, quiet: bool) -> None:
        self._total, self._done, self._begun, self._quiet = total, done, done, quiet

    def say(self, text: str) -> None:
        if not self._quiet:
            output.complain(text)

    def started(self, run: Run) -> None:
        self._begun += 1
        self.say(
            f"[{self._begun}/{self._total}] {run.case.name}: {run.contender}, up to {run.time_limit:g} s"
            + (f", seed {run.seed}" if run.seed else "")
        )

    def finished(self, result: Result) -> None:
        self._done += 1
        parts = [result.status, f"{result.seconds['answer']:.1f} s", f"{result.peak_bytes / 1e6:,.0f} MB"]
        if result.avoidable_gap is not None:
            parts.insert(1, f"avoidable gap {100 * result.avoidable_gap:.3f} %")
        if result.message:
            parts.append(result.message)
        self.say(f"    {result.case}: {result.contender}: " + ", ".join(parts))


def _results(folder: Path, names: list[str]) -> dict[str, list[Result]]:
    """What is known of each suite; those of which nothing is are left out."""
    from allocator.benchmark.results import latest, read_results

    found = {name: latest(read_results(_file(folder, name))) for name in names}
    return {name: runs for name, runs in found.items() if runs}


def _write(folder: Path, names: list[str], *, tables: bool, pictures: bool) -> list[Path]:
    """Tables and pictures of all suites; returns the files written."""
    written: list[Path] = []
    if not (tables or pictures):
        return written
    results = _results(folder, names)
    if pictures:
        from allocator.benchmark.pictures import draw_all

        written += draw_all(results, folder / "pictures")
    if tables:
        from allocator.benchmark.page import refresh, section

        page = folder / "README.md"
        parts = {name: section(name, runs, folder / "pictures") for name, runs in results.items()}
        for name in refresh(page, parts):
            output.complain(f"{page} has no place for the results of {name}: <!-- results: {name} -->")
        written.append(page)
    return written


def _show(results: dict[str, list[Result]], written: list[Path]) -> None:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from allocator.benchmark.tables import suite_tables

    def screen(width: int) -> list[Any]:
        parts: list[Any] = []
        for name, runs in results.items():
            for table in suite_tables(runs):
                drawn = Table(
                    title=f"{name}: {table.title}", title_justify="left", box=None, padding=(0, 1, 0, 0)
                )
                for number, title in enumerate(table.head):
                    drawn.add_column(
                        title, justify="right" if number else "left", no_wrap=not number, overflow="fold"
                    )
                for row in table.rows:
                    drawn.add_row(*row)
                parts += [
                    drawn,
                    *(
                        Padding(Text(note.replace("**", ""), style="dim"), (0, 0, 0, 2))
                        for note in table.notes
                    ),
                    "",
                ]
        parts += [Text(f"Wrote {path}") for path in written]
        return parts or [Text("No results yet. Start with: allocator bench smoke")]

    output.show(screen)


def _list(known: dict[str, Suite], folder: Path, json_output: bool) -> None:
    from allocator.benchmark.runner import runs_of, unfinished

    rows: list[dict[str, Any]] = []
    for name, suite in known.items():
        runs = runs_of(name, suite, folder, check=False)
        left = unfinished(runs, _file(folder, name))
        rows.append(
            {
                "suite": name,
                "description": suite.description,
                "runs": len(runs),
                "done": len(runs) - len(left),
                "seconds_at_most": sum(run.time_limit for run in left),
            }
        )
    if json_output:
        output.emit_json({"suites": rows})
        return
    lines = [
        f"{row['suite']:<10} {row['done']:>4} of {row['runs']:>4} done, up to"
        f" {row['seconds_at_most'] / 60:,.0f} min to go: {row['description']}\n"
        for row in rows
    ]
    output.emit("".join(lines))
