"""`allocator explain`: which bottleneck costs whom how much, and why an office got no more."""

from __future__ import annotations

import datetime
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
    from allocator.plan.models import Plan


def explain_command(
    instance: InstancePath,
    plan: Annotated[
        Path,
        typer.Argument(metavar="PLAN", help="The plan: JSON, or as export writes it.", show_default=False),
    ],
    office: Annotated[
        list[str] | None,
        typer.Option(
            "--office", metavar="ID", help="Explain this office; may be repeated.", show_default=False
        ),
    ] = None,
    from_date: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="DATE",
            help="Ask for one more slot and pack on the first day from this date on that lacks one.",
            show_default=False,
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
        asked, answered = read_both(instance, plan, options.in_bytes(max_file_size))
        chosen, from_day = _check(asked, office or [], from_date)
        explanation = _explain(asked, answered, plan, from_day)
        offices = None if chosen is None else [explanation.offices[number] for number in chosen]
        if json_output:
            output.emit_json(_document(asked, explanation, offices))
        else:
            from allocator.report.explanation import explain_screen

            output.show(lambda width: explain_screen(asked, explanation, offices, width=width))


def _explain(instance: Instance, plan: Plan, plan_path: Path, from_day: int) -> Explanation:
    from allocator.explanation import explain

    try:
        return explain(instance, plan, from_day=from_day)
    except InputError as error:
        raise InputError(error.problems, str(plan_path)) from None


def _check(instance: Instance, offices: list[str], date: str | None) -> tuple[list[int] | None, int]:
    """The numbers of the offices asked for, None when none is, and the day to ask from.

    Raises InputError with everything that is wrong.
    """
    known = instance.arrays.office_index
    problems = [
        Problem("--office", f'"{name}"', _expected(name, instance)) for name in offices if name not in known
    ]
    from_day = 0 if date is None else _day(instance, date)
    if from_day is None:
        last = instance.start + datetime.timedelta(days=instance.days - 1)
        problems.append(Problem("--from", f'"{date}"', f"a date from {instance.start} to {last}"))
    if problems or from_day is None:
        raise InputError(problems)
    return [known[name] for name in dict.fromkeys(offices)] or None, from_day


def _day(instance: Instance, date: str) -> int | None:
    """The day of a date, None if it is none of the horizon."""
    try:
        day = (datetime.date.fromisoformat(date) - instance.start).days
    except ValueError:
        return None
    return day if 0 <= day < instance.days else None


def _expected(name: str, instance: Instance) -> str:
    """The ids nearest to it, with the names of their offices, where it may be one or part of one."""
    from difflib import get_close_matches

    title = {office.id: office.name for office in instance.offices}
    wanted = name.casefold()
    named = [each for each, own in title.items() if wanted in own.casefold()] if wanted else []
    close = named[:3] or get_close_matches(name, title, n=3, cutoff=0.5) or list(title)[:3]
    shown = ", ".join(each if title[each] == each else f"{each} ({title[each]})" for each in close)
    return f"the id of an office of the instance, such as {shown}"


def _document(
    instance: Instance, explanation: Explanation, chosen: list[OfficeExplanation] | None
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
