"""The choice of trips where blanks are sent on: block by block first, since all at once is too much.

Few offices share a sender's stock, so that a block's choice is a search of its own; blocks meet in what
leaves the depots. From there some blocks at a time choose anew, the others as they are (large
neighbourhood search, Shaw 1998): where offices lend to each other, which makes a block's choice hard, those
that are the furthest from the relaxation, each by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from allocator.backends import SolveOptions
from allocator.methods.decompose.choice import choose
from allocator.methods.decompose.couplings import Couplings
from allocator.methods.decompose.programme import Choice, Option, Programme, Worth
from allocator.methods.decompose.workers import StoppedError, Workers
from allocator.milp.model import Vector

_GAP = 1e-4  # of the choice of a block with senders
_LEAST_ALONE, _LEAST_SECONDS = 0.4, 1.0  # seconds for it, and for that of a group
_MORE = 1.0  # of what a block uses in the relaxation: what it may use besides that at first
_OFFICES, _TOGETHER, _SHARE = 64, 2, 2.0  # of a group; groups that share what is left over; of a step's time
_ANEW = 2  # turns that begin from the relaxation: slots change most before the second
_NEARLY = 1e-6  # a whole pack


@dataclass(frozen=True)
class JointChoice:
    """A programme over blocks some of which have senders, and what its relaxation says."""

    programme: Programme
    worth: Worth
    couplings: Couplings
    workers: Workers
    backend: str
    turn: int  # which of many
    lends: bool  # whether offices lend to each other in blocks with senders

    @property
    def senders(self) -> list[int]:
        """Blocks in which blanks are sent on."""
        return [k for k, option in enumerate(self.programme.options) if len(option.senders.rows)]

    def improve(self, now: list[Choice], options: SolveOptions) -> list[Choice]:
        """The best choice found, the one of now at the worst; `time_limit` for each step.

        All choose together where there are no senders. Else in the first two turns blocks with senders choose
        each by itself, at the prices of packs. After the first, slots change most; from then on groups of
        blocks choose from what they have. When the time is over it is the best found by then; StoppedError
        if that is nothing.
        """
        if not self.senders:
            return choose(self.programme, now, self.backend, options) or now
        best = now
        if self.turn <= _ANEW:
            seconds = (options.time_limit or np.inf) * self.workers.count / len(self.senders)
            alone = replace(options, gap=_GAP, time_limit=max(_LEAST_ALONE, seconds))
            found = self._anew(now, alone, options)
            best = min([now] if found is None else [now, found], key=self.programme.value)
        if self.turn > 1:
            with suppress(StoppedError):
                for choices in self._in_groups(best, options):
                    best = choices
        return best

    def _anew(self, now: list[Choice], alone: SolveOptions, together: SolveOptions) -> list[Choice] | None:
        """Blocks with senders one by one, the others within what is left; None where a block has no choice.

        At first a block may use twice what it does in the relaxation, and all that nobody does: trips are
        lumpy, and prices keep it from more. The large ones first, those keep their choice that leave the
        others what is allotted to these; the rest choose again, within that and what is left over.
        """
        options, own = self.programme.options, self._allotted()
        hoped = self._alone(self._hoped_for(own), now, alone)
        kept, late = self._fitting(hoped, own)
        for first in range(0, len(late), _TOGETHER):
            some = late[first : first + _TOGETHER]
            spare = self._spare(kept, [own[k] for k in late[first:]])
            share = np.floor(np.maximum(spare, 0.0) / len(some) + _NEARLY)
            again = self._alone({k: own[k] + share for k in some}, now, alone)
            kept |= {k: choice for k, choice in again.items() if choice is not None}
        if len(kept) < len(own):
            return None
        others = [k for k in range(len(options)) if k not in kept]
        if others:
            left = self.couplings.limit - sum(options[k].uses(choice) for k, choice in kept.items())
            rest = Programme([options[k] for k in others], left, self.couplings.ceiling)
            theirs = choose(rest, None, self.backend, together)
            if theirs is None:
                return None
            kept |= dict(zip(others, theirs, strict=True))
        return [kept[k] for k in range(len(options))]

    def _hoped_for(self, own: dict[int, Vector]) -> dict[int, Vector]:
        """(resources,) for each block: what it may use if others do not need it."""
        asked = np.maximum(self.worth.use, 0.0)
        spare = np.maximum(self.couplings.limit - asked.sum(axis=1), 0.0)
        return {
            k: np.maximum(allotted, np.floor((1.0 + _MORE) * asked[:, k] + spare + _NEARLY))
            for k, allotted in own.items()
        }

    def _fitting(
        self, hoped: dict[int, Choice | None], own: dict[int, Vector]
    ) -> tuple[dict[int, Choice], list[int]]:
        """The choices that leave all others what is allotted to them, and the blocks of the rest."""
        options = self.programme.options
        kept: dict[int, Choice] = {}
        late = sorted(own, key=lambda k: -len(np.unique(options[k].office)))
        for k in list(late):
            choice = hoped[k]
            if choice is None:
                continue
            left = self._spare(kept, [own[other] for other in late if other != k])
            if (options[k].uses(choice) <= left + _NEARLY).all():
                kept[k] = choice
                late.remove(k)
        return kept, late

    def _spare(self, kept: dict[int, Choice], allotted: list[Vector]) -> Vector:
        """(resources,) what is left for blocks beside those kept and what is allotted; inf if not counted."""
        taken = sum((self.programme.options[k].uses(choice) for k, choice in kept.items()), start=0.0)
        counted = self.couplings.in_packs
        reserved = sum(allotted, start=np.zeros(len(counted)))
        left = self.couplings.limit - taken - np.where(counted, reserved, 0.0)
        return np.where(counted, left, np.inf)

    def _in_groups(self, now: list[Choice], options: SolveOptions) -> Iterator[list[Choice]]:
        """Choices that get better: groups of blocks choose, some at a time, and share what is left over."""
        seconds = _SHARE * (options.time_limit or np.inf) * _TOGETHER  # of all groups
        groups = self._furthest(now, seconds / _LEAST_SECONDS) if self.lends else self._groups()
        each = replace(options, time_limit=max(_LEAST_SECONDS, seconds / max(1, len(groups))))
        chosen = list(now)
        hard = np.isinf(self.couplings.ceiling)
        for first in range(0, len(groups), _TOGETHER):
            some = groups[first : first + _TOGETHER]
            use = self.programme.use(chosen)
            left = self.couplings.limit - use.sum(axis=1)
            share = np.where(hard, np.floor(np.maximum(left, 0.0) / len(some) + _NEARLY), left)
            found = self.workers.map(
                _choose_in_group,
                (
                    (
                        [self.programme.options[k] for k in group],
                        use[:, group].sum(axis=1) + share,
                        self.couplings.ceiling,
                        [chosen[k] for k in group],
                        self.backend,
                        each,
                    )
                    for group in some
                ),
            )
            for group, choices in zip(some, found, strict=True):
                for k, choice in zip(group, choices, strict=True):
                    chosen[k] = choice
            yield list(chosen)

    def _furthest(self, now: list[Choice], most: float) -> list[list[int]]:
        """The blocks without senders, and those with senders each by itself, but no more than so many.

        The furthest from the relaxation first, whose choice of a block is the best at the prices of packs.
        """
        programme, prices = self.programme, self.worth.prices
        ahead = programme.values(programme.vector_of(now)) - programme.values(programme.relaxed_vector)
        ahead += prices @ (programme.use(now) - self.worth.use)
        senders = set(self.senders)
        order = [k for k in np.argsort(-ahead, kind="stable").tolist() if k in senders]
        others = [k for k in range(len(now)) if k not in senders]
        return [*([others] if others else []), *([k] for k in order[: int(min(most, len(order)))])]

    def _groups(self) -> list[list[int]]:
        """Blocks in groups of about so many offices, others every time."""
        groups: list[list[int]] = [[]]
        inside = 0
        blocks = np.random.default_rng(self.turn).permutation(len(self.programme.options))
        for k in blocks.tolist():
            own = len(np.unique(self.programme.options[k].office))
            if groups[-1] and inside + own > _OFFICES:
                groups.append([])
                inside = 0
            groups[-1].append(k)
            inside += own
        return groups

    def _alone(
        self, room: dict[int, Vector], now: list[Choice], options: SolveOptions
    ) -> dict[int, Choice | None]:
        """Blocks each within its own room (resources,); None without a choice."""
        found = self.workers.map(
            _choose_in_block,
            (
                (
                    self.programme.options[k],
                    own,
                    self.couplings.ceiling,
                    now[k],
                    self.worth.prices,
                    self.backend,
                    options,
                )
                for k, own in room.items()
            ),
        )
        return dict(zip(room, found, strict=True))

    def _allotted(self) -> dict[int, Vector]:
        """(resources,) whole packs for each block with senders, by what it uses in the relaxation.

        What nobody uses is shared out, half by use and half equally, the largest remainders first. What is
        not packs is not counted: inf.
        """
        allotted = np.full((len(self.couplings.limit), len(self.senders)), np.inf)
        for row in np.nonzero(self.couplings.in_packs)[0]:
            asked = np.maximum(self.worth.use[row], 0.0)
            spare = max(0.0, self.couplings.limit[row] - asked.sum())
            own = asked[self.senders]
            own = own + spare * (0.5 * own / max(asked.sum(), _NEARLY) + 0.5 / len(asked))
            whole = np.floor(own + _NEARLY)
            rest = int(np.floor(own.sum() + _NEARLY) - whole.sum())
            whole[np.argsort(-(own - whole), kind="stable")[:rest]] += 1.0
            allotted[row] = whole
        return dict(zip(self.senders, allotted.T, strict=True))


def _choose_in_block(
    option: Option,
    limit: Vector,
    ceiling: Vector,
    now: Choice,
    prices: Vector,
    backend: str,
    options: SolveOptions,
) -> Choice | None:
    start = [now] if (option.uses(now) <= limit + _NEARLY).all() else None
    chosen = choose(Programme([option], limit, ceiling), start, backend, options, prices)
    return None if chosen is None else chosen[0]


def _choose_in_group(
    group: list[Option],
    limit: Vector,
    ceiling: Vector,
    now: list[Choice],
    backend: str,
    options: SolveOptions,
) -> list[Choice]:
    return choose(Programme(group, limit, ceiling), now, backend, options) or now
