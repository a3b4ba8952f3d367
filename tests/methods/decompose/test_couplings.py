"""What offices share: valid plans keep the limits, and prices find their resource again elsewhere."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from allocator import FAMILIES, generate_instance
from allocator.instance.arrays import NOWHERE
from allocator.instance.models import Instance, Storage
from allocator.methods.decompose.couplings import Couplings, find_couplings, transfer_prices
from allocator.methods.decompose.sampling import smaller_nation
from allocator.methods.policies import POLICIES
from allocator.milp.formulation import formulate
from allocator.plan.arrays import plan_to_arrays
from allocator.plan.models import Plan
from allocator.verdict import is_valid
from tests.tools.instances import full_document, full_instance
from tests.tools.strategies import cases, instances


def couplings_of(instance: Instance) -> Couplings:
    return find_couplings(formulate(instance))


@given(case=cases(careful=True))
def test_a_valid_plan_keeps_every_limit_but_targets(case: tuple[Instance, Plan]) -> None:
    instance, plan = case
    assume(is_valid(instance, plan))
    formulation = formulate(instance)
    couplings = find_couplings(formulation)
    used = couplings.use @ formulation.embed(plan_to_arrays(plan, instance))
    hard = np.isinf(couplings.ceiling)
    assert (used[hard] <= couplings.limit[hard] + 1e-9).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_the_policies_keep_every_limit(family: str) -> None:
    instance = generate_instance(family, offices=8, days=20)
    formulation = formulate(instance)
    couplings = find_couplings(formulation)
    hard = np.isinf(couplings.ceiling)
    for policy in POLICIES.values():
        used = couplings.use @ formulation.embed(policy.plan(instance))
        assert (used[hard] <= couplings.limit[hard] + 1e-6).all()


@given(instance=instances())
def test_all_that_is_shared_has_its_resource(instance: Instance) -> None:
    couplings, arrays = couplings_of(instance), instance.arrays
    fed = set(arrays.lane_destination_depot.tolist())
    for row, (kind, (day, where)) in enumerate(zip(couplings.kind, couplings.place.tolist(), strict=True)):
        assert 0 <= day < instance.days
        if kind in ("quota", "storage"):
            assert where == NOWHERE
            assert couplings.owner[row] is None
        elif kind == "target":
            target = instance.targets[where]
            assert (day, couplings.owner[row]) == (target.day, target.id)
            assert couplings.ceiling[row] == float(target.penalty_per_record)
        else:
            assert where not in fed
            assert couplings.owner[row] == instance.depots[where].id
    assert (np.isinf(couplings.ceiling) == (np.array(couplings.kind) != "target")).all()
    places = list(zip(couplings.kind, map(tuple, couplings.place.tolist()), strict=True))
    assert len(set(places)) == len(places)
    for number in range(len(instance.depots)):
        supplied = ("depot", (instance.days - 1, number)) in places
        assert supplied == (number not in fed)


@given(instance=instances())
def test_rows_and_columns_that_resources_stand_for_are_used_by_nothing_else(instance: Instance) -> None:
    formulation = formulate(instance)
    couplings = find_couplings(formulation)
    matrix = formulation.model.matrix
    assert not np.diff(matrix[~couplings.rows][:, couplings.columns].indptr).any()
    assert not np.diff(couplings.use[:, couplings.columns].indptr).any()


def test_what_a_depot_can_send_is_counted_in_whole_packs() -> None:
    """Packs of 2; 11 cards less a reserve of 2, then 9 more on day 2, as the document has it."""
    document = full_document()
    document["depots"][0] |= {"stock": 11, "reserve": 2, "deliveries": [{"day": 2, "cards": 9}]}
    instance = Instance.model_validate(document | {"pack_size": 4})
    couplings = couplings_of(instance)
    hub = [row for row, owner in enumerate(couplings.owner) if owner == "hub"]
    supply = [row for row in hub if couplings.kind[row] == "depot"]
    assert couplings.place[supply, 0].tolist() == [1, instance.days - 1]
    assert couplings.limit[supply].tolist() == [2, 4]


def test_what_waits_pays_the_least_for_a_slot_that_comes_a_day_later() -> None:
    """What a day less not ingested is worth to whoever it is worth the least to, and a little of that."""
    instance = generate_instance("quota", offices=4, days=10)
    dear = instance.offices[0].model_copy(update={"priority": Fraction(5, 2)})
    idle = instance.offices[1].model_copy(update={"priority": 0})
    changed = instance.model_copy(update={"offices": (dear, idle, *instance.offices[2:])})
    day = float(instance.costs.unprintable_day - instance.costs.waiting_day)
    assert couplings_of(instance).sooner == pytest.approx(1.002 * day)
    assert couplings_of(changed).sooner == pytest.approx(1.002 * day)
    only_dear = instance.model_copy(update={"offices": (dear, idle)})
    assert couplings_of(only_dear).sooner == pytest.approx(1.002 * 2.5 * day)
    # Where storage has a price, a record that comes sooner pays it for longer.
    stored = instance.model_copy(update={"storage": Storage(free=1000)})
    assert couplings_of(stored).sooner == 0.0


def test_prices_go_to_the_same_resources() -> None:
    couplings = couplings_of(full_instance())
    prices = np.minimum(np.random.default_rng(0).exponential(size=len(couplings.limit)), couplings.ceiling)
    assert transfer_prices(prices, couplings, couplings).tolist() == prices.tolist()


@pytest.mark.parametrize("family", FAMILIES)
def test_prices_of_a_sample_fit_the_nation_and_back(family: str) -> None:
    instance = generate_instance(family, offices=30, days=12)
    nation, sample = couplings_of(instance), couplings_of(smaller_nation(instance, 10))
    draw = np.random.default_rng(1)
    prices = np.minimum(draw.exponential(size=len(sample.limit)), sample.ceiling)
    moved = transfer_prices(prices, sample, nation)
    assert (moved >= 0).all()
    assert (moved <= nation.ceiling).all()
    back = transfer_prices(moved, nation, sample)
    assert back.tolist() == prices.tolist()


def test_a_target_of_nobody_in_the_sample_gets_the_usual_share_of_its_penalty() -> None:
    def with_targets(*targets: dict[str, object]) -> Couplings:
        return couplings_of(Instance.model_validate(full_document() | {"targets": list(targets)}))

    known = with_targets({"id": "x", "day": 5, "share": 0.5, "penalty_per_record": 8})
    wanted = with_targets(
        {"id": "x", "day": 5, "share": 0.5, "penalty_per_record": 1},
        {"id": "y", "day": 3, "share": 0.5, "penalty_per_record": 20},
    )
    prices = np.where(np.array(known.kind) == "target", 2.0, 0.0)
    moved = transfer_prices(prices, known, wanted)
    assert moved[np.array(wanted.kind) == "target"].tolist() == [1.0, 5.0]


@given(instance=instances(), seed=st.integers(0, 99))
def test_the_price_of_a_plan_is_never_more_than_its_cost(instance: Instance, seed: int) -> None:
    """Weak duality for the empty plan: charged for its use less the limits, it never pays more."""
    couplings = couplings_of(instance)
    nothing = formulate(instance).embed(plan_to_arrays(empty(instance), instance))
    prices = np.random.default_rng(seed).exponential(size=len(couplings.limit))
    prices = np.minimum(prices, couplings.ceiling)
    over = couplings.use @ nothing - couplings.limit
    shortfall = np.where(np.isfinite(couplings.ceiling), np.maximum(over, 0.0), 0.0)
    ceiling = np.where(np.isfinite(couplings.ceiling), couplings.ceiling, 0.0)
    assert prices @ over <= ceiling @ shortfall + 1e-9


def empty(instance: Instance) -> Plan:
    return Plan(schema_version=1, instance=instance.name)
