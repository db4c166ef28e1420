"""Users, signing in and out."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from doorward.acs import check
from doorward.acs.actor import CLEARANCES, PERMISSIONS, Actor, Permission, Role, anonymous
from doorward.acs.domain import Domain
from doorward.acs.errors import NotFound, Unauthenticated
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.operations import record_system_event
from doorward.acs.identity import new_id
from doorward.acs.operation import Work, operation
from doorward.acs.users.models import Session, User
from doorward.acs.users.password import check_password, hash_password, verify_password

SESSION_LIFETIME = timedelta(hours=12)
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token for the cookie, shown this once."""

    user: User
    token: str


def actor_of(user: User, address: str | None, means: str = "api") -> Actor:
    """The user as an actor."""
    return Actor(user.id, user.name, PERMISSIONS[user.role], means, address, CLEARANCES[user.role])


@operation(Permission.USER_WRITE)
async def create_user(work: Work, name: str, password: str, role: Role) -> User:
    """Somebody new who can sign in."""
    name = check.text(name, "name", longest=100)
    await check.unique(User, work.connection, f"There is a user called {name} already.", "name", name=name)
    password_hash = await hash_password(check_password(password))
    user = await User.create(using_db=work.connection, id=new_id(), name=name, password_hash=password_hash, role=role)
    work.audit(EventType.USER_CREATED, of=user, after={"id": user.id, "name": name, "role": role.value})
    return user


@operation(Permission.USER_WRITE)
async def set_password(work: Work, name: str, password: str) -> User:
    """A new password for a user; every session of theirs ends."""
    user = await User.get_or_none(name=name, using_db=work.connection)
    if user is None:
        raise NotFound(f"There is no user called {name}.", "name")
    user.password_hash = await hash_password(check_password(password))
    await user.save(using_db=work.connection, update_fields=["password_hash"])
    await Session.filter(user_id=user.id).using_db(work.connection).delete()
    work.audit(EventType.USER_PASSWORD_CHANGED, of=user, before={"password": "old"}, after={"password": "new"})
    return user


async def sign_in(domain: Domain, name: str, password: str, address: str | None) -> SignedIn:
    """A session for the user with this name and password. Raises Unauthenticated; both outcomes are audited."""
    user = await User.get_or_none(name=name, enabled=True)
    if not await verify_password(user.password_hash if user else None, password) or user is None:
        await record_system_event(
            domain,
            NewEvent(
                EventType.USER_SIGN_IN_FAILED,
                domain.clock(),
                user_name=name[:100],
                data={"means": "api", "address": address},
            ),
        )
        raise Unauthenticated("The name or the password is wrong.")
    return await _open_session(domain, user, address)


async def _open_session(domain: Domain, user: User, address: str | None) -> SignedIn:
    now = domain.clock()
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    await Session.filter(expires_at__lt=now).delete()
    await Session.create(
        token_hash=_token_hash(token), user_id=user.id, created_at=now, expires_at=now + SESSION_LIFETIME
    )
    await record_system_event(
        domain,
        NewEvent(
            EventType.USER_SIGNED_IN,
            now,
            user_id=user.id,
            user_name=user.name,
            data={"means": "api", "address": address},
        ),
    )
    return SignedIn(user, token)


async def sign_out(domain: Domain, token: str) -> bool:
    """End a session; whether there was one."""
    session = await Session.get_or_none(token_hash=_token_hash(token)).prefetch_related("user")
    if session is None:
        return False
    await session.delete()
    await record_system_event(
        domain,
        NewEvent(
            EventType.USER_SIGNED_OUT,
            domain.clock(),
            user_id=session.user_id,
            user_name=session.user.name,
            data={"means": "api"},
        ),
    )
    return True


async def actor_of_session(domain: Domain, token: str | None, address: str | None) -> Actor:
    """Who a session's token speaks for; anonymous when it is missing, unknown or expired."""
    if not token:
        return anonymous(address)
    session = await Session.get_or_none(token_hash=_token_hash(token), expires_at__gt=domain.clock()).prefetch_related(
        "user"
    )
    if session is None or not session.user.enabled:
        return anonymous(address)
    return actor_of(session.user, address)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
