"""The choice of trips where blanks are sent on: block by block first, since all at once is too much.

Few offices share a sender's stock, so that a block's choice is a search of its own; blocks meet in what
leaves the depots.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from allocator.backends import SolveOptions
from allocator.methods.decompose.choice import Choice, Option, Programme, Worth
from allocator.methods.decompose.couplings import Couplings
from allocator.methods.decompose.workers import Workers
from allocator.milp.model import Vector

_GAP = 1e-4  # of the choice of a block with senders
_LEAST_SECONDS = 1.0  # for it
_TOGETHER = 4  # blocks that share what is left over, however many workers there are
_LITTLE = 5e-3  # of the value of the choice
_NEARLY = 1e-6  # a whole pack


@dataclass(frozen=True)
class JointChoice:
    """A programme over blocks some of which have senders, and what its relaxation says."""

    programme: Programme
    worth: Worth
    couplings: Couplings
    limit: Vector  # (resources,)
    senders: list[int]  # blocks
    workers: Workers
    backend: str

    def improve(self, now: list[Choice], options: SolveOptions) -> list[Choice]:
        """The best choice found, the one of now at the worst; `time_limit` for each step.

        Blocks with senders choose each by itself, at the prices of packs: first within what it uses in the
        relaxation, then with its share of what is left over. All choose together where there are no senders,
        and where that brought little. Raises StoppedError when the time is over.
        """
        value, best = self.programme.value, now
        if self.senders:
            seconds = (options.time_limit or np.inf) * self.workers.count / len(self.senders)
            alone = replace(options, gap=_GAP, time_limit=max(_LEAST_SECONDS, seconds))
            anew = self._anew(alone, options)
            best = min([now] if anew is None else [now, anew], key=value)
            best = min(best, self._better(best, alone), key=value)
        if value(now) - value(best) <= _LITTLE * abs(value(now)):
            best = self.programme.solve(best, self.backend, options) or best
        return best

    def _anew(self, alone: SolveOptions, together: SolveOptions) -> list[Choice] | None:
        """Blocks with senders within what they use in the relaxation, the others within what is left."""
        options = self.programme.options
        found = self._alone(dict(zip(self.senders, self._allotted().T, strict=True)), {}, alone)
        chosen = {k: choice for k, choice in found.items() if choice is not None}
        others = [k for k in range(len(options)) if k not in found]
        if len(chosen) < len(found):
            return None
        if others:
            left = self.limit - sum(options[k].uses(choice) for k, choice in chosen.items())
            rest = Programme([options[k] for k in others], left, self.couplings.ceiling)
            theirs = rest.solve(None, self.backend, together)
            if theirs is None:
                return None
            chosen |= dict(zip(others, theirs, strict=True))
        return [chosen[k] for k in range(len(options))]

    def _better(self, now: list[Choice], alone: SolveOptions) -> list[Choice]:
        """Some blocks with senders at a time, each with its share of what is left over besides its own."""
        chosen, options = list(now), self.programme.options
        hard = np.isinf(self.couplings.ceiling)
        for first in range(0, len(self.senders), _TOGETHER):
            some = self.senders[first : first + _TOGETHER]
            left = np.maximum(self.limit - self.programme.use(chosen).sum(axis=1), 0.0)
            share = np.where(hard, np.floor(left / len(some) + _NEARLY), np.inf)
            room = {k: options[k].uses(chosen[k]) + share for k in some}
            for k, choice in self._alone(room, {k: chosen[k] for k in some}, alone).items():
                chosen[k] = choice or chosen[k]
        return chosen

    def _alone(
        self, room: dict[int, Vector], now: dict[int, Choice], options: SolveOptions
    ) -> dict[int, Choice | None]:
        """Blocks each within its own room (resources,), from what is chosen now; None without a choice."""
        found = self.workers.map(
            _choose_in_block,
            (
                (
                    self.programme.options[k],
                    own,
                    self.couplings.ceiling,
                    self.worth.prices,
                    now.get(k),
                    self.backend,
                    options,
                )
                for k, own in room.items()
            ),
        )
        return dict(zip(room, found, strict=True))

    def _allotted(self) -> Vector:
        """(resources, senders) whole packs that each block may use, by what it uses in the relaxation.

        What nobody uses is shared out, half by use and half equally, the largest remainders first.
        """
        allotted = np.full((len(self.limit), len(self.senders)), np.inf)
        for row in np.nonzero(np.isin(self.couplings.kind, ["depot", "handling"]))[0]:
            asked = np.maximum(self.worth.use[row], 0.0)
            spare = max(0.0, self.limit[row] - asked.sum())
            own = asked[self.senders]
            own = own + spare * (0.5 * own / max(asked.sum(), _NEARLY) + 0.5 / len(asked))
            whole = np.floor(own + _NEARLY)
            rest = int(np.floor(own.sum() + _NEARLY) - whole.sum())
            whole[np.argsort(-(own - whole), kind="stable")[:rest]] += 1.0
            allotted[row] = whole
        return allotted


def _choose_in_block(
    option: Option,
    limit: Vector,
    ceiling: Vector,
    prices: Vector,
    now: Choice | None,
    backend: str,
    options: SolveOptions,
) -> Choice | None:
    start = None if now is None else [now]
    chosen = Programme([option], limit, ceiling).solve(start, backend, options, prices)
    return None if chosen is None else chosen[0]
