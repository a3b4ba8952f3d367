"""What offices print of the blanks that trips bring, as fast as they can."""

from __future__ import annotations

import numba
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.methods.decompose.completion import SLACK
from allocator.methods.decompose.restocking import Depletion, Opportunities

Vector = NDArray[np.float64]
Indices = NDArray[np.int64]


def full_speed(depletion: Depletion, trips: Opportunities, office: Indices, packs: sp.csr_array) -> Vector:
    """(P, T) R of offices (P,) when packs (P, E) are sent and they print at full speed."""
    stock = depletion.stock[office] + arrivals(depletion, trips, office, packs).cumsum(axis=1)
    printed: Vector = _printed(stock, depletion.printers, depletion.applicants, office)
    return printed


def arrivals(depletion: Depletion, trips: Opportunities, office: Indices, packs: sp.csr_array) -> Vector:
    """(P, T) cards for which packs (P, E) bring blanks to offices (P,), by the day of arrival."""
    days = depletion.stock.shape[1]
    entries = packs.tocoo()
    brought = entries.data * depletion.pack[office[entries.row]]
    place = entries.row.astype(np.int64) * days + trips.arrival[entries.col]
    arrived = np.bincount(place, brought, len(office) * days).astype(np.float64)
    return arrived.reshape(len(office), days)


@numba.njit(cache=True)
def _printed(stock: Vector, printers: Vector, applicants: Vector, office: Indices) -> Vector:
    """(P, T) R of offices (P,) that have blanks for so many cards by the end of each day (P, T)."""
    printed = np.empty(stock.shape)
    for plan in range(len(office)):
        own = office[plan]
        before = 0.0
        for day in range(stock.shape[1]):
            blanks = np.floor(stock[plan, day] + SLACK)
            before = min(before + printers[own, day], applicants[own, day], blanks)
            printed[plan, day] = before
    return printed
