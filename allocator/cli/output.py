"""What goes to stdout, stderr and files, and what happens when it cannot."""

from __future__ import annotations

import io
import json
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allocator.errors import OutputError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_PROBE = b"\0" * 65536
_LONGEST_NAME = 200  # bytes; file systems take 255
_NOT_IN_NAMES = frozenset('/\\:*?"<>|')


def emit(text: str) -> None:
    """Write to stdout at once. Raises OutputError; a reader that has gone away is not an error."""
    stream = sys.stdout
    if stream is None:
        raise OutputError("cannot write to standard output: it is closed")
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:  # a terminal or pipe of another encoding
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        _discard_stdout()
    except (OSError, ValueError) as error:
        _discard_stdout()
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"cannot write to standard output: {reason}") from error


def emit_json(document: dict[str, Any]) -> None:
    """One JSON object on stdout; numbers that JSON has no word for are null."""
    emit(json.dumps(finite(document), indent=2, allow_nan=False, ensure_ascii=not _takes_unicode()) + "\n")


def finite(value: Any) -> Any:
    """The same with null for infinities and what is not a number."""
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def show(build: Callable[[int], Iterable[RenderableType]]) -> None:
    """Put a screen on stdout, made for its width: 80 columns where it is no terminal."""
    page = io.StringIO()
    console = _console(page)
    for part in build(console.width):
        console.print(part)
    text = page.getvalue()
    if not console.is_terminal:  # cells are padded to their column: plain text needs no blanks at the end
        text = "\n".join(line.rstrip() for line in text.split("\n"))
    emit(text)


def complain(text: str) -> None:
    """Write to stderr. Where that is gone too there is nobody left to tell."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        return


def file_name(instance_name: str) -> str:
    """`<instance name>.plan.json`, with what no file name can hold replaced: never a path."""
    kept = "".join(c if c.isprintable() and c not in _NOT_IN_NAMES else "_" for c in instance_name)
    kept = kept.strip().lstrip(".-").encode("utf-8", "ignore")[:_LONGEST_NAME].decode("utf-8", "ignore")
    return f"{kept or 'unnamed'}.plan.json"


def require_writable(path: Path) -> None:
    """Find out now whether the file can be written later. Raises OutputError."""
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "it is a directory")
        if path.exists():
            if not os.access(path, os.W_OK):
                raise PermissionError(13, "it exists and must not be changed")
            if not path.is_file():
                return  # a device or pipe: nothing to try out on it
        folder = Path(os.path.realpath(path)).parent
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".allocator-") as probe:
            probe.write(_PROBE)
            probe.flush()
            os.fsync(probe.fileno())
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"cannot write {path}: {reason}") from error


def save_elsewhere(save: Callable[[Path], None], name: str) -> Path | None:
    """Save what its own place did not take in the directory for temporary files; None if that fails too."""
    folder: Path | None = None
    try:
        folder = Path(tempfile.mkdtemp(prefix="allocator-"))
        save(folder / name)
    except OSError:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        return None
    return folder / name


def _console(page: io.StringIO) -> Console:
    """A console that writes to a page in memory what stdout can show."""
    from rich.console import Console

    terminal = sys.stdout is not None and sys.stdout.isatty()
    console = Console(
        file=page,
        force_terminal=True if terminal else None,
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
    )
    if not terminal and "COLUMNS" not in os.environ:
        console.width = 80
    return console


def _takes_unicode() -> bool:
    encoding = getattr(sys.stdout, "encoding", None) or ""
    return encoding.lower().replace("-", "").replace("_", "") == "utf8"


def _discard_stdout() -> None:
    """Let the rest go nowhere, or Python would fail once more on what is buffered when it ends."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):  # a stream without a file behind it buffers nothing
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
