"""What changed from one plan to another: in words, in totals, office by office."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from allocator.analysis import Difference, Judged, OfficeDifference
from allocator.report.comparison import cost_terms
from allocator.report.summary import headline
from allocator.report.tables import Column, fitted_table, names
from allocator.report.wording import UNKNOWN, Amount, Money, clean, days_long, listing, plural, share
from allocator.verdict import Kpis

WIDEST = 120
MOST_OFFICES = 20
"""Up to this many offices are all shown; of more, those that win and lose most."""
_EACH_WAY = 8
_NAMED = 3  # offices named in a sentence


def difference_screen(
    difference: Difference, labels: tuple[str, str], *, width: int, every_office: bool = False
) -> list[RenderableType]:
    """What changed in words, the totals side by side, and the offices by what they win or lose."""
    width = min(width, WIDEST)
    sentences = Text("\n".join(difference_sentences(difference)))
    parts: list[RenderableType] = [
        Text(headline(difference.after.instance)[0], style="bold"),
        sentences,
        totals_table(difference, labels, width),
        *office_difference_tables(difference, width, every=every_office),
    ]
    return [piece for part in parts for piece in (part, Text(""))]


def difference_sentences(difference: Difference) -> list[str]:
    """What changed, for people who read no tables. "Now" is the second plan."""
    before, after = difference.before, difference.after
    if difference.plans.none and before.cost == after.cost:
        return ["Nothing changed: both plans decide the same and cost the same."]
    money = Money.fitting(after.instance.currency, [before.cost, after.cost])
    lines = _warnings(difference)
    lines += [_cost_sentence(difference, money)]
    lines += _range_sentence(difference, money)
    lines += [_decisions_sentence(difference), _people_sentence(before.verdict.kpis, after.verdict.kpis)]
    lines += _office_sentences(difference)
    return [line for line in lines if line]


def totals_table(difference: Difference, labels: tuple[str, str], width: int) -> RenderableType:
    """Cost by term, decisions and people: before, after, and the change."""
    before, after = difference.before, difference.after
    money = Money.fitting(after.instance.currency, [before.cost, after.cost])
    one, two = before.verdict.cost, after.verdict.cost
    rows: list[tuple[str, str, str, str]] = [(f"COST, {money.unit}", "", "", "")]
    possible = {**dict(cost_terms(before.instance)), **dict(cost_terms(after.instance))}
    for label, value in possible.items():
        rows.append((label, *_money_cells(money, value(one), value(two))))
    rows.append(("Total", *_money_cells(money, one.total, two.total)))
    rows += [("", "", "", ""), ("DECISIONS", "", "", "")]
    for label, figure in _DECISIONS:
        rows.append((label, *_count_cells(figure(before), figure(after))))
    rows += [("", "", "", ""), ("PEOPLE", "", "", "")]
    for label, kpi in _PEOPLE:
        rows.append((label, *_count_cells(kpi(before.verdict.kpis), kpi(after.verdict.kpis))))
    bold = [number for number, row in enumerate(rows) if row[0].isupper() or row[0][:4] in ("COST", "Tota")]
    columns = [Column(header, [row[n] for row in rows]) for n, header in enumerate((*labels, "Change"), 1)]
    return fitted_table("", [names("", [row[0] for row in rows]), *columns], width, bold_rows=bold)


def office_difference_tables(
    difference: Difference, width: int, *, every: bool = False
) -> list[RenderableType]:
    """Offices by what changed for them: all, or the first winners and losers."""
    changed = [row for row in difference.offices if row.verdict != "same" or row.decisions]
    changed.sort(key=lambda row: (row.cost, row.name))
    if not changed:
        return []
    money = Money.fitting(difference.after.instance.currency, [row.cost for row in changed])
    if every or len(changed) <= MOST_OFFICES:
        return [_office_table("Changes by office, who wins first", changed, money, width)]
    winners, losers = difference.winners, difference.losers
    tables: list[RenderableType] = []
    for what, rows in (("better", winners), ("worse", losers)):
        if rows:
            shown = rows[:_EACH_WAY]
            title = f"{'The ' + str(len(shown)) + ' of ' if len(shown) < len(rows) else ''}"
            title += f"{plural(len(rows), 'office')} {what} off, most first"
            tables += [_office_table(title[0].upper() + title[1:], shown, money, width), Text("")]
    return [Group(*tables[:-1])] if tables else []


def signed(text: str) -> str:
    """A change with its sign: "+12", "−3", "0"."""
    if text == UNKNOWN or not text.strip("-0.,"):
        return text.removeprefix("-")
    return f"−{text[1:]}" if text.startswith("-") else f"+{text}"


def _office_table(title: str, rows: Sequence[OfficeDifference], money: Money, width: int) -> RenderableType:
    def change(
        header: str, value: Callable[[OfficeDifference], tuple[float | None, float | None]], yields: int = 0
    ) -> Column:
        cells = []
        for row in rows:
            before, after = value(row)
            cells.append(UNKNOWN if before is None or after is None else _change(before, after))
        return Column(header, cells, yields=yields)

    return fitted_table(
        title,
        [
            names("Office", [clean(row.name) for row in rows]),
            change("Slots", lambda row: (row.before.slots, row.after.slots)),
            change("Packs\nin", lambda row: (row.before.packs_in, row.after.packs_in)),
            change("Packs\nout", lambda row: (row.before.packs_out, row.after.packs_out), 3),
            change("Trips", lambda row: (row.before.trips, row.after.trips), 2),
            change("Cards", lambda row: (row.before.cards, row.after.cards)),
            change("Mean\nwait,\ndays", lambda row: (row.before.mean_wait_days, row.after.mean_wait_days), 1),
            change("Days waited\nby all", lambda row: (row.before.record_days, row.after.record_days)),
            Column(f"Cost,\n{money.unit}", [signed(money.amount(row.cost)) for row in rows]),
        ],
        width,
    )


def _change(before: float, after: float) -> str:
    difference = after - before
    return signed(f"{difference:,}" if isinstance(difference, int) else f"{difference:,.1f}")


def _money_cells(money: Money, before: Amount, after: Amount) -> tuple[str, str, str]:
    return money.amount(before), money.amount(after), signed(money.amount(after - before))


def _count_cells(before: float | None, after: float | None) -> tuple[str, str, str]:
    change = UNKNOWN if before is None or after is None else _change(before, after)
    return days_long(before), days_long(after), change


def _warnings(difference: Difference) -> list[str]:
    broken = [
        which
        for which, plan in (("first", difference.before), ("second", difference.after))
        if not plan.verdict.valid
    ]
    if not broken:
        return []
    plans = f"The {' and the '.join(broken)} plan"
    return [f"{plans} can't be carried out: rules are broken, see `allocator check`."]


def _cost_sentence(difference: Difference, money: Money) -> str:
    before, change = difference.before.cost, difference.cost
    if money.amount(abs(change)).strip("0.,") == "":
        return f"The cost is all but the same, {money.with_unit(difference.after.cost)}."
    way = "less" if change < 0 else "more"
    part = f" ({share(abs(change) / abs(before))})" if before else ""
    labels = _labels(difference)
    terms = sorted(difference.cost_terms.items(), key=lambda item: -abs(item[1]))
    largest = [
        f"{labels[term]} {signed(money.amount(value))}"
        for term, value in terms[:3]
        if term in labels and money.amount(abs(value)).strip("0.,")
    ]
    most = f" Most of it: {listing(largest)}." if largest else ""
    return f"It now costs {money.with_unit(abs(change))}{part} {way}.{most}"


def _range_sentence(difference: Difference, money: Money) -> list[str]:
    proven = difference.cost_range
    if proven is None:
        return []
    low, high = proven
    if low > 0 or high < 0:
        way = "more" if low > 0 else "less"
        least, most = sorted((abs(low), abs(high)))
        text = f"costs between {money.amount(least)} and {money.with_unit(most)} {way}"
    else:
        text = f"costs between {money.amount(-low)} less and {money.with_unit(high)} more"
    return [f"Proven: with the best plans there are it {text}."]


def _decisions_sentence(difference: Difference) -> str:
    before, after = difference.before, difference.after
    parts = [
        f"{figure(after) - figure(before):+,} {label}".replace("-", "−")
        for label, figure in zip(("slots used", "packs dispatched", "trips", "cards"), _FIGURES, strict=True)
        if figure(after) != figure(before)
    ]
    moved = plural(len(difference.plans.shipments), "dispatch", "dispatches")
    text = listing(parts) if parts else "As many slots, packs, trips and cards as before"
    return f"{text}; {moved} differ{'s' if len(difference.plans.shipments) == 1 else ''} in day or size."


def _people_sentence(before: Kpis, after: Kpis) -> str:
    days = _record_days(after) - _record_days(before)
    left = after.interim_certificates_end - before.interim_certificates_end
    if not days and not left:
        return "People wait as long as before in all."
    waited = f"All together people wait {abs(days):,} days {'less' if days < 0 else 'more'}"
    without = f"{abs(left):,} {'fewer' if left < 0 else 'more'} are without a card at the end"
    return f"{waited}; {without}." if left else f"{waited}."


def _office_sentences(difference: Difference) -> list[str]:
    winners, losers = difference.winners, difference.losers
    same = len(difference.offices) - len(winners) - len(losers)
    if same == len(difference.offices):
        return ["No office is better or worse off."]
    better = f"{plural(len(winners), 'office is', 'offices are')} better off"
    lines = [f"{better}, {len(losers):,} worse, {same:,} as before."]
    for verb, rows in (("win", winners), ("lose", losers)):
        if rows:
            named = listing([clean(row.name) for row in rows[:_NAMED]])
            lines.append(f"{named} {verb} most." if len(rows) > 1 else f"{named} {verb}s.")
    return lines


def _labels(difference: Difference) -> dict[str, str]:
    """The names of the cost terms as in the table, in the middle of a sentence."""
    words = {
        "unprintable": "unprintable backlog",
        "waiting": "print-ready people waiting",
        "overdue": "long waits",
        "end": "queues left at the end",
        "idle_blanks": "idle blanks",
        "trips": "trips",
        "packs": "packs",
        "targets": "promises not kept",
    }
    return {term: words[term] for term in difference.cost_terms}


def _record_days(kpis: Kpis) -> int:
    return kpis.unprintable_record_days + kpis.waiting_record_days


_FIGURES: tuple[Callable[[Judged], int], ...] = (
    lambda plan: plan.verdict.kpis.ingested,
    lambda plan: plan.packs,
    lambda plan: plan.trips,
    lambda plan: plan.verdict.kpis.cards,
)
_DECISIONS = tuple(
    zip(
        ("Slots used (records ingested)", "Packs dispatched", "Trips", "Cards printed"), _FIGURES, strict=True
    )
)

_PEOPLE: tuple[tuple[str, Callable[[Kpis], Any]], ...] = (
    ("Mean wait for the cards, days", lambda kpis: kpis.mean_wait_days),
    ("9 in 10 waited at most, days", lambda kpis: kpis.p90_wait_days),
    ("Longest wait so far, days", lambda kpis: kpis.oldest_wait_days),
    ("Without a card at the end", lambda kpis: kpis.interim_certificates_end),
    ("  unprintable", lambda kpis: kpis.still_unprintable),
    ("  print-ready, waiting", lambda kpis: kpis.still_waiting),
    ("Days waited by all together", _record_days),
)
