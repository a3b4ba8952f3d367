"""A plan beside what people do today and beside doing nothing: cost by term, and what people meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rich.console import RenderableType

from allocator.instance.models import Instance
from allocator.report.tables import Column, fitted_table, names
from allocator.report.wording import UNKNOWN, Amount, Money, count, days_long, plural, share
from allocator.verdict import CostBreakdown, Kpis, Verdict


@dataclass(frozen=True)
class Contender:
    """A plan to compare with, under the name by which people know it."""

    name: str
    verdict: Verdict

    @property
    def cost(self) -> Fraction:
        """The whole cost."""
        return self.verdict.cost.total


def comparison_table(
    instance: Instance, contenders: Sequence[Contender], bound: float | None, width: int
) -> RenderableType:
    """Cost by term, what the first contender saves, the proven bound; cards, waits and who is left."""
    money = Money.fitting(instance.currency, [*(contender.cost for contender in contenders), bound])
    first = contenders[0]
    rows = [_Row(f"COST, {money.unit}", [""] * len(contenders))]
    rows += [
        _Row(label, [money.amount(value(contender.verdict.cost)) for contender in contenders])
        for label, value in cost_terms(instance)
    ]
    rows.append(_Row("Total", [money.amount(contender.cost) for contender in contenders]))
    if len(contenders) > 1:
        others = contenders[1:]
        saved = [money.amount(other.cost - first.cost) for other in others]
        rows.append(_Row("  this plan saves", ["", *saved]))
        rows.append(_Row("  or, of that cost", ["", *(_saved_share(other, first) for other in others)]))
    if bound is not None:
        rows.append(_Row("No plan costs less than", [money.amount(bound), *[""] * (len(contenders) - 1)]))
    rows.append(_Row("", [""] * len(contenders)))
    bold = {0, len(rows), next(n for n, row in enumerate(rows) if row.label == "Total")}
    rows.append(_Row("PEOPLE", [""] * len(contenders)))
    rows += [
        _Row(label, [value(contender.verdict.kpis) for contender in contenders]) for label, value in _PEOPLE
    ]
    columns = [
        Column(contender.name, [row.cells[n] for row in rows]) for n, contender in enumerate(contenders)
    ]
    return fitted_table("", [names("", [row.label for row in rows]), *columns], width, bold_rows=sorted(bold))


@dataclass(frozen=True)
class _Row:
    label: str
    cells: list[str]


def _saved_share(contender: Contender, first: Contender) -> str:
    saved = contender.cost - first.cost
    return share(float(saved / contender.cost)) if contender.cost else UNKNOWN


def cost_terms(instance: Instance) -> list[tuple[str, Callable[[CostBreakdown], Amount]]]:
    """Labels and values of the terms, without those that the instance's prices make impossible."""
    costs = instance.costs
    tiers = costs.overdue
    overdue = f"Waits over {plural(tiers[0].after_days, 'day')}" if len(tiers) == 1 else "Long waits"
    terms: list[tuple[str, Callable[[CostBreakdown], Amount], bool]] = [
        ("Unprintable backlog", lambda cost: cost.unprintable, True),
        ("Print-ready, waiting", lambda cost: cost.waiting, True),
        (f"{overdue}, extra", lambda cost: cost.overdue, bool(tiers)),
        ("Queues left at the end", lambda cost: cost.end, costs.end_days > 0),
        ("Idle blanks", lambda cost: cost.idle_blanks, costs.idle_blank_day > 0),
        ("Trips", lambda cost: cost.trips, any(lane.fixed_cost for lane in instance.lanes)),
        ("Packs", lambda cost: cost.packs, any(lane.cost_per_pack for lane in instance.lanes)),
        ("Promises not kept", lambda cost: cost.targets, bool(instance.targets)),
    ]
    return [(label, value) for label, value, possible in terms if possible]


def _days_waited(kpis: Kpis) -> int:
    return kpis.unprintable_record_days + kpis.waiting_record_days


_PEOPLE: tuple[tuple[str, Callable[[Kpis], str]], ...] = (
    ("Slots used (records ingested)", lambda kpis: count(kpis.ingested)),
    ("  share of the quota", lambda kpis: share(kpis.quota_used_share)),
    ("Cards printed", lambda kpis: count(kpis.cards)),
    ("  mean wait for them, days", lambda kpis: days_long(kpis.mean_wait_days)),
    ("  9 in 10 waited at most, days", lambda kpis: count(kpis.p90_wait_days)),
    ("Without a card at the end", lambda kpis: count(kpis.interim_certificates_end)),
    ("  unprintable", lambda kpis: count(kpis.still_unprintable)),
    ("  print-ready, waiting", lambda kpis: count(kpis.still_waiting)),
    ("  longest wait so far, days", lambda kpis: count(kpis.oldest_wait_days)),
    ("Days waited by all together", lambda kpis: count(_days_waited(kpis))),
)
