"""A family, offices, a horizon and a seed become an instance."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from allocator.errors import InputError, Problem
from allocator.instance.generate import demand, facilities, nation, prices, supply
from allocator.instance.generate.calendar import horizon, is_working_day
from allocator.instance.generate.drafts import OVERSTOCK_DAYS, Draft, draft_offices
from allocator.instance.generate.draws import Draws
from allocator.instance.generate.families import FAMILIES, LOCAL_ELECTION, Family, Twist
from allocator.instance.generate.sites import invent_sites, spread_by_population
from allocator.instance.generate.tables import Site, read_office_table
from allocator.instance.models import Instance

_MAX_QUEUE_DAYS: Final = 10_000_000  # offices x streams x days: files of some 50 MB
_MAX_DAYS: Final = 100_000  # dates stay within those that Python knows


def generate_instance(
    family: str,
    *,
    offices: int | None = None,
    days: int = 90,
    seed: int = 0,
    office_table: str | os.PathLike[str] | None = None,
) -> Instance:
    """An instance of a family (a key of `FAMILIES`), the same for the same arguments, always.

    Offices are invented ones in the 34 provinces, `offices` of them or as many as the family has unless
    told otherwise; or the rows of `office_table`, a CSV file with columns code, name, province,
    population, lat, lon; with both, `offices` rows of it at even steps down the list by population.

    Raises InputError, with every problem, if an argument or the table cannot be used.
    """
    problems = list(_argument_problems(family, offices, days))
    table: list[Site] | None = None
    if office_table is not None:
        try:
            table = read_office_table(office_table)
        except InputError as error:
            if not problems:
                raise
            problems += [Problem(f"{error.source}: {p.path}", p.found, p.expected) for p in error.problems]
    if problems:
        raise InputError(problems)

    chosen = FAMILIES[family]
    draws = Draws(str(seed))
    if table is None:
        count = chosen.default_offices if offices is None else offices
        _check_size(count, days)
        sites = invent_sites(count, chosen.offices_per_province, draws)
        origin = "invented in the provinces of Indonesia"
    else:
        if offices is not None and offices > len(table):
            found, expected = str(offices), f"at most {len(table)}, the rows of the office table"
            raise InputError([Problem("offices", found, expected)])
        sites = table if offices is None else spread_by_population(table, offices)
        _check_size(len(sites), days)
        origin = "of an office table"
    description = (
        f"Generated: family {family} ({chosen.description}), {len(sites)} offices {origin}, {days} days, "
        f"seed {seed}. National figures of 2017–2018 scaled to the offices' population; queues, printers, "
        "stocks and trips drawn around them; prices assumed."
    )
    return build_instance(
        chosen, sites, days, draws, name=f"{family}-{len(sites)}x{days}-s{seed}", description=description
    )


def build_instance(
    family: Family, sites: Sequence[Site], days: int, draws: Draws, *, name: str, description: str
) -> Instance:
    """The instance of a family for these offices. Its numbers depend on `draws` and on nothing else."""
    dates = horizon(family.day_zero(days), days)
    population = sum(site.population for site in sites)
    quota = _quota(family, population, dates, draws)
    drafts = draft_offices(
        family, sites, Fraction(sum(quota), days), supply.supply_in_a_quarter(family, population), draws
    )
    depots, lanes, trips = _network(family, drafts, population, dates, draws)
    idle = prices.idle_blank_day(trips, [draft.daily_use for draft in drafts], family.cycle_days)
    document: dict[str, Any] = {
        "schema_version": 1,
        "name": name,
        "description": description,
        "start": dates[0],
        "days": days,
        "pack_size": family.pack_size,
        "processing_days": 1,
        "quota": supply.compact(quota),
        "storage": _storage(family, quota),
        "streams": demand.STREAMS,
        "costs": prices.costs(idle),
        "depots": depots,
        "offices": [_office(family, draft, dates) for draft in drafts],
        "lanes": lanes,
        "targets": _targets(family, sites, dates),
    }
    return Instance.model_validate(document)


def _argument_problems(family: str, offices: int | None, days: int) -> list[Problem]:
    problems = []
    if family not in FAMILIES:
        problems.append(Problem("family", repr(family), f"one of {', '.join(FAMILIES)}"))
    if offices is not None and offices < 1:
        problems.append(Problem("offices", str(offices), "at least 1"))
    if not 1 <= days <= _MAX_DAYS:
        problems.append(Problem("days", str(days), f"1 to {_MAX_DAYS}"))
    return problems


def _check_size(offices: int, days: int) -> None:
    size = offices * days * len(demand.STREAMS)
    if size > _MAX_QUEUE_DAYS:
        expected = f"offices x streams x days of at most {_MAX_QUEUE_DAYS:,}"
        raise InputError([Problem("offices and days", f"{size:,}", expected)])


def _quota(family: Family, population: int, dates: Sequence[datetime.date], draws: Draws) -> list[int]:
    """These offices' share of the national slots, by day; at least one where the nation has any."""
    days = len(dates)
    usual = max(1, family.quota * population // nation.POPULATION)
    if family.twist is Twist.OUTAGES:
        down = facilities.outage_days(days, draws.of("data centre"))
        return [0 if off else usual for off in down]
    if family.twist is Twist.QUOTA_STEP:
        raised = max(1, nation.QUOTA_2018 * population // nation.POPULATION)
        return [usual if date < family.start else raised for date in dates]
    return [usual] * days


def _storage(family: Family, quota: Sequence[int]) -> dict[str, Any] | None:
    """With the step in the quota, the database is full shortly before, and has ample room from then on."""
    if family.twist is not Twist.QUOTA_STEP:
        return None
    step = next((day for day, slots in enumerate(quota) if slots != quota[0]), 0)
    return {
        "free": sum(quota[: step * 9 // 10]),
        "expansions": [{"day": step, "records": sum(quota)}],
    }


def _network(
    family: Family, drafts: Sequence[Draft], population: int, dates: Sequence[datetime.date], draws: Draws
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[int]]:
    """(depots, lanes, for each office the price of a trip that supplies it)"""
    sites = [draft.site for draft in drafts]
    depots = [supply.warehouse(family, population, len(dates))]
    if family.twist is Twist.HUBS:
        depots += supply.hubs(drafts, family.pack_size)
        lanes = supply.hub_lanes(family, sites, dates, draws)
    elif family.twist is Twist.ISLANDS:
        lanes = supply.island_lanes(family, sites, dates, draws)
    else:
        lanes = supply.warehouse_lanes(family, sites, dates, draws)
    trips = [lane["fixed_cost"] for lane in lanes[-len(sites) :]]
    if family.twist is Twist.LENDING:
        lanes += supply.lending_lanes(family, drafts, dates, draws)
    return depots, lanes, trips


def _office(family: Family, draft: Draft, dates: Sequence[datetime.date]) -> dict[str, Any]:
    site, draws = draft.site, draft.draws
    works = [is_working_day(date, saturdays=draft.saturdays) for date in dates]
    office: dict[str, Any] = {
        "id": site.code,
        "name": site.name,
        "province": site.province,
        "lat": site.lat,
        "lon": site.lon,
        **_stock(family, draft, len(dates)),
        "spoiled_per_thousand": nation.SPOILED_PER_THOUSAND,
        "print_capacity": supply.compact(facilities.print_capacity(draft.cards_per_day, dates, works)),
        "demand": {},
    }
    if family.twist is Twist.LINKS:
        link = facilities.link_capacity(site.population, len(dates), draws.of("link"))
        office["ingest_capacity"] = supply.compact(link)
    for stream in draft.queues:
        mean = demand.daily_applicants(family, stream, site.population)
        coming = demand.arrivals(mean, dates, works, draft.saturdays, draws.of("arrivals", stream))
        office["demand"][stream] = {
            "backlog": demand.backlog_rows(stream, draft.queues[stream], draws.of("backlog", stream)),
            "arrivals": supply.compact(coming),
        }
    return office


def _stock(family: Family, draft: Draft, days: int) -> dict[str, Any]:
    """Blanks for up to three weeks, a pack or two on the way to some, and a small store at some."""
    draws, pack = draft.draws, family.pack_size
    if draft.overstocked:
        need = max(draft.site.population * nation.PRINT_READY // nation.POPULATION // 90, 20)
        return {"blanks": need * OVERSTOCK_DAYS // pack * pack + draws.integer(0, pack - 1, "open pack")}
    stock: dict[str, Any] = {"blanks": int(draft.daily_use * draws.integer(0, 21, "stock"))}
    if draws.chance(10, "in transit"):
        day = draws.integer(0, 6, "arrival")
        stock["in_transit"] = [{"day": day, "cards": pack}] if day < days else []
    if draws.chance(30, "small store"):
        weeks = draws.integer(4, 8, "store")
        stock["max_blanks"] = (int(draft.daily_use * 7 * weeks) // pack + 2) * pack
    return stock


def _targets(family: Family, sites: Sequence[Site], dates: Sequence[datetime.date]) -> list[dict[str, Any]]:
    if family.twist is not Twist.ELECTION:
        return []
    return [
        {
            "id": f"election {province}",
            "day": (LOCAL_ELECTION - dates[0]).days,
            "share": prices.TARGET_SHARE,
            "penalty_per_record": prices.TARGET_PENALTY,
            "province": province,
        }
        for province in dict.fromkeys(site.province for site in sites)
    ]
