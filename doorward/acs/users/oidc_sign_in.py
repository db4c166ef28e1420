"""Signing in elsewhere: the authorization code flow with PKCE (RFC 7636), bound to the browser that began it.

Who somebody is here goes by issuer and subject alone. Nobody is found by a name or an e-mail address, which others
may be able to choose for themselves.
"""

import hmac
import logging
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from doorward.acs import check
from doorward.acs.actor import HIGHEST_CLEARANCE, Actor, Permission, Role
from doorward.acs.domain import Domain
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.events.log import NewEvent
from doorward.acs.events.operations import record_system_event
from doorward.acs.identity import new_id
from doorward.acs.keyset import ID, NAMES, Column, NameOrder, Order, Orders, named, page_rows, where
from doorward.acs.operation import Work, operation
from doorward.acs.paging import Page, PageRequest
from doorward.acs.users.escalation import look_after
from doorward.acs.users.models import OidcLink, OidcProvider, OidcSession, User
from doorward.acs.users.oidc_check import NotBelieved, check_issuer, claim, claims_of, groups_in, role_for
from doorward.acs.users.oidc_client import Client, Tokens, Unreachable
from doorward.acs.users.oidc_providers import issuer_of, redirect_uri, secret_of
from doorward.acs.users.operations import add_user_elsewhere, update_user
from doorward.acs.users.own import confirm_oneself, oneself
from doorward.acs.users.sessions import Caller, token_hash
from doorward.acs.users.sign_in import SignedIn, begin_session

_BYTES = 32
_LONGEST_PARAMETER = 4_000

logger = logging.getLogger(__name__)


class OidcProblem(StrEnum):
    """Why somebody does not get in by a provider: what the sign-in page has words for."""

    EXPIRED = "expired"
    CANCELLED = "cancelled"
    UNREACHABLE = "unreachable"
    NOT_BELIEVED = "not_believed"
    NO_GROUP = "no_group"
    NO_NAME = "no_name"
    UNKNOWN = "unknown"
    NAME_TAKEN = "name_taken"
    DISABLED = "disabled"
    LAST_ADMINISTRATOR = "last_administrator"
    LINKED_TO_ANOTHER = "linked_to_another"
    NO_ADDRESS = "no_address"
    WAIT = "wait"


class OidcRefused(Exception):
    """Somebody does not get in by a provider: `problem` is for them, `message` for whoever reads the log."""

    def __init__(self, problem: OidcProblem, detail: str = "") -> None:
        self.message = detail or problem.value
        super().__init__(self.message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and the handle for its cookie."""

    url: str
    handle: str


@dataclass(frozen=True, slots=True)
class Errand:
    """A sign-in that was begun: what must come back with it. `actor` is who is to be connected (None: a sign-in)."""

    provider_id: str
    state: str
    nonce: str
    verifier: str
    redirect_uri: str
    actor: Actor | None = None


@dataclass(frozen=True, slots=True)
class CameBack:
    """What the browser brings from the provider."""

    state: str | None
    code: str | None
    issuer: str | None
    error: str | None


async def begin_oidc(domain: Domain, provider_id: str, address: str | None, actor: Actor | None = None) -> Begun:
    """Send a browser to a provider. Raises OidcRefused."""
    if domain.sign_ins.wait(address).total_seconds() > 0:
        raise OidcRefused(OidcProblem.WAIT)
    provider = await OidcProvider.get_or_none(id=provider_id, enabled=True)
    if provider is None:
        raise OidcRefused(OidcProblem.EXPIRED, "There is no such provider any more.")
    back = redirect_uri(domain)
    if back is None:
        raise OidcRefused(OidcProblem.NO_ADDRESS)
    try:
        discovery = await domain.oidc.discover(issuer_of(provider))
    except Unreachable as error:
        logger.warning("the sign-in provider %s: %s", provider.name, error)
        raise OidcRefused(OidcProblem.UNREACHABLE, str(error)) from error
    state, nonce, verifier = (secrets.token_urlsafe(_BYTES) for _ in range(3))
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": " ".join(provider.scopes),
        "state": state,
        "nonce": nonce,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    joint = "&" if urlsplit(discovery.authorization_endpoint).query else "?"
    errand = Errand(provider.id, state, nonce, verifier, back, actor)
    url = f"{discovery.authorization_endpoint}{joint}{urlencode(asked)}"
    return Begun(url, domain.errands.keep(errand, address))


async def begin_oidc_link(domain: Domain, actor: Actor, password: str | None, provider_id: str) -> Begun:
    """Send somebody who is signed in to a provider, to be connected with whom they are there."""
    await confirm_oneself(domain, actor, password or "", "password", fresh_counts=True)
    try:
        return await begin_oidc(domain, provider_id, actor.address, actor)
    except OidcRefused as error:
        raise Conflict(_words(error), "providerId") from error


def _words(error: OidcRefused) -> str:
    if error.problem is OidcProblem.NO_ADDRESS:
        return "The server does not know its own address. Start it with --public-url."
    if error.problem is OidcProblem.UNREACHABLE:
        return f"The provider does not answer as it should. {error.message}"
    return "There is no such provider." if error.problem is OidcProblem.EXPIRED else "Try again in a few minutes."


async def finish_oidc(domain: Domain, handle: str | None, back: CameBack, caller: Caller) -> SignedIn | None:
    """The browser came back: a session, or None where somebody was connected. Raises OidcRefused."""
    errand = domain.errands.take(handle)
    if errand is None or not hmac.compare_digest((back.state or "").encode(), errand.state.encode()):
        raise OidcRefused(OidcProblem.EXPIRED)
    if domain.sign_ins.wait(caller.address).total_seconds() > 0:
        raise OidcRefused(OidcProblem.WAIT)
    domain.sign_ins.failed(caller.address)
    provider = await OidcProvider.get_or_none(id=errand.provider_id, enabled=True)
    if provider is None:
        raise OidcRefused(OidcProblem.EXPIRED)
    try:
        tokens, claims = await _believed(domain, provider, errand, back)
        signed_in = await _let_in(domain, provider, errand, claims, tokens, caller)
    except OidcRefused as error:
        if error.problem is not OidcProblem.CANCELLED:
            await _tell_refused(domain, provider, error, caller)
        raise
    domain.sign_ins.forgive(caller.address)
    return signed_in


async def end_session_url(domain: Domain, token: str) -> str | None:
    """Where to send a browser that signs out here, so that it is signed out where it signed in; None: nowhere."""
    row = await OidcSession.get_or_none(session_id=token_hash(token)).prefetch_related("provider")
    if row is None or domain.web.main is None:
        return None
    try:
        endpoint = (await domain.oidc.discover(issuer_of(row.provider))).end_session_endpoint
    except Unreachable:
        return None
    if endpoint is None:
        return None
    hint = domain.sealer.open(bytes(row.sealed_id_token), _token_context(row.session_id)).decode()
    asked = {
        "id_token_hint": hint,
        "client_id": row.provider.client_id,
        "post_logout_redirect_uri": f"{domain.web.main}/",
    }
    return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"


async def _believed(
    domain: Domain, provider: OidcProvider, errand: Errand, back: CameBack
) -> tuple[Tokens, dict[str, Any]]:
    """Exchange the code, and read what the provider says about whom."""
    whom = issuer_of(provider)
    if back.error is not None:
        raise OidcRefused(OidcProblem.CANCELLED, f"The provider says: {back.error[:100]}")
    if not back.code or len(back.code) > _LONGEST_PARAMETER:
        raise OidcRefused(OidcProblem.EXPIRED)
    try:
        discovery = await domain.oidc.discover(whom)
        check_issuer(back.issuer, provider.issuer, told=discovery.tells_issuer)
        client = Client(provider.client_id, secret_of(domain, provider))
        tokens = await domain.oidc.exchange(whom, client, back.code, errand.verifier, errand.redirect_uri)
        claims = await _claims(domain, provider, errand, tokens)
        if tokens.access_token is not None and _lacks(provider, claims):
            more = await domain.oidc.userinfo(whom, tokens.access_token)
            # OpenID Connect Core 5.3.2: it counts only if it is about the same subject.
            claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
    except Unreachable as error:
        raise OidcRefused(OidcProblem.UNREACHABLE, str(error)) from error
    except NotBelieved as error:
        raise OidcRefused(OidcProblem.NOT_BELIEVED, str(error)) from error
    return tokens, claims


async def _claims(domain: Domain, provider: OidcProvider, errand: Errand, tokens: Tokens) -> dict[str, Any]:
    whom, now = issuer_of(provider), domain.clock()
    algorithms = (await domain.oidc.discover(whom)).algorithms
    for anew in (False, True):
        keys = await domain.oidc.keys(whom, anew=anew)
        try:
            return claims_of(tokens.id_token, keys, algorithms, provider.issuer, provider.client_id, errand.nonce, now)
        except NotBelieved:
            # Its keys may have changed since they were asked for.
            if anew:
                raise
    raise AssertionError("the second attempt returns or raises")


def _lacks(provider: OidcProvider, claims: dict[str, Any]) -> bool:
    wanted = [provider.name_claim, *([provider.group_claim] if provider.group_claim else [])]
    return any(claim(claims, name) is None for name in wanted)


async def _let_in(
    domain: Domain, provider: OidcProvider, errand: Errand, claims: dict[str, Any], tokens: Tokens, caller: Caller
) -> SignedIn | None:
    subject = str(claims["sub"])
    link = await OidcLink.get_or_none(
        provider_id=provider.id, issuer=provider.issuer, subject=subject
    ).prefetch_related("user")
    if errand.actor is not None:
        await _connect(domain, errand.actor, provider, subject, link)
        return None
    role = role_for(provider.groups, groups_in(claims, provider.group_claim)) if provider.group_claim else None
    if provider.group_claim and role is None:
        raise OidcRefused(OidcProblem.NO_GROUP, f"{_shown(claims, provider)} is in no group that has a role here.")
    user = await _whoever(domain, provider, link, subject, claims, role, caller)
    if not user.enabled:
        raise OidcRefused(OidcProblem.DISABLED, f"{user.name} is disabled here.")
    if role is not None and role is not user.role:
        try:
            user = await update_user(domain, _as_provider(provider, caller), user.id, {"role": role})
        except Conflict as error:
            raise OidcRefused(OidcProblem.LAST_ADMINISTRATOR, error.message) from error
    signed_in = await begin_session(domain, user, caller, by=f"oidc:{provider.name}")
    session_id = token_hash(signed_in.token)
    await OidcSession.create(
        id=new_id(),
        session_id=session_id,
        provider_id=provider.id,
        sealed_id_token=domain.sealer.seal(tokens.id_token.encode(), _token_context(session_id)),
    )
    await OidcLink.filter(provider_id=provider.id, issuer=provider.issuer, subject=subject).update(
        last_used_at=domain.clock()
    )
    return signed_in


async def _whoever(
    domain: Domain,
    provider: OidcProvider,
    link: OidcLink | None,
    subject: str,
    claims: dict[str, Any],
    role: Role | None,
    caller: Caller,
) -> User:
    """Who it is here, made now if they are new and that is wanted."""
    if link is not None:
        return link.user
    shown = _shown(claims, provider)
    if not provider.creates_users or role is None:
        raise OidcRefused(OidcProblem.UNKNOWN, f"{shown} is not connected with anybody here.")
    name = claim(claims, provider.name_claim)
    try:
        checked = check.text(name if isinstance(name, str) else "", "name", longest=100)
    except ValidationFailed as error:
        raise OidcRefused(OidcProblem.NO_NAME, f"{provider.name_claim} of {subject[:100]} names nobody.") from error
    try:
        return await create_oidc_user(domain, _as_provider(provider, caller), checked, role, provider.id, subject)
    except Conflict as error:
        raise OidcRefused(OidcProblem.NAME_TAKEN, error.message) from error


@operation(Permission.USER_WRITE)
async def create_oidc_user(work: Work, name: str, role: Role, provider_id: str, subject: str) -> User:
    """Somebody who comes by a provider for the first time, without a password here."""
    provider = await OidcProvider.get(id=provider_id, using_db=work.connection)
    user = await add_user_elsewhere(work, name, role)
    await _link(work, user, provider, subject)
    return user


@operation(Permission.ACCOUNT_OWN)
async def link_oidc(work: Work, provider_id: str, subject: str) -> OidcLink:
    """Connect oneself with whom one is at a provider, who has just said so."""
    user = await oneself(work)
    provider = await OidcProvider.get(id=provider_id, using_db=work.connection)
    return await _link(work, user, provider, subject)


@operation(Permission.ACCOUNT_OWN)
async def unlink_oidc(work: Work, link_id: str) -> User:
    """One is nobody at a provider any more. Refused for the last way to sign in."""
    user = await oneself(work)
    own = OidcLink.filter(id=link_id, user_id=user.id).using_db(work.connection)
    link = await own.first().prefetch_related("provider")
    if link is None:
        raise NotFound("You are not connected there any more.", "id")
    if link.provider.exclusive and link.provider.enabled:
        raise Conflict(f"Your sign-in is looked after by {link.provider.name}. Ask an administrator.", "id")
    others = OidcLink.filter(user_id=user.id, provider__enabled=True).exclude(id=link.id).using_db(work.connection)
    if not user.password_hash and not user.passkeys and not await others.exists():
        raise Conflict("You could not sign in any more. Set a password or add a passkey first.", "id")
    await _unlink(work, user, link)
    return user


@operation(Permission.USER_WRITE)
async def remove_oidc_link(work: Work, link_id: str) -> User:
    """Somebody else is nobody at a provider any more."""
    link = await OidcLink.filter(id=link_id).using_db(work.connection).first().prefetch_related("provider", "user")
    if link is None:
        raise NotFound("They are not connected there any more.", "id")
    if link.user_id == work.actor.user_id:
        raise Conflict("Disconnect yourself under your account.", "id")
    await look_after(work, link.user)
    await _unlink(work, link.user, link)
    return link.user


class OidcLinkOrder(StrEnum):
    """How connections with providers can be ordered: by the provider's name, by the user's, or the last made first."""

    PROVIDER = "provider"
    """By the name of the provider."""
    USER = "user"
    """By the name of the user."""
    NEWEST = "newest"
    """The last made first."""


_LINKS: Orders = {
    OidcLinkOrder.PROVIDER: Order("provider", (Column("provider__name"), ID)),
    OidcLinkOrder.USER: Order("user", (Column("user__name"), ID)),
    OidcLinkOrder.NEWEST: NAMES[NameOrder.NEWEST],
}


async def own_oidc_links(actor: Actor, request: PageRequest) -> Page[OidcLink]:
    """Where whoever asks is connected."""
    actor.require(Permission.ACCOUNT_OWN)
    rows = OidcLink.filter(user_id=actor.user_id or "").select_related("provider", "user")
    return await page_rows(rows, _LINKS, request)


async def page_oidc_links(
    actor: Actor, request: PageRequest, *, user_id: str | None = None, provider_id: str | None = None
) -> Page[OidcLink]:
    """Where everybody is connected, or one user, or who is connected with one provider."""
    actor.require(Permission.USER_WRITE)
    rows = named(OidcLink.all().select_related("provider", "user"), request, "user__name", "subject")
    return await page_rows(where(rows, user_id=user_id, provider_id=provider_id), _LINKS, request)


async def _connect(domain: Domain, actor: Actor, provider: OidcProvider, subject: str, link: OidcLink | None) -> None:
    user = await User.get_or_none(id=actor.user_id or "", enabled=True)
    if user is None or (link is not None and link.user_id != actor.user_id):
        raise OidcRefused(OidcProblem.LINKED_TO_ANOTHER, "This account is connected with another user here.")
    if link is None:
        await link_oidc(domain, actor, provider.id, subject)


async def _link(work: Work, user: User, provider: OidcProvider, subject: str) -> OidcLink:
    link = await OidcLink.create(
        using_db=work.connection,
        id=new_id(),
        user_id=user.id,
        provider_id=provider.id,
        issuer=provider.issuer,
        subject=subject,
        created_at=work.now,
    )
    link.user, link.provider = user, provider
    work.audit(EventType.OIDC_LINKED, of=user, after={"provider": provider.name, "subject": subject})
    return link


async def _unlink(work: Work, user: User, link: OidcLink) -> None:
    work.audit(EventType.OIDC_UNLINKED, of=user, before={"provider": link.provider.name, "subject": link.subject})
    await link.delete(using_db=work.connection)


def _as_provider(provider: OidcProvider, caller: Caller) -> Actor:
    """Who changes a user whom a provider has spoken of: who may all that its groups were mapped to by such a one."""
    every = frozenset(Permission)
    return Actor(None, provider.name, every, "oidc", caller.address, HIGHEST_CLEARANCE)


def _shown(claims: dict[str, Any], provider: OidcProvider) -> str:
    name = claim(claims, provider.name_claim)
    shown = name if isinstance(name, str) and name.isprintable() else str(claims["sub"])
    return shown[:100]


def _token_context(session_id: str) -> str:
    return f"oidc id token {session_id}"


async def _tell_refused(domain: Domain, provider: OidcProvider, error: OidcRefused, caller: Caller) -> None:
    data = {
        "means": "oidc",
        "address": caller.address,
        "provider": {"id": provider.id, "name": provider.name},
        "problem": error.problem.value,
        "detail": error.message[:500],
    }
    await record_system_event(domain, NewEvent(EventType.OIDC_REFUSED, domain.clock(), data=data))
