"""What results come to: best known values, time to a target, growth exponents, performance profiles."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from allocator.benchmark.results import Result
from allocator.verdict import avoidable_gap

TARGET = 0.01
"""Share of what a best known plan saves that another may leave unsaved and still be as good."""

_TOLERANCE = 1e-6  # solvers prove to tolerances of about this size, relative


@dataclass(frozen=True)
class Best:
    """The best that any contender reached on a case, at any limit."""

    cost: float | None
    bound: float | None
    empty_cost: float


def best_known(results: Iterable[Result]) -> dict[str, Best]:
    """By case. Bounds that a checked plan refutes do not count."""
    by_case: dict[str, list[Result]] = {}
    for result in results:
        by_case.setdefault(result.case, []).append(result)
    return {case: _best(runs) for case, runs in by_case.items()}


def _best(runs: Sequence[Result]) -> Best:
    costs = [run.cost for run in runs if run.cost is not None]
    cost = min(costs, default=None)
    bounds = [run.bound for run in runs if run.bound is not None and not _above(run.bound, cost)]
    bound = max(bounds, default=None)
    if bound is not None and cost is not None:
        bound = min(bound, cost)
    return Best(cost, bound, runs[0].empty_cost)


def _above(bound: float, cost: float | None) -> bool:
    return cost is not None and bound > cost + _TOLERANCE * abs(cost)


def refuted(results: Sequence[Result]) -> list[Result]:
    """Runs whose bound is above the cost of a plan that passed the check: the bound is wrong."""
    best = best_known(results)
    return [run for run in results if run.bound is not None and _above(run.bound, best[run.case].cost)]


def left_unsaved(cost: float | None, best: Best) -> float | None:
    """The avoidable gap to the best bound that anybody proved."""
    return None if cost is None else avoidable_gap(cost, best.bound, best.empty_cost)


def seconds_to_target(run: Result, best: Best, target: float = TARGET) -> float:
    """When the run had a plan within the target of the best known one; infinite if never.

    The convergence test of Moré and Wild (2009): cost <= best + target x (empty plan's cost - best).
    The run's checked plan must pass it: what a contender claims on its way counts only then.
    """
    if run.cost is None or best.cost is None:
        return math.inf
    limit = best.cost + target * (best.empty_cost - best.cost) + 1e-9 * abs(best.cost)
    if run.cost > limit:
        return math.inf
    claimed = (point.seconds for point in run.trajectory if point.cost is not None and point.cost <= limit)
    return min(next(claimed, math.inf), run.seconds["answer"])


def seconds_to_gap(run: Result, wanted: float) -> float | None:
    """When the run had proven its own gap to be this small; None if it never had."""
    bound = -math.inf
    for point in run.trajectory:
        bound = max(bound, -math.inf if point.bound is None else point.bound)
        if point.cost is not None and point.cost - bound <= wanted * abs(point.cost):
            return point.seconds
    final = run.gap
    return run.seconds["answer"] if final is not None and final <= wanted + 1e-9 else None


@dataclass(frozen=True)
class Growth:
    """y = factor * x ** exponent, least squares in logarithms."""

    exponent: float
    factor: float
    standard_error: float | None
    """Of the exponent; None with fewer than three points."""

    def at(self, x: float) -> float:
        """The curve's value."""
        return float(self.factor * x**self.exponent)

    def __str__(self) -> str:
        error = "" if self.standard_error is None else f" ± {self.standard_error:.2f}"
        return f"{self.exponent:.2f}{error}"


def growth(points: Sequence[tuple[float, float]]) -> Growth | None:
    """Fits the law through (size, amount); None where there are not two sizes with amounts above 0."""
    usable = np.array([point for point in points if min(point) > 0], dtype=np.float64).reshape(-1, 2)
    x, y = np.log(usable).T
    if len(np.unique(x)) < 2:
        return None
    spread = float(((x - x.mean()) ** 2).sum())
    slope = float(((x - x.mean()) * (y - y.mean())).sum()) / spread
    start = float(y.mean()) - slope * float(x.mean())
    error = None
    if len(x) > 2:
        error = math.sqrt(float(((y - start - slope * x) ** 2).sum()) / (len(x) - 2) / spread)
    return Growth(slope, math.exp(start), error)


def performance_profile(times: Mapping[str, Mapping[str, float]]) -> dict[str, list[tuple[float, float]]]:
    """Dolan and Moré (2002): contender -> steps (ratio to the fastest, share of problems within it).

    `times` holds for each contender its time on each problem, infinite where it failed. Problems that
    nobody solved are left out of no share: they count against all.
    """
    problems = sorted({problem for of_one in times.values() for problem in of_one})
    fastest = {
        problem: min(of_one.get(problem, math.inf) for of_one in times.values()) for problem in problems
    }
    profile = {}
    for contender, of_one in times.items():
        ratios = sorted(
            of_one[problem] / fastest[problem]
            for problem in problems
            if math.isfinite(of_one.get(problem, math.inf))
        )
        profile[contender] = [(ratio, (number + 1) / len(problems)) for number, ratio in enumerate(ratios)]
    return profile
