"""What rounds of prices begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from allocator.methods.decompose.couplings import Couplings, transfer_prices
from allocator.methods.decompose.inheritance import Estate
from allocator.milp.model import Vector

_REACH = 0.025  # how wrong prices of a sample may be


@dataclass(frozen=True)
class Start:
    """Prices, and what else is known."""

    prices: Vector  # (resources,)
    reach: float = _REACH  # how wrong they may be, as a share of the greatest of a kind
    trials: Sequence[Vector] = ()  # (resources,) each: what else they may be
    estate: Estate | None = None  # of a smaller nation

    def transferred(self, couplings: Couplings, others: Couplings) -> Start:
        """The same for other couplings."""
        return replace(
            self,
            prices=transfer_prices(self.prices, couplings, others),
            trials=[transfer_prices(each, couplings, others) for each in self.trials],
        )
