"""What each office gets and what it is left with, as a table; of many, those that matter most."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import RenderableType

from allocator.report.offices import OfficeRow, by_province, sum_rows
from allocator.report.tables import Column, fitted_table, names
from allocator.report.wording import clean, count, days_long, plural

MOST_ROWS = 20
"""Up to this many offices are all shown."""
WORST_ROWS = 15
WORST_BELOW_PROVINCES = 5
MOST_PROVINCES = 40


def office_tables(rows: Sequence[OfficeRow], width: int, *, every: bool = False) -> list[RenderableType]:
    """The tables for these offices: all of them, or by province and the worst off."""
    provinces = by_province(rows)
    left = "and what is left there at the end"
    if every or len(rows) <= MOST_ROWS:
        return [_table(f"What each office gets, {left}", "Office", rows, rows, width)]
    worst = sorted(rows, key=lambda row: (-row.without_card, row.name))
    neediest = "offices with most people without a card at the end"
    if 1 < len(provinces) <= MOST_PROVINCES and len(provinces) < len(rows):
        shown = sorted(provinces, key=lambda row: (-row.without_card, row.name))
        title = f"What each province gets, {left}: {plural(len(rows), 'office')}"
        few = worst[:WORST_BELOW_PROVINCES]
        return [
            _table(title, "Province", shown, rows, width),
            _table(f"The {len(few)} {neediest}", "Office", few, None, width),
        ]
    title = f"The {WORST_ROWS} of {len(rows):,} {neediest}"
    others = sum_rows(f"{len(rows) - WORST_ROWS:,} others", worst[WORST_ROWS:])
    return [_table(title, "Office", [*worst[:WORST_ROWS], others], rows, width)]


def _table(
    title: str, what: str, rows: Sequence[OfficeRow], all_rows: Sequence[OfficeRow] | None, width: int
) -> RenderableType:
    total = sum_rows("All", all_rows) if all_rows is not None and len(all_rows) > 1 else None

    def column(header: str, cell: Callable[[OfficeRow], str], yields: int = 0) -> Column:
        return Column(header, [cell(row) for row in rows], cell(total) if total else None, yields=yields)

    columns = [
        names(what, [clean(row.name) for row in rows], total.name if total else None),
        column("Slots", lambda row: count(row.slots)),
        column("Packs\nin", lambda row: count(row.packs_in)),
        column("Packs\nout", lambda row: count(row.packs_out), 1),
        column("Trips", lambda row: count(row.trips), 3),
        column("Cards", lambda row: count(row.cards)),
        column("Mean\nwait,\ndays", lambda row: days_long(row.mean_wait_days)),
        column("Left:\nunprint-\nable", lambda row: count(row.still_unprintable)),
        column("Left:\nwaiting", lambda row: count(row.still_waiting)),
        column("Left:\nblanks", lambda row: count(row.blanks_left), 2),
    ]
    if not any(row.packs_out for row in all_rows or rows):
        del columns[3]
    return fitted_table(title, columns, width, whole_names=True)
