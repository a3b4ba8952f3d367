"""Standard MPS files as models, read by HiGHS: free and fixed format, packed or not.

What the format leaves open is read as HiGHS reads it, see docs/mps.md. What a `MilpModel` cannot hold,
such as quadratic terms, semi-continuous columns and special ordered sets, is refused.
"""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from allocator.backends.highs import empty_highs
from allocator.backends.libraries import load
from allocator.backends.mps_scan import MpsScan, scan_mps
from allocator.errors import InputError, Problem
from allocator.milp.model import MilpModel, Vector

ENDINGS = (".mps", ".mps.gz")
_EXPECTED = "a linear or mixed-integer model in MPS format"


@dataclass(frozen=True)
class NamedModel:
    """A model from a file, to be minimised, with the file's names and its own sense."""

    model: MilpModel
    row_names: tuple[str, ...]
    column_names: tuple[str, ...]
    maximise: bool
    """The file asks for the maximum: `model` has its objective with the sign turned."""

    def in_its_sense(self, value: float | None) -> float | None:
        """An objective or bound of `model` as the file means it."""
        if value is None:
            return None
        return -value + 0.0 if self.maximise else value

    def objective(self, vector: Vector) -> float | None:
        """What a vector is worth in the file's own sense."""
        return self.in_its_sense(self.model.value(vector))


def read_mps(path: str | os.PathLike[str]) -> NamedModel:
    """Read an .mps or .mps.gz file. Raises InputError for what is no such file or no such model."""
    source = os.fspath(path)
    highspy = load("highspy", "highspy")
    messages: list[str] = []
    highs = empty_highs(messages.append)
    with _plain(Path(source)) as plain:
        scan = _scanned(plain, source)
        status = highs.readModel(str(plain))
    if status == highspy.HighsStatus.kError:
        raise _refusal(source, "a file that HiGHS cannot read", _EXPECTED)
    lp = highs.getLp()
    problems = [Problem("", f"this: {text}", "nothing that has to be ignored") for text in _ignored(messages)]
    unknown = [name for name in lp.col_names_ if name not in scan.columns]
    problems += [Problem(f"BOUNDS: {name}", "", "a column from COLUMNS") for name in unknown]
    if problems:
        raise InputError(problems, source)
    return _named(highspy, lp, source, scan)


@contextmanager
def _plain(path: Path) -> Iterator[Path]:
    """The file unpacked, under a name from which HiGHS knows its format."""
    if not path.name.lower().endswith(ENDINGS):
        raise _refusal(str(path), f"the name {path.name}", "a name that ends in .mps or .mps.gz")
    with tempfile.TemporaryDirectory(prefix="allocator-mps-") as folder:
        plain = Path(folder) / "model.mps"
        try:
            packed = path.name.lower().endswith(".gz")
            with gzip.open(path) if packed else path.open("rb") as stream, plain.open("wb") as sink:
                shutil.copyfileobj(stream, sink, 1 << 20)
        except (OSError, EOFError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise _refusal(str(path), reason, "a readable file") from error
        yield plain


def _scanned(plain: Path, source: str) -> MpsScan:
    with plain.open(encoding="utf-8", errors="replace") as stream:
        scan = scan_mps(stream)
    if scan.problems:
        raise InputError(scan.problems, source)
    return scan


def _named(highspy: Any, lp: Any, source: str, scan: MpsScan) -> NamedModel:
    integrality = list(lp.integrality_)
    kinds = highspy.HighsVarType
    strange = [i for i, kind in enumerate(integrality) if kind not in (kinds.kContinuous, kinds.kInteger)]
    if strange:
        name = lp.col_names_[strange[0]]
        raise _refusal(source, f"the semi-continuous column {name}", _EXPECTED)
    columns, rows = lp.num_col_, lp.num_row_
    if columns == 0:
        raise _refusal(source, "a model without columns", _EXPECTED)
    maximise = lp.sense_ == highspy.ObjSense.kMaximize
    sign = -1.0 if maximise else 1.0
    held = (np.array(lp.a_matrix_.value_), np.array(lp.a_matrix_.index_), np.array(lp.a_matrix_.start_))
    by_column = lp.a_matrix_.format_ == highspy.MatrixFormat.kColwise
    matrix = (sp.csc_array if by_column else sp.csr_array)(held, shape=(rows, columns), dtype=np.float64)
    integer = np.array([kind == kinds.kInteger for kind in integrality], dtype=np.bool_)
    model = MilpModel(
        name=lp.model_name_ or Path(source).name,
        objective=sign * np.array(lp.col_cost_, dtype=np.float64) + 0.0,
        offset=sign * lp.offset_ + 0.0,
        matrix=sp.csr_array(matrix),
        row_lower=np.array(lp.row_lower_, dtype=np.float64),
        row_upper=np.array(lp.row_upper_, dtype=np.float64),
        column_lower=_lower(lp, scan),
        column_upper=np.array(lp.col_upper_, dtype=np.float64),
        integer=integer if integer.size else np.zeros(columns, dtype=np.bool_),
    )
    return NamedModel(model, tuple(lp.row_names_), tuple(lp.col_names_), maximise)


def _ignored(messages: list[str]) -> list[str]:
    """What HiGHS left out of the model, in its words; its sums over a section say nothing new."""
    warnings = [text.split("WARNING:", 1)[1].strip() for text in messages if "WARNING:" in text]
    return [text for text in warnings if text.endswith("ignored") and not text.split()[0].isupper()]


def _lower(lp: Any, scan: MpsScan) -> Vector:
    """Lower bounds; none where only a negative upper bound is stated, as CPLEX reads it, not 0."""
    lower, upper = np.array(lp.col_lower_, dtype=np.float64), np.array(lp.col_upper_, dtype=np.float64)
    for column in np.flatnonzero((lower == 0.0) & (upper < 0.0)):
        if lp.col_names_[column] not in scan.with_lower:
            lower[column] = -np.inf
    return lower


def _refusal(source: str, found: str, expected: str) -> InputError:
    return InputError([Problem("", found, expected)], source)
