"""Longest-waiting first, against plain loops over single records."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allocator.instance.models import Instance
from allocator.methods.policies.seniority import Seniority
from tests.tools.strategies import instances


def _days_of_application(instance: Instance, office: int, stream: int) -> list[int]:
    """The day of application of each record, first come first."""
    arrays = instance.arrays
    days: list[int] = []
    before = arrays.before
    for i, s, day, records in zip(before.office, before.stream, before.day, before.records, strict=True):
        if (i, s) == (office, stream):
            days += [int(day)] * int(records)
    for day, records in enumerate(arrays.arrivals[office, stream]):
        days += [day] * int(records)
    return sorted(days)


@given(instances(), st.data())
def test_split_takes_the_longest_waiting(instance: Instance, data: st.DataObject) -> None:
    arrays = instance.arrays
    offices, streams, _ = arrays.shape
    applied = arrays.applied[:, :, -1]
    end = np.array([[data.draw(st.integers(0, int(n))) for n in row] for row in applied], dtype=np.int64)
    start = np.array([[data.draw(st.integers(0, int(n))) for n in row] for row in end], dtype=np.int64)
    amount = np.array([data.draw(st.integers(0, int(n))) for n in (end - start).sum(axis=1)])
    seniority = Seniority(arrays)
    taken = seniority.split(amount, start, end)
    oldest = seniority.oldest(start, end)
    assert (taken.sum(axis=1) == amount).all()
    first_days = []
    for i in range(offices):
        queue = sorted(
            (day, s)
            for s in range(streams)
            for day in _days_of_application(instance, i, s)[start[i, s] : end[i, s]]
        )
        expected = [sum(s == wanted for _, s in queue[: amount[i]]) for wanted in range(streams)]
        assert taken[i].tolist() == expected
        first_days.append(queue[0][0] if queue else 10**9)
    order = np.argsort(oldest, kind="stable")
    assert sorted(first_days) == [first_days[i] for i in order]
    assert len(set(first_days)) == len(set(oldest.tolist()))


@given(instances())
def test_curves_end_at_all_applications(instance: Instance) -> None:
    seniority = Seniority(instance.arrays)
    offices = np.arange(len(instance.offices))
    last = np.full(len(offices), seniority.ranks - 1)
    assert (seniority.applied_up_to(last, offices) == instance.arrays.applied[:, :, -1]).all()
    assert not seniority.applied_up_to(np.full(len(offices), -1), offices).any()
