"""Tokens: how programs come in, for the person or the service account that they belong to.

A token is `dw_` and 32 random bytes, shown once. It may what it was given, but never more than its user may now; it
never looks after accounts, so that a stolen one makes no other.
"""

import hashlib
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q

from doorward.acs import check
from doorward.acs.actor import Actor, Permission, anonymous
from doorward.acs.domain import Domain
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.keyset import NAMES, named, page_rows, where
from doorward.acs.operation import Work, operation
from doorward.acs.paging import Page, PageRequest
from doorward.acs.privilege import PRIVILEGES
from doorward.acs.reach import EVERYWHERE, Places
from doorward.acs.users.escalation import lacking_of, privileges_of
from doorward.acs.users.grants import checked_places, read_places, stored_places
from doorward.acs.users.models import Token, User, UserKind
from doorward.acs.users.own import confirm_oneself
from doorward.acs.users.privileges import Privileges, reach_of, read_reaches

PREFIX = "dw_"
"""By which scanners of published code find tokens."""
USE_NOTED_EVERY = timedelta(seconds=60)
MOST_OF_ONE_USER = 50
MOST_NETWORKS = 20
_BYTES = 32
_LONGEST = 100
_NEVER = frozenset({Permission.ACCOUNT_OWN})


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token to make: `networks` in CIDR notation, none: from everywhere. `places` None: wherever its user may."""

    name: str
    permissions: Sequence[Permission]
    expires_at: datetime
    networks: Sequence[str] = ()
    places: Places = None


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A token and its text, shown this once."""

    token: Token
    text: str


async def create_own_token(domain: Domain, actor: Actor, password: str, given: NewToken) -> MadeToken:
    """A token for oneself, who knows the password: a stolen session makes none that outlives it."""
    await confirm_oneself(domain, actor, password, "password")
    return await add_own_token(domain, actor, given)


@operation(Permission.ACCOUNT_OWN)
async def add_own_token(work: Work, given: NewToken) -> MadeToken:
    """The part of `create_own_token` that comes once the password is confirmed."""
    user = await User.get_or_none(id=work.actor.user_id or "", using_db=work.connection)
    if user is None:
        raise NotFound("There is no such user.")
    return await _make(work, user, given)


@operation(Permission.USER_WRITE)
async def create_service_token(work: Work, user_id: str, given: NewToken) -> MadeToken:
    """A token for a service account. Nobody makes one in the name of another person."""
    user = await User.get_or_none(id=user_id, using_db=work.connection)
    if user is None:
        raise NotFound("There is no such service account.", "userId")
    if user.kind is not UserKind.SERVICE:
        raise Conflict(f"{user.name} is a person, who alone can make tokens for themselves.", "userId")
    return await _make(work, user, given)


@operation(Permission.USER_WRITE)
async def revoke_token(work: Work, token_id: str) -> None:
    """A token counts no more, whosever it is."""
    await _revoke(work, await Token.get_or_none(id=token_id, using_db=work.connection))


@operation(Permission.ACCOUNT_OWN)
async def revoke_own_token(work: Work, token_id: str) -> None:
    """A token of one's own counts no more."""
    own = Token.get_or_none(id=token_id, user_id=work.actor.user_id or "", using_db=work.connection)
    await _revoke(work, await own)


async def page_tokens(
    domain: Domain, actor: Actor, request: PageRequest, *, user_id: str | None = None, expired: bool | None = None
) -> Page[Token]:
    """Everybody's tokens, or one user's, by name, with their users."""
    actor.require(Permission.USER_WRITE)
    rows = where(named(Token.all(), request), user_id=user_id)
    if expired is not None:
        over = Q(expires_at__lte=domain.clock())
        rows = rows.filter(over if expired else ~over)
    return await page_rows(rows.select_related("user"), NAMES, request)


async def own_tokens(actor: Actor, request: PageRequest) -> Page[Token]:
    """The tokens of whoever asks, by name."""
    actor.require(Permission.ACCOUNT_OWN)
    rows = named(Token.filter(user_id=actor.user_id or ""), request)
    return await page_rows(rows.select_related("user"), NAMES, request)


async def actor_of_token(domain: Domain, text: str, address: str | None, *, used: bool = True) -> Actor:
    """Who a token speaks for; anonymous when it is unknown, expired, or comes from where it does not count."""
    if not text.startswith(PREFIX) or len(text) > _LONGEST:
        return anonymous(address)
    token = await Token.get_or_none(token_hash=_hash(text)).prefetch_related("user")
    now = domain.clock()
    if token is None or token.expires_at <= now or not token.user.enabled or not _counts_from(token.networks, address):
        return anonymous(address)
    if used and (
        token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY or token.last_address != address
    ):
        await Token.filter(id=token.id).update(last_used_at=now, last_address=address)
    may = await domain.privileges.of(token.user)
    places = read_places(token.places)
    within = reach_of(places, await read_reaches([places]))
    may = may.narrowed(_known(token.permissions) - _NEVER, within)
    named = (token.id, token.name)
    return Actor(
        token.user_id,
        token.user.name,
        may.permissions,
        "token",
        address,
        may.clearance,
        named,
        reaches=may.reaches,
        windows=may.windows,
    )


def _known(permissions: Sequence[str]) -> frozenset[Permission]:
    """Those that this version knows."""
    return frozenset(permission for permission in Permission if permission.value in permissions)


async def _make(work: Work, user: User, given: NewToken) -> MadeToken:
    name = check.text(given.name, "name", longest=100)
    if await Token.filter(user_id=user.id).using_db(work.connection).count() >= MOST_OF_ONE_USER:
        raise Conflict(f"{user.name} has {MOST_OF_ONE_USER} tokens. Revoke one that is not used.")
    may = await privileges_of(work, user)
    permissions = _permissions(work.actor, may, given.permissions)
    places = checked_places(given.places, "places")
    for place in places or ():
        if place.kind not in {kind for permission in given.permissions for kind in PRIVILEGES[permission].scopes}:
            raise ValidationFailed(f"None of these permissions is given for a {place.kind.value}.", "permissions")
    networks = _networks(given.networks)
    await _check_end(work, given.expires_at)
    text = PREFIX + secrets.token_urlsafe(_BYTES)
    token = await Token.create(
        using_db=work.connection,
        id=new_id(),
        user_id=user.id,
        name=name,
        token_hash=_hash(text),
        permissions=permissions,
        places=stored_places(places),
        networks=networks,
        created_at=work.now,
        expires_at=given.expires_at,
    )
    token.user = user
    after = {
        "user": user.name,
        "permissions": permissions,
        "places": stored_places(places),
        "networks": networks,
        "expires_at": given.expires_at,
    }
    work.audit(EventType.TOKEN_CREATED, of=token, after=after)
    return MadeToken(token, text)


async def _revoke(work: Work, token: Token | None) -> None:
    if token is None:
        raise NotFound("There is no such token any more.", "id")
    await token.fetch_related("user", using_db=work.connection)
    work.audit(EventType.TOKEN_REVOKED, of=token, before={"user": token.user.name})
    await token.delete(using_db=work.connection)


def _permissions(maker: Actor, user: Privileges, wanted: Sequence[Permission]) -> list[str]:
    """What a token may: nothing that its user may not, nor, as its user may it, its maker."""
    if not wanted:
        raise ValidationFailed("A token needs at least one permission.", "permissions")
    beyond = (frozenset(wanted) & _NEVER) | (frozenset(wanted) - user.somewhere)
    beyond |= lacking_of(maker, user.narrowed(wanted, EVERYWHERE))
    if beyond:
        raise ValidationFailed(f"This token cannot have the permission {min(beyond).value}.", "permissions")
    return sorted({permission.value for permission in wanted})


def _networks(given: Sequence[str]) -> list[str]:
    if len(given) > MOST_NETWORKS:
        raise ValidationFailed(f"A token has at most {MOST_NETWORKS} networks.", "networks")
    try:
        return [str(ipaddress.ip_network(each.strip(), strict=True)) for each in given]
    except ValueError as error:
        raise ValidationFailed(
            f"{error}: a network is written as 192.0.2.0/24 or 2001:db8::/32, one address as 192.0.2.7.", "networks"
        ) from error


async def _check_end(work: Work, expires_at: datetime) -> None:
    if expires_at.tzinfo is None or expires_at <= work.now:
        raise ValidationFailed(
            "Give a time in the future with its zone, for example 2030-01-31T12:00:00Z.", "expiresAt"
        )
    days = (await work.domain.rules.now()).longest_token_days
    if expires_at > work.now + timedelta(days=days):
        raise ValidationFailed(f"A token lasts {days} days at most.", "expiresAt")


def _counts_from(networks: Sequence[str], address: str | None) -> bool:
    if not networks:
        return True
    try:
        source = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    if isinstance(source, ipaddress.IPv6Address) and source.ipv4_mapped is not None:
        source = source.ipv4_mapped
    return any(source in ipaddress.ip_network(each) for each in networks)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
