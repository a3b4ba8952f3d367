"""The command `allocator`: its commands, and the way out of the process.

Nothing heavy is imported here; a command imports what it needs when it runs.
"""

from __future__ import annotations

import inspect
import os
import sys
import warnings
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from allocator import __version__
from allocator.cli import errors
from allocator.cli.backends import backends_command
from allocator.cli.bench import bench_command
from allocator.cli.check import check_command
from allocator.cli.compare import compare_command
from allocator.cli.diff import diff_command
from allocator.cli.explain import explain_command
from allocator.cli.export import export_command
from allocator.cli.generate import generate_command
from allocator.cli.mps import mps_command
from allocator.cli.report import report_command
from allocator.cli.schema import schema_command
from allocator.cli.solve import solve_command
from allocator.cli.tables import convert_command, new_command
from allocator.cli.value import value_command
from allocator.cli.what_if import what_if_command

_UsageError: type[Exception] = typer.BadParameter.__mro__[2]  # click's, which typer does not name
assert _UsageError.__name__ == "ClickException"

app = typer.Typer(
    name="allocator",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"allocator {__version__}")
        raise typer.Exit


@app.callback()
def allocator(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    """Allocate a national ingestion quota and blank-card shipments to regional offices, day by day.

    Start with: allocator solve instances/kepri-2017.json
    """


def _add(name: str, command: Callable[..., None], further: Callable[[], str] | None = None) -> None:
    """Add a command; `further` makes the end of its help text, when somebody reads it."""

    class Command(TyperCommand):
        def format_help(self, ctx: Any, formatter: Any) -> None:
            if further is not None:
                self.help = f"{text}\n\n{further()}"
            super().format_help(ctx, formatter)

    # The lines of a docstring end where those of the source do, not where those of the terminal do.
    paragraphs = (inspect.getdoc(command) or "").split("\n\n")
    text = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    app.command(name, cls=Command, help=text)(command)


def _policies() -> str:
    from allocator.methods.policies import POLICIES

    return _listed("Simple rules:", {f"policy:{policy.name}": policy.summary for policy in POLICIES.values()})


def _families() -> str:
    from allocator.instance.generate import FAMILIES

    return _listed("Families:", {family.name: family.description for family in FAMILIES.values()})


def _listed(title: str, items: dict[str, str]) -> str:
    return "\n".join([title, *(f"- {name}: {text}" for name, text in items.items())])


_add("new", new_command)
_add("convert", convert_command)
_add("solve", solve_command, _policies)
_add("check", check_command)
_add("export", export_command)
_add("report", report_command)
_add("explain", explain_command)
_add("diff", diff_command)
_add("what-if", what_if_command)
_add("value", value_command)
_add("compare", compare_command)
_add("generate", generate_command, _families)
_add("mps", mps_command)
_add("bench", bench_command)
_add("schema", schema_command)
_add("backends", backends_command)


def run() -> None:
    """The entry point: runs the command of this process and ends it with the command's exit code."""
    if not sys.warnoptions:  # those of libraries are for programmers, who can ask for them with -W
        warnings.simplefilter("ignore")
    try:
        code = app(prog_name="allocator", standalone_mode=False)
    except _UsageError as error:
        code = errors.usage_error(error, sys.argv)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - nobody is to see a traceback
        code = errors.last_resort(error)
    _leave(code if isinstance(code, int) else errors.DONE)


def _leave(code: int) -> None:
    """End the process, at once where a solver that did not listen still runs in a thread of its own."""
    workers = sys.modules.get("allocator.backends.worker")
    if workers is not None and workers.left_behind() > 0:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(code)
    sys.exit(code)
