"""OpenID Connect providers: made, changed and deleted by those who look after users."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict
from urllib.parse import urlsplit

from doorward.acs import check
from doorward.acs.actor import Actor, Permission, Role
from doorward.acs.domain import Domain
from doorward.acs.errors import Conflict, NotFound, ValidationFailed
from doorward.acs.events.catalogue import EventType
from doorward.acs.identity import new_id
from doorward.acs.keyset import NAMES, named, page_rows, where
from doorward.acs.operation import Work, operation
from doorward.acs.paging import Page, PageRequest
from doorward.acs.users.escalation import may_give_role
from doorward.acs.users.models import OidcLink, OidcProvider, User
from doorward.acs.users.oidc_check import is_safe
from doorward.acs.users.oidc_client import Discovery, Issuer, Unreachable

CALLBACK_PATH = "/sign-in/oidc/callback"
MOST_PROVIDERS = 20
MOST_GROUPS = 500
MOST_SCOPES = 20
MOST_HOSTS = 20
_OPENID = "openid"
_NAMED = 5


@dataclass(frozen=True, slots=True)
class NewProvider:
    """A provider to make; see the model. `client_secret` None: it knows this site as a public client."""

    name: str
    issuer: str
    client_id: str
    client_secret: str | None = None
    scopes: Sequence[str] = ("openid", "profile")
    hosts: Sequence[str] = ()
    name_claim: str = "preferred_username"
    group_claim: str | None = None
    groups: Mapping[str, Role] = field(default_factory=dict)
    creates_users: bool = False
    exclusive: bool = False
    enabled: bool = True


class ProviderChanges(TypedDict, total=False):
    """What to change; a missing key stays as it is. With another issuer or other hosts the secret is given anew."""

    name: str
    issuer: str
    client_id: str
    client_secret: str | None
    scopes: Sequence[str]
    hosts: Sequence[str]
    name_claim: str
    group_claim: str | None
    groups: Mapping[str, Role]
    creates_users: bool
    exclusive: bool
    enabled: bool


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of asking a provider: what it says of itself, or why that cannot be used."""

    discovery: Discovery | None
    keys: int
    problem: str | None


@operation(Permission.USER_WRITE)
async def create_oidc_provider(work: Work, given: NewProvider) -> OidcProvider:
    """Somewhere else where people of this site sign in. Nobody maps a group to a role that may more than they do."""
    if await OidcProvider.all().using_db(work.connection).count() >= MOST_PROVIDERS:
        raise Conflict(f"There are {MOST_PROVIDERS} providers, which are the most.")
    row = OidcProvider(id=new_id(), sealed_secret=None, version=1)
    changes: ProviderChanges = {
        "name": given.name,
        "issuer": given.issuer,
        "client_id": given.client_id,
        "client_secret": given.client_secret,
        "scopes": given.scopes,
        "hosts": given.hosts,
        "name_claim": given.name_claim,
        "group_claim": given.group_claim,
        "groups": given.groups,
        "creates_users": given.creates_users,
        "exclusive": given.exclusive,
        "enabled": given.enabled,
    }
    await _apply(work, row, changes)
    _may_map(work, row)
    await row.save(using_db=work.connection, force_create=True)
    work.audit(EventType.OIDC_PROVIDER_CREATED, of=row, after=_told(row))
    return row


@operation(Permission.USER_WRITE)
async def update_oidc_provider(
    work: Work, provider_id: str, changes: ProviderChanges, expected_version: int | None = None
) -> OidcProvider:
    """Change a provider. With another issuer, nobody is who they were there. Only by who may all that it gives."""
    row = await _locked(work, provider_id)
    check.version(row.version, expected_version)
    _may_map(work, row)
    before, secret = _told(row), row.sealed_secret
    await _apply(work, row, changes)
    _may_map(work, row)
    moved = row.issuer != before["issuer"] or set(row.hosts) - set(before["hosts"])
    if moved and row.sealed_secret is not None and "client_secret" not in changes:
        raise ValidationFailed("Give the client secret anew: it will be sent to another host.", "clientSecret")
    after = _told(row)
    if row.sealed_secret != secret:
        before["client_secret"], after["client_secret"] = "old", "new"
    if before == after:
        return row
    row.version += 1
    await row.save(using_db=work.connection)
    work.audit(EventType.OIDC_PROVIDER_UPDATED, of=row, before=before, after=after)
    return row


@operation(Permission.USER_WRITE)
async def delete_oidc_provider(work: Work, provider_id: str, expected_version: int | None = None) -> None:
    """Delete a provider. Refused while somebody could not sign in any more without it."""
    row = await _locked(work, provider_id)
    check.version(row.version, expected_version)
    ids = await OidcLink.filter(provider_id=row.id).using_db(work.connection).values_list("user_id", flat=True)
    stranded = User.filter(id__in=list(ids), password_hash="", passkeys=0).using_db(work.connection)
    names: list[str] = [user.name for user in await stranded.order_by("name")]
    if names:
        more = f" and {len(names) - _NAMED} others" if len(names) > _NAMED else ""
        raise Conflict(
            f"{', '.join(names[:_NAMED])}{more} could not sign in any more. Give them a password or delete them "
            "first; or disable the provider."
        )
    work.audit(EventType.OIDC_PROVIDER_DELETED, of=row, before=_told(row))
    await row.delete(using_db=work.connection)


async def page_oidc_providers(actor: Actor, request: PageRequest, *, enabled: bool | None = None) -> Page[OidcProvider]:
    """Providers, by name."""
    actor.require(Permission.USER_WRITE)
    return await page_rows(where(named(OidcProvider.all(), request), enabled=enabled), NAMES, request)


async def enabled_oidc_providers() -> list[OidcProvider]:
    """Where somebody can sign in now, by name. What the sign-in page shows of them is id and name, to everybody."""
    return await OidcProvider.filter(enabled=True).order_by("name")


async def try_oidc_provider(domain: Domain, actor: Actor, provider_id: str) -> Tested:
    """Ask a provider anew what it says of itself, and for its keys."""
    actor.require(Permission.USER_WRITE)
    row = await OidcProvider.get_or_none(id=provider_id)
    if row is None:
        raise NotFound("There is no such provider.", "id")
    whom = issuer_of(row)
    try:
        discovery = await domain.oidc.discover(whom, anew=True)
        keys = await domain.oidc.keys(whom)
    except Unreachable as error:
        return Tested(None, 0, str(error))
    return Tested(discovery, len(keys.keys), None)


def issuer_of(row: OidcProvider) -> Issuer:
    """Whom to ask about a provider's people."""
    return Issuer(row.issuer, tuple(row.hosts))


def secret_of(domain: Domain, row: OidcProvider) -> str | None:
    """What this site shows the provider; None: nothing."""
    if row.sealed_secret is None:
        return None
    return domain.sealer.open(bytes(row.sealed_secret), _context(row)).decode()


def redirect_uri(domain: Domain) -> str | None:
    """Where providers send people back to, exactly so; None: the server does not know its own address."""
    return None if domain.web.main is None else domain.web.main + CALLBACK_PATH


def _context(row: OidcProvider) -> str:
    return f"oidc client secret {row.id}"


async def _locked(work: Work, provider_id: str) -> OidcProvider:
    row = await OidcProvider.select_for_update().using_db(work.connection).get_or_none(id=provider_id)
    if row is None:
        raise NotFound("There is no such provider.", "id")
    return row


def _told(row: OidcProvider) -> dict[str, Any]:
    return {
        "name": row.name,
        "issuer": row.issuer,
        "client_id": row.client_id,
        "scopes": list(row.scopes),
        "hosts": list(row.hosts),
        "name_claim": row.name_claim,
        "group_claim": row.group_claim,
        "groups": dict(row.groups),
        "creates_users": row.creates_users,
        "exclusive": row.exclusive,
        "enabled": row.enabled,
    }


def _may_map(work: Work, row: OidcProvider) -> None:
    for role in sorted(set(row.groups.values())):
        may_give_role(work, Role(role), "groups")


async def _apply(work: Work, row: OidcProvider, changes: ProviderChanges) -> None:
    if "name" in changes:
        row.name = await _free_name(work, changes["name"], row)
    _apply_place(work, row, changes)
    _apply_people(row, changes)


def _apply_place(work: Work, row: OidcProvider, changes: ProviderChanges) -> None:
    """Where it is, and what it knows this site as."""
    if "issuer" in changes:
        row.issuer = _issuer(changes["issuer"])
    if "client_id" in changes:
        row.client_id = check.text(changes["client_id"], "clientId", longest=200)
    if "client_secret" in changes:
        row.sealed_secret = _sealed(work, row, changes["client_secret"])
    if "scopes" in changes:
        row.scopes = _scopes(changes["scopes"])
    if "hosts" in changes:
        row.hosts = _hosts(changes["hosts"])


def _apply_people(row: OidcProvider, changes: ProviderChanges) -> None:
    """Who its people are here."""
    if "name_claim" in changes:
        row.name_claim = check.text(changes["name_claim"], "nameClaim", longest=100)
    if "group_claim" in changes:
        claim = changes["group_claim"]
        row.group_claim = check.text(claim, "groupClaim", longest=100) if claim and claim.strip() else None
    if "groups" in changes:
        row.groups = _groups(changes["groups"])
    for name in ("creates_users", "exclusive", "enabled"):
        if name in changes:
            setattr(row, name, changes[name])
    if row.creates_users and (row.group_claim is None or not row.groups):
        raise ValidationFailed("Whoever is created gets their role from a group: map one first.", "createsUsers")
    if row.group_claim is not None and not row.groups:
        raise ValidationFailed("Nobody would get in: give at least one group a role.", "groups")


async def _free_name(work: Work, name: str, row: OidcProvider) -> str:
    name = check.text(name, "name", longest=100)
    if await OidcProvider.filter(name__iexact=name).exclude(id=row.id).using_db(work.connection).exists():
        raise Conflict(f"There is a provider called {name} already.", "name")
    return name


def _issuer(given: str) -> str:
    given = check.text(given, "issuer", longest=500)
    try:
        parts = urlsplit(given)
        _ = parts.port
        fits = is_safe(given) and not parts.query and not parts.fragment and parts.username is None
    except ValueError:
        fits = False
    if not fits:
        raise ValidationFailed("An issuer is an address such as https://id.example.com, with https.", "issuer")
    return given


def _sealed(work: Work, row: OidcProvider, secret: str | None) -> bytes | None:
    if not secret:
        return None
    return work.domain.sealer.seal(check.text(secret, "clientSecret", longest=1_000).encode(), _context(row))


def _scopes(given: Sequence[str]) -> list[str]:
    scopes = list(dict.fromkeys([_OPENID, *(each.strip() for each in given if each.strip())]))
    if len(scopes) > MOST_SCOPES:
        raise ValidationFailed(f"{MOST_SCOPES} scopes are the most.", "scopes")
    for each in scopes:
        if len(each) > 100 or not (each.isascii() and each.isprintable()) or " " in each or '"' in each:
            raise ValidationFailed(f"{each[:100]} is no scope.", "scopes")
    return scopes


def _hosts(given: Sequence[str]) -> list[str]:
    hosts = list(dict.fromkeys(each.strip().lower() for each in given if each.strip()))
    if len(hosts) > MOST_HOSTS:
        raise ValidationFailed(f"{MOST_HOSTS} hosts are the most.", "hosts")
    for each in hosts:
        try:
            fits = len(each) <= 255 and urlsplit(f"https://{each}").netloc == each and "@" not in each
            _ = urlsplit(f"https://{each}").port
        except ValueError:
            fits = False
        if not fits:
            raise ValidationFailed(
                f"{each[:100]} is no host, such as keys.example.com or keys.example.com:8443.", "hosts"
            )
    return hosts


def _groups(given: Mapping[str, Role]) -> dict[str, str]:
    if len(given) > MOST_GROUPS:
        raise ValidationFailed(f"{MOST_GROUPS} groups are the most.", "groups")
    if Role.NONE in given.values():
        raise ValidationFailed("Give each group a role that lets somebody do something.", "groups")
    return {check.text(group, "groups", longest=255): role.value for group, role in given.items()}
