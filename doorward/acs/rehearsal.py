"""Operations tried out: run as ever, with their permissions and checks, in a transaction that is undone at the end.

Nothing remains of a rehearsal and nobody hears of it: no event is written, no version counted, no controller told.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from inspect import unwrap
from typing import Any, Concatenate, ParamSpec

from tortoise.transactions import in_transaction

from doorward.acs.actor import Actor, Permission
from doorward.acs.cameras.live import LiveCameras
from doorward.acs.domain import Domain
from doorward.acs.doors.live import LiveDoors
from doorward.acs.events.bus import Bus
from doorward.acs.operation import OPERATIONS, Declared, Work, check_looked, check_permitted

P = ParamSpec("P")

_SET_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '200ms'"
"""A rehearsal gives up before PostgreSQL looks for deadlocks (after 1 s), so that no real change is its victim."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """An operation with its arguments, to be tried out."""

    permission: Permission
    body: Callable[[Work], Awaitable[object]]
    placed: bool = False

    async def run(self, work: Work) -> None:
        """Do it. Raises what the operation raises, and NotPermitted where the actor may not do it."""
        declared = Declared("a change of the draft", self.permission, self.placed)
        check_permitted(work.actor, declared)
        work.permission, work.looked_where = self.permission, False
        await self.body(work)
        check_looked(work, declared.name)


def rehearsed(
    run: Callable[Concatenate[Domain, Actor, P], Coroutine[Any, Any, Any]], *args: P.args, **kwargs: P.kwargs
) -> Rehearsed:
    """The operation with its arguments, those after the domain and the actor."""
    body = unwrap(run)
    declared = OPERATIONS[f"{body.__module__}.{body.__name__}"]
    return Rehearsed(declared.permission, lambda work: body(work, *args, **kwargs), declared.placed)


@asynccontextmanager
async def rehearsal(domain: Domain, actor: Actor) -> AsyncIterator[Work]:
    """A work for `Rehearsed.run`, whose changes can be read inside. They hold up other changes: keep it short."""
    unheard = replace(domain, bus=Bus(), doors=LiveDoors(), cameras=LiveCameras(), policy_changed=lambda: None)
    async with in_transaction("default") as connection:
        if connection.capabilities.dialect == "postgres":
            await connection.execute_script(_SET_LOCK_TIMEOUT)
        yield Work(unheard, actor, domain.clock(), connection)
        await connection.rollback()
