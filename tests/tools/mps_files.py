"""Small models of the field as MPS files, with optima from second opinions that know no solver."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

EVERYTHING = """* every feature of the format; the best is X=3, B=1, Y=1, Z=8, W=-1, V=-2: 0
NAME          everything
OBJSENSE
    MAX
ROWS
 N  COST
 N  SPARE
 L  LIM1
 G  LIM2
 E  MYEQN
 L  RNG1
COLUMNS
    M1        'MARKER'                 'INTORG'
    X         COST         1.0   LIM1         1.0
    X         LIM2         1.0   RNG1         2.0
    B         COST         1.0   SPARE        7.0
    M2        'MARKER'                 'INTEND'
    Y         COST         2.0   LIM1         1.0
    Y         MYEQN       -1.0
    Z         COST        -1.0   MYEQN        1.0
    W         COST         1.0
    V         COST         1.0
RHS
    RHS       COST        -5.0
    RHS       LIM1         4.0   LIM2         1.0
    RHS       MYEQN        7.0   RNG1         6.0
RANGES
    RNG       RNG1         4.0
BOUNDS
 UP BND       X            4.0
 LO BND       Y           -1.0
 UP BND       Y            1.0
 UP BND       W           -1.0
 MI BND       V
 UP BND       V           -2.0
ENDATA
"""
EVERYTHING_OPTIMUM = 0.0


def lot_sizing(demand: Sequence[int], setup: Sequence[int], unit: Sequence[int], holding: int) -> str:
    """Uncapacitated lot sizing: make x, set up y, store s."""
    periods = range(len(demand))
    lines = ["NAME lots FREE", "ROWS", " N cost"]
    lines += [f" E balance{t}\n L forced{t}" for t in periods]
    lines.append("COLUMNS")
    for t in periods:
        lines += [f" x{t} cost {unit[t]} balance{t} 1", f" x{t} forced{t} 1"]
        lines.append(f" s{t} cost {holding} balance{t} -1")
        if t + 1 < len(demand):
            lines.append(f" s{t} balance{t + 1} 1")
    lines.append(" M 'MARKER' 'INTORG'")
    lines += [f" y{t} cost {setup[t]} forced{t} {-sum(demand[t:])}" for t in periods]
    lines += [" M 'MARKER' 'INTEND'", "RHS"]
    lines += [f" RHS balance{t} {demand[t]}" for t in periods]
    lines.append("BOUNDS")
    lines += [f" UP BND y{t} 1" for t in periods]
    return "\n".join([*lines, "ENDATA", ""])


def wagner_whitin(demand: Sequence[int], setup: Sequence[int], unit: Sequence[int], holding: int) -> int:
    """The cheapest way to meet the demand, by Wagner and Whitin's recursion: a lot covers whole periods."""
    best = [0]
    for end in range(1, len(demand) + 1):
        costs = []
        for start in range(end):
            stored = sum(holding * (t - start) * demand[t] for t in range(start, end))
            made = sum(demand[start:end])
            costs.append(best[start] + (setup[start] + unit[start] * made + stored if made else 0))
        best.append(min(costs))
    return best[-1]


def fixed_charge(
    demand: Sequence[int], capacity: Sequence[int], opening: Sequence[int], cost: Sequence[Sequence[int]]
) -> str:
    """Facility location: share x of each customer's demand from each site that is opened, y."""
    sites, customers = range(len(capacity)), range(len(demand))
    lines = ["NAME sites FREE", "ROWS", " N cost"]
    lines += [f" E served{c}" for c in customers] + [f" L capacity{s}" for s in sites] + ["COLUMNS"]
    for s in sites:
        lines += [f" x{s}_{c} cost {cost[s][c]} served{c} 1\n x{s}_{c} capacity{s} 1" for c in customers]
    lines.append(" M 'MARKER' 'INTORG'")
    lines += [f" y{s} cost {opening[s]} capacity{s} {-capacity[s]}" for s in sites]
    lines += [" M 'MARKER' 'INTEND'", "RHS"] + [f" RHS served{c} {demand[c]}" for c in customers]
    return "\n".join([*lines, "BOUNDS", *(f" BV BND y{s}" for s in sites), "ENDATA", ""])


def cheapest_sites(
    demand: Sequence[int], capacity: Sequence[int], opening: Sequence[int], cost: Sequence[Sequence[int]]
) -> int:
    """The optimum for two sites by trying all whole flows: with whole data one of them is best."""
    found = []
    for first in product(*(range(d + 1) for d in demand)):
        second = [d - f for d, f in zip(demand, first, strict=True)]
        loads = (sum(first), sum(second))
        if loads[0] > capacity[0] or loads[1] > capacity[1]:
            continue
        flows = sum(cost[0][c] * first[c] + cost[1][c] * second[c] for c in range(len(demand)))
        found.append(flows + sum(opening[s] for s in (0, 1) if loads[s]))
    return min(found)
