"""Plans of offices at their true cost, for the choice of one for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.backends import Basis, BasisStatus, SolveOptions
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.mixtures import Mixture, mix
from allocator.methods.decompose.plans import Plans, plans_of
from allocator.methods.decompose.pricing import charge, savings
from allocator.methods.decompose.programme import Option
from allocator.methods.decompose.senders import senders_alone
from allocator.methods.decompose.whole_plans import STEP, WholePlans, whole
from allocator.milp.builder import ABSENT
from allocator.milp.model import Vector
from allocator.milp.sparse import single_entries

Indices = NDArray[np.int64]
_LOOKS = 2  # for plans that are good on their own
_STEEPER = 4 / 3  # how much more another plan is dearer than its cards save less
_ESTIMATE = 0.002  # of an office's cost, put on top of what is only an estimate


@dataclass(frozen=True)
class Variants:
    """Plans of a block, and what there is to choose from."""

    plans: Plans
    option: Option
    looks: list[WholePlans]  # the plans at their true cost
    basis: Basis | None  # of the records with one plan for each office


def find_variants(
    block: Block,
    plans: Plans,
    mixture: Mixture,
    shares: Vector,
    prices: Vector,
    ceiling: Vector,
    backend: str,
    options: SolveOptions,
) -> Variants:
    """Plans, and what they are worth, some of each office at their true cost, slots at prices.

    First of each office the plan with the largest share (P,). Plans of a mixture complete each other, and
    are 1 % dearer on their own where slots are short. So others are looked for at what cards save by
    day, and again with duals that are a little nearer to those of the plans just found.

    All other plans are worth that much more than the first of those as cards save less and trips cost
    more at the mixture's duals; by a third more, since records lose more than that when a plan is all
    there is (fitted to plans of `quota`, four fifths of whose differences it explains), and a little besides.
    For blocks without senders, in which each office is by itself.
    """
    offices = np.arange(len(block.offices))
    saving = savings(block, prices, mixture.duals)
    duals = mixture.duals
    chosen = _first_of_each(plans.office, -shares, offices)
    looked: list[tuple[Indices, Mixture]] = []
    looks = []
    for look in range(1 + _LOOKS):
        if look:
            found = charge(block, prices, duals).restock(block, savings(block, prices, duals), exact=False)
            first = np.searchsorted(found.office, offices)
            chosen = len(plans.office) + offices
            plans = plans.joined(plans_of(block, offices, found.packs[first]))
        true = mix(block, plans, prices, backend, options, mixture.basis, chosen)
        looked.append((chosen, true))
        looks.append(whole(block, plans.some(chosen), true))
        duals = mixture.duals + STEP * (true.duals - mixture.duals)
    component = block.office_component[plans.office]
    at_duals = charge(block, prices, mixture.duals).costs(block, plans) - saving.of(
        plans.office, plans.printed
    )
    alone, of_alone = looked[1]
    dearer = at_duals - at_duals[alone][plans.office]
    value = of_alone.value[component] + _STEEPER * dearer
    value += _ESTIMATE * np.abs(mixture.value[component] - block.constant[component])
    soft = np.nonzero(np.isfinite(ceiling))[0]
    records_use = of_alone.use[soft].toarray()[:, component]
    for those, found_true in looked:
        value[those] = found_true.value[component[those]]
        records_use[:, those] = found_true.use[soft].toarray()[:, component[those]]
    use = sp.csr_array(block.trip_use @ plans.packs.T + _rows(soft, records_use, len(prices)))
    option = Option(
        office=plans.office,
        value=value - use.T @ prices,
        use=use,
        of_senders=sp.csr_array((0, len(plans.office))),
        senders=senders_alone(block, np.zeros(len(mixture.point), dtype=np.bool_), mixture.point),
    )
    return Variants(plans, option, looks, _of_chosen(true.basis, block, chosen))


def _of_chosen(basis: Basis | None, block: Block, chosen: Indices) -> Basis | None:
    """The basis of the model in which there are no other plans than those chosen.

    What is basic of others is left out; plans chosen, and as many rows of cards as needed, are basic instead.
    """
    if basis is None:
        return None
    count, width = block.records.shape
    columns = np.append(basis.columns[:width], np.full(len(chosen), BasisStatus.BASIC, dtype=np.int8))
    rows = basis.rows[: count + len(chosen)].copy()
    missing = len(rows) - int((columns == BasisStatus.BASIC).sum() + (rows == BasisStatus.BASIC).sum())
    linked = block.linked[block.linked != ABSENT]
    rows[linked[rows[linked] != BasisStatus.BASIC][: max(missing, 0)]] = BasisStatus.BASIC
    return Basis(columns, rows)


def _first_of_each(office: Indices, order: Vector, offices: Indices) -> Indices:
    """(J,) for each office its place with the least `order`."""
    places = np.lexsort((order, office))
    first: Indices = places[np.searchsorted(office[places], offices)]
    return first


def _rows(rows: Indices, values: Vector, count: int) -> sp.csr_array:
    """A matrix of `count` rows that is zero but for some."""
    return sp.csr_array(single_entries(np.ones(len(rows)), rows, count) @ sp.csr_array(values))
