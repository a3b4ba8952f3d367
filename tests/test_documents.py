"""Files in and out: whatever stands in them, and whatever happens while they are written."""

from __future__ import annotations

import errno
import json
import os
import stat
from pathlib import Path

import pytest

from allocator import documents
from allocator.documents import load_document, parse_document, write_file, write_text
from allocator.errors import InputError, OutputError, Problem
from allocator.instance.files import load_instance, parse_instance
from allocator.instance.models import Instance
from tests.tools.instances import tiny_document

TEXT = json.dumps(tiny_document())


def refused(text: str | bytes) -> Problem:
    with pytest.raises(InputError) as caught:
        parse_instance(text)
    (problem,) = caught.value.problems
    str(caught.value).encode()  # can be printed, whatever stood in the file
    return problem


# What stands in a file


@pytest.mark.parametrize("length", [0, 1, 50, len(TEXT) - 1])
def test_truncated(length: int) -> None:
    problem = refused(TEXT[:length])
    assert problem.found.startswith("no JSON at line 1 column")
    assert problem.expected == "a complete JSON document"


def test_two_documents() -> None:
    assert "Extra data" in refused(TEXT + TEXT).found


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\x00", b"\xff\xfe{\x00}\x00", b'{"name": "\xe9"}'])
def test_binary(data: bytes) -> None:
    assert refused(data).found.startswith("a byte that is not UTF-8")


@pytest.mark.parametrize("text", ["null", "3", '"text"', "[]", "true"])
def test_no_object(text: str) -> None:
    assert refused(text).expected == "an object"


@pytest.mark.parametrize("text", ['{"a":' * 100_000, "[" * 100_000, "[" * 100_000 + "]" * 100_000])
def test_nested_too_deeply(text: str) -> None:
    assert refused(text).found == "objects nested too deeply"


def test_an_integer_of_thousands_of_digits() -> None:
    problem = refused(TEXT.replace('"quota": 0', f'"quota": {"9" * 5000}'))
    assert problem.expected == "numbers of a sane length"
    assert len(problem.found) < 200


@pytest.mark.parametrize(
    "number", ["1e9999999999999999999999", "0e9999999999999999999999", "1e-9999999999999999999"]
)
def test_an_exponent_beyond_all_numbers(number: str) -> None:
    problem = refused(TEXT.replace('"end_days": 0', f'"end_days": {number}'))
    assert problem.found == f'"{number}"'
    assert problem.expected == "numbers of a sane size"


@pytest.mark.parametrize("number", ["1e400", "1e999999", "0." + "1" * 100_000])
def test_a_number_out_of_range_names_its_field(number: str) -> None:
    problem = refused(TEXT.replace('"end_days": 0', f'"end_days": {number}'))
    assert problem.path == "costs.end_days"
    assert len(problem.found) < 100


def test_keys_that_stand_twice() -> None:
    problem = refused(TEXT.replace('"quota": 0', '"quota": 0, "quota": 1'))
    assert problem == Problem("quota", "this key twice in one object", "each key once")


def test_half_a_surrogate_pair_can_be_reported() -> None:
    assert refused(TEXT.replace('"tiny"', '"\\ud800"')).path == "name"
    assert refused(TEXT.replace('"name"', '"\\ud800": 1, "name"')).found == '"\\ud800"'


def test_a_byte_order_mark_is_passed_over() -> None:
    assert parse_instance(b"\xef\xbb\xbf" + TEXT.encode()).name == "tiny"


def test_text_of_any_language_is_kept() -> None:
    assert parse_instance(TEXT.replace('"tiny"', '"Kabupaten Ōgan 🏝"').encode()).name == "Kabupaten Ōgan 🏝"


# Files that cannot be read


def test_errors_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text('{"name": 3, "bogus": 1}')
    with pytest.raises(InputError) as caught:
        load_instance(path)
    lines = str(caught.value).splitlines()
    assert len(lines) > 5
    assert all(line.startswith(f"{path}: ") for line in lines)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        load_instance(tmp_path / "none.json")


def test_a_directory(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="directory"):
        load_instance(tmp_path)


def test_a_path_with_a_null_character() -> None:
    with pytest.raises(InputError, match="null character"):
        load_instance("a\0b")


def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    path.write_text(TEXT)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    with pytest.raises(InputError, match="Permission denied"):
        load_instance(path)


def test_no_permission_for_a_user_who_may_read_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        load_instance("secret.json")


def test_larger_than_allowed(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_text(TEXT)
    assert load_document(Instance, path, max_bytes=len(TEXT)).name == "tiny"
    with pytest.raises(InputError, match=f"more than {len(TEXT) - 1} bytes"):
        load_document(Instance, path, max_bytes=len(TEXT) - 1)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no endless file on this system")
def test_a_file_without_end() -> None:
    with pytest.raises(InputError, match="more than 100000 bytes"):
        load_document(Instance, "/dev/zero", max_bytes=100_000)


# Files that are written


def test_written_whole_with_the_usual_permissions(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    write_text(path, "line\nümlaut\n")
    assert path.read_bytes() == "line\nümlaut\n".encode()
    other = tmp_path / "other"
    other.touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


def test_a_long_name(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 240 + ".json")
    write_text(path, "x")
    assert path.read_text() == "x"


def test_a_writer_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")

    def fail(temporary: str) -> None:
        Path(temporary).write_text("half of the n")
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        write_file(path, fail)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.txt"]


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
def test_a_full_disk_is_an_output_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(documents.os, step, full)
    with pytest.raises(OutputError) as caught:
        write_text(path, "new")
    assert str(path) in str(caught.value)
    assert os.strerror(errno.ENOSPC) in str(caught.value)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.txt"]


@pytest.mark.parametrize("target", ["no/such/directory/out.txt", "a\0b", "n" * 300])
def test_a_place_that_cannot_be_written(tmp_path: Path, target: str) -> None:
    with pytest.raises(OutputError, match="cannot write"):
        write_text(f"{tmp_path}/{target}", "x")
    assert os.listdir(tmp_path) == []


def test_a_directory_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="directory"):
        write_text(tmp_path, "x")
    assert tmp_path.is_dir()


def test_a_directory_without_permission(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    if os.access(closed, os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(OutputError, match="Permission denied"):
        write_text(closed / "out.txt", "x")


def test_a_link_is_followed(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("real.txt")
    write_text(link, "x")
    assert link.is_symlink()
    assert (tmp_path / "real.txt").read_text() == "x"


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    """A rename would replace it; so would it replace a device such as /dev/null."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_text(pipe, "through the pipe")
        assert os.read(reader, 100) == b"through the pipe"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_numbers_from_a_text_are_exact() -> None:
    costs = parse_document(Instance, TEXT.replace('"waiting_day": 1', '"waiting_day": 0.30')).costs
    assert str(costs.waiting_day) == "0.30"
