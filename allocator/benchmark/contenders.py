"""Who takes part: a method of this package by name, or a peer, which is a Python file."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from allocator.errors import InputError, Problem

_PEER = "peer:"
_EXPECTED = (
    "auto, direct:BACKEND, direct:BACKEND/SOLVER, decompose, policy:NAME, peer:NAME, or a path ending in .py"
)


@dataclass(frozen=True)
class Method:
    """One of this package's methods, as `solve` takes it."""

    method: str
    backend: str | None = None
    solver: str | None = None


def own_method(contender: str) -> Method | None:
    """The method that a contender's name means; None for a peer. Raises InputError for neither."""
    from allocator.backends import BACKENDS
    from allocator.methods.policies import POLICIES

    if is_peer(contender):
        return None
    method, _, rest = contender.partition(":")
    backend, _, solver = rest.partition("/")
    if method == "policy" and rest in POLICIES:
        return Method(contender)
    if method in {"direct", "decompose"} and (not rest or backend in BACKENDS):
        return Method(method, backend or None, solver or None)
    if contender == "auto":
        return Method("auto")
    raise InputError([Problem("contender", f'"{contender}"', _EXPECTED)])


def is_peer(contender: str) -> bool:
    """Whether it is a Python file, by path or by name."""
    return contender.startswith(_PEER) or contender.endswith(".py")


def contender_problems(contender: str, path: str) -> Iterator[Problem]:
    """What is wrong with a contender's name, to be told at `path`."""
    try:
        own_method(contender)
    except InputError as error:
        yield from (Problem(path, problem.found, problem.expected) for problem in error.problems)


def peer_file(contender: str, folder: Path) -> Path:
    """The file of a peer: a path as it is, a name from `folder`/peers. Raises InputError without one."""
    if contender.startswith(_PEER):
        path = folder / "peers" / f"{contender.removeprefix(_PEER)}.py"
    else:
        path = Path(contender)
    if not path.is_file():
        there = sorted(_PEER + other.stem for other in (folder / "peers").glob("*.py") if _may_be_peer(other))
        expected = "a peer's file" + (f"; there are {', '.join(there)}" if there else "")
        raise InputError([Problem("contender", f'"{contender}" ({path})', expected)])
    return path.resolve()


def _may_be_peer(path: Path) -> bool:
    return "LIBRARIES = " in path.read_text(encoding="utf-8", errors="replace")


def load_peer(path: Path) -> ModuleType:
    """The peer's module. It may import what is beside it; in benchmarks/peers as `benchmarks.peers...`."""
    if path.parent.parts[-2:] == ("benchmarks", "peers"):
        sys.path.insert(0, str(path.parents[2]))
        return importlib.import_module(f"benchmarks.peers.{path.stem}")
    sys.path.insert(0, str(path.parent))
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[path.stem] = module
    specification.loader.exec_module(module)
    return module
