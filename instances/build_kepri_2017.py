"""Writes kepri-2017.json: the seven offices of the Riau Islands, 90 days from 28 August 2017.

Run from anywhere: `python instances/build_kepri_2017.py`. The same file comes out each time.
Figures are marked [real] with their source, [derived] with the calculation, or [assumed]; README.md
beside this file says how the assumed ones were arrived at.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from allocator.instance.files import save_instance
from allocator.instance.generate import nation, prices
from allocator.instance.generate.calendar import horizon, is_working_day
from allocator.instance.generate.demand import FIRST_TIME, PRINT_READY, REPLACEMENT, STREAMS
from allocator.instance.generate.draws import apportion
from allocator.instance.models import Instance

FOLDER = Path(__file__).parent
START = datetime.date(2017, 8, 28)
DAYS = 90
DATES = horizon(START, DAYS)

MON, TUE, WED = range(3)

PACK = 500  # [real] the lot in scarce times; an "outer" is 2,000. [assumed] The provincial store opens outers
OUTER = 2_000  # [real] all allotments of 2017 are multiples of it

# [real] The national quota, 50,000 a day from June 2017 on (republika.co.id orkxz9322; lidiknews.co.id,
# 11 December 2017). [derived] The province's share of it, by population: 50,000 x 2,028,000 / 262,000,000.
QUOTA = nation.QUOTA_2017 * 2_028_000 // 262_000_000  # 387

# [real] 180,000 in the province have no card (batamtoday.com/tanjungpinang/read/89157, 17 April 2017).
# [real] Of them more than 58,000 in Tanjungpinang, recorded and waiting (batampos.co.id, 28 August 2017).
# [assumed] That April's figure still holds in August, and that the rest wait in proportion to population.
WITHOUT_CARD = 180_000
WITHOUT_CARD_TANJUNGPINANG = 58_000

# [real] Tanjungpinang records 50 people a day, hardly one of whom gets into the database (lidiknews.co.id,
# 11 December 2017).
RECORDED_PER_DAY_TANJUNGPINANG = 50

# Days since application, and shares in percent. [real] The data centre was down for six months to mid-2017
# (jpnn.com, 13 September 2017), cards had been late since November 2016 (republika.co.id orkxz9322).
# [assumed] The shares.
AGES = {
    PRINT_READY: {270: 35, 150: 35, 60: 30},
    FIRST_TIME: {240: 30, 150: 30, 75: 25, 20: 15},
}


@dataclass(frozen=True)
class Facts:
    """An office: what is known and what is assumed of it."""

    code: str
    name: str
    population: int  # [real] 30 June 2017, tanjungpinangpos.id/1-335-277-warga-kepri-sudah-rekam-ktp
    blanks_april: int  # [real] first batch of 2017, batamtoday.com/tanjungpinang/read/89157
    lat: str
    lon: str
    blanks: int  # on 28 August: a quarter of April's batch [assumed], Tanjungpinang's 4,000 [real]
    cards_per_day: int  # [assumed], Tanjungpinang's 60 [real]
    trip: int  # two of its staff to the provincial store and back, rupiah [assumed]
    pack: int  # freight from there, rupiah a pack [assumed]
    lead: int  # days from there [assumed]
    weekday: int  # on which one can set out from there [assumed]


OFFICES = (
    Facts("21.71", "Kota Batam", 1_071_231, 10_000, "0.963", "104.064",
          blanks=2_500, cards_per_day=600, trip=600_000, pack=5_000, lead=0, weekday=MON),
    Facts("21.02", "Kab. Karimun", 246_522, 8_000, "0.826", "103.531",
          blanks=2_000, cards_per_day=250, trip=900_000, pack=7_500, lead=1, weekday=TUE),
    Facts("21.72", "Kota Tanjungpinang", 216_084, 6_000, "0.920", "104.487",
          blanks=4_000, cards_per_day=60, trip=50_000, pack=1_250, lead=0, weekday=MON),
    Facts("21.01", "Kab. Bintan", 153_675, 4_000, "1.008", "104.704",
          blanks=1_000, cards_per_day=150, trip=250_000, pack=2_500, lead=0, weekday=MON),
    Facts("21.04", "Kab. Lingga", 100_243, 2_000, "-0.222", "104.527",
          blanks=500, cards_per_day=100, trip=1_200_000, pack=10_000, lead=1, weekday=MON),
    Facts("21.03", "Kab. Natuna", 80_558, 2_000, "3.782", "108.260",
          blanks=500, cards_per_day=100, trip=4_000_000, pack=30_000, lead=2, weekday=WED),
    Facts("21.05", "Kab. Kepulauan Anambas", 45_347, 2_000, "3.088", "106.065",
          blanks=500, cards_per_day=60, trip=3_000_000, pack=22_500, lead=2, weekday=TUE),
)  # fmt: skip
TANJUNGPINANG, BINTAN, LINGGA = "21.72", "21.01", "21.04"
STORE = "provincial-store"

# [derived] What the ministry has for the province that autumn: its share by population of one delivery of
# seven million [real], 7,000,000 x 2,028,000 / 262,000,000 = 54,183, so 27 outers. [assumed] The province has
# collected twelve of them by 28 August and collects fifteen on 10 October.
STOCK = 12 * OUTER
COLLECTED_LATER = 15 * OUTER
SECOND_COLLECTION = datetime.date(2017, 10, 10)

# [derived] Such that the middle office's economic cycle, at its cost of a trip and the pace of its printers,
# is four weeks: see README.md.
IDLE_BLANK_DAY = prices.idle_blank_day(
    [facts.trip for facts in OFFICES],
    [Fraction(facts.cards_per_day * 5, 7) for facts in OFFICES],
    cycle_days=28,
)


def build() -> Instance:
    """The instance."""
    return Instance.model_validate(
        {
            "schema_version": 1,
            "name": "kepri-2017",
            "description": (
                "The seven offices of the Riau Islands (Kepulauan Riau), 90 days from 28 August 2017. "
                "Populations, the 180,000 without a card, and Tanjungpinang's queue, printer and blanks are "
                "published figures; the province's share of the quota is derived; the other offices' "
                "printers, the stores, trips and prices are assumed: see instances/README.md."
            ),
            "start": START,
            "days": DAYS,
            "pack_size": PACK,
            "processing_days": 1,
            "quota": QUOTA,
            "streams": STREAMS,
            "costs": prices.costs(IDLE_BLANK_DAY),
            "depots": list(_depots()),
            "offices": list(_offices()),
            "lanes": list(_lanes()),
        }
    )


def _day(date: datetime.date) -> int:
    return (date - START).days


def _depots() -> Iterator[dict[str, Any]]:
    # [real] The province collects in Jakarta and hands out to its offices (in April, 34,000 in one go). So
    # the trips to Jakarta are made, and what they bring is a matter of dates, not of decision.
    yield {
        "id": STORE,
        "name": "Provincial store, Tanjungpinang",
        "lat": Decimal("0.89"),
        "lon": Decimal("104.45"),
        "stock": STOCK,
        "deliveries": [{"day": _day(SECOND_COLLECTION), "cards": COLLECTED_LATER}],
    }


def _offices() -> Iterator[dict[str, Any]]:
    ready, not_ingested = _queues()
    works = [is_working_day(date) for date in DATES]  # [assumed] Monday–Friday everywhere
    for facts, ready_here, not_ingested_here in zip(OFFICES, ready, not_ingested, strict=True):
        share = Fraction(facts.population, nation.POPULATION)
        first = share * nation.APPLICATIONS * nation.FIRST_CARDS_PERCENT / 100
        replaced = share * nation.APPLICATIONS * (100 - nation.FIRST_CARDS_PERCENT) / 100
        if facts.code == TANJUNGPINANG:
            first = Fraction(RECORDED_PER_DAY_TANJUNGPINANG)
        office: dict[str, Any] = {
            "id": facts.code,
            "name": facts.name,
            "province": "Kepulauan Riau",
            "lat": Decimal(facts.lat),
            "lon": Decimal(facts.lon),
            "blanks": facts.blanks,
            "spoiled_per_thousand": nation.SPOILED_PER_THOUSAND,
            "print_capacity": [_cards(facts, date) if works[day] else 0 for day, date in enumerate(DATES)],
            "demand": {
                PRINT_READY: {"backlog": _by_age(PRINT_READY, ready_here)},
                FIRST_TIME: {
                    "backlog": _by_age(FIRST_TIME, not_ingested_here),
                    "arrivals": _evenly(first, works),
                },
                REPLACEMENT: {"arrivals": _evenly(replaced, works)},
            },
        }
        if facts.code == TANJUNGPINANG:
            # [real] 2,000 blanks for 16,000 applicants on 6 October 2017 (lintaskepri.com).
            office["in_transit"] = [{"day": _day(datetime.date(2017, 10, 6)), "cards": 2_000}]
        yield office


def _cards(facts: Facts, date: datetime.date) -> int:
    # [real] On 12 October 2017 Tanjungpinang's printer broke; the one for children's cards took over, with
    # 100–120 cards a day (batamtoday.com/home/read/98932).
    if facts.code == TANJUNGPINANG and date >= datetime.date(2017, 10, 12):
        return 110
    return facts.cards_per_day


def _queues() -> tuple[list[int], list[int]]:
    """(print-ready, not ingested) by office: all without a card, split as in the nation."""
    others = [0 if facts.code == TANJUNGPINANG else facts.population for facts in OFFICES]
    without_card = apportion(WITHOUT_CARD - WITHOUT_CARD_TANJUNGPINANG, others)
    without_card[others.index(0)] = WITHOUT_CARD_TANJUNGPINANG
    # [real] In the nation 6,000,000 were print-ready and 4,520,307 not ingested (jpnn.com, September and
    # November 2017). [assumed] So it was in every office.
    all_waiting = nation.PRINT_READY + nation.WAITING_FOR_INGESTION
    ready = [records * nation.PRINT_READY // all_waiting for records in without_card]
    return ready, [records - part for records, part in zip(without_card, ready, strict=True)]


def _by_age(stream: str, records: int) -> list[dict[str, int]]:
    parts = apportion(records, AGES[stream].values())
    return [{"age_days": age, "records": part} for age, part in zip(AGES[stream], parts, strict=True)]


def _evenly(mean: Fraction, works: Sequence[bool]) -> list[int]:
    """Whole applicants a day, always within one of the mean so far; none when the office is closed."""
    total, result = Fraction(0), []
    for open_today in works:
        before = int(total)
        total += mean * open_today
        result.append(int(total) - before)
    return result


def _lanes() -> Iterator[dict[str, Any]]:
    for facts in OFFICES:
        # [real] In April an office got at most this much in one go. [assumed] It is so with every trip.
        most = facts.blanks_april // PACK
        opened = [is_working_day(date) and date.weekday() == facts.weekday for date in DATES]
        yield _lane(STORE, facts.code, facts.trip, facts.pack, facts.lead, most, opened)
    # [real] Offices of a province may lend to each other. [assumed] Tanjungpinang, which has more blanks than
    # its printer can use, may on the first Wednesday of a month.
    opened = [is_working_day(date) and date.weekday() == WED and date.day <= 7 for date in DATES]
    yield _lane(TANJUNGPINANG, BINTAN, 250_000, 2_500, 0, 8, opened)
    yield _lane(TANJUNGPINANG, LINGGA, 1_200_000, 10_000, 1, 4, opened)


def _lane(
    origin: str, destination: str, trip: int, pack: int, lead: int, most: int, opened: list[bool]
) -> dict[str, Any]:
    return {
        "from": origin,
        "to": destination,
        "lead_days": lead,
        "fixed_cost": trip,
        "cost_per_pack": pack,
        "max_packs": most,
        "open": opened,
    }


if __name__ == "__main__":
    save_instance(build(), FOLDER / "kepri-2017.json")
