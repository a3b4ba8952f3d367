"""An instance as a mixed-integer linear programme, and its vectors as plans."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allocator.instance.models import Instance
from allocator.milp.builder import ABSENT, Index, MilpBuilder
from allocator.milp.model import MilpModel, Vector
from allocator.milp.objective import add_costs
from allocator.milp.rules import add_rules
from allocator.milp.states import plan_states
from allocator.milp.variables import Variables, declare_variables
from allocator.plan.arrays import PlanArrays


@dataclass(frozen=True)
class FractionalPlan:
    """The decisions as a solver left them: not whole, and only nearly within the rules."""

    ingest: NDArray[np.float64]  # (I, S, T) records
    packs: NDArray[np.float64]  # (L, T)
    cards: NDArray[np.float64]  # (I, S, T)

    def printing_all(self, instance: Instance) -> FractionalPlan:
        """The same with cards for all on the day they apply: whatever can be printed when it is rounded."""
        cards = np.diff(instance.arrays.applied, axis=2, prepend=0).astype(np.float64)
        return replace(self, cards=cards)


@dataclass(frozen=True)
class Formulation:
    """The model of an instance with the meaning of its columns."""

    instance: Instance
    model: MilpModel
    variables: Variables
    integer_records: bool

    def extract(self, vector: Vector) -> FractionalPlan:
        """The decisions in a vector of the model."""
        return FractionalPlan(
            ingest=_take(vector, self.variables.ingest),
            packs=_take(vector, self.variables.packs),
            cards=_take(vector, self.variables.cards),
        )

    def embed(self, plan: PlanArrays) -> Vector:
        """The vector of a plan: its decisions and the states that follow from them.

        Of a valid plan it is a feasible point of the model, unless the plan ships more than can be
        used (see `limits.trip_limits`).
        """
        vector = np.zeros(self.model.shape[1])
        for index, values in plan_states(self.instance, plan, self.variables):
            present = index != ABSENT
            vector[index[present]] = values[present]
        return vector


def formulate(instance: Instance, *, integer_records: bool = False) -> Formulation:
    """Build the model: packs and trips whole; records and cards whole only if `integer_records`.

    Without it the model is a relaxation, and its bound holds all the same. Records come in
    thousands, and for fixed shipments without spoilage the rest is all but a network flow, so that
    their integrality costs the solver much and gives little.
    """
    builder = MilpBuilder(instance.name)
    variables = declare_variables(builder, instance, integer_records=integer_records)
    add_rules(builder, instance, variables)
    add_costs(builder, instance, variables)
    return Formulation(instance, builder.build(), variables, integer_records)


def _take(vector: Vector, index: Index) -> NDArray[np.float64]:
    return np.where(index == ABSENT, 0.0, vector[np.maximum(index, 0)] if len(vector) else 0.0)
