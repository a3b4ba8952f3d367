"""Mixtures are feasible, and cost what they say."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator import Instance
from allocator.backends import BasisStatus, SolveOptions
from allocator.methods.decompose.mixtures import basis_of_mixture, mix, restricted_model, waiting_basis
from allocator.methods.decompose.plans import first_plans, one_plan_each
from allocator.methods.decompose.pricing import card_worth
from tests.tools.prices import KINDS, blocks_at
from tests.tools.strategies import instances

OPTIONS = SolveOptions(tolerance=1e-4)


@settings(max_examples=30)
@given(instance=instances(), kind=st.sampled_from(KINDS[:4]), seed=st.integers(0, 99))
def test_a_mixture_is_feasible_and_costs_what_it_says(instance: Instance, kind: str, seed: int) -> None:
    blocks, prices = blocks_at(instance, kind, seed)
    for block in blocks:
        plans = first_plans(block, prices)
        mixture = mix(block, plans, prices, "highs", OPTIONS)
        scale = 1e-5 * (1.0 + np.abs(mixture.value))
        assert (np.abs(mixture.cost + mixture.use.T @ prices - mixture.value) <= scale).all()
        shares = np.bincount(plans.office, mixture.shares, len(block.offices))
        assert shares == pytest.approx(np.ones(len(block.offices)), abs=1e-6)
        assert (mixture.shares >= -1e-6).all()
        assert (card_worth(block, mixture.duals) >= 0).all()
        packs = plans.packs.T @ mixture.shares
        use = block.use @ mixture.point + block.trip_use @ packs
        assert mixture.use.sum(axis=1) == pytest.approx(use, rel=1e-6, abs=1e-6)


@settings(max_examples=30)
@given(instance=instances(), kind=st.sampled_from(KINDS[:4]), seed=st.integers(0, 99))
def test_a_mixture_may_begin_with_everybody_waiting(instance: Instance, kind: str, seed: int) -> None:
    blocks, prices = blocks_at(instance, kind, seed)
    for block in blocks:
        plans = first_plans(block, prices)
        basis = waiting_basis(block, plans)
        matrix = sp.csc_array(restricted_model(block, plans, prices).matrix)
        slack = np.nonzero(basis.rows == BasisStatus.BASIC)[0]
        rows = matrix.shape[0]
        square = sp.hstack(
            [matrix[:, basis.columns == BasisStatus.BASIC], sp.eye_array(rows, format="csc")[:, slack]]
        ).toarray()
        assert square.shape == (rows, rows)
        assert np.linalg.matrix_rank(square) == rows
        value = mix(block, plans, prices, "highs", OPTIONS).value.sum()
        begun = mix(block, plans, prices, "highs", OPTIONS, basis).value.sum()
        assert begun == pytest.approx(value, rel=1e-6, abs=1e-3)


@settings(max_examples=30)
@given(instance=instances(), kind=st.sampled_from(KINDS[:4]), seed=st.integers(0, 99))
def test_a_mixture_may_begin_where_one_plan_for_each_office_ended(
    instance: Instance, kind: str, seed: int
) -> None:
    blocks, prices = blocks_at(instance, kind, seed)
    for block in blocks:
        others = first_plans(block, prices)
        chosen = len(others.office) + np.arange(len(block.offices))
        plans = others.joined(one_plan_each(block, np.zeros(len(block.trips.office))))
        alone = plans.some(chosen)
        ended = mix(block, alone, prices, "highs", OPTIONS, chosen=np.arange(len(chosen))).basis
        basis = basis_of_mixture(block, ended, len(others.office))
        if ended is None or basis is None:
            stores = slice(block.records.shape[0] + len(chosen), None)
            assert ended is None or (ended.rows[stores] != BasisStatus.BASIC).any()
            continue
        basic = sum((each == BasisStatus.BASIC).sum() for each in (basis.columns, basis.rows))
        model = restricted_model(block, plans, prices)
        assert basic == model.shape[0]
        assert basis.point is not None
        activity = model.matrix @ basis.point
        allowed = 1e-3 + 1e-6 * np.abs(activity)
        assert (activity >= model.row_lower - allowed).all()
        assert (activity <= model.row_upper + allowed).all()
        value = mix(block, plans, prices, "highs", OPTIONS).value.sum()
        begun = mix(block, plans, prices, "highs", OPTIONS, basis).value.sum()
        assert begun == pytest.approx(value, rel=1e-6, abs=1e-3)
