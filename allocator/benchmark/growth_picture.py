"""How time and memory grow with the size of instances, with fitted power laws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allocator.benchmark import drawing
from allocator.benchmark.figures import growth, seconds_to_gap
from allocator.benchmark.results import Result


def growth_with(runs: Sequence[Result], size: str, fixed: str) -> Any:
    """Time to the gap asked and memory against one size, both logarithmic, with the fitted power law."""
    drawn, (time, memory) = drawing.figure(10, 4, 2)
    timed = [(getattr(run, size), seconds_to_gap(run, run.gap_asked)) for run in runs]
    reached = [(float(x), y) for x, y in timed if y is not None]
    missed = [
        (float(getattr(run, size)), run.seconds["answer"])
        for run in runs
        if seconds_to_gap(run, run.gap_asked) is None
    ]
    held = [(float(getattr(run, size)), run.peak_bytes / 1e6) for run in runs]
    _law(time, reached, "#0072B2", "s")
    if missed:
        axes_points = list(zip(*missed, strict=True))
        time.plot(*axes_points, "o", markerfacecolor="white", color="#0072B2", markersize=7)
        time.annotate(
            "hollow: gap not reached in time, not fitted",
            (0.02, 0.03),
            xycoords="axes fraction",
            fontsize=8,
            color=drawing.GREY,
        )
    _law(memory, held, "#D55E00", "MB")
    time.set_title(f"Seconds to a gap of {drawing.percent(runs[0].gap_asked)}")
    memory.set_title("Peak memory of all its processes, MB")
    ticks = sorted({getattr(run, size) for run in runs})
    for axes, amounts in ((time, [*reached, *missed]), (memory, held)):
        axes.set_ylim(min(y for _, y in amounts) / 1.6, max(y for _, y in amounts) * 1.8)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xticks(ticks, [str(tick) for tick in ticks])
        axes.set_xticks([], minor=True)
        axes.set_xlim(ticks[0] * 0.85, ticks[-1] * 1.18)
        axes.yaxis.set_major_formatter(_plain_axis)
        axes.yaxis.set_minor_formatter(_plain_minor)
        axes.set_xlabel(size)
    drawn.suptitle(
        f"{runs[0].contender} with {getattr(runs[0], fixed)} {fixed}: how it grows with {size}",
        x=0.01,
        ha="left",
    )
    return drawn


def _law(axes: Any, points: Sequence[tuple[float, float]], colour: str, unit: str) -> None:
    """The points, their values, and the power law through them with its exponent."""
    if points:
        axes.plot(*zip(*points, strict=True), "o", color=colour, markersize=7)
    law = growth(points)
    for x, y in points:
        below = law is not None and y < law.at(x)
        axes.annotate(
            f"{y:,.0f} {unit}" if y >= 10 else f"{y:.1f} {unit}",
            (x, y),
            xytext=(0, -9 if below else 7),
            textcoords="offset points",
            ha="center",
            va="top" if below else "bottom",
            fontsize=8,
            color=drawing.GREY,
        )
    if law is not None:
        ends = [min(x for x, _ in points), max(x for x, _ in points)]
        axes.plot(ends, [law.at(x) for x in ends], color=colour, linewidth=1.3, alpha=0.7)
        axes.annotate(f"exponent {law}", (0.03, 0.93), xycoords="axes fraction", color=colour, fontsize=11)


def _plain_axis(value: float, _: object) -> str:
    return f"{value:,g}"


def _plain_minor(value: float, _: object) -> str:
    return f"{value:,g}" if drawing.labelled_between(value) else ""
