"""`allocator compare`: policies and methods side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from allocator.cli import errors, options, output, runs
from allocator.cli.options import Debug, InstancePath, JsonOutput, MaxFileSize
from allocator.errors import InputError, OutputError, Problem

if TYPE_CHECKING:
    from allocator.analysis.compare import Comparison
    from allocator.instance.models import Instance
    from allocator.solving import Outcome

_FORMATS = (".html", ".svg", ".png")

_USED_BY: Final = {
    "solver": ("direct",),
    "workers": ("auto", "decompose"),
    "rounds": ("auto", "decompose"),
    "cluster": ("auto", "decompose"),
}
"""Options that go to some of the methods only."""


def compare_command(
    instance: InstancePath,
    methods: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,NAME,...", help="All policies and the method for its size, unless told otherwise."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="PATH", help="Write a chart: .html, .svg or .png.")
    ] = None,
    backend: runs.Backend = None,
    solver: runs.Solver = None,
    time_limit: runs.TimeLimit = 60.0,
    gap: runs.Gap = 0.001,
    threads: runs.Threads = None,
    workers: runs.Workers = None,
    cluster: runs.Cluster = None,
    rounds: runs.Rounds = None,
    seed: runs.Seed = None,
    quiet: runs.Quiet = False,
    json_output: JsonOutput = False,
    max_file_size: MaxFileSize = options.DEFAULT_MEGABYTES,
    debug: Debug = False,
) -> None:
    """Put policies and methods side by side: cost, cards, waiting, the worst office, fairness.

    Example: allocator compare instances/kepri-2017.json --methods
    policy:equal,policy:proportional,direct --time-limit 10

    Exit codes: 0 done; 2 bad usage or input; 3 a backend is missing or failed; 4 the chart could not
    be written; 130 interrupted: with the best plans found by then.
    """
    with errors.answering(json_output=json_output, debug=debug):
        from allocator.analysis.compare import compare, default_methods
        from allocator.tables.files import load_instance

        if out is not None:
            _require_chart(out)
        loaded = load_instance(instance, options.in_bytes(max_file_size))
        names = default_methods(loaded) if methods is None else [name.strip() for name in methods.split(",")]
        for_some = {"solver": solver, "workers": workers, "rounds": rounds, "cluster": cluster}
        _require_use(for_some, names)
        with runs.running(
            method="auto",
            cluster=cluster,
            quiet=quiet,
            backend=backend,
            time_limit=time_limit,
            gap=gap,
            threads=threads,
            seed=seed,
        ) as run:

            def solve_by(asked: Instance, method: str) -> Outcome:
                own: dict[str, Any] = {
                    name: value
                    for name, value in for_some.items()
                    if name != "cluster" and method in _USED_BY[name]  # which holds for all that runs here
                }
                return run.solve(asked, method=method, what=method, **own)

            found = compare(loaded, names, solve_by)
        if out is not None:
            _save_chart(found, out)
        if json_output:
            chart = None if out is None else str(out)
            output.emit_json(found.as_dict() | {"chart": chart, "exit_code": run.exit_code})
        else:
            from rich.text import Text

            from allocator.report.compare import compare_screen

            output.show(
                lambda width: [
                    *compare_screen(found, width=width),
                    *([Text(f"The chart was written to {out}")] if out else []),
                ]
            )
        for failure in run.failures:
            output.complain(f"Error: {failure}\nIts plan is the best known without it.")
        raise typer.Exit(run.exit_code)


def _require_use(options_given: Mapping[str, object], methods: Sequence[str]) -> None:
    """Refuse options that none of the methods has a use for."""
    problems = [
        Problem(f"--{name}", str(value), "none: only " + " and ".join(_USED_BY[name]) + " take it")
        for name, value in options_given.items()
        if value is not None and not set(_USED_BY[name]) & set(methods)
    ]
    if problems:
        raise InputError(problems)


def _require_chart(out: Path) -> None:
    """Find out before the long work whether there will be a chart."""
    from importlib.util import find_spec

    if out.suffix not in _FORMATS:
        raise InputError([Problem("--out", str(out), "a name ending in " + ", ".join(_FORMATS))])
    if find_spec("altair") is None or find_spec("vl_convert") is None:
        from allocator.report.compare import CHARTS_EXTRA

        raise InputError([Problem("--out", str(out), f"what is installed: {CHARTS_EXTRA}")])
    output.require_writable(out)


def _save_chart(found: Comparison, out: Path) -> None:
    from allocator.documents import write_file
    from allocator.report.compare import comparison_chart

    chart = comparison_chart(found)
    kind = out.suffix.removeprefix(".")

    def write(path: str) -> None:
        # `inline` puts the libraries into the page, which then needs no network.
        chart.save(path, format=kind, **({"inline": True} if kind == "html" else {}))

    try:
        write_file(out, write)
    except ValueError as error:
        raise OutputError(f"cannot write {out}: {error}") from error
