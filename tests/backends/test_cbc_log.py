"""CBC tells its bound in words only."""

from __future__ import annotations

import pytest

from allocator.backends.cbc_log import CbcLog

LINES = """\
Continuous objective value is 1000 - 0.00 seconds
Cbc0012I Integer solution of 1028 found by DiveCoefficient after 0 iterations and 0 nodes (0.13 seconds)
Cbc0010I After 0 nodes, 1 on tree, 1e+50 best solution, best possible 1000.25 (0.13 seconds)
Cbc0010I After 1000 nodes, 598 on tree, 1009 best solution, best possible 1001.5 (0.69 seconds)
Cbc0010I After 2000 nodes, 581 on tree, 1007 best solution, best possible 1001.5 (1.34 seconds)
Cbc0005I Partial search - best objective 1007 (best possible 1001.5), took 629438 iterations (2.00 seconds)
Lower bound:                    1001.500
"""


def test_bounds_are_moved_outwards_by_their_rounding() -> None:
    log = CbcLog()
    heard = [log.read(line) for line in LINES.splitlines()]
    assert heard == [False, True, True, True, True, True, True]
    assert log.objective == pytest.approx(1007.0, rel=2e-5)
    assert log.bound is not None
    assert 1001.49 < log.bound < 1001.5


@pytest.mark.parametrize("line", ["", "Lower bound: none", "Cbc0010I After 0 nodes", "best possible"])
def test_other_lines_tell_nothing(line: str) -> None:
    log = CbcLog()
    assert not log.read(line)
    assert log.bound is None


def test_negative_bounds() -> None:
    log = CbcLog()
    log.read("Cbc0010I After 10 nodes, 6 on tree, -22 best solution, best possible -25.5 (0.69 seconds)")
    assert log.objective == pytest.approx(-22.0, rel=2e-5)
    assert log.objective >= -22.0
    assert log.bound == pytest.approx(-25.5, rel=2e-5)
    assert log.bound <= -25.5
