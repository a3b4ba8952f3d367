"""`allocator explain`: which bottleneck costs whom how much, and why an office got no more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allocator.cli import errors, options, output
from allocator.cli.files import read_both
from allocator.cli.options import Debug, InstancePath, JsonOutput, MaxFileSize
from allocator.errors import InputError, Problem

if TYPE_CHECKING:
    from allocator.explanation import Explanation, OfficeExplanation
    from allocator.instance.models import Instance


def explain_command(
    instance: InstancePath,
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="The plan, a JSON file.", show_default=False)],
    office: Annotated[
        list[str] | None,
        typer.Option(
            "--office", metavar="ID", help="Explain this office; may be repeated.", show_default=False
        ),
    ] = None,
    json_output: JsonOutput = False,
    max_file_size: MaxFileSize = options.DEFAULT_MEGABYTES,
    debug: Debug = False,
) -> None:
    """Explain what a plan costs: which bottleneck costs which office how much, and from when to when.

    Every unit of the cost is charged to the first thing that was missing: a slot, the office's own link,
    a blank, a printer. The charges add up to the cost exactly; docs/explain.md has the formulas.
    People see the nation and the offices that cost most, --office one office's own story, --json all.

    Example: allocator explain instances/kepri-2017.json kepri-2017.plan.json --office 21.72

    Exit codes: 0 done; 2 bad usage or input, such as a plan that breaks rules.
    """
    with errors.answering(json_output=json_output, debug=debug):
        asked, explanation = _explain(instance, plan, options.in_bytes(max_file_size))
        chosen = _choose(asked, explanation, office or [])
        if json_output:
            output.emit_json(_document(asked, explanation, chosen))
        else:
            from allocator.report.explanation import explain_screen

            output.show(lambda width: explain_screen(asked, explanation, chosen, width=width))


def _explain(instance_path: Path, plan_path: Path, max_bytes: int) -> tuple[Instance, Explanation]:
    from allocator.explanation import explain

    instance, plan = read_both(instance_path, plan_path, max_bytes)
    try:
        return instance, explain(instance, plan)
    except InputError as error:
        raise InputError(error.problems, str(plan_path)) from None


def _choose(
    instance: Instance, explanation: Explanation, wanted: list[str]
) -> tuple[OfficeExplanation, ...] | None:
    """The offices asked for, or None when none is. Raises InputError with every unknown id."""
    if not wanted:
        return None
    known = instance.arrays.office_index
    unknown = [
        Problem("--office", f'"{name}"', _expected(name, known)) for name in wanted if name not in known
    ]
    if unknown:
        raise InputError(unknown)
    return tuple(explanation.offices[known[name]] for name in dict.fromkeys(wanted))


def _expected(name: str, known: dict[str, int]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=3, cutoff=0.5)
    return f"the id of an office of the instance, such as {', '.join(close or list(known)[:3])}"


def _document(
    instance: Instance, explanation: Explanation, chosen: tuple[OfficeExplanation, ...] | None
) -> dict[str, Any]:
    """What `--json` prints: the explanation, with dates and the sentences beside the numbers."""
    from allocator.report.explanation_words import nation_sentences, office_sentences
    from allocator.report.wording import date_of

    offices = explanation.offices if chosen is None else chosen
    document = {
        "instance": instance.name,
        "currency": instance.currency,
        "words": nation_sentences(instance, explanation),
        **explanation.as_dict(offices),
    }
    for record, office in zip(document["offices"], offices, strict=True):
        record["words"] = office_sentences(instance, explanation, office)
    for part in (document, *document["offices"]):
        for record in (*part["charges"], *part.get("national_charges", [])):
            record["first_date"] = date_of(instance, record["first_day"]).isoformat()
            record["last_date"] = date_of(instance, record["last_day"]).isoformat()
        for record in (part.get("one_more_slot"), part.get("one_more_pack")):
            if record is not None:
                record["date"] = date_of(instance, record["day"]).isoformat()
    return document
