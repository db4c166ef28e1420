"""Following present states: those that changed since the cursor, or all of them, and then each again as it changes.

A cursor is a count of changes since the server started. What came before another start says nothing about now: with
such a cursor, all states are sent anew. What lies between two looks is not sent: the present state is all that counts.
"""

from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from typing import Any, TypeVar

from doorward.acs.actor import Actor
from doorward.acs.bell import Bell
from doorward.acs.errors import ValidationFailed
from doorward.acs.versions import Versions
from doorward.graphql.context import ApiContext
from doorward.graphql.following import sees
from doorward.graphql.paging import decode_cursor, encode_cursor

Shown = TypeVar("Shown")
Look = Callable[[list[str] | None], Coroutine[Any, Any, Sequence[Shown]]]

_NOTHING = -1


def state_cursor(versions: Versions, count: int) -> str:
    """The cursor after so many changes."""
    return encode_cursor(f"{versions.start}:{count}")


def _count_in(versions: Versions, cursor: str | None) -> int | None:
    """After how many changes to go on; None: with all states anew."""
    start, colon, count = (decode_cursor(cursor) or "").partition(":")
    if cursor is not None and (not colon or not count.lstrip("-").isdecimal() or len(count) > 18):
        raise ValidationFailed("This is not a cursor of states.", "after")
    if start != versions.start or int(count) == _NOTHING or int(count) > versions.count:
        return None
    return int(count)


async def follow_states(
    context: ApiContext,
    versions: Versions,
    after: str | None,
    require: Callable[[Actor], object],
    look: Look[Shown],
    *,
    alike: bool = True,
) -> AsyncGenerator[tuple[str, Shown], None]:
    """What `look` shows of those that changed (None: of all), each with a cursor.

    `require` raises for an actor who may look at none of them; no other subscription to the same states has the same.
    Not `alike`: what is shown depends on more than what they may and what changed. The cursor goes on only with the
    last of those that are shown at a time, so that a cut between them loses none.
    """
    require(context.actor)
    count, bell = _count_in(versions, after), Bell()
    with versions.watched(bell):
        async with context.standing(bell) as standing:
            while True:
                now = versions.count
                changed = None if count is None else versions.since(count)
                if changed is None:
                    shown = await look(None)
                elif changed and not alike:
                    shown = await look(changed)
                elif changed:
                    key = (require, sees(context.actor), tuple(changed))
                    shown = await versions.once(key, lambda ids=changed: look(ids))  # type: ignore[misc]
                else:
                    shown = ()
                before = _NOTHING if count is None else count
                for number, one in enumerate(shown, 1):
                    yield state_cursor(versions, now if number == len(shown) else before), one
                count = now
                await bell.wait()
                context.actor = standing.actor
                require(context.actor)
