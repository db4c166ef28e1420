"""Signing in and out: limits first, then the password, then the second factor."""

from dataclasses import dataclass

from doorward.acs.domain import Domain
from doorward.acs.errors import Unauthenticated
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.operations import record_system_event
from doorward.acs.transaction import transacted
from doorward.acs.users.failures import LONGEST_NAME, attempt_failed, attempt_withdrawn, begin_attempt, end_run
from doorward.acs.users.models import RecoveryCode, Session, User, UserKind
from doorward.acs.users.password import hash_password, is_outdated, verify_password
from doorward.acs.users.sessions import Caller, open_session, token_hash
from doorward.acs.users.totp import context_of, recovery_digest, step_of_code


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token for the cookie, shown this once."""

    user: User
    token: str


class SecondFactorNeeded(Unauthenticated):
    """The password is right, and a code of the second factor must come with it."""


async def sign_in(domain: Domain, name: str, password: str, caller: Caller, code: str | None = None) -> SignedIn:
    """A session for the user with this name, password and, where they have a second factor, code.

    Raises Unauthenticated, SecondFactorNeeded (without a code) or RateLimited.
    """
    name = name.strip()
    failures = await begin_attempt(domain, name, caller.address)
    user = await _person_named(name)
    if not await verify_password(user.password_hash if user else None, password) or user is None:
        await attempt_failed(domain, name, caller.address, failures, "password")
        raise Unauthenticated("The name or the password is wrong.")
    if user.sealed_totp is not None and not (code or "").strip():
        await attempt_withdrawn(domain, name, caller.address)
        raise SecondFactorNeeded("Enter the code that your authenticator shows.", "code")
    if user.sealed_totp is not None and not await take_code(domain, user, code or ""):
        await attempt_failed(domain, name, caller.address, failures, "code")
        raise Unauthenticated("The code is wrong, or was used already. Wait for the next one.", "code")
    failed = await end_run(domain, name, caller.address)
    await _rehash(user, password)
    return await begin_session(domain, user, caller, failed)


async def _person_named(name: str) -> User | None:
    if len(name) > LONGEST_NAME:
        # Nobody has such a name, and the database is not to be asked for one.
        return None
    return await User.get_or_none(name=name, enabled=True, kind=UserKind.PERSON)


async def begin_session(domain: Domain, user: User, caller: Caller, failed: int = 0) -> SignedIn:
    """A session for a user who has shown who they are, after so many failures."""
    now = domain.clock()
    token = await transacted(lambda connection: open_session(connection, user, caller, now))
    await User.filter(id=user.id).update(last_sign_in_at=now)
    data: dict[str, object] = {"means": "api", "address": caller.address}
    if failed:
        data["failures"] = failed
    await record_system_event(
        domain, NewEvent(EventType.USER_SIGNED_IN, now, user_id=user.id, user_name=user.name, data=data)
    )
    return SignedIn(user, token)


async def sign_out(domain: Domain, token: str) -> bool:
    """End a session; whether there was one."""
    session = await Session.get_or_none(token_hash=token_hash(token)).prefetch_related("user")
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


async def take_code(domain: Domain, user: User, code: str) -> bool:
    """Whether this is a code of the user's authenticator, or a recovery code; either is taken once."""
    if user.sealed_totp is None:
        return False
    secret = domain.sealer.open(bytes(user.sealed_totp), context_of(user.id))
    step = step_of_code(secret, code, domain.clock(), user.totp_step)
    if step is not None:
        # Of two who come with the same code at once, one finds it taken.
        return await User.filter(id=user.id, totp_step__lt=step).update(totp_step=step) == 1
    digest = recovery_digest(domain.sealer, user.id, code)
    return digest is not None and await RecoveryCode.filter(digest=digest, user_id=user.id).delete() == 1


async def _rehash(user: User, password: str) -> None:
    """The parameters of the hash have grown since it was made: now is when the password is known."""
    if is_outdated(user.password_hash):
        before = user.password_hash
        user.password_hash = await hash_password(password)
        await User.filter(id=user.id, password_hash=before).update(password_hash=user.password_hash)
