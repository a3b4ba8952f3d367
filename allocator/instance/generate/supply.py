"""The warehouse, hubs, and the lanes on which packs travel."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from allocator.instance.generate import nation
from allocator.instance.generate.calendar import is_working_day
from allocator.instance.generate.drafts import QUARTER, Draft
from allocator.instance.generate.draws import Draws
from allocator.instance.generate.families import Family
from allocator.instance.generate.geography import distance_km, nearest
from allocator.instance.generate.sites import provinces
from allocator.instance.generate.tables import HUB_PREFIX, WAREHOUSE_ID, Site

WAREHOUSE: Final = Site(
    code=WAREHOUSE_ID,
    name="National warehouse, Jakarta",
    province="DKI Jakarta",
    population=0,
    lat=nation.WAREHOUSE_LAT,
    lon=nation.WAREHOUSE_LON,
)
ISLAND_OFFICES_PERCENT: Final = 75  # in the family `islands`
LENDING_NEIGHBOURS: Final = 3
_SERVICE_DAYS: Final = ((0, 3), (1, 4), (0, 2), (2, 4))  # weekdays; each province has its two. Assumed

# A trip of two members of staff who collect: allowances, and fares by distance. Assumed.
_TRIP_BASE: Final = 250_000  # rupiah
_TRIP_PER_KM: Final = 2_500
_BOAT_EXTRA: Final = 2_000_000
_PACK_BASE: Final = 20_000  # freight, rupiah a pack of 500
_PACK_PER_KM: Final = 40
_CARDS_PER_TRIP: Final = 40_000  # in the hold of an ordinary flight: 240 kg
_CARDS_PER_BOAT: Final = 6_000
_CARDS_PER_TRUCK: Final = 200_000
_ROUNDING: Final = 10_000  # rupiah


def hub_id(province: str) -> str:
    """The id of a province's hub."""
    return f"{HUB_PREFIX}{province}"


def warehouse_supply(family: Family, population: int) -> tuple[int, int]:
    """(blanks on day 0 above the reserve, blanks of a delivery), cards, for so many people."""
    return (
        family.warehouse_stock * population // nation.POPULATION,
        nation.DELIVERY * population // nation.POPULATION,
    )


def supply_in_a_quarter(family: Family, population: int) -> int:
    """Blanks the warehouse can hand out in the first quarter, cards."""
    stock, delivery = warehouse_supply(family, population)
    return stock + delivery * len(_delivery_days(family, QUARTER))


def warehouse(family: Family, population: int, days: int) -> dict[str, Any]:
    """The national warehouse, or rather these offices' share of it."""
    stock, delivery = warehouse_supply(family, population)
    reserve = nation.RESERVE * population // nation.POPULATION
    # A small sample's share of a day may be less than one trip; a trip's load always gets out.
    dispatch = max(nation.DISPATCH_PER_DAY * population // nation.POPULATION, _CARDS_PER_TRIP)
    return {
        "id": WAREHOUSE.code,
        "name": WAREHOUSE.name,
        "lat": WAREHOUSE.lat,
        "lon": WAREHOUSE.lon,
        "stock": reserve + stock,
        "reserve": reserve,
        "deliveries": [{"day": day, "cards": delivery} for day in _delivery_days(family, days) if delivery],
        "max_packs_per_day": -(-dispatch // family.pack_size),
    }


def hub_sites(sites: Sequence[Site]) -> list[Site]:
    """A hub for each province: in its capital if the province is a known one, else at its largest office."""
    capitals = {province.name: province for province in provinces()}
    hubs = []
    for name in dict.fromkeys(site.province for site in sites):
        inside = [site for site in sites if site.province == name]
        at = capitals.get(name) or max(inside, key=lambda site: site.population)
        hubs.append(
            Site(hub_id(name), f"Hub {name}", name, sum(s.population for s in inside), at.lat, at.lon)
        )
    return hubs


def hubs(drafts: Sequence[Draft], pack_size: int) -> list[dict[str, Any]]:
    """Province hubs, with packs for about a week."""
    return [
        {
            "id": hub.code,
            "name": hub.name,
            "lat": hub.lat,
            "lon": hub.lon,
            "stock": int(7 * _province_use(drafts, hub.province) / pack_size) * pack_size,
        }
        for hub in hub_sites([draft.site for draft in drafts])
    ]


def warehouse_lanes(
    family: Family, sites: Sequence[Site], dates: Sequence[datetime.date], draws: Draws
) -> list[dict[str, Any]]:
    """From the warehouse straight to each of these places; it serves a province on two days a week."""
    return [
        _lane(family, WAREHOUSE, site, distance_km(WAREHOUSE, site), draws)
        | {
            "max_packs": -(-_CARDS_PER_TRIP // family.pack_size),
            "open": _service_days(site.province, dates, draws),
        }
        for site in sites
    ]


def island_lanes(
    family: Family, sites: Sequence[Site], dates: Sequence[datetime.date], draws: Draws
) -> list[dict[str, Any]]:
    """As `warehouse_lanes`, but most offices are reached by a boat that leaves once a week."""
    lanes = warehouse_lanes(family, sites, dates, draws)
    for lane, site in zip(lanes, sites, strict=True):
        own = draws.of("boat", site.code)
        if own.chance(ISLAND_OFFICES_PERCENT, "island"):
            weekday = own.integer(0, 4, "weekday")
            lane["lead_days"] += own.integer(2, 5, "sailing")
            lane["fixed_cost"] += _BOAT_EXTRA + own.integer(0, 200, "fare") * _ROUNDING
            lane["max_packs"] = -(-_CARDS_PER_BOAT // family.pack_size)
            lane["open"] = compact([is_working_day(date) and date.weekday() == weekday for date in dates])
    return lanes


def hub_lanes(
    family: Family, sites: Sequence[Site], dates: Sequence[datetime.date], draws: Draws
) -> list[dict[str, Any]]:
    """From the warehouse to the hubs by truck or freight, and from each hub to its offices."""
    hubs_by_province = {hub.province: hub for hub in hub_sites(sites)}
    lanes = warehouse_lanes(family, list(hubs_by_province.values()), dates, draws)
    for lane in lanes:
        lane["max_packs"] = -(-_CARDS_PER_TRUCK // family.pack_size)
    for site in sites:
        hub = hubs_by_province[site.province]
        lane = _lane(family, hub, site, distance_km(hub, site), draws)
        lane["max_packs"] = -(-_CARDS_PER_TRIP // family.pack_size)
        lane["open"] = _service_days(site.code, dates, draws)
        lanes.append(lane)
    return lanes


def lending_lanes(
    family: Family, drafts: Sequence[Draft], dates: Sequence[datetime.date], draws: Draws
) -> list[dict[str, Any]]:
    """From each overstocked office to one to three of the nearest in its province, on two days a week."""
    lanes = []
    for draft in drafts:
        if not draft.overstocked:
            continue
        inside = [other.site for other in drafts if other.site.province == draft.site.province]
        count = draft.draws.integer(1, LENDING_NEIGHBOURS, "neighbours")
        opened = _service_days(draft.site.code, dates, draws)
        lanes += [
            _lane(family, draft.site, site, distance_km(draft.site, site), draws) | {"open": opened}
            for site in nearest(draft.site, inside, count)
        ]
    return lanes


def _delivery_days(family: Family, days: int) -> range:
    return range(family.delivery_every // 2, days, family.delivery_every)


def _service_days(name: str, dates: Sequence[datetime.date], draws: Draws) -> Any:
    chosen = _SERVICE_DAYS[draws.integer(0, len(_SERVICE_DAYS) - 1, "service days", name)]
    return compact([is_working_day(date) and date.weekday() in chosen for date in dates])


def compact(daily: Sequence[Any]) -> Any:
    """One value for all days if they are the same, else the list."""
    return daily[0] if all(value == daily[0] for value in daily) else list(daily)


def _lane(family: Family, origin: Site, site: Site, km: int, draws: Draws) -> dict[str, Any]:
    own = draws.of("lane", origin.code, site.code)
    trip = (_TRIP_BASE + _TRIP_PER_KM * km) * own.integer(85, 125, "fare") // 100
    freight = (_PACK_BASE + _PACK_PER_KM * km) * family.pack_size // 500
    return {
        "from": origin.code,
        "to": site.code,
        "lead_days": _lead_days(km) + own.integer(0, 1, "delay") * (km >= 100),
        "fixed_cost": -(-trip // _ROUNDING) * _ROUNDING,
        "cost_per_pack": -(-freight // 1_000) * 1_000,
    }


def _lead_days(km: int) -> int:
    return next((days for days, up_to in enumerate((100, 500, 1200, 2200)) if km < up_to), 4)


def _province_use(drafts: Sequence[Draft], province: str) -> Fraction:
    return sum((d.daily_use for d in drafts if d.site.province == province), Fraction(0))
