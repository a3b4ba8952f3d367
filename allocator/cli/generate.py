"""`allocator generate`: a seeded instance of a family."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli import errors, options, output
from allocator.cli.options import Debug, JsonOutput


def generate_command(
    family: Annotated[
        str,
        typer.Argument(
            metavar="FAMILY",
            help="What is short; see above.",
            show_default=False,
            autocompletion=options.complete_family,
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="PATH",
            help="Where to write it, JSON or .xlsx; - for stdout.",
            show_default=False,
        ),
    ],
    offices: Annotated[
        int | None,
        typer.Option(metavar="N", help="Number of offices, instead of the family's own.", show_default=False),
    ] = None,
    days: Annotated[int, typer.Option(metavar="N", help="Length of the horizon.")] = 90,
    seed: Annotated[int, typer.Option(metavar="N", help="Same seed, same instance, always.")] = 0,
    office_table: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Take the offices from a table with columns code, name, province, population, lat, lon.",
            show_default=False,
        ),
    ] = None,
    json_output: JsonOutput = False,
    debug: Debug = False,
) -> None:
    """Make a seeded instance to plan for.

    Example: allocator generate quota --offices 8 --days 60 --out quota.json

    Exit codes: 0 written; 2 bad usage or input; 4 it could not be written.
    """
    with errors.answering(json_output=json_output, debug=debug):
        from allocator.errors import InputError, Problem
        from allocator.instance.files import dump_instance
        from allocator.instance.files import save_instance as save_json
        from allocator.instance.generate import generate_instance
        from allocator.report.summary import headline
        from allocator.report.wording import plural
        from allocator.tables.files import save_instance

        to_stdout = str(out) == "-"
        if to_stdout and json_output:
            raise InputError([Problem("--out", "-", "a file, as stdout is taken by --json")])
        if not to_stdout:
            output.require_writable(out)
        made = generate_instance(family, offices=offices, days=days, seed=seed, office_table=office_table)
        if to_stdout:
            output.emit(dump_instance(made))
            return
        if out.suffix.casefold() == ".xlsx":
            save_instance(made, out)
        else:
            save_json(made, out)
        sizes = {kind: len(getattr(made, kind)) for kind in ("offices", "streams", "depots", "lanes")}
        if json_output:
            document = {"instance": made.name, "path": str(out), "family": family, "seed": seed}
            output.emit_json({**document, "days": made.days, "start": made.start.isoformat(), **sizes})
        else:
            name, *_ = headline(made)
            size = ", ".join(plural(number, kind.removesuffix("s")) for kind, number in sizes.items())
            output.emit(
                f"Wrote {out}: {name}, {size}, {plural(made.days, 'day')} from {made.start.isoformat()}\n"
            )
