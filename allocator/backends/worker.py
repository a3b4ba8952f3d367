"""Running a solver so that the caller gets back on time, whether the solver listens or not.

Solvers look at their time limit and at an interrupt only here and there: HiGHS for instance not
while it solves the root relaxation of a large mixed-integer model, which can take half a minute.
So the solver works in a thread of its own, and a caller whose patience ends leaves it behind with
the incumbents it has reported. The thread ends at the solver's next check. It is not a daemon: a
process that exits under a running solver aborts. A program that wants to exit at once can ask
`left_behind` and end with os._exit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from allocator.backends.interface import StopReason
from allocator.backends.session import Session

GRACE = 1.5  # seconds a solver has to react to an interrupt or its own time limit
POLL = 0.05  # seconds between two looks at the session

_left: list[threading.Thread] = []


def left_behind() -> int:
    """How many solver threads still run whose caller has gone on without them."""
    _left[:] = [thread for thread in _left if thread.is_alive()]
    return len(_left)


def run(
    session: Session,
    work: Callable[[], object],
    *,
    interrupt: Callable[[], object] | None = None,
    grace: float = GRACE,
) -> StopReason | None:
    """Do the work in a thread; None when it came to its end, else why it was left behind.

    `interrupt` is called once when the session wants to stop, for solvers that are told rather than
    ask. What the work raises is raised here.
    """
    failure: list[BaseException] = []
    done = threading.Event()

    def body() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread, below
            failure.append(error)
        finally:
            done.set()

    thread = threading.Thread(target=body, name=f"solver {session.solver}")
    thread.start()
    try:
        reason = _wait(session, done, interrupt, grace)
    except BaseException as error:  # noqa: BLE001 - Ctrl-C in the main thread; raised again by conclude()
        session.stop(error)
        reason = _wait(session, done, interrupt, grace)
    if reason is not None:
        session.close()
        if interrupt is not None:
            interrupt()
        _left.append(thread)
        return reason
    thread.join()
    if failure:
        raise failure[0]
    return None


def _wait(
    session: Session, done: threading.Event, interrupt: Callable[[], object] | None, grace: float
) -> StopReason | None:
    """Wait for the work; the reason to go on without it once the grace is over."""
    patience: float | None = None
    while not done.wait(POLL):
        if patience is None:
            if session.stopping:
                if interrupt is not None:
                    interrupt()
                patience = session.seconds + grace
        elif session.seconds > patience:
            return StopReason.INTERRUPTED
        limit = session.options.time_limit
        if limit is not None and session.seconds > limit + grace:
            return StopReason.INTERRUPTED if session.stopping else StopReason.TIME_LIMIT
    return None
