"""The verdict knows no formulation and no solver."""

from __future__ import annotations

import subprocess
import sys

FOREIGN = ("allocator.milp", "allocator.backends", "allocator.methods", "ortools", "pulp", "highspy", "scipy")


def test_the_verdict_loads_no_solver() -> None:
    program = "import sys, allocator.verdict; print('\\n'.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    names = loaded.split()
    assert "allocator.verdict.rules" in names
    assert [name for name in names if name.startswith(FOREIGN)] == []
