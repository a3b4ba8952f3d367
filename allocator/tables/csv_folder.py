"""Tables as CSV files in a folder."""

from __future__ import annotations

import csv
import datetime
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

from allocator.errors import InputError, OutputError, Problem
from allocator.tables.sheets import Cell, Sheets, Table, build_sheet, is_note, normalised
from allocator.tables.text import protect

MAX_FILES = 200
_MARK = "allocator.txt"


def read_csv_folder(
    folder: Path, known: Iterable[str], max_bytes: int, unread: Collection[str] = ()
) -> Sheets:
    """Every CSV file of a folder whose name is known; those `unread` are passed over.

    Raises InputError where there is nothing to read.
    """
    sheets = Sheets("{}.csv")
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.casefold() == ".csv")
        size = sum(path.stat().st_size for path in paths)
    except OSError as error:
        raise InputError([Problem("", error.strerror or str(error), "a readable folder")]) from error
    paths = [path for path in paths if not is_note(path.stem) and not path.name.startswith(".")]
    paths = [path for path in paths if normalised(path.stem) not in unread]
    if not paths:
        raise InputError([Problem("", "a folder without CSV files", "settings.csv, offices.csv and others")])
    if size > max_bytes or len(paths) > MAX_FILES:
        limit = f"at most {MAX_FILES} files of {max_bytes / 2**20:g} MiB together (--max-file-size)"
        raise InputError([Problem("", f"{len(paths)} CSV files of {size} bytes", limit)])
    for path in paths:
        try:
            rows = _rows(path, max_bytes)
        except InputError as error:
            sheets.problems.extend(error.problems)
            continue
        sheet = build_sheet(path.stem, path.name, rows, use_letters=False)
        if sheet is not None:
            sheets.keep(sheet, known)
    return sheets


def write_csv_folder(tables: Sequence[Table], folder: Path, guide: str) -> None:
    """Write a folder whole or not at all. One with other files than ours is not touched.

    Raises OutputError.
    """

    def fill(target: Path) -> None:
        for table in tables:
            page = io.StringIO(newline="")
            writer = csv.writer(page, lineterminator="\n")
            writer.writerow(table.header)
            writer.writerows([_text(cell) for cell in row] for row in table.rows)
            (target / f"{table.name}.csv").write_text(page.getvalue(), encoding="utf-8-sig", newline="")

    write_folder(folder, fill, guide)


def write_folder(folder: Path, fill: Callable[[Path], None], guide: str) -> None:
    """Let `fill` fill a new folder beside `folder`, and put it in its place. Raises OutputError."""
    made: Path | None = None
    try:
        folder = Path(os.path.realpath(folder))
        if folder.exists() and not folder.is_dir():
            raise FileExistsError(17, "there is a file of this name")
        if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).is_file():
            raise FileExistsError(17, f"the folder holds other files ({_MARK} is missing)")
        made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name[:40]}."))
        os.chmod(made, 0o755)
        fill(made)
        (made / _MARK).write_text(guide, encoding="utf-8")
        if folder.exists():
            others = [path.name for path in folder.iterdir() if not _is_ours(path)]
            if others:
                raise FileExistsError(17, f"the folder holds other files: {', '.join(sorted(others)[:3])}")
            old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name[:40]}."))
            os.replace(folder, old)
            os.replace(made, folder)
            shutil.rmtree(old, ignore_errors=True)
        else:
            os.replace(made, folder)
        made = None
    except OSError as error:
        raise OutputError(f"cannot write {folder}: {error.strerror or error}") from error
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)


def require_folder(folder: Path) -> None:
    """Find out now whether the folder can be written later. Raises OutputError."""
    try:
        if folder.is_dir():
            others = [path.name for path in folder.iterdir() if not _is_ours(path)]
            if others or (any(folder.iterdir()) and not (folder / _MARK).is_file()):
                shown = ", ".join(sorted(others)[:3]) or "written by another program"
                raise FileExistsError(17, f"the folder holds other files: {shown}")
        with tempfile.TemporaryDirectory(dir=Path(os.path.realpath(folder)).parent, prefix=".allocator-"):
            return
    except (OSError, ValueError) as error:
        raise OutputError(f"cannot write {folder}: {getattr(error, 'strerror', None) or error}") from error


def _is_ours(path: Path) -> bool:
    return path.is_file() and (path.name == _MARK or path.suffix.casefold() in {".csv", ".parquet"})


def _rows(path: Path, max_bytes: int) -> list[tuple[int, Sequence[Cell]]]:
    """The rows with the line on which each ends."""
    try:
        data = path.open("rb").read(max_bytes + 1)
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        expected = "UTF-8 text: save it as CSV UTF-8"
        raise InputError(
            [Problem(path.name, f"a byte at {error.start} that is no UTF-8", expected)]
        ) from None
    except OSError as error:
        raise InputError([Problem(path.name, error.strerror or str(error), "a readable file")]) from error
    if "\0" in text:
        raise InputError([Problem(path.name, "a null character", "CSV text")])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[tuple[int, Sequence[Cell]]] = []
    longest = csv.field_size_limit(max_bytes)  # the file is small enough, so its cells are
    try:
        for row in reader:
            rows.append((reader.line_num, row))  # noqa: PERF401 - the line number is that of the moment
    except csv.Error as error:
        place = f"{path.name}, row {reader.line_num}"
        raise InputError([Problem(place, str(error), "CSV, with quotes closed")]) from None
    finally:
        csv.field_size_limit(longest)
    return rows


def _delimiter(text: str) -> str:
    """Spreadsheets of some countries write semicolons, and so do those who copy write tabs."""
    first = next((line for line in text.splitlines() if line.strip(",;\t ")), "")
    return max(",;\t", key=lambda sign: (first.count(sign), sign == ","))


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, str):
        return protect(cell, loose=True)
    return str(cell)
