"""The families of generated instances: each makes something else the thing that is short.

Figures are for the whole nation; an instance gets its offices' share of them.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import Enum
from typing import Final

from allocator.instance.generate import nation

SCARCE_2017: Final = datetime.date(2017, 8, 28)
"""A Monday. The data centre takes 50,000 records a day."""
NEW_SERVERS: Final = datetime.date(2018, 4, 11)
"""The day on which the quota rose to 327,000."""
AFTER_NEW_SERVERS: Final = datetime.date(2018, 5, 7)
"""A Monday."""
SCARCE_2019: Final = datetime.date(2019, 7, 1)
"""A Monday. Blanks are handed out in lots of 500."""
LOCAL_ELECTION: Final = datetime.date(2018, 6, 27)


class Twist(Enum):
    """What a family has that the others have not."""

    NONE = "none"
    OUTAGES = "outages"
    ISLANDS = "islands"
    HUBS = "hubs"
    QUOTA_STEP = "quota step"
    ELECTION = "election"
    LENDING = "lending"
    LINKS = "links"


@dataclass(frozen=True)
class Family:
    """How one family of instances differs from the others."""

    name: str
    description: str
    """One line: what binds."""
    start: datetime.date
    """Date of day 0, unless the twist is an event; then the date of the event."""
    event_at: tuple[int, int] = (0, 1)
    """The event's place in the horizon, as a fraction: start = event − days × fraction."""
    twist: Twist = Twist.NONE
    default_offices: int = 34
    offices_per_province: int = 1
    """Of invented offices, on average."""
    quota: int = nation.QUOTA_2018
    """Slots a day, nationwide."""
    first_cards: int = nation.APPLICATIONS * nation.FIRST_CARDS_PERCENT // 100
    """Applicants a working day, nationwide."""
    replacements: int = nation.APPLICATIONS * (100 - nation.FIRST_CARDS_PERCENT) // 100
    """Applicants a working day, nationwide."""
    printers_percent: int = 100
    """Of the usual number of printers."""
    worn_percent: int = 40
    """Of the printers: those that give 50–70 cards a day instead of 100–300."""
    warehouse_stock: int = 4_000_000
    """Blanks on day 0 above the reserve, nationwide."""
    delivery_every: int = 45
    """Days between deliveries of 7 million blanks to the warehouse; the first comes after half of them."""
    pack_size: int = 500
    cycle_days: int = 21
    """Days between trips to the median office at which the idle price makes trips and idling balance."""

    def day_zero(self, days: int) -> datetime.date:
        """The date of day 0 in an instance of `days` days."""
        part, whole = self.event_at
        return self.start - datetime.timedelta(days=days * part // whole)


_FAMILIES: Final = (
    Family(
        name="quota",
        description="the national ingestion quota is short; blanks and printers suffice",
        start=SCARCE_2017,
        quota=nation.QUOTA_2017,
        first_cards=nation.APPLICATIONS,
        printers_percent=200,
        delivery_every=30,
    ),
    Family(
        name="blanks",
        description="blanks are short: the warehouse has few and gets seven million every four months",
        start=SCARCE_2019,
        printers_percent=150,
        warehouse_stock=500_000,
        delivery_every=120,
    ),
    Family(
        name="printers",
        description="printers are short: all are worn; slots and blanks suffice",
        start=AFTER_NEW_SERVERS,
        worn_percent=100,
    ),
    Family(
        name="outages",
        description="the data centre is down for weeks at a time: no slots on four days of ten",
        start=SCARCE_2017,
        twist=Twist.OUTAGES,
        quota=75_000,
        printers_percent=150,
        delivery_every=30,
    ),
    Family(
        name="islands",
        description="most offices are on islands: dear trips by a weekly boat with little room",
        start=AFTER_NEW_SERVERS,
        twist=Twist.ISLANDS,
        printers_percent=150,
        cycle_days=24,
    ),
    Family(
        name="hubs",
        description="blanks go from the national warehouse to province hubs and on to the offices",
        start=AFTER_NEW_SERVERS,
        twist=Twist.HUBS,
        default_offices=102,
        offices_per_province=3,
        printers_percent=150,
        warehouse_stock=1_000_000,
        delivery_every=60,
        cycle_days=18,
    ),
    Family(
        name="quota-step",
        description="the quota rises from 50,000 to 327,000 a day, and a full database gets room",
        start=NEW_SERVERS,
        event_at=(1, 3),
        twist=Twist.QUOTA_STEP,
        quota=nation.QUOTA_2017,
        printers_percent=200,
        delivery_every=30,
    ),
    Family(
        name="election",
        description="a share of those who applied is promised a card by the local election, 27 June 2018",
        start=LOCAL_ELECTION,
        event_at=(2, 3),
        twist=Twist.ELECTION,
        printers_percent=150,
    ),
    Family(
        name="lending",
        description="some offices have blanks and hardly a printer, their neighbours the reverse",
        start=SCARCE_2019,
        twist=Twist.LENDING,
        default_offices=40,
        offices_per_province=5,
        printers_percent=150,
        warehouse_stock=3_000_000,
        delivery_every=200,
        cycle_days=28,
    ),
    Family(
        name="links",
        description="links of offices to the data centre are slow, and half of them fail for weeks",
        start=AFTER_NEW_SERVERS,
        twist=Twist.LINKS,
        printers_percent=200,
        delivery_every=30,
    ),
)

FAMILIES: Final[dict[str, Family]] = {family.name: family for family in _FAMILIES}
"""By name, in the order in which they are listed."""
