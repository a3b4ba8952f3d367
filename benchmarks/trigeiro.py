"""Turns multi-item capacitated lot-sizing instances in Trigeiro's format into MPS files.

    python -m benchmarks.trigeiro F1.DAT G73.DAT --folder lots
    python -m benchmarks.strangers lots --time-limit 60

The format of the instances of Trigeiro, Thomas and McClain (Capacitated lot sizing with setup times,
Management Science 35(3), 1989), as the files themselves show it: items and periods; a line that is 1; the
capacity of a period; for each item a line of resource per unit, holding cost, setup time, setup cost; then
demands, a line a period and a number an item, the first 15 items for all periods before the others; then a
legend in words, which is skipped.

The model: make x, store s, set up y; minimise holding and setup costs; demand is met in time; there is no
stock to begin with; production and setup times of a period keep its capacity; x is 0 without y.

Exit codes: 0 written; 2 bad usage or input; 4 a file could not be written.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from allocator.backends import write_model
from allocator.errors import InputError, Problem
from allocator.milp.builder import MilpBuilder
from allocator.milp.model import MilpModel

ITEMS_A_LINE = 15
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class LotSizing:
    """One machine, several items. Shapes: (items,), demand (items, periods)."""

    name: str
    capacity: float
    per_unit: Numbers
    holding: Numbers
    setup_time: Numbers
    setup_cost: Numbers
    demand: Numbers


def parse(text: str, name: str) -> LotSizing:
    """Read the format. Raises InputError with the line that is wrong."""
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    reader = iter(lines)

    def row(count: int, what: str) -> list[float]:
        number, words = next(reader, (len(lines) + 1, []))
        expected = f"{count} numbers, {what}" if count > 1 else f"a number, {what}"
        try:
            values = [float(word) for word in words]
        except ValueError:
            values = []
        if len(values) != count or not all(0 <= value < float("inf") for value in values):
            raise InputError([Problem(f"line {number}", " ".join(words)[:60] or "nothing", expected)], name)
        return values

    sizes = row(2, "items and periods")
    items, periods = (int(size) for size in sizes)
    if [items, periods] != sizes or items < 1 or periods < 1:
        raise InputError(
            [Problem("line 1", str(sizes), "whole numbers of items and periods, 1 or more")], name
        )
    if row(1, "which is 1 in all known files") != [1.0]:
        raise InputError([Problem("line 2", "another number", "1, as in all known files")], name)
    (capacity,) = row(1, "the capacity")
    per_item = np.array([row(4, "resource, holding cost, setup time, setup cost") for _ in range(items)])
    blocks = []
    for first in range(0, items, ITEMS_A_LINE):
        wide = min(ITEMS_A_LINE, items - first)
        what = f"demands of a period for items {first + 1} to {first + wide}"
        blocks.append(np.array([row(wide, what) for _ in range(periods)]).T)
    for number, words in reader:
        if all(re.fullmatch(r"[-+.\d]+", word) for word in words):
            raise InputError([Problem(f"line {number}", " ".join(words)[:60], "no more numbers")], name)
    return LotSizing(name, capacity, *per_item.T, np.concatenate(blocks))


def formulate(lots: LotSizing) -> MilpModel:
    """The usual formulation, with the tightest limits on a lot that need no thought."""
    items, periods = lots.demand.shape
    each = np.ones((items, periods), dtype=bool)
    builder = MilpBuilder(lots.name)
    make = builder.columns("make", ("item", "period"), each)
    store = builder.columns("store", ("item", "period"), each)
    setup = builder.columns("setup", ("item", "period"), each, upper=1.0, integer=True)
    builder.cost(store, lots.holding[:, None])
    builder.cost(setup, lots.setup_cost[:, None])
    balance = builder.rows("balance", ("item", "period"), each, lower=lots.demand, upper=lots.demand)
    builder.entries(balance, make, 1.0)
    builder.entries(balance, store, -1.0)
    builder.entries(balance[:, 1:], store[:, :-1], 1.0)
    room = builder.rows("capacity", ("period",), each[0], upper=lots.capacity)
    builder.entries(room[None, :], make, lots.per_unit[:, None])
    builder.entries(room[None, :], setup, lots.setup_time[:, None])
    forced = builder.rows("forced", ("item", "period"), each, upper=0.0)
    builder.entries(forced, make, 1.0)
    builder.entries(forced, setup, -_largest_lots(lots))
    return builder.build()


def _largest_lots(lots: LotSizing) -> Numbers:
    """The most of an item in a period: all demand still to come, or what the capacity allows."""
    to_come = np.cumsum(lots.demand[:, ::-1], axis=1)[:, ::-1]
    time = np.maximum(lots.capacity - lots.setup_time, 0.0)
    free = np.full(len(time), np.inf)
    allowed = np.divide(time, lots.per_unit, out=free, where=lots.per_unit > 0)
    return np.minimum(to_come, allowed[:, None])


def main(given: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.trigeiro",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--folder", type=Path, default=Path(), metavar="PATH", help="where to write (here)")
    arguments = parser.parse_args(given)
    read, wrong = [], []
    for file in arguments.files:
        try:
            read.append((file.stem, parse(file.read_text(encoding="utf-8"), str(file))))
        except (OSError, UnicodeDecodeError, InputError) as error:
            wrong.append(str(error) if str(file) in str(error) else f"{file}: {error}")
    if wrong:
        print("\n".join(f"Error: {text}" for text in wrong), file=sys.stderr)
        return 2
    try:
        arguments.folder.mkdir(parents=True, exist_ok=True)
        for stem, lots in read:
            print(write_model(formulate(lots), arguments.folder / f"{stem}.mps.gz"))
    except OSError as error:
        print(f"Error: cannot write: {error}", file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())
