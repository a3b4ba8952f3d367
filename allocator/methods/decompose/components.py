"""What hangs together: rows and columns of the model, once shared resources have prices."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from allocator.methods.decompose.couplings import Couplings
from allocator.milp.builder import ABSENT
from allocator.milp.formulation import Formulation

Indices = NDArray[np.int64]


def find_components(formulation: Formulation, couplings: Couplings) -> tuple[Indices, Indices, int]:
    """Component of every row and column of the model, -1 for those that the resources stand for."""
    model = formulation.model
    rows, columns = np.nonzero(~couplings.rows)[0], np.nonzero(~couplings.columns)[0]
    inside = model.matrix[rows][:, columns]
    row, column = inside.nonzero()
    first, second = _queues_and_blanks(formulation)
    node = np.cumsum(~couplings.columns) - 1 + len(rows)
    count, label = connected(
        np.concatenate([row, node[first]]),
        np.concatenate([len(rows) + column, node[second]]),
        len(rows) + len(columns),
    )
    row_label = np.full(model.shape[0], ABSENT, dtype=np.int64)
    column_label = np.full(model.shape[1], ABSENT, dtype=np.int64)
    row_label[rows], column_label[columns] = label[: len(rows)], label[len(rows) :]
    return row_label, column_label, count


def _queues_and_blanks(formulation: Formulation) -> tuple[Indices, Indices]:
    """Pairs of columns: every queue with its office's blanks, also where no card can be printed."""
    variables = formulation.variables
    pairs = [np.zeros((2, 0), dtype=np.int64)]
    for index in (variables.waiting, variables.not_ingested):
        blanks = np.broadcast_to(variables.blanks[:, :1, None], index.shape)
        pairs.append(np.stack([index[index != ABSENT], blanks[index != ABSENT]]))
    both = np.concatenate(pairs, axis=1)
    return both[0], both[1]


def connected(first: NDArray[np.integer], second: NDArray[np.integer], size: int) -> tuple[int, Indices]:
    """How many components nodes (size,) make that are joined in pairs, and (size,) the component of each."""
    graph = sp.csr_array((np.ones(len(first)), (first, second)), shape=(size, size))
    count, label = connected_components(graph, directed=False)
    return int(count), label.astype(np.int64)


def by_label(label: Indices, count: int) -> list[Indices]:
    """Places of each of so many labels, ascending; ABSENT is none of them."""
    order = np.argsort(label, kind="stable")
    return np.split(order, np.searchsorted(label[order], np.arange(count)))[1:]


def at_labels(values: Indices, labels: Indices) -> Indices:
    """Values at labels, ABSENT where the label is."""
    return np.where(labels == ABSENT, ABSENT, np.append(values, ABSENT)[labels])
