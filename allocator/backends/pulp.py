"""PuLP 3: the CBC bundled with it, and HiGHS through its own class."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

from allocator.backends.cbc import CAN_INTERRUPT, solve_with_cbc
from allocator.backends.highs import SOLVERS as HIGHS
from allocator.backends.highs import solve_session
from allocator.backends.interface import Capabilities, SolveOptions, SolveResult
from allocator.backends.libraries import load, package_version
from allocator.backends.request import choose_solver
from allocator.backends.session import Session
from allocator.milp.model import MilpModel

CBC = Capabilities(
    integer=True,
    bound=True,
    start=True,
    progress=True,
    interrupt=CAN_INTERRUPT,
    duals=True,
    threads=True,
    seed=True,
)


class PulpBackend:
    """PuLP's solvers, with its object-per-entry model building replaced by bulk hand-over.

    A PuLP model of 300 000 rows takes PuLP some ten seconds to build and write; see `cbc` for what
    is replaced there. For HiGHS, PuLP's class starts the solver on a model filled from arrays.
    """

    name = "pulp"

    def solvers(self) -> dict[str, Capabilities]:
        """CBC where PuLP brings it for the platform, and HiGHS where highspy is installed."""
        pulp = load("pulp", "pulp>=3,<4")
        found: dict[str, Capabilities] = {}
        if pulp.COIN_CMD(path=pulp.PULP_CBC_CMD.pulp_cbc_path, msg=False).available():
            found["cbc"] = CBC
        if pulp.HiGHS().available():
            found["highs"] = HIGHS["highs"]
        return found

    def versions(self) -> dict[str, str]:
        """PuLP and what it drives."""
        found = {"PuLP": package_version("pulp")}
        if "highs" in self.solvers():
            found["highspy"] = package_version("highspy")
        return found

    def solve(self, model: MilpModel, options: SolveOptions) -> SolveResult:
        """Solve the model; see `Backend.solve`."""
        started = time.monotonic()
        name, able = choose_solver(self.name, self.solvers(), model, options.solver)
        pulp = load("pulp", "pulp>=3,<4")
        session = Session(model, options, name, able, started)
        if name == "cbc":
            return solve_with_cbc(pulp, session)
        solver = pulp.HiGHS(msg=False)

        def call(highs: Any) -> None:
            solver.callSolver(SimpleNamespace(solverModel=highs))

        return solve_session(session, call)
