"""The screens of `solve` and `check`, put together from their tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.text import Text

from allocator.instance.models import Instance
from allocator.plan.arrays import PlanArrays
from allocator.plan.models import Plan
from allocator.report.comparison import Contender, comparison_table
from allocator.report.office_table import office_tables
from allocator.report.offices import office_rows
from allocator.report.shipments import first_shipments
from allocator.report.summary import headline, origin, verdict_on_gap
from allocator.report.violations import violation_parts
from allocator.report.wording import clean
from allocator.solving import Outcome
from allocator.verdict import Verdict, verify

_WORDS = Text(
    "Unprintable: the record is not yet ingested and processed, so that no card can be printed. "
    "Waiting: print-ready, but without a card.",
    style="dim",
)

_WORTHLESS = Text(
    "This plan breaks rules, so its cost and what it saves are not those of anything that can be done."
)

WIDEST = 120
"""Wider tables are hard to read along."""


def solve_screen(
    outcome: Outcome,
    *,
    gap_asked: float,
    time_limit: float | None,
    rounds_asked: int | None = None,
    width: int,
    every_office: bool = False,
) -> list[RenderableType]:
    """What was solved, how good the plan is, who gets what, what to dispatch first."""
    instance, width = outcome.instance, min(width, WIDEST)
    contenders = _contenders(outcome)
    rows = office_rows(instance, outcome.decisions, outcome.verdict)
    return _spaced(
        [
            _lines(headline(instance), bold=1),
            comparison_table(instance, contenders, outcome.bound, width),
            _WORDS,
            *office_tables(rows, width, every=every_office),
            first_shipments(instance, outcome.plan, width),
            _lines([*verdict_on_gap(outcome, gap_asked, time_limit, rounds_asked), origin(outcome)], bold=0),
        ]
    )


def check_screen(instance: Instance, plan: Plan, verdict: Verdict, *, width: int) -> list[RenderableType]:
    """Whether the plan is valid, where it is not, and what it costs."""
    width = min(width, WIDEST)
    contenders = [Contender("This plan", verdict), *_doing_nothing(instance)]
    return _spaced(
        [
            _lines(headline(instance), bold=1),
            comparison_table(instance, contenders, None, width),
            _WORDS,
            *([] if verdict.valid else [_WORTHLESS]),
            *_claim(plan, verdict, instance),
            *violation_parts(instance, verdict, width),
        ]
    )


def _contenders(outcome: Outcome) -> list[Contender]:
    """This plan, the best simple policy where that is another one, and doing nothing."""
    contenders = [Contender("This plan", outcome.verdict)]
    best = outcome.best_policy
    other = best not in (None, "empty") and not outcome.method.startswith("policy:")
    if other and outcome.policy_plan is not None:
        contenders.append(Contender(f"Best policy:\n{best}", verify(outcome.instance, outcome.policy_plan)))
    return [*contenders, *_doing_nothing(outcome.instance)]


def _doing_nothing(instance: Instance) -> list[Contender]:
    return [Contender("Doing\nnothing", verify(instance, PlanArrays.empty(instance)))]


def _claim(plan: Plan, verdict: Verdict, instance: Instance) -> list[RenderableType]:
    """What the plan file says of its own cost, where that is not so."""
    claimed, cost = plan.solution.objective, float(verdict.cost.total)
    if claimed is None or abs(claimed - cost) <= 1e-6 * max(1.0, abs(cost)):
        return []
    currency = clean(instance.currency)
    return [Text(f"The plan file claims a cost of {claimed:,.2f} {currency}; it is {cost:,.2f} {currency}.")]


def _lines(lines: Iterable[str], *, bold: int) -> Text:
    """Lines of text, the first so many of them bold."""
    text = Text()
    for number, line in enumerate(lines):
        text.append(("\n" if number else "") + line, style="bold" if number < bold else "")
    return text


def _spaced(parts: Sequence[RenderableType]) -> list[RenderableType]:
    """An empty line between parts."""
    spaced: list[RenderableType] = []
    for part in parts:
        spaced += [part, Text("")]
    return spaced
