"""A solve from which there is always a plan to write, however it ends."""

from __future__ import annotations

import traceback
from typing import Any

from allocator.cli.progress import Progress
from allocator.cli.signals import Interruption
from allocator.errors import InputError
from allocator.instance.models import Instance
from allocator.methods.record import Report
from allocator.plan.arrays import PlanArrays
from allocator.solving import Outcome, Request, choose_method, conclude, solve
from allocator.verdict import empty_cost, verify


def attempt(
    instance: Instance,
    request: dict[str, Any],
    *,
    started: float,
    load_seconds: float,
    progress: Progress,
    interruption: Interruption,
    log: bool,
) -> Outcome:
    """`solve`, and where that breaks off the best plan it had reported. Raises InputError only."""
    last: list[Report] = []

    def listen(report: Report) -> None:
        last[:] = [report]
        progress.report(report)

    try:
        return solve(
            instance,
            **request,
            on_report=listen,
            on_log=progress.log if log else None,
            interrupt=interruption.event,
            started=started,
            load_seconds=load_seconds,
        )
    except InputError:
        raise
    except KeyboardInterrupt:  # the user does not want to wait for the solver to stop
        interruption.settle()
        return _best_known(instance, request, last, load_seconds, "interrupted", None)
    except Exception as error:  # noqa: BLE001 - whatever it is, the plan found by then is not lost
        interruption.settle()
        where = traceback.extract_tb(error.__traceback__)[-1]
        failure = f"{type(error).__name__}: {error} ({where.name}, line {where.lineno})"
        return _best_known(instance, request, last, load_seconds, "feasible", failure)


def _best_known(
    instance: Instance,
    request: dict[str, Any],
    last: list[Report],
    load_seconds: float,
    status: str,
    failure: str | None,
) -> Outcome:
    """The outcome of a solve that never came to its end."""
    report = last[0] if last else None
    arrays = report.plan if report else PlanArrays.empty(instance)
    return conclude(
        instance,
        arrays,
        verify(instance, arrays),
        status=status,
        bound=report.bound if report else None,
        empty_cost=float(empty_cost(instance).total),
        method=choose_method(
            instance, Request(request["method"], solver=request["solver"], rounds=request["rounds"])
        ),
        backend=request["backend"],
        solver=request["solver"],
        seed=request["seed"],
        seconds={
            "load": load_seconds,
            "build": 0.0,
            "solve": 0.0,
            "total": report.seconds if report else 0.0,
        },
        source=report.source if report else "policy:empty",
        failure=failure,
    )
