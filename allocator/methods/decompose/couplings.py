"""What offices share: national resources, each with the use that every column of the model makes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.instance.arrays import NOWHERE, InstanceArrays
from allocator.instance.models import Instance
from allocator.milp.builder import ABSENT
from allocator.milp.formulation import Formulation
from allocator.milp.limits import arrival_days
from allocator.milp.model import Vector

Flags = NDArray[np.bool_]
_MORE = 1.002  # times a day of waiting


@dataclass(frozen=True)
class Couplings:
    """Resources (m,): use @ v <= limit, at a price of at least 0 and at most `ceiling`.

    A target is a resource of negative use: its limit is minus what is promised, and missing it is
    possible at `ceiling`, the penalty.
    """

    use: sp.csr_array  # (m, columns of the model)
    limit: Vector  # (m,)
    ceiling: Vector  # (m,) inf where the limit must be kept
    kind: tuple[str, ...]  # per resource: quota, storage, depot, handling or target
    place: NDArray[np.int64]  # (m, 2) day, and depot or target or NOWHERE
    owner: tuple[str | None, ...]  # (m,) id of the depot or target
    rows: Flags  # (rows of the model,) rows that the resources stand for
    columns: Flags  # (columns of the model,) columns that only those rows know
    sooner: float  # what a scarce slot is worth more at least for each day that it comes sooner

    @property
    def in_packs(self) -> Flags:
        """(m,) which resources are counted in packs: what leaves a depot, in all and on a day."""
        return np.isin(self.kind, ["depot", "handling"])


def find_couplings(formulation: Formulation) -> Couplings:
    """Quota, storage, targets, and the depots that nothing but deliveries fills."""
    model, variables = formulation.model, formulation.variables
    arrays = formulation.instance.arrays
    rows = np.zeros(model.shape[0], dtype=np.bool_)
    columns = np.zeros(model.shape[1], dtype=np.bool_)
    parts: list[tuple[sp.csr_array, Vector, Vector, str, NDArray[np.int64]]] = []
    source = arrays.source_depots
    for block in model.rows:
        chosen = np.arange(block.start, block.stop)
        place = block.places
        if block.name == "1_quota":
            parts.append(_at_most(model.matrix[chosen], model.row_upper[chosen], "quota", place))
        elif block.name == "2_storage":
            parts.append(_at_most(-model.matrix[chosen], -model.row_lower[chosen], "storage", place))
        elif block.name == "11_depot_handling":
            kept = source[place[:, 0]]
            chosen, place = chosen[kept], place[kept]
            parts.append(_at_most(model.matrix[chosen], model.row_upper[chosen], "handling", place[:, ::-1]))
        elif block.name == "target":
            shortfall = variables.shortfall[place[:, 0]]
            use = -model.matrix[chosen]
            columns[shortfall] = True
            days = np.array([target.day for target in formulation.instance.targets], dtype=np.int64)
            place = np.stack([days[place[:, 0]], place[:, 0]], axis=1)
            limit, _, kind, place = _at_most(use, -model.row_lower[chosen], "target", place)[1:]
            parts.append((use, limit, model.objective[shortfall], kind, place))
        elif block.name == "10_depot":
            chosen = chosen[source[place[:, 0]]]
        else:
            continue
        rows[chosen] = True
    for depot in np.nonzero(source)[0]:
        stock = variables.depot_stock[depot]
        columns[stock[stock != ABSENT]] = True
        parts.append(_supply(formulation, arrays, int(depot)))
    use = sp.vstack([part[0] for part in parts], format="csr") if parts else sp.csr_array((0, len(columns)))
    use = sp.csr_array(use @ sp.diags_array((~columns).astype(np.float64), format="csr"))
    use.eliminate_zeros()
    place = np.concatenate([part[4] for part in parts]) if parts else np.zeros((0, 2), np.int64)
    kinds = tuple(part[3] for part in parts for _ in part[1])
    return Couplings(
        use=use,
        limit=np.concatenate([part[1] for part in parts]) if parts else np.zeros(0),
        ceiling=np.concatenate([part[2] for part in parts]) if parts else np.zeros(0),
        kind=kinds,
        place=place,
        owner=tuple(
            _owner(formulation, kind, int(where)) for kind, (_, where) in zip(kinds, place, strict=True)
        ),
        rows=rows,
        columns=columns,
        sooner=_sooner(formulation.instance) if "storage" not in kinds else 0.0,
    )


def _sooner(instance: Instance) -> float:
    """A day less in the unprintable backlog for the record that this is worth the least to.

    A little more than that, so that of days on which slots are worth the same to an office the last one is
    the best: what all offices use is then what they need, and not by chance the same days. Where storage has
    a price too, a record that is ingested sooner pays it for longer.
    """
    arrays, costs = instance.arrays, instance.costs
    weights = [float(weight) for weight in arrays.weight[:, arrays.needs_ingestion].ravel() if weight > 0]
    return _MORE * min(weights, default=0.0) * float(costs.unprintable_day - costs.waiting_day)


def _owner(formulation: Formulation, kind: str, where: int) -> str | None:
    if where == NOWHERE:
        return None
    instance = formulation.instance
    return instance.targets[where].id if kind == "target" else instance.depots[where].id


def transfer_prices(prices: Vector, known: Couplings, wanted: Couplings) -> Vector:
    """(wanted resources,) the prices of the same resources elsewhere; 0 where there is none.

    A target that is not there gets what the others have, as a share of its penalty.
    """
    places = dict(zip(_places(known), prices.tolist(), strict=True))
    soft = np.isfinite(known.ceiling) & (known.ceiling > 0)
    usual = float((prices[soft] / known.ceiling[soft]).mean()) if soft.any() else 0.0
    result = np.array([places.get(place, -1.0) for place in _places(wanted)], dtype=np.float64)
    ceiling = np.where(np.isfinite(wanted.ceiling), wanted.ceiling, 0.0)
    return np.minimum(np.where(result < 0, usual * ceiling, result), wanted.ceiling)


def _places(couplings: Couplings) -> list[tuple[str, int, str | None]]:
    days = couplings.place[:, 0].tolist()
    return list(zip(couplings.kind, days, couplings.owner, strict=True))


def _at_most(
    use: sp.csr_array, limit: Vector, kind: str, place: NDArray[np.int64]
) -> tuple[sp.csr_array, Vector, Vector, str, NDArray[np.int64]]:
    if place.shape[1] == 1:
        place = np.concatenate([place, np.full((len(place), 1), NOWHERE)], axis=1)
    return use, limit, np.full(len(limit), np.inf), kind, place


def _supply(
    formulation: Formulation, arrays: InstanceArrays, depot: int
) -> tuple[sp.csr_array, Vector, Vector, str, NDArray[np.int64]]:
    """Packs dispatched so far, up to each day before the next delivery: whole packs of what there is.

    What has left never falls, so that the days in between follow.
    """
    supply = arrays.depot_supply[depot] - arrays.depot_reserve[depot]
    days = np.nonzero(np.append(supply[1:] > supply[:-1], True))[0]
    lane, day, _ = arrival_days(arrays)
    kept = arrays.lane_origin_depot[lane] == depot
    packs = formulation.variables.packs[lane[kept], day[kept]]
    kept[kept] &= packs != ABSENT
    packs, day = packs[packs != ABSENT], day[kept]
    row, entry = np.nonzero(day[None, :] <= days[:, None])
    use = sp.csr_array(
        (np.ones(len(row)), (row, packs[entry])), shape=(len(days), formulation.model.shape[1])
    )
    place = np.stack([days, np.full(len(days), depot)], axis=1)
    limit = (supply[days] // arrays.pack_size).astype(np.float64)
    return use, limit, np.full(len(days), np.inf), "depot", place
