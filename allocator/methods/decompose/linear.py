"""Prices from the linear relaxation of a small nation: where all pricing begins."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from allocator.backends import BackendError, SolveOptions, get_backend
from allocator.methods.decompose.couplings import Couplings
from allocator.milp.formulation import Formulation
from allocator.milp.model import MilpModel, Vector
from allocator.milp.sparse import short_indices, single_entries


def sample_prices(
    formulation: Formulation, couplings: Couplings, backend: str, options: SolveOptions
) -> Vector:
    """(resources,) duals of the resources in the linear relaxation.

    Raises BackendError if the solver has no answer.
    """
    result = get_backend(backend).solve(_relaxed(formulation.model, couplings), options)
    if result.duals is None:
        raise BackendError(f"{backend} did not price the sample: {result.message or result.stop}")
    resources = len(couplings.limit)
    prices: Vector = np.clip(-result.duals[len(result.duals) - resources :], 0.0, couplings.ceiling)
    return prices


def _relaxed(model: MilpModel, couplings: Couplings) -> MilpModel:
    """The relaxation in which the last rows are the resources."""
    rows, columns = np.nonzero(~couplings.rows)[0], np.nonzero(~couplings.columns)[0]
    soft = np.nonzero(np.isfinite(couplings.ceiling))[0]
    resources = len(couplings.limit)
    excess = single_entries(-np.ones(len(soft)), soft, resources)
    matrix = short_indices(
        sp.block_array(
            [[model.matrix[rows][:, columns], None], [couplings.use[:, columns], excess]], format="csr"
        )
    )
    size = len(columns) + len(soft)
    return MilpModel(
        name="relaxation",
        objective=np.concatenate([model.objective[columns], couplings.ceiling[soft]]),
        offset=0.0,
        matrix=matrix,
        row_lower=np.concatenate([model.row_lower[rows], np.full(resources, -np.inf)]),
        row_upper=np.concatenate([model.row_upper[rows], couplings.limit]),
        column_lower=np.concatenate([model.column_lower[columns], np.zeros(len(soft))]),
        column_upper=np.concatenate([model.column_upper[columns], np.full(len(soft), np.inf)]),
        integer=np.zeros(size, dtype=np.bool_),
    )
