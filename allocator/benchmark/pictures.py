"""The pictures of results. Each says in its title what it shows and names its lines where they end."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from allocator.benchmark import drawing
from allocator.benchmark.drawing import percent, percent_between
from allocator.benchmark.figures import (
    TARGET,
    Best,
    best_known,
    left_unsaved,
    performance_profile,
    seconds_to_target,
)
from allocator.benchmark.growth_picture import growth_with
from allocator.benchmark.results import Result
from allocator.benchmark.tables import short

_PHASES = ("load", "build", "hand over", "check")
_LEAST = 1e-5  # gaps below are drawn at it
_SHORT = 300.0  # times the least: an axis with labels between powers of ten
Runs = Sequence[Result]


def draw_all(results: Mapping[str, Runs], folder: Path) -> list[Path]:
    """Every picture that the results of a suite are enough for; returns the files written."""
    written = []
    for suite, runs in results.items():
        cases = {run.case for run in runs}
        contenders = {run.contender for run in runs}
        policies = {name for name in contenders if _is_policy(name)}
        solvers = contenders - policies
        if len(solvers) > 1:
            largest = _of_largest_case(runs)
            for limit in sorted({run.time_limit for run in largest}):
                drawn = gap_over_time([run for run in largest if run.time_limit == limit], best_known(runs))
                written.append(drawing.save(drawn, folder / f"{suite}-gap-over-time-{limit:g}s.svg"))
            written.append(drawing.save(time_by_phase(largest), folder / f"{suite}-phases.svg"))
        if len(solvers) > 1 and len(cases) > 1:
            drawn = profile([run for run in runs if run.contender in solvers])
            written.append(drawing.save(drawn, folder / f"{suite}-profile.svg"))
        if len(policies) > 2:
            written.append(drawing.save(policies_against_bound(runs), folder / f"{suite}-policies.svg"))
        if len(contenders) == 1:
            for size, fixed in (("offices", "days"), ("days", "offices")):
                series = _series(runs, size, fixed)
                if len({getattr(run, size) for run in series}) > 1:
                    drawn = growth_with(series, size, fixed)
                    written.append(drawing.save(drawn, folder / f"{suite}-with-{size}.svg"))
    return written


def gap_over_time(runs: Runs, best_of_all: Mapping[str, Best]) -> Any:
    """One case, one limit: left what plans leave unsaved, right how far bounds are below the best plan."""
    best = best_of_all[runs[0].case]
    drawn, (plans, bounds) = drawing.figure(10, 4, 2)
    looks = drawing.looks(run.contender for run in runs if not _is_policy(run.contender))
    limit = runs[0].time_limit
    for axes, title, value in (
        (plans, "Plans: avoidable gap to the best bound of all", _plan_gap),
        (bounds, "Bounds: avoidable gap to the best plan of all", _bound_gap),
    ):
        ends, low, high = [], 1.0, _LEAST
        for run in runs:
            steps = _steps(run, best, value, limit)
            if not steps or (axes is bounds and _is_policy(run.contender)):
                continue
            low, high = min(low, steps[-1][1]), max(high, steps[0][1])
            look = looks.get(run.contender, {"color": drawing.GREY, "linestyle": ":"})
            axes.step(*zip(*steps, strict=True), where="post", **look)
            axes.plot(*steps[0], marker="o", markersize=4, color=look["color"])
            ends.append((short(run.contender), *steps[-1], look["color"]))
        axes.set_title(title)
        axes.set_yscale("log")
        axes.set_ylim(min(low, high) / 1.5, max(low, high) * 1.5)
        axes.set_xlim(0, limit)
        axes.set_xlabel("seconds since the process was started")
        axes.yaxis.set_major_formatter(percent)
        axes.yaxis.set_minor_formatter(percent_between if high < _SHORT * low else "")
        if ends:
            drawing.label_ends(axes, ends)
    drawn.suptitle(
        f"{runs[0].case}: {runs[0].offices} offices, {runs[0].days} days, {limit:g} s", x=0.01, ha="left"
    )
    return drawn


def _plan_gap(cost: float | None, _: float | None, best: Best) -> float | None:
    return left_unsaved(cost, best)


def _bound_gap(_: float | None, bound: float | None, best: Best) -> float | None:
    if bound is None or best.cost is None or bound > best.cost * (1 + 1e-6) or best.empty_cost <= bound:
        return None
    return (best.cost - bound) / (best.empty_cost - bound)


def _steps(run: Result, best: Best, value: Any, limit: float) -> list[tuple[float, float]]:
    """(seconds, gap), down only; ends at the limit with what the check said of the plan."""
    known: list[tuple[float, float]] = []
    points = [*run.trajectory, (run.seconds["answer"], run.cost, run.bound)]
    for seconds, cost, bound in points:
        reached = value(cost, bound, best)
        if reached is not None and seconds <= limit and (not known or reached < known[-1][1]):
            known.append((seconds, max(reached, _LEAST)))
    if known:
        known.append((max(limit, known[-1][0]), known[-1][1]))
    return known


def time_by_phase(runs: Runs) -> Any:
    """One case: what each contender spends before and after its solver works."""
    shown = [run for run in _one_each(runs) if not _is_policy(run.contender)]
    shown.sort(key=lambda run: -sum(run.seconds.get(phase, 0.0) for phase in _PHASES))
    phases = [phase for phase in _PHASES if any(run.seconds.get(phase, 0.0) > 0 for run in shown)]
    drawn, (axes,) = drawing.figure(8, 1.3 + 0.36 * len(shown))
    colours = drawing.looks(phases)
    names = [short(run.contender) for run in shown]
    left = [0.0] * len(shown)
    for phase in phases:
        widths = [run.seconds.get(phase, 0.0) for run in shown]
        axes.barh(names, widths, left=left, height=0.6, color=colours[phase]["color"], label=phase)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    for name, total in zip(names, left, strict=True):
        axes.annotate(
            f"{total:.2f} s" if total >= 0.1 else f"{1000 * total:.0f} ms",
            (total, name),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=drawing.GREY,
            fontsize=9,
        )
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.12)
    axes.set_xlabel("seconds")
    axes.set_title(f"{runs[0].case}: time besides solving", pad=26)
    axes.legend(ncols=len(phases), loc="lower left", bbox_to_anchor=(-0.01, 1.0), frameon=False, fontsize=9)
    return drawn


def profile(runs: Runs) -> Any:
    """Dolan and Moré (2002) over the cases that all contenders ran on, as to `seconds_to_target`."""
    best = best_known(runs)
    times: dict[str, dict[str, float]] = {}
    for run in runs:
        problem = f"{run.case} {run.time_limit:g} {run.seed}"
        times.setdefault(run.contender, {})[problem] = seconds_to_target(run, best[run.case])
    shared = set.intersection(*(set(of_one) for of_one in times.values()))
    times = {
        contender: {problem: of_one[problem] for problem in shared} for contender, of_one in times.items()
    }
    steps = performance_profile(times)
    looks = drawing.looks(times)
    drawn, (axes,) = drawing.figure(8, 4.2)
    widest = max((ratio for points in steps.values() for ratio, _ in points), default=1.0)
    right = max(2.0, 2 ** math.ceil(math.log2(widest * 1.05)))
    ends = []
    for contender, points in steps.items():
        line = [(1.0, 0.0), *points, (right, points[-1][1] if points else 0.0)]
        axes.step(*zip(*line, strict=True), where="post", **looks[contender])
        ends.append((short(contender), *line[-1], looks[contender]["color"]))
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}×")
    axes.set_xlim(1.0, right)
    axes.set_ylim(-0.01, 1.02)
    axes.yaxis.set_major_formatter(percent)
    axes.set_title(
        f"Performance profile over {len(shared)} cases: share solved within a multiple of the fastest's time"
    )
    axes.set_xlabel(
        f"time to a plan within {percent(TARGET)} of the best known, as a multiple of the fastest one's"
    )
    drawing.label_ends(axes, ends)
    return drawn


def policies_against_bound(runs: Runs) -> Any:
    """For each policy, and for the engine, what its plans leave unsaved: a dot a case, a bar the median."""
    best = best_known(runs)
    gaps: dict[str, list[float]] = {}
    for run in runs:
        unsaved = left_unsaved(run.cost, best[run.case])
        if unsaved is not None and run.contender != "policy:empty":
            gaps.setdefault(run.contender, []).append(unsaved)
    order = sorted(gaps, key=lambda name: sorted(gaps[name])[len(gaps[name]) // 2], reverse=True)
    drawn, (axes,) = drawing.figure(8, 1.4 + 0.42 * len(order))
    for place, name in enumerate(order):
        values = sorted(gaps[name])
        middle = values[len(values) // 2]
        colour = "#D55E00" if _is_policy(name) else "#0072B2"
        axes.plot(
            values, [place] * len(values), "o", color=colour, alpha=0.55, markersize=7, markeredgewidth=0
        )
        axes.plot([middle, middle], [place - 0.3, place + 0.3], color=colour, linewidth=2.5)
        axes.annotate(
            f"median {100 * middle:.2g} %",
            (1.0, place),
            xycoords=("axes fraction", "data"),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color=colour,
            annotation_clip=False,
        )
    axes.set_yticks(range(len(order)), order)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.set_ylim(-0.5, len(order) - 0.3)
    axes.set_xlim(left=0)
    axes.xaxis.set_major_formatter(percent)
    axes.set_xlabel("avoidable gap to the best bound; doing nothing is 100 %")
    axes.set_title(f"What simple rules leave unsaved, {len(best)} cases, a dot each")
    return drawn


def _series(runs: Runs, size: str, fixed: str) -> list[Result]:
    """The runs with that value of the fixed size for which there are most values of the other."""

    def sizes(value: int) -> int:
        return len({getattr(run, size) for run in runs if getattr(run, fixed) == value})

    value = max({getattr(run, fixed) for run in runs}, key=lambda each: (sizes(each), each))
    return sorted((run for run in runs if getattr(run, fixed) == value), key=lambda run: getattr(run, size))


def _of_largest_case(runs: Runs) -> list[Result]:
    """The runs on the largest case, with its smallest seed."""
    case = max(runs, key=lambda run: (run.offices * run.days, run.lanes, run.case)).case
    shown = [run for run in runs if run.case == case]
    return [run for run in shown if run.seed == min(each.seed for each in shown)]


def _one_each(runs: Runs) -> list[Result]:
    """One run for each contender: that with the longest limit."""
    return list({run.contender: run for run in sorted(runs, key=lambda run: run.time_limit)}.values())


def _is_policy(contender: str) -> bool:
    return contender.startswith("policy:")
