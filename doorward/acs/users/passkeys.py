"""Passkeys: added, renamed and removed by their users; removed by those who look after users.

A passkey is a second factor: who has one is asked for it, or for another second factor, after the password. And it
lets in by itself, because the device verifies who holds it.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum

from doorward.acs import check
from doorward.acs.actor import Actor, Permission
from doorward.acs.domain import Domain
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.keyset import NAMES, named, page_rows, where
from doorward.acs.operation import Work, operation
from doorward.acs.paging import Page, PageRequest
from doorward.acs.users.escalation import look_after
from doorward.acs.users.models import Passkey, Session, User
from doorward.acs.users.own import confirm_oneself, end_others, keep_recovery_codes, oneself
from doorward.acs.users.passkey_check import (
    CHALLENGE_BYTES,
    Known,
    Made,
    NotVerified,
    made_passkey,
    registration_options,
    request_options,
)
from doorward.acs.users.second_factor import forget_unneeded_codes, has_another_way, may_lose_a_factor
from doorward.acs.users.totp import new_recovery_codes
from doorward.acs.users.web_addresses import rp_id_of

MOST_OF_ONE_USER = 20
_HANDLE_BYTES = 32
_NAME_LENGTH = 100


class Purpose(StrEnum):
    """What a challenge is for; it counts for nothing else."""

    ADD = "add"
    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_factor"


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a device is asked to sign, where (`origin`, `rp_id`), and whose answer is waited for (None: anybody's)."""

    purpose: Purpose
    value: bytes
    origin: str
    rp_id: str
    user_id: str | None = None
    handle: bytes = b""


@dataclass(frozen=True, slots=True)
class Begun:
    """What the browser is given: the options (JSON) for its page, and a handle for its cookie."""

    options: str
    handle: str


@dataclass(frozen=True, slots=True)
class AddedPasskey:
    """A passkey that was added, and where it is the first second factor, recovery codes, shown this once."""

    user: User
    passkey: Passkey
    recovery_codes: list[str]


async def begin_passkey(domain: Domain, actor: Actor, password: str | None, origin: str | None) -> Begun:
    """Ask a device for a new passkey. Takes the password, or a sign-in of the last minutes."""
    await confirm_oneself(domain, actor, password or "", "password", fresh_counts=True)
    origin, rp_id = place_of(domain, origin)
    user = await User.get(id=actor.user_id or "")
    known = await Passkey.filter(user_id=user.id)
    handle = bytes(known[0].handle) if known else secrets.token_bytes(_HANDLE_BYTES)
    challenge = Challenge(Purpose.ADD, secrets.token_bytes(CHALLENGE_BYTES), origin, rp_id, user.id, handle)
    options = registration_options(rp_id, user.name, handle, challenge.value, _known(known))
    return Begun(options, domain.ceremonies.keep(challenge, actor.address))


async def finish_passkey(
    domain: Domain, actor: Actor, handle: str | None, name: str, answer: str, keep_session: str | None = None
) -> AddedPasskey:
    """The device has made one. Other sessions end when it is the first second factor."""
    actor.require(Permission.ACCOUNT_OWN)
    name = check.text(name, "name", longest=_NAME_LENGTH)
    challenge = domain.ceremonies.take(handle)
    if challenge is None or challenge.purpose is not Purpose.ADD or challenge.user_id != actor.user_id:
        raise Conflict("This took too long, or was done already. Begin again.")
    try:
        made = made_passkey(answer, challenge.value, challenge.rp_id, challenge.origin)
    except NotVerified as error:
        raise ValidationFailed("What the device answered is no passkey for this site.", "credential") from error
    return await add_passkey(domain, actor, name, made, challenge, keep_session)


@operation(Permission.ACCOUNT_OWN)
async def add_passkey(
    work: Work, name: str, made: Made, challenge: Challenge, keep_session: str | None = None
) -> AddedPasskey:
    """The part of `finish_passkey` that comes once the answer is verified."""
    user = await oneself(work)
    if await Passkey.filter(credential_id=made.credential_id).using_db(work.connection).exists():
        raise Conflict("This passkey is known here already.", "credential")
    if user.passkeys >= MOST_OF_ONE_USER:
        raise Conflict(f"You have {MOST_OF_ONE_USER} passkeys. Remove one that is not used.")
    first = not user.has_second_factor
    passkey = await Passkey.create(
        using_db=work.connection,
        id=new_id(),
        user_id=user.id,
        name=name,
        credential_id=made.credential_id,
        handle=challenge.handle,
        public_key=made.public_key,
        sign_count=made.sign_count,
        transports=list(made.transports),
        backed_up=made.backed_up,
        rp_id=challenge.rp_id,
        created_at=work.now,
    )
    passkey.user = user
    await _count(work, user)
    work.audit(EventType.PASSKEY_ADDED, of=passkey, after={"user": user.name, "site": challenge.rp_id})
    if not first:
        return AddedPasskey(user, passkey, [])
    await end_others(work, user, keep_session)
    return AddedPasskey(user, passkey, await keep_recovery_codes(work, user, new_recovery_codes()))


@operation(Permission.ACCOUNT_OWN)
async def rename_passkey(work: Work, passkey_id: str, name: str) -> Passkey:
    """Call a passkey of one's own something else."""
    passkey = await _own(work, passkey_id)
    before = {"name": passkey.name}
    passkey.name = check.text(name, "name", longest=_NAME_LENGTH)
    if passkey.name != before["name"]:
        await passkey.save(using_db=work.connection, update_fields=["name"])
        work.audit(EventType.PASSKEY_RENAMED, of=passkey, before=before, after={"name": passkey.name})
    return passkey


async def remove_own_passkey(domain: Domain, actor: Actor, password: str | None, passkey_id: str) -> User:
    """A passkey of one's own counts no more. Takes the password, or a sign-in of the last minutes."""
    await confirm_oneself(domain, actor, password or "", "password", fresh_counts=True)
    return await drop_own_passkey(domain, actor, passkey_id)


@operation(Permission.ACCOUNT_OWN)
async def drop_own_passkey(work: Work, passkey_id: str) -> User:
    """The part of `remove_own_passkey` that comes once it is confirmed who asks."""
    user = await oneself(work)
    passkey = await _own(work, passkey_id)
    if user.passkeys == 1 and user.sealed_totp is None:
        await may_lose_a_factor(work, user)
    if user.passkeys == 1 and not user.password_hash and not await has_another_way(work, user):
        raise Conflict("Without this passkey you could not sign in any more. Set a password first.")
    await _remove(work, user, passkey)
    return user


@operation(Permission.USER_WRITE)
async def remove_passkey(work: Work, passkey_id: str) -> User:
    """A passkey of somebody else counts no more; their sessions end."""
    passkey = await Passkey.get_or_none(id=passkey_id, using_db=work.connection)
    if passkey is None:
        raise NotFound("There is no such passkey any more.", "id")
    if passkey.user_id == work.actor.user_id:
        raise Conflict("Remove your own passkeys under your account.", "id")
    user = await User.select_for_update().using_db(work.connection).get(id=passkey.user_id)
    await look_after(work, user)
    await _remove(work, user, passkey)
    await Session.filter(user_id=user.id).using_db(work.connection).delete()
    return user


async def own_passkeys(actor: Actor, request: PageRequest) -> Page[Passkey]:
    """The passkeys of whoever asks, by name."""
    actor.require(Permission.ACCOUNT_OWN)
    rows = named(Passkey.filter(user_id=actor.user_id or ""), request)
    return await page_rows(rows.select_related("user"), NAMES, request)


async def page_passkeys(actor: Actor, request: PageRequest, *, user_id: str | None = None) -> Page[Passkey]:
    """Everybody's passkeys, or one user's, by name, with their users."""
    actor.require(Permission.USER_WRITE)
    rows = where(named(Passkey.all(), request), user_id=user_id)
    return await page_rows(rows.select_related("user"), NAMES, request)


def begin_passkey_sign_in(domain: Domain, origin: str | None, address: str | None) -> Begun:
    """Ask for any passkey of this site, whosever it is. Raises Conflict where there can be none."""
    origin, rp_id = place_of(domain, origin)
    challenge = Challenge(Purpose.SIGN_IN, secrets.token_bytes(CHALLENGE_BYTES), origin, rp_id)
    options = request_options(rp_id, challenge.value, [], verifies_user=True)
    return Begun(options, domain.ceremonies.keep(challenge, address))


async def begin_passkey_as_second(domain: Domain, user: User, origin: str | None, address: str | None) -> Begun | None:
    """Ask for a passkey of a user whose password was right; None: they have none for this address."""
    if not user.passkeys or not domain.web.has(origin):
        return None
    origin, rp_id = place_of(domain, origin)
    known = await Passkey.filter(user_id=user.id, rp_id=rp_id)
    if not known:
        return None
    value = secrets.token_bytes(CHALLENGE_BYTES)
    options = request_options(rp_id, value, _known(known), verifies_user=False)
    return Begun(
        options, domain.ceremonies.keep(Challenge(Purpose.SECOND_FACTOR, value, origin, rp_id, user.id), address)
    )


def place_of(domain: Domain, origin: str | None) -> tuple[str, str]:
    """Where a page is, and what passkeys are bound to there. Raises Conflict where there can be none."""
    if origin is not None and domain.web.has(origin):
        rp_id = rp_id_of(origin)
        if rp_id is not None:
            return origin, rp_id
    there = " or ".join(domain.web.for_passkeys())
    if there:
        raise Conflict(f"Passkeys cannot be used at this address. Open {there} instead.")
    raise Conflict("Passkeys cannot be used at this address. Start the server with --public-url and the one to use.")


def _known(rows: list[Passkey]) -> list[Known]:
    return [Known(row.credential_id, tuple(row.transports)) for row in rows]


async def _own(work: Work, passkey_id: str) -> Passkey:
    own = Passkey.filter(id=passkey_id, user_id=work.actor.user_id or "").using_db(work.connection)
    passkey = await own.first().prefetch_related("user")
    if passkey is None:
        raise NotFound("There is no such passkey any more.", "id")
    return passkey


async def _remove(work: Work, user: User, passkey: Passkey) -> None:
    await passkey.delete(using_db=work.connection)
    await _count(work, user)
    await forget_unneeded_codes(work, user)
    work.audit(EventType.PASSKEY_REMOVED, of=passkey, before={"user": user.name, "site": passkey.rp_id})


async def _count(work: Work, user: User) -> None:
    user.passkeys = await Passkey.filter(user_id=user.id).using_db(work.connection).count()
    await user.save(using_db=work.connection, update_fields=["passkeys"])
