"""What CBC tells in its log and nowhere else: incumbent values, bounds, how it ended."""

from __future__ import annotations

import re

_NUMBER = r"([-+]?[\d.]+(?:e[-+]?\d+)?)"
_TREE = re.compile(rf"{_NUMBER} best solution, best possible {_NUMBER}")
_SEARCH = re.compile(rf"best objective {_NUMBER} \(best possible {_NUMBER}\)")
_FOUND = re.compile(rf"Integer solution of {_NUMBER} found")
_LOWER = re.compile(rf"^Lower bound:\s+{_NUMBER}")
_NOTHING = 1e49  # CBC writes 1e+50 for an incumbent there is not yet
_DIGITS = 1e-5  # relative; the log keeps six digits
_DECIMALS = 5e-4  # "Lower bound:" keeps three decimals


class CbcLog:
    """Reads the log line by line; `bound` is the best one proven so far, offset included."""

    def __init__(self) -> None:
        self.objective: float | None = None
        self.bound: float | None = None

    def read(self, line: str) -> bool:
        """Take a line; true when it told something new. Numbers are moved outwards by their rounding."""
        lower = _LOWER.search(line)
        if lower:
            return self._take(None, float(lower[1]) - _DECIMALS)
        found = _FOUND.search(line)
        if found:
            return self._take(_above(float(found[1])), None)
        tree = _TREE.search(line) or _SEARCH.search(line)
        if tree:
            return self._take(_above(float(tree[1])), _below(float(tree[2])))
        return False

    def _take(self, objective: float | None, bound: float | None) -> bool:
        if objective is not None and abs(objective) < _NOTHING:
            self.objective = objective if self.objective is None else min(self.objective, objective)
        if bound is not None and abs(bound) < _NOTHING:
            self.bound = bound if self.bound is None else max(self.bound, bound)
        return True


def _above(value: float) -> float:
    return value + _DIGITS * abs(value)


def _below(value: float) -> float:
    return value - _DIGITS * abs(value)
