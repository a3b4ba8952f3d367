"""`allocator diff`: what changed from one plan to another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from allocator.cli import errors, options, output
from allocator.cli.files import read_judged
from allocator.cli.options import Debug, InstancePath, JsonOutput, MaxFileSize


def diff_command(
    instance: InstancePath,
    before: Annotated[
        Path,
        typer.Argument(
            metavar="PLAN", help="The first plan: JSON, or as export writes it.", show_default=False
        ),
    ],
    after: Annotated[
        Path, typer.Argument(metavar="PLAN", help="The second plan, likewise.", show_default=False)
    ],
    second_instance: Annotated[
        Path | None,
        typer.Option(
            metavar="INSTANCE",
            help="Judge the second plan by this instance instead, much like the first.",
            show_default=False,
        ),
    ] = None,
    all_offices: Annotated[
        bool, typer.Option("--all-offices", help="Show every office that has a change.")
    ] = False,
    json_output: JsonOutput = False,
    max_file_size: MaxFileSize = options.DEFAULT_MEGABYTES,
    debug: Debug = False,
) -> None:
    """Say what changed from one plan to another, in words and numbers, and who wins and who loses.

    Costs are computed from both plans with the instance, exactly. Changes are second minus first.

    Example: allocator diff instances/kepri-2017.json monday.plan.json tuesday.plan.json

    Exit codes: 0 done; 2 bad usage or input.
    """
    with errors.answering(json_output=json_output, debug=debug):
        from allocator.analysis import diff

        max_bytes = options.in_bytes(max_file_size)
        found = diff(*read_judged([(instance, before), (second_instance or instance, after)], max_bytes))
        if json_output:
            from allocator.report.difference import difference_sentences

            document = {"instance": found.before.instance.name, "words": difference_sentences(found)}
            output.emit_json(document | found.as_dict())
        else:
            from allocator.report.difference import difference_screen

            labels = ("First", "Second")
            output.show(lambda width: difference_screen(found, labels, width=width, every_office=all_offices))
