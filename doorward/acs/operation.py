"""The frame of every change: permission, one transaction, its audit events, and then the news of it.

`@operation(permission)` turns `async def f(work, ...)` into `f(domain, actor, ...)`. Either all of
it happens, with its audit events, or nothing does. Two that collide although their checks saw nothing
wrong end in a Conflict for the later one. One that the database gave up because of another begins anew, so an
operation does nothing before its end that a transaction does not undo. Under an idempotency key it is done once, and a
repeat gets its result as that is now. Every operation is in `OPERATIONS`, so that
a test can try each with and without its permission.
"""

import functools
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError

from doorward.acs.actor import Actor, Permission
from doorward.acs.collision import is_collision
from doorward.acs.domain import Domain
from doorward.acs.errors import Conflict
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent, append, lock_log
from doorward.acs.policy.changes import record_changes
from doorward.acs.policy_part import PolicyPart
from doorward.acs.reach import EVERYWHERE, Reach
from doorward.acs.requests.keyed import current_request, earlier, keep_result, repeated_result
from doorward.acs.requests.models import KeyedRequest
from doorward.acs.site.models import Site
from doorward.acs.transaction import transacted

SITE_ID = "site"
MET = "Somebody else changed this at the same moment. Load it again and repeat."


class Named(Protocol):
    """Anything with an id and a name, as most rows are."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def name(self) -> str:
        """Its name."""


@dataclass(slots=True)
class Work:
    """One running operation: who, when, its transaction, and what it will have to tell."""

    domain: Domain
    actor: Actor
    now: datetime
    connection: BaseDBAsyncClient
    permission: Permission | None = None
    """What the operation takes."""
    looked_where: bool = False
    events: list[NewEvent] = field(default_factory=list)
    policy_changed: bool = False
    policy_parts: set[tuple[PolicyPart, str]] = field(default_factory=set)
    after: list[Callable[[], None]] = field(default_factory=list)
    """Called once everything is committed, to tell who is waiting."""

    def reach(self) -> Reach:
        """Where the actor may do this. An operation that is declared `placed` must ask, and keep within it."""
        self.looked_where = True
        return EVERYWHERE if self.permission is None else self.actor.reach(self.permission)

    def changed(self, part: PolicyPart, *ids: str) -> None:
        """These entities of the policy were created, changed or deleted; controllers must learn of it. No ids: none."""
        self.policy_changed = self.policy_changed or bool(ids)
        self.policy_parts.update((part, entity_id) for entity_id in ids)

    def audit(
        self,
        event_type: EventType,
        *,
        of: Named | None = None,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        **subjects: Any,
    ) -> None:
        """Say what changed; `before` and `after` keep only what differs. Subjects are columns of the event.

        `of` is what it is about, which is told by id and (present) name whatever changed: for what has no columns.
        """
        data: dict[str, Any] = {"means": self.actor.means}
        if of is not None:
            data["subject"] = {"id": of.id, "name": of.name}
        if self.actor.token:
            data["token"] = {"id": self.actor.token[0], "name": self.actor.token[1]}
        if self.actor.address:
            data["address"] = self.actor.address
        old, new = before or {}, after or {}
        changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        if before is not None:
            data["before"] = {key: plain(old.get(key)) for key in changed}
        if after is not None:
            data["after"] = {key: plain(new.get(key)) for key in changed}
        self.events.append(
            NewEvent(
                event_type,
                self.now,
                user_id=self.actor.user_id,
                user_name=self.actor.name,
                data=data,
                **subjects,
            )
        )


def plain(value: object) -> object:
    """A value as JSON has it."""
    return value.isoformat() if isinstance(value, datetime) else value


@dataclass(frozen=True, slots=True)
class Declared:
    """An operation as the registry knows it."""

    name: str
    permission: Permission
    placed: bool = False


OPERATIONS: dict[str, Declared] = {}


P = ParamSpec("P")
R = TypeVar("R")


def operation(
    permission: Permission,
    repeat: Callable[[BaseDBAsyncClient, KeyedRequest], Awaitable[Any]] | None = None,
    *,
    placed: bool = False,
) -> Callable[
    [Callable[Concatenate[Work, P], Awaitable[R]]],
    Callable[Concatenate[Domain, Actor, P], Coroutine[Any, Any, R]],
]:
    """Declare an operation and the permission that it takes: everywhere, unless it is `placed`.

    One that is placed is also for those who have the permission for some places only. It asks `work.reach()` and
    takes what is not within it for what does not exist; one that forgets to ask is undone.

    `repeat` finds its result again for a repeat under the same idempotency key, where that is not a row or a number.
    """

    def declare(
        body: Callable[Concatenate[Work, P], Awaitable[R]],
    ) -> Callable[Concatenate[Domain, Actor, P], Coroutine[Any, Any, R]]:
        name = f"{body.__module__}.{body.__name__}"
        declared = OPERATIONS[name] = Declared(name, permission, placed)

        async def run(domain: Domain, actor: Actor, /, *args: P.args, **kwargs: P.kwargs) -> R:
            check_permitted(actor, declared)
            request = current_request()

            async def attempt(connection: BaseDBAsyncClient) -> tuple[Work, R]:
                work = Work(domain, actor, domain.clock(), connection, permission)
                if request is not None and (found := await earlier(connection, request, work.now)):
                    again = await (repeated_result if repeat is None else repeat)(connection, found)
                    return work, cast(R, again)
                result = await body(work, *args, **kwargs)
                check_looked(work, name)
                if request is not None:
                    await keep_result(connection, request, result)
                await finish(work)
                return work, result

            try:
                work, result = await transacted(attempt)
            except IntegrityError as error:
                # The checks saw nothing wrong, and then another transaction came first.
                if is_collision(error):
                    raise Conflict(MET) from error
                raise
            if request is not None:
                request.done = True
            tell(work)
            return result

        functools.update_wrapper(run, body)
        return run

    return declare


def check_permitted(actor: Actor, declared: Declared) -> None:
    """Raise unless the actor may begin the operation."""
    if declared.placed:
        actor.reach(declared.permission)
    else:
        actor.require(declared.permission)


def check_looked(work: Work, name: str) -> None:
    """Raise if a placed operation of somebody who may do it at some places only did not ask at which."""
    if work.permission is not None and work.permission not in work.actor.permissions and not work.looked_where:
        raise RuntimeError(f"{name} is placed, and does not ask where")


async def finish(work: Work) -> None:
    """What belongs to the transaction of every change: the policy's version, and the audit."""
    if work.policy_changed:
        site = await Site.select_for_update().using_db(work.connection).get(id=SITE_ID)
        site.policy_version += 1
        await site.save(using_db=work.connection, update_fields=["policy_version"])
        await record_changes(work.connection, site.policy_version, work.policy_parts)
    if work.events:
        await lock_log(work.connection)
        await append(work.domain.sealer, work.connection, work.events, work.now)


def tell(work: Work) -> None:
    """The news of a change that is committed."""
    for waiting in work.after:
        waiting()
    if work.events:
        work.domain.bus.announce()
    if work.policy_changed:
        work.domain.policy_changed()
