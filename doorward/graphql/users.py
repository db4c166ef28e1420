"""Signing in and out, users, and the site's rules for them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, cast

import strawberry
from strawberry import UNSET

from doorward.acs.actor import Permission
from doorward.acs.users import models
from doorward.acs.users import models as users_rows
from doorward.acs.users.oidc_sign_in import end_session_url
from doorward.acs.users.operations import (
    RuleChanges,
    UserChanges,
    create_user,
    delete_user,
    remove_second_factor,
    reset_password,
    unlock_user,
    update_sign_in_rules,
    update_user,
)
from doorward.acs.users.passkeys import begin_passkey_as_second
from doorward.acs.users.pending import LIFETIME
from doorward.acs.users.privileges import Privileges
from doorward.acs.users.queries import ListedUser, acting_user, page_users, sign_in_rules, user_by_id
from doorward.acs.users.role_queries import Assignment, roles_of_users
from doorward.acs.users.sessions import SESSION_LIFETIME, actor_of, first_to_do
from doorward.acs.users.setup import is_set_up_due, set_up
from doorward.acs.users.sign_in import PasskeyAnswer, SecondFactorNeeded, sign_in, sign_out
from doorward.graphql.context import CEREMONY_COOKIE, SESSION_COOKIE, ApiContext, ApiInfo
from doorward.graphql.deletion import DeletedPayload
from doorward.graphql.enums import FirstToDo, Role, SecondFactor, UserKind, UserOrder
from doorward.graphql.errors import OperationError
from doorward.graphql.inputs import sent
from doorward.graphql.mutation import Keyed, mutation
from doorward.graphql.paging import Node, by_domain, in_context, listed
from doorward.graphql.roles import Names, RoleAssignment, names_in, shown_assignments


@strawberry.type(description="A permission that somebody has.")
class HeldPrivilege:
    """For programs that show only what somebody may do."""

    permission: str
    """Such as door.view; privileges lists them all."""
    everywhere: bool
    """Whether it holds everywhere; otherwise at some places, and lists show what is there."""


@strawberry.type(description="Somebody who can sign in.")
class User(Node):
    """A user with the permissions of their role."""

    id: strawberry.ID
    name: str
    kind: UserKind
    """A person or a program."""
    role: Role
    """Their role of the three that every site has; NONE: what further roles give."""
    permissions: list[str] = strawberry.field(
        description="What the user may do now, everywhere or at some places; see firstToDo and privileges."
    )
    privileges: list[HeldPrivilege] = strawberry.field(description="The same, and where.")
    roles: list[RoleAssignment] | None = strawberry.field(
        description="What they have besides `role` and the roles of their groups; null without user.write."
    )
    clearance: int = strawberry.field(description="0 to 100: how high a threat level the user may lower.")
    enabled: bool = strawberry.field(description="Whether the user may sign in at all.")
    first_to_do: FirstToDo | None = strawberry.field(
        description="What the user must do before anything else; until then account.own is the only permission."
    )
    has_password: bool = strawberry.field(description="Whether the user can sign in with a password at all.")
    has_second_factor: bool = strawberry.field(
        description="Whether an authenticator or a passkey is asked for besides the password."
    )
    has_authenticator: bool = strawberry.field(description="Whether codes of an authenticator are taken for that.")
    passkey_count: int
    """How many passkeys they have."""
    last_sign_in_at: datetime | None
    """When they last signed in; null: never."""
    waits_until: datetime | None = strawberry.field(
        description="After failed sign-ins none is tried before then; only those with user.write see it of others."
    )
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")


async def user_shown(context: ApiContext, row: models.User, waits_until: datetime | None = None) -> User:
    """A user as the API shows them."""
    return (await users_shown(context, [ListedUser(row, waits_until)]))[0]


async def users_shown(context: ApiContext, rows: Sequence[ListedUser]) -> list[User]:
    """Users as the API shows them, with as many queries for a thousand as for one."""
    rules = await context.domain.rules.now()
    privileges = await context.domain.privileges.of_all([row.user for row in rows])
    roles: dict[str, list[Assignment]] | None = None
    if Permission.USER_WRITE in context.actor.permissions:
        roles = await roles_of_users(context.actor, [row.user.id for row in rows])
    names = await names_in(each.places for found in (roles or {}).values() for each in found)
    return [
        _user(row, rules, privileges[row.user.id], None if roles is None else roles.get(row.user.id, []), names)
        for row in rows
    ]


def _user(
    listed: ListedUser,
    rules: models.SignInRules,
    privileges: Privileges,
    roles: list[Assignment] | None,
    names: Names,
) -> User:
    row = listed.user
    actor = actor_of(row, rules, None, privileges=privileges)
    return User(
        id=strawberry.ID(row.id),
        name=row.name,
        kind=row.kind,
        role=row.role,
        permissions=sorted(actor.permissions | actor.reaches.keys()),
        privileges=[
            HeldPrivilege(permission=permission.value, everywhere=permission in actor.permissions)
            for permission in sorted(actor.permissions | actor.reaches.keys())
        ],
        roles=None if roles is None else shown_assignments(roles, names),
        clearance=actor.clearance,
        enabled=row.enabled,
        first_to_do=first_to_do(row, rules, privileges),
        has_password=bool(row.password_hash),
        has_second_factor=row.has_second_factor,
        has_authenticator=row.sealed_totp is not None,
        passkey_count=row.passkeys,
        last_sign_in_at=row.last_sign_in_at,
        waits_until=listed.waits_until,
        version=row.version,
    )


@strawberry.input(description="A name and its password.")
class SignInInput:
    """What the sign-in page asks for."""

    name: str
    """The user's name."""
    password: str
    """The user's password."""
    code: str | None = strawberry.field(
        default=None,
        description="The code that the user's authenticator shows, or a recovery code, where secondFactorNeeded.",
    )
    passkey: str | None = strawberry.field(
        default=None, description="In place of a code: what the browser answered to passkeyOptions (JSON)."
    )


@strawberry.type(description="Who is signed in now, or why nobody is.")
class SignInPayload:
    """Result of signing in; the session travels in an HttpOnly cookie."""

    user: User | None = None
    second_factor_needed: bool = strawberry.field(
        default=False, description="Name and password are right: send them again with a code or a passkey."
    )
    code_possible: bool = strawberry.field(
        default=False, description="Where secondFactorNeeded: whether the user has an authenticator."
    )
    passkey_options: str | None = strawberry.field(
        default=None,
        description="Where secondFactorNeeded, and the user has passkeys for this address: what the browser asks for "
        "one with (WebAuthn's PublicKeyCredentialRequestOptionsJSON).",
    )
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.input(description="The first administrator of an installation without users.")
class SetUpInput:
    """See setUp."""

    token: str = strawberry.field(description="It is on the server's console, and in setup-token in its data.")
    name: str
    """What the first administrator signs in with."""
    password: str
    """The first administrator's, of at least 10 characters."""


@strawberry.type(description="Whether there was a session to end.")
class SignOutPayload:
    """Result of signing out."""

    signed_out: bool = False
    """Whether there was a session, which is over now."""
    continue_at: str | None = strawberry.field(
        default=None, description="Where the session began elsewhere: the address at which it ends there too."
    )
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.input(description="Somebody to create who can sign in.")
class CreateUserInput(Keyed):
    """See User."""

    name: str
    password: str
    """The first one, which they must change when they first sign in."""
    role: Role
    """What they may everywhere; NONE where further roles say it."""


@strawberry.input(description="What to change of a user; a field left out stays as it is.")
class UpdateUserInput(Keyed):
    """See User."""

    id: strawberry.ID
    expected_version: int | None = None
    name: str | None = UNSET
    role: Role | None = UNSET
    enabled: bool | None = UNSET


@strawberry.input(description="A new password for somebody else.")
class ResetPasswordInput(Keyed):
    """The user must change it at the next sign-in."""

    id: strawberry.ID
    """The id of the user."""
    expected_version: int | None = None
    password: str
    """The new one, as long as the rules of signing in want it."""


@strawberry.type(description="The user as they now are, or why nothing was done.")
class UserPayload:
    """Result of a user mutation."""

    user: User | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


@strawberry.type(description="What holds for every password, second factor and session.")
class SignInRules:
    """The site's rules of signing in."""

    min_password_length: int = strawberry.field(description="Characters that a new password has at least, 8 to 128.")
    second_factor: SecondFactor
    """Who must have a second factor besides the password."""
    idle_timeout: timedelta | None = strawberry.field(
        description="A session that sends nothing for so long ends, 1 minute to 12 hours; null: only after 12 hours. "
        "An open subscription alone does not keep it."
    )
    longest_token: timedelta = strawberry.field(description="How long a new token may last, 1 to 3650 days.")
    version: int = strawberry.field(description="Grows with every change; send it back as expectedVersion.")


@strawberry.input(description="What to change of the rules of signing in; a field left out stays as it is.")
class UpdateSignInRulesInput(Keyed):
    """See SignInRules."""

    expected_version: int | None = None
    min_password_length: int | None = UNSET
    second_factor: SecondFactor | None = UNSET
    idle_timeout: timedelta | None = UNSET
    longest_token: timedelta | None = UNSET


@strawberry.type(description="The rules as they now are, or why nothing was done.")
class SignInRulesPayload:
    """Result of changing the rules of signing in."""

    rules: SignInRules | None = None
    errors: list[OperationError] = strawberry.field(default_factory=list)


def _rules(row: models.SignInRules) -> SignInRules:
    return SignInRules(
        min_password_length=row.min_password_length,
        second_factor=row.second_factor,
        idle_timeout=timedelta(seconds=row.idle_timeout_s) if row.idle_timeout_s is not None else None,
        longest_token=timedelta(days=row.longest_token_days),
        version=row.version,
    )


def set_session_cookie(context: ApiContext, token: str, max_age: int) -> None:
    """Give the browser a session, or take it away (an empty token, 0 seconds)."""
    context.set_cookie(SESSION_COOKIE, token, max_age)


def set_ceremony_cookie(context: ApiContext, handle: str) -> None:
    """Bind a challenge to the browser, or take the binding away (an empty handle)."""
    context.set_cookie(CEREMONY_COOKIE, handle, int(LIFETIME.total_seconds()) if handle else 0, "/graphql")


async def _second_factor(context: ApiContext, row: models.User) -> SignInPayload:
    """What somebody is asked for whose password was right."""
    begun = await begin_passkey_as_second(context.domain, row, context.origin, context.caller.address)
    if begun is not None:
        set_ceremony_cookie(context, begun.handle)
    return SignInPayload(
        second_factor_needed=True,
        code_possible=row.sealed_totp is not None,
        passkey_options=begun.options if begun else None,
    )


@strawberry.input(description="Which users; what is left out, or null, does not restrict.")
class UserFilter:
    """See User."""

    role: Role | None = None
    """Those with this role."""
    kind: UserKind | None = None
    """People, or programs."""
    enabled: bool | None = None
    """Only those who may sign in, or only those who may not."""


@strawberry.type
class UserQuery:
    """Queries about users."""

    @strawberry.field(description="Who is asking, or null when not signed in. Needs no permission.")
    async def viewer(self, info: ApiInfo) -> User | None:
        row = await acting_user(info.context.actor)
        return await user_shown(info.context, row) if row else None

    @strawberry.field(
        description="Whether there are no users yet, so that setUp can make the first. Needs no permission."
    )
    async def set_up_due(self, info: ApiInfo) -> bool:
        return await is_set_up_due(info.context.domain)

    users = listed(
        User,
        by_domain(page_users),
        in_context(users_shown),
        "Everybody who can sign in, by name. Permission: user.write.",
        filter=UserFilter,
        order=UserOrder,
        rows=users_rows.User,
    )

    @strawberry.field(description="One user; null when there is none with this id. Permission: user.write.")
    async def user(self, info: ApiInfo, id: strawberry.ID) -> User | None:
        found = await user_by_id(info.context.domain, info.context.actor, id)
        return await user_shown(info.context, found.user, found.waits_until) if found else None

    @strawberry.field(description="The rules of passwords, second factors and sessions. Permission: user.write.")
    async def sign_in_rules(self, info: ApiInfo) -> SignInRules:
        return _rules(await sign_in_rules(info.context.actor))


@strawberry.type
class UserMutation:
    """Signing in and out, and changes to users."""

    @mutation(
        description="Begin a session (12 hours). Too many failures from one address or under one name: RATE_LIMITED. "
        "Needs no permission.",
        keyed=False,
    )
    async def sign_in(self, info: ApiInfo, input: SignInInput) -> SignInPayload:
        context = info.context
        passkey = None if input.passkey is None else PasskeyAnswer(context.ceremony, input.passkey)
        try:
            signed_in = await sign_in(context.domain, input.name, input.password, context.caller, input.code, passkey)
        except SecondFactorNeeded as needed:
            return await _second_factor(context, needed.user)
        set_session_cookie(context, signed_in.token, int(SESSION_LIFETIME.total_seconds()))
        return SignInPayload(user=await user_shown(context, signed_in.user))

    @mutation(
        description="Make the first administrator of an installation without users, and begin a session as them. "
        "Needs no permission, but the set-up token; it counts once.",
        keyed=False,
    )
    async def set_up(self, info: ApiInfo, input: SetUpInput) -> SignInPayload:
        context = info.context
        signed_in = await set_up(context.domain, input.token, input.name, input.password, context.caller)
        set_session_cookie(context, signed_in.token, int(SESSION_LIFETIME.total_seconds()))
        return SignInPayload(user=await user_shown(context, signed_in.user))

    @mutation(description="End the session. Needs no permission.")
    async def sign_out(self, info: ApiInfo) -> SignOutPayload:
        context = info.context
        elsewhere = await end_session_url(context.domain, context.token) if context.token else None
        ended = bool(context.token) and await sign_out(context.domain, context.token or "")
        set_session_cookie(context, "", 0)
        return SignOutPayload(signed_out=ended, continue_at=elsewhere)

    @mutation(description="Create a user, who must change the password at the first sign-in. Permission: user.write.")
    async def create_user(self, info: ApiInfo, input: CreateUserInput) -> UserPayload:
        context = info.context
        row = await create_user(context.domain, context.actor, input.name, input.password, input.role, True)
        return UserPayload(user=await user_shown(context, row))

    @mutation(
        description="Rename a user, change their role, disable or enable them; open sessions and subscriptions follow "
        "within five seconds. Refused for the last administrator. Permission: user.write."
    )
    async def update_user(self, info: ApiInfo, input: UpdateUserInput) -> UserPayload:
        context = info.context
        changes = cast(UserChanges, sent(input, UserChanges.__annotations__))
        row = await update_user(context.domain, context.actor, input.id, changes, input.expected_version)
        return UserPayload(user=await user_shown(context, row))

    @mutation(description="Delete a user. Refused for oneself and the last administrator. Permission: user.write.")
    async def delete_user(
        self, info: ApiInfo, id: strawberry.ID, expected_version: int | None = None
    ) -> DeletedPayload:
        await delete_user(info.context.domain, info.context.actor, id, expected_version)
        return DeletedPayload(deleted_id=id)

    @mutation(
        description="Give somebody else a new password, which they must change at the next sign-in; their sessions "
        "end. Permission: user.write."
    )
    async def reset_password(self, info: ApiInfo, input: ResetPasswordInput) -> UserPayload:
        context = info.context
        row = await reset_password(context.domain, context.actor, input.id, input.password, input.expected_version)
        return UserPayload(user=await user_shown(context, row))

    @mutation(description="Let a user who must wait sign in at once. Permission: user.write.")
    async def unlock_user(self, info: ApiInfo, id: strawberry.ID) -> UserPayload:
        context = info.context
        row = await unlock_user(context.domain, context.actor, id)
        return UserPayload(user=await user_shown(context, row))

    @mutation(
        description="Take every second factor (authenticator and passkeys) away from somebody who has lost it; their "
        "sessions end. "
        "Permission: user.write."
    )
    async def remove_second_factor(
        self,
        info: ApiInfo,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id of the user.")],
        expected_version: int | None = None,
    ) -> UserPayload:
        context = info.context
        row = await remove_second_factor(context.domain, context.actor, id, expected_version)
        return UserPayload(user=await user_shown(context, row))

    @mutation(description="Change the rules of passwords, second factors and sessions. Permission: user.write.")
    async def update_sign_in_rules(self, info: ApiInfo, input: UpdateSignInRulesInput) -> SignInRulesPayload:
        changes = cast(RuleChanges, sent(input, RuleChanges.__annotations__, may_be_null={"idle_timeout_s"}))
        row = await update_sign_in_rules(info.context.domain, info.context.actor, changes, input.expected_version)
        return SignInRulesPayload(rules=_rules(row))
