"""How evenly waiting is spread over offices, in figures; defined in docs/what-if.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from allocator.analysis.judged import Judged


@dataclass(frozen=True)
class Fairness:
    """The spread of w, the days waited within the horizon per applicant of an office."""

    mean_days: float | None
    """Over all applicants; None when there are none."""
    gini: float | None
    """0: the same at every office; towards 1: all the waiting at few. None when nobody waits."""
    worst_decile_days: float | None
    """Mean w of the tenth of the applicants at the offices that wait longest."""
    worst_office: str | None
    """Id of the office with the greatest w."""
    worst_office_days: float | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def fairness(plan: Judged) -> Fairness:
    """The figures of a plan, over its offices with applicants."""
    named = [
        (office.id, Fraction(figures.record_days, figures.applied), figures.applied)
        for office, figures in zip(plan.instance.offices, plan.offices, strict=True)
        if figures.applied
    ]
    if not named:
        return Fairness(None, None, None, None, None)
    waits, people = [wait for _, wait, _ in named], [number for _, _, number in named]
    worst = max(named, key=lambda item: item[1])
    return Fairness(
        mean_days=float(_mean(waits, people)),
        gini=gini(waits, people),
        worst_decile_days=float(worst_share(waits, people, Fraction(1, 10))),
        worst_office=worst[0],
        worst_office_days=float(worst[1]),
    )


def gini(values: Sequence[Fraction | int], people: Sequence[int]) -> float | None:
    """sum over i, j of n_i n_j |w_i - w_j| / (2 N^2 mean w); None when every w is 0."""
    ordered = sorted(zip(values, people, strict=True))
    total = sum(people)
    mean = _mean(values, people)
    if mean == 0:
        return None
    # Each pair once: w_i stands above all that come before it and below all after.
    difference, before = Fraction(0), 0
    for value, number in ordered:
        difference += value * number * (2 * before + number - total)
        before += number
    return float(difference / (mean * total * total))


def worst_share(values: Sequence[Fraction | int], people: Sequence[int], share: Fraction) -> Fraction:
    """Mean of the greatest values that this share of the people has; of the last office only a part."""
    room = total = share * sum(people)
    worth = Fraction(0)
    for value, number in sorted(zip(values, people, strict=True), reverse=True):
        taken = min(room, Fraction(number))
        worth += value * taken
        room -= taken
    return worth / total


def _mean(values: Sequence[Fraction | int], people: Sequence[int]) -> Fraction:
    weighted = sum(
        (Fraction(value) * number for value, number in zip(values, people, strict=True)), Fraction(0)
    )
    return weighted / sum(people)
