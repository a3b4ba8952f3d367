"""The limits of a choice of whole plans: of packs as they are, of slots as far as days matter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.methods.decompose.couplings import Couplings
from allocator.milp.model import Vector
from allocator.milp.sparse import single_entries

_DEARER, _SPARE = 1.2, 0.5  # times its price: a slot more than there are, and one left over


@dataclass(frozen=True)
class ChoiceLimits:
    """The limits of a choice (R,), made of resources."""

    counting: sp.csr_array  # (R, resources)
    limit: Vector  # (R,)
    price: Vector  # (R,) of what exceeds it, on top of what is spared, where it is soft
    spare: Vector  # (R,) what a unit left over is worth
    soft: NDArray[np.bool_]  # (R,)

    @classmethod
    def of(cls, couplings: Couplings, prices: Vector) -> ChoiceLimits:
        """At prices (resources,).

        Slots are counted up to each day of a run on which they are scarce, from its first day on: one that
        comes before it is needed does as well. One that is left over saves waiting at least.
        """
        kinds, resources = np.array(couplings.kind), len(prices)
        days = np.nonzero((kinds == "quota") & (couplings.limit > 0))[0]
        scarce = prices[days] > 0
        run = np.cumsum(scarce & ~np.append(False, scarce[:-1]))[scarce]
        days = days[scarce]
        same = run[:-1] == run[1:]
        after = np.append(np.where(same, prices[days[1:]], 0.0), 0.0) if len(days) else np.zeros(0)
        fall = np.maximum(prices[days] - after, 0.0)
        apart = np.diff(couplings.place[days, 0])
        waiting = np.append(np.where(same, couplings.sooner * apart, 0.0), 0.0)[: len(days)]
        spare = np.minimum(fall, np.maximum(waiting, _SPARE * fall))
        row, column = np.nonzero((run[:, None] == run[None, :]) & (days[:, None] >= days[None, :]))
        others = np.nonzero(kinds != "quota")[0]
        counting = sp.vstack(
            [
                sp.csr_array((np.ones(len(row)), (row, days[column])), shape=(len(days), resources)),
                single_entries(np.ones(len(others)), others, resources).T,
            ],
            format="csr",
        )
        ceiling = couplings.ceiling[others]
        soft = np.isfinite(ceiling) | (kinds[others] == "storage")
        priced = prices[others]
        dear = priced[(priced > 0) & ~soft]
        usual = float(np.median(dear)) if len(dear) else 1.0
        price = np.where(
            np.isfinite(ceiling), ceiling, np.where(soft, _DEARER * priced, np.maximum(priced, usual))
        )
        return cls(
            sp.csr_array(counting),
            counting @ couplings.limit,
            np.append(_DEARER * fall - spare, price),
            np.append(spare, np.zeros(len(others))),
            np.append(np.ones(len(days), dtype=np.bool_), soft),
        )
