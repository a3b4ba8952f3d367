"""Models as MPS or LP files with names a reader understands, for other solvers and for bug reports."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from allocator.backends.highs import hand_over
from allocator.backends.interface import BackendError, UnsupportedError
from allocator.backends.libraries import load
from allocator.backends.request import check_model
from allocator.milp.model import Block, MilpModel

_UNSAFE = re.compile(r"[^A-Za-z0-9_.]+")  # LP files know few characters in a name besides these
_UNSAFE_START = re.compile(r"^(?=[0-9.]|[eE][0-9])")  # "e1" would be read as a number


def write_model(model: MilpModel, path: str | os.PathLike[str]) -> Path:
    """Write `path`.mps or .lp, packed when it ends in .gz; the file appears whole or not at all.

    Rows and columns are named for their blocks: `balance_office3_day2`. Raises UnsupportedError for
    any other ending.
    """
    target = Path(path)
    packed = target.suffix == ".gz"
    kind = (target.with_suffix("") if packed else target).suffix
    if kind not in (".mps", ".lp"):
        raise UnsupportedError(f"{target.name}: a model is written as .mps or .lp, with or without .gz")
    check_model(model)
    highspy = load("highspy", "highspy")
    highs = hand_over(model)
    rows, columns = model.shape
    _name(highs.passRowName, unique_names(model.rows, rows, "row"))
    _name(highs.passColName, unique_names(model.columns, columns, "column"))
    # Beside the target, so that the last step is a rename within one file system.
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
        plain = Path(folder) / f"model{kind}"
        if highs.writeModel(str(plain)) == highspy.HighsStatus.kError or not plain.exists():
            raise BackendError(f"HiGHS could not write {target}")
        if packed:
            done = Path(folder) / "model.gz"
            with plain.open("rb") as source, gzip.open(done, "wb", compresslevel=6) as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
        else:
            done = plain
        done.replace(target)
    return target


def _name(give: Callable[[int, str], object], names: list[str]) -> None:
    for index, name in enumerate(names):
        give(index, name)


def unique_names(blocks: tuple[Block, ...], size: int, kind: str) -> list[str]:
    """A name for each of `size` rows or columns, fit for MPS and LP files, no two the same."""
    names = [f"{kind}{index}" for index in range(size)]
    for block in blocks:
        names[block.start : block.stop] = block_names(block)
    if len(set(names)) == size:
        return names
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            names[index] = f"{name}__{index}"
        seen.add(names[index])
    return names


def block_names(block: Block) -> list[str]:
    """`name_axis3_axis0` for each entry of a block."""
    name = safe_name(block.name)
    if not block.axes:
        return [name] * block.size
    pattern = "_".join([name, *(f"{_UNSAFE.sub('_', axis)}%d" for axis in block.axes)])
    return list(map(pattern.__mod__, map(tuple, block.places.tolist())))


def safe_name(text: str) -> str:
    """A name that MPS and LP readers take as a name."""
    return _UNSAFE_START.sub("_", _UNSAFE.sub("_", text)) or "_"
