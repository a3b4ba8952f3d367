"""What must hold of optima whatever the instance: symmetry, monotonicity, scale."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from allocator import Instance, solve
from tests.tools.random_instances import random_document

Document = dict[str, Any]
documents = st.randoms(use_true_random=False).map(random_document)
# Each example takes two solves or more: shrinking one would take minutes.
few = settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])


def _optimum(document: Document) -> float:
    outcome = solve(Instance.model_validate(document), gap=0.0, time_limit=30)
    assert outcome.status == "optimal"
    return outcome.objective


def _more(value: int | list[int], extra: int) -> int | list[int]:
    return value + extra if isinstance(value, int) else [number + extra for number in value]


@few
@given(document=documents)
def test_the_order_of_offices_does_not_matter(document: Document) -> None:
    turned = document | {"offices": document["offices"][::-1], "lanes": document["lanes"][::-1]}
    assert _optimum(turned) == pytest.approx(_optimum(document), rel=1e-6, abs=1e-6)


@few
@given(document=documents, extra=st.integers(1, 5))
def test_more_slots_never_cost_more(document: Document, extra: int) -> None:
    richer = document | {"quota": _more(document["quota"], extra)}
    assert _optimum(richer) <= _optimum(document) * (1 + 1e-6) + 1e-6


@few
@given(document=documents, extra=st.integers(1, 5))
def test_more_printers_never_cost_more(document: Document, extra: int) -> None:
    offices = [
        office | {"print_capacity": _more(office["print_capacity"], extra)} for office in document["offices"]
    ]
    assert _optimum(document | {"offices": offices}) <= _optimum(document) * (1 + 1e-6) + 1e-6


@few
@given(document=documents, packs=st.integers(1, 3))
def test_more_blanks_in_depots_never_cost_more(document: Document, packs: int) -> None:
    depots = [
        depot | {"stock": depot.get("stock", 0) + packs * document["pack_size"]}
        for depot in document["depots"]
    ]
    assert _optimum(document | {"depots": depots}) <= _optimum(document) * (1 + 1e-6) + 1e-6


@few
@given(document=documents, factor=st.sampled_from([2, 7, 100]))
def test_prices_scale_the_optimum(document: Document, factor: int) -> None:
    def scaled(price: object) -> Decimal:
        return Decimal(str(price)) * factor

    costs = {
        name: value
        if name == "end_days"
        else [tier | {"per_day": scaled(tier["per_day"])} for tier in value]
        if name == "overdue"
        else scaled(value)
        for name, value in document["costs"].items()
    }
    lanes = [
        lane | {name: scaled(lane[name]) for name in ("fixed_cost", "cost_per_pack")}
        for lane in document["lanes"]
    ]
    targets = [
        target | {"penalty_per_record": scaled(target["penalty_per_record"])}
        for target in document.get("targets", [])
    ]
    dearer = document | {"costs": costs, "lanes": lanes, "targets": targets}
    assert _optimum(dearer) == pytest.approx(factor * _optimum(document), rel=1e-6, abs=1e-6)
