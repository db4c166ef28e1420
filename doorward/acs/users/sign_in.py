"""Signing in and out: limits first, then the password and the second factor, or a passkey."""

from dataclasses import dataclass

from doorward.acs.domain import Domain
from doorward.acs.errors import Unauthenticated
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.operations import record_system_event
from doorward.acs.transaction import transacted
from doorward.acs.users.failures import LONGEST_NAME, attempt_failed, attempt_withdrawn, begin_attempt, end_run, key_of
from doorward.acs.users.models import OidcLink, Passkey, RecoveryCode, Session, User, UserKind
from doorward.acs.users.passkey_check import Answer, NotVerified, parsed, verified_count, went_back
from doorward.acs.users.passkeys import Challenge, Purpose
from doorward.acs.users.password import hash_password, is_outdated, verify_password
from doorward.acs.users.sessions import Caller, open_session, token_hash
from doorward.acs.users.totp import context_of, recovery_digest, step_of_code


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token for the cookie, shown this once."""

    user: User
    token: str


@dataclass(frozen=True, slots=True)
class PasskeyAnswer:
    """What a device has answered (JSON) to the challenge that the browser has the handle of."""

    handle: str | None
    answer: str


class SecondFactorNeeded(Unauthenticated):
    """The password of this user is right, and a second factor must come with it."""

    def __init__(self, user: User) -> None:
        super().__init__("Show a second factor as well.", "code")
        self.user = user


_OVER = "This took too long, or was done already. Begin again."
_UNKNOWN_PASSKEY = "This passkey is not known here, or not any more."
_COPIED = "This passkey is refused: there is a copy of it. Sign in another way, and tell an administrator."


async def sign_in(
    domain: Domain,
    name: str,
    password: str,
    caller: Caller,
    code: str | None = None,
    passkey: PasskeyAnswer | None = None,
) -> SignedIn:
    """A session for the user with this name, password and, where they have a second factor, a code or passkey.

    Raises Unauthenticated, SecondFactorNeeded (without either) or RateLimited.
    """
    name = name.strip()
    failures = await begin_attempt(domain, name, caller.address)
    user = await _person_named(name)
    if not await verify_password((user.password_hash or None) if user else None, password) or user is None:
        await attempt_failed(domain, name, caller.address, failures, "password")
        raise Unauthenticated("The name or the password is wrong.")
    if elsewhere := await only_elsewhere(user):
        await attempt_withdrawn(domain, name, caller.address)
        raise Unauthenticated(f"You sign in with {elsewhere} only.")
    code = (code or "").strip()
    if user.has_second_factor and not code and passkey is None:
        await attempt_withdrawn(domain, name, caller.address)
        raise SecondFactorNeeded(user)
    by = "password"
    if user.has_second_factor:
        if passkey is not None:
            by = "password+passkey"
            await _second_passkey(domain, user, passkey, caller, failures)
        else:
            taken = await take_code(domain, user, code)
            if taken is None:
                await attempt_failed(domain, name, caller.address, failures, "code")
                raise Unauthenticated("The code is wrong, or was used already. Wait for the next one.", "code")
            by = f"password+{taken}"
    failed = await end_run(domain, name, caller.address)
    await _rehash(user, password)
    return await begin_session(domain, user, caller, failed, by)


async def _person_named(name: str) -> User | None:
    if len(name) > LONGEST_NAME:
        # Nobody has such a name, and the database is not to be asked for one.
        return None
    return await User.get_or_none(name=name, enabled=True, kind=UserKind.PERSON)


async def sign_in_with_passkey(domain: Domain, given: PasskeyAnswer, caller: Caller) -> SignedIn:
    """A session for whoever has the passkey, whose device has verified them. Raises Unauthenticated or RateLimited."""
    challenge = domain.ceremonies.take(given.handle)
    if challenge is None or challenge.purpose is not Purpose.SIGN_IN:
        raise Unauthenticated(_OVER)
    try:
        answer = parsed(given.answer)
    except NotVerified as error:
        raise Unauthenticated(_UNKNOWN_PASSKEY) from error
    row = await Passkey.get_or_none(credential_id=answer.credential_id).prefetch_related("user")
    name = row.user.name if row else f"passkey {key_of(answer.credential_id)[:16]}"
    failures = await begin_attempt(domain, name, caller.address)
    try:
        count = verified_count(
            answer,
            bytes(row.public_key) if row else None,
            challenge.value,
            challenge.rp_id,
            challenge.origin,
            verifies_user=True,
        )
        user = _holder(row, answer, challenge)
    except NotVerified as error:
        await attempt_failed(domain, name, caller.address, failures, "passkey")
        raise Unauthenticated(_UNKNOWN_PASSKEY) from error
    if row is None or user is None or not user.enabled:
        await attempt_failed(domain, name, caller.address, failures, "passkey")
        raise Unauthenticated(_UNKNOWN_PASSKEY)
    await _note_use(domain, user, row, count, caller, failures)
    if elsewhere := await only_elsewhere(user):
        await attempt_withdrawn(domain, name, caller.address)
        raise Unauthenticated(f"You sign in with {elsewhere} only.")
    failed = await end_run(domain, name, caller.address)
    return await begin_session(domain, user, caller, failed, "passkey")


def _holder(row: Passkey | None, answer: Answer, challenge: Challenge) -> User | None:
    """Whose passkey it is. Raises NotVerified when the device says that it is another's."""
    if row is None or row.rp_id != challenge.rp_id or answer.handle != bytes(row.handle):
        raise NotVerified("the passkey is another's")
    return row.user


async def _second_passkey(domain: Domain, user: User, given: PasskeyAnswer, caller: Caller, failures: int) -> None:
    """The user has shown a passkey of theirs after the password. Raises Unauthenticated."""
    challenge = domain.ceremonies.take(given.handle)
    if challenge is None or challenge.purpose is not Purpose.SECOND_FACTOR or challenge.user_id != user.id:
        await attempt_withdrawn(domain, user.name, caller.address)
        raise Unauthenticated(_OVER)
    try:
        row, count = await _second_answer(user, given, challenge)
    except NotVerified as error:
        await attempt_failed(domain, user.name, caller.address, failures, "passkey")
        raise Unauthenticated(_UNKNOWN_PASSKEY) from error
    await _note_use(domain, user, row, count, caller, failures)


async def _second_answer(user: User, given: PasskeyAnswer, challenge: Challenge) -> tuple[Passkey, int]:
    """The passkey of this user that was shown, and its sign count. Raises NotVerified."""
    answer = parsed(given.answer)
    row = await Passkey.get_or_none(credential_id=answer.credential_id, user_id=user.id, rp_id=challenge.rp_id)
    key = bytes(row.public_key) if row else None
    count = verified_count(answer, key, challenge.value, challenge.rp_id, challenge.origin, verifies_user=False)
    if row is None or (answer.handle is not None and answer.handle != bytes(row.handle)):
        raise NotVerified("the passkey is another's")
    return row, count


async def _note_use(domain: Domain, user: User, row: Passkey, count: int, caller: Caller, failures: int) -> None:
    """Keep the sign count of a passkey. One that went back is refused, and told: there is a copy of the device."""
    now = domain.clock()
    fresh = not went_back(row.sign_count, count) and await Passkey.filter(id=row.id, sign_count=row.sign_count).update(
        sign_count=count, last_used_at=now
    )
    if fresh:
        return
    data = {
        "means": "api",
        "address": caller.address,
        "subject": {"id": row.id, "name": row.name},
        "stored": row.sign_count,
        "given": count,
    }
    news = NewEvent(EventType.PASSKEY_COPIED, now, user_id=user.id, user_name=user.name, data=data)
    await record_system_event(domain, news)
    await attempt_failed(domain, user.name, caller.address, failures, "passkey")
    raise Unauthenticated(_COPIED)


async def only_elsewhere(user: User) -> str | None:
    """The name of the provider by which alone this user may sign in, if there is one."""
    link = await OidcLink.filter(user_id=user.id, provider__enabled=True, provider__exclusive=True).first()
    if link is None:
        return None
    await link.fetch_related("provider")
    return link.provider.name


async def begin_session(domain: Domain, user: User, caller: Caller, failed: int = 0, by: str = "password") -> SignedIn:
    """A session for a user who has shown who they are, after so many failures.

    `by` is how: password, password+totp, password+recovery_code, password+passkey, passkey, oidc:(provider), set_up.
    """
    now = domain.clock()
    token = await transacted(lambda connection: open_session(connection, user, caller, now))
    await User.filter(id=user.id).update(last_sign_in_at=now)
    data: dict[str, object] = {"means": "api", "address": caller.address, "by": by}
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


async def take_code(domain: Domain, user: User, code: str) -> str | None:
    """What this is: "totp", a code of the user's authenticator, or "recovery_code"; each is taken once. None: wrong."""
    if user.sealed_totp is not None:
        secret = domain.sealer.open(bytes(user.sealed_totp), context_of(user.id))
        step = step_of_code(secret, code, domain.clock(), user.totp_step)
        if step is not None:
            # Of two who come with the same code at once, one finds it taken.
            return "totp" if await User.filter(id=user.id, totp_step__lt=step).update(totp_step=step) == 1 else None
    digest = recovery_digest(domain.sealer, user.id, code)
    used = digest is not None and await RecoveryCode.filter(digest=digest, user_id=user.id).delete() == 1
    return "recovery_code" if used else None


async def _rehash(user: User, password: str) -> None:
    """The parameters of the hash have grown since it was made: now is when the password is known."""
    if is_outdated(user.password_hash):
        before = user.password_hash
        user.password_hash = await hash_password(password)
        await User.filter(id=user.id, password_hash=before).update(password_hash=user.password_hash)
