"""Trips at their best while slots stay with whom they are: column generation over plans of single offices.

Once it is fixed who is ingested when, it is known what cards save by day (`savings`), and the search for
an office's trips (`restocking`) can take them at their true value. A linear master over plans of all
offices, with the stocks and trips of senders, says what packs are worth; at the end a mixed-integer
programme chooses one plan for each office (`choice`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import SolveOptions
from allocator.instance.arrays import Counts
from allocator.methods.decompose.blocks import Block, marked
from allocator.methods.decompose.choice import Choice, Option, Programme
from allocator.methods.decompose.couplings import Couplings
from allocator.methods.decompose.joint_choice import JointChoice
from allocator.methods.decompose.pricing import Plans, one_plan_each, plans_of
from allocator.methods.decompose.restocking import restock
from allocator.methods.decompose.savings import CardSavings
from allocator.methods.decompose.senders import Senders, senders_alone, sends
from allocator.methods.decompose.workers import Workers
from allocator.methods.rounding import print_ready
from allocator.milp.formulation import Formulation
from allocator.milp.model import Vector
from allocator.milp.printed import printed_without_queues
from allocator.milp.sparse import single_entries
from allocator.plan.arrays import PlanArrays

Indices = NDArray[np.int64]
_ANSWERS = 8  # plans of an office at a time
_KEPT = 10  # plans of an office from one time to the next, the best by reduced cost
_GAP = 1e-5  # of the choice


@dataclass(frozen=True)
class _Part:
    """A block with slots fixed."""

    block: Block  # its applicants are those that are print-ready
    savings: CardSavings  # of its offices
    senders: Senders


class Resupply:
    """Trips for a nation, again and again; plans found before are kept."""

    def __init__(
        self,
        formulation: Formulation,
        couplings: Couplings,
        blocks: list[Block],
        workers: Workers,
        backend: str,
        options: SolveOptions,
    ) -> None:
        self.formulation, self.couplings, self.blocks = formulation, couplings, blocks
        self.workers, self.backend, self.options = workers, backend, options
        self.known = [one_plan_each(block, np.zeros(len(block.trip_columns))) for block in blocks]
        variables = formulation.variables
        self._could_be_printed = printed_without_queues(formulation.instance.arrays)
        self._slots = marked(formulation.model.shape[1], variables.ingest, variables.not_ingested)
        self._targets = np.nonzero(np.array([kind == "target" for kind in couplings.kind], dtype=np.bool_))[0]

    def learn(self, plans: list[Plans]) -> None:
        """More plans (P,) of each block's offices that may be good."""
        self.known = [own.joined(more) for own, more in zip(self.known, plans, strict=True)]

    def improve(
        self, plan: PlanArrays, prices: Vector, duals: list[Vector], rounds: int, seconds: float
    ) -> PlanArrays:
        """A valid plan with the slots of this one; no dearer unless printing later is better than at once.

        `prices` (resources,) and `duals` (rows of each block's records) are what packs may be worth. The
        choice at the end takes so many seconds at most. Raises StoppedError when the time is over, and
        BackendError if a solver has no answer.
        """
        instance = self.formulation.instance
        ready = print_ready(instance.arrays, plan.ingest)
        savings = promised = CardSavings.of(instance, ready, np.zeros(len(instance.targets)))
        vector = self.formulation.embed(plan)
        parts = [self._part(block, vector, ready, savings) for block in self.blocks]
        plans = [
            _with_slots_fixed(part.block, vector[part.block.trip_columns], known)
            for part, known in zip(parts, self.known, strict=True)
        ]
        limit = self._limits(vector)
        for _ in range(rounds):
            if instance.targets:
                promised = CardSavings.of(instance, ready, prices[self._targets])
            plans = self.workers.map(
                _more_plans,
                (
                    (part.block, own, promised.of_offices(part.block.offices), prices, dual)
                    for part, own, dual in zip(parts, plans, duals, strict=True)
                ),
            )
            programme = self._programme(parts, plans, limit)
            worth = programme.worth(self.backend, self.options)
            prices = worth.prices
            duals = [
                _in_place(part.senders.rows, own, len(dual))
                for part, own, dual in zip(parts, worth.sender_duals, duals, strict=True)
            ]
        now = [
            Choice(np.arange(len(block.offices)), vector[block.columns[part.senders.columns]])
            for block, part in zip(self.blocks, parts, strict=True)
        ]
        senders = [k for k, block in enumerate(self.blocks) if sends(block)]
        joint = JointChoice(programme, worth, self.couplings, limit, senders, self.workers, self.backend)
        chosen = joint.improve(now, replace(self.options, gap=_GAP, time_limit=seconds))
        self.known = [_best(own, reduced) for own, reduced in zip(plans, worth.reduced, strict=True)]
        for part, own, choice in zip(parts, plans, chosen, strict=True):
            vector[part.block.trip_columns] = own.packs[choice.plans].sum(axis=0)
            vector[part.block.columns[part.senders.columns]] = choice.sent
        packs = np.rint(self.formulation.extract(vector).packs).astype(np.int64)
        return PlanArrays(ingest=plan.ingest, packs=packs, cards=savings.print_all(instance, packs))

    def _part(self, block: Block, vector: Vector, ready: Counts, savings: CardSavings) -> _Part:
        applicants = ready[block.offices].sum(axis=1).astype(np.float64)
        return _Part(
            replace(block, depletion=replace(block.depletion, applicants=applicants)),
            savings.of_offices(block.offices),
            senders_alone(block, self._slots[block.columns], vector[block.columns]),
        )

    def _limits(self, vector: Vector) -> Vector:
        """(resources,) what there is besides the senders' slots, and who of their records is not ingested."""
        variables = self.formulation.variables
        theirs = np.ones(len(variables.blanks), dtype=np.bool_)
        for block in self.blocks:
            theirs[block.offices] = False
        fixed = marked(len(vector), variables.ingest[theirs], variables.not_ingested[theirs])
        limit: Vector = self.couplings.limit - self.couplings.use @ np.where(fixed, vector, 0.0)
        return limit

    def _programme(self, parts: list[_Part], plans: list[Plans], limit: Vector) -> Programme:
        return Programme(
            [self._option(part, own) for part, own in zip(parts, plans, strict=True)],
            limit,
            self.couplings.ceiling,
        )

    def _option(self, part: _Part, plans: Plans) -> Option:
        block, instance = part.block, self.formulation.instance
        saved, cards = part.savings.spread(plans.office, plans.printed)
        use = block.trip_use @ plans.packs.T
        if instance.targets:
            # Who has no card on the day of a target, of all who could have one.
            missing = self._could_be_printed[block.offices][plans.office] - cards
            scope = instance.arrays.target_scope[:, block.offices][:, plans.office]
            days = [target.day for target in instance.targets]
            own = np.stack([(missing[:, :, day] * scope[k]).sum(axis=1) for k, day in enumerate(days)])
            use = use + single_entries(np.ones(len(days)), self._targets, len(self.couplings.limit)) @ own
        of_senders = sp.csr_array(part.senders.trip_rows @ plans.packs.T)
        return Option(plans.office, plans.cost - saved, sp.csr_array(use), of_senders, part.senders)


def _with_slots_fixed(block: Block, packs: Vector, known: Plans) -> Plans:
    """The plan of each office that sends `packs` (E,), nothing, and those known, all as they print now."""
    own, nothing = one_plan_each(block, np.rint(packs)), one_plan_each(block, np.zeros(len(packs)))
    every = own.joined(nothing).joined(known)
    return _distinct(plans_of(block, every.office, every.packs))


def _more_plans(block: Block, plans: Plans, savings: CardSavings, prices: Vector, duals: Vector) -> Plans:
    """The plans, and others that are good at prices of resources and duals of the records' rows."""
    paid = block.trip_use.T @ prices - block.trip_rows.T @ duals
    price = np.maximum(block.price + paid, 0.0)
    value = plans.cost + plans.packs @ (price - block.price) - savings.spread(plans.office, plans.printed)[0]
    order = np.lexsort((value, plans.office))
    best = order[np.searchsorted(plans.office[order], np.arange(len(block.offices)))]
    found = restock(
        block.depletion,
        block.trips,
        block.fixed,
        price,
        savings.worth(np.arange(len(block.offices)), plans.printed[best]),
        savings=savings.steps,
        exact=False,
        answers=_ANSWERS,
    )
    return _distinct(plans.joined(plans_of(block, found.office, found.packs)))


def _distinct(plans: Plans) -> Plans:
    """Without repetitions, the first ones in front."""
    packs = sp.csr_array(plans.packs, copy=True)
    packs.sort_indices()
    seen: dict[tuple[int, bytes, bytes], int] = {}
    for plan, office in enumerate(plans.office.tolist()):
        own = slice(packs.indptr[plan], packs.indptr[plan + 1])
        seen.setdefault((office, packs.indices[own].tobytes(), packs.data[own].tobytes()), plan)
    return plans.some(np.fromiter(seen.values(), dtype=np.int64))


def _best(plans: Plans, reduced: Vector) -> Plans:
    """Of each office the plans of least reduced cost (P,)."""
    order = np.lexsort((reduced, plans.office))
    first = np.searchsorted(plans.office[order], plans.office[order])
    return plans.some(order[np.arange(len(order)) - first < _KEPT])


def _in_place(rows: Indices, values: Vector, size: int) -> Vector:
    result = np.zeros(size)
    result[rows] = values
    return result
