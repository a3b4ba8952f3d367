"""The page: numbers, words and assets put into one file that asks nothing of any network."""

from __future__ import annotations

import json
import re
from html import escape
from importlib.resources import files
from typing import Any, Final

from allocator.report.html.words import load_words

_SCRIPTS: Final = (
    "base",
    "charts",
    "summary",
    "time",
    "map",
    "fairness",
    "office",
    "table",
    "dispatch",
    "start",
)
_PLACE = re.compile(r"\{\{(\w+)\}\}")


def make_page(data: dict[str, Any], language: str = "en") -> str:
    """The HTML text. Raises InputError when there are no words in that language."""
    words = load_words(language)
    title = f"{data['instance']['name']}: {words['title']}"
    parts = {
        "language": language,
        "page_title": escape(title),
        "style": asset("style.css"),
        "script": "\n".join(asset(f"{name}.js") for name in _SCRIPTS),
        "data": embedded(data),
        "words": embedded(words),
    }

    def fill(place: re.Match[str]) -> str:
        name = place[1]
        return parts[name] if name in parts else escape(words[name])

    return _PLACE.sub(fill, asset("page.html"))


def asset(name: str) -> str:
    """The text of a file that belongs to the page."""
    return files("allocator.report.html").joinpath("assets", name).read_text(encoding="utf-8")


def embedded(value: Any) -> str:
    """JSON that can stand within a script element, whatever texts it holds, and that any browser parses."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    # A lone surrogate has no place in UTF-8, but JSON can spell it.
    return re.sub(r"[\ud800-\udfff]", lambda found: f"\\u{ord(found[0]):04x}", text)
