"""Texts in cells that no spreadsheet changes or runs, and back, exactly.

One rule for all of them: a text that a spreadsheet would take for a formula, a number or a date, or
whose blanks and control characters it might lose, is written in double quotes, as JSON text. Empty cells
mean "not given".
"""

from __future__ import annotations

import json
import re
from typing import Final

_STARTS: Final = frozenset("=+-@\"'＝＋－＠")
_ESCAPED: Final = re.compile(r"_x(?=[0-9A-Fa-f]{4}_|005F)")  # how workbooks spell control characters
_MONTH: Final = "(jan|feb|mar|apr|may|mei|jun|jul|aug|agu|sep|oct|okt|nov|dec|des)[a-z]{0,6}"
_CONVERTED: Final = re.compile(
    r"[\d.,/:\s-]*\d[\d.,/:\s%-]*(e\d+)?"
    r"|true|false|yes|no"
    rf"|\d+[\s./-]*{_MONTH}([\s./-]*\d+)?|{_MONTH}[\s./-]*\d+([\s,./-]+\d+)?"
    r"|\d+\s*[ap]m?",
    re.IGNORECASE,
)


def protect(text: str, *, loose: bool) -> str:
    """The text for a cell; `loose` for cells without a type, as in CSV, where 21.10 would become 21.1."""
    if (
        text
        and text == text.strip()
        and text[0] not in _STARTS
        and text.isprintable()
        and not _ESCAPED.search(text)
        and not (loose and _CONVERTED.fullmatch(text))
    ):
        return text
    return _ESCAPED.sub(r"\\u005fx", json.dumps(text))


def unprotect(cell: str) -> str | None:
    """The text that a cell means; None for an empty cell.

    Raises ValueError for a text in double quotes that is no JSON text of Unicode characters.
    """
    text = cell.strip()
    if not text:
        return None
    if not text.startswith('"'):
        return text
    value: str = json.loads(text)
    value.encode()  # JSON can spell half a surrogate pair, which is no text
    return value
