"""JSON documents in, read exactly and checked against a model; files out, written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import simplejson
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from allocator.errors import InputError, OutputError, Problem

MAX_BYTES = 256 * 1024 * 1024
# Made once: a plan has a hundred thousand rows. use_decimal writes a Decimal as a number, digit for digit.
_COMPACT = simplejson.JSONEncoder(separators=(",", ":"), ensure_ascii=False, default=str, use_decimal=True)
_LONGEST_FOUND = 60

Model = TypeVar("Model", bound=BaseModel)


class Mistake(NamedTuple):
    """Another kind of document, easily given for the one that is expected."""

    field: str  # that only the other kind has
    found: str
    expected: str


def load_document(
    model: type[Model],
    path: str | os.PathLike[str],
    max_bytes: int = MAX_BYTES,
    mistake: Mistake | None = None,
) -> Model:
    """Read and validate a JSON file.

    Raises InputError, naming the file, with every problem found in it.
    """
    source = os.fspath(path)
    try:
        return parse_document(model, _read(source, max_bytes), mistake)
    except InputError as error:
        raise InputError(error.problems, source) from None


def parse_document(model: type[Model], text: str | bytes, mistake: Mistake | None = None) -> Model:
    """Validate a JSON text. Numbers keep their decimal text exactly. Raises InputError.

    Of a document of another kind that is told, and nothing of its fields.
    """
    data, duplicates = _parse(text)
    if mistake is not None and isinstance(data, dict) and mistake.field in data:
        raise InputError([Problem("", mistake.found, mistake.expected)])
    try:
        document = model.model_validate(data)
    except ValidationError as error:
        raise InputError([*duplicates, *validation_problems(error)]) from None
    if duplicates:
        raise InputError(duplicates)
    return document


def dump_document(document: BaseModel, *, row_fields: Sequence[str] = ()) -> str:
    """The JSON text of a document, without the fields that are at their default.

    Lists named in `row_fields` are written one row a line, so that files can be read and compared.
    """
    data = document.model_dump(mode="python", by_alias=True, exclude_defaults=True)
    parts = []
    for key, value in data.items():
        if key in row_fields and value:
            lines = ",\n".join(f"  {_compact(row)}" for row in value)
            parts.append(f" {_compact(key)}: [\n{lines}\n ]")
        else:
            parts.append(f" {_compact(key)}: {_compact(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def write_file(path: str | os.PathLike[str], write: Callable[[str], None]) -> None:
    """Let `write` fill a temporary file beside `path`, then rename it: whole or not at all.

    A link is followed; a device or pipe is written to as it is, for a rename would replace it.
    Raises OutputError with the path and the reason.
    """
    if "\0" in os.fspath(path):
        raise OutputError(f"cannot write {os.fspath(path)!r}: no path has a null character")
    target = Path(path)
    temporary: str | None = None
    try:
        if target.is_dir():
            raise IsADirectoryError(21, "it is a directory")
        if target.exists() and not target.is_file():
            write(str(target))
            return
        target = Path(os.path.realpath(target))
        handle, temporary = tempfile.mkstemp(
            dir=target.parent, prefix=f".{target.name[:40]}.", suffix=target.suffix
        )
        os.close(handle)
        write(temporary)
        with open(temporary, "rb") as written:
            os.fsync(written.fileno())
        os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, target)
        temporary = None
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file whole or not at all. Raises OutputError."""

    def write(temporary: str) -> None:
        with open(temporary, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)

    write_file(path, write)


def validation_problems(error: ValidationError) -> list[Problem]:
    """pydantic's errors in our words, one for each place that is wrong."""
    return [problem for _, problem in located_problems(error)]


def located_problems(error: ValidationError) -> Iterator[tuple[tuple[str | int, ...], Problem]]:
    """The same with the location of each in the document, for documents that are read from other files."""
    for item in error.errors(include_url=False):
        if _emptied_by_errors(item):
            continue
        location = tuple(part for part in item["loc"] if part not in _UNION_TAGS)
        found = "" if item["type"] == "missing" else show(item["input"])
        expected = _expectation(item["type"], item.get("ctx", {}), item["msg"])
        yield location, Problem(format_path(location), found, expected)


def _emptied_by_errors(item: ErrorDetails) -> bool:
    """pydantic counts the items that are valid: a list of one bad item is to it also one too short."""
    return item["type"] == "too_short" and len(item["input"]) >= item.get("ctx", {})["min_length"]


def format_path(location: Sequence[str | int]) -> str:
    """("offices", 3, "demand", "first") -> "offices[3].demand.first" """
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    return _printable(path)


def show(value: object) -> str:
    """A value as the file has it, shortened."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    text = (
        str(value) if isinstance(value, Decimal) else simplejson.dumps(value, default=str, ensure_ascii=False)
    )
    return _printable(text if len(text) <= _LONGEST_FOUND else f"{text[:_LONGEST_FOUND]}…")


# Tags of the unions in the models; pydantic puts them into locations, where they would only confuse.
_UNION_TAGS = frozenset({"<every day>", "<per day>"})

_EXPECTATIONS = {
    "missing": "this field, it is required",
    "extra_forbidden": "no such field: it is unknown here",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "bool_type": "true or false",
    "string_type": "a text",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "an object",
    "mapping_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "date_type": "a date, YYYY-MM-DD",
    "finite_number": "a finite number",
    "string_too_short": "a text that is not empty",
    "string_unicode": "a text of Unicode characters",
}


def _expectation(kind: str, context: Mapping[str, Any], message: str) -> str:
    if kind == "greater_than_equal":
        return f"at least {context['ge']}"
    if kind == "less_than_equal":
        return f"at most {context['le']}"
    if kind == "too_short":
        return f"at least {context['min_length']} in the list"
    if kind == "literal_error":
        return str(context["expected"])
    return _EXPECTATIONS.get(kind, message)


def _read(source: str, max_bytes: int) -> bytes:
    if "\0" in source:
        raise InputError([Problem("", "a null character in the path", "a readable JSON file")])
    try:
        with open(source, "rb") as stream:
            # Read one byte more than allowed: the size a device or pipe reports means nothing.
            data = stream.read(max_bytes + 1)
    except OSError as error:
        raise InputError([Problem("", error.strerror or str(error), "a readable JSON file")]) from error
    if len(data) > max_bytes:
        limit = f"at most {max_bytes / 2**20:g} MiB (the limit can be raised: --max-file-size)"
        raise InputError([Problem("", f"more than {max_bytes} bytes", limit)])
    return data


def _parse(text: str | bytes) -> tuple[object, list[Problem]]:
    """The document as Python objects, numbers exact, with a problem for each key that stands twice."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(
                [Problem("", f"a byte that is not UTF-8 at {error.start}", "JSON text")]
            ) from None
    duplicates: list[Problem] = []

    def build(pairs: list[tuple[str, object]]) -> dict[str, object]:
        result = dict(pairs)
        if len(result) < len(pairs):
            keys = [key for key, _ in pairs]
            duplicates.extend(
                Problem(_printable(key), "this key twice in one object", "each key once")
                for key in sorted({key for key in keys if keys.count(key) > 1})
            )
        return result

    try:
        data = json.loads(
            text, parse_float=_exact_number, parse_constant=_not_a_number, object_pairs_hook=build
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise InputError(
            [Problem("", f"no JSON at {place} ({error.msg})", "a complete JSON document")]
        ) from None
    except RecursionError:
        raise InputError([Problem("", "objects nested too deeply", "a document of this format")]) from None
    except InputError:
        raise
    except ValueError as error:  # Python refuses whole numbers of thousands of digits
        raise InputError([Problem("", str(error).split(";")[0], "numbers of a sane length")]) from None
    return data, duplicates


def _exact_number(text: str) -> Decimal | int:
    """A number with its decimal text kept exactly; whole ones (3.0, 2e3) as int, as in JSON Schema."""
    try:
        number = Decimal(text)
    except InvalidOperation:  # an exponent beyond what decimals can hold
        raise InputError([Problem("", show(text), "numbers of a sane size")]) from None
    if abs(number.adjusted()) < 30 and number == number.to_integral_value():
        return int(number)
    return number


def _not_a_number(text: str) -> object:
    raise InputError([Problem("", text, "numbers; JSON has no NaN or Infinity")])


def _compact(value: object) -> str:
    text: str = _COMPACT.encode(value)
    return text


def _printable(text: str) -> str:
    """JSON can spell half a surrogate pair, which no stream takes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
