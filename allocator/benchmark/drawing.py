"""How pictures look: colours that everybody can tell apart, labels where lines end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from allocator.benchmark.extra import load
from allocator.documents import write_file

# Okabe and Ito (2008), without yellow, which is too light for lines on white.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_STROKES = ("-", (0, (5, 1.5)), (0, (1, 1)))
GREY, PALE = "#555555", "#E4E4E4"
_STYLE = {
    "svg.hashsalt": "allocator",
    "svg.fonttype": "path",  # text looks the same whatever fonts the reader has
    "font.size": 10,
    "font.family": "DejaVu Sans",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": GREY,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "xtick.color": GREY,
    "ytick.color": GREY,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": PALE,
    "grid.linewidth": 0.7,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "lines.linewidth": 2.0,
}


def figure(width: float, height: float, columns: int = 1) -> tuple[Any, list[Any]]:
    """A figure with axes beside each other, in inches."""
    matplotlib = load("matplotlib")
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(_STYLE)
    drawn = load("matplotlib.figure").Figure(figsize=(width, height), layout="constrained")
    return drawn, list(drawn.subplots(1, columns, squeeze=False)[0])


def save(drawn: Any, path: Path) -> Path:
    """Write as SVG, whole or not at all; the same picture gives the same file. Raises OutputError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, lambda temporary: drawn.savefig(temporary, format="svg", metadata={"Date": None}))
    return path


def looks(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Colour and stroke of each name, the same for the same set of names."""
    return {
        name: {
            "color": _COLOURS[number % len(_COLOURS)],
            "linestyle": _STROKES[number // len(_COLOURS) % len(_STROKES)],
        }
        for number, name in enumerate(sorted(set(names)))
    }


def label_ends(axes: Any, ends: Sequence[tuple[str, float, float, str]]) -> None:
    """Names (text, x, y, colour) at the right of the axes, at y, moved apart where they meet."""
    low, high = axes.get_ylim()
    transform = axes.transScale + axes.transLimits
    heights = [
        float(transform.transform((axes.get_xlim()[1], min(max(y, low), high)))[1]) for _, _, y, _ in ends
    ]
    inches = axes.figure.get_size_inches()[1] * 0.75
    for place, height in zip(_apart(heights, 0.17 / inches), range(len(ends)), strict=True):
        text, _, _, colour = ends[height]
        axes.annotate(
            text, (1.0, place), xycoords="axes fraction", xytext=(6, 0), textcoords="offset points",
            color=colour, va="center", fontsize=9, annotation_clip=False,
        )  # fmt: skip


def _apart(heights: Sequence[float], least: float) -> list[float]:
    """The heights, moved as little as needed to be this far apart from each other, in the same order."""
    order = sorted(range(len(heights)), key=heights.__getitem__)
    groups: list[list[float]] = []  # [sum of wanted places of the first, members]
    for rank, place in enumerate(order):
        groups.append([heights[place] - rank * least, 1])
        while len(groups) > 1 and groups[-2][0] / groups[-2][1] > groups[-1][0] / groups[-1][1]:
            total, members = groups.pop()
            groups[-1][0] += total
            groups[-1][1] += members
    flat = [total / members for total, members in groups for _ in range(int(members))]
    placed = list(heights)
    for rank, place in enumerate(order):
        placed[place] = flat[rank] + rank * least
    for rank, place in enumerate(reversed(order)):  # the title is above
        placed[place] = min(placed[place], 1.0 - rank * least)
    return placed


def percent(value: float, _: object = None) -> str:
    """As in "12.5 %"; a formatter for axes too."""
    return f"{100 * value:g} %"


def percent_between(value: float, _: object = None) -> str:
    """The same for the small ticks of a logarithmic axis."""
    return percent(value) if labelled_between(value) else ""


def labelled_between(value: float) -> bool:
    """Whether a small tick of a logarithmic axis has a label: 2 and 5, no others."""
    return f"{value:e}"[0] in "25"
