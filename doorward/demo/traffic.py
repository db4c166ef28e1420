"""A believable day: people who come, go about, and go again, with now and then something out of order."""

import asyncio
import logging
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from doorward.acs.decision.policy import Side
from doorward.demo.acts import Badge, DoorAct, PressExit
from doorward.demo.burnt_in import DOCK, ENTRANCE, OFFICE, SERVER_ROOM
from doorward.demo.cast import CAST, FACILITY, Person, Team
from doorward.demo.errors import ActRefused

MEAN_GAP_S = 8.0
UNKNOWN_CARDS = range(1900, 2000)
_CROWDED = 12
"""With this many people inside, somebody leaves rather than arrives."""
_INNER_DOORS = {Team.STAFF: OFFICE, Team.IT: SERVER_ROOM, Team.LOGISTICS: DOCK}

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """After so many seconds, this happens."""

    after_s: float
    act: DoorAct


def traffic(dice: random.Random, cast: Sequence[Person] = CAST) -> Iterator[Step]:
    """An endless stream of steps, the same for the same dice; gaps are exponential, 8 s in the mean."""
    day = _Day(dice, cast)
    while True:
        yield Step(dice.expovariate(1 / MEAN_GAP_S), day.next_act())


class _Day:
    """Who is inside, as far as the people themselves know."""

    def __init__(self, dice: random.Random, cast: Sequence[Person]) -> None:
        self._dice = dice
        self._outside = [person for person in cast if person.trouble is None]
        self._inside: list[Person] = []
        self._troubled = [person for person in cast if person.trouble is not None]

    def next_act(self) -> DoorAct:
        dice = self._dice
        roll = dice.random()
        if roll < 0.04:
            return _badge(ENTRANCE, Side.A, dice.choice(UNKNOWN_CARDS))
        if roll < 0.08 and (lost := [person for person in self._inside if Team.IT not in person.teams]):
            return _badge(SERVER_ROOM, Side.A, dice.choice(lost).card)
        if roll < 0.11:
            return _badge(ENTRANCE, Side.A, dice.choice(self._troubled).card)
        if roll < 0.16:
            return PressExit(DOCK)
        if roll < 0.46 and self._inside:
            person = dice.choice(self._inside)
            return _badge(_INNER_DOORS[dice.choice(person.teams)], Side.A, person.card)
        return self._come_or_go()

    def _come_or_go(self) -> DoorAct:
        leaves = self._dice.random() < len(self._inside) / _CROWDED
        here, there = (self._inside, self._outside) if leaves else (self._outside, self._inside)
        person = here.pop(self._dice.randrange(len(here)))
        there.append(person)
        return _badge(ENTRANCE, Side.B if leaves else Side.A, person.card)


def _badge(door: str, side: Side, number: int) -> Badge:
    return Badge(door, side, FACILITY, number)


class TrafficLoop:
    """Owns the task that lets people come; for use on one event loop."""

    def __init__(self, perform: Callable[[DoorAct], str]) -> None:
        self._perform = perform
        self._task: asyncio.Task[None] | None = None

    def begin(self, steps: Iterator[Step]) -> None:
        """Let this stream begin, in place of the one that runs."""
        self.end()
        self._task = asyncio.create_task(self._run(steps), name="traffic")

    def end(self) -> None:
        """Nobody comes any more. Harmless when nobody did."""
        if self._task is not None:
            self._task.cancel()

    async def stop(self) -> None:
        """End, and wait until it is over."""
        self.end()
        if self._task is not None:
            await asyncio.wait({self._task})

    async def _run(self, steps: Iterator[Step]) -> None:
        for step in steps:
            await asyncio.sleep(step.after_s)
            try:
                self._perform(step.act)
            except ActRefused:
                logger.exception("traffic stumbled over %s", step.act)
