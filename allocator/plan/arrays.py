"""A plan day by day, as numpy arrays over the axes of an instance, and back to rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allocator.errors import InputError, Problem
from allocator.instance.arrays import Counts
from allocator.instance.models import Instance
from allocator.plan.models import CardsRow, IngestRow, Plan, ShipmentRow, Solution


@dataclass(frozen=True)
class PlanArrays:
    """The decisions x, y and r of the contract; int64, cumulative over nothing."""

    ingest: Counts  # (I, S, T) records
    packs: Counts  # (L, T) packs dispatched
    cards: Counts  # (I, S, T) cards printed

    @classmethod
    def empty(cls, instance: Instance) -> PlanArrays:
        """The plan that does nothing, which is always valid."""
        shape = instance.arrays.shape
        return cls(
            ingest=np.zeros(shape, dtype=np.int64),
            packs=np.zeros((len(instance.lanes), instance.days), dtype=np.int64),
            cards=np.zeros(shape, dtype=np.int64),
        )


def plan_to_arrays(plan: Plan, instance: Instance) -> PlanArrays:
    """Rows summed up by place and day.

    Raises InputError when the plan is for another instance, and else with every unknown office, stream,
    lane and day in it, each where it is named first.
    """
    if plan.instance != instance.name:  # all that is unknown follows from it
        raise InputError(
            [Problem("instance", f'"{plan.instance}"', f'"{instance.name}", the instance given')]
        )
    lanes = instance.arrays.lane_index
    problems: list[Problem] = []
    result = PlanArrays.empty(instance)
    _add_rows(
        result.ingest,
        (
            (*_queue_and_day(row, f"ingest[{number}]", instance, problems), row.records)
            for number, row in enumerate(plan.ingest)
        ),
    )
    _add_rows(
        result.cards,
        (
            (*_queue_and_day(row, f"cards[{number}]", instance, problems), row.cards)
            for number, row in enumerate(plan.cards)
        ),
    )
    _add_rows(
        result.packs,
        (
            (
                _find(lanes, row.lane, f"shipments[{number}].lane", "a lane id", problems),
                _day(row.day, instance.days, f"shipments[{number}].day", problems),
                row.packs,
            )
            for number, row in enumerate(plan.shipments)
        ),
    )
    if problems:
        raise InputError(_each_once(problems))
    return result


def _each_once(problems: list[Problem]) -> list[Problem]:
    """What is unknown, where each of the lists names it first, and how often besides."""
    alike: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        rows = problem.path.split("[")[0]
        alike.setdefault((rows, problem.found, problem.expected), []).append(problem)
    return [
        replace(first, found=f"{first.found}, in {1 + len(more):,} rows") if more else first
        for first, *more in alike.values()
    ]


def plan_from_arrays(arrays: PlanArrays, instance: Instance, solution: Solution | None = None) -> Plan:
    """A plan of non-zero rows, sorted by place and then by day."""
    offices = [office.id for office in instance.offices]
    streams = [stream.id for stream in instance.streams]
    lanes = [lane.id for lane in instance.lanes]
    # The numbers are whole and in range already: validating each row again would cost seconds.
    return Plan(
        schema_version=1,
        instance=instance.name,
        ingest=tuple(
            IngestRow.model_construct(office=offices[i], stream=streams[s], day=t, records=amount)
            for i, s, t, amount in _nonzero(arrays.ingest)
        ),
        shipments=tuple(
            ShipmentRow.model_construct(lane=lanes[lane], day=t, packs=amount)
            for lane, t, amount in _nonzero(arrays.packs)
        ),
        cards=tuple(
            CardsRow.model_construct(office=offices[i], stream=streams[s], day=t, cards=amount)
            for i, s, t, amount in _nonzero(arrays.cards)
        ),
        solution=solution or Solution(),
    )


def _queue_and_day(
    row: IngestRow | CardsRow, path: str, instance: Instance, problems: list[Problem]
) -> tuple[int, int, int]:
    arrays = instance.arrays
    return (
        _find(arrays.office_index, row.office, f"{path}.office", "an office id", problems),
        _find(arrays.stream_index, row.stream, f"{path}.stream", "a stream id", problems),
        _day(row.day, instance.days, f"{path}.day", problems),
    )


def _find(index: Mapping[str, int], key: str, path: str, expected: str, problems: list[Problem]) -> int:
    position = index.get(key, -1)
    if position < 0:
        problems.append(Problem(path, f'"{key}"', f"{expected} of the instance"))
    return position


def _day(day: int, days: int, path: str, problems: list[Problem]) -> int:
    if day < days:
        return day
    problems.append(Problem(path, str(day), f"a day of the horizon, 0 to {days - 1}"))
    return -1


def _add_rows(target: NDArray[np.int64], rows: Iterable[tuple[int, ...]]) -> None:
    table = np.array(list(rows), dtype=np.int64).reshape(-1, target.ndim + 1)
    known = (table[:, :-1] >= 0).all(axis=1)
    np.add.at(target, tuple(table[known, :-1].T), table[known, -1])


def _nonzero(values: NDArray[np.int64]) -> Iterator[tuple[int, ...]]:
    place = np.nonzero(values)
    yield from zip(*(axis.tolist() for axis in place), values[place].tolist(), strict=True)
