"""Writes national-2017.json: all 514 offices, 90 days from 2017-09-11.

Run from anywhere: `python instances/build_national_2017.py`. The same file comes out each time; other
horizons with `--days 365 --out PATH`.
Where the figures are from, and which are assumed or drawn, is in README.md beside this file.
"""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path

from allocator.instance.files import save_instance
from allocator.instance.generate import Family, build_instance, nation
from allocator.instance.generate.demand import PRINT_READY
from allocator.instance.generate.draws import Draws
from allocator.instance.generate.tables import read_office_table
from allocator.instance.models import Backlog, Instance, Office

FOLDER = Path(__file__).parent

NATION_2017 = Family(
    name="national-2017",
    description="the nation in autumn 2017",
    start=datetime.date(2017, 9, 11),  # the Monday after the 4,520,307 were counted
    quota=nation.QUOTA_2017,
    warehouse_stock=2_000_000,  # assumed: above the reserve of 1 million
    delivery_every=90,  # 28 million a year in lots of 7 million; the first after 45 days, assumed
    pack_size=500,  # the lot in scarce times; an "outer" is 2,000
)

# What single offices reported that autumn takes the place of what was drawn for them.
# Tanjungpinang: one printer, 60 cards a day (batampos.co.id, 28 August 2017); 4,000 idle blanks
#   (tanjungpinangpos.id, "Blanko KTP-el menumpuk", 17 August 2017).
# Bekasi: 3,000–5,000 cards a day, 112,000 print-ready in September (m.jpnn.com, "Jumlah e-KTP siap cetak
#   tersisa 60 ribu", 21 November 2017).
KNOWN_BLANKS = {"21.72": 4_000}
KNOWN_CARDS_PER_DAY = {"21.72": 60, "32.75": 4_000}
KNOWN_PRINT_READY = {"32.75": 112_000}


def build(days: int = 90) -> Instance:
    """The instance, of so many days."""
    sites = read_office_table(FOLDER / "offices-2017.csv")
    instance = build_instance(
        NATION_2017,
        sites,
        days=days,
        draws=Draws("0"),
        name="national-2017" if days == 90 else f"national-2017-{days}-days",
        description=(
            f"All 514 regional offices of Indonesia, {days} days from 11 September 2017. National queues, "
            "quota and blanks are published figures, the offices' populations are estimates; how queues, "
            "printers and stocks are spread over the offices is drawn, and prices are assumed: see "
            "instances/README.md."
        ),
    )
    offices = tuple(_with_known_facts(office) for office in instance.offices)
    return instance.model_copy(update={"offices": offices})


def _with_known_facts(office: Office) -> Office:
    update: dict[str, object] = {}
    if office.id in KNOWN_BLANKS:
        update["blanks"] = KNOWN_BLANKS[office.id]
    if office.id in KNOWN_CARDS_PER_DAY:
        assert isinstance(office.print_capacity, tuple)
        drawn, known = max(office.print_capacity), KNOWN_CARDS_PER_DAY[office.id]
        # Saturdays keep their half day.
        update["print_capacity"] = tuple(known * cards // drawn for cards in office.print_capacity)
    if office.id in KNOWN_PRINT_READY:
        queue = office.demand[PRINT_READY]
        drawn, known = sum(row.records for row in queue.backlog), KNOWN_PRINT_READY[office.id]
        rows = [Backlog(age_days=row.age_days, records=row.records * known // drawn) for row in queue.backlog]
        update["demand"] = {
            **office.demand,
            PRINT_READY: queue.model_copy(update={"backlog": tuple(rows)}),
        }
    return office.model_copy(update=update)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--out", type=Path, default=FOLDER / "national-2017.json")
    arguments = parser.parse_args()
    save_instance(build(arguments.days), arguments.out)
