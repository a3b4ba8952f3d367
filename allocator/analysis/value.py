"""What more of something is worth: estimated from prices, answered by solving again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from allocator.analysis.changes import Amounts, Change, in_periods, whole_changes
from allocator.analysis.estimates import Estimator, PriceEstimator, RelaxationEstimator
from allocator.analysis.what_if import Solve
from allocator.errors import InputError, Problem
from allocator.instance.models import Instance
from allocator.plan.models import Plan
from allocator.solving import Outcome, Request, choose_method, solve

ESTIMATES = ("auto", "relaxation", "prices")


@dataclass(frozen=True)
class Worth:
    """What one change is worth: the cost that it saves, currency, over the whole horizon."""

    change: Change
    estimate: float | None
    """By prices; None where they don't tell."""
    resolved: float | None = None
    """Cost of the plan without the change less that of the plan with it, both searched for alike."""
    proven: tuple[float, float] | None = None
    """Between what the saving of the two cheapest plans there are lies."""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            **asdict(self.change),
            "estimate": self.estimate,
            "resolved": self.resolved,
            "proven": self.proven,
            "shown": "estimate" if self.resolved is None else "resolved",
        }


@dataclass(frozen=True)
class Values:
    """What all the changes are worth, the dearest first."""

    instance: Instance
    amounts: Amounts
    source: str
    """Where the estimates are from: `relaxation` or `prices`."""
    worths: tuple[Worth, ...]
    base: Outcome | None
    """The unchanged instance solved, where something was solved again."""
    unanswered: int = 0
    """Changes that were to be solved again, for which an interrupt left no time."""

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "instance": self.instance.name,
            "currency": self.instance.currency,
            "amounts": asdict(self.amounts),
            "source": self.source,
            "base": None if self.base is None else self.base.as_dict(),
            "unanswered": self.unanswered,
            "values": [worth.as_dict() for worth in self.worths],
        }


def value(
    instance: Instance,
    plan: Plan | None = None,
    *,
    amounts: Amounts | None = None,
    every: int = 30,
    resolve: int = 0,
    estimate: str = "auto",
    backend: str | None = None,
    time_limit: float | None = None,
    solve_with: Solve = solve,
) -> Values:
    """What more slots, packs, printers and sooner deliveries are worth, by place and by period of days.

    Estimates are from the relaxation, or, for instances as large as `decompose` is for, from the
    prices that the plan keeps. The `resolve` dearest are answered by solving, with and without the
    change, from the plan given, until a solve is interrupted. Raises InputError and BackendError.
    """
    amounts = amounts or Amounts()
    _require(amounts, every, resolve, estimate, plan)
    estimator = _estimator(instance, plan, estimate, backend, time_limit)
    worths: list[Worth] = []
    for change in whole_changes(instance, amounts):
        whole = Worth(change, estimator.worth(change))
        worths.append(whole)
        if whole.estimate:  # what is worth nothing all the time is worth nothing at any
            worths += [
                Worth(part, estimator.worth(part)) for part in in_periods(change, instance.days, every)
            ]
    worths.sort(key=lambda worth: -(worth.estimate or 0.0) if worth.estimate is not None else 1.0)
    base, answers = None, []
    if resolve:
        base = solve_with(instance, start=plan)
        answers = _answers(worths[:resolve], base, instance, solve_with)
    unanswered = min(resolve, len(worths)) - len(answers)
    worths[: len(answers)] = answers
    return Values(instance, amounts, estimator.source, tuple(worths), base, unanswered)


def _answers(worths: list[Worth], base: Outcome, instance: Instance, solve_with: Solve) -> list[Worth]:
    """Those for which there was time: the plan of a search that was cut off says nothing of the change."""
    answers: list[Worth] = []
    if base.status == "interrupted":
        return answers
    for worth in worths:
        changed = solve_with(worth.change.apply(instance), start=base.plan)
        if changed.status == "interrupted":
            break
        answers.append(_resolved(worth, base, changed))
    return answers


def _resolved(worth: Worth, base: Outcome, changed: Outcome) -> Worth:
    proven = None
    if base.bound is not None and changed.bound is not None:
        proven = (base.bound - changed.objective, base.objective - changed.bound)
    return replace(worth, resolved=base.objective - changed.objective, proven=proven)


def _estimator(
    instance: Instance, plan: Plan | None, estimate: str, backend: str | None, time_limit: float | None
) -> Estimator:
    prices = plan.solution.prices if plan is not None else None
    large = choose_method(instance, Request()) == "decompose"
    if prices is not None and (estimate == "prices" or (estimate == "auto" and large)):
        return PriceEstimator(instance, prices)
    return RelaxationEstimator(instance, backend=backend, time_limit=time_limit)


def _require(amounts: Amounts, every: int, resolve: int, estimate: str, plan: Plan | None) -> None:
    numbers = {"slots": amounts.slots, "packs": amounts.packs, "printer": amounts.printed, "every": every}
    problems = [
        Problem(f"--{name}", str(number), "at least 1") for name, number in numbers.items() if number < 1
    ]
    if resolve < 0:
        problems.append(Problem("--resolve", str(resolve), "at least 0"))
    if estimate not in ESTIMATES:
        problems.append(Problem("--estimate", estimate, "one of " + ", ".join(ESTIMATES)))
    elif estimate == "prices" and (plan is None or plan.solution.prices is None):
        problems.append(Problem("--estimate", estimate, "a plan that keeps prices, as method decompose's do"))
    if problems:
        raise InputError(problems)
