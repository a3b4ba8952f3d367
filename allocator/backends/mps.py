"""Free MPS in bulk: R0, R1, ... and C0, C1, ..., numbers with all their digits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.milp.model import MilpModel


def write_mps(model: MilpModel, path: Path) -> NDArray[np.intp]:
    """Write the model; returns which rows were written, since MPS readers drop rows without bounds."""
    bounded = np.flatnonzero(np.isfinite(model.row_lower) | np.isfinite(model.row_upper))
    with path.open("w", encoding="ascii", newline="\n") as file:
        # Without the word FREE, CBC takes lines short enough for the fixed format by their columns.
        file.write("NAME model FREE\nROWS\n N COST\n")
        file.writelines(_rows(model, bounded))
        file.write("COLUMNS\n")
        file.writelines(_columns(model))
        file.write("RHS\n")
        file.writelines(_right_hand_sides(model, bounded))
        file.write("BOUNDS\n")
        file.writelines(_bounds(model))
        file.write("ENDATA\n")
    return bounded


def _types(model: MilpModel, bounded: NDArray[np.intp]) -> NDArray[np.str_]:
    """E, G or L; a row bounded on both sides is an L with a range."""
    lower, upper = model.row_lower[bounded], model.row_upper[bounded]
    types: NDArray[np.str_] = np.where(lower == upper, "E", np.where(np.isfinite(upper), "L", "G"))
    return types


def _rows(model: MilpModel, bounded: NDArray[np.intp]) -> Iterator[str]:
    return map(" %s R%d\n".__mod__, zip(_types(model, bounded).tolist(), bounded.tolist(), strict=True))


def _columns(model: MilpModel) -> Iterator[str]:
    """Entries column by column; each has a cost, if only 0, so that no column goes missing."""
    matrix = sp.csc_array(model.matrix)
    matrix.sort_indices()
    starts, rows, values = matrix.indptr, matrix.indices, matrix.data
    free = ~(np.isfinite(model.row_lower) | np.isfinite(model.row_upper))
    columns = model.shape[1]
    edges = np.flatnonzero(np.diff(model.integer)) + 1
    for run, (first, last) in enumerate(zip([0, *edges.tolist()], [*edges.tolist(), columns], strict=True)):
        if first == last:
            return
        integer = bool(model.integer[first])
        if integer:
            yield f" M{run} 'MARKER' 'INTORG'\n"
        here = slice(int(starts[first]), int(starts[last]))
        owner = np.repeat(np.arange(first, last), np.diff(starts[first : last + 1]))
        kept = ~free[rows[here]]
        costs = map(
            " C%d COST %r\n".__mod__,
            zip(range(first, last), model.objective[first:last].tolist(), strict=True),
        )
        entries = map(
            " C%d R%d %r\n".__mod__,
            zip(owner[kept].tolist(), rows[here][kept].tolist(), values[here][kept].tolist(), strict=True),
        )
        # The format wants the entries of one column together.
        counts = np.bincount(owner[kept] - first, minlength=last - first).tolist()
        for cost, count in zip(costs, counts, strict=True):
            yield cost
            for _ in range(count):
                yield next(entries)
        if integer:
            yield f" M{run} 'MARKER' 'INTEND'\n"


def _right_hand_sides(model: MilpModel, bounded: NDArray[np.intp]) -> Iterator[str]:
    """Right-hand sides and ranges; the constant of the objective goes in with its sign turned."""
    if model.offset != 0.0:
        yield f" RHS COST {-model.offset!r}\n"
    lower, upper = model.row_lower[bounded], model.row_upper[bounded]
    sides = np.where(np.isfinite(upper), upper, lower)
    stated = np.flatnonzero(sides)
    values = zip(bounded[stated].tolist(), sides[stated].tolist(), strict=True)
    yield from map(" RHS R%d %r\n".__mod__, values)
    ranged = np.flatnonzero(np.isfinite(lower) & np.isfinite(upper) & (lower != upper))
    if ranged.size:
        yield "RANGES\n"
        widths = (upper - lower)[ranged]
        yield from map(" RNG R%d %r\n".__mod__, zip(bounded[ranged].tolist(), widths.tolist(), strict=True))


def _bounds(model: MilpModel) -> Iterator[str]:
    """Both bounds of every column in words: readers differ in the defaults for integer columns."""
    lower, upper = model.column_lower, model.column_upper
    fixed = lower == upper
    for kind, chosen, values in (
        ("FX", fixed, lower),
        ("LO", np.isfinite(lower) & ~fixed, lower),
        ("UP", np.isfinite(upper) & ~fixed, upper),
    ):
        columns = np.flatnonzero(chosen)
        line = f" {kind} BND C%d %r\n"
        yield from map(line.__mod__, zip(columns.tolist(), values[columns].tolist(), strict=True))
    for kind, chosen in (("MI", np.isneginf(lower)), ("PL", np.isposinf(upper))):
        yield from map(f" {kind} BND C%d\n".__mod__, np.flatnonzero(chosen).tolist())
