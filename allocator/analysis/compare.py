"""Policies and methods on one instance, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from allocator.analysis.fairness import Fairness, fairness
from allocator.analysis.judged import judged
from allocator.errors import InputError, Problem
from allocator.instance.models import Instance
from allocator.solving import METHODS, Outcome, Request, choose_method


@dataclass(frozen=True)
class Competitor:
    """One method, and what it came to."""

    method: str
    outcome: Outcome
    fairness: Fairness

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"method": self.method, **self.outcome.as_dict(), "fairness": self.fairness.as_dict()}


@dataclass(frozen=True)
class Comparison:
    """The methods in the order asked for."""

    instance: Instance
    competitors: tuple[Competitor, ...]

    @property
    def bound(self) -> float | None:
        """The best lower bound that any of the methods has proven."""
        known = [other.outcome.bound for other in self.competitors if other.outcome.bound is not None]
        return max(known, default=None)

    @property
    def cheapest(self) -> Competitor:
        """The method with the cheapest plan."""
        return min(self.competitors, key=lambda other: other.outcome.objective)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "instance": self.instance.name,
            "currency": self.instance.currency,
            "bound": self.bound,
            "cheapest": self.cheapest.method,
            "methods": [other.as_dict() for other in self.competitors],
        }


def default_methods(instance: Instance) -> tuple[str, ...]:
    """All policies, and the method that `auto` comes to."""
    policies = [name for name in METHODS if name.startswith("policy:")]
    return (*policies, choose_method(instance, Request()))


def compare(
    instance: Instance, methods: Sequence[str], solve_by: Callable[[Instance, str], Outcome]
) -> Comparison:
    """Solve by each method; `solve_by` is `allocator.solve` with an instance and a method.

    Raises InputError for methods that do not exist.
    """
    problems = [
        Problem("--methods", name or "nothing", "some of " + ", ".join(METHODS))
        for name in methods
        if name not in METHODS
    ]
    if problems or not methods:
        raise InputError(problems or [Problem("--methods", "none", "some of " + ", ".join(METHODS))])
    competitors = []
    for method in dict.fromkeys(methods):
        outcome = solve_by(instance, method)
        competitors.append(Competitor(method, outcome, fairness(judged(outcome))))
    return Comparison(instance, tuple(competitors))
