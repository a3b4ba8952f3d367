"""The page as a text: one file, no network, safe with any name, every word in every language."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from allocator.errors import InputError
from allocator.instance.models import Instance
from allocator.methods.policies import POLICIES
from allocator.plan.arrays import plan_from_arrays
from allocator.report.html import LANGUAGES, make_page, report_data
from allocator.report.html.page import embedded
from allocator.report.html.words import load_words
from allocator.verdict import verify
from tests.tools.instances import full_document

NASTY = "</script><script>alert(1)</script><!--<b>&\u2028'\"{{title}}"


class Parts(HTMLParser):
    """The elements of a page, and the text of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self._in_script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._in_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts.append(data)


def nasty_instance() -> Instance:
    document = full_document()
    document["name"] = document["offices"][0]["name"] = document["offices"][0]["province"] = NASTY
    return Instance.model_validate(document)


def page_of(instance: Instance, language: str = "en") -> str:
    plan = plan_from_arrays(POLICIES["proportional"].plan(instance), instance)
    return make_page(report_data(instance, plan, verify(instance, plan)), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_file_that_needs_nothing_else(full_instance: Instance, language: str) -> None:
    page = page_of(full_instance, language)
    parts = Parts(page)
    assert parts.elements[0] == ("html", {"lang": language})
    assert "{{" not in page
    addresses = set(re.findall(r"(?i)\b(?:https?|wss?|ftp)://[^\s\"'`)]*", page))
    assert addresses == {"http://www.w3.org/2000/svg"}  # a vocabulary: nothing is fetched
    for _, attributes in parts.elements:
        assert "src" not in attributes
        assert (attributes.get("href") or "#").startswith(("#", "data:,"))
    assert not re.search(r"@import|url\((?!#)|fetch\(|XMLHttpRequest|WebSocket|innerHTML|eval\(", page)
    assert "default-src 'none'" in page


def test_names_cannot_leave_their_place() -> None:
    instance = nasty_instance()
    page = page_of(instance)
    parts = Parts(page)
    assert [tag for tag, _ in parts.elements].count("script") == 3
    assert "alert(1)</script>" not in page
    data = json.loads(parts.scripts[0])
    assert data["instance"]["name"] == data["offices"][0]["name"] == NASTY


def test_any_text_comes_back_from_what_is_embedded() -> None:
    texts = [NASTY, "\ud800 alone", "Ünï – 字"]
    written = embedded(texts)
    assert not re.search("[<>&\u2028\u2029\ud800-\udfff]", written)
    assert json.loads(written) == texts


def test_every_language_has_every_word_with_the_same_places() -> None:
    words = {language: load_words(language) for language in LANGUAGES}
    english = words["en"]
    for language, texts in words.items():
        assert texts.keys() == english.keys(), language
        for key, text in texts.items():
            assert text.strip(), f"{language}.{key} is empty"
            assert set(re.findall(r"{(\w+)}", text)) == set(re.findall(r"{(\w+)}", english[key])), key


def test_every_word_that_the_page_asks_for_is_there_and_none_is_left_over(full_instance: Instance) -> None:
    assets = files("allocator.report.html").joinpath("assets")
    text = "\n".join(asset.read_text(encoding="utf-8") for asset in assets.iterdir())
    data = report_data(
        full_instance,
        plan_from_arrays(POLICIES["empty"].plan(full_instance), full_instance),
        verify(full_instance, POLICIES["empty"].plan(full_instance)),
    )
    asked = set(re.findall(r"\bW\.(\w+)|\bsay\(\"(\w+)\"|\{\{(\w+)\}\}", text))
    names = {name for groups in asked for name in groups if name}
    names |= {f"lack_{name}" for name in (*data["lacks"], "nothing")}
    names |= {f"policy_{name.replace('-', '_')}" for name in POLICIES}
    names |= {f"term_{name}" for name in data["contenders"][0]["cost"]}
    for key in re.findall(r"\bnumbered\(\"(\w+)\"", text):
        names |= {key, f"{key}_one"}
    kinds = ("quota", "storage", "links", "blanks", "printers", "lanes", "handling")
    assert {limit["kind"] for limit in data["limits"]} <= set(kinds)
    names |= {f"limit_{kind}" for kind in kinds}
    filled = {"language", "page_title", "style", "script", "data", "words"}
    assert names - filled == load_words("en").keys()


def test_a_language_that_is_not_there() -> None:
    with pytest.raises(InputError, match="one of en, id"):
        load_words("fr")
