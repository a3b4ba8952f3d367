"""The screen of `explain`: the nation, the offices that cost most, or one office's own story."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from allocator.explanation import Bottleneck, Charge, Explanation, OfficeExplanation
from allocator.instance.models import Instance
from allocator.report.explanation_words import LABELS, nation_sentences, office_sentences, people, span
from allocator.report.summary import headline
from allocator.report.tables import Column, fitted_table, names
from allocator.report.wording import Money, clean, plural, share

WIDEST = 120
MOST_ROWS = 20
_COLUMNS = (
    (Bottleneck.SLOT, "No\nslot"),
    (Bottleneck.LINK, "Office\nlink"),
    (Bottleneck.BLANK, "No\nblank"),
    (Bottleneck.PRINTER, "Print-\ners"),
)


def explain_screen(
    instance: Instance, explanation: Explanation, chosen: Sequence[OfficeExplanation] | None, *, width: int
) -> list[RenderableType]:
    """The whole screen, for the nation or for the offices asked for."""
    width = min(width, WIDEST)
    parts: list[RenderableType] = []
    if chosen is None:
        parts += [
            Text("\n".join(headline(instance)[:1]), style="bold"),
            *_charge_tables(instance, explanation.charges, explanation.cost, width),
            _prose(nation_sentences(instance, explanation)),
            _office_table(instance, explanation, width),
            Text("allocator explain INSTANCE PLAN --office ID tells an office's own story.", style="dim"),
        ]
    else:
        for office in chosen:
            parts += [
                Text(f"{clean(office.name)} ({clean(office.office)})", style="bold"),
                *_charge_tables(instance, office.charges, office.cost, width),
                _prose(office_sentences(instance, explanation, office)),
            ]
        if not explanation.prices_known:
            parts.append(Text(nation_sentences(instance, explanation)[-1]))
    return [each for part in parts for each in (part, Text(""))]


def _charge_tables(
    instance: Instance, charges: Sequence[Charge], total: Fraction, width: int
) -> list[RenderableType]:
    """One row for each bottleneck; no table where nothing costs anything."""
    if not charges:
        return []
    money = Money.fitting(instance.currency, [total])
    columns = [
        names("What was missing", [LABELS[charge.bottleneck] for charge in charges], "All"),
        Column(
            f"Cost,\n{money.unit}", [money.amount(charge.cost) for charge in charges], money.amount(total)
        ),
        Column("Share", [share(float(charge.cost / total)) if total else "" for charge in charges]),
        Column("From – to", [span(instance, c.first_day, c.last_day) for c in charges], align="left"),
        Column("Most people\nat a time", [people(charge) for charge in charges], yields=1),
    ]
    return [fitted_table("What the cost is for", columns, width)]


def _office_table(instance: Instance, explanation: Explanation, width: int) -> RenderableType:
    """The offices that cost most, each with the shares of what it lacks."""
    offices = sorted(explanation.offices, key=lambda office: -office.cost)[:MOST_ROWS]
    money = Money.fitting(instance.currency, [office.cost for office in offices])

    def part(office: OfficeExplanation, bottlenecks: Sequence[Bottleneck]) -> str:
        cost = sum((c.cost for c in office.charges if c.bottleneck in bottlenecks), Fraction(0))
        return f"{float(100 * cost / office.cost):.0f} %" if cost else ""

    shown = [bottleneck for bottleneck, _ in _COLUMNS]
    rest = [bottleneck for bottleneck in Bottleneck if bottleneck not in shown]
    columns = [
        names("Office", [clean(office.name) for office in offices]),
        Column("Id", [clean(office.office) for office in offices], align="left", yields=1),
        Column(f"Cost,\n{money.unit}", [money.amount(office.cost) for office in offices]),
        *(
            Column(header, [part(office, [bottleneck]) for office in offices])
            for bottleneck, header in _COLUMNS
        ),
        Column("Other", [part(office, rest) for office in offices]),
    ]
    number = len(explanation.offices)
    title = f"The {len(offices)} of {plural(number, 'office')} that cost most, and what they lack"
    if len(offices) == number:
        title = "The offices, and what they lack"
    return fitted_table(title, columns, width)


def _prose(sentences: Sequence[str]) -> RenderableType:
    """The first sentence, the others below it as a list."""
    text = Text(sentences[0])
    for sentence in sentences[1:]:
        text.append(f"\n- {sentence}")
    return Padding(text, (0, 0))
