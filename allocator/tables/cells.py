"""What a cell means, by the kind of its column, and what a spreadsheet may have done to it."""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from allocator.tables.sheets import Cell, is_empty
from allocator.tables.text import unprotect

BY_DAY: Final = "by day"
_NUMBER: Final = re.compile(r"[+-]?\d{1,60}(\.\d{1,60})?([eE][+-]?\d{1,3})?")
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}\.\d{3}")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_EPOCH: Final = datetime.date(1899, 12, 30)
_FLAGS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class ByDay:
    """The cell says that the values stand in a table by day."""


class BadCellError(Exception):
    """A cell that means nothing in its column; the message is what was expected."""


def read_text(cell: Cell) -> str:
    if isinstance(cell, str):
        try:
            text = unprotect(cell)
        except ValueError:
            raise BadCellError('a text; one that starts with " must be a whole JSON text') from None
        assert text is not None, "empty cells are not read"
        return text
    if isinstance(cell, bool | datetime.date):
        raise BadCellError("a text: format the cell as text and type it again")
    raise BadCellError(
        "a text: format the cell as text and type it again, for of a number the zeros at the ends are lost"
        " (21.1 may have been 21.10)"
    )


def read_number(cell: Cell) -> Decimal | int:
    """A number with its decimal text; whole ones as int."""
    if isinstance(cell, bool):
        raise BadCellError("a number")
    if isinstance(cell, datetime.date):
        raise BadCellError("a number, not a date: format the cell as a number and type it again")
    if isinstance(cell, str):
        text = cell.strip()
        if not _NUMBER.fullmatch(text):
            if re.fullmatch(r"[+-]?\d[\d.,'\s]*", text):
                raise BadCellError("a number without separators of thousands, with a point before decimals")
            raise BadCellError("a number")
        number = Decimal(text)
    else:
        number = Decimal(repr(cell)) if isinstance(cell, float) else Decimal(cell or 0)
    if not number.is_finite():
        raise BadCellError("a finite number")
    if abs(number.adjusted()) < 30 and number == number.to_integral_value():
        return int(number)
    return number


def read_count(cell: Cell) -> int:
    """A whole number; 2.0 is one, but 2.000 may be two thousand, as some countries write it."""
    number = read_number(cell)
    if not isinstance(number, int) or (isinstance(cell, str) and _THOUSANDS.fullmatch(cell.strip())):
        hint = ": a point comes before decimals, not between thousands" if isinstance(cell, str) else ""
        raise BadCellError(f"a whole number{hint}")
    return number


def read_flag(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    value = None if isinstance(cell, datetime.date) else _FLAGS.get(str(cell).strip().casefold())
    if value is None:
        raise BadCellError("true or false, or 1 or 0")
    return value


def read_date(cell: Cell) -> datetime.date:
    if isinstance(cell, datetime.datetime):
        if cell.time() != datetime.time():
            raise BadCellError("a date without a time")
        return cell.date()
    if isinstance(cell, datetime.date):
        return cell
    if isinstance(cell, str) and _DATE.fullmatch(cell.strip()):
        try:
            return datetime.date.fromisoformat(cell.strip())
        except ValueError:
            raise BadCellError("a date that exists, YYYY-MM-DD") from None
    raise BadCellError(f"a date, YYYY-MM-DD{_as_date(cell)}")


def read_day(
    cell: Cell, start: datetime.date | None, days: int | None = None, *, after_end: bool = False
) -> int:
    """A day by its number, or by its date; of a horizon of `days`, or also after its end."""
    day = _day_number(cell, start)
    if start is None or (days is not None and day < days):
        return day
    by_number = not isinstance(cell, datetime.date) and not (
        isinstance(cell, str) and _DATE.fullmatch(cell.strip())
    )
    hint = _as_date(cell) if by_number else ""
    if days is not None and not after_end:
        raise BadCellError(f"a day of the horizon, {_horizon(start, days)}{hint}")
    if hint:
        raise BadCellError(f"a day: its number from 0 on, or its date, YYYY-MM-DD{hint}")
    return day


def _horizon(start: datetime.date, days: int) -> str:
    try:
        last = start + datetime.timedelta(days=days - 1)
    except OverflowError:
        return f"0 to {days - 1}"
    return f"0 to {days - 1}, or {start} to {last}"


def _day_number(cell: Cell, start: datetime.date | None) -> int:
    if isinstance(cell, datetime.date) or (isinstance(cell, str) and _DATE.fullmatch(cell.strip())):
        date = read_date(cell)
        if start is None:
            raise BadCellError("the number of a day, as long as the date of day 0 is unknown")
        if date < start:
            raise BadCellError(f"a day from {start.isoformat()} (day 0) on")
        return (date - start).days
    try:
        return read_count(cell)
    except BadCellError:
        raise BadCellError("a day: its number from 0 on, or its date, YYYY-MM-DD") from None


def read_daily(cell: Cell, read: Callable[[Cell], int]) -> int | type[ByDay]:
    """One value for every day, or the word that says where the values are."""
    if isinstance(cell, str) and " ".join(cell.split()).casefold() == BY_DAY:
        return ByDay
    try:
        return read(cell)
    except BadCellError as error:
        raise BadCellError(f'{error} (or "{BY_DAY}", with the values in their own table)') from None


def show_cell(cell: Cell) -> str:
    """A cell as a message has it."""
    if is_empty(cell):
        return "an empty cell"
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, datetime.datetime):
        return f"the date {cell.date() if cell.time() == datetime.time() else cell}"
    if isinstance(cell, datetime.date):
        return f"the date {cell}"
    if isinstance(cell, str):
        text = cell if len(cell) <= 60 else f"{cell[:60]}…"
        return f'"{text.encode("utf-8", "backslashreplace").decode()}"'
    return f"the number {cell}"


def _as_date(cell: Cell) -> str:
    """What a bare number would be as a date: a spreadsheet counts days since 1899, some write 20270114."""
    try:
        number = read_number(cell)
    except BadCellError:
        return ""
    if isinstance(number, int) and 20_000 <= number <= 80_000:
        return f" ({number} may be {_EPOCH + datetime.timedelta(days=number)}: format the cell as a date)"
    if isinstance(number, int) and 19_000_000 < number < 22_000_000:
        with contextlib.suppress(ValueError):
            return f" ({number} may be {datetime.date.fromisoformat(str(number))})"
    return ""
