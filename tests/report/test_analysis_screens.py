"""The screens of analyses, at several widths: no number is cut, no line is too long."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest
from rich.console import Console, RenderableType

from allocator.analysis import diff, judge
from allocator.analysis.changes import Amounts
from allocator.analysis.compare import compare
from allocator.analysis.value import value
from allocator.instance.models import Instance
from allocator.report.compare import compare_screen, excess
from allocator.report.difference import difference_screen
from allocator.report.value import value_screen
from allocator.solving import Outcome, solve


def printed(parts: Sequence[RenderableType], width: int) -> str:
    page = io.StringIO()
    console = Console(file=page, width=width, markup=False, highlight=False)
    for part in parts:
        console.print(part)
    return page.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_screens_fit(full_instance: Instance, width: int) -> None:
    found = compare(full_instance, ["policy:empty", "policy:equal"], lambda one, by: solve(one, method=by))
    first, second = (other.outcome.plan for other in found.competitors)
    difference = diff(judge(full_instance, first), judge(full_instance, second))
    values = value(full_instance, amounts=Amounts(1, 1, 1), every=3)
    for parts, figure in (
        (compare_screen(found, width=width), f"{found.competitors[0].outcome.objective:,.2f}"),
        (difference_screen(difference, ("First", "Second"), width=width), f"{difference.after.cost:,.2f}"),
        (value_screen(values, width=width), f"{values.worths[0].estimate:,.2f}"),
    ):
        text = printed(parts, width)
        assert figure in text
        assert max(len(line.rstrip()) for line in text.splitlines()) <= width


@pytest.mark.parametrize(
    ("bound", "title"),
    [(10.0, "Cost beyond the proven bound"), (None, "Cost beyond the cheapest plan")],
)
def test_cost_bars_show_what_the_methods_leave_unsaved(
    full_instance: Instance, bound: float | None, title: str
) -> None:
    def solve_by(one: Instance, method: str) -> Outcome:
        return replace(solve(one, method=method), bound=bound)

    found = compare(full_instance, ["policy:empty", "policy:equal", "policy:tiers"], solve_by)
    costs = {other.method: float(other.outcome.objective) for other in found.competitors}
    least = min(costs.values()) if bound is None else bound
    shown = excess(found)
    assert shown.title == f"{title}, without doing nothing"
    assert dict(shown.amounts) == {
        method: pytest.approx(cost - least) for method, cost in costs.items() if method != "policy:empty"
    }
    assert shown.title in printed(compare_screen(found, width=80), 80)
    alone = excess(compare(full_instance, ["policy:empty"], solve_by))
    assert alone.title == title
    assert [method for method, _ in alone.amounts] == ["policy:empty"]
