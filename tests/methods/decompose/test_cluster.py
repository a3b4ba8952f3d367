"""A dask cluster takes the work of `decompose`, and what it finds is what this process finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import joblib
import pytest

from allocator import Instance, Outcome, generate_instance, solve

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """A client of a cluster of two processes on this machine."""
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def _solve(instance: Instance, workers: int | None) -> Outcome:
    return solve(instance, method="decompose", workers=workers, rounds=2, gap=0.0, time_limit=None)


def test_a_cluster_finds_the_same_plan(client: Any) -> None:
    instance = generate_instance("quota", offices=12, days=20)
    with joblib.parallel_config("dask", client=client):
        there = _solve(instance, None)
    here = _solve(instance, 1)
    assert there.failure is None
    assert there.workers == 2
    assert (there.objective, there.bound) == (here.objective, here.bound)
    assert there.decisions.packs.tolist() == here.decisions.packs.tolist()
