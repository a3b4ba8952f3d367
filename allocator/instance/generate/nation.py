"""What is known of the nation in 2017–2018: the figures that generated instances are scaled from.

Each holds for all 514 offices; an instance gets its offices' share of the population. Where a figure is
assumed, it says so.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

POPULATION: Final = 260_974_147
"""Of all 514 offices, mid-2017: the sum of instances/offices-2017.csv."""

WAITING_FOR_INGESTION: Final = 4_520_307
"""Recorded, not yet ingested, 10 September 2017 (jpnn.com, "Server e-KTP sempat mati hingga 6 bulan")."""

PRINT_READY: Final = 6_000_000
"""Ingested, without a card, 23 November 2017 (jpnn.com)."""

APPLICATIONS: Final = 52_000
"""A working day, measured January–March 2018 (suara.com, 11 April 2018)."""

FIRST_CARDS_PERCENT: Final = 40
"""Of the applications; the others are replacements, already in the database (Cimahi, 2019)."""

REPLACEMENT_QUEUE_DAYS: Final = 10
"""Working days of replacements that wait on day 0. Assumed."""

QUOTA_2017: Final = 50_000
"""Ingestion slots a day from June 2017 on (republika.co.id orkxz9322; lidiknews.co.id, 11 December 2017)."""

QUOTA_2018: Final = 327_000
"""Ingestion slots a day with the new servers of April 2018 (suara.com, 11 April 2018)."""

DELIVERY: Final = 7_000_000
"""Blanks in one delivery to the national warehouse: 20 million in 2017, 28 million in 2018."""

RESERVE: Final = 1_000_000
"""Blanks that the warehouse keeps back (October 2017)."""

DISPATCH_PER_DAY: Final = 250_000
"""Blanks the warehouse promised to hand out a day (November 2017)."""

SPOILED_PER_THOUSAND: Final = 9
"""Of the blanks used."""

WAREHOUSE_LAT: Final = Decimal("-6.2")
WAREHOUSE_LON: Final = Decimal("106.8")
"""The national warehouse, Jakarta."""
