"""Once all is compiled, no solve compiles anything more."""

from __future__ import annotations

import json
import subprocess
import sys

SCRIPT = """
import json
import sys

from numba.core.dispatcher import Dispatcher

from allocator import generate_instance, solve
from allocator.methods.decompose.compiling import compile_all


def signatures():
    return {
        f"{name}.{of}": [str(one) for one in value.signatures]
        for name, module in sys.modules.items()
        if name.startswith("allocator.")
        for of, value in vars(module).items()
        if isinstance(value, Dispatcher) and value.py_func.__module__ == name
    }


compile_all()
found = [signatures()]
for family in ("quota", "hubs"):
    instance = generate_instance(family, offices=12, days=15)
    solve(instance, method="decompose", workers=1, rounds=2, time_limit=120, gap=0.0)
    found.append(signatures())
print(json.dumps(found))
"""


def test_everything_is_compiled_for_what_it_is_called_with() -> None:
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    compiled, *used = json.loads(done.stdout)
    assert any(compiled.values())
    assert used == [compiled, compiled]
