"""Files that cannot be used: a clear message, exit code 2, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tools.instances import full_document

Run = Callable[..., Any]

TEXT = json.dumps(full_document()).encode()
BAD_FILES = {
    "truncated": (TEXT[: len(TEXT) // 2], "no JSON at line"),
    "empty": (b"", "no JSON at line"),
    "binary": (b"\x7fELF\x02\x01\x01\x00\xff\xfe", "not UTF-8"),
    "a list": (b"[1, 2]", "an object"),
    "NaN": (TEXT.replace(b'"days": 6', b'"days": NaN'), "no NaN"),
    "nested": (b"[" * 100_000, "nested"),
    "a wrong type": (
        TEXT.replace(b'"days": 6', b'"days": "six"'),
        'days: found "six", expected a whole number',
    ),
    "an unknown field": (TEXT.replace(b'"days": 6', b'"days": 6, "dyas": 6'), "dyas"),
}


@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.parametrize("command", ["solve", "check"])
def test_a_bad_file(run: Run, tmp_path: Path, command: str, name: str) -> None:
    data, expected = BAD_FILES[name]
    path = tmp_path / "bad.json"
    path.write_bytes(data)
    arguments = [path, path] if command == "check" else [path]
    result = run(command, *arguments)
    assert result.exit_code == 2
    assert expected in result.stderr
    assert "bad.json: " in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == [path]


def test_every_error_at_once_each_with_file_and_path(run: Run, tmp_path: Path) -> None:
    document = full_document()
    document["pack_size"] = 0
    document["offices"][0]["print_capacity"] = "many"
    document["lanes"][0]["from"] = "nowhere"
    (tmp_path / "bad.json").write_text(json.dumps(document))
    (tmp_path / "plan.json").write_text('{"schema_version": 2, "instance": "full"}')
    result = run("check", "bad.json", "plan.json", "--json")
    errors = json.loads(result.stdout)["errors"]
    assert {(error["file"], error["path"]) for error in errors} >= {
        ("bad.json", "pack_size"),
        ("bad.json", "offices[0].print_capacity"),
        ("bad.json", "lanes[0].from"),
        ("plan.json", "schema_version"),
    }
    people = run("check", "bad.json", "plan.json").stderr
    assert all(error["message"] in people for error in errors)
    assert f"{len(errors)} problems" in people


def test_a_missing_file(run: Run) -> None:
    result = run("solve", "nosuch.json")
    assert result.exit_code == 2
    assert "nosuch.json: found No such file" in result.stderr


def test_a_directory(run: Run, tmp_path: Path) -> None:
    result = run("solve", tmp_path)
    assert result.exit_code == 2
    assert "directory" in result.stderr


def test_no_permission(run: Run, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: object, *_: object) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("allocator.documents.open", refuse, raising=False)
    result = run("solve", small)
    assert result.exit_code == 2
    assert "Permission denied" in result.stderr


def test_a_file_over_the_limit(run: Run, small: Path) -> None:
    result = run("solve", small, "--max-file-size", "0.001")
    assert result.exit_code == 2
    assert "--max-file-size" in result.stderr
    assert run("solve", small, "--max-file-size", "1").exit_code == 0


def test_a_plan_for_another_instance(run: Run, small: Path) -> None:
    (small.parent / "plan.json").write_text(
        '{"schema_version": 1, "instance": "other",'
        ' "cards": [{"office": "x", "stream": "y", "day": 99, "cards": 1}]}'
    )
    result = run("check", small, "plan.json", "--json")
    assert result.exit_code == 2
    errors = json.loads(result.stdout)["errors"]
    assert [error["path"] for error in errors] == ["instance"]
    assert {error["file"] for error in errors} == {"plan.json"}
