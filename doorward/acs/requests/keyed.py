"""Idempotency keys: the same request under the same key is carried out once and answered the same.

Whoever takes a request with a key wraps it in `keyed_request`; the first operation that it comes to writes the key down
in its own transaction, so that either both happen or neither. A repeat finds it there, does nothing, and is answered
with what is there now of what the first has made. Of two at the same moment the database lets the second wait for the
first. A first that failed leaves no key behind.
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, runtime_checkable

from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.models import Model

from doorward.acs.actor import Actor
from doorward.acs.domain import Domain
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.identity import new_id
from doorward.acs.requests.models import KeyedRequest

KEPT = timedelta(hours=24)
LONGEST_KEY = 255
_ROW, _COUNT, _NOTHING, _OUTCOME = "row", "count", "nothing", "outcome"
_APP = "acs"
_CONTEXT = "idempotency"


class AlreadyDone(Conflict):
    """The request was carried out before, and its answer was for that one time. `request` is what is kept of it."""

    def __init__(self, request: KeyedRequest) -> None:
        super().__init__(
            "This was done already under the same key, and nothing more was done. Its answer is given only once.",
            "idempotencyKey",
        )
        self.request = request


@runtime_checkable
class Begun(Protocol):
    """What goes on after its operation, such as commands to several doors."""

    def outcome(self) -> dict[str, Any]:
        """How it stands, for `keep_outcome`."""


@dataclass(slots=True)
class Keyed:
    """A request under a key, on its way. `done`: an operation has written it down, or found it."""

    id: str
    mutation: str
    digest: str
    attempt: str = field(default_factory=new_id)
    done: bool = False


_current: ContextVar[Keyed | None] = ContextVar("keyed_request", default=None)


@contextmanager
def keyed_request(domain: Domain, actor: Actor, mutation: str, key: str, content: bytes) -> Iterator[Keyed]:
    """The first operation inside is carried out once under this key. Raises ValidationFailed for what is no key."""
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        raise ValidationFailed(f"A key has 1 to {LONGEST_KEY} printable characters.", "idempotencyKey")
    secret = domain.sealer.derive(_CONTEXT)
    request = Keyed(_digest(secret, f"{actor.user_id}\n{key}".encode()), mutation, _digest(secret, content))
    token = _current.set(request)
    try:
        yield request
    finally:
        request.done = True
        _current.reset(token)


def _digest(secret: bytes, content: bytes) -> str:
    return hmac.new(secret, content, hashlib.sha256).hexdigest()


def id_under_key() -> str:
    """A new id for what the next operation begins; a repeat finds it as the `attempt` of the request."""
    request = current_request()
    return new_id() if request is None else request.attempt


def current_request() -> Keyed | None:
    """The request that the next operation is to write down, if there is one."""
    request = _current.get()
    return None if request is None or request.done else request


async def earlier(connection: BaseDBAsyncClient, request: Keyed, now: datetime) -> KeyedRequest | None:
    """The same request if it was carried out before; otherwise None, and the key is taken.

    Raises Conflict where the key was used for something else.
    """
    await KeyedRequest.filter(id=request.id, created_at__lte=now - KEPT).using_db(connection).delete()
    mine = KeyedRequest(
        id=request.id, mutation=request.mutation, digest=request.digest, attempt=request.attempt, created_at=now
    )
    await KeyedRequest.bulk_create([mine], ignore_conflicts=True, using_db=connection)
    found = await KeyedRequest.get(id=request.id, using_db=connection)
    if found.attempt == request.attempt:
        return None
    if (found.mutation, found.digest) != (request.mutation, request.digest):
        raise Conflict("This key was used for something else. Use another one.", "idempotencyKey")
    return found


async def keep_result(connection: BaseDBAsyncClient, request: Keyed, result: object) -> None:
    """Note what the request has made, so that a repeat finds it."""
    await KeyedRequest.filter(id=request.id).using_db(connection).update(answer=await _referred(connection, result))


async def _referred(connection: BaseDBAsyncClient, result: object) -> dict[str, Any] | None:
    """Where to find a result again: never the result itself. None: it is for this one time."""
    if isinstance(result, Model):
        if await type(result).filter(pk=result.pk).using_db(connection).exists():
            return {_ROW: [type(result).__name__, result.pk]}
        return {_NOTHING: True}  # The request was to delete it.
    if isinstance(result, Begun):
        return {_OUTCOME: result.outcome()}
    if result is None:
        return {_NOTHING: True}
    return {_COUNT: result} if isinstance(result, int) else None


async def repeated_result(connection: BaseDBAsyncClient, found: KeyedRequest) -> Any:
    """The result as it is now. Raises NotFound if it has been deleted since, AlreadyDone if it was for one time."""
    match found.answer:
        case {"row": [name, row_id]}:
            model = (Tortoise.apps or {})[_APP][name]
            row = await model.get_or_none(pk=row_id, using_db=connection)
            if row is None:
                raise NotFound("This was done already under the same key, and deleted since.", "idempotencyKey")
            return row
        case {"count": count}:
            return count
        case {"nothing": _}:
            return None
    raise AlreadyDone(found)


async def keep_outcome(outcome: dict[str, Any]) -> None:
    """Note how that went which the request has begun, for AlreadyDone. Without a key nothing is noted."""
    if (request := _current.get()) is not None:
        await KeyedRequest.filter(id=request.id, attempt=request.attempt).update(answer={_OUTCOME: outcome})


def outcome_of(found: KeyedRequest) -> dict[str, Any] | None:
    """What `keep_outcome` noted last."""
    outcome: dict[str, Any] | None = (found.answer or {}).get(_OUTCOME)
    return outcome


async def free_key() -> None:
    """Nothing came of the request: the key may be used again."""
    if (request := _current.get()) is not None:
        await KeyedRequest.filter(id=request.id, attempt=request.attempt).delete()


async def clear_keys(now: datetime) -> int:
    """Forget the keys of more than a day ago; how many."""
    return await KeyedRequest.filter(created_at__lte=now - KEPT).delete()
