"""The words of the report in every language it speaks."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Final

from allocator.errors import InputError, Problem

LANGUAGES: Final = ("en", "id")


def load_words(language: str) -> dict[str, str]:
    """All texts of the page by key. Raises InputError, which lists the languages."""
    if language not in LANGUAGES:
        raise InputError([Problem("--lang", f'"{language}"', "one of " + ", ".join(LANGUAGES))])
    text = (
        files("allocator.report.html").joinpath("languages", f"{language}.json").read_text(encoding="utf-8")
    )
    words: dict[str, str] = json.loads(text)
    return words
