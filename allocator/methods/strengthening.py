"""Cutting planes before branch and cut: interval inequalities, round after round, while they pay."""

from __future__ import annotations

from allocator.backends import Backend, SolveOptions
from allocator.methods.clock import Clock
from allocator.methods.record import Record
from allocator.milp.formulation import Formulation
from allocator.milp.intervals import IntervalCuts, find_cuts, find_groups, join_cuts, tight_cuts, with_cuts
from allocator.milp.model import MilpModel

_SHARE_OF_TIME = 0.2  # of the time left when the rounds begin
_MOST_ROUNDS = 12
_LEAST_GAIN = 2e-5  # relative rise of the bound below which another round does not pay


def strengthen(
    formulation: Formulation, record: Record, clock: Clock, backend: Backend, options: SolveOptions
) -> MilpModel:
    """The model with the interval inequalities that its relaxation breaks.

    Every round solves the relaxation, which is a bound. Ends when a round gains little, or when a
    fifth of the time is over; where not even one relaxation can be solved in that, the model
    comes back as it is.
    """
    model = formulation.model
    groups = find_groups(formulation.instance.arrays)
    if not groups:
        return model
    cuts: IntervalCuts | None = None
    deadline = clock.seconds + _SHARE_OF_TIME * clock.remaining
    bound = None
    for _ in range(_MOST_ROUNDS):
        left = deadline - clock.seconds
        if clock.over or left <= 0.0:
            break
        relaxation = (model if cuts is None else with_cuts(model, cuts)).relaxed()
        result = backend.solve(
            relaxation,
            SolveOptions(
                time_limit=left if left != float("inf") else None,
                seed=options.seed,
                interrupt=clock.interrupt,
            ),
        )
        record.offer_bound(result.bound)
        if result.vector is None or result.objective is None or result.bound is None:
            break
        if cuts is not None:
            cuts = tight_cuts(cuts, result.vector)
        if bound is not None and result.objective - bound <= _LEAST_GAIN * abs(result.objective):
            break
        bound = result.objective
        found = find_cuts(formulation, groups, result.vector)
        if not len(found):
            break
        cuts = found if cuts is None else join_cuts(cuts, found)
    return model if cuts is None else with_cuts(model, cuts)
