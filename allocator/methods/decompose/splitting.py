"""A model taken apart into blocks, once shared resources have prices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from allocator.methods.decompose.block_builder import BlockBuilder
from allocator.methods.decompose.blocks import Block
from allocator.methods.decompose.components import at_labels, by_label, find_components
from allocator.methods.decompose.couplings import Couplings
from allocator.milp.builder import ABSENT
from allocator.milp.formulation import Formulation

Indices = NDArray[np.int64]


def take_apart(
    formulation: Formulation,
    couplings: Couplings,
    offices_in_block: int,
    stratum: Indices | None = None,
) -> list[Block]:
    """All components of the model in blocks of about so many offices.

    A component with senders is a block by itself, since its trips are chosen by a search that takes the
    longer the more there is to choose. The others are dealt out by size, the largest first, so that
    blocks are alike; those of offices of each `stratum` (I,) by themselves.
    """
    row_label, column_label, count = find_components(formulation, couplings)
    builder = BlockBuilder(formulation, couplings)
    blanks = formulation.variables.blanks[:, 0]
    size = np.bincount(column_label[blanks], minlength=count)
    sends = np.zeros(count, dtype=np.bool_)
    sends[column_label[blanks[builder.trips.lends]]] = True
    stock = formulation.variables.depot_stock
    stock = stock[stock != ABSENT]
    sends[column_label[stock[column_label[stock] >= 0]]] = True
    dealt = np.empty(count, dtype=np.int64)
    block_count = 0
    layer = np.zeros(count, dtype=np.int64)
    if stratum is not None:
        np.maximum.at(layer, column_label[blanks], stratum)
    layers = [~sends & (layer == number) for number in np.unique(layer)]
    for kind, offices in ((sends, 1), *((each, offices_in_block) for each in layers)):
        chosen = np.nonzero(kind)[0]
        chosen = chosen[np.argsort(-size[chosen], kind="stable")]
        blocks = -(-int(size[chosen].sum()) // offices) or 1
        dealt[chosen] = block_count + np.arange(len(chosen)) % min(blocks, max(1, len(chosen)))
        block_count = int(dealt[chosen].max(initial=block_count - 1)) + 1
    # The number of a component within its block.
    number = np.empty(count, dtype=np.int64)
    components = np.bincount(dealt, minlength=block_count)
    order = np.argsort(dealt, kind="stable")
    number[order] = np.arange(count) - np.repeat(components.cumsum() - components, components)
    row_number, column_number = at_labels(number, row_label), at_labels(number, column_label)
    rows_of = by_label(at_labels(dealt, row_label), block_count)
    columns_of = by_label(at_labels(dealt, column_label), block_count)
    result = [
        builder.block(rows, columns, row_number, column_number, int(components[block]))
        for block, (rows, columns) in enumerate(zip(rows_of, columns_of, strict=True))
    ]
    # Rows without columns are left where nothing can be decided.
    return [block for block in result if len(block.columns) or len(block.offices)]
