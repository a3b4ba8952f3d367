"""Sparse matrices as solver libraries take them."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray


def short_indices(matrix: Any) -> sp.csr_array:
    """The sparse matrix as CSR with 32-bit indices; scipy keeps 64 bits when it was given them."""
    result = sp.csr_array(matrix)
    result.indices = result.indices.astype(np.int32)
    result.indptr = result.indptr.astype(np.int32)
    return result


def single_entries(values: NDArray[np.float64], rows: NDArray[np.int64], count: int) -> sp.csr_array:
    """(count, values) one column for each value, in the row given."""
    return sp.csr_array((values, (rows, np.arange(len(values)))), shape=(count, len(values)))
