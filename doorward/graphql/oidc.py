"""Signing in elsewhere (OpenID Connect) in the API: providers, and who is who there."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import strawberry
from strawberry import UNSET

from doorward.acs import actor as actors
from doorward.acs.users import models
from doorward.acs.users.oidc_providers import (
    NewProvider,
    ProviderChanges,
    create_oidc_provider,
    delete_oidc_provider,
    enabled_oidc_providers,
    page_oidc_providers,
    redirect_uri,
    try_oidc_provider,
    update_oidc_provider,
)
from doorward.acs.users.oidc_sign_in import (
    begin_oidc_link,
    own_oidc_links,
    page_oidc_links,
    remove_oidc_link,
    unlink_oidc,
)
from doorward.graphql.context import ERRAND_COOKIE, ERRAND_PATH, ERRAND_S, ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import NameOrder, OidcLinkOrder, Role
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import Node, by_actor, each, listed
from doorward.graphql.users import UserPayload, user_shown


@strawberry.type(description="Where somebody can sign in: what the sign-in page shows.")
class SignInChoice:
    """A provider as everybody sees it."""

    id: strawberry.ID
    name: str
    start_path: str = strawberry.field(description="Where to send the browser.")


@strawberry.type(description="The role of those in a group of a provider.")
class GroupRole:
    """One line of the mapping."""

    group: str
    """The group, as the provider calls it."""
    role: Role
    """What its members may here."""


@strawberry.input(description="The role of those in a group of a provider.")
class GroupRoleInput:
    """See GroupRole."""

    group: str
    role: Role


@strawberry.type(description="An OpenID Connect provider, where people of this site sign in.")
class OidcProvider(Node):
    """A provider, without its secret."""

    id: strawberry.ID
    name: str = strawberry.field(description="What the sign-in page calls it.")
    issuer: str
    """Its issuer: the https address that its tokens name."""
    client_id: str
    """What the provider calls this server."""
    has_secret: bool = strawberry.field(description="Whether a client secret is kept, which is never shown.")
    scopes: list[str]
    """What is asked of it, openid among it."""
    hosts: list[str] = strawberry.field(description="Hosts besides the issuer's that the server may ask.")
    name_claim: str = strawberry.field(description="The claim that names people who are created.")
    group_claim: str | None = strawberry.field(
        description="The claim that lists groups, such as groups or realm_access.roles. Null: roles are given here."
    )
    groups: list[GroupRole] = strawberry.field(
        description="The highest role of somebody's groups is theirs, at each sign-in anew; in none of them: no way in."
    )
    creates_users: bool = strawberry.field(description="Whether people are created when they first come.")
    exclusive: bool = strawberry.field(description="Whether its people may sign in no other way.")
    enabled: bool
    """Whether people may sign in there."""
    redirect_uri: str | None = strawberry.field(
        description="What the provider must know as the redirect URI. Null: the server does not know its own address."
    )
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")


@strawberry.type(description="Who somebody is at a provider.")
class OidcLink(Node):
    """A user here and a subject there."""

    id: strawberry.ID
    user_id: strawberry.ID
    user_name: str
    provider_id: strawberry.ID
    provider_name: str
    subject: str = strawberry.field(description="The provider's own id for them (sub).")
    created_at: datetime
    last_used_at: datetime | None = strawberry.field(description="Null: never.")


@strawberry.input(description="A provider to create.")
class CreateOidcProviderInput(Keyed):
    """See OidcProvider."""

    name: str
    issuer: str
    client_id: str
    """What the provider knows this site as."""
    client_secret: str | None = None
    """The secret that the provider has given this site. Null: it is a public client."""
    scopes: list[str] = strawberry.field(default_factory=lambda: ["openid", "profile"])
    hosts: list[str] = strawberry.field(default_factory=list)
    """Hosts besides the issuer's that the server may ask, where the provider names such."""
    name_claim: str = "preferred_username"
    group_claim: str | None = None
    groups: list[GroupRoleInput] = strawberry.field(default_factory=list)
    """The role of each group of the provider; the highest of somebody's groups is theirs."""
    creates_users: bool = False
    exclusive: bool = False
    enabled: bool = True


@strawberry.input(description="What to change of a provider; a field left out stays as it is.")
class UpdateOidcProviderInput(Keyed):
    """See OidcProvider."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    issuer: str | None = UNSET
    client_id: str | None = UNSET
    client_secret: str | None = strawberry.field(
        default=UNSET, description="Null takes it away. With another issuer or more hosts it must be given anew."
    )
    scopes: list[str] | None = UNSET
    hosts: list[str] | None = UNSET
    name_claim: str | None = UNSET
    group_claim: str | None = UNSET
    groups: list[GroupRoleInput] | None = UNSET
    creates_users: bool | None = UNSET
    exclusive: bool | None = UNSET
    enabled: bool | None = UNSET


@strawberry.input(description="The provider to delete.")
class DeleteOidcProviderInput(Keyed):
    """See deleteOidcProvider."""

    id: strawberry.ID
    expected_version: int | None = None


@strawberry.input(description="The provider to ask.")
class TestOidcProviderInput(Keyed):
    """See testOidcProvider."""

    id: strawberry.ID


@strawberry.input(description="Where to be connected, and the password, or nothing within five minutes of signing in.")
class BeginOidcLinkInput(Keyed):
    """See beginOidcLink."""

    provider_id: strawberry.ID
    """Where to be connected."""
    password: str | None = None
    """One's own. Null: only within five minutes of signing in."""


@strawberry.input(description="A connection to end.")
class EndOidcLinkInput:
    """See unlinkOidc and removeOidcLink."""

    id: strawberry.ID


@strawberry.type(description="The provider as it now is, or why nothing was done.")
class OidcProviderPayload:
    """Result of a mutation of a provider."""

    provider: OidcProvider | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="What came of asking a provider.")
class OidcTestPayload:
    """Result of a test: `problem` says what must be mended; null: nothing."""

    problem: str | None = None
    """What must be mended, in a sentence; null: nothing."""
    authorization_endpoint: str | None = None
    """Where people sign in; null: not known."""
    token_endpoint: str | None = None
    """Where the server gets tokens; null: not known."""
    end_session_endpoint: str | None = None
    """Where sessions end; null: the provider has no such place, or it is not known."""
    algorithms: list[str] = strawberry.field(
        default_factory=list, description="Signatures of the provider that are taken."
    )
    keys: int = strawberry.field(default=0, description="How many keys it has for them.")
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="Where to send the browser, or why nowhere.")
class OidcLinkPayload:
    """Result of beginning to be connected."""

    url: str | None = None
    """Where to send the browser; null with errors."""
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _provider(info: ApiInfo, row: models.OidcProvider) -> OidcProvider:
    return OidcProvider(
        id=strawberry.ID(row.id),
        name=row.name,
        issuer=row.issuer,
        client_id=row.client_id,
        has_secret=row.sealed_secret is not None,
        scopes=list(row.scopes),
        hosts=list(row.hosts),
        name_claim=row.name_claim,
        group_claim=row.group_claim,
        groups=[GroupRole(group=group, role=actors.Role(role)) for group, role in row.groups.items()],
        creates_users=row.creates_users,
        exclusive=row.exclusive,
        enabled=row.enabled,
        redirect_uri=redirect_uri(info.context.domain),
        version=row.version,
    )


async def _providers(info: ApiInfo, rows: Sequence[models.OidcProvider]) -> list[OidcProvider]:
    return [_provider(info, row) for row in rows]


def _link(row: models.OidcLink) -> OidcLink:
    return OidcLink(
        id=strawberry.ID(row.id),
        user_id=strawberry.ID(row.user_id),
        user_name=row.user.name,
        provider_id=strawberry.ID(row.provider_id),
        provider_name=row.provider.name,
        subject=row.subject,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )


def _roles(given: list[GroupRoleInput]) -> dict[str, actors.Role]:
    return {each.group: each.role for each in given}


@strawberry.input(description="Which providers; what is left out, or null, does not restrict.")
class OidcProviderFilter:
    """See OidcProvider."""

    enabled: bool | None = None


@strawberry.input(description="Which connections; what is left out, or null, does not restrict.")
class OidcLinkFilter:
    """See OidcLink."""

    user_id: strawberry.ID | None = None
    provider_id: strawberry.ID | None = None


@strawberry.type
class OidcQuery:
    """Queries about providers."""

    @strawberry.field(description="Where else somebody can sign in, by name. Needs no permission.")
    async def sign_in_choices(self, info: ApiInfo) -> list[SignInChoice]:  # noqa: ARG002 - everybody sees the same
        return [
            SignInChoice(id=strawberry.ID(row.id), name=row.name, start_path=f"{ERRAND_PATH}/start/{row.id}")
            for row in await enabled_oidc_providers()
        ]

    oidc_providers = listed(
        OidcProvider,
        by_actor(page_oidc_providers),
        _providers,
        "Providers, by name. Permission: user.write.",
        filter=OidcProviderFilter,
        order=NameOrder,
        rows=models.OidcProvider,
    )

    own_oidc_links = listed(
        OidcLink,
        by_actor(own_oidc_links),
        each(_link),
        "Where one is connected oneself, by the provider's name. Permission: account.own.",
        search=None,
        order=OidcLinkOrder,
    )

    oidc_links = listed(
        OidcLink,
        by_actor(page_oidc_links),
        each(_link),
        "Where everybody is connected, by the provider's name. Permission: user.write.",
        filter=OidcLinkFilter,
        order=OidcLinkOrder,
        search="user's name and the subject",
        rows=models.OidcLink,
    )


@strawberry.type
class OidcMutation:
    """Changes to providers, and to who is who there."""

    @mutation(description="Create a provider. Permission: user.write.")
    async def create_oidc_provider(self, info: ApiInfo, input: CreateOidcProviderInput) -> OidcProviderPayload:
        given = NewProvider(
            input.name,
            input.issuer,
            input.client_id,
            input.client_secret,
            input.scopes,
            input.hosts,
            input.name_claim,
            input.group_claim,
            _roles(input.groups),
            input.creates_users,
            input.exclusive,
            input.enabled,
        )
        row = await create_oidc_provider(info.context.domain, info.context.actor, given)
        return OidcProviderPayload(provider=_provider(info, row))

    @mutation(
        description="Change a provider. With another issuer nobody is connected any more. Permission: user.write."
    )
    async def update_oidc_provider(self, info: ApiInfo, input: UpdateOidcProviderInput) -> OidcProviderPayload:
        context = info.context
        found = sent(input, ProviderChanges.__annotations__, may_be_null={"client_secret", "group_claim"})
        if "groups" in found:
            found["groups"] = _roles(found["groups"])
        changes = cast(ProviderChanges, found)
        row = await update_oidc_provider(context.domain, context.actor, input.id, changes, input.expected_version)
        return OidcProviderPayload(provider=_provider(info, row))

    @mutation(
        description="Delete a provider. Refused while somebody could not sign in any more without it. "
        "Permission: user.write."
    )
    async def delete_oidc_provider(self, info: ApiInfo, input: DeleteOidcProviderInput) -> DeletedPayload:
        await delete_oidc_provider(info.context.domain, info.context.actor, input.id, input.expected_version)
        return DeletedPayload(deleted_id=input.id)

    @mutation(
        description="Ask a provider what it says of itself, and for its keys. Changes nothing. Permission: user.write."
    )
    async def test_oidc_provider(self, info: ApiInfo, input: TestOidcProviderInput) -> OidcTestPayload:
        tested = await try_oidc_provider(info.context.domain, info.context.actor, input.id)
        if tested.discovery is None:
            return OidcTestPayload(problem=tested.problem)
        return OidcTestPayload(
            authorization_endpoint=tested.discovery.authorization_endpoint,
            token_endpoint=tested.discovery.token_endpoint,
            end_session_endpoint=tested.discovery.end_session_endpoint,
            algorithms=list(tested.discovery.algorithms),
            keys=tested.keys,
        )

    @mutation(
        description="Begin to be connected with whom one is at a provider: send the browser to the address. "
        "Permission: account.own."
    )
    async def begin_oidc_link(self, info: ApiInfo, input: BeginOidcLinkInput) -> OidcLinkPayload:
        context = info.context
        begun = await begin_oidc_link(context.domain, context.actor, input.password, input.provider_id)
        context.set_cookie(ERRAND_COOKIE, begun.handle, ERRAND_S, ERRAND_PATH, from_elsewhere=True)
        return OidcLinkPayload(url=begun.url)

    @mutation(
        description="Be nobody at a provider any more; refused for the last way to sign in. Permission: account.own."
    )
    async def unlink_oidc(self, info: ApiInfo, input: EndOidcLinkInput) -> UserPayload:
        context = info.context
        row = await unlink_oidc(context.domain, context.actor, input.id)
        return UserPayload(user=await user_shown(context, row))

    @mutation(description="Somebody else is nobody at a provider any more. Permission: user.write.")
    async def remove_oidc_link(self, info: ApiInfo, input: EndOidcLinkInput) -> UserPayload:
        context = info.context
        row = await remove_oidc_link(context.domain, context.actor, input.id)
        return UserPayload(user=await user_shown(context, row))
