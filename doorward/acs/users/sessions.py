"""Sessions: whom a token speaks for, and which there are."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pypika_tortoise import terms
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import Function, Q
from tortoise.queryset import QuerySet

from doorward.acs.actor import Actor, anonymous
from doorward.acs.domain import Domain
from doorward.acs.keyset import where
from doorward.acs.privilege import ALWAYS
from doorward.acs.users.models import Session, SignInRules, User, UserKind
from doorward.acs.users.privileges import Privileges, worked_out
from doorward.acs.users.standing_rules import needs_second_factor

SESSION_LIFETIME = timedelta(hours=12)
USE_NOTED_EVERY = timedelta(seconds=60)
"""When a session was last used is not written more often than this."""
_TOKEN_BYTES = 32
_ID_LENGTH = 32
_CLIENT_LENGTH = 200
_ADDRESS_LENGTH = 64


class FirstToDo(StrEnum):
    """What may have to be done before anything else."""

    CHANGE_PASSWORD = "change_password"  # noqa: S105 - what to do
    """The password was set by somebody else, and another must be chosen."""
    ADD_SECOND_FACTOR = "add_second_factor"
    """The site asks for a second factor, and there is none yet."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from: its network address and what its program calls itself."""

    address: str | None = None
    client: str | None = None


def actor_of(
    user: User,
    rules: SignInRules,
    address: str | None,
    means: str = "api",
    privileges: Privileges | None = None,
    signed_in_at: datetime | None = None,
) -> Actor:
    """The user as an actor. Who must first change the password or set up a second factor may do only that.

    Without `privileges` they may what their own role says, as if they had no further roles.
    """
    may = privileges or worked_out(user.role, (), {})
    if first_to_do(user, rules, may):
        return Actor(user.id, user.name, ALWAYS, means, address, may.clearance, signed_in_at=signed_in_at)
    return Actor(
        user.id,
        user.name,
        may.permissions,
        means,
        address,
        may.clearance,
        reaches=may.reaches,
        windows=may.windows,
        signed_in_at=signed_in_at,
    )


def first_to_do(user: User, rules: SignInRules, privileges: Privileges | None = None) -> FirstToDo | None:
    """What the user must do before anything else, if anything.

    Programs have nothing to do, nor has who signs in without a password: elsewhere, or by passkey.
    """
    if user.kind is UserKind.SERVICE or not user.password_hash:
        return None
    if user.must_change_password:
        return FirstToDo.CHANGE_PASSWORD
    may = privileges or worked_out(user.role, (), {})
    if not user.has_second_factor and needs_second_factor(rules, may.permissions):
        return FirstToDo.ADD_SECOND_FACTOR
    return None


async def open_session(connection: BaseDBAsyncClient, user: User, caller: Caller, now: datetime) -> str:
    """A new session's token, shown this once."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    await Session.filter(expires_at__lt=now).using_db(connection).delete()
    await Session.create(
        using_db=connection,
        token_hash=token_hash(token),
        user_id=user.id,
        created_at=now,
        expires_at=now + SESSION_LIFETIME,
        last_used_at=now,
        address=caller.address[:_ADDRESS_LENGTH] if caller.address else None,
        client=_printable(caller.client),
    )
    return token


async def actor_of_session(domain: Domain, token: str | None, address: str | None, *, used: bool = True) -> Actor:
    """Who a session's token speaks for; anonymous when it is missing, unknown or over.

    Not `used`: an open subscription only looks whether the session is still there.
    """
    if not token:
        return anonymous(address)
    now, rules = domain.clock(), await domain.rules.now()
    session = await _open(now, rules).get_or_none(token_hash=token_hash(token)).prefetch_related("user")
    if session is None or not session.user.enabled:
        return anonymous(address)
    if used and (session.last_used_at is None or now - session.last_used_at >= USE_NOTED_EVERY):
        await Session.filter(token_hash=session.token_hash).update(last_used_at=now)
    may = await domain.privileges.of(session.user)
    return actor_of(session.user, rules, address, privileges=may, signed_in_at=session.created_at)


class _Start(terms.Function):
    """The first characters of a text, by the name that takes nothing but numbers in PostgreSQL too."""

    def __init__(self, term: Any, *places: Any) -> None:
        super().__init__("SUBSTR", term, *places)


class _Short(Function):
    """A session's id, of its token's hash."""

    database_func = _Start


async def open_sessions(domain: Domain, user_id: str | None = None) -> QuerySet[Session]:
    """The sessions that are not over, of a user or of all, with their users and, as `short`, their ids."""
    found = where(_open(domain.clock(), await domain.rules.now()), user_id=user_id)
    return found.select_related("user").annotate(short=_Short("token_hash", 1, _ID_LENGTH))


def token_hash(token: str) -> str:
    """What is stored of a session's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def session_id(hashed: str) -> str:
    """What names a session: enough of its token's hash."""
    return hashed[:_ID_LENGTH]


def with_id(given: str) -> QuerySet[Session]:
    """The session of this id, if there is one."""
    is_one = len(given) == _ID_LENGTH and set(given) <= set("0123456789abcdef")
    return Session.filter(token_hash__startswith=given) if is_one else Session.filter(token_hash="")


def _open(now: datetime, rules: SignInRules) -> QuerySet[Session]:
    found = Session.filter(expires_at__gt=now)
    if rules.idle_timeout_s is not None:
        since = now - timedelta(seconds=rules.idle_timeout_s)
        found = found.filter(Q(last_used_at__gt=since) | Q(last_used_at__isnull=True, created_at__gt=since))
    return found


def _printable(text: str | None) -> str | None:
    """As much of what a program calls itself as is kept."""
    if text is None:
        return None
    return "".join(character for character in text if character.isprintable())[:_CLIENT_LENGTH] or None
