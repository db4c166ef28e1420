"""Following the log: first what was missed, page by page, and then each event as it is stored, without gap or repeat.

What a subscription sends of an event is made once for all who may see the same of it (`shared`), and so is the answer
to the same selection of it (see Executor).
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from doorward.acs.actor import Actor, Permission
from doorward.acs.bell import Bell
from doorward.acs.events.catalogue import changes_standing
from doorward.acs.events.feed import Entry, entries_of
from doorward.acs.events.models import Event
from doorward.acs.events.queries import EventFilter, events_between, matches
from doorward.graphql.context import ApiContext

REPLAY_PAGE = 100

_WHO = frozenset({"user_id", "name", "means", "address", "token"})
_SEES = tuple(one.name for one in fields(Actor) if one.name not in _WHO)

Replay = Callable[[Actor, int, int, int], Awaitable[list[Event]]]
Made = TypeVar("Made")


class Answers(dict[Hashable, Any]):
    """The answers that were made of one object for those who may see the same of it, by their selection."""

    __slots__ = ()


def sees(actor: Actor) -> Hashable:
    """What decides how much somebody may see of an event: all of an actor but who it is."""
    return tuple(_hashable(getattr(actor, name)) for name in _SEES)


def _hashable(value: object) -> Hashable:
    return frozenset(value.items()) if isinstance(value, Mapping) else value


def shared(entry: Entry, actor: Actor, kind: str, make: Callable[[], Made]) -> Made:
    """What is sent of an event, made once for all who may see the same. It must not depend on who they are."""
    key = (kind, sees(actor))
    made: Made | None = entry.memo.get(key)
    if made is None:
        made = entry.memo[key] = make()
        made.__dict__["answers"] = Answers()
    return made


async def follow_log(
    context: ApiContext,
    after: int | None,
    require: Callable[[Actor], None],
    replay: Replay,
    wanted: Callable[[Actor, Event], bool],
) -> AsyncGenerator[Entry, None]:
    """Events after a position, or only new ones; `context.actor` is kept true to what they may meanwhile.

    `replay(actor, after, before, limit)` asks the log for those that `wanted` would take. Raises NotPermitted or
    Unauthenticated, as `require` does, when the actor may not any more, and FellBehind.
    """
    require(context.actor)
    bell = Bell()
    async with context.standing(bell) as standing, context.domain.feed.follow(bell) as follower:
        position, actor = follower.head if after is None else after, context.actor
        while not follower.join(position):
            head = follower.head
            rows = await replay(actor, position, head + 1, REPLAY_PAGE)
            for entry in await entries_of(rows):
                if actor is not standing.actor:
                    break
                yield entry
                position = entry.position
            else:
                position = position if len(rows) == REPLAY_PAGE else head
            actor = context.actor = standing.actor
            require(actor)
        while True:
            found = follower.next()
            if found is None:
                await bell.wait()
            elif changes_standing(found.event.type):
                await standing.true_at(found.position)
            if actor is not standing.actor:
                actor = context.actor = standing.actor
                require(actor)
            if found is not None and wanted(actor, found.event):
                yield found


def _may_see_events(actor: Actor) -> None:
    actor.reach(Permission.EVENT_VIEW)


def follow_events(context: ApiContext, after: int | None, wanted: EventFilter) -> AsyncGenerator[Entry, None]:
    """The events that a filter takes, of those that the caller may see."""

    async def replay(actor: Actor, position: int, before: int, limit: int) -> list[Event]:
        return await events_between(actor, wanted, after=position, before=before, limit=limit)

    return follow_log(
        context,
        after,
        _may_see_events,
        replay,
        lambda actor, row: matches(actor, wanted, row),
    )
