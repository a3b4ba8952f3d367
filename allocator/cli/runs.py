"""Several solves in one command: their options, their progress, and what an interrupt means to them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from allocator.cli import errors, options
from allocator.cli.cluster import on_cluster
from allocator.cli.signals import Interruption

if TYPE_CHECKING:
    from allocator.instance.models import Instance
    from allocator.plan.models import Plan
    from allocator.solving import Outcome

Method: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="auto, direct, decompose or policy:NAME, as in `allocator solve`.",
        autocompletion=options.complete_method,
    ),
]
Backend: TypeAlias = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Solver library.", autocompletion=options.complete_backend),
]
Solver: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="NAME", help="One of the backend's solvers.", autocompletion=options.complete_solver
    ),
]
TimeLimit: TypeAlias = Annotated[
    float, typer.Option(metavar="S", help="Seconds for each solve; inf for no limit.")
]
Gap: TypeAlias = Annotated[
    float, typer.Option(metavar="G", help="Stop when no plan can be cheaper by more than this share.")
]
Threads: TypeAlias = Annotated[int | None, typer.Option(metavar="N", help="Threads of the solver.")]
Workers: TypeAlias = Annotated[int | None, typer.Option(metavar="N", help="With decompose: processes.")]
Cluster: TypeAlias = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="With decompose: a dask scheduler, tcp://host:8786.")
]
Rounds: TypeAlias = Annotated[
    int | None, typer.Option(metavar="N", help="With decompose: rounds of pricing at most.")
]
Seed: TypeAlias = Annotated[int | None, typer.Option(metavar="N", help="Seed of the solver.")]
Quiet: TypeAlias = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")]


class Runs:
    """Solves one instance after the other, each within its own time, until the user wants no more."""

    def __init__(
        self, request: dict[str, Any], interruption: Interruption, *, quiet: bool, method: str
    ) -> None:
        self._request = request
        self._quiet = quiet
        self._method = method
        self.interruption = interruption
        self.outcomes: list[Outcome] = []

    def solve(
        self,
        instance: Instance,
        *,
        start: Plan | None = None,
        method: str | None = None,
        what: str | None = None,
        **own: Any,
    ) -> Outcome:
        """`allocator.solve` with the command's options, then `own`; after an interrupt it ends at once."""
        from allocator.cli.progress import choose_progress
        from allocator.solving import solve

        method = method or self._method
        if method.startswith("policy:"):  # which starts from nothing
            start = None
        begun = time.monotonic()
        limit = self._request["time_limit"]
        progress = choose_progress(quiet=self._quiet, started=begun, time_limit=limit)
        progress.open(what or f"solve {len(self.outcomes) + 1}, {instance.name}")
        progress.instance(instance)
        try:
            outcome = solve(
                instance,
                **(self._request | own),
                method=method,
                start=start,
                on_report=progress.report,
                interrupt=self.interruption.event,
                started=begun,
            )
        finally:
            progress.close()
        self.outcomes.append(outcome)
        return outcome

    @property
    def failures(self) -> list[str]:
        """Why solvers broke; their plans are the best known all the same."""
        return list(dict.fromkeys(run.failure for run in self.outcomes if run.failure is not None))

    @property
    def exit_code(self) -> int:
        """That of the command."""
        if self.interruption.event.is_set():
            return errors.INTERRUPTED
        return errors.FAILED if self.failures else errors.DONE


@contextmanager
def running(*, method: str, cluster: str | None, quiet: bool, **request: Any) -> Iterator[Runs]:
    """Solves within it stop at the first Ctrl-C with the best plans found by then."""
    with Interruption() as interruption, on_cluster(cluster, method):
        yield Runs(request, interruption, quiet=quiet, method=method)
