"""A changed copy of an instance, from texts such as `quota=+10%` or `offices.21.72.print_capacity=300`.

    PATH[DAYS]=CHANGE

PATH: fields joined by dots. In a list, the id of an entry, or its number from 0 where entries have
no ids, or `*` for all. Ids may hold dots: at each step the longest id or field that fits is meant.
DAYS, for what has a value per day: `[12]`, or `[3..9]` with both ends, in days or dates; all days
without it.
CHANGE: `+10%` or `-10%` of what is there, `+500` or `-500`, `x1.5`, or a value, as JSON or as plain text; `=`
before it makes it a value in any case. Counts are rounded to whole numbers, halves up.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from difflib import get_close_matches
from typing import Any

import simplejson
from pydantic import ValidationError

from allocator.documents import show, validation_problems
from allocator.errors import InputError, Problem
from allocator.instance.models import Instance

DAILY_FIELDS = frozenset({"quota", "ingest_capacity", "print_capacity", "arrivals", "open"})
"""Fields with a value per day."""

_CHANGE = re.compile(r"(?P<sign>[+-])(?P<amount>\d+(\.\d+)?)(?P<percent>%?)|x(?P<factor>\d+(\.\d+)?)")
_DAYS = re.compile(r"\[(?P<first>[^\].]+)(\.\.(?P<last>[^\].]+))?\]")
_MOST_SHOWN = 8


@dataclass(frozen=True)
class _Place:
    """A value in the document: the object or list that holds it, and where in it."""

    holder: Any
    key: Any
    of_many: bool
    """Reached by a `*`."""


class _EditError(Exception):
    """What is wrong with one edit."""

    def __init__(self, found: str, expected: str) -> None:
        self.found, self.expected = found, expected
        super().__init__(found)


def edit_instance(instance: Instance, edits: Sequence[str]) -> Instance:
    """The instance with the edits made, one after the other.

    Raises InputError with everything that is wrong with any of them, and with what they make of the
    instance where that contradicts itself.
    """
    document = _plain(instance.model_dump(mode="python", by_alias=True))
    problems: list[Problem] = []
    for text in edits:
        try:
            _Edit(text, instance).apply(document)
        except _EditError as error:
            problems.append(Problem(f"--set {text}", error.found, error.expected))
    if problems:
        raise InputError(problems)
    try:
        return Instance.model_validate(document)
    except ValidationError as error:
        after = "with " + ", ".join(edits)
        named = [
            Problem(_with_ids(problem.path, document), problem.found, problem.expected)
            for problem in validation_problems(error)
        ]
        raise InputError(named, after) from None


class _Edit:
    """One edit, read and applied from left to right."""

    def __init__(self, text: str, instance: Instance) -> None:
        self._text = text
        self._instance = instance

    def apply(self, document: dict[str, Any]) -> None:
        """Change the document in place."""
        places, rest = self._resolve(document, self._text, "the instance")
        field = places[0].key
        days: slice | None = None
        if rest.startswith("["):
            days, rest = self._days(rest, field)
        change = rest.removeprefix("=")
        if not change:
            raise _EditError("no change", "a change after the =, as in quota=+10%, quota=x1.5 or quota=300")
        # All at first, so that nothing is changed by an edit that can't be made everywhere.
        changed = [self._changed(place, days, change) for place in places]
        if all(value is _UNLIMITED for value in changed):
            raise _EditError("no limit (null) there", "a number to set: there is nothing to change by that")
        for place, value in zip(places, changed, strict=True):
            if value is not _UNLIMITED:
                place.holder[place.key] = value

    def _resolve(self, node: Any, text: str, where: str, of_many: bool = False) -> tuple[list[_Place], str]:
        """All values that the path at the beginning of the text means, and the text after it."""
        keys = dict(_children(node))
        if not keys:
            raise _EditError(f"`{_first_part(text)}`", f"nothing within {where}: it has no parts")
        if re.match(r"\*(\.|\[|=)", text) and isinstance(node, list | dict):
            return self._resolve_all(node, keys, text[1:], where)
        fitting = [
            key for key in keys if text.startswith(key) and text[len(key) : len(key) + 1] in (".", "[", "=")
        ]
        if not fitting:
            asked = _entry(text) if isinstance(node, list) else _first_part(text)
            raise _EditError(f"`{asked}`", _known(node, keys, asked, where))
        key = max(fitting, key=len)
        rest = text[len(key) :]
        if not rest.startswith("."):
            return [_Place(node, keys[key], of_many)], rest
        below = f"{where}.{key}" if where != "the instance" else key
        child = node[keys[key]]
        if child is None:
            raise _EditError(
                f"`{below}` is null", f'a whole object set at once, as in {below}={{"free": 1000}}'
            )
        return self._resolve(child, rest[1:], below, of_many)

    def _resolve_all(
        self, node: Any, keys: dict[str, Any], rest: str, where: str
    ) -> tuple[list[_Place], str]:
        if not rest.startswith("."):
            return [_Place(node, key, True) for key in keys.values()], rest
        places: list[_Place] = []
        after = ""
        missing: _EditError | None = None
        for name, key in keys.items():
            try:
                found, after_this = self._resolve(node[key], rest[1:], f"{where}.{name}", of_many=True)
            except _EditError as error:  # not every office has every stream
                missing = error
                continue
            places += found
            after = after_this
        if not places:
            assert missing is not None
            raise missing
        return places, after

    def _days(self, text: str, field: Any) -> tuple[slice, str]:
        match = _DAYS.match(text)
        if match is None:
            raise _EditError(f"`{_first_part(text)}`", "days, as in [12], [3..9] or [2017-09-01..2017-09-30]")
        if field not in DAILY_FIELDS:
            raise _EditError(
                match[0], f"no days: {field} is not per day; {', '.join(sorted(DAILY_FIELDS))} are"
            )
        first = self._day(match["first"])
        last = first if match["last"] is None else self._day(match["last"])
        if last < first:
            raise _EditError(match[0], "the first day before the last")
        return slice(first, last + 1), text[match.end() :]

    def _day(self, text: str) -> int:
        days = self._instance.days
        try:
            day = int(text)
        except ValueError:
            try:
                day = (datetime.date.fromisoformat(text) - self._instance.start).days
            except ValueError:
                raise _EditError(f"`{text}`", "a day from 0 on, or a date as YYYY-MM-DD") from None
        if not 0 <= day < days:
            end = self._instance.start + datetime.timedelta(days=days - 1)
            raise _EditError(f"`{text}`", f"a day from 0 to {days - 1}, {self._instance.start} to {end}")
        return day

    def _changed(self, place: _Place, days: slice | None, change: str) -> Any:
        old = place.holder[place.key]
        match = _CHANGE.fullmatch(change)
        if days is None:
            return _each(old, match, change, place)
        daily = list(old) if isinstance(old, list) else [old] * self._instance.days
        if len(daily) == self._instance.days:
            new = _each(daily[days], match, change, place)
            if new is not _UNLIMITED and None not in daily:
                number = len(daily[days])
                daily[days] = new if isinstance(new, list) and len(new) == number else [new] * number
                return daily
        raise _EditError("no limit (null) on the other days", "a value for all days first")


class _Unlimited:
    """In place of a value: there is no limit that could be changed by a share or an amount."""


_UNLIMITED = _Unlimited()


def _each(old: Any, match: re.Match[str] | None, change: str, place: _Place) -> Any:
    """The value after the change; lists per day value by value."""
    if match is None:
        return _value(change.removeprefix("="))
    if isinstance(old, list):
        return [_each(value, match, change, place) for value in old]
    if old is None and place.of_many:
        return _UNLIMITED
    if isinstance(old, bool) or not isinstance(old, int | Decimal):
        raise _EditError(show(old), f"a number that can be changed by {change}; to set a value: ={change}")
    if match["factor"] is not None:
        new = Decimal(old) * Decimal(match["factor"])
    else:
        amount = Decimal(match["sign"] + match["amount"])
        new = Decimal(old) * (1 + amount / 100) if match["percent"] else Decimal(old) + amount
    return int(new.to_integral_value(ROUND_HALF_UP)) if isinstance(old, int) else new


def _value(text: str) -> Any:
    try:
        return simplejson.loads(text, use_decimal=True)
    except simplejson.JSONDecodeError:
        return text


def _plain(value: Any) -> Any:
    """Lists and dicts that can be changed, whole decimals as they are."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _children(node: Any) -> Iterator[tuple[str, Any]]:
    """The names by which the parts of an object or list are called, and their keys in it."""
    if isinstance(node, dict):
        yield from ((key, key) for key in node)
    elif isinstance(node, list):
        for number, item in enumerate(node):
            if isinstance(item, dict):
                yield str(item.get("id") or number), number


def _known(node: Any, keys: dict[str, Any], asked: str, where: str) -> str:
    """What could have been meant: by id, and where entries have names by those."""
    by_name = {
        str(node[key]["name"]): name
        for name, key in keys.items()
        if isinstance(node, list) and node[key].get("name") not in (None, name)
    }
    near = get_close_matches(asked, [*keys, *by_name], n=3, cutoff=0.6)
    lower = asked.lower()
    near += [name for name in by_name if lower and lower in name.lower() and name not in near][:3]
    if near:
        options = [f"{by_name[name]} ({name})" if name in by_name else name for name in near]
    else:
        options = list(keys)[:_MOST_SHOWN] + (["…"] if len(keys) > _MOST_SHOWN else [])
    return f"a part of {where}: {' or '.join(options) if near else ', '.join(options)}"


def _first_part(text: str) -> str:
    return re.split(r"[.\[=]", text, maxsplit=1)[0] or text


def _entry(text: str) -> str:
    """An id that may hold dots: all of the path but its last field."""
    path = re.split(r"[\[=]", text, maxsplit=1)[0]
    return path.rpartition(".")[0] or path


def _with_ids(path: str, document: dict[str, Any]) -> str:
    """`offices[3].blanks` with the id that people know: `offices.21.72.blanks`."""
    match = re.match(r"(streams|depots|offices|lanes|targets)\[(\d+)\]", path)
    if match is None:
        return path
    entry = document[match[1]][int(match[2])]
    known = entry.get("id") if isinstance(entry, dict) else None
    return f"{match[1]}.{known}{path[match.end() :]}" if known else path
