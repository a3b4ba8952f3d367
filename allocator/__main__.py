"""`python -m allocator`: the same as the command `allocator`."""

from __future__ import annotations

from allocator.cli.main import run

if __name__ == "__main__":
    run()
