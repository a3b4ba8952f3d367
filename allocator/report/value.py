"""What more of something is worth, as a table that says which figure is an estimate and which an answer."""

from __future__ import annotations

from rich.console import RenderableType
from rich.text import Text

from allocator.analysis.changes import Change
from allocator.analysis.value import Values, Worth
from allocator.report.summary import headline
from allocator.report.tables import Column, fitted_table, names
from allocator.report.wording import UNKNOWN, Money, clean, date_of, plural

MOST_ROWS = 25
WIDEST = 120

_SOURCES = {
    "relaxation": (
        "Estimates are of the linear relaxation, its prices and what it saves by the change: with whole"
        " packs and trips the truth can be more or less."
    ),
    "prices": (
        "Estimates are from the prices that the plan keeps, of what offices share: right for a little more,"
        " too much for a lot, as of a whole delivery. They know nothing of printers."
    ),
}


def value_screen(found: Values, *, width: int, every: bool = False) -> list[RenderableType]:
    """The dearest changes first."""
    width = min(width, WIDEST)
    known = [worth for worth in found.worths if worth.estimate or worth.resolved is not None]
    nothing = sum(worth.estimate == 0 and worth.resolved is None for worth in found.worths)
    unknown = sum(worth.estimate is None for worth in found.worths)
    shown = known if every else known[:MOST_ROWS]
    amounts = [worth.estimate for worth in shown] + [worth.resolved for worth in shown]
    amounts += [end for worth in shown for end in worth.proven or ()]
    # A unit larger than one amount alone would have: several stand side by side.
    money = Money.fitting(found.instance.currency, [10 * amount for amount in amounts if amount is not None])
    resolved = any(worth.resolved is not None for worth in shown)
    columns = [
        Column("More", [what(worth.change) for worth in shown], align="left"),
        names("Where", [clean(worth.change.name) for worth in shown]),
        Column("When", [when(found, worth.change) for worth in shown], align="left"),
        Column("Estimate", [money.amount(worth.estimate) for worth in shown]),
    ]
    if resolved:
        columns += [
            Column("Solved\nagain", [money.amount(worth.resolved) for worth in shown]),
            Column("Proven\nbetween", [_proven(worth, money) for worth in shown], yields=1),
        ]
    lines = [_SOURCES[found.source]]
    if resolved:
        lines.append(
            "Solved again: the answer, as far as both searches came; the best plans' lies between the"
            " figures proven."
        )
    elif not found.unanswered:
        lines.append("Nothing was solved again; --resolve N answers the N dearest by solving.")
    if found.unanswered:
        lines.append(
            f"Interrupted: {plural(found.unanswered, 'change')} that --resolve asks for"
            f" {'was' if found.unanswered == 1 else 'were'} not solved again."
        )
    if nothing:
        lines.append(f"Worth nothing by the prices: {plural(nothing, 'other change')}.")
    if unknown:
        lines.append(f"Not known from these prices: {plural(unknown, 'change')}; see --estimate relaxation.")
    if len(shown) < len(known):
        lines.append(f"{len(known) - len(shown):,} more are worth less; --all shows them.")
    title = f"What it saves over the whole horizon, {money.unit}"
    table = fitted_table(title, columns, width) if shown else Text("Nothing asked for is worth anything.")
    return [
        Text(headline(found.instance)[0], style="bold"),
        Text(""),
        table,
        Text(""),
        Text("\n".join(lines)),
    ]


def what(change: Change) -> str:
    """The change in words."""
    return {
        "slots": f"{change.amount:,} slots a day",
        "pack": plural(change.amount, "pack"),
        "printer": f"{change.amount:,} cards a day",
        "delivery": "delivery sooner",
    }[change.kind]


def when(found: Values, change: Change) -> str:
    """From which day to which; of a delivery, the day on which it would come."""
    first = _date(found, change.first)
    if change.kind in ("pack", "delivery"):
        return f"from {first}" if change.kind == "pack" else f"{first}, not {_date(found, change.first + 1)}"
    if change.first == 0 and change.last == found.instance.days - 1:
        return "all days"
    return f"{first} – {_date(found, change.last)}"


def _date(found: Values, day: int) -> str:
    date = date_of(found.instance, day)
    return f"{date.day} {date:%b}"


def _proven(worth: Worth, money: Money) -> str:
    if worth.proven is None:
        return UNKNOWN
    return " … ".join(money.amount(end).replace("-", "−") for end in worth.proven)
