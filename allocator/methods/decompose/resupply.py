"""Trips at their best while slots stay with whom they are: column generation over plans of single offices.

Once it is fixed who is ingested when, it is known what cards save by day (`savings`), and the search for
an office's trips (`restocking`) can take them at their true value. A linear master over plans of all
offices, with the stocks and trips of senders, says what packs are worth; at the end a mixed-integer
programme chooses one plan for each office (`choice`).
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import SolveOptions
from allocator.instance.arrays import Counts
from allocator.methods.decompose.blending import blended
from allocator.methods.decompose.blocks import Block, marked
from allocator.methods.decompose.couplings import Couplings
from allocator.methods.decompose.joint_choice import JointChoice
from allocator.methods.decompose.mixtures import of_senders
from allocator.methods.decompose.plans import Plans, one_plan_each, plans_of
from allocator.methods.decompose.pricing import charge
from allocator.methods.decompose.programme import Choice, Option, Programme
from allocator.methods.decompose.savings import CardSavings
from allocator.methods.decompose.senders import Senders, senders_alone, sends
from allocator.methods.decompose.trunk_trips import TrunkTrips
from allocator.methods.decompose.workers import Workers
from allocator.methods.rounding import print_ready, round_plan
from allocator.milp.builder import ABSENT
from allocator.milp.formulation import Formulation
from allocator.milp.model import Vector
from allocator.milp.printed import printed_without_queues
from allocator.milp.sparse import single_entries
from allocator.plan.arrays import PlanArrays

Indices = NDArray[np.int64]
_KEPT = 10  # plans of an office from one time to the next, the best by reduced cost
_GAP = 1e-5  # of the choice
_CHOICE = 3.0  # times a round: what the choice takes at least


@dataclass(frozen=True)
class _Part:
    """A block with slots fixed."""

    block: Block  # its applicants are those that are print-ready
    savings: CardSavings  # of its offices
    senders: Senders
    trunk_trips: TrunkTrips | None  # where blanks are sent on


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
        search_backend: str | None = None,
    ) -> None:
        """Where offices lend to each other `search_backend`, if there is one, chooses trips."""
        self.formulation, self.couplings, self.blocks = formulation, couplings, blocks
        self.workers, self.backend, self.options = workers, backend, options
        self.lends = any((block.transshipment.packs != ABSENT).any() for block in blocks)
        self.choosing = (search_backend or backend) if self.lends else backend
        self.known = [
            one_plan_each(block, np.zeros(len(block.trip_columns))).joined(
                one_plan_each(block, np.where(block.trip_columns == ABSENT, block.trips.most, 0.0))
            )
            for block in blocks
        ]
        self.trunk_trips = [TrunkTrips.of(formulation, block) if sends(block) else None for block in blocks]
        self.turn = 0
        self.prices: Vector | None = None  # (resources,) those of packs, once trips were found
        variables = formulation.variables
        self._could_be_printed = printed_without_queues(formulation.instance.arrays)
        self._slots = marked(formulation.model.shape[1], variables.ingest, variables.not_ingested)
        self._targets = np.nonzero(np.array([kind == "target" for kind in couplings.kind], dtype=np.bool_))[0]

    def learn(self, plans: list[Plans]) -> None:
        """More plans (P,) of each block's offices that may be good."""
        self.known = [own.joined(more) for own, more in zip(self.known, plans, strict=True)]

    def improve(
        self,
        plan: PlanArrays,
        prices: Vector,
        duals: list[Vector],
        rounds: int,
        seconds: float,
        left: float = math.inf,
    ) -> PlanArrays:
        """A valid plan with the slots of this one; no dearer unless printing later is better than at once.

        `prices` (resources,) and `duals` (rows of each block's records) are what packs may be worth. The
        choice at the end takes so many seconds at most; there are fewer rounds where that would not fit into
        the seconds `left`. Raises StoppedError when the time is over, BackendError if a solver has no answer.
        """
        instance, begun = self.formulation.instance, time.monotonic()
        ready = print_ready(instance.arrays, plan.ingest)
        savings = promised = CardSavings.of(instance, ready, np.zeros(len(instance.targets)))
        vector = self.formulation.embed(plan)
        read = [block.read(vector) for block in self.blocks]
        parts = [
            self._part(block, point, ready, savings, trunk_trips)
            for block, (point, _), trunk_trips in zip(self.blocks, read, self.trunk_trips, strict=True)
        ]
        plans = [
            _with_slots_fixed(part.block, packs, known)
            for part, (_, packs), known in zip(parts, read, self.known, strict=True)
        ]
        programme: Programme | None = None
        for done in range(1, rounds + 1):
            if instance.targets:
                promised = CardSavings.of(instance, ready, prices[self._targets])
            plans = self.workers.map(
                _more_plans,
                (
                    (part.block, own, promised.of_offices(part.block.offices), prices, dual, done == rounds)
                    for part, own, dual in zip(parts, plans, duals, strict=True)
                ),
            )
            earlier, programme = programme, self._programme(parts, plans)
            worth = programme.worth(self.backend, self.options, earlier)
            prices = self.prices = worth.prices
            duals = [
                _in_place(part.senders.rows, own, len(dual))
                for part, own, dual in zip(parts, worth.sender_duals, duals, strict=True)
            ]
            spent = time.monotonic() - begun
            if left - spent < _CHOICE * spent / done:
                break
        assert programme is not None
        if self.lends:
            plans = [
                _distinct(blended(block, own, shares))
                for block, own, shares in zip(self.blocks, plans, programme.relaxed_shares, strict=True)
            ]
            earlier, programme = programme, self._programme(parts, plans)
            worth = programme.worth(self.backend, self.options, earlier)
        now = [
            Choice(np.arange(len(part.block.offices)), point[part.senders.columns])
            for part, (point, _) in zip(parts, read, strict=True)
        ]
        self.turn += 1
        joint = JointChoice(
            programme, worth, self.couplings, self.workers, self.choosing, self.turn, self.lends
        )
        chosen = joint.improve(now, replace(self.options, gap=_GAP, time_limit=seconds))
        self.known = [_best(own, reduced) for own, reduced in zip(plans, worth.reduced, strict=True)]
        for part, own, choice, (point, _) in zip(parts, plans, chosen, read, strict=True):
            point[part.senders.columns] = choice.sent
            part.block.write(vector, point, own.packs_of(choice.plans))
        # Stores of offices that lend, and blanks that only together make a pack, are not in the programme.
        packs = round_plan(instance, self.formulation.extract(vector).printing_all(instance)).packs
        return PlanArrays(ingest=plan.ingest, packs=packs, cards=savings.print_all(instance, packs))

    def _part(
        self,
        block: Block,
        point: Vector,
        ready: Counts,
        savings: CardSavings,
        trunk_trips: TrunkTrips | None,
    ) -> _Part:
        applicants = ready[block.offices].sum(axis=1).astype(np.float64)
        return _Part(
            replace(block, depletion=replace(block.depletion, applicants=applicants)),
            savings.of_offices(block.offices),
            senders_alone(block, self._fixed(block), point),
            trunk_trips,
        )

    def _fixed(self, block: Block) -> NDArray[np.bool_]:
        """(n,) columns of the block's records that say who is ingested when."""
        others = block.records.shape[1] - len(block.columns)
        return np.append(self._slots[block.columns], np.zeros(others, dtype=np.bool_))

    def _programme(self, parts: list[_Part], plans: list[Plans]) -> Programme:
        return Programme(
            [self._option(part, own) for part, own in zip(parts, plans, strict=True)],
            self.couplings.limit,
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
        taken = of_senders(block, plans)[part.senders.rows]
        option = Option(plans.office, plans.cost - saved, sp.csr_array(use), taken, part.senders)
        return part.trunk_trips.tighten(option, plans) if part.trunk_trips else option


def _with_slots_fixed(block: Block, packs: Vector, known: Plans) -> Plans:
    """The plan of each office that keeps `packs` (E,), and those known, all as they print now."""
    every = one_plan_each(block, packs).joined(known)
    return _distinct(plans_of(block, every.office, every.packs))


def _more_plans(
    block: Block, plans: Plans, savings: CardSavings, prices: Vector, duals: Vector, tied: bool
) -> Plans:
    """The plans, and others that are good at prices of resources and duals of the records' rows."""
    charged = charge(block, prices, duals)
    found = charged.restock(block, savings.steps(tied=tied), exact=False)
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
