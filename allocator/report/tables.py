"""Tables that fit: what matters least gives way first, and numbers are never cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich import box
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

_LEAST_NAME = 12  # cells to which a column of names may shrink


@dataclass(frozen=True)
class Column:
    """A column with its cells, and what may happen to it where the terminal is narrow."""

    header: str
    cells: Sequence[str]
    total: str | None = None
    align: Literal["left", "right"] = "right"
    names: bool = False
    """Shortened where there is no room. Numbers never are."""
    yields: int = 0
    """The column with the highest number is left out first where there is no room; 0: never."""

    @property
    def width(self) -> int:
        """Cells that the column would like to have."""
        lines = [*self.header.split("\n"), *self.cells, self.total or ""]
        return max(cell_len(line) for line in lines)

    @property
    def least(self) -> int:
        """Cells that the column needs."""
        return min(self.width, _LEAST_NAME) if self.names else self.width


def names(header: str, cells: Sequence[str], total: str | None = None) -> Column:
    """A column of names: on the left, and shortened where there is no room."""
    return Column(header, cells, total, align="left", names=True)


def fitted_table(
    title: str,
    columns: Sequence[Column],
    width: int,
    *,
    whole_names: bool = False,
    bold_rows: Sequence[int] = (),
) -> RenderableType:
    """A title, and the table of those columns that fit in `width`, the least important left out.

    With `whole_names` columns give way before names are shortened, otherwise after.
    """
    kept = list(columns)
    while any(column.yields for column in kept):
        needed = sum(column.width if whole_names else column.least for column in kept) + len(kept) - 1
        if needed <= width:
            break
        kept.remove(max(kept, key=lambda column: column.yields))
    gap = 2 if _wanted(kept, 2) <= width else 1
    widths = _widths(kept, width - gap * (len(kept) - 1))
    table = Table(
        box=box.SIMPLE,
        show_edge=False,
        pad_edge=False,
        padding=(0, gap - 1, 0, 0),
        show_header=any(column.header for column in kept),
        show_footer=any(column.total is not None for column in kept),
        header_style="",
        footer_style="bold",
    )
    for column, cells in zip(kept, widths, strict=True):
        table.add_column(
            Text(column.header, justify=column.align),
            Text(column.total or ""),
            justify=column.align,
            vertical="bottom",
            no_wrap=True,
            overflow="ellipsis",
            width=cells,
        )
    for number, row in enumerate(zip(*(column.cells for column in kept), strict=True)):
        table.add_row(*(Text(cell) for cell in row), style="bold" if number in bold_rows else "")
    # Not the table's own title, which would wrap where the table is narrow.
    return Group(Text(title, style="bold"), table) if title else table


def _wanted(columns: Sequence[Column], gap: int) -> int:
    return sum(column.width for column in columns) + gap * (len(columns) - 1)


def _widths(columns: Sequence[Column], room: int) -> list[int]:
    """The width of each column: names share what numbers leave, the longest giving way first."""
    widths = [column.width for column in columns]
    while sum(widths) > room:
        reducible = [n for n, column in enumerate(columns) if column.names and widths[n] > column.least]
        if not reducible:
            break
        widths[max(reducible, key=lambda n: widths[n])] -= 1
    return widths
