"""What everybody who signs in may do about their own account, and nobody else's."""

from dataclasses import dataclass

from doorward.acs.actor import Actor, Permission
from doorward.acs.domain import Domain
from doorward.acs.errors import Conflict, NotFound, Unauthenticated, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.operation import Work, operation
from doorward.acs.users.failures import attempt_failed, attempt_withdrawn, begin_attempt
from doorward.acs.users.models import RecoveryCode, Session, User
from doorward.acs.users.operations import drop_second_factor
from doorward.acs.users.password import check_password, hash_password, verify_password
from doorward.acs.users.sessions import with_id
from doorward.acs.users.standing_rules import needs_second_factor
from doorward.acs.users.totp import (
    context_of,
    new_recovery_codes,
    new_secret,
    recovery_digest,
    secret_text,
    step_of_code,
    totp_uri,
)

_ACCOUNT = Permission.ACCOUNT_OWN


@dataclass(frozen=True, slots=True)
class NewSecondFactor:
    """What to give to an authenticator: the text of its QR code, and the same to type."""

    uri: str
    secret: str


async def confirm_oneself(domain: Domain, actor: Actor, password: str, *path: str) -> None:
    """Whoever has the session also knows the password. Failures count as failed sign-ins do: raises RateLimited too."""
    actor.require(_ACCOUNT)
    user = await User.get_or_none(id=actor.user_id) if actor.user_id else None
    if user is None or actor.token is not None:
        raise Unauthenticated("Sign in first, with a password.")
    failures = await begin_attempt(domain, user.name, actor.address)
    if not await verify_password(user.password_hash, password):
        await attempt_failed(domain, user.name, actor.address, failures, "password")
        raise ValidationFailed("This is not your password.", *path)
    await attempt_withdrawn(domain, user.name, actor.address)


async def change_password(domain: Domain, actor: Actor, old: str, new: str, keep_session: str | None = None) -> User:
    """A new password for oneself, who knows the old one; all sessions end but the one whose token hash is given."""
    await confirm_oneself(domain, actor, old, "oldPassword")
    if old == new:
        raise ValidationFailed("The new password is the old one.", "newPassword")
    return await set_own_password(domain, actor, new, keep_session)


async def begin_second_factor(domain: Domain, actor: Actor, password: str) -> NewSecondFactor:
    """A secret for one's authenticator. It counts once `confirm_second_factor` has seen a code of it."""
    await confirm_oneself(domain, actor, password, "password")
    return await prepare_second_factor(domain, actor, new_secret())


async def make_recovery_codes(domain: Domain, actor: Actor, password: str) -> list[str]:
    """Ten new recovery codes, shown this once; those that there were count no more."""
    await confirm_oneself(domain, actor, password, "password")
    return await replace_recovery_codes(domain, actor, new_recovery_codes())


async def drop_own_second_factor(domain: Domain, actor: Actor, password: str) -> User:
    """Sign in without a second factor again, unless the site requires one."""
    await confirm_oneself(domain, actor, password, "password")
    return await remove_own_second_factor(domain, actor, True)


@operation(_ACCOUNT)
async def set_own_password(work: Work, new: str, keep_session: str | None = None) -> User:
    """The part of `change_password` that comes once the old one is confirmed."""
    user = await _oneself(work)
    user.password_hash = await hash_password(await check_password(work.domain, new, user.name, "newPassword"))
    user.must_change_password = False
    await user.save(using_db=work.connection, update_fields=["password_hash", "must_change_password"])
    await _end_others(work, user, keep_session)
    work.audit(EventType.USER_PASSWORD_CHANGED, of=user, before={"password": "old"}, after={"password": "new"})
    return user


@operation(_ACCOUNT)
async def prepare_second_factor(work: Work, secret: bytes) -> NewSecondFactor:
    """Keep a secret that does not count yet."""
    user = await _oneself(work)
    if user.sealed_totp is not None:
        raise Conflict("You have a second factor. Remove it before you set up another.")
    user.sealed_next_totp = work.domain.sealer.seal(secret, context_of(user.id))
    await user.save(using_db=work.connection, update_fields=["sealed_next_totp"])
    return NewSecondFactor(totp_uri(secret, user.name), secret_text(secret))


@operation(_ACCOUNT)
async def confirm_second_factor(work: Work, code: str, keep_session: str | None = None) -> tuple[User, list[str]]:
    """The authenticator has the secret: from now on it is asked for. With recovery codes, shown this once."""
    user = await _oneself(work)
    if user.sealed_next_totp is None:
        raise Conflict("Begin anew: no second factor is being set up.")
    sealed = bytes(user.sealed_next_totp)
    secret = work.domain.sealer.open(sealed, context_of(user.id))
    step = step_of_code(secret, code, work.now, 0)
    if step is None:
        raise ValidationFailed("This is not the code. Check that the clock of your phone is right.", "code")
    user.sealed_totp, user.sealed_next_totp, user.totp_step = sealed, None, step
    await user.save(using_db=work.connection, update_fields=["sealed_totp", "sealed_next_totp", "totp_step"])
    await _end_others(work, user, keep_session)
    work.audit(EventType.SECOND_FACTOR_ADDED, of=user, before={"second_factor": False}, after={"second_factor": True})
    return user, await _keep_recovery_codes(work, user, new_recovery_codes())


@operation(_ACCOUNT)
async def replace_recovery_codes(work: Work, codes: list[str]) -> list[str]:
    """These recovery codes count, and no others."""
    user = await _oneself(work)
    if user.sealed_totp is None:
        raise Conflict("You have no second factor that recovery codes could stand in for.")
    work.audit(EventType.RECOVERY_CODES_MADE, of=user, before={"codes": "old"}, after={"codes": "new"})
    return await _keep_recovery_codes(work, user, codes)


@operation(_ACCOUNT)
async def remove_own_second_factor(work: Work, confirmed: bool) -> User:
    """The part of `drop_own_second_factor` that comes once the password is `confirmed`."""
    user = await _oneself(work)
    if not confirmed or user.sealed_totp is None:
        raise Conflict("You have no second factor.")
    if needs_second_factor(await work.domain.rules.now(), work.actor.permissions):
        raise Conflict("This site requires a second factor of you. An administrator can remove a lost one.")
    await drop_second_factor(work, user)
    return user


@operation(_ACCOUNT)
async def end_own_session(work: Work, session_id: str) -> None:
    """End one of one's own sessions."""
    user = await _oneself(work)
    if not await with_id(session_id).filter(user_id=user.id).using_db(work.connection).delete():
        raise NotFound("This session has ended already.", "id")
    work.audit(EventType.USER_SESSIONS_ENDED, of=user, before={"sessions": 1}, after={"sessions": 0})


@operation(_ACCOUNT)
async def end_other_sessions(work: Work, keep_session: str | None) -> int:
    """End all of one's own sessions but this; how many there were."""
    user = await _oneself(work)
    ended = await _end_others(work, user, keep_session)
    if ended:
        work.audit(EventType.USER_SESSIONS_ENDED, of=user, before={"sessions": ended}, after={"sessions": 0})
    return ended


async def _oneself(work: Work) -> User:
    if work.actor.user_id is None:
        raise Unauthenticated("Sign in first.")
    user = await User.select_for_update().using_db(work.connection).get_or_none(id=work.actor.user_id)
    if user is None:
        raise NotFound("There is no such user.")
    return user


async def _end_others(work: Work, user: User, keep_session: str | None) -> int:
    return (
        await Session.filter(user_id=user.id).exclude(token_hash=keep_session or "").using_db(work.connection).delete()
    )


async def _keep_recovery_codes(work: Work, user: User, codes: list[str]) -> list[str]:
    digests = [recovery_digest(work.domain.sealer, user.id, code) or "" for code in codes]
    await RecoveryCode.filter(user_id=user.id).using_db(work.connection).delete()
    await RecoveryCode.bulk_create(
        [RecoveryCode(digest=digest, user_id=user.id) for digest in digests], using_db=work.connection
    )
    return codes
