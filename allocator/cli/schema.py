"""`allocator schema`: the JSON Schema of instance and plan files."""

from __future__ import annotations

from typing import Annotated

import typer

from allocator.cli import errors, output
from allocator.cli.options import Debug, JsonOutput
from allocator.errors import InputError, Problem

KINDS = ("instance", "plan")


def schema_command(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="[instance|plan]",
            help="Of which kind of file.",
            autocompletion=lambda incomplete: [kind for kind in KINDS if kind.startswith(incomplete)],
        ),
    ] = "instance",
    json_output: JsonOutput = False,
    debug: Debug = False,
) -> None:
    """Print the JSON Schema of instance or plan files, with every field explained.

    It is the same with and without --json. A file that fits it can still contradict itself, which
    solve and check find out.

    Exit codes: 0 done; 2 bad usage; 4 it could not be written.
    """
    with errors.answering(json_output=json_output, debug=debug):
        if kind not in KINDS:
            raise InputError([Problem("kind", kind, "one of " + ", ".join(KINDS))])
        from allocator.instance.models import Instance
        from allocator.plan.models import Plan

        model = Instance if kind == "instance" else Plan
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
        output.emit_json(schema | model.model_json_schema(by_alias=True))
