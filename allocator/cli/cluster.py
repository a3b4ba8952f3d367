"""Work for the workers of a dask cluster instead of processes of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from allocator.errors import InputError, Problem

_SECONDS_TO_ANSWER = 10


@contextmanager
def on_cluster(address: str | None, method: str) -> Iterator[None]:
    """Within it joblib hands its work to the cluster of that scheduler; None changes nothing.

    Raises InputError when the method has no work to hand out, when dask is not installed and when
    nobody answers there.
    """
    if address is None:
        yield
        return
    if method not in ("auto", "decompose"):
        raise InputError([Problem("--cluster", address, "none: only method decompose has work for one")])
    try:
        from distributed import Client
    except ImportError:
        expected = "dask to be installed: pip install distributed"
        raise InputError([Problem("--cluster", address, expected)]) from None
    import joblib

    try:
        client = Client(address, timeout=_SECONDS_TO_ANSWER, set_as_default=True)
    except (OSError, ValueError, TypeError) as error:
        expected = f"the address of a dask scheduler, as in tcp://host:8786 ({error})"
        raise InputError([Problem("--cluster", address, expected)]) from None
    with client, joblib.parallel_config("dask", client=client):
        yield
