"""An instance taken apart, with what is needed to put it together again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocator.backends import SolveOptions
from allocator.instance.models import Instance
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.column_generation import ColumnGeneration, Pool
from allocator.methods.decompose.couplings import Couplings, find_couplings
from allocator.methods.decompose.inheritance import inherited
from allocator.methods.decompose.plans import one_plan_each
from allocator.methods.decompose.senders import sends
from allocator.methods.decompose.settling import Settled, settled
from allocator.methods.decompose.splitting import take_apart
from allocator.methods.decompose.start import Start
from allocator.methods.decompose.trunk_trips import with_trunk_trips
from allocator.methods.decompose.workers import Workers
from allocator.milp.formulation import Formulation, formulate
from allocator.milp.model import Vector

Indices = NDArray[np.int64]
_INNER_ROUNDS, _WITH_SENDERS = 2, 6  # of pricing a block
_OFFICE_DAYS_IN_BLOCK = 720  # what linear models of a block are fastest with


@dataclass(frozen=True)
class Nation:
    """An instance, or a sample of one, taken apart."""

    formulation: Formulation
    couplings: Couplings
    blocks: list[Block]

    @classmethod
    def of(cls, instance: Instance, stratum: Indices | None = None) -> Nation:
        """Take an instance apart; offices of a `stratum` (I,) get blocks of their own."""
        formulation = formulate(instance)
        couplings = find_couplings(formulation)
        offices = max(1, _OFFICE_DAYS_IN_BLOCK // instance.days)
        blocks = take_apart(formulation, couplings, offices, stratum)
        return cls(formulation, couplings, [with_trunk_trips(formulation, block) for block in blocks])

    @property
    def has_senders(self) -> bool:
        """Whether blanks are sent on anywhere."""
        return any(map(sends, self.blocks))

    @property
    def inner_rounds(self) -> int:
        """How often to price a block before the master goes on.

        Another round of the master tells more, but where blanks are sent on: there blocks come near their
        own bound slowly.
        """
        return _WITH_SENDERS if self.has_senders else _INNER_ROUNDS

    def decisions(self, vector: Vector) -> list[Settled]:
        """What a vector of the model says for each block."""
        return [settled(block, *block.read(vector)) for block in self.blocks]

    def vector(self, decisions: list[Settled]) -> Vector:
        """The vector of the model of what is decided in each block."""
        vector = np.zeros(self.formulation.model.shape[1])
        for block, each in zip(self.blocks, decisions, strict=True):
            block.write(vector, each.point, each.packs)
        return vector

    def generation(
        self, start: Start, decisions: list[Settled], crew: Workers, backend: str, options: SolveOptions
    ) -> ColumnGeneration:
        """Column generation from a start, with the decisions as its first column.

        Blocks that are also in an estate begin with the plans that are known there.
        """
        known = inherited(start.estate, self.formulation.instance, self.blocks)
        plans = []
        for block, each, heritage in zip(self.blocks, decisions, known, strict=True):
            own = one_plan_each(block, each.packs)
            plans.append(own if heritage is None else heritage.plans.joined(own))
        generation = ColumnGeneration(
            Pool(self.blocks, plans, bases=[None if each is None else each.basis for each in known]),
            self.couplings,
            self.formulation.model.offset,
            start.prices,
            start.reach,
            crew,
            backend,
            options,
        )
        generation.add_decisions(decisions)
        generation.look(start.trials)
        return generation
