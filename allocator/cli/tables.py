"""`allocator new` and `allocator convert`: instances as workbooks, folders of tables, and JSON."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allocator.cli import errors, options, output
from allocator.cli.options import Debug, JsonOutput, MaxFileSize
from allocator.errors import InputError, Problem

if TYPE_CHECKING:
    from allocator.instance.models import Instance

Force = Annotated[bool, typer.Option("--force", help="Replace what is there already.")]
_FORMATS = "a name ending in .json or .xlsx, or a folder for CSV files"


def new_command(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help=f"What to make: {_FORMATS}.", show_default=False)
    ],
    force: Force = False,
    json_output: JsonOutput = False,
    debug: Debug = False,
) -> None:
    """Make a small instance with a guide, to be changed into your own.

    It is valid as it stands. Example: allocator new plan.xlsx, then: allocator solve plan.xlsx

    Exit codes: 0 written; 2 bad usage; 4 it could not be written.
    """
    with errors.answering(json_output=json_output, debug=debug):
        from allocator.tables.files import save_instance
        from allocator.tables.template import template_instance

        require_place(path)
        _require_nothing_there(path, "PATH", force=force)
        made = template_instance(path.stem or "my-plan")
        save_instance(made, path)
        _tell(made, path, json_output, f"Change it, then: allocator solve {path}")


def convert_command(
    source: Annotated[
        Path, typer.Argument(metavar="FROM", help="The instance, in any format.", show_default=False)
    ],
    target: Annotated[
        Path, typer.Argument(metavar="TO", help=f"What to write: {_FORMATS}.", show_default=False)
    ],
    force: Force = False,
    json_output: JsonOutput = False,
    max_file_size: MaxFileSize = options.DEFAULT_MEGABYTES,
    debug: Debug = False,
) -> None:
    """Write an instance in another format; nothing is lost, and back again it is the same.

    Example: allocator convert instances/kepri-2017.json kepri.xlsx

    Exit codes: 0 written; 2 bad usage or input; 4 it could not be written.
    """
    with errors.answering(json_output=json_output, debug=debug):
        from allocator.tables.files import load_instance, save_instance

        require_place(target, source)
        _require_nothing_there(target, "TO", force=force)
        instance = load_instance(source, options.in_bytes(max_file_size))
        save_instance(instance, target)
        _tell(instance, target, json_output)


def require_place(path: Path, *inputs: Path) -> None:
    """Find out before the work whether its result can be written, and that it replaces no input.

    Raises InputError, OutputError.
    """
    from allocator.tables.csv_folder import require_folder
    from allocator.tables.formats import format_to_write

    try:
        kind = format_to_write(path)
    except InputError as error:
        raise InputError(error.problems, str(path)) from None
    if str(path) == "-":
        raise InputError([Problem("", "-", _FORMATS)])
    for source in inputs:
        if path.exists() and source.exists() and os.path.samefile(path, source):
            raise InputError([Problem("", str(path), "another place than that of the input")])
    if kind == "folder":
        require_folder(path)
    else:
        output.require_writable(path)


def _require_nothing_there(path: Path, argument: str, *, force: bool) -> None:
    """Nobody is to lose an instance that they filled in. Raises InputError."""
    if not force and (path.is_file() or (path.is_dir() and any(path.iterdir()))):
        expected = "a path where nothing is yet, or --force"
        raise InputError([Problem(argument, f"{path}, which is there already", expected)])


def _tell(instance: Instance, path: Path, json_output: bool, further: str = "") -> None:
    from allocator.report.wording import plural

    sizes = {kind: len(getattr(instance, kind)) for kind in ("offices", "streams", "depots", "lanes")}
    if json_output:
        document: dict[str, Any] = {"instance": instance.name, "path": str(path), "days": instance.days}
        output.emit_json(document | sizes)
        return
    size = ", ".join(plural(number, kind.removesuffix("s")) for kind, number in sizes.items())
    lines = [f"Wrote {path}: {instance.name}, {size}, {plural(instance.days, 'day')}", further]
    output.emit("".join(f"{line}\n" for line in lines if line))
