"""The first trips: whole plans where these are much dearer than mixtures, of those known elsewhere."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest

from allocator.methods.decompose import first_trips as module
from allocator.methods.decompose.first_trips import first_trips
from allocator.plan.arrays import PlanArrays
from tests.methods.decompose.test_variants import priced


@pytest.mark.parametrize("family", ["quota", "blanks"])
@pytest.mark.parametrize("dearer", [-1.0, np.inf])
def test_trips_keep_the_limits_and_say_what_they_ask_for(family: str, dearer: float) -> None:
    nation, generation = priced(family)
    vector = nation.formulation.embed(PlanArrays.empty(nation.formulation.instance))
    with patch.object(module, "_DEARER", dearer):
        first = first_trips(generation, vector, 5.0, np.inf)
    assert first is not None
    couplings, blocks = nation.couplings, generation.pool.blocks
    used = sum(block.trip_use @ packs for block, packs in zip(blocks, first.packs, strict=True))
    assert (used <= couplings.limit + 1e-6)[couplings.in_packs].all()
    assert sum(packs.sum() for packs in first.packs) > 0
    assert all(basis is not None for basis in first.bases)
    if dearer == np.inf:
        assert first.asked is None
    else:
        assert first.asked is not None
        assert first.asked.sum(axis=1)[couplings.in_packs] == pytest.approx(used[couplings.in_packs])


@pytest.mark.parametrize(("left", "rounds"), [(0.0, 1), (np.inf, 5)])
def test_rounds_end_with_their_share_of_the_time(left: float, rounds: int) -> None:
    nation, generation = priced("quota")
    vector = nation.formulation.embed(PlanArrays.empty(nation.formulation.instance))
    with (
        patch.object(module, "_DEARER", -1.0),
        patch.object(module, "_NEAR", -1.0),
        patch.object(module.WholeChoice, "step", autospec=True, side_effect=module.WholeChoice.step) as step,
    ):
        first_trips(generation, vector, 5.0, left)
    assert step.call_count == rounds
