"""What tasks need again and again: pickled once, and unpickled once by each process that gets it."""

from __future__ import annotations

import pickle
import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property
from typing import Any

_MOST_BYTES = 256_000_000  # pickled, that a process keeps unpickled: those that it got last

_one_at_a_time = threading.RLock()  # workers of a cluster may be threads
_kept: OrderedDict[str, tuple[int, Any]] = OrderedDict()  # by key: size, and what it is


class Kept:
    """Base of what does not change and is sent to workers often: they know it by its key from then on.

    Its bytes travel with every task, so that any worker can take any task, but that is a small part of
    what it takes to pickle and unpickle hundreds of arrays.
    """

    @cached_property
    def _pickled(self) -> tuple[str, bytes]:
        state = {name: value for name, value in self.__dict__.items() if name != "_pickled"}
        return uuid.uuid4().hex, pickle.dumps(state, pickle.HIGHEST_PROTOCOL)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _received, (type(self), *self._pickled)


def _received(kind: type[Kept], key: str, pickled: bytes) -> Kept:
    """The one with this key, if this process has had it lately."""
    with _one_at_a_time:
        if key in _kept:
            _kept.move_to_end(key)
            found: Kept = _kept[key][1]
            return found
        received = kind.__new__(kind)
        received.__dict__.update(pickle.loads(pickled))
        _kept[key] = len(pickled), received
        while len(_kept) > 1 and sum(size for size, _ in _kept.values()) > _MOST_BYTES:
            _kept.popitem(last=False)
        return received
