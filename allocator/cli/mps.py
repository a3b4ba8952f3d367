"""`allocator mps`: any linear or mixed-integer model, through the same backends as the plans."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allocator.cli import errors, options, output
from allocator.cli.options import Debug, JsonOutput
from allocator.cli.signals import Interruption
from allocator.errors import InputError, OutputError, Problem

if TYPE_CHECKING:
    from allocator.backends import ExactCheck, NamedModel, SolveOptions, SolveResult
    from allocator.milp.model import Vector


def mps_command(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The model, .mps or .mps.gz.", show_default=False)
    ],
    backend: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Solver library: highs, ortools or pulp; see `allocator backends`.",
            autocompletion=options.complete_backend,
        ),
    ] = "highs",
    solver: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="One of the backend's solvers, instead of its first.",
            autocompletion=options.complete_solver,
        ),
    ] = None,
    time_limit: Annotated[
        float, typer.Option(metavar="S", help="Seconds for the solver; inf for no limit.")
    ] = 300.0,
    gap: Annotated[
        float,
        typer.Option(metavar="G", help="Stop when no solution can be better by more than this share."),
    ] = 0.0001,
    threads: Annotated[
        int | None, typer.Option(metavar="N", help="Threads of the solver, instead of its own choice.")
    ] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Seed of the solver.")] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="PATH", help="Write the solution: name and value, one a line."),
    ] = None,
    log: Annotated[bool, typer.Option("--log", help="Show the solver's own log on stderr.")] = False,
    json_output: JsonOutput = False,
    debug: Debug = False,
) -> None:
    """Solve a model in MPS format, and check its solution in exact arithmetic.

    Example: allocator solve instances/kepri-2017.json --time-limit 9 --write-model kepri.mps.gz;
    allocator mps kepri.mps.gz --time-limit 60 --out kepri.sol

    Exit codes: 0 solved, or as far as the time went; 2 bad usage or input; 3 a backend is missing or
    failed; 4 the solution could not be written; 130 interrupted, the best solution is written.
    """
    with errors.answering(json_output=json_output, debug=debug):
        _require_sense(file, time_limit, gap, threads, seed, out)
        from allocator.backends import SolveOptions, StopReason, check_exactly, get_backend, read_mps

        chosen = _backend_or_problem(get_backend, backend)
        begun = time.monotonic()
        named = read_mps(file)
        load_seconds = time.monotonic() - begun
        with Interruption() as interruption:
            asked = SolveOptions(
                solver=solver,
                time_limit=time_limit,
                gap=gap,
                threads=threads,
                seed=seed,
                on_log=output.complain if log else None,
                interrupt=interruption.event,
            )
            result = _solve(chosen, named, _hearing(asked, chosen, named))
            interruption.settle()
            check = None if result.vector is None else check_exactly(named.model, result.vector)
            if out is not None and result.vector is not None:
                _write(named, result.vector, out)
        code = {StopReason.INTERRUPTED: errors.INTERRUPTED, StopReason.FAILED: errors.FAILED}.get(
            result.stop, errors.DONE
        )
        written = out if result.vector is not None else None
        document = _document(file, backend, named, result, check, load_seconds, written) | {"exit_code": code}
        if json_output:
            output.emit_json(document)
        else:
            output.emit(_screen(document, result))
        if out is not None and written is None:
            output.complain("No solution was found, so none was written.")
        raise typer.Exit(code)


def _require_sense(
    file: Path, time_limit: float, gap: float, threads: int | None, seed: int | None, out: Path | None
) -> None:
    problems = []
    if not time_limit >= 0:
        problems.append(Problem("--time-limit", str(time_limit), "seconds, 0 or more"))
    if not gap >= 0:
        problems.append(Problem("--gap", str(gap), "a share, 0 or more"))
    if threads is not None and threads < 1:
        problems.append(Problem("--threads", str(threads), "1 or more"))
    if seed is not None and not 0 <= seed < 2**31:
        problems.append(Problem("--seed", str(seed), f"0 to {2**31 - 1}"))
    if out is not None and out.exists() and file.exists() and out.samefile(file):
        problems.append(Problem("--out", str(out), "another file than the model"))
    if problems:
        raise InputError(problems)
    if out is not None:
        output.require_writable(out)


def _backend_or_problem(get: Any, name: str) -> Any:
    from allocator.backends import BACKENDS

    if name not in BACKENDS:
        raise InputError([Problem("--backend", name, f"one of {', '.join(BACKENDS)}")])
    return get(name)


def _hearing(asked: SolveOptions, backend: Any, named: NamedModel) -> SolveOptions:
    """The options, without the interrupt where the solver cannot be interrupted."""
    from dataclasses import replace

    from allocator.backends import choose_solver

    solvers = backend.solvers()
    if asked.solver is not None and asked.solver not in solvers:
        raise InputError([Problem("--solver", asked.solver, f"one of {', '.join(solvers)}")])
    _, able = choose_solver(backend.name, solvers, named.model, asked.solver)
    return asked if able.interrupt else replace(asked, interrupt=None)


def _solve(backend: Any, named: NamedModel, asked: SolveOptions) -> SolveResult:
    from allocator.backends import UnsupportedError

    try:
        result: SolveResult = backend.solve(named.model, asked)
    except UnsupportedError as error:  # threads, a seed, integer columns: the user asked for it
        raise InputError([Problem("options", str(error), "what this solver offers")]) from None
    return result


def _write(named: NamedModel, vector: Vector, path: Path) -> None:
    """The solution as MIPLIB has it: `=obj=` and the value, then each column that is not zero."""
    from allocator.documents import write_text

    lines = [f"=obj= {named.objective(vector)!r}\n"]
    values = zip(named.column_names, vector.tolist(), strict=True)
    lines += [f"{name} {value!r}\n" for name, value in values if value != 0.0]
    try:
        write_text(path, "".join(lines))
    except OutputError as error:
        raise OutputError(f"{error}; the solution is lost") from error


def _status(result: SolveResult) -> str:
    from allocator.backends import StopReason

    if result.stop in (StopReason.TIME_LIMIT, StopReason.INTERRUPTED) and result.vector is not None:
        return "interrupted" if result.stop is StopReason.INTERRUPTED else "feasible"
    return "unknown" if result.stop is StopReason.TIME_LIMIT else result.stop.value


def _document(
    file: Path,
    backend: str,
    named: NamedModel,
    result: SolveResult,
    check: ExactCheck | None,
    load_seconds: float,
    written: Path | None,
) -> dict[str, Any]:
    """What `--json` prints."""
    rows, columns = named.model.shape
    checked = None
    if check is not None:
        checked = {
            "row_violation": float(check.row[0]),
            "row": None if check.row[1] is None else named.row_names[check.row[1]],
            "bound_violation": float(check.column[0]),
            "column": None if check.column[1] is None else named.column_names[check.column[1]],
            "integrality_violation": float(check.integrality[0]),
        }
    return {
        "file": str(file),
        "sense": "maximise" if named.maximise else "minimise",
        "rows": rows,
        "columns": columns,
        "integer_columns": int(named.model.integer.sum()),
        "entries": int(named.model.matrix.nnz),
        "status": _status(result),
        "objective": None if check is None else named.in_its_sense(float(check.value)),
        "bound": named.in_its_sense(result.bound),
        "gap": result.gap,
        "check": checked,
        "backend": backend,
        "solver": result.solver,
        "message": result.message,
        "solution": None if written is None else str(written),
        "seconds": {
            "load": load_seconds,
            "hand_over": result.hand_over_seconds,
            "solve": result.seconds - result.hand_over_seconds,
        },
    }


def _screen(document: dict[str, Any], result: SolveResult) -> str:
    """What people see."""
    check, gap = document["check"], document["gap"]
    integer = document["integer_columns"]
    lines = [
        f"{document['file']}: {document['sense']}, {document['rows']:,} rows, {document['columns']:,} columns"
        f" ({integer:,} integer), {document['entries']:,} entries",
        f"Status     {document['status']}",
        f"Objective  {_number(document['objective'])}",
        f"Bound      {_number(document['bound'])}",
        f"Gap        {'unknown' if gap is None else f'{100 * gap:.4f} %'}",
    ]
    if check is not None:
        worst = max(check["row_violation"], check["bound_violation"], check["integrality_violation"])
        where = check["row"] if worst == check["row_violation"] else check["column"]
        found = "every row, bound and whole number holds exactly"
        if worst > 0:
            found = f"largest violation {worst:.2g}" + (f", at {where}" if where else "")
        lines.append(f"Check      {found}")
    lines.append(f"Solver     {document['backend']} {result.solver}, {result.seconds:.2f} s")
    if result.message:
        lines.append(f"Note       {result.message}")
    if document["solution"]:
        lines.append(f"Solution written to {document['solution']}")
    return "\n".join(lines) + "\n"


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:,.10g}"
