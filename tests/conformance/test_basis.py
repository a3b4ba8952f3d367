"""Bases mean the same on every solver that takes them, and go from one to another."""

from __future__ import annotations

import pickle
import threading
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from allocator.backends import (
    Basis,
    BasisStatus,
    SolveOptions,
    SolveResult,
    StopReason,
    UnsupportedError,
    usable,
)
from allocator.milp.model import MilpModel
from tests.conformance import cases
from tests.conformance.cases import Case
from tests.conformance.solvers import SOLVERS, able, backend, those
from tests.conformance.test_agreement import small_models

Pair = tuple[str, str]
ABLE = [pair for pair in SOLVERS if able(pair).basis]


def solved(pair: Pair, model: MilpModel, basis: Basis | None = None) -> SolveResult:
    return backend(pair).solve(model, SolveOptions(solver=pair[1], basis=basis))


def ten_of(seed: int = 0) -> MilpModel:
    """A linear model of 40 rows and 60 columns that takes some iterations; every column has two bounds."""
    generator = np.random.default_rng(seed)
    matrix = np.where(generator.random((40, 60)) < 0.2, generator.integers(1, 9, (40, 60)), 0)
    return MilpModel(
        name="ten of each",
        objective=generator.uniform(1.0, 9.0, 60),
        offset=0.0,
        matrix=sp.csr_array(matrix.astype(np.float64)),
        row_lower=matrix.sum(axis=1) * generator.uniform(1.0, 3.0, 40),
        row_upper=np.full(40, np.inf),
        column_lower=np.zeros(60),
        column_upper=np.full(60, 10.0),
        integer=np.zeros(60, dtype=np.bool_),
    )


def test_some_solver_of_some_backend_takes_a_basis() -> None:
    assert ("highs", "highs") in ABLE


@those(linear=True, basis=True)
@pytest.mark.parametrize("case", cases.LINEAR, ids=lambda case: case.name)
def test_an_optimum_has_a_basis_and_is_found_again_from_it(pair: Pair, case: Case) -> None:
    first = solved(pair, case.model)
    basis = first.basis
    assert basis is not None
    rows, columns = case.model.shape
    assert basis.rows.shape == (rows,)
    assert basis.columns.shape == (columns,)
    basic = sum(np.count_nonzero(codes == BasisStatus.BASIC) for codes in (basis.rows, basis.columns))
    assert basic == rows
    again = solved(pair, case.model, basis)
    assert again.stop is StopReason.OPTIMAL
    assert again.objective == pytest.approx(case.optimum, rel=2e-6, abs=1e-5)
    assert again.bound == pytest.approx(case.optimum, rel=2e-6, abs=1e-5)


@those(linear=True, basis=True)
def test_there_is_nothing_to_do_from_the_optimal_basis(pair: Pair) -> None:
    model = ten_of()
    first = solved(pair, model)
    assert first.basis is not None
    again = solved(pair, model, first.basis)
    assert again.basis is not None
    assert np.array_equal(again.basis.columns, first.basis.columns)
    assert np.array_equal(again.basis.rows, first.basis.rows)
    assert again.objective == pytest.approx(first.objective, rel=1e-12)


@those(linear=True, basis=True)
@pytest.mark.parametrize("other", ABLE, ids="-".join)
def test_a_basis_of_another_solver_will_do(pair: Pair, other: Pair) -> None:
    model = ten_of(1)
    first = solved(other, model)
    again = solved(pair, model, first.basis)
    assert first.basis is not None
    assert again.basis is not None
    assert np.array_equal(again.basis.columns, first.basis.columns)


@those(linear=True, basis=True)
def test_statuses_say_where_the_optimum_is(pair: Pair) -> None:
    """min -x - 2y, x + y <= 4, 3x + y <= 7, x >= 0, y <= 3: the vertex (1, 3)."""
    basis = solved(pair, cases.LINEAR[0].model).basis
    assert basis is not None
    assert basis.columns.tolist() == [BasisStatus.BASIC, BasisStatus.UPPER]
    assert basis.rows.tolist() == [BasisStatus.UPPER, BasisStatus.BASIC]


@those(linear=True, basis=True)
@pytest.mark.parametrize("change", ["costs", "bounds", "sides", "columns", "rows", "all", "no upper bounds"])
def test_similar_models_may_start_from_it(pair: Pair, change: str) -> None:
    model = ten_of(2)
    basis = solved(pair, model).basis
    generator = np.random.default_rng(3)
    changed = model
    if change in ("costs", "all"):
        changed = replace(changed, objective=generator.uniform(1.0, 9.0, 60))
    if change in ("bounds", "all"):
        changed = replace(changed, column_upper=np.where(generator.random(60) < 0.1, 0.0, 12.0))
    if change in ("sides", "all"):
        changed = replace(changed, row_lower=changed.row_lower * generator.uniform(0.5, 1.2, 40))
    if change in ("columns", "all"):
        changed = replace(
            changed,
            objective=np.append(changed.objective, [0.5, 7.0]),
            matrix=sp.csr_array(sp.hstack([changed.matrix, np.ones((40, 2))])),
            column_lower=np.append(changed.column_lower, [0.0, -np.inf]),
            column_upper=np.append(changed.column_upper, [4.0, 5.0]),
            integer=np.append(changed.integer, [False, False]),
        )
        changed.column_lower[-1] = -3.0 if change == "all" else -np.inf
    if change in ("rows", "all"):
        extra = generator.uniform(0.0, 1.0, (2, changed.shape[1]))
        changed = replace(
            changed,
            matrix=sp.csr_array(sp.vstack([changed.matrix, extra])),
            row_lower=np.append(changed.row_lower, [20.0, -np.inf]),
            row_upper=np.append(changed.row_upper, [np.inf, 150.0]),
        )
    if change == "no upper bounds":
        changed = replace(changed, column_upper=np.full(60, np.inf))
    cold = solved(pair, changed)
    assert cold.stop is StopReason.OPTIMAL
    hot = solved(pair, changed, basis)
    assert hot.stop is StopReason.OPTIMAL
    assert hot.objective == pytest.approx(cold.objective, rel=1e-9)


@those(linear=True, basis=True)
@pytest.mark.parametrize(
    "model",
    [cases.INFEASIBLE, cases.UNBOUNDED, cases.CROSSED_ROW],
    ids=["infeasible", "unbounded", "crossed"],
)
def test_without_an_optimum_there_is_no_basis_and_none_hides_that(pair: Pair, model: MilpModel) -> None:
    expected = solved(pair, model)
    assert expected.basis is None
    rows, columns = model.shape
    slack = Basis(np.zeros(columns, dtype=np.int8), np.ones(rows, dtype=np.int8))
    hot = solved(pair, model, slack)
    assert hot.stop is expected.stop
    assert hot.basis is None


@those(linear=True, basis=True)
def test_a_bad_basis_is_only_a_bad_hint(pair: Pair) -> None:
    """Nothing basic, everything basic, singular, feasible in words only."""
    model = ten_of(4)
    rows, columns = model.shape
    optimum = solved(pair, model).objective
    codes = np.zeros(columns, dtype=np.int8), np.zeros(rows, dtype=np.int8)
    singular = codes[0].copy()
    singular[:rows] = BasisStatus.BASIC
    double = replace(
        model, matrix=sp.csr_array(sp.hstack([model.matrix[:, [0] * rows], model.matrix[:, rows:]]))
    )
    for basis in (
        Basis(*codes),
        Basis(codes[0] + 1, codes[1] + 1),
        Basis(codes[0] + 3, codes[1] + 1),
        Basis(singular, codes[1]),
        Basis(codes[0], codes[1] + 1, np.full(columns, 1e6)),
        Basis(codes[0][:7], codes[1][:0]),
    ):
        assert solved(pair, model, basis).objective == pytest.approx(optimum, rel=1e-9)
        assert solved(pair, double, basis).stop is solved(pair, double).stop


@those(linear=True, basis=True)
def test_a_basis_of_wrong_form_is_an_error(pair: Pair) -> None:
    model = cases.LINEAR[0].model
    fine = np.zeros(2, dtype=np.int8)
    for basis in (
        Basis(np.zeros(3, dtype=np.int8), fine),
        Basis(fine, np.ones(3, dtype=np.int8)),
        Basis(fine + 4, fine),
        Basis(fine, fine - 1),
        Basis(fine, fine, np.zeros(1)),
    ):
        with pytest.raises(ValueError, match="basis"):
            solved(pair, model, basis)


@those()
def test_who_takes_no_basis_refuses_it_and_gives_none(pair: Pair) -> None:
    basis = Basis(np.zeros(2, dtype=np.int8), np.ones(1, dtype=np.int8))
    linear, integer = (
        cases.LINEAR[1].model,
        replace(cases.LINEAR[1].model, integer=np.ones(2, dtype=np.bool_)),
    )
    if not able(pair).basis:
        with pytest.raises(UnsupportedError, match="basis"):
            solved(pair, linear, basis)
        assert solved(pair, linear).basis is None
    if able(pair).integer:
        with pytest.raises(UnsupportedError, match="basis"):
            solved(pair, integer, basis)
        assert solved(pair, integer).basis is None


@those()
def test_hints_that_cannot_be_used_can_be_dropped(pair: Pair) -> None:
    basis = Basis(np.zeros(2, dtype=np.int8), np.ones(1, dtype=np.int8))
    model = cases.LINEAR[1].model
    asked = SolveOptions(solver=pair[1], basis=basis, start=np.array([3.0, 0.0]), time_limit=9.0)
    left = usable(asked, pair[0], model)
    assert left == replace(
        asked, basis=basis if able(pair).basis else None, start=asked.start if able(pair).start else None
    )
    if pair[1] != "cp-sat":
        assert backend(pair).solve(model, left).objective == pytest.approx(103.0, rel=1e-5)
    if able(pair).integer:
        assert usable(asked, pair[0], replace(model, integer=np.ones(2, dtype=np.bool_))).basis is None
    plain = SolveOptions(solver=pair[1])
    assert usable(plain, pair[0], model) is plain


@those(linear=True, basis=True)
def test_limits_threads_log_and_interrupt_work_from_a_basis(pair: Pair) -> None:
    model = ten_of(5)
    first = solved(pair, model)
    event = threading.Event()
    lines: list[str] = []
    for options in (
        SolveOptions(time_limit=20.0),
        SolveOptions(threads=1),
        SolveOptions(seed=3),
        SolveOptions(on_log=lines.append),
        SolveOptions(interrupt=event),
    ):
        result = backend(pair).solve(model, replace(options, solver=pair[1], basis=first.basis))
        assert result.objective == pytest.approx(first.objective, rel=1e-12)
    assert lines
    event.set()
    stopped = backend(pair).solve(model, SolveOptions(solver=pair[1], basis=first.basis, interrupt=event))
    assert stopped.stop is StopReason.INTERRUPTED


@those(linear=True, basis=True)
def test_a_basis_can_be_sent_to_another_process(pair: Pair) -> None:
    basis = solved(pair, ten_of()).basis
    assert basis is not None
    sent = pickle.loads(pickle.dumps(basis))
    assert np.array_equal(sent.columns, basis.columns)
    assert solved(pair, ten_of(), sent).stop is StopReason.OPTIMAL


@settings(max_examples=25)
@given(models=st.tuples(small_models(), small_models()))
def test_any_basis_that_fits_leads_to_the_same_optimum(models: tuple[MilpModel, MilpModel]) -> None:
    given_by, model = (each.relaxed() for each in models)
    for pair in ABLE:
        expected = solved(pair, model)
        basis = solved(pair, given_by).basis
        if basis is None or given_by.shape[0] > model.shape[0] or given_by.shape[1] > model.shape[1]:
            continue
        hot = solved(pair, model, basis)
        assert hot.stop is expected.stop, pair
        if expected.objective is not None:
            assert hot.objective == pytest.approx(expected.objective, rel=1e-9, abs=1e-9), pair
