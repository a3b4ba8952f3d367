"""Tables of results, as rows of text: for a terminal and for Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

from allocator.benchmark.figures import (
    TARGET,
    Best,
    best_known,
    left_unsaved,
    refuted,
    seconds_to_gap,
    seconds_to_target,
)
from allocator.benchmark.results import Result
from allocator.report.wording import UNKNOWN, Money

_FEW_CASES = 2
_LATE = 1.05  # of the limit; and a second
_BUSY = 0.3  # cores, by other work: what is no longer nothing


@dataclass(frozen=True)
class Table:
    """A title, a head and rows; the first column is text, the others are numbers."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def markdown(self) -> str:
        """As Markdown, notes below."""
        lines = [
            f"**{self.title}**",
            "",
            _line(self.head),
            "|" + "|".join(["---", *["---:"] * (len(self.head) - 1)]) + "|",
            *(_line(row) for row in self.rows),
        ]
        if self.notes:
            lines += ["", *(f"- {note}" for note in self.notes)]
        return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def suite_tables(results: Sequence[Result]) -> list[Table]:
    """The tables of one suite: each run where it has few cases, else one line for each contender."""
    limits = sorted({run.time_limit for run in results})
    cases = list(dict.fromkeys(run.case for run in results))
    contenders = {run.contender for run in results}
    if len(contenders) == 1 and len(cases) > 1:
        return [_sizes(results)]
    if len(cases) > _FEW_CASES:
        best = best_known(results)
        return [
            _summary([run for run in results if run.time_limit == limit], limit, best) for limit in limits
        ]
    tables = []
    for case in cases:
        runs = [run for run in results if run.case == case]
        if len(limits) > 1:
            tables.append(_limits_beside(runs, case, limits))
        tables += [
            _standing([run for run in runs if run.time_limit == limit], case, limit) for limit in limits
        ]
    return tables


def _limits_beside(runs: Sequence[Result], case: str, limits: Sequence[float]) -> Table:
    """One case: what each contender has at each limit, the cheapest plan at the longest first."""
    money = _money(runs)
    rows: dict[str, list[str]] = {}
    ordered = sorted(runs, key=lambda run: (-run.time_limit, math.inf if run.cost is None else run.cost))
    for name in dict.fromkeys(_named(run, runs) for run in ordered):
        rows[name] = []
        for limit in limits:
            run = next(
                (each for each in runs if _named(each, runs) == name and each.time_limit == limit), None
            )
            if run is None:
                rows[name] += [UNKNOWN] * 4
                continue
            plan = money.amount(run.cost) if run.status == "plan" else run.status
            rows[name] += [
                _seconds(run.first_plan_seconds), plan, money.amount(run.bound), _percent(run.gap)
            ]  # fmt: skip
    head = [
        f"{what} at {limit:g} s" for limit in limits for what in ("first plan, s,", "cost", "bound", "gap")
    ]
    return Table(
        f"{case}: {runs[0].offices} offices, {runs[0].days} days, costs in {money.unit}",
        ("contender", *head),
        tuple((name, *cells) for name, cells in rows.items()),
    )


def _standing(runs: Sequence[Result], case: str, limit: float) -> Table:
    """One case at one limit, the cheapest plan first."""
    ordered = sorted(runs, key=lambda run: (math.inf if run.cost is None else run.cost, run.contender))
    money = _money(runs)
    size = f"{runs[0].offices} offices, {runs[0].days} days"
    return Table(
        f"{case}: {size}, {limit:g} s, costs in {money.unit}",
        ("contender", "first plan, s", "cost", "bound", "gap", "avoidable gap", "answer, s", "memory, MB"),
        tuple(
            (
                _named(run, runs),
                _seconds(run.first_plan_seconds),
                money.amount(run.cost),
                money.amount(run.bound),
                _percent(run.gap),
                _percent(run.avoidable_gap),
                _seconds(run.seconds["answer"]) if run.status not in {"timeout", "crash"} else run.status,
                f"{run.peak_bytes / 1e6:,.0f}",
            )
            for run in ordered
        ),
        (*_complaints(ordered), provenance(runs)),
    )


def _summary(runs: Sequence[Result], limit: float, best: Mapping[str, Best]) -> Table:
    """Many cases at one limit, one line for each contender."""
    rows = []
    for contender in dict.fromkeys(run.contender for run in runs):
        mine = [run for run in runs if run.contender == contender]
        times = [seconds_to_target(run, best[run.case]) for run in mine]
        unsaved = [left_unsaved(run.cost, best[run.case]) for run in mine]
        known = [share for share in unsaved if share is not None]
        whole = len(known) == len(mine)
        rows.append(
            (
                short(contender),
                f"{sum(run.cost is not None for run in mine)} of {len(mine)}",
                f"{sum(run.gap is not None and run.gap <= run.gap_asked + 1e-9 for run in mine)}",
                f"{sum(math.isfinite(time) for time in times)}",
                _seconds(median(times)),
                _percent(mean(known)) if whole else UNKNOWN,
                _percent(max(known)) if whole else UNKNOWN,
                f"{max(run.peak_bytes for run in mine) / 1e6:,.0f}",
            )
        )
    return Table(
        f"{len({run.case for run in runs})} cases, {limit:g} s",
        (
            "contender",
            "plans",
            "gap asked reached",
            f"within {TARGET:.0%} of best",
            "median s to that",
            "mean avoidable gap",
            "worst",
            "most memory, MB",
        ),
        tuple(rows),
        (
            "Avoidable gaps are to the best bound that any contender proved on the case. Within 1% of best:"
            " the plan saves at least 99 % of what the best known one saves against the empty plan.",
            *_complaints(runs),
            provenance(runs),
        ),
    )


def _sizes(runs: Sequence[Result]) -> Table:
    """One contender on cases that differ in size."""
    ordered = sorted(runs, key=lambda run: (run.offices, run.days, run.time_limit))
    return Table(
        f"{short(ordered[0].contender)}: how it grows",
        ("case", "offices", "days", "s to gap asked", "gap asked", "gap", "first plan, s", "memory, MB"),
        tuple(
            (
                run.case,
                str(run.offices),
                str(run.days),
                _seconds(seconds_to_gap(run, run.gap_asked)),
                _percent(run.gap_asked),
                _percent(run.gap),
                _seconds(run.first_plan_seconds),
                f"{run.peak_bytes / 1e6:,.0f}",
            )
            for run in ordered
        ),
        (*_complaints(ordered), provenance(runs)),
    )


def _money(runs: Sequence[Result]) -> Money:
    """One unit for all costs, short enough for a column."""
    costs = [run.cost for run in runs if run.cost is not None]
    money = Money.fitting(runs[0].currency, costs)
    if money.scale == 1 and max(costs, default=0.0) >= 10**7:
        return Money(f"million {money.unit}".strip(), 10**6, 3)
    return money


def short(contender: str) -> str:
    """A contender's name in tables and pictures: of a file without its folders."""
    return f"peer:{Path(contender).stem}" if contender.endswith(".py") else contender


def _named(run: Result, runs: Sequence[Result]) -> str:
    """The contender, with its seed where there are several."""
    name = short(run.contender)
    return name if len({other.seed for other in runs}) == 1 else f"{name}, seed {run.seed}"


def _complaints(runs: Sequence[Result]) -> list[str]:
    """What a reader must know before believing a row."""
    lines = [
        f"{short(run.contender)} on {run.case}, {run.time_limit:g} s: {run.status}"
        + (f", {run.message}" if run.message else "")
        for run in runs
        if run.status != "plan" or run.message
    ]
    lines += [
        f"{short(run.contender)} on {run.case}: its bound is above the cost of a plan that passed the check,"
        " so it is wrong"
        for run in refuted(runs)
    ]
    lines += [
        f"{short(run.contender)} on {run.case} answered {run.seconds['answer'] - run.time_limit:.1f} s late"
        for run in runs
        if run.status == "plan" and run.seconds["answer"] > run.time_limit * _LATE + 1
    ]
    return lines


def provenance(runs: Sequence[Result]) -> str:
    """Where, when and with what: all that differs is told."""
    machines = _distinct(
        f"{run.machine['cpu']}, {run.machine['logical_cores']} logical cores,"
        f" {run.machine['memory_bytes'] / 2**30:.0f} GiB, {run.machine['os']}"
        for run in runs
    )
    libraries: dict[str, set[str]] = {}
    for run in runs:
        for name, version in run.versions.items():
            libraries.setdefault(name, set()).add(version)
    named = ", ".join(f"{name} {'/'.join(sorted(found))}" for name, found in libraries.items())
    commits = _distinct(
        f"{run.commit['id'][:10]}{' with changes' if run.commit['dirty'] else ''}"
        for run in runs
        if run.commit is not None
    )
    dates = sorted({run.date[:10] for run in runs})
    when = dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
    return f"Run {when} on {machines}. With {named}; commit {commits or 'unknown'}.{_beside(runs)}"


def _beside(runs: Sequence[Result]) -> str:
    """What the machine did besides, where it is known."""
    others = max((run.other_load for run in runs if run.other_load is not None), default=None)
    average = max((run.load_average for run in runs if run.load_average is not None), default=None)
    said = "" if others is None else f" Other work kept up to {others:.1f} cores busy."
    if average is not None:
        said += f" Load average before a run, the one before it included: up to {average:.1f}."
    cores = min(run.machine["logical_cores"] for run in runs)
    if (others or 0.0) > _BUSY or (average or 0.0) > cores + 1:
        said += " **The machine was busy: times are too long, and gaps at the limit too wide.**"
    return said


def _distinct(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(texts))


def _percent(value: float | None) -> str:
    return UNKNOWN if value is None else f"{100 * value:.{3 if abs(value) < 0.01 else 2}f} %"


def _seconds(value: float | None) -> str:
    return UNKNOWN if value is None or not math.isfinite(value) else f"{value:.1f}"
