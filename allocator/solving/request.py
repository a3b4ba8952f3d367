"""What is asked of a solve: which method it comes to, and whether it makes sense."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from allocator.backends import BACKENDS, BackendMissingError, get_backend
from allocator.backends.request import LARGEST_SEED
from allocator.errors import InputError, Problem
from allocator.instance.models import Instance
from allocator.methods.policies import POLICIES

DEFAULT_BACKEND = "highs"
"""By measurement over the families, see docs/backends.md."""

DEFAULT_TIME_LIMIT = 300.0
DEFAULT_GAP = 0.001

METHODS = ("auto", "direct", "decompose", *(f"policy:{name}" for name in POLICIES))

_MANY_OFFICES = 40
_MANY_OFFICE_DAYS = 2400


@dataclass(frozen=True)
class Request:
    """The options of a solve, as `solve` takes them."""

    method: str = "auto"
    backend: str | None = None
    solver: str | None = None
    time_limit: float | None = DEFAULT_TIME_LIMIT
    gap: float = DEFAULT_GAP
    threads: int | None = None
    seed: int | None = None
    workers: int | None = None
    rounds: int | None = None


def choose_method(instance: Instance, request: Request) -> str:
    """`auto` made definite; any other method as it is.

    Who names a solver means the one that gets the whole problem: `direct`. Who limits the rounds means
    `decompose`. Else `decompose` is for instances of at least 40 offices and 2400 office-days: there it
    has the better plan and the better bound in equal time, below that `direct`.
    """
    if request.method != "auto":
        return request.method
    if request.solver is not None:
        return "direct"
    if request.rounds is not None or _is_large(instance):
        return "decompose"
    return "direct"


def check_request(request: Request, method: str, *, with_start: bool) -> None:
    """Raise InputError with everything that does not exist or makes no sense; `method` is as chosen.

    An option that the method has no use for is refused where the user named the method. With `auto`
    the options for either method may be given.
    """
    problems = [
        *_name_problems(request, method),
        *_number_problems(request),
        *_useless_options(request, method, with_start),
    ]
    if problems:
        raise InputError(problems)


def _name_problems(request: Request, method: str) -> Iterator[Problem]:
    if method not in METHODS:
        yield Problem("method", method, "one of " + ", ".join(METHODS))
    if request.backend is not None and request.backend not in BACKENDS:
        yield Problem("backend", request.backend, "one of " + ", ".join(BACKENDS))
    elif method == "direct":
        backend = request.backend or DEFAULT_BACKEND
        yield from _solver_problems(backend, request.solver, request.threads, request.seed)


def _number_problems(request: Request) -> Iterator[Problem]:
    if request.time_limit is not None and not request.time_limit > 0:
        yield Problem("time limit", str(request.time_limit), "seconds, more than 0")
    if not 0 <= request.gap <= 1:
        yield Problem("gap", str(request.gap), "at least 0 and at most 1: a share, 0.001 is 0.1 %")
    for option in ("threads", "workers", "rounds"):
        value = getattr(request, option)
        if value is not None and value < 1:
            yield Problem(option, str(value), "at least 1")
    if request.seed is not None and not 0 <= request.seed <= LARGEST_SEED:
        yield Problem("seed", str(request.seed), f"0 to {LARGEST_SEED}")


def _useless_options(request: Request, method: str, with_start: bool) -> Iterator[Problem]:
    if method == "decompose" and request.solver is not None:
        expected = "none: decompose takes for each piece the backend's own choice; name a backend instead"
        yield Problem("solver", request.solver, expected)
    if request.method == "direct" or request.method.startswith("policy:"):
        for option in ("workers", "rounds"):
            if getattr(request, option) is not None:
                expected = f"none: only method decompose has {option}"
                yield Problem(option, str(getattr(request, option)), expected)
    if with_start and method.startswith("policy:"):
        yield Problem("starting plan", "one", f"none: {method} starts from nothing")


def _is_large(instance: Instance) -> bool:
    offices = len(instance.offices)
    return offices >= _MANY_OFFICES and offices * instance.days >= _MANY_OFFICE_DAYS


def _solver_problems(
    backend: str, solver: str | None, threads: int | None, seed: int | None
) -> Iterator[Problem]:
    """What the solver can't do; nothing where its library is missing, which is told of later."""
    try:
        offered = get_backend(backend).solvers()
    except BackendMissingError:
        return
    able = {name: capabilities for name, capabilities in offered.items() if capabilities.integer}
    if solver is not None and solver not in able:
        expected = f"with backend {backend} one of " + ", ".join(able)
        if solver in offered:
            expected += f" ({solver} solves linear models only)"
        elif others := [other for other in BACKENDS if other != backend and solver in _solvers_of(other)]:
            expected += f" ({solver} is a solver of backend {others[0]})"
        yield Problem("solver", solver, expected)
        return
    name = solver or next(iter(able), None)
    if name is None:
        return
    if seed is not None and not able[name].seed:
        yield Problem("seed", str(seed), f"none, {backend} {name} takes no seed")
    if (threads or 1) > 1 and not able[name].threads:
        yield Problem("threads", str(threads), f"1, {backend} {name} has no more")


def _solvers_of(backend: str) -> Collection[str]:
    try:
        return get_backend(backend).solvers()
    except BackendMissingError:
        return ()
