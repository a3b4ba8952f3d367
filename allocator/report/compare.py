"""Methods side by side: a table, bars in the terminal, and a chart in a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.bar import Bar
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from allocator.analysis.compare import Comparison, Competitor
from allocator.report.summary import headline
from allocator.report.tables import Column, fitted_table, names
from allocator.report.wording import UNKNOWN, Money, clean, count, days_long, seconds, share

if TYPE_CHECKING:
    import altair

WIDEST = 120
CHARTS_EXTRA = "charts need altair and vl-convert: pip install altair vl-convert-python"


def compare_screen(found: Comparison, *, width: int) -> list[RenderableType]:
    """Figures in a table, then what each method leaves unsaved and the waits as bars."""
    width = min(width, WIDEST)
    costs = [other.outcome.objective for other in found.competitors]
    money = Money.fitting(found.instance.currency, costs)
    cheapest = found.cheapest
    known = {office.id: office.name for office in found.instance.offices}
    bound = found.bound
    lines = [
        f"The cheapest plan is that of {cheapest.method}, {money.with_unit(cheapest.outcome.objective)}."
    ]
    if bound is not None:
        lines.append(f"Proven: no plan costs less than {money.with_unit(bound)}.")
    lines.append(
        "Wait: days waited within the horizon per applicant, with or without a card at its end; worst tenth:"
        " of the people at the offices where it is longest; Gini: 0 where it is the same everywhere."
    )
    parts: list[RenderableType] = [
        Text(headline(found.instance)[0], style="bold"),
        _table(found, money, known, width),
        _excess_bars(found, money, width),
        _bars(
            "Wait of the worst tenth, days",
            [(other.method, other.fairness.worst_decile_days or 0.0) for other in found.competitors],
            days_long,
            width,
        ),
        Text("\n".join(lines)),
    ]
    return [piece for part in parts for piece in (part, Text(""))][:-1]


def _table(found: Comparison, money: Money, known: dict[str, str], width: int) -> RenderableType:
    def row(label: str, cell: Callable[[Competitor], str]) -> tuple[str, list[str]]:
        return label, [cell(other) for other in found.competitors]

    rows = [
        row(f"Cost, {money.unit}", lambda other: money.amount(other.outcome.objective)),
        row("  above the bound", lambda other: _above(other, found.bound)),
        row("Freight", lambda other: money.amount(other.outcome.verdict.kpis.freight_cost)),
        row("Slots used", lambda other: count(other.outcome.verdict.kpis.ingested)),
        row("Cards printed", lambda other: count(other.outcome.verdict.kpis.cards)),
        row("  mean wait for them, days", lambda other: days_long(other.outcome.verdict.kpis.mean_wait_days)),
        row(
            "Without a card at the end",
            lambda other: count(other.outcome.verdict.kpis.interim_certificates_end),
        ),
        row("Wait per applicant, days", lambda other: days_long(other.fairness.mean_days)),
        row("  worst tenth", lambda other: days_long(other.fairness.worst_decile_days)),
        row("  worst office", lambda other: days_long(other.fairness.worst_office_days)),
        row("Gini", lambda other: UNKNOWN if other.fairness.gini is None else f"{other.fairness.gini:.3f}"),
        row("Seconds", lambda other: seconds(other.outcome.seconds["total"])),
    ]
    # Methods stand one below the other where there are more than the width has room for.
    headers = [other.method.replace("policy:", "policy:\n") for other in found.competitors]
    columns = [Column(header, [cells[n] for _, cells in rows]) for n, header in enumerate(headers)]
    if 28 + sum(column.width + 1 for column in columns) <= width:
        return fitted_table("", [names("", [label for label, _ in rows]), *columns], width)
    down = [names("Method", [other.method for other in found.competitors])]
    short = ["Cost", "Above\nbound", "", "", "Cards", "", "Without\na card", "Wait,\ndays", "Worst\ntenth"]
    short += ["Worst\noffice", "Gini", "Took"]
    down += [Column(title, cells) for title, (_, cells) in zip(short, rows, strict=True) if title]
    down[1] = Column(f"Cost,\n{money.unit}", rows[0][1])
    worst = [clean(known.get(other.fairness.worst_office or "", UNKNOWN)) for other in found.competitors]
    down.append(Column("Which is it", worst, align="left", names=True, yields=2))
    return fitted_table("", down, width)


@dataclass(frozen=True)
class Excess:
    """What the methods cost beyond what any plan costs: beside whole costs, it is too little to be seen."""

    title: str
    amounts: tuple[tuple[str, float], ...]
    """By method, without those whose cost would leave no room to tell the others apart."""


def excess(found: Comparison) -> Excess:
    """Beyond the proven bound or, where nothing is proven, beyond the cheapest plan."""
    others = [other for other in found.competitors if other.method != _DOING_NOTHING]
    shown = others or list(found.competitors)
    if found.bound is None:
        title, least = "Cost beyond the cheapest plan", float(found.cheapest.outcome.objective)
    else:
        title, least = "Cost beyond the proven bound", found.bound
    if len(shown) < len(found.competitors):
        title += ", without doing nothing"
    return Excess(
        title, tuple((other.method, max(0.0, float(other.outcome.objective) - least)) for other in shown)
    )


_DOING_NOTHING = "policy:empty"
"""It costs many times what the others do."""


def _excess_bars(found: Comparison, money: Money, width: int) -> RenderableType:
    shown = excess(found)
    return _bars(f"{shown.title}, {money.unit}", shown.amounts, money.amount, width)


def _bars(
    title: str, values: Sequence[tuple[str, float]], label: Callable[[float], str], width: int
) -> RenderableType:
    """Bars from 0, so that their lengths compare."""
    table = Table.grid(padding=(0, 1))
    room = max(10, width - 40)
    most = max((value for _, value in values), default=0.0)
    for method, value in values:
        table.add_row(
            Text(method), Text(label(value), justify="right"), Bar(most or 1.0, 0, value, width=room)
        )
    whole = Table.grid()
    whole.add_row(Text(title, style="bold"))
    whole.add_row(table)
    return whole


def _above(other: Competitor, bound: float | None) -> str:
    if bound is None or not other.outcome.objective:
        return UNKNOWN
    return share(max(0.0, (other.outcome.objective - bound) / other.outcome.objective))


def comparison_chart(found: Comparison) -> altair.HConcatChart:
    """What is left unsaved, cost by term, and waits, by method. Raises ImportError without altair."""
    import altair as alt

    order = [other.method for other in found.competitors]
    money = Money.fitting(found.instance.currency, [other.outcome.objective for other in found.competitors])
    left = excess(found)
    excess_rows = [{"method": method, "cost": amount / money.scale} for method, amount in left.amounts]
    cost_rows: list[dict[str, Any]] = [
        {"method": other.method, "term": label, "cost": amount / money.scale, "place": place}
        for other in found.competitors
        for place, (label, amount) in enumerate(_terms(other))
    ]
    wait_rows = [
        {"method": other.method, "who": who, "days": value}
        for other in found.competitors
        for who, value in (
            ("all", other.fairness.mean_days),
            ("worst tenth", other.fairness.worst_decile_days),
            ("worst office", other.fairness.worst_office_days),
        )
        if value is not None
    ]
    y = alt.Y("method:N", sort=order, title=None)
    unsaved = (
        alt.Chart(
            alt.InlineData(values=excess_rows),
            title=left.title.split(", "),
            width=300,
        )
        .mark_bar(color=_COLOURS[0])
        .encode(
            y=y,
            x=alt.X("cost:Q", title=money.unit, scale=alt.Scale(zero=True)),
            tooltip=["method:N", alt.Tooltip("cost:Q", format=",.1f")],
        )
    )
    cost = (
        alt.Chart(alt.InlineData(values=cost_rows), title="Cost by term", width=300)
        .mark_bar()
        .encode(
            y=y,
            x=alt.X("cost:Q", title=money.unit),
            color=alt.Color("term:N", title=None, scale=alt.Scale(range=_COLOURS), sort=None),
            order=alt.Order("place:Q"),
            tooltip=["method:N", "term:N", alt.Tooltip("cost:Q", format=",.1f")],
        )
    )
    wait = (
        alt.Chart(alt.InlineData(values=wait_rows), title="Days waited per applicant", width=300)
        .mark_point(size=80, filled=True)
        .encode(
            y=y,
            x=alt.X("days:Q", title="days"),
            shape=alt.Shape("who:N", title=None, sort=None),
            color=alt.Color("who:N", title=None, scale=alt.Scale(range=_COLOURS), sort=None),
            tooltip=["method:N", "who:N", alt.Tooltip("days:Q", format=".1f")],
        )
    )
    return alt.hconcat(unsaved, cost, wait, title=found.instance.name).resolve_scale(
        color="independent", shape="independent"
    )


_COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000"]
"""Okabe and Ito's, which people without colour vision can tell apart."""


def _terms(other: Competitor) -> list[tuple[str, float]]:
    cost = other.outcome.verdict.cost
    return [
        ("unprintable", float(cost.unprintable)),
        ("waiting", float(cost.waiting)),
        ("long waits", float(cost.overdue)),
        ("left at the end", float(cost.end)),
        ("freight, idle blanks, promises", float(cost.freight + cost.idle_blanks + cost.targets)),
    ]
