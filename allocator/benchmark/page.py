"""The page of results: what stands between its marks is made from the results files, the rest is prose.

<!-- results: NAME -->
...
<!-- end -->
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from allocator.benchmark.results import Result
from allocator.benchmark.tables import suite_tables
from allocator.documents import write_text
from allocator.errors import InputError, Problem

_MARKED = re.compile(r"(<!-- results: (?P<name>[\w-]+) -->\n)(?P<old>.*?)(<!-- end -->)", re.DOTALL)
_REDRAWN = "allocator bench --tables --pictures"


def section(suite: str, runs: Sequence[Result], pictures: Path) -> str:
    """The tables and pictures of a suite, each with the command that makes it."""
    command = f"```sh\nallocator bench {suite}\n{_REDRAWN}\n```"
    parts = []
    for table in suite_tables(runs):
        parts += [table.markdown(), command]
    for picture in sorted(pictures.glob(f"{suite}-*.svg")):
        what = picture.stem.removeprefix(f"{suite}-").replace("-", " ")
        parts += [f"![{suite}: {what}]({pictures.name}/{picture.name})", command]
    return "\n\n".join(parts)


def refresh(path: Path, parts: Mapping[str, str]) -> list[str]:
    """Put each part between the marks of its name; returns the names that have no marks.

    Raises InputError where there is no page, OutputError where it cannot be written.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(
            [Problem("", error.strerror or str(error), "the page to fill in")], str(path)
        ) from None
    marked = {match["name"] for match in _MARKED.finditer(text)}

    def fill(match: re.Match[str]) -> str:
        new = parts.get(match["name"])
        return match[0] if new is None else f"{match[1]}\n{new}\n\n{match[4]}"

    write_text(path, _MARKED.sub(fill, text))
    return [name for name in parts if name not in marked]
