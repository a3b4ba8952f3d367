"""highspy with arrays: our formulation's matrix in one call, the floor for building and handing over."""

from __future__ import annotations

from typing import Any

import numpy as np

from allocator.instance.models import Instance
from allocator.methods.direct import formulate_directly
from benchmarks.peers.interface import THREADS, Deadline, PeerAnswer, Phases

NAME = "highspy, arrays"
LIBRARIES = ("highspy",)


def solve(instance: Instance, time_limit: float, seed: int, phases: Phases) -> PeerAnswer:
    deadline = Deadline(time_limit)
    with phases.measured("build"):
        import highspy

        formulation = formulate_directly(instance)
        model = formulation.model

    with phases.measured("hand over"):
        highs = highspy.Highs()
        highs.silent()
        rows, columns = model.shape
        status = highs.passModel(
            columns,
            rows,
            model.matrix.nnz,
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize),
            model.offset,
            model.objective,
            model.column_lower,
            model.column_upper,
            model.row_lower,
            model.row_upper,
            model.matrix.indptr.astype(np.int32),
            model.matrix.indices.astype(np.int32),
            model.matrix.data,
            model.integer.astype(np.int32),
        )
        if status == highspy.HighsStatus.kError:
            raise RuntimeError("HiGHS refuses the model")

    def on_solution(event: Any) -> None:
        # The callback's own bound is that of the last row of the log: it comes with the logging event.
        phases.improved(float(event.data_out.objective_function_value), None)

    def on_log(event: Any) -> None:
        bound = float(event.data_out.mip_dual_bound)
        if np.isfinite(bound):
            phases.improved(None, bound)

    with phases.measured("solve"):
        highs.cbMipImprovingSolution.subscribe(on_solution)
        highs.cbMipLogging.subscribe(on_log)
        highs.setOptionValue("threads", THREADS)
        highs.setOptionValue("random_seed", seed)
        highs.setOptionValue("mip_rel_gap", 0.0)
        highs.setOptionValue("time_limit", deadline.remaining)
        highs.run()
        information, solution = highs.getInfo(), highs.getSolution()
    dual = float(information.mip_dual_bound if model.integer.any() else information.objective_function_value)
    bound = dual if np.isfinite(dual) else None
    # At a time limit the arrays may be there and mean nothing: the status of the point tells.
    if information.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        phases.improved(None, bound)
        return PeerAnswer.without_plan(bound)
    phases.improved(float(information.objective_function_value), bound)
    plan = formulation.extract(np.array(solution.col_value, dtype=np.float64))
    return PeerAnswer(plan.ingest, plan.packs, plan.cards, bound)
