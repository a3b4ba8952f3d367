"""The cheapest restocking of many offices at once, by labelling: trips in whole packs, cards at full speed.

The problem of one office, once slots, records and depots have prices: choose trips; print as much as
blanks, printers and applicants allow; pay `price` for each pack and `fixed` for each trip, and earn
`worth[t]` for each card printed by day t. With worth >= 0 printing at full speed,

    R(t) = min(R(t-1) + printers(t), applicants(t), N(t) in whole cards),

is the best answer to given trips, so that (packs so far, R) says all of the past that matters: a
label. Of two labels with the same packs the one with fewer cards at no less cost is dropped, and
so is a label that can't become cheaper than a plan known (label setting, as for the resource-constrained
shortest path, Irnich and Desaulniers 2005). What a label can come to is bounded by a dynamic programme
in which R has few values (`completion`; state-space relaxation, Christofides, Mingozzi and Toth 1981).
Where cards stay with their streams while nothing is printed (`stockouts`), a label also says since when it
has so many cards, and settles what they saved when it prints again.

Trips that can't pay are not tried: while the stock lasts beyond the lane's next trip that is no
dearer (zero-inventory ordering, Wagner and Whitin 1958), or with packs so many that carrying the last
of them on a later trip would save more than that trip's fixed cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from allocator.methods.decompose.completion import completions, unhindered
from allocator.methods.decompose.labelling import Stock, Trips, search
from allocator.methods.decompose.later_trips import later_trips
from allocator.methods.decompose.stockouts import StreamSavings, saved_in_all, stream_savings

Vector = NDArray[np.float64]
Indices = NDArray[np.int64]

_SLACK = 1e-6  # cards: comparisons of stocks in doubles err on the side of allowing more
_MOST_LABELS = 20_000  # of an office; beyond, those that are alike become one
_ROUNDING = 1e-9  # of what is known: no label is lost for what sums of doubles lose
_LEVELS, _BEAM_LEVELS = 128, 48  # of being behind that completions tell apart
_MOST_CELLS = 4_000_000  # of completions: fewer levels where packs are many
_BEAM = 128  # labels an office keeps in the heuristic pass
_BLUR = 0.05  # of what is known: by so much completions of the heuristic pass may be too high
_UNTIED = StreamSavings(np.zeros((0, 1)), np.zeros(0, np.int64), np.zeros((0, 1, 1)))


@dataclass(frozen=True)
class Depletion:
    """What offices print from: per office (I,) and day (T); in cards, spoiled blanks taken off."""

    stock: Vector  # (I, T) blanks that come without a trip, by the end of the day
    pack: Vector  # (I,) cards from a pack
    printers: Vector  # (I, T) cards a day
    applicants: Vector  # (I, T) cards at most by the end of the day
    store: Vector  # (I,) blanks on hand at most at the end of a day on which a trip arrives; inf


@dataclass(frozen=True)
class Opportunities:
    """Trips that can be made, one entry each, sorted by office and arrival (E,)."""

    office: Indices
    lane: Indices
    arrival: Indices  # day
    least: Indices  # packs
    most: Indices  # packs
    room: Indices  # packs at most by the lane and its origin, whatever the office can use


@dataclass(frozen=True)
class Savings:
    """What cards save by day where not all are worth the same: so many at such a rate, the dearest first.

    By stream as well if cards stay with theirs while an office prints nothing: see `stockouts`.
    """

    amount: Vector  # (I, T, K) cards
    rate: Vector  # (I, T, K) currency per card and day, at least 0, falling
    stream_amount: Vector | None = None  # (I, S, T, L) cards
    stream_rate: Vector | None = None  # (I, S, T, L)

    @classmethod
    def steady(cls, worth: Vector) -> Savings:
        """Every card saves `worth` (I, T)."""
        rate = np.ascontiguousarray(worth[:, :, None])
        return cls(np.full(rate.shape, np.inf), rate)

    def of(self, office: Indices, printed: Vector) -> Vector:
        """(P,) what cards save that offices (P,) have printed by the day (P, T)."""
        if self.stream_amount is not None:
            saved = np.zeros(len(office))
            for own in np.unique(office):
                plans = np.nonzero(office == own)[0]
                saved[plans] = saved_in_all(self.by_stream(int(own)), printed[plans])
            return saved
        left = printed.copy()
        saved = np.zeros(len(office))
        for step in range(self.amount.shape[2]):
            part = np.minimum(left, self.amount[office, :, step])
            saved += (self.rate[office, :, step] * part).sum(axis=1)
            left -= part
        return saved

    def by_stream(self, office: int) -> StreamSavings:
        """Those of one office by stream: without any if cards are not tied to their streams."""
        if self.stream_amount is None or self.stream_rate is None:
            return _UNTIED
        found: StreamSavings = stream_savings(self.stream_amount[office], self.stream_rate[office])
        return found


@dataclass(frozen=True)
class Restocking:
    """The best trips of each office at the prices given, and others that are nearly as good."""

    value: Vector  # (I,) least cost less worth
    office: Indices  # (P,)
    packs: sp.csr_array  # (P, E)


def restock(
    depletion: Depletion,
    trips: Opportunities,
    fixed: Vector,
    price: Vector,
    savings: Savings,
    known: Vector | None = None,
    *,
    exact: bool = True,
    answers: int = 1,
) -> Restocking:
    """Solve all offices; `fixed`, `price` (E,) at least 0, in currency.

    `known` (I,) is what some plan costs at these prices, if one is known: offices for which nothing is
    cheaper get that value, and no trips. Of each other office the best of up to `answers` different
    numbers of packs are given. Without `exact` the trips are good, not proven to be the best.
    """
    offices = len(depletion.pack)
    ahead = _look_ahead(depletion, trips, fixed, price)
    value = np.full(offices, np.inf) if known is None else known.copy()
    starts = np.searchsorted(trips.office, np.arange(offices + 1))
    found: list[tuple[Indices, Indices, Indices]] = []
    of_office: list[int] = []
    for office in range(offices):
        own = slice(starts[office], starts[office + 1])
        costs, sent = _search(
            depletion, trips, fixed, price, savings, ahead, office, own, value[office], exact, answers
        )
        if len(costs) == 0 or costs[0] >= value[office]:
            continue
        value[office] = costs[0]
        row, trip = np.nonzero(sent)
        found.append((len(of_office) + row, starts[office] + trip, sent[row, trip]))
        of_office += [office] * len(costs)
    rows, columns, amounts = (
        (np.concatenate(part) for part in zip(*found, strict=True)) if found else (np.zeros(0, np.int64),) * 3
    )
    packs = sp.csr_array(
        (amounts.astype(np.float64), (rows, columns)), shape=(len(of_office), len(trips.office))
    )
    return Restocking(value, np.array(of_office, dtype=np.int64), packs)


def _search(
    depletion: Depletion,
    trips: Opportunities,
    fixed: Vector,
    price: Vector,
    savings: Savings,
    ahead: _Ahead,
    office: int,
    own: slice,
    known: float,
    exact: bool,
    answers: int,
) -> tuple[Vector, Indices]:
    """(A,) costs of an office's best trips below `known`, and (A, own trips) their packs."""
    stock, printers, applicants = (
        each[office] for each in (depletion.stock, depletion.printers, depletion.applicants)
    )
    pack, useful = depletion.pack[office], ahead.useful[office]
    least, most = trips.least[own], trips.most[own]
    amount, rate, streams = savings.amount[office], savings.rate[office], savings.by_stream(office)
    full, behind = unhindered(stock, printers, applicants)
    packs = useful + int(least.max(initial=0)) + 1
    blanks = Stock(stock, pack, printers, applicants, depletion.store[office])
    opportunities = Trips(
        trips.arrival[own],
        least,
        most,
        fixed[own],
        price[own],
        ahead.lasting[own],
        # Of one office these would be arrays of another layout, for which the search is compiled once more.
        np.ascontiguousarray(ahead.later[:, own]),
        np.ascontiguousarray(ahead.paying[:, own]),
    )

    def run(limit: float, beam: int) -> tuple[Vector, Indices]:
        fit = _MOST_CELLS // (max(1, len(least)) * packs)
        levels = max(2, min(_BEAM_LEVELS if beam else _LEVELS, int(behind.max()) + 1, fit))
        width = max(behind.max() / levels, 1.0)
        follows = completions(
            stock,
            pack,
            printers,
            applicants,
            opportunities.arrival,
            least,
            most,
            opportunities.fixed,
            opportunities.price,
            amount,
            rate,
            full,
            behind,
            packs,
            levels,
            width,
            beam > 0,
        )
        result: tuple[Vector, Indices] = search(
            blanks,
            opportunities,
            amount,
            rate,
            streams,
            useful,
            limit,
            full,
            follows,
            width,
            beam,
            _MOST_LABELS,
            answers,
        )
        return result

    costs, sent = run(_above(known, _BLUR), _BEAM)
    if exact:
        proven, better = run(_above(min([known, *costs[:1]]), _ROUNDING), 0)
        if len(proven) and (len(costs) == 0 or proven[0] < costs[0]):
            return proven, better
    return costs, sent


def _above(limit: float, share: float) -> float:
    return limit + share * abs(limit) + 1e-6 if limit < np.inf else limit


@dataclass(frozen=True)
class _Ahead:
    """What each trip has to expect from later ones."""

    useful: Indices  # (I,) packs beyond these are never used
    lasting: Indices  # (E,) arrival of the lane's next trip that is no dearer; -1 without one
    later: Indices  # (16, E) arrivals of the lane's next trips with cheaper packs; -1 at the end
    paying: Vector  # (16, E) packs that must be left over to pay for them


def _look_ahead(depletion: Depletion, trips: Opportunities, fixed: Vector, price: Vector) -> _Ahead:
    # Blanks that come late make none of those superfluous that come before them.
    missing = np.maximum(depletion.applicants - depletion.stock, 0.0).max(axis=1)
    useful = np.ceil(missing / depletion.pack - _SLACK).astype(np.int64)
    order = np.lexsort((trips.arrival, trips.lane))
    roomy = (trips.room >= useful[trips.office]) & (trips.least <= 1)
    lasting, later, paying = later_trips(
        order,
        trips.lane,
        trips.office,
        trips.arrival,
        fixed,
        price,
        roomy,
        depletion.stock,
        depletion.store,
    )
    return _Ahead(useful, lasting, later, paying)
