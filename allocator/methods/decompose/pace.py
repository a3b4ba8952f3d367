"""When to stop refining prices: a plan must be made, and its bound proven, before the time is over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from allocator.methods.clock import Clock

_HASTE = 1.3  # what steps may take longer than the last ones
_FROM_NOTHING, _PROOF, _PLAN = 3.0, 3.0, 5.0  # times a later round: the first one, a proof, a first plan
_WITH_SENDERS = 6.0, 2.0, 5.0  # the same where blanks are sent on
_EARLIEST, _LATEST = 0.5, 0.6  # of the time: a first plan
_CLOSE, _FAR = 5e-4, 5e-3  # what prices may miss for an early one, and what they will miss anyhow


class Pace:
    """How long the steps of a solve take; the first round, much of it from nothing, says least."""

    def __init__(self, clock: Clock, *, has_senders: bool = False) -> None:
        self._clock = clock
        usual = (_FROM_NOTHING, _PROOF, _PLAN)
        self._of_first, self._of_proof, self._of_plan = _WITH_SENDERS if has_senders else usual
        self._rounds = 0
        self.took = {"round": 0.0, "exact": 0.0, "plan": 0.0}  # seconds; 0 where nothing is known

    @contextmanager
    def measured(self, step: str) -> Iterator[None]:
        """Take the time of a step: "round", "exact" or "plan"."""
        begun = time.monotonic()
        yield
        spent = time.monotonic() - begun
        if step == "round":
            self._rounds += 1
            if self._rounds == 1:
                spent /= self._of_first
            elif self._rounds > 2:
                spent = min(spent, self.took[step])
        self.took[step] = spent

    @property
    def is_ending(self) -> bool:
        """Whether there is time for no more than a last round with a proven bound and a plan."""
        return self._clock.remaining < _HASTE * (self._proven_round + self._plan)

    @property
    def has_time_to_prove_later(self) -> bool:
        """Whether there is time for a proof after a plan, also if that takes twice as long as it may."""
        return self._clock.remaining > _HASTE * (self._proven_round + 2 * self._plan)

    @property
    def has_time_for_prices(self) -> bool:
        """Whether there is time for another round, and to prove what it brings."""
        return self._clock.remaining > _HASTE * self._proven_round

    @property
    def _plan(self) -> float:
        """Seconds of a plan."""
        return self.took["plan"] or self._of_plan * self.took["round"]

    @property
    def _round(self) -> float:
        """Seconds of a round."""
        return self.took["round"] or self.took["plan"] / self._of_plan

    @property
    def _proven_round(self) -> float:
        """Seconds of a round, and of a proof of what it brings."""
        usual = self._round
        return usual + (self.took["exact"] or self._of_proof * usual)

    def has_time(self, turns: int) -> bool:
        """Whether there is time for so many plans."""
        return self._clock.remaining > _HASTE * turns * self._plan

    def allows_a_plan(self, ahead: float) -> bool:
        """Whether it is time for a first plan, when the master is so far from its prices."""
        share = self._clock.seconds / self._clock.limit
        # After the first round, much of it is due to blocks that are far from their own bound.
        hopeless = self._rounds > 1 and ahead > _FAR
        return share > _LATEST or (share > _EARLIEST and (ahead < _CLOSE or hopeless))
