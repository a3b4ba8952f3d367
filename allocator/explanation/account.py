"""From an instance and a plan to the explanation."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from allocator.errors import InputError, Problem
from allocator.explanation.bottlenecks import QUEUE, Bottleneck
from allocator.explanation.charges import QueueCosts, freight, penalties, queue_costs
from allocator.explanation.gains import extras
from allocator.explanation.missing import Missing, missing_things
from allocator.explanation.models import Charge, Explanation, OfficeExplanation
from allocator.instance.models import Instance
from allocator.plan.arrays import PlanArrays, plan_to_arrays
from allocator.plan.models import Plan, Prices
from allocator.verdict import RULES, Curves
from allocator.verdict.cost import price_offices, price_plan
from allocator.verdict.curves import ExactCounts

Span = tuple[int, int] | None


def explain(instance: Instance, plan: Plan | PlanArrays, *, from_day: int = 0) -> Explanation:
    """Charge every unit of the plan's cost to the first thing that was missing; see docs/explain.md.

    One more slot and one more pack are asked for on the first day from `from_day` on that lacks one.

    Raises InputError when the plan breaks rules, is for another instance, or names what the instance does
    not have: what could have been done with more of something has a meaning only beside what can be done.
    Raises ValueError when `from_day` is no day of the instance.
    """
    if not 0 <= from_day < instance.days:
        raise ValueError(f"from_day is {from_day}, a day is from 0 to {instance.days - 1}")
    prices = _prices(plan, instance.days)
    curves = Curves(instance, plan_to_arrays(plan, instance) if isinstance(plan, Plan) else plan)
    _require_valid(curves)
    missing = missing_things(curves)
    queues, idle = queue_costs(curves, missing), price_offices(curves).idle_blanks
    by_office = _charges_by_office(curves, missing, queues, idle.tolist())
    shipped, promised = freight(curves), penalties(curves)
    national = [
        *_plain(Bottleneck.FREIGHT, shipped.depots, shipped.depot_days),
        *_plain(Bottleneck.TARGETS, promised.nation, promised.nation_days),
    ]
    for office, own in enumerate(by_office):
        own.extend(_plain(Bottleneck.FREIGHT, shipped.offices[office], shipped.days[office]))
        own.extend(_plain(Bottleneck.TARGETS, promised.offices[office], promised.days[office]))
    slots, packs = extras(curves, missing, prices, from_day)
    ingested, received = curves.ingest.sum(axis=(1, 2)), curves.packs_into_offices.sum(axis=1)
    offices = tuple(
        OfficeExplanation(
            office=office.id,
            name=office.name,
            cost=sum((charge.cost for charge in by_office[i]), Fraction(0)),
            charges=_dearest_first(by_office[i]),
            slots=int(ingested[i]),
            packs=int(received[i]),
            one_more_slot=slots[i],
            one_more_pack=packs[i],
        )
        for i, office in enumerate(instance.offices)
    )
    explanation = Explanation(
        cost=price_plan(curves).total,
        charges=_nation(by_office, national, missing, queues, blanks_by_day(curves)),
        national_charges=_dearest_first(national),
        offices=offices,
        prices_known=prices is not None,
    )
    charged = sum((charge.cost for charge in explanation.charges), Fraction(0))
    if charged != explanation.cost:
        raise AssertionError(f"the charges add up to {charged}, the plan costs {explanation.cost}")
    return explanation


def blanks_by_day(curves: Curves) -> ExactCounts:
    """(I, T) blanks on hand, whole ones."""
    return curves.on_hand_scaled // curves.exact(curves.given.good_per_thousand)[:, None]


def _require_valid(curves: Curves) -> None:
    broken = [violation for rule in RULES for violation in rule(curves)]
    if broken:
        first = broken[0]
        found = (
            f"{len(broken):,} broken rule{'s' if len(broken) > 1 else ''}; the first, on day {first.day}: "
        )
        raise InputError(
            [
                Problem(
                    "(whole plan)", found + first.message, "a valid plan; `allocator check` lists every fault"
                )
            ]
        )


def _prices(plan: Plan | PlanArrays, days: int) -> Prices | None:
    """The prices that the plan keeps, if they cover the horizon."""
    prices = plan.solution.prices if isinstance(plan, Plan) else None
    return prices if prices is not None and len(prices.slot) >= days else None


def _charges_by_office(
    curves: Curves, missing: Missing, queues: QueueCosts, idle: list[Fraction]
) -> list[list[Charge]]:
    """(I,) what records without a card and idle blanks cost each office."""
    result: list[list[Charge]] = [[] for _ in idle]
    for bottleneck in QUEUE:
        totals, ends = queues.total(bottleneck), queues.end[bottleneck].tolist()
        records = missing[bottleneck].sum(axis=1)
        costs_something = queues.by_day[bottleneck] != 0
        for office, cost in enumerate(totals):
            if cost:
                days = np.flatnonzero(costs_something[office])
                result[office].append(
                    _waiting(bottleneck, cost, queues.unit * int(ends[office]), days, records[office])
                )
    blanks = blanks_by_day(curves)
    for office, cost in enumerate(idle):
        if cost:
            result[office].append(_idle(cost, blanks[office]))
    return result


def _waiting(
    bottleneck: Bottleneck, cost: Fraction, end: Fraction, days: ExactCounts, records: ExactCounts
) -> Charge:
    """A charge for people kept waiting; the queue at the end is charged on the last day."""
    last = len(records) - 1
    first_day, last_day = (int(days[0]), int(days[-1])) if len(days) else (last, last)
    return Charge(
        bottleneck=bottleneck,
        cost=cost,
        end=end,
        first_day=first_day,
        last_day=last if end else last_day,
        record_days=int(records.sum()),
        most_records=int(records.max()),
        worst_day=int(records.argmax()),
    )


def _idle(cost: Fraction, blanks: ExactCounts) -> Charge:
    days = np.flatnonzero(blanks)
    # Less than one whole blank may be what lies there, by the fraction of one that spoilage leaves.
    first, last = (int(days[0]), int(days[-1])) if len(days) else (0, len(blanks) - 1)
    worst = int(blanks.argmax())
    return Charge(Bottleneck.IDLE_BLANKS, cost, Fraction(0), first, last, 0, 0, worst)


def _plain(bottleneck: Bottleneck, cost: Fraction, span: Span) -> list[Charge]:
    """A charge for what keeps nobody waiting."""
    if not cost or span is None:
        return []
    return [Charge(bottleneck, cost, Fraction(0), *span, record_days=0, most_records=0, worst_day=span[0])]


def _nation(
    by_office: list[list[Charge]],
    national: list[Charge],
    missing: Missing,
    queues: QueueCosts,
    blanks: ExactCounts,
) -> tuple[Charge, ...]:
    """The charges of all offices and of the nation, added up by bottleneck."""
    groups: dict[Bottleneck, list[Charge]] = {}
    for charge in (charge for charges in [*by_office, national] for charge in charges):
        groups.setdefault(charge.bottleneck, []).append(charge)
    result: list[Charge] = []
    for bottleneck, charges in groups.items():
        cost = sum((charge.cost for charge in charges), Fraction(0))
        if bottleneck in QUEUE:
            end = queues.unit * sum(queues.end[bottleneck].tolist())
            days = np.flatnonzero((queues.by_day[bottleneck] != 0).any(axis=0))
            records = missing[bottleneck].sum(axis=(0, 1))
            result.append(_waiting(bottleneck, cost, end, days, records))
        elif bottleneck is Bottleneck.IDLE_BLANKS:
            result.append(_idle(cost, blanks.sum(axis=0)))
        else:
            span = min(c.first_day for c in charges), max(c.last_day for c in charges)
            result += _plain(bottleneck, cost, span)
    return _dearest_first(result)


def _dearest_first(charges: list[Charge]) -> tuple[Charge, ...]:
    order = list(Bottleneck)
    return tuple(sorted(charges, key=lambda charge: (-charge.cost, order.index(charge.bottleneck))))
