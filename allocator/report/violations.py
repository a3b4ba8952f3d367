"""Broken rules as a list that a person can act on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.console import RenderableType
from rich.text import Text

from allocator.instance.models import Instance
from allocator.report.tables import Column, fitted_table, names
from allocator.report.wording import clean, count, plural, short_date
from allocator.verdict import Verdict, Violation

MOST_ROWS = 20

RULES = {
    1: ("quota", "records"),
    2: ("storage", "records"),
    3: ("office link", "records"),
    4: ("ingested once", "records"),
    5: ("print-ready", "cards"),
    6: ("blanks", "blanks"),
    7: ("printers", "cards"),
    8: ("office store", "blanks"),
    9: ("lanes", "packs"),
    10: ("depot stock", "blanks"),
    11: ("depot dispatch", "packs"),
}
"""Name, and what amounts are counted in, by number as in the contract."""


@dataclass(frozen=True)
class _Run:
    """The same rule broken at the same place on days that follow each other."""

    worst: Violation
    first_day: int
    last_day: int


def violation_parts(instance: Instance, verdict: Verdict, width: int) -> list[RenderableType]:
    """That the plan is valid; or which rules it breaks where, when and by how much, the first twenty."""
    violations = verdict.violations
    if not violations:
        return [Text(f"Valid: the plan keeps all {len(RULES)} rules.", style="bold")]
    runs = list(_runs(violations))
    broken = len({violation.rule for violation in violations})
    title = f"Not valid: {plural(len(violations), 'violation')} of {plural(broken, 'rule')}"
    parts: list[RenderableType] = [_table(title, instance, runs[:MOST_ROWS], width)]
    if len(runs) > MOST_ROWS:
        parts.append(Text(f"and {len(runs) - MOST_ROWS:,} more such places; --json lists every day of each."))
    return parts


def _table(title: str, instance: Instance, runs: Sequence[_Run], width: int) -> RenderableType:
    worst = [run.worst for run in runs]
    columns = [
        Column("Rule", [f"{item.rule:2d} {RULES[item.rule][0]}" for item in worst], align="left"),
        names("Where", [_where(instance, item) for item in worst]),
        Column("From", [f"day {run.first_day}, {short_date(instance, run.first_day)}" for run in runs]),
        Column("Days", [count(run.last_day - run.first_day + 1) for run in runs]),
        Column("By at most", [f"{_amount(item)} {RULES[item.rule][1]}" for item in worst]),
    ]
    return fitted_table(title, columns, width)


def _runs(violations: Sequence[Violation]) -> Iterator[_Run]:
    """Violations come by rule, by place, by day, so that a run is made of neighbours."""
    run: _Run | None = None
    for item in violations:
        if run is not None and _place(item) == _place(run.worst) and item.day == run.last_day + 1:
            worst = item if item.amount > run.worst.amount else run.worst
            run = replace(run, worst=worst, last_day=item.day)
            continue
        if run is not None:
            yield run
        run = _Run(item, item.day, item.day)
    if run is not None:
        yield run


def _place(item: Violation) -> tuple[int, str | None, str | None, str | None, str | None]:
    return item.rule, item.office, item.stream, item.lane, item.depot


def _where(instance: Instance, item: Violation) -> str:
    """Names with the ids by which the files know them."""
    parts = []
    if item.office is not None:
        office = instance.offices[instance.arrays.office_index[item.office]]
        parts.append(_named(office.name, office.id))
    if item.depot is not None:
        depot = instance.depots[instance.arrays.depot_index[item.depot]]
        parts.append(_named(depot.name, depot.id))
    parts += [clean(part) for part in (item.stream, item.lane) if part is not None]
    return ", ".join(parts) or "whole nation"


def _named(name: str, identifier: str) -> str:
    return clean(name) if name == identifier else f"{clean(identifier)} {clean(name)}"


def _amount(item: Violation) -> str:
    """Rounded up: less would not mend it."""
    return count(-int(-item.amount // 1))
