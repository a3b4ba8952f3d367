"""`allocator report`: a plan as one HTML file for people."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from allocator.cli import errors, options, output
from allocator.cli.check import document_of, judge
from allocator.cli.options import Debug, InstancePath, JsonOutput, MaxFileSize
from allocator.errors import InputError, Problem


def report_command(
    instance: InstancePath,
    plan: Annotated[
        Path,
        typer.Argument(metavar="PLAN", help="The plan: JSON, or as export writes it.", show_default=False),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="PATH", help="Where to write the HTML file.", show_default=False),
    ],
    lang: Annotated[
        str, typer.Option("--lang", metavar="en|id", help="Language: English or Indonesian.")
    ] = "en",
    json_output: JsonOutput = False,
    max_file_size: MaxFileSize = options.DEFAULT_MEGABYTES,
    debug: Debug = False,
) -> None:
    """Write a plan as one HTML file that opens in any browser, offline.

    It shows the plan beside the simple rules, what binds when, queues and blanks over time, a map of
    what offices lack, each office's own story, the dispatch calendar, fairness across provinces, and
    how good the plan is proven to be.

    Example: allocator report instances/kepri-2017.json kepri-2017.plan.json -o report.html

    Exit codes: 0 written; 1 the plan is not valid, nothing is written; 2 bad usage or input;
    4 it could not be written.
    """
    with errors.answering(json_output=json_output, debug=debug):
        from allocator.documents import write_text
        from allocator.report.html import make_page, report_data
        from allocator.report.html.words import load_words

        begun = time.monotonic()
        load_words(lang)  # a language that is not there is told of before any work
        if out.suffix.casefold() not in {".html", ".htm"}:
            raise InputError([Problem("--out", str(out), "a name ending in .html")])
        output.require_writable(out)
        asked, answered, verdict = judge(instance, plan, options.in_bytes(max_file_size))
        if not verdict.valid:
            if json_output:
                output.emit_json(document_of(asked, verdict))
            else:
                from allocator.report.screens import check_screen

                output.show(lambda width: check_screen(asked, answered, verdict, width=width))
                output.complain("Error: the plan is not valid, so that no report was written.")
            raise typer.Exit(errors.VIOLATIONS)
        page = make_page(report_data(asked, answered, verdict), lang)
        write_text(out, page)
        size, seconds = len(page.encode()), time.monotonic() - begun
        if json_output:
            output.emit_json(
                {
                    "report": str(out),
                    "language": lang,
                    "bytes": size,
                    "valid": True,
                    "cost": float(verdict.cost.total),
                    "seconds": seconds,
                }
            )
        else:
            output.emit(f"Wrote {out}: {size / 1e6:.1f} MB, in {seconds:.1f} s. Open it in any browser.\n")
