"""An office before its numbers by day: what is drawn once, and what it can use a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from allocator.instance.generate import demand, facilities, nation
from allocator.instance.generate.draws import Draws
from allocator.instance.generate.families import Family, Twist
from allocator.instance.generate.tables import Site

QUARTER: Final = 90
"""Days over which a queue would be worked off: prices and stocks do not depend on the horizon."""
OVERSTOCKED_PERCENT: Final = 35  # of the offices, in the family `lending`
OVERSTOCK_DAYS: Final = 90


@dataclass(frozen=True)
class Draft:
    """An office, with its own source of draws."""

    site: Site
    draws: Draws
    saturdays: bool
    """Open on Saturdays too."""
    cards_per_day: int
    """On a full working day."""
    queues: dict[str, int]
    """Records on day 0, by stream."""
    overstocked: bool
    """Has blanks for three months of its neighbours' printing, and a single worn printer."""
    daily_need: Fraction
    """Cards per calendar day it would print for want of nothing but slots and printers."""
    daily_use: Fraction = Fraction(0)
    """Blanks per calendar day it can count on using, given what the warehouse has."""


def draft_offices(
    family: Family, sites: Sequence[Site], mean_quota: Fraction, warehouse_blanks: int, draws: Draws
) -> list[Draft]:
    """The offices of an instance. `mean_quota` in slots a day, `warehouse_blanks` in cards a quarter."""
    queues = {
        str(stream["id"]): demand.split_queue(str(stream["id"]), sites, draws) for stream in demand.STREAMS
    }
    population = sum(site.population for site in sites)
    drafts = [
        _draft(
            family,
            site,
            {stream: records[index] for stream, records in queues.items()},
            mean_quota * site.population / population if population else Fraction(0),
            draws.of("office", site.code),
        )
        for index, site in enumerate(sites)
    ]
    needed = sum((draft.daily_need for draft in drafts), Fraction(0)) * QUARTER
    ration = min(Fraction(1), warehouse_blanks / needed) if needed else Fraction(0)
    blanks_per_card = Fraction(1000, 1000 - nation.SPOILED_PER_THOUSAND)
    return [replace(draft, daily_use=draft.daily_need * ration * blanks_per_card) for draft in drafts]


def _draft(family: Family, site: Site, queues: dict[str, int], slots: Fraction, draws: Draws) -> Draft:
    saturdays = draws.chance(facilities.SATURDAY_OFFICES_PERCENT, "saturdays")
    overstocked = family.twist is Twist.LENDING and draws.chance(OVERSTOCKED_PERCENT, "overstocked")
    if overstocked:
        cards = draws.integer(*facilities.WORN_CARDS, "last printer")
    else:
        cards = facilities.cards_per_day(family, site.population, draws)
    first_cards, replacements = (
        demand.daily_applicants(family, stream, site.population) * 5 / 7
        for stream in (demand.FIRST_TIME, demand.REPLACEMENT)
    )
    to_ingest = Fraction(queues[demand.FIRST_TIME], QUARTER) + first_cards
    to_print = Fraction(queues[demand.PRINT_READY] + queues[demand.REPLACEMENT], QUARTER) + replacements
    return Draft(
        site=site,
        draws=draws,
        saturdays=saturdays,
        cards_per_day=cards,
        queues=queues,
        overstocked=overstocked,
        daily_need=min(to_print + min(slots, to_ingest), Fraction(cards * (11 if saturdays else 10), 14)),
    )
