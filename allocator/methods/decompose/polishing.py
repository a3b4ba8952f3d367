"""A plan made better part by part: a component's trips at their best while everything else stays.

Fix and optimize (Helber and Sahling 2010): slots stay with whom they are, every other component keeps
its trips, and what remains of one component is a small mixed-integer programme that starts from what it
does now. It helps most where few offices share a sender's stock, so that plans of single offices, put
together, fit badly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import SolveOptions, get_backend, usable
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.components import find_components
from allocator.methods.decompose.couplings import Couplings
from allocator.methods.decompose.pricing import Mixture
from allocator.methods.decompose.workers import Workers
from allocator.milp.builder import ABSENT
from allocator.milp.formulation import Formulation, FractionalPlan
from allocator.milp.model import MilpModel, Vector
from allocator.milp.sparse import short_indices, single_entries
from allocator.plan.arrays import PlanArrays

Indices = NDArray[np.int64]
_BETTER = 1e-7  # of a component's cost: less is noise
_TOLERANCE = 1e-9  # of limits that the plan itself may use up


@dataclass(frozen=True)
class _Part:
    """A component of the model in which something can be decided."""

    rows: Indices
    columns: Indices


class Polish:
    """The parts of a plan, and the plan as it becomes better."""

    def __init__(self, formulation: Formulation, couplings: Couplings, plan: PlanArrays) -> None:
        self.formulation, self.couplings = formulation, couplings
        self.vector = formulation.embed(plan)
        variables = formulation.variables
        self.kept = np.zeros(len(self.vector), dtype=np.bool_)  # slots
        for index in (variables.ingest, variables.not_ingested):
            self.kept[index[index != ABSENT]] = True
        row_label, column_label, count = find_components(formulation, couplings)
        self.label = column_label
        whole = np.bincount(
            column_label[formulation.model.integer & (column_label != ABSENT)], minlength=count
        )
        rows, columns = _grouped(row_label, count), _grouped(column_label, count)
        self.parts = [_Part(rows[label], columns[label]) for label in np.nonzero(whole)[0]]
        self.used = couplings.use @ self.vector

    def order(self, blocks: list[Block], mixtures: list[Mixture], prices: Vector) -> list[int]:
        """The parts, first those that cost most beyond what they do in the blocks' mixtures, at prices."""
        charged = self.formulation.model.objective + self.couplings.use.T @ prices
        inside = self.label != ABSENT
        beyond = np.bincount(self.label[inside], (charged * self.vector)[inside])
        for block, mixture in zip(blocks, mixtures, strict=True):
            label = np.full(block.components, ABSENT, dtype=np.int64)
            label[block.column_component] = self.label[block.columns]
            known = label != ABSENT
            value = mixture.cost + mixture.use.T @ prices
            np.subtract.at(beyond, label[known], value[known])
        return sorted(range(len(self.parts)), key=lambda k: -beyond[self.label[self.parts[k].columns[0]]])

    def improve(self, chosen: list[int], crew: Workers, backend: str, options: SolveOptions) -> int:
        """Solve so many parts at a time, each with its share of what is left over; how many got better.

        Raises StoppedError when the time is over.
        """
        found = crew.map(
            _solve,
            (
                (
                    self._programme(self.parts[k], len(chosen)),
                    self.vector[self.parts[k].columns],
                    backend,
                    options,
                )
                for k in chosen
            ),
        )
        better = 0
        for k, values in zip(chosen, found, strict=True):
            if values is not None:
                better += 1
                self.vector[self.parts[k].columns] = values
        self.used = self.couplings.use @ self.vector
        return better

    def plan(self) -> FractionalPlan:
        """The plan as it is now."""
        return self.formulation.extract(self.vector)

    def _programme(self, part: _Part, together: int) -> MilpModel:
        """The part's own rules, and what it may use of the resources beside the others."""
        model, couplings = self.formulation.model, self.couplings
        use = sp.csr_array(couplings.use[:, part.columns])
        # Slots are kept, and with them what quota and storage ask.
        shared = np.isin(couplings.kind, ["depot", "handling", "target"]) & (np.diff(use.indptr) > 0)
        rows = np.nonzero(shared)[0]
        own = use @ self.vector[part.columns]
        left = couplings.limit - self.used
        hard = ~np.isfinite(couplings.ceiling)
        room = own + np.where(hard, np.floor(np.maximum(left, 0.0) / together + _TOLERANCE), left)
        soft = np.nonzero(~hard[rows])[0]
        excess = single_entries(-np.ones(len(soft)), soft, len(rows))
        kept = self.kept[part.columns]
        values = self.vector[part.columns]
        return MilpModel(
            name="part",
            objective=np.append(model.objective[part.columns], couplings.ceiling[rows][soft]),
            offset=0.0,
            matrix=short_indices(
                sp.block_array(
                    [[model.matrix[part.rows][:, part.columns], None], [use[rows], excess]], format="csr"
                )
            ),
            row_lower=np.append(model.row_lower[part.rows], np.full(len(rows), -np.inf)),
            row_upper=np.append(model.row_upper[part.rows], room[rows] + _TOLERANCE),
            column_lower=np.append(
                np.where(kept, values, model.column_lower[part.columns]), np.zeros(len(soft))
            ),
            column_upper=np.append(
                np.where(kept, values, model.column_upper[part.columns]), np.full(len(soft), np.inf)
            ),
            integer=np.append(model.integer[part.columns], np.zeros(len(soft), dtype=np.bool_)),
        )


def _grouped(label: Indices, count: int) -> list[Indices]:
    """The places with each label, those without any left out."""
    order = np.argsort(label, kind="stable")
    starts = np.searchsorted(label[order], np.arange(count + 1))
    return [order[starts[k] : starts[k + 1]] for k in range(count)]


def _solve(model: MilpModel, now: Vector, backend: str, options: SolveOptions) -> Vector | None:
    """Better values than those of now for the part's columns; None without any."""
    soft = model.shape[1] - len(now)
    rest = -model.matrix[:, len(now) :].T  # the row of each excess
    over = rest @ (model.matrix[:, : len(now)] @ now - model.row_upper) if soft else np.zeros(0)
    start = np.append(now, np.maximum(over, 0.0))
    result = get_backend(backend).solve(model, usable(replace(options, start=start), backend, model))
    before = model.value(start)
    if result.vector is None or model.value(result.vector) > before - _BETTER * abs(before):
        return None
    return result.vector[: len(now)]
