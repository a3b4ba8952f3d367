"""What was solved and how good the plan is, in sentences."""

from __future__ import annotations

import textwrap

from allocator.instance.models import Instance
from allocator.report.wording import clean, count, long_date, plural, seconds, share, share_at_most
from allocator.solving import STARTING_PLAN, Outcome

_LONGEST_DESCRIPTION = 150


def headline(instance: Instance) -> list[str]:
    """The name, what it is about, the size and the dates of what was asked."""
    last = instance.days - 1
    span = f"{long_date(instance, 0)} to {long_date(instance, last)}" if last else long_date(instance, 0)
    size = [
        plural(len(instance.offices), "office"),
        plural(len(instance.streams), "stream"),
        plural(len(instance.depots), "depot"),
        plural(len(instance.lanes), "lane"),
        f"packs of {count(instance.pack_size)}",
    ]
    waiting = int(instance.arrays.before.records.sum())
    arriving = int(instance.arrays.arrivals.sum())
    return [
        clean(instance.name),
        *_description(instance),
        ", ".join(size),
        f"{plural(instance.days, 'day')}: {span}",
        f"{count(waiting)} without a card before the first day, {count(arriving)} apply from then on",
        _quota(instance),
    ]


def verdict_on_gap(
    outcome: Outcome, gap_asked: float, time_limit: float | None, rounds_asked: int | None = None
) -> list[str]:
    """Why the search ended, what is proven of the plan, and what it saves of the plan to start from."""
    ending = _ending(outcome, gap_asked, time_limit, rounds_asked)
    return [ending, *_proof(outcome), *_since_the_start(outcome)]


def origin(outcome: Outcome) -> str:
    """How the plan was found, and how long it took."""
    solver = outcome.solver if outcome.solver != outcome.backend else None
    effort = [
        plural(number, unit, units)
        for number, unit, units in (
            (outcome.rounds, "round", None),
            (outcome.workers, "process", "processes"),
        )
        if number is not None
    ]
    means = ", ".join([name for name in (outcome.method, outcome.backend, solver) if name] + effort)
    if outcome.source.startswith(outcome.method):
        found = f"Found by {means}"
    elif outcome.source == STARTING_PLAN:
        found = f"Nothing better than the plan to start from was found by {means}"
    else:
        found = f"Found by {outcome.source} (method {means})"
    spent = outcome.seconds
    parts = [("reading", spent["load"]), ("building", spent["build"]), ("solving", spent["solve"])]
    details = ", ".join(f"{what} {seconds(value)}" for what, value in parts if value >= 0.05)
    return f"{found} in {seconds(spent['total'])}" + (f" ({details})" if details else "")


def _description(instance: Instance) -> list[str]:
    """Its first sentence, as a reminder of which instance this is."""
    text = clean(instance.description or "").strip().partition(". ")[0].rstrip(".")
    return [textwrap.shorten(text, _LONGEST_DESCRIPTION, placeholder=" …")] if text else []


def _quota(instance: Instance) -> str:
    quota = instance.arrays.quota
    total = sum(quota.tolist())
    least, most = int(quota.min()), int(quota.max())
    daily = f"{count(least)}" if least == most else f"{count(least)} to {count(most)}"
    return f"quota: {daily} ingestion slots a day, {count(total)} in all"


def _ending(outcome: Outcome, gap_asked: float, time_limit: float | None, rounds_asked: int | None) -> str:
    asked = share_at_most(gap_asked)
    if outcome.status == "optimal":
        return f"Done: the gap asked for, {asked}, is reached."
    if outcome.status == "interrupted":
        return "Interrupted: this is the best checked plan found by then."
    if outcome.failure is not None:
        return "The solver failed: this is the best checked plan all the same."
    if outcome.method.startswith("policy:"):
        return f"This is the plan of the simple policy {outcome.method.removeprefix('policy:')}."
    limit = _limit(outcome, time_limit, rounds_asked)
    return f"{limit} before the gap asked for, {asked}, was reached."


def _limit(outcome: Outcome, time_limit: float | None, rounds_asked: int | None) -> str:
    if time_limit is not None and outcome.seconds["total"] >= 0.9 * time_limit:
        return f"Stopped by the time limit of {seconds(time_limit)},"
    if rounds_asked is not None and outcome.rounds == rounds_asked:
        return f"Stopped after {plural(rounds_asked, 'round')}, as asked,"
    return "The search ended"


def _since_the_start(outcome: Outcome) -> list[str]:
    """How much cheaper the plan is than the one that it started from, where anything better was found."""
    before = outcome.start_cost
    if before is None or outcome.source == STARTING_PLAN or before <= 0:
        return []
    saved = share((before - outcome.objective) / before)
    return [f"The plan is {saved} cheaper than the one to start from, as far as that is valid here."]


def _proof(outcome: Outcome) -> list[str]:
    gap, avoidable = outcome.gap, outcome.avoidable_gap
    if gap is None:
        return ["How much cheaper a plan could be is not known."]
    if gap <= 0:
        return ["Proven: no plan is cheaper."]
    lines = [f"Proven: no plan can be more than {share_at_most(gap)} cheaper."]
    if avoidable is not None:
        left = share_at_most(avoidable)
        lines.append(f"Of the cost that planning can avoid at all, at most {left} is left.")
    return lines
