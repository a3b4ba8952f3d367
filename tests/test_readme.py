"""What README and docs/ say is so: the code runs, links lead somewhere, lists are complete."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from allocator.backends import BACKENDS
from allocator.instance.generate import FAMILIES
from allocator.methods.policies import POLICIES
from allocator.verdict import RULES

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE_SPAN = re.compile(r"`[^`\n]*`")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _code(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", _text(page), re.MULTILINE | re.DOTALL)


def _anchors(page: Path) -> set[str]:
    """Headings as GitHub makes anchors of them."""
    headings = re.findall(r"^#+ (.*)$", _FENCED.sub("", _text(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_library_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "instances").mkdir()
    shutil.copy(ROOT / "instances" / "kepri-2017.json", tmp_path / "instances")
    monkeypatch.chdir(tmp_path)
    (example,) = _code(README)
    assert "time_limit=20" in example
    exec(compile(example.replace("time_limit=20", "time_limit=3"), str(README), "exec"), {})
    printed = capsys.readouterr().out
    assert re.search(r"^(optimal|feasible): [\d,]+ IDR, proven gap \d+\.\d\d%$", printed, re.MULTILINE)
    assert re.search(r"^[\d,]+, mean wait \d+ days$", printed, re.MULTILINE)
    assert (tmp_path / "kepri.plan.json").is_file()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in _LINK.findall(_CODE_SPAN.sub("", _FENCED.sub("", _text(page)))):
        if re.match(r"https?://", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(link)
    assert broken == []


def test_readme_names_every_command_backend_and_policy() -> None:
    text = _text(README)
    for command in ("solve", "check", "generate", "schema", "backends"):
        assert f"`allocator {command}" in text
    assert [name for name in (*BACKENDS, *POLICIES) if f"`{name}`" not in text] == []


def test_docs_name_every_policy_and_family() -> None:
    assert [name for name in POLICIES if f"**`{name}`**" not in _text(ROOT / "docs" / "policies.md")] == []
    assert [name for name in FAMILIES if f"`{name}`" not in _text(ROOT / "docs" / "instances.md")] == []


def test_the_model_has_as_many_rules_as_the_verdict() -> None:
    section = _text(ROOT / "docs" / "model.md").partition("\n## Rules")[2].partition("\n## ")[0]
    assert re.findall(r"^(\d+)\. \*\*", section, re.MULTILINE) == [str(n + 1) for n in range(len(RULES))]


def test_every_page_is_listed() -> None:
    listed = _text(ROOT / "docs" / "README.md")
    pages = [page.name for page in (ROOT / "docs").glob("*.md") if page.name != "README.md"]
    assert [name for name in pages if f"({name})" not in listed] == []
